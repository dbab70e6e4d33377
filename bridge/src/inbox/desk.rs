//! The one place where a project's commands meet its journal and its files. Blocks: the worker hands
//! it to a thread for one turn at a time, and gets it back.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use leanspec_shared::command::{Delivery, Report};
use leanspec_shared::time::Timestamp;

use super::permit::Rights;
use super::queue::Ending;
use super::run::{Bench, Ran, run};
use super::turn::{Came, Opened, Received, Turn, Turned, Work};
use super::{record, verdict};
use crate::apply::{AfterLife, ExchangeSupport, Journal, Lasts, Settled, Shop, exclude};
use crate::source::FoundProject;
use crate::source::filter::Filter;
use crate::state::audit::Event;
use crate::sync::shadow::Shadow;

/// Where the file system cannot exchange two names.
const CHECKS_ONLY: &str = "this file system cannot exchange two files: changes from elsewhere are \
                           checked before and after, and a save in the same microseconds may be \
                           overwritten";

/// What a desk is made of.
#[derive(Debug, Clone)]
pub struct Materials {
    /// The project's folder in the state folder.
    pub state: PathBuf,
    /// The project.
    pub project: FoundProject,
    /// What is sent of it.
    pub filter: Filter,
    /// Who may change what.
    pub rights: Rights,
    /// Whether temporary names are kept out of `git status`.
    pub git_exclude: bool,
    /// Versions that the relay acknowledged.
    pub shadow: Arc<Mutex<Shadow>>,
    /// Writes the machine's own log.
    pub record: record::Writer,
}

/// The desk of one project.
#[derive(Debug)]
pub struct Desk {
    journal: Journal,
    bench: Bench,
    record: record::Writer,
}

impl Desk {
    /// Opens the journal, and settles what an earlier process left half done before anything else
    /// may happen.
    ///
    /// # Errors
    /// When the journal cannot be used, or the specs folder is not there.
    pub fn open(materials: Materials) -> std::io::Result<(Self, Opened)> {
        let Materials { state, project, filter, rights, git_exclude, shadow, record } = materials;
        if git_exclude
            && rights.permits_anything()
            && let Err(error) = exclude::ensure(&project.root, &project.specs)
        {
            log::info!("temporary names may show in `git status` for a moment: {error}");
        }
        let bench = Bench {
            shop: Shop::open(&project.specs, &state, filter.clone())?,
            root: project.root,
            specs: project.specs,
            filter,
            rights,
            name: project.name,
            shadow,
        };
        let mut desk = Self { journal: Journal::open(&state)?, bench, record };
        desk.recover();
        let opened =
            Opened { pending: desk.journal.pending(), unreported: desk.journal.unreported() };
        desk.record.catch_up(&opened.unreported);
        Ok((desk, opened))
    }

    /// Nothing is written below a project in which nothing may be changed, unless a change of an
    /// earlier process is half done there.
    fn recover(&mut self) {
        let pending = self.journal.pending();
        let half_done = pending.iter().any(|(delivery, _)| self.journal.has_intent(&delivery.id));
        if half_done || self.bench.rights.permits_anything() {
            let recovery = self.bench.shop.recover(&mut self.journal);
            for id in &recovery.applied {
                log::info!("command {id} had been carried out before the last end of the bridge");
            }
        }
    }

    /// Does one turn.
    pub fn perform(&mut self, turn: Turn) -> Turned {
        let flushes = self.journal.flushes();
        for id in &turn.acknowledged {
            if let Err(error) = self.journal.acknowledge(id) {
                log::debug!("command {id} will be reported once more: {error}");
            }
        }
        let (received, came) = match turn.work {
            Some(Work::RunFirst) => self.receive_and_run(turn.received),
            work => (self.receive(turn.received), work.and_then(|work| self.work(work))),
        };
        let mut flushed = self.journal.flushes() > flushes || self.journal.is_flushed();
        if turn.flush && !flushed {
            flushed = self.flush();
        }
        let checks_only = self.bench.shop.exchange_support() == ExchangeSupport::ChecksOnly;
        let warning = checks_only.then(|| CHECKS_ONLY.to_owned());
        Turned { received, came, flushed, warning }
    }

    fn flush(&mut self) -> bool {
        let flushed = self.journal.flush();
        if let Err(error) = &flushed {
            log::warn!("what came of commands cannot be flushed ({error}); trying again");
        }
        flushed.is_ok()
    }

    fn receive(&mut self, deliveries: Vec<Delivery>) -> Received {
        let written = match deliveries.is_empty() {
            true => Ok(()),
            false => self.write_down(&deliveries, Journal::receive),
        };
        match written {
            Ok(()) => self.kept(deliveries),
            Err(error) => Received::NotKept(deliveries, error.to_string()),
        }
    }

