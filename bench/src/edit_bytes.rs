//! Bytes that real edits cost: real revisions of real files, one after the other.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use e2e::binaries::Binaries;
use e2e::feed::Feed;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::view::Spec;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::figures::{Report, percentile};
use crate::stand::Stand;

/// Up to how many changed lines an edit counts as small.
const SMALL_EDIT_LINES: usize = 4;

struct Step {
    lines: usize,
    file_bytes: u64,
    body_bytes: u64,
}

pub(crate) async fn measure(binaries: Binaries, history: &Path) -> Result<Report> {
    let revisions = read_history(history)?;
    let project = tempfile::tempdir()?;
    for (name, files) in &revisions {
        let folder = project.path().join("specs").join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("README.md"), &files[0])?;
    }
    let stand = Stand::new(binaries, project.path()).await?;
    let (_bridge, _) = stand.bridge().await?;
    let mut feed = Feed::open(&stand.api, "").await?;
    let mut steps = Vec::new();
    let longest = revisions.iter().map(|(_, files)| files.len()).max().unwrap_or(0);
    for round in 1..longest {
        for (name, files) in revisions.iter().filter(|(_, files)| files.len() > round) {
            let (old, new) = (&files[round - 1], &files[round]);
            if old == new {
                continue;
            }
            let _ = stand.meter.take();
            fs::write(project.path().join("specs").join(name).join("README.md"), new)?;
            seen(&mut feed, name, &ContentHash::of(new)).await?;
            steps.push(Step {
                lines: changed_lines(old, new),
                file_bytes: new.len() as u64,
                body_bytes: stand.meter.take().body_bytes(),
            });
        }
    }
    Ok(summary(history, &steps))
}

fn summary(history: &Path, steps: &[Step]) -> Report {
    let mut report = Report::new("edit-bytes", format!("revisions in {}", history.display()));
    let mut small: Vec<f64> = steps
        .iter()
        .filter(|step| step.lines <= SMALL_EDIT_LINES)
        .map(|step| step.body_bytes as f64)
        .collect();
    small.sort_by(f64::total_cmp);
    let sum = |bytes: fn(&Step) -> u64| steps.iter().map(bytes).sum::<u64>() as f64;
    let (bodies, files) = (sum(|step| step.body_bytes), sum(|step| step.file_bytes));
    report.note("steps", steps.len() as f64, "");
    report.note("steps of up to four lines", small.len() as f64, "");
    report.held("body of those, median", percentile(&small, 0.5), "bytes", 400.0);
    report.note("body of those, p95", percentile(&small, 0.95), "bytes");
    report.note("all bodies", bodies, "bytes");
    report.note("all files", files, "bytes");
    report.held("all bodies / all files", 100.0 * bodies / files, "%", 6.0);
    report
}

async fn seen(feed: &mut Feed, name: &str, hash: &ContentHash) -> Result<()> {
    let wanted = |spec: &Spec| {
        spec.path.as_str() == name && spec.files.iter().any(|file| file.hash == *hash)
    };
    feed.until(|event| event.event == "spec" && event.json().is_ok_and(|spec| wanted(&spec)))
        .await
        .with_context(|| format!("waiting for {name}"))?;
    Ok(())
}

/// Lines that differ; a replaced line counts once.
fn changed_lines(old: &[u8], new: &[u8]) -> usize {
    let lines = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
    };
    capture_diff_slices(Algorithm::Myers, &lines(old), &lines(new))
        .iter()
        .map(|op| match *op {
            DiffOp::Equal { .. } => 0,
            DiffOp::Delete { old_len, .. } => old_len,
            DiffOp::Insert { new_len, .. } => new_len,
            DiffOp::Replace { old_len, new_len, .. } => old_len.max(new_len),
        })
        .sum()
}

fn read_history(history: &Path) -> Result<Vec<(String, Vec<Vec<u8>>)>> {
    let mut specs = Vec::new();
    for folder in sorted(history)? {
        let files: Vec<PathBuf> = if folder.is_dir() { sorted(&folder)? } else { continue };
        let revisions: Vec<PathBuf> = files.into_iter().filter(|file| is_revision(file)).collect();
        let name =
            folder.file_name().context("a folder has a name")?.to_string_lossy().into_owned();
        if revisions.len() > 1 && name.starts_with(|first: char| first.is_ascii_digit()) {
            let bytes = revisions.iter().map(fs::read).collect::<std::io::Result<_>>()?;
            specs.push((name, bytes));
        }
    }
    ensure!(!specs.is_empty(), "no folder of rev-NN.md in {}", history.display());
    Ok(specs)
}

fn is_revision(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rev-"))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_line_counts_once() {
        assert_eq!(changed_lines(b"a\nb\nc\n", b"a\nX\nc\n"), 1);
        assert_eq!(changed_lines(b"a\nb\n", b"a\nb\nc\nd\n"), 2);
        assert_eq!(changed_lines(b"a\n", b"a\n"), 0);
    }
}
