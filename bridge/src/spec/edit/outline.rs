//! Where in the block each key, value and list item stands. The only importer of `yaml-edit`.
//!
//! The crate is used as a parser that loses no byte. Its edits are not: with the places at hand
//! this module's neighbours exchange exactly the bytes that must change, in the quoting, list style
//! and line endings of the file.

use std::collections::BTreeSet;
use std::ops::Range;

use yaml_edit::{Document, Mapping, MappingEntry, TextPosition, YamlKind, YamlNode};

/// The keys of a block in their order.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) entries: Vec<Entry>,
}

/// One key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key, without quotes.
    pub(super) key: String,
    /// From the start of its line to the end of the value's last line, with the line ending.
    pub(super) lines: Range<usize>,
    /// Just behind the colon.
    pub(super) colon_end: usize,
    /// The value as written, without trailing white space; empty where nothing is written.
    pub(super) value: Range<usize>,
    pub(super) shape: Shape,
}

/// How a value is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing, or nothing but a comment.
    Nothing,
    /// Plain or quoted.
    Scalar,
    /// `|` or `>`, and the lines below.
    BlockScalar,
    /// `[a, b]`, with the places of its items.
    FlowList(Vec<Range<usize>>),
    /// `- a` lines below the key.
    BlockList(Vec<Item>),
    /// A mapping, in either style.
    Mapping,
    /// With an anchor, an alias, a tag or a `?`: what it means depends on other places.
    Bound,
}

/// One item of a block list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// From the start of the dash's line to the end of its last line, with the line ending.
    pub(super) lines: Range<usize>,
    /// Place of the dash.
    pub(super) dash: usize,
    /// Its value as written.
    pub(super) value: Range<usize>,
}

/// A block that is no list of `key: value` lines; with the place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclear {
    pub(super) at: usize,
    pub(super) why: &'static str,
}

impl Outline {
    /// Outlines a block that the other parser has read already.
    pub(super) fn of(yaml: &str) -> Result<Self, Unclear> {
        let unclear = |why| Unclear { at: 0, why };
        let document = Document::from_str_ignoring_comments(yaml)
            .map_err(|_| unclear("two readers of YAML disagree about it"))?;
        let Some(mapping) = document.as_mapping() else { return Ok(Self::default()) };
        if document.to_string() != yaml {
            return Err(unclear("two readers of YAML disagree about it"));
        }
        if mapping.is_flow_style() {
            return Err(unclear("it is written as `{…}` instead of one key a line"));
        }
        Ok(Self { entries: entries(&mapping, yaml)? })
    }

