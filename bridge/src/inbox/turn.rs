//! What passes between an inbox's worker and its desk: a turn out, and what came of it back.

use std::sync::Arc;
use std::time::SystemTime;

use leanspec_shared::command::{Delivery, Report};
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

use super::queue::Ending;
use crate::apply::{AfterLife, Lasts};

/// What a desk finds when it is opened.
#[derive(Debug, Default)]
pub struct Opened {
    /// Commands that have not ended, with the moment of their receipt.
    pub pending: Vec<(Delivery, SystemTime)>,
    /// What the relay does not know yet.
    pub unreported: Vec<(CommandId, Report)>,
}

/// What is to be done in one turn, in this order.
#[derive(Debug, Default)]
pub struct Turn {
    /// The relay knows what came of these.
    pub acknowledged: Vec<CommandId>,
    /// These came.
    pub received: Vec<Delivery>,
    /// One more thing.
    pub work: Option<Work>,
    /// Outcomes of earlier turns have to last by the end of this one.
    pub flush: bool,
}

/// One thing to do.
#[derive(Debug)]
pub enum Work {
    /// Carry out a command; when its outcome has to last.
    Run(Arc<Delivery>, Lasts),
    /// Carry out the first of those that came in this turn, before anything is flushed for it alone.
    RunFirst,
    /// End one without.
    End(Arc<Delivery>, Ending),
    /// Look again at a file that a command displaced.
    Settle(Arc<Delivery>, AfterLife),
}

impl Turn {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { acknowledged, received, work, flush } = self;
        acknowledged.is_empty() && received.is_empty() && work.is_none() && !flush
    }
}

/// What came of a turn.
#[derive(Debug, Default)]
pub struct Turned {
    /// What came of the commands that came.
    pub received: Received,
    /// What came of the work.
    pub came: Option<Came>,
    /// Outcomes of earlier turns last now.
    pub flushed: bool,
    /// A sentence: what a person should know of how files are changed here.
    pub warning: Option<String>,
}

/// What came of commands that came.
#[derive(Debug)]
pub enum Received {
    /// They are journalled. Of those that ended before, what came of them, to be told again.
    Kept(Vec<(Delivery, Option<Report>)>),
    /// They could not be journalled, so they do not count as received.
    NotKept(Vec<Delivery>, String),
}

impl Received {
    /// They turned out not to be kept.
    #[must_use]
    pub fn lost(self, why: String) -> Self {
        match self {
            Self::Kept(kept) => {
                Self::NotKept(kept.into_iter().map(|(delivery, _)| delivery).collect(), why)
            }
            Self::NotKept(..) => self,
        }
    }
}

impl Default for Received {
    fn default() -> Self {
        Self::Kept(Vec::new())
    }
}

/// What came of the work.
#[derive(Debug)]
pub enum Came {
    /// A command ended, and that is journalled.
    Ended {
        /// Whether that survives a power loss; before, nobody may be told.
        lasts: bool,
        /// Which.
        delivery: Arc<Delivery>,
        /// How.
        report: Box<Report>,
        /// The file it displaced, to be looked at again.
        displaced: Option<AfterLife>,
    },
    /// A command could not be carried out now.
    Busy(String),
    /// How a command ended could not be journalled; nothing was changed.
    Unwritten(String),
    /// A command cannot be taken back any more.
    TooLate,
    /// A displaced file was looked at; the sentence tells what was saved of it.
    Settled(CommandId, Option<String>, FilePath),
}
