//! The frontmatter inside the bytes of a file, to be exchanged without touching anything else.

use leanspec_shared::spec::SpecProblemCode;
use serde_json::{Map, Value};

use super::Refusal;
use super::outline::{self, Outline};
use crate::spec::frontmatter::{self, Cut, Unreadable};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The longest block that is edited, in bytes: what is longer has no summary either.
const BLOCK_MAX_BYTES: usize = leanspec_shared::limits::SUMMARY_MAX_BYTES;

/// The lines between the two `---` of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block<'a> {
    /// Everything before them, with the line of the first `---`.
    pub(super) before: &'a [u8],
    /// The lines, each with its ending.
    pub(super) yaml: &'a str,
    /// Everything from the second `---` on.
    pub(super) after: &'a [u8],
    /// The line of the file that the first of the lines is, counted from 1.
    pub(super) first_line: u32,
    /// What they say.
    pub(super) fields: Map<String, Value>,
}

impl<'a> Block<'a> {
    /// Finds and reads the block as the summary does. The body may hold any bytes.
    pub(super) fn find(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let text = utf8_head(bytes);
        let marked = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let (inside, line) = match frontmatter::cut(marked) {
            Cut::Block { yaml, body, line } => {
                let end = text.len() - body.len() - "---".len();
                (end - "\n".len() - yaml.len()..end, line)
            }
            Cut::None => {
                let why = "the file does not begin with `---`: add a block with status and created";
                return Err(Refusal::not_editable(Some(1), why));
            }
            Cut::Unclosed { .. } if text.len() < bytes.len() => {
                let line = 1 + frontmatter::count_lines(text);
                return Err(Refusal::not_editable(Some(line), "it holds bytes that are no UTF-8"));
            }
            Cut::Unclosed { line } => {
                let why = "the block that begins here is never closed: add a line `---` below it";
                return Err(Refusal::not_editable(Some(line), why));
            }
        };
        let opening = text[inside.clone()].find('\n').map_or(inside.end, |at| inside.start + at);
        if !text[inside.start..opening].trim().is_empty() {
            let why = "the line that opens the block holds more than `---`";
            return Err(Refusal::not_editable(Some(line), why));
        }
        let lines = (opening + 1).min(inside.end)..inside.end;
        if lines.len() > BLOCK_MAX_BYTES {
            let why = "the block is longer than a block of metadata ever is";
            return Err(Refusal::not_editable(Some(line), why));
        }
        let fields = frontmatter::read(&text[lines.clone()])
            .map_err(|unreadable| malformed(&unreadable, &text[lines.clone()], line))?;
        Ok(Self {
            before: &bytes[..lines.start],
            yaml: &text[lines.clone()],
            after: &bytes[lines.end..],
            first_line: line + 1,
            fields,
        })
    }

    /// The whole file with other lines in the block.
    pub(super) fn with(&self, yaml: &str) -> Vec<u8> {
        [self.before, yaml.as_bytes(), self.after].concat()
    }

    /// The line of the file on which a key stands.
    pub(super) fn line_of_key(&self, key: &str) -> Option<u32> {
        let outline = Outline::of(self.yaml).ok()?;
        outline.find(key).map(|entry| self.line_of(entry.lines.start))
    }

    /// The line of the file on which a place in the block stands.
    pub(super) fn line_of(&self, place: usize) -> u32 {
        self.first_line + frontmatter::count_lines(&self.yaml[..place])
    }
}

/// `line` is that of the `---` above the lines.
fn malformed(unreadable: &Unreadable, yaml: &str, line: u32) -> Refusal {
    let (what, within) = match unreadable.code {
        // The reader tells the line of the mapping, which helps nobody.
        SpecProblemCode::DuplicateKey => {
            let second = outline::second_of_a_key(yaml);
            let within = second.map(|place| 1 + frontmatter::count_lines(&yaml[..place]));
            ("a key stands in it twice", within)
        }
        _ => ("it cannot be read as YAML", None),
    };
    let at = within.or(unreadable.line).map(|within| line + within);
    Refusal::not_editable(at, &format!("{what}: {}", unreadable.why))
}

/// The bytes up to the first that is no UTF-8.
fn utf8_head(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()])
            .expect("the error says how far it is valid"),
    }
}
