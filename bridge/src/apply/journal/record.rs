//! The lines of the journal. Pure: text to records and back.
//!
//! ```text
//! 1f0c2b…(16 hex digits of the SHA-256 of the rest) {"received":{…}}
//! ```
//!
//! A line whose digits do not fit was cut by a power loss or damaged, and is never believed.

use leanspec_shared::command::{CommandState, Delivery, Report};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a command is about to do to the disk: enough to tell, after a kill at any moment, what it
/// has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// One file gets other bytes.
    Replace {
        /// Which.
        path: FilePath,
        /// Hash of what it has.
        base: ContentHash,
        /// Hash of what it gets.
        wanted: ContentHash,
    },
    /// A folder is made with these files.
    Create {
        /// Its final path.
        folder: FilePath,
        /// Names in it, and hashes of what they get.
        files: Vec<(String, ContentHash)>,
    },
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Record {
    /// A command came.
    Received { at: Timestamp, delivery: Box<Delivery> },
    /// It is about to change the disk; with it goes what will be reported.
    Intent { id: CommandId, effect: Effect, report: Box<Report> },
    /// What was exchanged was not the base: these bytes are about to be put back. Once more for
    /// each save that comes between.
    Undoing { id: CommandId, placing: Option<ContentHash> },
    /// A new folder is complete and about to get its name.
    Naming { id: CommandId },
    /// The intent came to nothing, and what it left is about to be removed.
    Lapsed { id: CommandId },
    /// The intent was carried out.
    Applied { id: CommandId, at: Timestamp },
    /// The command ended without an effect.
    Concluded { id: CommandId, at: Timestamp, report: Box<Report> },
    /// The relay knows the outcome.
    Acknowledged { id: CommandId },
    /// What is kept of a command whose outcome the relay knows, after the journal was rewritten.
    Ended { id: CommandId, at: Timestamp, state: CommandState, hash: Option<ContentHash> },
}

/// Digits before each line.
const CHECK_DIGITS: usize = 16;

impl Record {
    /// Its line, with the line's end.
    pub(super) fn line(&self) -> String {
        let json = serde_json::to_string(self).expect("records are made of what JSON can hold");
        format!("{} {json}\n", ContentHash::of(json.as_bytes()).check())
    }

    fn of_line(line: &[u8]) -> Option<Self> {
        let (check, json) = line.split_at_checked(CHECK_DIGITS)?;
        let json = json.strip_prefix(b" ")?;
        let fits = ContentHash::of(json).check().as_bytes() == check;
        fits.then(|| serde_json::from_slice(json).ok()).flatten()
    }
}

/// A journal as it was found.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Found {
    /// Every record that can be believed, in order, with the length of its line in bytes.
    pub(super) records: Vec<(Record, u64)>,
    /// Bytes up to the end of the last of them: what follows is the torn end of an append.
    pub(super) sound_bytes: u64,
    /// Whether something before that is damaged.
    pub(super) damaged: bool,
}

/// Reads a journal, however it was left.
pub(super) fn read(text: &[u8]) -> Found {
    let mut found = Found::default();
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let begin = at;
        at += line.len() as u64;
        let record = line.strip_suffix(b"\n").and_then(Record::of_line);
        if let Some(record) = record {
            found.damaged |= begin != found.sound_bytes;
            found.sound_bytes = at;
            found.records.push((record, line.len() as u64));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(id: u32) -> Record {
        Record::Acknowledged { id: format!("c{id}").parse().expect("an id") }
    }

    /// Golden: a journal of an older version must stay readable.
    #[test]
    fn a_line_is_a_check_and_json() {
        assert_eq!(record(1).line(), "e52c605065c17329 {\"acknowledged\":{\"id\":\"c1\"}}\n");
    }

    #[test]
    fn a_torn_end_is_left_out_and_a_damaged_middle_is_noticed() {
        let text = record(1).line() + &record(2).line() + &record(3).line();
        let whole = read(text.as_bytes());
        assert_eq!((whole.records.len(), whole.damaged), (3, false));
        assert_eq!(whole.sound_bytes, text.len() as u64);
        let second = record(1).line().len();
        let mut bytes = text.into_bytes();
        bytes[second + 3] ^= 1;
        let found = read(&bytes);
        assert_eq!((found.records.len(), found.damaged), (2, true));
    }

    proptest! {
        #[test]
        fn a_journal_cut_anywhere_keeps_every_line_before_the_cut(count in 0_u32..6, cut in 0_usize..500) {
            let lines: Vec<String> = (0..count).map(|id| record(id).line()).collect();
            let text = lines.concat();
            let cut = cut.min(text.len());
            let found = read(&text.as_bytes()[..cut]);
            let mut end = 0;
            let whole = lines.iter().take_while(|line| { end += line.len(); end <= cut }).count();
            prop_assert_eq!(found.records.len(), whole);
            prop_assert!(!found.damaged);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }
    }
}
