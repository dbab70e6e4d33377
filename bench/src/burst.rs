//! Many files rewritten at once, and one deleted.

use std::collections::HashMap;
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};
use e2e::binaries::Binaries;
use e2e::feed::Feed;
use leanspec_shared::feed::SpecGone;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::view::Spec;

use crate::figures::Report;
use crate::specs::Project;
use crate::stand::Stand;

pub(crate) async fn measure(binaries: Binaries, project: Project, count: usize) -> Result<Report> {
    let mut report = Report::new("burst", project.name.clone());
    let stand = Stand::new(binaries, project.folder.path()).await?;
    let (_bridge, _) = stand.bridge().await?;
    let mut feed = Feed::open(&stand.api, "").await?;
    feed.until(|event| event.event == "hello").await?;

    let files: Vec<_> = project.main_files()?.into_iter().take(count).collect();
    let mut missing: HashMap<String, ContentHash> = HashMap::new();
    let start = Instant::now();
    for file in &files {
        let mut bytes = fs::read(file)?;
        bytes.extend_from_slice(b"\nRewritten with all the others.\n");
        fs::write(file, &bytes)?;
        let relative = file.strip_prefix(project.specs())?.to_string_lossy().into_owned();
        missing.insert(relative, ContentHash::of(&bytes));
    }
    while !missing.is_empty() {
        let event = feed.until(|event| event.event == "spec").await?;
        for file in event.json::<Spec>()?.files {
            if missing.get(file.path.as_str()) == Some(&file.hash) {
                missing.remove(file.path.as_str());
            }
        }
    }
    let name = format!("{} files rewritten → all at a reader", files.len());
    report.held(name, start.elapsed().as_secs_f64(), "s", 2.0);

    let spec = files[0].parent().context("a main file stands in a folder")?;
    let path = spec.strip_prefix(project.specs())?.to_string_lossy().into_owned();
    let start = Instant::now();
    fs::remove_dir_all(spec)?;
    feed.until(|event| {
        event.event == "spec_gone"
            && event.json::<SpecGone>().is_ok_and(|gone| gone.path.as_str() == path)
    })
    .await?;
    report.held("a deleted spec → gone at a reader", start.elapsed().as_secs_f64(), "s", 3.0);
    Ok(report)
}
