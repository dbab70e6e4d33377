//! The structure of the house, checked: `rules` says who may import what, `imports` finds out who
//! does, `places` checks files and folders, `faults` the list of faults. Nothing here changes anything.

mod faults;
mod imports;
mod places;
mod rules;

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Reports everything that is out of place, and fails when something is.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut findings = places::check_entries(&workspace.files()?);
    let mut functions = BTreeSet::new();
    let mut read = 0;
    for file in workspace.files()? {
        let Ok(text) = fs::read_to_string(workspace.path(&file)) else {
            continue; // Pictures and the like: nothing in them is ours to check.
        };
        read += 1;
        findings.extend(places::check_file(&file, &text));
        if file.ends_with(".rs") {
            functions.extend(faults::functions(&text).map(str::to_owned));
            let imports =
                imports::of_rust(&file, &text).with_context(|| format!("parsing {file}"))?;
            findings.extend(rules::check(&file, &imports));
        } else if [".ts", ".svelte", ".mjs"].iter().any(|kind| file.ends_with(kind)) {
            findings.extend(rules::check(&file, &imports::of_typescript(&file, &text)));
        }
    }
    let listed = fs::read_to_string(workspace.path(faults::DOCUMENT)).context(faults::DOCUMENT)?;
    findings.extend(faults::check(&listed, &functions));
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} things are out of place", findings.len());
    }
    println!("{read} files, nothing out of place");
    Ok(())
}
