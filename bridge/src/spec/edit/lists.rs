//! Exchanging items of a list and leaving the others, with their comments, as they are. Pure.

use std::ops::Range;

use serde_json::Value;

use super::outline::{Entry, Item};
use super::render;
use super::splice::Splices;
use super::style::Style;

/// Above this many comparisons a list is no list of tags any more; its middle is written anew.
const COMPARISONS_MAX: usize = 250_000;

/// What becomes of a list: items of the old one that stay, and new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Keep(usize),
    Add(usize),
}

/// The shortest way from one list to another. `same` compares an old item with a wanted one.
pub(super) fn steps(old: usize, wanted: usize, same: impl Fn(usize, usize) -> bool) -> Vec<Step> {
    let head = (0..old.min(wanted)).take_while(|&at| same(at, at)).count();
    let rest = (old - head, wanted - head);
    if rest.0.saturating_mul(rest.1) > COMPARISONS_MAX {
        return (0..head).map(Step::Keep).chain((head..wanted).map(Step::Add)).collect();
    }
    // Longest common subsequence, from the end.
    let mut longest = vec![vec![0_usize; rest.1 + 1]; rest.0 + 1];
    for o in (0..rest.0).rev() {
        for w in (0..rest.1).rev() {
            longest[o][w] = if same(head + o, head + w) {
                longest[o + 1][w + 1] + 1
            } else {
                longest[o + 1][w].max(longest[o][w + 1])
            };
        }
    }
    let mut steps: Vec<_> = (0..head).map(Step::Keep).collect();
    let (mut o, mut w) = (0, 0);
    while w < rest.1 {
        if o < rest.0 && same(head + o, head + w) {
            steps.push(Step::Keep(head + o));
            (o, w) = (o + 1, w + 1);
        } else if o < rest.0 && longest[o + 1][w] >= longest[o][w + 1] {
            o += 1;
        } else {
            steps.push(Step::Add(head + w));
            w += 1;
        }
    }
    steps
}

/// Changes a list of `- a` lines.
pub(super) fn edit_block(
    splices: &mut Splices,
    yaml: &str,
    entry: &Entry,
    items: &[Item],
    steps: &[Step],
    wanted: &[Value],
    style: &Style,
) {
    let mut gone = vec![true; items.len()];
    for step in steps {
        if let Step::Keep(kept) = step {
            gone[*kept] = false;
        }
    }
    for (item, _) in items.iter().zip(gone).filter(|(_, gone)| *gone) {
        splices.delete(item.lines.clone());
    }
    if wanted.is_empty() {
        splices.insert(entry.colon_end, " []");
        return;
    }
    let first = items.first().map_or(entry.lines.end, |item| item.lines.start);
    let dashes = items.first().map_or(0, |item| item.dash - item.lines.start);
    let like = items.last().map(|item| &yaml[item.value.clone()]);
    let mut at = first;
    for step in steps {
        match *step {
            Step::Keep(kept) => at = items[kept].lines.end,
            Step::Add(new) => {
                let lines = lines_like(like, &wanted[new], style);
                let ending = ending_before(yaml, at, style);
                let text = lines.iter().map(|line| format!("{:dashes$}{line}{ending}", ""));
                splices.insert(at, text.collect::<String>());
            }
        }
    }
}

/// An item in the form of the one that stands last.
fn lines_like(like: Option<&str>, item: &Value, style: &Style) -> Vec<String> {
    let style = like.map_or(*style, |like| style.like_item(like));
    if item.is_object() && like.is_some_and(|like| like.starts_with('{')) {
        vec![format!("- {}", render::flow(item, &style))]
    } else {
        render::item_lines(item, &style)
    }
}

/// Writes a list `[a, b]` anew around the items that stay; `None` when a comment or anything else
/// that is no item stands between them.
pub(super) fn edit_flow(
    yaml: &str,
    list: &Range<usize>,
    items: &[Range<usize>],
    steps: &[Step],
    wanted: &[Value],
    style: &Style,
) -> Option<String> {
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return Some(render::flow(&Value::from(wanted), style));
    };
    let (first, last) = (first.start, last.end);
    let (opening, closing) = (&yaml[list.start..first], &yaml[last..list.end]);
    let between: Vec<_> = items.windows(2).map(|pair| &yaml[pair[0].end..pair[1].start]).collect();
    let is_bare =
        |text: &str, marks: &[char]| text.chars().all(|c| c.is_whitespace() || marks.contains(&c));
    let bare = is_bare(opening, &['['])
        && is_bare(closing, &[',', ']'])
        && between.iter().all(|text| is_bare(text, &[',']));
    if !bare {
        return None;
    }
    if wanted.is_empty() {
        return Some("[]".to_owned());
    }
    let usual = between.last().copied().unwrap_or(", ");
    let like = items.last().map(|item| &yaml[item.clone()]);
    let style = like.map_or(*style, |like| style.like_item(like));
    let mut text = opening.to_owned();
    for (at, step) in steps.iter().enumerate() {
        if at > 0 {
            text.push_str(match (steps[at - 1], step) {
                (Step::Keep(before), Step::Keep(kept)) if before + 1 == *kept => between[before],
                _ => usual,
            });
        }
        match *step {
            Step::Keep(kept) => text.push_str(&yaml[items[kept].clone()]),
            Step::Add(new) => text.push_str(&render::flow(&wanted[new], &style)),
        }
    }
    text.push_str(closing);
    Some(text)
}

/// The line ending for a line inserted at a place: that of the line before it.
pub(super) fn ending_before(yaml: &str, place: usize, style: &Style) -> &'static str {
    match &yaml.as_bytes()[..place] {
        [.., b'\r', b'\n'] => "\r\n",
        [.., b'\n'] => "\n",
        _ => style.newline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_between(old: &str, wanted: &str) -> String {
        let (from, to) = (old.as_bytes(), wanted.as_bytes());
        let steps = steps(from.len(), to.len(), |old, wanted| from[old] == to[wanted]);
        let letters = steps.iter().map(|step| match step {
            Step::Keep(at) => char::from(from[*at]),
            Step::Add(at) => char::from(to[*at]).to_ascii_uppercase(),
        });
        letters.collect()
    }

    #[test]
    fn as_many_items_as_can_stay() {
        let table = [
            ("abc", "abcd", "abcD"),
            ("abc", "ac", "ac"),
            ("abc", "xabc", "Xabc"),
            ("abc", "cab", "Cab"),
            ("abc", "", ""),
            ("", "ab", "AB"),
            ("abcd", "axcdy", "aXcdY"),
            ("aab", "ab", "ab"),
        ];
        for (old, wanted, steps) in table {
            assert_eq!(steps_between(old, wanted), steps, "{old} to {wanted}");
        }
    }

    #[test]
    fn a_list_too_long_to_compare_is_written_anew_from_its_first_difference() {
        let steps = steps(1001, 1000, |old, wanted| old == 0 && wanted == 0);
        assert_eq!((steps[0], steps[1], steps.len()), (Step::Keep(0), Step::Add(1), 1000));
    }
}
