//! Where a new key belongs. Pure.

use super::outline::{Entry, Outline, line_end};
use super::style::{Style, Writer};

/// The order in which LeanSpec's Rust tools write keys; others follow.
const RUST_ORDER: [&str; 19] = [
    "status",
    "created",
    "priority",
    "tags",
    "depends_on",
    "parent",
    "assignee",
    "reviewer",
    "issue",
    "pr",
    "epic",
    "breaking",
    "due",
    "updated",
    "completed",
    "created_at",
    "updated_at",
    "completed_at",
    "transitions",
];

/// Its JavaScript tools append; what belongs together came together.
const JAVASCRIPT_TIMES: [&str; 5] =
    ["created_at", "updated_at", "transitions", "completed_at", "completed"];

/// Among several new keys: which comes first.
pub(super) fn rank(key: &str, style: &Style) -> usize {
    let order: &[&str] = match style.writer {
        Writer::Rust => &RUST_ORDER,
        Writer::JavaScript => &JAVASCRIPT_TIMES,
    };
    order.iter().position(|known| *known == key).unwrap_or(order.len())
}

/// The place in the block at which the line of a new key is inserted.
pub(super) fn of_new_key(key: &str, yaml: &str, outline: &Outline, style: &Style) -> usize {
    let known = rank(key, style);
    let unknown = rank("", style);
    let before = |entry: &&Entry| rank(&entry.key, style) < known;
    let neighbour = match style.writer {
        _ if known == unknown => None,
        Writer::Rust => {
            let nearest = outline.entries.iter().filter(before);
            let nearest = nearest.max_by_key(|entry| rank(&entry.key, style));
            if nearest.is_none() {
                return outline.entries.first().map_or(yaml.len(), |entry| entry.lines.start);
            }
            nearest
        }
        Writer::JavaScript => outline.entries.iter().rfind(before),
    };
    match neighbour.or(outline.entries.last()) {
        Some(entry) => behind(entry, yaml, style),
        None => yaml.len(),
    }
}

/// Behind an entry and the comments that are indented as part of it.
fn behind(entry: &Entry, yaml: &str, style: &Style) -> usize {
    let mut at = entry.lines.end;
    loop {
        let line = &yaml[at..line_end(yaml, at)];
        let text = line.trim_start_matches(' ');
        if !text.starts_with('#') || line.len() - text.len() <= style.indent {
            return at;
        }
        at += line.len();
    }
}
