//! What one project's commands are and what became of each: the memory that makes a command happen
//! once, under any number of redeliveries, kills and power losses.
//!
//! Lines are flushed before anything follows from them. How a line looks is in `record`, the file in
//! `file`; what a half-done intent means is found out by `recover`.

mod file;
mod held;
mod record;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use leanspec_shared::command::{Delivery, Report};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::time::Timestamp;

use self::file::JournalFile;
use self::held::Held;
use self::record::Record;
use super::steps::Steps;

pub use self::record::Effect;

/// The journal is written anew when this much of it, in bytes, belongs to commands whose outcome
/// the relay knows.
const SPENT_MAX_BYTES: u64 = 1024 * 1024;

/// How many acknowledged commands are remembered, by state and hash, so that one that is delivered
/// again is not run again …
const REMEMBERED_MAX: usize = 10_000;

/// … and for how long: more than four times as long as a relay keeps a command.
const REMEMBERED_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a command left, for another that stands on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It was applied, and its file had this hash then.
    Applied(ContentHash),
    /// It ended, and was not applied.
    Otherwise,
    /// It has not ended yet.
    Waiting,
    /// The journal does not know it, or not any more.
    Unknown,
}

/// A command that was about to change the disk, without an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// What it was about to do.
    pub effect: Effect,
    /// What is reported when it is done.
    pub report: Report,
    /// It had exchanged something that was not the base, and was putting that back.
    pub undoing: Option<Undoing>,
    /// Its new folder was complete.
    pub naming: bool,
    /// It came to nothing, and what it left is being removed.
    pub lapsed: bool,
}

/// How far putting back has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undoing {
    /// What was placed last: the new bytes at first.
    pub placed: Option<ContentHash>,
    /// What is to be placed now; absent for what is no regular file.
    pub placing: Option<ContentHash>,
}

impl Intent {
    fn undo(&mut self, placing: Option<ContentHash>) {
        if self.undoing.is_some_and(|undoing| undoing.placing == placing) {
            // Said once more by a recovery that goes on with it.
            return;
        }
        let wanted = match self.effect {
            Effect::Replace { wanted, .. } => Some(wanted),
            Effect::Create { .. } => None,
        };
        let placed = self.undoing.map_or(wanted, |undoing| undoing.placing);
        self.undoing = Some(Undoing { placed, placing });
    }
}

/// When an outcome survives a power loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// Once it is written.
    Now,
    /// With the next flush: more is about to be written. Until then nobody is told, and what
    /// recovery would conclude it from stays.
    Soon,
}

/// One project's journal, `<state>/projects/<id>/journal.jsonl`.
#[derive(Debug)]
pub struct Journal {
    file: JournalFile,
    commands: HashMap<CommandId, Held>,
    /// Numbers commands in order of receipt.
    next: u64,
    /// Bytes of lines that belong to acknowledged commands.
    spent_bytes: u64,
}

