//! What is held of one command in memory: the sum of its lines.

use std::collections::HashMap;
use std::time::Duration;

use leanspec_shared::command::{CommandState, Delivery, Outcome, Report};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::time::Timestamp;

use super::Intent;
use super::record::{Effect, Record};

/// One command.
#[derive(Debug)]
pub(super) struct Held {
    /// Its place in the order of receipt.
    pub(super) number: u64,
    /// What was asked, and when, until it has ended.
    pub(super) received: Option<(Box<Delivery>, Timestamp)>,
    pub(super) intent: Option<Intent>,
    pub(super) ended: Option<Ended>,
    pub(super) acknowledged: bool,
    bytes: u64,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) at: Timestamp,
    pub(super) report: Report,
    /// What it did to the disk, until the journal is rewritten.
    pub(super) effect: Option<Effect>,
}

impl Ended {
    /// The hash of the file that an applied command left.
    pub(super) fn left(&self) -> Option<ContentHash> {
        let wanted = match &self.effect {
            Some(Effect::Replace { wanted, .. }) => Some(*wanted),
            _ => None,
        };
        (self.report.state == CommandState::Applied)
            .then(|| self.report.outcome.hash.or(wanted))
            .flatten()
    }
}

impl Held {
    pub(super) fn new(number: u64) -> Self {
        Self { number, received: None, intent: None, ended: None, acknowledged: false, bytes: 0 }
    }

    /// Bytes of its lines that a rewrite would save.
    pub(super) fn spent_bytes(&self) -> u64 {
        if self.acknowledged { self.bytes } else { 0 }
    }

    /// The intent of a command without an outcome.
    pub(super) fn open_intent(&self) -> Option<&Intent> {
        self.intent.as_ref().filter(|intent| self.ended.is_none() && !intent.lapsed)
    }

    /// What it did or tried to do to the disk, when that is over.
    pub(super) fn past_effect(&self) -> Option<&Effect> {
        match &self.ended {
            Some(ended) => ended.effect.as_ref(),
            None => self.intent.as_ref().filter(|intent| intent.lapsed).map(|past| &past.effect),
        }
    }

    /// After a rewrite its lines are as short as they get.
    pub(super) fn rewritten(&mut self, bytes: u64) {
        self.bytes = if self.acknowledged { 0 } else { bytes };
    }

    pub(super) fn take(&mut self, record: Record, bytes: u64) {
        self.bytes += bytes;
        match record {
            Record::Received { at, delivery } => self.received = Some((delivery, at)),
            Record::Intent { effect, report, .. } => {
                let report = *report;
                self.intent =
                    Some(Intent { effect, report, undoing: None, naming: false, lapsed: false });
            }
            Record::Undoing { placing, .. } => self.mark(|intent| intent.undo(placing)),
            Record::Naming { .. } => self.mark(|intent| intent.naming = true),
            Record::Lapsed { .. } => self.mark(|intent| intent.lapsed = true),
            Record::Applied { at, .. } => {
                let (effect, report) = match self.intent.take() {
                    Some(intent) => (Some(intent.effect), intent.report),
                    // The line of the intent is damaged; that it was carried out is known.
                    None => {
                        (None, Report { state: CommandState::Applied, outcome: Outcome::default() })
                    }
                };
                self.end(Ended { at, report, effect });
            }
            Record::Concluded { at, report, .. } => {
                let effect = self.intent.take().map(|intent| intent.effect);
                self.end(Ended { at, report: *report, effect });
            }
            Record::Acknowledged { .. } => self.acknowledge(),
            Record::Ended { at, state, hash, .. } => {
                let report = Report { state, outcome: Outcome { hash, ..Outcome::default() } };
                self.end(Ended { at, report, effect: None });
                self.acknowledged = true;
                self.bytes = 0;
            }
        }
    }

    fn mark(&mut self, set: impl FnOnce(&mut Intent)) {
        if let Some(intent) = &mut self.intent {
            set(intent);
        }
    }

    /// The first end is the only one.
    fn end(&mut self, ended: Ended) {
        self.ended.get_or_insert(ended);
        self.received = None;
    }

    /// What the relay holds need not be held here.
    fn acknowledge(&mut self) {
        self.acknowledged = true;
        if let Some(Ended { report, .. }) = &mut self.ended {
            let hash = report.outcome.hash;
            report.outcome = Outcome { hash, ..Outcome::default() };
        }
    }

