//! Writing values as YAML in the style of the file at hand. Pure.

use serde_json::{Map, Value};

use super::scalar::{self, Place, Quote};
use super::style::Style;

/// A value as it is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Behind the colon.
    Inline(String),
    /// On lines below the key, indented as seen from the key's column.
    Below(Vec<String>),
}

/// Writes a value; `quote` is what a single text gets where it can.
pub(super) fn value(value: &Value, quote: Option<Quote>, style: &Style) -> Written {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let flat = items.iter().all(|item| !item.is_array() && !item.is_object());
            if style.flow_lists && flat {
                return Written::Inline(flow(value, style));
            }
            let lines = items.iter().flat_map(|item| item_lines(item, style));
            Written::Below(indented(lines, style.list_indent))
        }
        Value::Object(fields) if !fields.is_empty() => {
            Written::Below(indented(field_lines(fields, style).into_iter(), 2))
        }
        Value::String(text) => {
            let quote = quote.unwrap_or_else(|| style.quote_for(text));
            Written::Inline(scalar::write(text, quote, style.needed_quote, Place::Block))
        }
        other => Written::Inline(other.to_string()),
    }
}

/// The lines of one item of a block list; the first begins with its dash.
pub(super) fn item_lines(item: &Value, style: &Style) -> Vec<String> {
    let lines = match item {
        Value::Object(fields) if !fields.is_empty() => field_lines(fields, style),
        other => match value(other, None, style) {
            Written::Inline(text) => vec![text],
            Written::Below(lines) => lines.iter().map(|line| dedented(line, style)).collect(),
        },
    };
    let marks = std::iter::once("- ").chain(std::iter::repeat("  "));
    lines.iter().zip(marks).map(|(line, mark)| format!("{mark}{line}")).collect()
}

/// `[a, b]`, `{k: v}`, or a single value that can stand inside of them.
pub(super) fn flow(value: &Value, style: &Style) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| flow(item, style)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields = in_order(fields).map(|(name, value)| {
                format!("{}: {}", key(name, style, Place::Flow), flow(value, style))
            });
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => {
            scalar::write(text, style.quote_for(text), style.needed_quote, Place::Flow)
        }
        other => other.to_string(),
    }
}

/// A key, in quotes where it needs them.
pub(super) fn key(name: &str, style: &Style, place: Place) -> String {
    scalar::write(name, Quote::Plain, style.needed_quote, place)
}

fn field_lines(fields: &Map<String, Value>, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, field) in in_order(fields) {
        let name = key(name, style, Place::Block);
        match value(field, None, style) {
            Written::Inline(text) => lines.push(format!("{name}: {text}")),
            Written::Below(below) => {
                lines.push(format!("{name}:"));
                lines.extend(below);
            }
        }
    }
    lines
}

/// JSON's fields have no order here; in a transition the status leads.
fn in_order(fields: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let leads = |(name, _): &(&String, &Value)| *name == "status";
    fields.iter().filter(leads).chain(fields.iter().filter(move |field| !leads(field)))
}

fn indented(lines: impl Iterator<Item = String>, columns: usize) -> Vec<String> {
    lines.map(|line| format!("{:columns$}{line}", "")).collect()
}

/// A list inside a list begins right behind the dash.
fn dedented(line: &str, style: &Style) -> String {
    line[style.list_indent..].to_owned()
}
