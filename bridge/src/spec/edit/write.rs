//! Carries wishes into the lines of a block, touching only the bytes that must change. Pure.

use leanspec_shared::command::Change;
use serde_json::{Map, Value};

use super::Refusal;
use super::block::Block;
use super::fields::{Wanted, Wishes};
use super::lists;
use super::outline::{Entry, Outline, Shape, line_start};
use super::place;
use super::render::{self, Written};
use super::scalar::{Place, Quote};
use super::splice::Splices;
use super::style::Style;

/// The lines of the block with every wish fulfilled.
pub(super) fn write(block: &Block<'_>, wishes: &Wishes) -> Result<String, Refusal> {
    let yaml = block.yaml;
    let outline = Outline::of(yaml)
        .map_err(|unclear| Refusal::not_editable(Some(block.line_of(unclear.at)), unclear.why))?;
    if outline.entries.len() != block.fields.len() {
        let why = "two readers of YAML disagree about its keys";
        return Err(Refusal::not_editable(Some(block.first_line), why));
    }
    let style = Style::of(block, &outline);
    let mut writer = Writer { block, style, splices: Splices::default() };
    let mut new = Vec::new();
    for (key, wanted) in wishes {
        if wanted.holds(block.fields.get(key)) {
            continue;
        }
        match outline.find(key) {
            Some(entry) => writer.change(entry, wanted)?,
            None => new.push((place::rank(key, &style), key, wanted)),
        }
    }
    new.sort_by_key(|(rank, ..)| *rank);
    for (_, key, wanted) in new {
        writer.add(key, wanted, &outline);
    }
    let overlap = "its keys and values cannot be told apart";
    writer.splices.apply(yaml).ok_or_else(|| Refusal::not_editable(Some(block.first_line), overlap))
}

struct Writer<'a> {
    block: &'a Block<'a>,
    style: Style,
    splices: Splices,
}

impl Writer<'_> {
    fn add(&mut self, key: &str, wanted: &Wanted, outline: &Outline) {
        let Some(value) = wanted.value() else { return };
        let yaml = self.block.yaml;
        let at = place::of_new_key(key, yaml, outline, &self.style);
        let name = render::key(key, &self.style, Place::Block);
        let lines = match render::value(&value, None, &self.style) {
            Written::Inline(text) => vec![format!("{name}: {text}")],
            Written::Below(below) => std::iter::once(format!("{name}:")).chain(below).collect(),
        };
        self.insert_lines(at, &lines);
    }

    fn change(&mut self, entry: &Entry, wanted: &Wanted) -> Result<(), Refusal> {
        let yaml = self.block.yaml;
        if entry.shape == Shape::Bound {
            let why = format!(
                "`{}` is written with an anchor, an alias, a tag or a `?`, so that other places may hang on it",
                entry.key
            );
            return Err(self.refusal(entry, &why));
        }
        let Some(value) = wanted.value() else {
            self.splices.delete(entry.lines.clone());
            return Ok(());
        };
        let old = self.block.fields.get(&entry.key);
        if let (Value::Array(wanted_items), Some(Value::Array(old_items))) = (&value, old) {
            let steps = lists::steps(old_items.len(), wanted_items.len(), |old, new| {
                same_item(wanted, &old_items[old], &wanted_items[new])
            });
            match &entry.shape {
                Shape::BlockList(items) if items.len() == old_items.len() => {
                    let style = &self.style;
                    lists::edit_block(
                        &mut self.splices,
                        yaml,
                        entry,
                        items,
                        &steps,
                        wanted_items,
                        style,
                    );
                    return Ok(());
                }
                Shape::FlowList(items)
                    if items.len() == old_items.len() && !self.opens_up(items, &value) =>
                {
                    let list = lists::edit_flow(
                        yaml,
                        &entry.value,
                        items,
                        &steps,
                        wanted_items,
                        &self.style,
                    );
                    let list = list.ok_or_else(|| {
                        self.refusal(
                            entry,
                            &format!("`{}` is a list in brackets with comments in it", entry.key),
                        )
                    })?;
                    self.splices.replace(entry.value.clone(), list);
                    return Ok(());
                }
                _ => {}
            }
        }
        self.replace(entry, &value);
        Ok(())
    }

    /// Whether an empty `[]` becomes lines of their own, as the other lists of the file are.
    fn opens_up(&self, items: &[std::ops::Range<usize>], value: &Value) -> bool {
        items.is_empty() && matches!(render::value(value, None, &self.style), Written::Below(_))
    }

    /// Exchanges a whole value; comments beside and above it stay.
    fn replace(&mut self, entry: &Entry, value: &Value) {
        let yaml = self.block.yaml;
        let written = &yaml[entry.value.clone()];
        let quote = (entry.shape == Shape::Scalar).then(|| Quote::of(written));
        let comment = if entry.shape == Shape::BlockScalar { header_comment(written) } else { "" };
        let own_lines = line_start(yaml, entry.value.start)..entry.lines.end;
        let starts_below = own_lines.start > entry.colon_end;
        match render::value(value, quote, &self.style) {
            Written::Inline(text) => match &entry.shape {
                Shape::Nothing => self.splices.insert(entry.colon_end, format!(" {text}")),
                Shape::BlockList(_) | Shape::Mapping if starts_below => {
                    self.splices.insert(entry.colon_end, format!(" {text}"));
                    self.splices.delete(own_lines);
                }
                _ => self.splices.replace(entry.value.clone(), text + comment),
            },
            Written::Below(lines) if starts_below => {
                self.insert_lines(own_lines.start, &lines);
                self.splices.delete(own_lines);
            }
            Written::Below(lines) => {
                self.splices.replace(entry.colon_end..entry.value.end, comment);
                self.insert_lines(entry.lines.end, &lines);
            }
        }
    }

    fn insert_lines(&mut self, at: usize, lines: &[String]) {
        let ending = lists::ending_before(self.block.yaml, at, &self.style);
        let indent = self.style.indent;
        let text = lines.iter().map(|line| format!("{:indent$}{line}{ending}", ""));
        self.splices.insert(at, text.collect::<String>());
    }

    fn refusal(&self, entry: &Entry, why: &str) -> Refusal {
        Refusal::not_editable(Some(self.block.line_of(entry.lines.start)), why)
    }
}

/// Whether an item that stands there is the wanted one: in a list of texts as LeanSpec reads it.
fn same_item(wanted: &Wanted, old: &Value, new: &Value) -> bool {
    match wanted {
        Wanted::Texts(_) => crate::spec::field::text(old).ok().flatten().as_deref() == new.as_str(),
        _ => old == new,
    }
}

/// The comment behind the `|` or `>` of a text, with the space before it.
fn header_comment(written: &str) -> &str {
    let header = written.lines().next().unwrap_or_default();
    header.find(" #").map_or("", |at| header[at..].trim_end())
}

/// Every field whose value differs, those that were asked for first.
pub(super) fn changes(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    wishes: &Wishes,
) -> Vec<Change> {
    let value = |fields: &Map<String, Value>, key| fields.get(key).cloned().unwrap_or(Value::Null);
    let changes = wishes.iter().map(|(key, _)| Change {
        field: key.clone(),
        from: value(old, key.as_str()),
        to: value(new, key.as_str()),
    });
    changes.filter(|change| change.from != change.to).collect()
}
