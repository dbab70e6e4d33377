//! In which order commands are carried out, and which are ended without. Pure: time is an argument.
//!
//! Commands run in the order in which they came. One that cannot run now holds back only those after
//! it on the same file, and not for ever. One is out at a time: whoever takes it says what became of
//! it before asking for the next.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use leanspec_shared::command::Delivery;
use leanspec_shared::id::CommandId;
use leanspec_shared::limits::COMMAND_HELD_SECONDS;

use super::lane::{self, Lane};

/// How long a command that cannot run now is held back before it fails.
const HELD_MAX: Duration = Duration::from_secs(COMMAND_HELD_SECONDS);
/// When a busy file, or a disk without room for the journal, is tried again.
const AGAIN: Duration = Duration::from_millis(500);

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Carry it out.
    Run(Arc<Delivery>),
    /// End it: nothing was changed.
    End(Arc<Delivery>, Ending),
    /// Nothing, until this moment, or until something happens.
    Wait(Option<Instant>),
}

/// Why a command ends without being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The user took it back.
    Withdrawn,
    /// Its time ran out.
    Expired,
    /// The project was halted for too long.
    Halted,
    /// Its file could not be written for too long, with the reason.
    Busy(String),
}

/// The commands of one project that have not ended.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Waiting>,
    /// The one that is out.
    out: Option<CommandId>,
    /// The project was halted at the last look.
    halted: bool,
}

#[derive(Debug)]
struct Waiting {
    delivery: Arc<Delivery>,
    /// `None`: it runs into no other.
    lane: Option<Lane>,
    deadline: Instant,
    withdrawn: bool,
    /// Since when it could not run although it was its turn, and why.
    stuck: Option<(Instant, Ending)>,
    /// Not to be tried before.
    again_at: Option<Instant>,
}

