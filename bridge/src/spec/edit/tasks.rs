//! Task boxes: finding them by LeanSpec's own rule, and ticking one by exchanging one byte. Pure.

use leanspec_shared::command::Reason;

use super::{Edited, Refusal};
use crate::spec::frontmatter::{self, Cut};
use crate::spec::text::{self, TaskBox};

/// A line of the body that holds a task box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Task<'a> {
    /// Line of the file, counted from 1.
    pub(super) line: u32,
    /// The line without its ending.
    pub(super) text: &'a [u8],
    /// Place of its first byte in the file.
    start: usize,
    task_box: TaskBox,
}

impl Task<'_> {
    pub(super) fn is_open(&self) -> bool {
        !self.task_box.done
    }

    /// Whether it is the line that a user saw; bytes that are no UTF-8 were shown as `\u{fffd}`.
    pub(super) fn is(&self, seen_line: &str) -> bool {
        String::from_utf8_lossy(self.text) == seen_line
    }
}

/// Every task box of a file below its frontmatter.
pub(super) fn tasks(bytes: &[u8]) -> impl Iterator<Item = Task<'_>> {
    let body = body_start(bytes);
    let mut start = 0;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').zip(1_u32..);
    lines.filter_map(move |(line, number)| {
        let place = start;
        start += line.len();
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let task_box = text::task_box(text).filter(|_| place >= body)?;
        Some(Task { line: number, text, start: place, task_box })
    })
}

/// Where the body begins; at the very start in a file without a whole block.
fn body_start(bytes: &[u8]) -> usize {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    match frontmatter::cut(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Cut::Block { body, .. } => text.len() - body.len(),
        Cut::None | Cut::Unclosed { .. } => 0,
    }
}

/// Ticks a task box, or clears it: one byte changes, and no field of the frontmatter.
///
/// `line` is counted from 1 in the whole file, `seen_line` is that line without its ending. When
/// another line stands there, the box is looked for by its text: a change rebased onto a newer
/// version names the line that the user saw.
///
/// # Errors
/// When no box, or more than one elsewhere, has that text.
pub fn toggle_task(
    bytes: &[u8],
    line: u32,
    seen_line: &str,
    checked: bool,
) -> Result<Edited, Refusal> {
    let task = find(bytes, line, seen_line)?;
    let mut bytes = bytes.to_vec();
    if task.task_box.done != checked {
        bytes[task.start + task.task_box.at] = if checked { b'x' } else { b' ' };
    }
    Ok(Edited { bytes, changes: Vec::new() })
}

fn find<'a>(bytes: &'a [u8], line: u32, seen_line: &str) -> Result<Task<'a>, Refusal> {
    let mut alike: Vec<_> = tasks(bytes).filter(|task| task.is(seen_line)).collect();
    if let Some(task) = alike.iter().find(|task| task.line == line) {
        return Ok(*task);
    }
    let why = match alike.len() {
        1 => return Ok(alike.remove(0)),
        0 => "The file holds no task box with this text",
        _ => "The task box has moved, and several have this text",
    };
    Err(Refusal {
        line: Some(line),
        ..Refusal::new(
            Reason::NoSuchTask,
            format!("{why}. Nothing was changed: open the newest version and try again."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "---\nstatus: planned\nlist:\n- [ ]\n---\n# T\n- [ ] one\n\t- [X] two\r\n* [ ] no\n```\n- [ ] one\n```\n- [x] end";

    fn toggled(line: u32, seen_line: &str, checked: bool) -> Result<String, Refusal> {
        let edited = toggle_task(FILE.as_bytes(), line, seen_line, checked)?;
        assert_eq!(edited.changes, []);
        Ok(String::from_utf8(edited.bytes).expect("text"))
    }

    #[test]
    fn one_byte_changes_and_no_field_of_the_frontmatter() {
        let table = [
            (7, "- [ ] one", true, FILE.replacen("- [ ] one", "- [x] one", 1)),
            (8, "\t- [X] two", false, FILE.replace("[X]", "[ ]")),
            (13, "- [x] end", false, FILE.replace("[x] end", "[ ] end")),
            (11, "- [ ] one", true, FILE.replace("```\n- [ ] one", "```\n- [x] one")),
        ];
        for (line, seen, checked, wanted) in table {
            assert_eq!(toggled(line, seen, checked), Ok(wanted), "line {line}");
        }
    }

    #[test]
    fn a_box_that_is_as_wanted_stays_as_it_is() {
        assert_eq!(toggled(7, "- [ ] one", false).as_deref(), Ok(FILE));
        assert_eq!(toggled(8, "\t- [X] two", true).as_deref(), Ok(FILE));
    }

    #[test]
    fn a_box_that_moved_is_found_by_its_text_when_only_one_has_it() {
        let wanted = FILE.replace("[x] end", "[ ] end");
        assert_eq!(toggled(1, "- [x] end", false), Ok(wanted.clone()));
        assert_eq!(toggled(99, "- [x] end", false), Ok(wanted));
        assert_eq!(toggled(0, "- [x] end", true).as_deref(), Ok(FILE));
    }

    #[test]
    fn what_is_no_box_or_could_be_several_is_refused() {
        let table = [
            (9, "* [ ] no", "no task box"),
            (4, "- [ ]", "no task box"),
            (7, "- [ ] other", "no task box"),
            (7, "- [x] one", "no task box"),
            (6, "# T", "no task box"),
            (12, "- [ ] one", "several"),
        ];
        for (line, seen, why) in table {
            let refusal = toggled(line, seen, true).expect_err("refused");
            assert_eq!((refusal.reason, refusal.line), (Reason::NoSuchTask, Some(line)), "{seen}");
            assert!(refusal.message.contains(why), "{}", refusal.message);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_seen_as_they_were_shown_and_stay() {
        let file = b"---\na: 1\n---\n- [ ] \xff\n\xfe- [ ] x\n";
        let edited = toggle_task(file, 4, "- [ ] \u{fffd}", true).expect("a task").bytes;
        assert_eq!(edited, b"---\na: 1\n---\n- [x] \xff\n\xfe- [ ] x\n");
    }

    #[test]
    fn a_file_without_frontmatter_has_tasks_too() {
        assert_eq!(toggle_task(b"- [ ] a", 1, "- [ ] a", true).expect("a task").bytes, b"- [x] a");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), line in 0_u32..9) {
            let tasks: Vec<_> = tasks(&bytes).map(|task| String::from_utf8_lossy(task.text).into_owned()).collect();
            for seen in tasks {
                drop(toggle_task(&bytes, line, &seen, true));
            }
        }
    }
}
