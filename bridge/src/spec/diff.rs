//! What changed between two versions of a text. The only importer of `similar`. Pure, but for the
//! clock that bounds it.

use std::time::Duration;

use leanspec_shared::limits::DIFF_MAX_BYTES;
use similar::{Algorithm, TextDiff};

/// Lines around a change that are shown.
const CONTEXT_LINES: usize = 3;

/// After this the comparison gets coarser instead of longer: a person waits for it.
const TIME_MAX: Duration = Duration::from_millis(200);

/// The difference between two texts in unified form, without a head that names files. `None` when
/// they are equal, when one is no text, and when the difference is larger than what is sent.
#[must_use]
pub fn unified(old: &[u8], new: &[u8]) -> Option<String> {
    let (old, new) = (std::str::from_utf8(old).ok()?, std::str::from_utf8(new).ok()?);
    if old == new {
        return None;
    }
    let diff =
        TextDiff::configure().algorithm(Algorithm::Myers).timeout(TIME_MAX).diff_lines(old, new);
    let text = diff.unified_diff().context_radius(CONTEXT_LINES).to_string();
    (text.len() <= DIFF_MAX_BYTES).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_three_lines_around_it() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let wanted = "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(
            unified(old.as_bytes(), old.replace('5', "five").as_bytes()).as_deref(),
            Some(wanted)
        );
    }

    #[test]
    fn a_missing_final_newline_and_other_line_endings_are_told() {
        let diff = unified(b"a\nb", b"a\nb\n").expect("a difference");
        assert!(diff.contains("\\ No newline at end of file"), "{diff}");
        assert_eq!(unified(b"a\r\n", b"a\n").as_deref(), Some("@@ -1 +1 @@\n-a\r\n+a\n"));
    }

    #[test]
    fn there_is_none_of_equal_texts_of_bytes_that_are_no_text_and_of_what_is_too_long() {
        assert_eq!(unified(b"a", b"a"), None);
        assert_eq!(unified(b"a", b"\xff"), None);
        let lines = |text: &str| (0..20_000).map(|at| format!("{text} {at}\n")).collect::<String>();
        assert_eq!(unified(lines("a").as_bytes(), lines("b").as_bytes()), None);
    }
}
