//! When to ask git again. Pure: time is an argument.

use std::time::{Duration, Instant};

/// After a spec changed, its being dirty is asked for once things are quiet for this long.
const QUIET: Duration = Duration::from_secs(1);
/// However busy, it is asked after this long.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Whatever happens, it is asked after this long: git may have come, or answer again.
const ROUTINE: Duration = Duration::from_secs(600);

/// The next question to git.
#[derive(Debug)]
pub struct GitWatch {
    first: Option<Instant>,
    due: Option<Instant>,
}

impl GitWatch {
    /// The first question is due at once.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { first: Some(now), due: Some(now) }
    }

    /// Specs changed.
    pub fn specs_changed(&mut self, now: Instant) {
        let first = *self.first.get_or_insert(now);
        // What is due already is not put off.
        if self.due.is_none_or(|due| due > now) {
            self.due = Some((now + QUIET).min(first + WAIT_MAX));
        }
    }

    /// HEAD, index or refs changed, or somebody asked.
    pub fn ask_now(&mut self, now: Instant) {
        self.first.get_or_insert(now);
        self.due = Some(now);
    }

    /// Git answered.
    pub fn answered(&mut self, now: Instant) {
        self.due.get_or_insert(now + ROUTINE);
    }

    /// Whether it is time to ask; then the question counts as asked.
    pub fn take_due(&mut self, now: Instant) -> bool {
        let due = self.due.is_some_and(|due| due <= now);
        if due {
            (self.first, self.due) = (None, None);
        }
        due
    }

    /// When the next question is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saves_in_a_row_are_one_question_and_wait_for_five_seconds_at_most() {
        let start = Instant::now();
        let mut watch = GitWatch::new(start);
        assert!(watch.take_due(start), "the first one is due at once");
        assert!(!watch.take_due(start));
        watch.answered(start);
        assert_eq!(watch.next_due(), Some(start + ROUTINE));
        let mut now = start;
        while now < start + Duration::from_secs(20) {
            watch.specs_changed(now);
            let due = watch.next_due().expect("due");
            assert!(due <= start + WAIT_MAX && due <= now + QUIET);
            if watch.take_due(now) {
                break;
            }
            now += Duration::from_millis(100);
        }
        assert_eq!(now, start + WAIT_MAX);
    }
}
