//! Exchanges of text at known places, applied in one go. Pure.

use std::ops::Range;

/// Exchanges that do not touch each other. All places are those of the text before.
#[derive(Debug, Default)]
pub(super) struct Splices(Vec<(Range<usize>, String)>);

impl Splices {
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    /// What is inserted at one place stands in the order of the calls.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    pub(super) fn delete(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    /// The text with all of them made; `None` when two of them overlap.
    pub(super) fn apply(mut self, text: &str) -> Option<String> {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let mut made = String::with_capacity(text.len() + 256);
        let mut at = 0;
        for (range, new) in self.0 {
            made.push_str(text.get(at..range.start)?);
            made.push_str(&new);
            at = range.end;
        }
        made.push_str(text.get(at..)?);
        Some(made)
    }
}
