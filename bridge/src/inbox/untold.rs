//! What came of commands and is not flushed yet: where several wait, the flush of one serves the
//! outcome of the one before. Nobody is told before.

use std::sync::Arc;
use std::time::Instant;

use leanspec_shared::command::Report;
use leanspec_shared::id::CommandId;

/// Outcomes that are written and not flushed, in the order in which they came.
#[derive(Debug, Default)]
pub struct Untold {
    held: Vec<(CommandId, Arc<Report>)>,
    /// When a flush for these alone is tried again, should the one under way fail.
    not_before: Option<Instant>,
}

impl Untold {
    /// Takes in an outcome.
    pub fn hold(&mut self, id: CommandId, report: Arc<Report>) {
        self.held.push((id, report));
    }

    /// Whether it holds what came of this command.
    #[must_use]
    pub fn holds(&self, id: &CommandId) -> bool {
        self.held.iter().any(|(held, _)| held == id)
    }

    /// Whether everything was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Everything was flushed: hands out what may be told now.
    pub fn take(&mut self) -> Vec<(CommandId, Arc<Report>)> {
        self.not_before = None;
        std::mem::take(&mut self.held)
    }

    /// A flush for these alone is under way; `again`: when to try once more should it fail.
    pub fn tried(&mut self, again: Instant) {
        self.not_before = Some(again);
    }

    /// Whether a flush is wanted for these alone.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        !self.is_empty() && self.not_before.is_none_or(|moment| moment <= now)
    }

    /// When one will be after one that failed.
    #[must_use]
    pub fn wake(&self) -> Option<Instant> {
        self.not_before.filter(|_| !self.is_empty())
    }
}