    pub(super) fn find(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// Where a key stands for the second time, in a block that is refused for it.
pub(super) fn second_of_a_key(yaml: &str) -> Option<usize> {
    let outline = Outline::of(yaml).ok()?;
    let mut seen = BTreeSet::new();
    let again = outline.entries.iter().find(|entry| !seen.insert(&entry.key));
    again.map(|entry| entry.lines.start)
}

fn entries(mapping: &Mapping, yaml: &str) -> Result<Vec<Entry>, Unclear> {
    mapping.entries().map(|entry| outline_entry(&entry, yaml)).collect()
}

fn outline_entry(entry: &MappingEntry, yaml: &str) -> Result<Entry, Unclear> {
    let whole = range(entry.byte_range());
    let unclear = |why| Unclear { at: whole.start, why };
    let key_node = entry.key_node().ok_or_else(|| unclear("a value has no key"))?;
    let key = range(key_node.byte_range());
    let text = key_node.as_scalar().ok_or_else(|| unclear("a key is no text"))?.as_string();
    let colon_end = yaml[key.end..]
        .find(':')
        .map(|colon| key.end + colon + 1)
        .ok_or_else(|| unclear("a key has no colon"))?;
    let start = line_start(yaml, key.start);
    let plain_key = key.start == whole.start && yaml[start..key.start].trim().is_empty();
    let node = entry.value_node().filter(|node| !node.byte_range().is_empty());
    let Some(node) = node else {
        let lines = start..line_end(yaml, colon_end);
        let rest = &yaml[colon_end..lines.end];
        let nothing = rest.trim().is_empty() || rest.trim_start().starts_with('#');
        let shape = if plain_key && nothing { Shape::Nothing } else { Shape::Bound };
        return Ok(Entry { key: text, lines, colon_end, value: colon_end..colon_end, shape });
    };
    let value = trimmed(yaml, range(node.byte_range()));
    let lines = start..last_line_end(yaml, &value);
    let shape = if plain_key && only_comments(&yaml[colon_end..value.start]) {
        shape(&node, yaml, &value)
    } else {
        Shape::Bound
    };
    Ok(Entry { key: text, lines, colon_end, value, shape })
}

fn shape(node: &YamlNode, yaml: &str, value: &Range<usize>) -> Shape {
    match node.kind() {
        YamlKind::Scalar if yaml[value.clone()].starts_with(['|', '>']) => Shape::BlockScalar,
        YamlKind::Scalar => Shape::Scalar,
        YamlKind::Mapping => Shape::Mapping,
        YamlKind::Sequence => {
            let sequence = node.as_sequence().expect("its kind says so");
            let items = sequence.values().map(|item| range(item.byte_range()));
            if sequence.is_flow_style() {
                Shape::FlowList(items.collect())
            } else {
                let items: Vec<_> = items.collect();
                dashes(yaml, value, &items).map_or(Shape::Bound, Shape::BlockList)
            }
        }
        _ => Shape::Bound,
    }
}

/// The items of a block list by their dashes, which all stand in one column; `None` when they and
/// the items do not fit together.
fn dashes(yaml: &str, list: &Range<usize>, values: &[Range<usize>]) -> Option<Vec<Item>> {
    let column = list.start - line_start(yaml, list.start);
    let mut starts = Vec::new();
    let mut at = line_start(yaml, list.start);
    while at < list.end {
        let end = line_end(yaml, at);
        let dash = at + column;
        let is_item = yaml[at..end].bytes().take(column).all(|byte| byte == b' ')
            && yaml.get(dash..end).is_some_and(|rest| {
                rest.strip_prefix('-').is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n']))
            });
        if is_item {
            starts.push((at, dash));
        }
        at = end;
    }
    if starts.len() != values.len() {
        return None;
    }
    let items = starts.into_iter().zip(values).map(|((start, dash), value)| {
        let value =
            if value.is_empty() { dash + 1..dash + 1 } else { trimmed(yaml, value.clone()) };
        (value.start > dash).then(|| Item {
            lines: start..last_line_end(yaml, &value),
            dash,
            value,
        })
    });
    items.collect()
}

fn only_comments(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

fn range(position: TextPosition) -> Range<usize> {
    position.start as usize..position.end as usize
}

/// Without the white space at its end. Blank lines below a `|+` belong to its text and stay.
fn trimmed(yaml: &str, range: Range<usize>) -> Range<usize> {
    let text = &yaml[range.clone()];
    let header = text.lines().next().unwrap_or_default();
    let keeps = header.starts_with(['|', '>'])
        && header.split('#').next().is_some_and(|header| header.contains('+'));
    let kept = if keeps { text.strip_suffix('\n').unwrap_or(text) } else { text.trim_end() };
    range.start..range.start + kept.len()
}

pub(super) fn line_start(yaml: &str, place: usize) -> usize {
    yaml[..place].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The end of the line on which a place stands, behind its line ending.
pub(super) fn line_end(yaml: &str, place: usize) -> usize {
    yaml[place..].find('\n').map_or(yaml.len(), |newline| place + newline + 1)
}

fn last_line_end(yaml: &str, value: &Range<usize>) -> usize {
    line_end(yaml, value.end)
}
