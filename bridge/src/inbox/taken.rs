//! Which commands need not be sent again when the feed is opened anew. Pure.
//!
//! The relay is told the last command up to which everything that was heard is safe: journalled and
//! flushed by this process, or answered for good. One that is not safe yet holds the mark back, so
//! that a command which was lost between the feed and the disk comes again.

use std::collections::VecDeque;

use leanspec_shared::id::CommandId;
use leanspec_shared::limits::COMMANDS_OPEN_MAX;

/// The commands that were heard, in the order of the feed, as far as they are not all safe.
#[derive(Debug, Default)]
pub struct Taken {
    open: VecDeque<(CommandId, bool)>,
    last: Option<CommandId>,
    /// More were heard than are remembered: the mark stays where it is.
    overflowed: bool,
}

impl Taken {
    /// A command was heard on the feed.
    pub fn heard(&mut self, id: &CommandId) {
        if self.open.iter().any(|(open, _)| open == id) {
            return;
        }
        self.overflowed |= self.open.len() >= COMMANDS_OPEN_MAX;
        if !self.overflowed {
            self.open.push_back((id.clone(), false));
        }
    }

    /// A command is safe: it need not be sent again to this process.
    pub fn safe(&mut self, id: &CommandId) {
        if let Some((_, safe)) = self.open.iter_mut().find(|(open, _)| open == id) {
            *safe = true;
        }
        while let Some((id, _)) = self.open.pop_front_if(|(_, safe)| *safe) {
            self.last = Some(id);
        }
    }

    /// What to pass as `after`; `None` before the first.
    #[must_use]
    pub fn after(&self) -> Option<CommandId> {
        self.last.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> CommandId {
        text.parse().expect("an id")
    }

    fn after(taken: &Taken) -> Option<String> {
        taken.after().map(String::from)
    }

    #[test]
    fn nothing_is_claimed_before_the_first_command_is_safe() {
        let mut taken = Taken::default();
        assert_eq!(after(&taken), None);
        taken.heard(&id("c1"));
        assert_eq!(after(&taken), None);
        taken.safe(&id("c1"));
        assert_eq!(after(&taken).as_deref(), Some("c1"));
    }

    #[test]
    fn a_command_that_is_not_safe_yet_holds_back_those_after_it() {
        let mut taken = Taken::default();
        for text in ["c1", "c2", "c3"] {
            taken.heard(&id(text));
        }
        taken.safe(&id("c1"));
        taken.safe(&id("c3"));
        assert_eq!(after(&taken).as_deref(), Some("c1"), "c2 would be lost");
        taken.safe(&id("c2"));
        assert_eq!(after(&taken).as_deref(), Some("c3"));
    }

    #[test]
    fn a_command_that_comes_twice_is_counted_once() {
        let mut taken = Taken::default();
        taken.heard(&id("c1"));
        taken.heard(&id("c1"));
        taken.safe(&id("c1"));
        taken.safe(&id("c1"));
        taken.safe(&id("never-heard"));
        assert_eq!(after(&taken).as_deref(), Some("c1"));
    }

    #[test]
    fn a_flood_is_not_remembered_without_end_and_nothing_of_it_is_claimed() {
        let mut taken = Taken::default();
        for number in 0..=COMMANDS_OPEN_MAX {
            taken.heard(&id(&format!("c{number}")));
        }
        assert!(taken.open.len() <= COMMANDS_OPEN_MAX);
        taken.safe(&id(&format!("c{COMMANDS_OPEN_MAX}")));
        assert_eq!(after(&taken), None);
    }
}
