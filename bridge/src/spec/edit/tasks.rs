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
        0 => "the file holds no task box with this text",
        _ => "the task box has moved, and several have this text",
    };
    Err(Refusal {
        line: Some(line),
        ..Refusal::new(
            Reason::NoSuchTask,
            format!("{why}; nothing was changed: open the newest version and try again"),
        )
    })
}