    /// The lines that say the same again.
    pub(super) fn records(&mut self, id: &CommandId) -> Vec<Record> {
        let id = || id.clone();
        let mut records = Vec::new();
        if let Some(ended) = &mut self.ended {
            let (at, state) = (ended.at, ended.report.state.clone());
            if self.acknowledged {
                let hash = ended.left();
                ended.effect = None;
                ended.report.outcome.hash = hash;
                return vec![Record::Ended { id: id(), at, state, hash }];
            }
            let report = Box::new(ended.report.clone());
            match &ended.effect {
                Some(effect) if state == CommandState::Applied => {
                    records.push(Record::Intent { id: id(), effect: effect.clone(), report });
                    records.push(Record::Applied { id: id(), at });
                }
                _ => records.push(Record::Concluded { id: id(), at, report }),
            }
            return records;
        }
        if let Some((delivery, at)) = &self.received {
            records.push(Record::Received { at: *at, delivery: delivery.clone() });
        }
        if let Some(intent) = &self.intent {
            let report = Box::new(intent.report.clone());
            records.push(Record::Intent { id: id(), effect: intent.effect.clone(), report });
            let undoing =
                intent.undoing.iter().flat_map(|undoing| [undoing.placed, undoing.placing]);
            records.extend(undoing.map(|placing| Record::Undoing { id: id(), placing }));
            records.extend(intent.naming.then(|| Record::Naming { id: id() }));
            records.extend(intent.lapsed.then(|| Record::Lapsed { id: id() }));
        }
        records
    }
}

/// The command that a line is about.
pub(super) fn id_of(record: &Record) -> &CommandId {
    match record {
        Record::Received { delivery, .. } => &delivery.id,
        Record::Intent { id, .. }
        | Record::Undoing { id, .. }
        | Record::Naming { id }
        | Record::Lapsed { id }
        | Record::Applied { id, .. }
        | Record::Concluded { id, .. }
        | Record::Acknowledged { id }
        | Record::Ended { id, .. } => id,
    }
}

/// Forgets acknowledged commands that ended too long ago, and the oldest of those that are too many.
pub(super) fn forget_old(
    commands: &mut HashMap<CommandId, Held>,
    most: usize,
    now: Timestamp,
    at_most: Duration,
) {
    let oldest = now.unix_ms() - i64::try_from(at_most.as_millis()).unwrap_or(i64::MAX);
    let mut ends: Vec<i64> = commands
        .values()
        .filter(|held| held.acknowledged)
        .filter_map(|held| Some(held.ended.as_ref()?.at.unix_ms()))
        .collect();
    ends.sort_unstable_by(|one, other| other.cmp(one));
    let oldest = ends.get(most.saturating_sub(1)).map_or(oldest, |&end| oldest.max(end));
    commands.retain(|_, held| {
        !held.acknowledged || held.ended.as_ref().is_some_and(|ended| ended.at.unix_ms() >= oldest)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(at_ms: i64, acknowledged: bool) -> Held {
        let report = Report { state: CommandState::Failed, outcome: Outcome::default() };
        let ended = Ended { at: Timestamp::from_unix_ms(at_ms), report, effect: None };
        Held { ended: Some(ended), acknowledged, ..Held::new(0) }
    }

    #[test]
    fn only_acknowledged_commands_are_forgotten_the_oldest_first() {
        let id = |text: &str| text.parse::<CommandId>().expect("an id");
        let all = || -> HashMap<CommandId, Held> {
            [
                (id("old"), ended(1_000, true)),
                (id("untold"), ended(1_000, false)),
                (id("waiting"), Held::new(0)),
                (id("new"), ended(9_000, true)),
                (id("newest"), ended(9_500, true)),
            ]
            .into()
        };
        let now = Timestamp::from_unix_ms(10_000);
        // most, at most ms → kept besides "untold" and "waiting"
        let table: [(usize, u64, &[&str]); 4] = [
            (10, 60_000, &["new", "newest", "old"]),
            (10, 5_000, &["new", "newest"]),
            (2, 60_000, &["new", "newest"]),
            (1, 60_000, &["newest"]),
        ];
        for (most, at_most_ms, kept) in table {
            let mut commands = all();
            forget_old(&mut commands, most, now, Duration::from_millis(at_most_ms));
            let mut names: Vec<_> = commands.keys().map(CommandId::as_str).collect();
            names.sort_unstable();
            let mut wanted = [kept, &["untold", "waiting"]].concat();
            wanted.sort_unstable();
            assert_eq!(names, wanted, "{most} within {at_most_ms} ms");
        }
    }
}