impl Journal {
    /// Opens the journal in the project's folder of the state folder, or begins one.
    ///
    /// # Errors
    /// When it cannot be read or written. A torn or damaged one is no error: what can be read of it
    /// is kept.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Self::open_with(folder, Steps::default())
    }

    /// The same, with a hook for tests.
    ///
    /// # Errors
    /// See [`Journal::open`].
    pub fn open_with(folder: &Path, steps: Steps) -> io::Result<Self> {
        let (file, records) = JournalFile::open(folder, steps)?;
        let mut journal = Self { file, commands: HashMap::new(), next: 0, spent_bytes: 0 };
        for (record, bytes) in records {
            journal.take(record, bytes);
        }
        if journal.file.is_doubtful()
            && let Err(error) = journal.rewrite()
        {
            log::warn!("the damaged journal cannot be written anew yet: {error}");
        }
        Ok(journal)
    }

    /// Remembers commands as they come, with one flush for all. Those it knows are passed over.
    ///
    /// # Errors
    /// When they cannot be written; then none of them is known.
    pub fn receive(&mut self, deliveries: &[Delivery], now: SystemTime) -> io::Result<()> {
        let fresh = self.fresh(deliveries, now);
        self.append(fresh, true)
    }

    /// The same without the flush, for who carries out the first of them at once: that flushes their
    /// lines with its own. Before anybody is told that they are safe, [`Journal::flush`] sees to it.
    ///
    /// # Errors
    /// When they cannot be written; then none of them is known.
    pub fn take_in(&mut self, deliveries: &[Delivery], now: SystemTime) -> io::Result<()> {
        let fresh = self.fresh(deliveries, now);
        self.append(fresh, false)
    }

    /// Makes all that was written survive a power loss.
    ///
    /// # Errors
    /// When it cannot be flushed. It is then written anew, all of it, by the next call that writes or
    /// flushes.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.file.is_doubtful() { self.rewrite() } else { self.file.flush() }
    }

    /// Whether all that was written survives a power loss.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        self.file.is_flushed()
    }

    /// Grows with each flush: what was written before it survives a power loss.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.file.flushes()
    }

    fn fresh(&self, deliveries: &[Delivery], now: SystemTime) -> Vec<Record> {
        let at = Timestamp::from(now);
        let mut fresh = Vec::new();
        for delivery in deliveries {
            let doubled = fresh.iter().any(|record| {
                matches!(record, Record::Received { delivery: other, .. } if other.id == delivery.id)
            });
            if !doubled && !self.knows(&delivery.id) {
                fresh.push(Record::Received { at, delivery: Box::new(delivery.clone()) });
            }
        }
        fresh
    }

    /// Commands without an outcome, in order of receipt, with the moment of it.
    #[must_use]
    pub fn pending(&self) -> Vec<(Delivery, SystemTime)> {
        let mut waiting: Vec<_> =
            self.commands.values().filter(|held| held.ended.is_none()).collect();
        waiting.sort_by_key(|held| held.number);
        let received = |held: &Held| {
            let (delivery, at) = held.received.as_ref()?;
            Some(((**delivery).clone(), moment(*at)))
        };
        waiting.into_iter().filter_map(received).collect()
    }

    /// Whether it has heard of the command.
    #[must_use]
    pub fn knows(&self, id: &CommandId) -> bool {
        self.commands.contains_key(id)
    }

    /// What became of the command. Of one that was acknowledged long ago only state and hash.
    #[must_use]
    pub fn outcome(&self, id: &CommandId) -> Option<&Report> {
        self.commands.get(id)?.ended.as_ref().map(|ended| &ended.report)
    }

    /// Whether the command may have begun to change the disk.
    #[must_use]
    pub fn has_intent(&self, id: &CommandId) -> bool {
        self.intent(id).is_some()
    }

    /// Ends a command that changed nothing: refused, in conflict, failed, withdrawn, expired. One
    /// that ended already stays as it is.
    ///
    /// # Errors
    /// When it cannot be written; then it has not ended.
    pub fn conclude(&mut self, id: &CommandId, report: &Report) -> io::Result<()> {
        if self.outcome(id).is_some() {
            return Ok(());
        }
        let report = Box::new(report.clone());
        self.append([Record::Concluded { id: id.clone(), at: now(), report }], true)
    }

    /// Outcomes that the relay has not acknowledged, in order of receipt.
    #[must_use]
    pub fn unreported(&self) -> Vec<(CommandId, Report)> {
        let mut ended: Vec<_> = self
            .commands
            .iter()
            .filter(|(_, held)| !held.acknowledged)
            .filter_map(|(id, held)| Some((held.number, id, &held.ended.as_ref()?.report)))
            .collect();
        ended.sort_by_key(|(number, ..)| *number);
        ended.into_iter().map(|(_, id, report)| (id.clone(), report.clone())).collect()
    }

    /// The relay knows the outcome. Not flushed: when this is forgotten, it is told once more.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn acknowledge(&mut self, id: &CommandId) -> io::Result<()> {
        if self.commands.get(id).is_none_or(|held| held.acknowledged || held.ended.is_none()) {
            return Ok(());
        }
        self.append([Record::Acknowledged { id: id.clone() }], false)?;
        if self.spent_bytes > SPENT_MAX_BYTES { self.rewrite() } else { Ok(()) }
    }

    /// What the file of a command holds by it, for `base: {after}`.
    #[must_use]
    pub fn hash_left_by(&self, id: &CommandId) -> Left {
        match self.commands.get(id) {
            None => Left::Unknown,
            Some(Held { ended: None, .. }) => Left::Waiting,
            Some(Held { ended: Some(ended), .. }) => {
                ended.left().map_or(Left::Otherwise, Left::Applied)
            }
        }
    }

    /// A command is about to change the disk. Written and not flushed: whoever lets it take effect
    /// calls [`Journal::flush`] first, once what the effect needs is written as well.
    pub(super) fn intend(
        &mut self,
        id: &CommandId,
        effect: Effect,
        report: &Report,
    ) -> io::Result<()> {
        let report = Box::new(report.clone());
        self.append([Record::Intent { id: id.clone(), effect, report }], false)
    }

    /// These bytes, displaced by mistake, are about to be put back. Written and not flushed: it
    /// tells recovery after a kill what the names mean, and every moment counts.
    pub(super) fn undoing(&mut self, id: &CommandId, placing: Option<ContentHash>) {
        if let Err(error) = self.append([Record::Undoing { id: id.clone(), placing }], false) {
            // A kill in the next microseconds would then be judged by bytes alone.
            log::warn!("the journal does not take a line: {error}");
        }
    }

    /// A new folder is about to get its name. Not flushed, as for [`Journal::undoing`].
    pub(super) fn naming(&mut self, id: &CommandId) -> io::Result<()> {
        self.append([Record::Naming { id: id.clone() }], false)
    }

    /// The intent was carried out.
    pub(super) fn applied(&mut self, id: &CommandId, lasts: Lasts) -> io::Result<()> {
        self.append([Record::Applied { id: id.clone(), at: now() }], lasts == Lasts::Now)
    }

    /// The intent came to nothing. For a new folder called before the last trace of it is removed,
    /// and flushed where a missing trace would mean success.
    pub(super) fn lapse(&mut self, id: &CommandId) -> io::Result<()> {
        let flush = self.intent(id).is_some_and(|intent| intent.naming);
        self.append([Record::Lapsed { id: id.clone() }], flush)
    }

    /// The intent of a command that has no outcome.
    pub(super) fn intent(&self, id: &CommandId) -> Option<&Intent> {
        self.commands.get(id)?.open_intent()
    }

    /// Every command with an intent and no outcome.
    pub(super) fn half_done(&self) -> Vec<CommandId> {
        let open = self.commands.iter().filter(|(id, _)| self.has_intent(id));
        let mut open: Vec<_> = open.map(|(id, held)| (held.number, id.clone())).collect();
        open.sort();
        open.into_iter().map(|(_, id)| id).collect()
    }

    /// What a command did to the disk that has ended, or tried that came to nothing, while that is
    /// remembered.
    pub(super) fn past_effect(&self, id: &CommandId) -> Option<&Effect> {
        self.commands.get(id)?.past_effect()
    }

    fn append(&mut self, records: impl IntoIterator<Item = Record>, flush: bool) -> io::Result<()> {
        if self.file.is_doubtful() {
            self.rewrite()?;
        }
        let lines: Vec<_> = records.into_iter().map(|record| (record.line(), record)).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let text: String = lines.iter().map(|(line, _)| line.as_str()).collect();
        self.file.append(&text, flush)?;
        for (line, record) in lines {
            self.take(record, line.len() as u64);
        }
        Ok(())
    }

    fn take(&mut self, record: Record, bytes: u64) {
        let id = held::id_of(&record).clone();
        let number = self.next;
        let held = self.commands.entry(id).or_insert_with(|| Held::new(number));
        self.next += 1;
        let spent_before = held.spent_bytes();
        held.take(record, bytes);
        self.spent_bytes = (self.spent_bytes + held.spent_bytes()).saturating_sub(spent_before);
    }

    /// Writes what still counts to a new file.
    fn rewrite(&mut self) -> io::Result<()> {
        held::forget_old(&mut self.commands, REMEMBERED_MAX, now(), REMEMBERED_FOR);
        let mut ordered: Vec<_> = self.commands.iter_mut().collect();
        ordered.sort_by_key(|(_, held)| held.number);
        let mut text = String::new();
        for (id, held) in ordered {
            let begin = text.len();
            for record in held.records(id) {
                text.push_str(&record.line());
            }
            held.rewritten((text.len() - begin) as u64);
        }
        self.file.rewrite(&text)?;
        self.spent_bytes = 0;
        Ok(())
    }
}

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}

fn moment(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at.unix_ms()).unwrap_or_default())
}
