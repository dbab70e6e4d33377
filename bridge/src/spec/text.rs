//! What the text of a spec says: its title and its task boxes. Pure.

use leanspec_shared::spec::Tasks;

/// The longest title that is told, in characters; a longer one is cut.
const TITLE_MAX_CHARS: usize = 200;

/// The first line of a body that begins with `# ` outside of code fences.
#[must_use]
pub fn title(body: &str) -> Option<String> {
    let mut fence: Option<Fence> = None;
    for line in without_second_block(body).lines() {
        match (&fence, Fence::of(line)) {
            (None, Some(opened)) => fence = Some(opened),
            (Some(open), Some(mark)) if mark.closes(open) => fence = None,
            (None, None) => {
                let heading =
                    line.strip_prefix("# ").map(str::trim).filter(|title| !title.is_empty());
                if let Some(title) = heading {
                    return Some(shorten(title));
                }
            }
            (Some(_), _) => {}
        }
    }
    None
}

/// A template with frontmatter put below generated frontmatter leaves a second block at the head
/// of the body, in which `# ` begins a comment and no title.
fn without_second_block(body: &str) -> &str {
    let start = body.trim_start();
    let Some(inside) = start.strip_prefix("---").filter(|inside| inside.starts_with(['\n', '\r']))
    else {
        return body;
    };
    let Some(end) = inside.find("\n---") else { return body };
    // A thematic break at the head of the body looks the same; then there is text between.
    let is_block = inside[..end].lines().all(|line| {
        let line = line.trim_end();
        line.is_empty() || line.starts_with([' ', '#', '-']) || line.contains(':')
    });
    if is_block { &inside[end + 4..] } else { body }
}

fn shorten(title: &str) -> String {
    match title.char_indices().nth(TITLE_MAX_CHARS) {
        Some((end, _)) => format!("{}…", &title[..end]),
        None => title.to_owned(),
    }
}

/// A line that opens or closes a code fence (CommonMark 4.5).
#[derive(Debug, PartialEq, Eq)]
struct Fence {
    mark: u8,
    length: usize,
    /// An info string follows, so that it cannot close.
    opens_only: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        let mark = *text.as_bytes().first().filter(|mark| matches!(mark, b'`' | b'~'))?;
        let length = text.bytes().take_while(|byte| *byte == mark).count();
        let rest = &text[length..];
        let is_code_span = mark == b'`' && rest.contains('`');
        let indented = line.len() - text.len() > 3;
        let opens_only = !rest.trim().is_empty();
        (length >= 3 && !is_code_span && !indented).then_some(Self { mark, length, opens_only })
    }

    fn closes(&self, open: &Self) -> bool {
        self.mark == open.mark && self.length >= open.length && !self.opens_only
    }
}

/// Counts task boxes.
#[must_use]
pub fn tasks(body: &str) -> Tasks {
    let mut tasks = Tasks::default();
    for task in body.lines().filter_map(|line| task_box(line.as_bytes())) {
        tasks.total = tasks.total.saturating_add(1);
        tasks.done = tasks.done.saturating_add(u32::from(task.done));
    }
    tasks
}

/// The box on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskBox {
    /// Place, in the line, of the byte between the brackets.
    pub at: usize,
    /// It is ticked.
    pub done: bool,
}

/// A task box as LeanSpec sees one: `-`, a space, `[ ]` or `[x]`, at any indentation and inside code
/// fences too; other bullets are none. The rest of the line may hold any bytes.
#[must_use]
pub fn task_box(line: &[u8]) -> Option<TaskBox> {
    let head = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&line[..error.valid_up_to()]).unwrap_or_default(),
    };
    let indent = head.len() - head.trim_start().len();
    let [mark, b']', ..] = line[indent..].strip_prefix(b"- [")? else { return None };
    let done = matches!(mark, b'x' | b'X');
    (done || *mark == b' ').then_some(TaskBox { at: indent + 3, done })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_the_first_heading_outside_of_fences() {
        let table = [
            ("# One\n# Two", Some("One")),
            ("\n\ntext\n# Late", Some("Late")),
            ("## Sub\n#No space\n # Indented\n# Real ", Some("Real")),
            ("```md\n# In a fence\n```\n# Real", Some("Real")),
            ("~~~\n# In a fence\n```\n# Still\n~~~~\n# Real", Some("Real")),
            ("````\n```\n# Still inside\n````\n# Real", Some("Real")),
            ("``` inline ``` text\n# Real", Some("Real")),
            ("# CRLF\r\nx", Some("CRLF")),
            ("```\n# Only in a fence that never ends", None),
            ("# ", None),
            ("", None),
        ];
        for (body, wanted) in table {
            assert_eq!(title(body).as_deref(), wanted, "{body:?}");
        }
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        let long = title(&format!("# {}", "ü".repeat(1000))).expect("a title");
        assert_eq!(long.chars().count(), TITLE_MAX_CHARS + 1);
    }

    #[test]
    fn task_boxes_are_counted_as_leanspec_counts_them() {
        let body = "- [ ] a\n  - [x] b\n\t- [X] c\n* [ ] no\n+ [ ] no\n-[ ] no\n- [] no\n- [-] no\n\
                    ```\n- [ ] in a fence counts\n```\n1. [ ] no\n- [ ]\r\n";
        assert_eq!(tasks(body), Tasks { done: 2, total: 5 });
    }
}