    /// Takes in commands and carries out the first of them: one flush is enough for the lines of all,
    /// that of the first's intent or end.
    fn receive_and_run(&mut self, deliveries: Vec<Delivery>) -> (Received, Option<Came>) {
        let first = deliveries.first().filter(|first| !self.journal.knows(&first.id));
        let Some(first) = first.cloned().map(Arc::new) else {
            return (self.receive(deliveries), None);
        };
        if let Err(error) = self.write_down(&deliveries, Journal::take_in) {
            return (Received::NotKept(deliveries, error.to_string()), None);
        }
        let kept = self.kept(deliveries);
        let came = self.run(first, Lasts::Now);
        // What ended was flushed, and with it all that was written before.
        let ended = matches!(came, Came::Ended { .. });
        match if ended { Ok(()) } else { self.journal.flush() } {
            Ok(()) => (kept, Some(came)),
            Err(error) => (kept.lost(error.to_string()), None),
        }
    }

    /// Writes what came into the journal, and then into the machine's own log.
    fn write_down(
        &mut self,
        deliveries: &[Delivery],
        write: impl FnOnce(&mut Journal, &[Delivery], SystemTime) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let is_fresh = |delivery: &&Delivery| !self.journal.knows(&delivery.id);
        let fresh: Vec<_> = deliveries.iter().filter(is_fresh).collect();
        write(&mut self.journal, deliveries, SystemTime::now())?;
        fresh.iter().for_each(|delivery| self.record.note(delivery, Event::Received, None, None));
        Ok(())
    }

    fn kept(&self, deliveries: Vec<Delivery>) -> Received {
        let with_outcome = |delivery: Delivery| {
            let outcome = self.journal.outcome(&delivery.id).cloned();
            (delivery, outcome)
        };
        Received::Kept(deliveries.into_iter().map(with_outcome).collect())
    }

    fn work(&mut self, work: Work) -> Option<Came> {
        match work {
            Work::Run(delivery, lasts) => Some(self.run(delivery, lasts)),
            Work::End(delivery, ending) => Some(self.end(delivery, ending)),
            Work::Settle(delivery, displaced) => Some(self.settle(&delivery, displaced)),
            Work::RunFirst => None,
        }
    }

    fn run(&mut self, delivery: Arc<Delivery>, lasts: Lasts) -> Came {
        if let Some(came) = self.finish_earlier(&delivery) {
            return came;
        }
        let now = Timestamp::from(SystemTime::now());
        match run(&self.bench, &mut self.journal, (&delivery, lasts), now) {
            Ran::Applied(report, displaced) => self.ended(delivery, report, displaced),
            Ran::Ended(report) => self.conclude(delivery, report),
            Ran::Busy(why) => Came::Busy(why),
        }
    }

    /// What an earlier attempt began, and could not bring to an end, comes first: by then the file is
    /// perhaps what the command makes of it, and not what it stands on any more.
    fn finish_earlier(&mut self, delivery: &Arc<Delivery>) -> Option<Came> {
        if self.journal.has_intent(&delivery.id) {
            self.bench.shop.recover(&mut self.journal);
        }
        if let Some(report) = self.journal.outcome(&delivery.id).cloned() {
            return Some(self.ended(Arc::clone(delivery), Box::new(report), None));
        }
        let open = self.journal.has_intent(&delivery.id);
        open.then(|| Came::Busy("an earlier attempt cannot be brought to an end yet".into()))
    }

    fn end(&mut self, delivery: Arc<Delivery>, ending: Ending) -> Came {
        if self.journal.has_intent(&delivery.id) {
            return Came::TooLate;
        }
        let report = match ending {
            Ending::Withdrawn => verdict::withdrawn(),
            Ending::Expired => verdict::expired(),
            Ending::Halted => verdict::halted(),
            Ending::Busy(why) => verdict::busy(&why),
        };
        self.conclude(delivery, report)
    }

    fn conclude(&mut self, delivery: Arc<Delivery>, report: Box<Report>) -> Came {
        match self.journal.conclude(&delivery.id, &report) {
            Ok(()) => self.ended(delivery, report, None),
            Err(error) => Came::Unwritten(error.to_string()),
        }
    }

    fn ended(
        &self,
        delivery: Arc<Delivery>,
        report: Box<Report>,
        displaced: Option<AfterLife>,
    ) -> Came {
        self.record.note(&delivery, Event::Ended, Some(&report), None);
        Came::Ended { lasts: self.journal.is_flushed(), delivery, report, displaced }
    }

    fn settle(&self, delivery: &Delivery, displaced: AfterLife) -> Came {
        let path = displaced.path().clone();
        let message = match displaced.settle(&self.bench.shop) {
            Ok(Settled::Quiet) => None,
            Ok(Settled::CopiedBack) => Some(format!(
                "a program on the machine went on writing into the old {path}; what it wrote stands in \
                 the file now"
            )),
            Ok(Settled::Preserved(kept)) => Some(format!(
                "a program on the machine went on writing into the old {path} while the file had \
                 changed again; what it wrote is kept as {} (see `leanspec-bridge log`)",
                kept.file_name().unwrap_or_default().to_string_lossy()
            )),
            Err(trouble) => Some(format!(
                "what a program on the machine may have written into the old {path} could not be \
                 looked at: {trouble:?}"
            )),
        };
        if let Some(message) = &message {
            log::warn!("command {}: {message}", delivery.id);
            self.record.note(delivery, Event::Overtaken, None, Some(message));
        }
        Came::Settled(delivery.id.clone(), message, path)
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
