//! Edits every spec of a real collection, when its place is given in `LEANSPEC_CORPUS`: each other
//! status in turn, and what it costs in lines.

use std::path::{Path, PathBuf};

use leanspec_bridge::spec::edit::update_frontmatter;
use leanspec_bridge::spec::frontmatter::{self, Cut};
use leanspec_bridge::spec::{diff, field};
use serde_json::json;

/// The most lines that a change of status may add or replace, for 95 of 100 changes.
const LINES_MAX: usize = 6;

#[test]
fn a_change_of_status_adds_or_replaces_at_most_six_lines_of_a_real_spec_and_removes_none() {
    let Some(corpus) = std::env::var_os("LEANSPEC_CORPUS") else { return };
    let now = "2026-11-22T16:00:00.123Z".parse().expect("a moment");
    let (mut costs, mut refused, mut files) = (Vec::new(), Vec::new(), 0);
    for path in with_frontmatter(Path::new(&corpus)) {
        let bytes = std::fs::read(&path).expect("readable");
        files += 1;
        for status in field::STATUSES {
            let wanted = json!({ "status": status });
            match update_frontmatter(&bytes, wanted.as_object().expect("fields"), now) {
                Ok(edited) => {
                    let has_moved =
                        edited.changes.iter().any(|change| change.field == "transitions");
                    if has_moved {
                        costs.push((cost(&bytes, &edited.bytes), path.clone(), status));
                    }
                }
                Err(refusal) => refused.push((path.clone(), refusal.message)),
            }
        }
        let other = json!({"priority": "critical", "tags": ["one", "two"], "assignee": "kim: x", "parent": null, "077": [1, {"a": "b"}]});
        let other = update_frontmatter(&bytes, other.as_object().expect("fields"), now);
        let is_refused = refused.last().is_some_and(|(last, _)| *last == path);
        assert_eq!(other.is_err(), is_refused, "{}: {:?}", path.display(), other.err());
    }
    refused.dedup_by(|later, earlier| later.0 == earlier.0);
    for (path, why) in &refused {
        println!("refused {}: {why}", path.display());
    }
    costs.sort_unstable();
    let lines = |part: usize| costs[(costs.len() - 1) * part / 100].0.added_or_replaced;
    let worst = &costs[costs.len() - 1];
    println!("{files} files, {} changes, {} files refused", costs.len(), refused.len());
    println!("lines added or replaced: p50 {}, p95 {}, most {}", lines(50), lines(95), lines(100));
    println!("the most: {} to {}", worst.1.display(), worst.2);
    assert!(lines(95) <= LINES_MAX);
    assert!(costs.iter().all(|(cost, ..)| cost.removed == 0), "no line is removed");
}

/// A replaced line counts once.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    added_or_replaced: usize,
    removed: usize,
}

/// Counts from the difference: in each run of changed lines, as many are replaced as were there.
fn cost(old: &[u8], new: &[u8]) -> Cost {
    let diff = diff::unified(old, new).expect("a difference of text");
    let (mut cost, mut gone, mut come) =
        (Cost { added_or_replaced: 0, removed: 0 }, 0_usize, 0_usize);
    for line in diff.lines().chain([" "]) {
        match line.as_bytes().first() {
            Some(b'-') => gone += 1,
            Some(b'+') => come += 1,
            Some(b'\\') => {}
            _ => {
                cost.added_or_replaced += come;
                cost.removed += gone.saturating_sub(come);
                (gone, come) = (0, 0);
            }
        }
    }
    cost
}

/// Every Markdown file that begins with a block of LeanSpec's.
fn with_frontmatter(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let bytes = std::fs::read(&path).expect("readable");
                let text = String::from_utf8_lossy(&bytes);
                if matches!(frontmatter::cut(&text), Cut::Block { yaml, .. } if yaml.contains("status:"))
                {
                    found.push(path);
                }
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "there is something to edit");
    found
}