impl Queue {
    /// Takes in a command that the journal holds. One that is known already gets what is newer: the
    /// time it may still wait, the hash that its predecessor left, that it is not wanted any more.
    pub fn accept(&mut self, delivery: Delivery, deadline: Instant) {
        if let Some(known) = self.find(&delivery.id) {
            known.deadline = deadline;
            if delivery.withdraw {
                known.withdraw();
            }
            if delivery.base_hash.is_some() {
                Arc::make_mut(&mut known.delivery).base_hash = delivery.base_hash;
            }
            return;
        }
        self.waiting.push_back(Waiting {
            // One that cannot be read is refused without looking at any file.
            lane: delivery.posted.edit().ok().as_ref().and_then(lane::of),
            withdrawn: delivery.withdraw,
            delivery: Arc::new(delivery),
            deadline,
            stuck: None,
            again_at: None,
        });
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether more than one waits, the one that is out among them.
    #[must_use]
    pub fn has_several(&self) -> bool {
        self.waiting.len() > 1
    }

    /// A command that was just accepted has been out already: it was carried out in the very turn
    /// that journalled it.
    pub fn was_out(&mut self, id: CommandId) {
        assert!(self.out.is_none(), "one command is out at a time");
        self.out = Some(id);
    }

    /// The user takes a command back; does nothing for one that has ended.
    pub fn withdraw(&mut self, id: &CommandId) {
        if let Some(known) = self.find(id) {
            known.withdraw();
        }
    }

    /// Says what to do next. `halted`: the project's files cannot be trusted now.
    pub fn next(&mut self, halted: bool, now: Instant) -> Next {
        assert!(self.out.is_none(), "one command is out at a time");
        if std::mem::replace(&mut self.halted, halted) && !halted {
            let freed = |waiting: &&mut Waiting| waiting.is_stuck_by(&Ending::Halted);
            self.waiting.iter_mut().filter(freed).for_each(|waiting| waiting.stuck = None);
        }
        let mut blocked: HashSet<Lane> = HashSet::new();
        let mut wake: Option<Instant> = None;
        for at in 0..self.waiting.len() {
            let waiting = &mut self.waiting[at];
            let behind = waiting.lane.as_ref().is_some_and(|lane| blocked.contains(lane));
            if let Some(ending) = waiting.ending(now) {
                self.out = Some(waiting.delivery.id.clone());
                return Next::End(Arc::clone(&waiting.delivery), ending);
            }
            if !(halted || behind || waiting.rests(now)) {
                return self.take(at);
            }
            let since = waiting.stuck(halted, now);
            let moments = [Some(waiting.deadline), Some(since + HELD_MAX), waiting.again_at];
            let next = moments.into_iter().flatten().filter(|moment| *moment > now).min();
            wake = wake.into_iter().chain(next).min();
            blocked.extend(waiting.lane.clone());
        }
        Next::Wait(wake)
    }

    fn take(&mut self, at: usize) -> Next {
        let delivery = Arc::clone(&self.waiting[at].delivery);
        self.out = Some(delivery.id.clone());
        Next::Run(delivery)
    }

    /// The command that was out has ended. `moved`: its file was not in the way, so that those after
    /// it begin to wait anew.
    pub fn ended(&mut self, moved: bool) {
        let Some(id) = self.out.take() else { return };
        let Some(at) = self.waiting.iter().position(|waiting| waiting.delivery.id == id) else {
            return;
        };
        let Some(Waiting { lane: Some(lane), .. }) = self.waiting.remove(at) else { return };
        if moved {
            let same = self.waiting.iter_mut().filter(|later| later.lane.as_ref() == Some(&lane));
            same.for_each(|later| later.stuck = None);
        }
    }

    /// The command that was out could not be carried out now, since another program has its hands on
    /// the file.
    pub fn busy(&mut self, why: String, now: Instant) {
        let Some(out) = self.put_back(now) else { return };
        let since = out.stuck.as_ref().map_or(now, |(since, _)| *since);
        out.stuck = Some((since, Ending::Busy(why)));
    }

    /// What became of the command that was out could not be written down; nothing was changed.
    pub fn unwritten(&mut self, now: Instant) {
        self.put_back(now);
    }

    /// The command that was out cannot be taken back any more: it is carried out to its end.
    pub fn too_late_to_withdraw(&mut self) {
        let Some(id) = self.out.take() else { return };
        if let Some(waiting) = self.find(&id) {
            waiting.withdrawn = false;
        }
    }

    fn put_back(&mut self, now: Instant) -> Option<&mut Waiting> {
        let id = self.out.take()?;
        let waiting = self.find(&id)?;
        waiting.again_at = Some(now + AGAIN);
        Some(waiting)
    }

    fn find(&mut self, id: &CommandId) -> Option<&mut Waiting> {
        self.waiting.iter_mut().find(|waiting| waiting.delivery.id == *id)
    }
}

impl Waiting {
    fn withdraw(&mut self) {
        self.withdrawn = true;
        self.again_at = None;
    }

    fn rests(&self, now: Instant) -> bool {
        self.again_at.is_some_and(|again_at| again_at > now)
    }

    fn is_stuck_by(&self, ending: &Ending) -> bool {
        self.stuck.as_ref().is_some_and(|(_, why)| why == ending)
    }

    fn ending(&self, now: Instant) -> Option<Ending> {
        if self.rests(now) {
            return None;
        }
        if self.withdrawn {
            return Some(Ending::Withdrawn);
        }
        if self.deadline <= now {
            return Some(Ending::Expired);
        }
        let (since, why) = self.stuck.as_ref()?;
        (*since + HELD_MAX <= now).then(|| why.clone())
    }

    /// Notes that it cannot run although it could be its turn; says since when.
    fn stuck(&mut self, halted: bool, now: Instant) -> Instant {
        let behind = || Ending::Busy("an earlier change of the same file is held up".into());
        let (since, known) = self.stuck.take().map_or((now, None), |(at, why)| (at, Some(why)));
        let why = if halted { Ending::Halted } else { known.unwrap_or_else(behind) };
        self.stuck = Some((since, why));
        since
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
