//! How a file at hand is written, so that what is added looks as if its author had added it. Pure.

use super::block::Block;
use super::outline::{Entry, Outline, Shape};
use super::scalar::{self, Quote};

/// Which of LeanSpec's tools wrote most of a file. They order keys differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// Lists are indented, days and times quoted, keys stand as they came.
    JavaScript,
    /// Lists are not indented, days and times bare, keys stand in a fixed order.
    Rust,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) writer: Writer,
    /// Columns from a key to the dashes of its list.
    pub(super) list_indent: usize,
    /// Lists are written as `[a, b]`.
    pub(super) flow_lists: bool,
    /// Around days and times.
    pub(super) moment_quote: Quote,
    /// Around texts that cannot stand plain.
    pub(super) needed_quote: Quote,
    /// Columns before the keys of the block.
    pub(super) indent: usize,
    /// The line ending of the line that opens the block.
    pub(super) newline: &'static str,
}

/// Keys whose values are days or times, those first that are most alike to what is added.
const MOMENTS: [&str; 5] = ["updated_at", "completed_at", "created_at", "created", "completed"];

impl Style {
    pub(super) fn of(block: &Block<'_>, outline: &Outline) -> Self {
        let yaml = block.yaml;
        let moment_quote = MOMENTS
            .iter()
            .filter_map(|key| outline.find(key))
            .find(|entry| entry.shape == Shape::Scalar)
            .map_or(Quote::Plain, |entry| Quote::of(&yaml[entry.value.clone()]));
        let list_indent = outline.entries.iter().find_map(|entry| list_indent(yaml, entry));
        let has_flow_list = outline
            .entries
            .iter()
            .any(|entry| matches!(&entry.shape, Shape::FlowList(items) if !items.is_empty()));
        let writer = match (list_indent, moment_quote) {
            (Some(0), _) | (None, Quote::Plain) => Writer::Rust,
            _ => Writer::JavaScript,
        };
        let usual_indent = if writer == Writer::Rust { 0 } else { 2 };
        let doubles = outline
            .entries
            .iter()
            .filter(|entry| entry.shape == Shape::Scalar)
            .filter(|entry| Quote::of(&yaml[entry.value.clone()]) != Quote::Plain);
        let singles = doubles.clone().filter(|entry| yaml[entry.value.clone()].starts_with('\''));
        let needed_quote =
            if doubles.count() > 2 * singles.count() { Quote::Double } else { Quote::Single };
        Self {
            writer,
            list_indent: list_indent.unwrap_or(usual_indent),
            flow_lists: list_indent.is_none() && has_flow_list,
            moment_quote,
            needed_quote,
            indent: outline.entries.first().map_or(0, |entry| key_column(yaml, entry)),
            newline: if block.before.ends_with(b"\r\n") { "\r\n" } else { "\n" },
        }
    }

    /// The quotes that a new text is written with, where it can.
    pub(super) fn quote_for(&self, text: &str) -> Quote {
        if scalar::is_moment(text) { self.moment_quote } else { Quote::Plain }
    }

    /// The same with days and times as they stand in a neighbouring item `status: …, at: …`.
    pub(super) fn like_item(self, item: &str) -> Self {
        let at = item.find("at:").map(|at| item[at + 3..].trim_start());
        Self { moment_quote: at.map_or(self.moment_quote, Quote::of), ..self }
    }
}

fn list_indent(yaml: &str, entry: &Entry) -> Option<usize> {
    let Shape::BlockList(items) = &entry.shape else { return None };
    let item = items.first()?;
    (item.dash - item.lines.start).checked_sub(key_column(yaml, entry))
}

fn key_column(yaml: &str, entry: &Entry) -> usize {
    let line = &yaml[entry.lines.clone()];
    line.len() - line.trim_start_matches(' ').len()
}
