//! Installs the readers of others that the tests let read the relay's feed: packages of their own, in
//! folders of their own.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::{Workspace, run};

/// What Python's packages are installed from; copied beside them, to know when it has changed.
const REQUIREMENTS: &str = "e2e/readers/requirements.txt";
/// Where they are installed.
const PYTHON: &str = "target/readers";

/// Makes sure that all are there, in the versions that are written down.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    python(workspace)?;
    let installed = workspace.path("e2e/readers/node_modules/.package-lock.json");
    let locked = workspace.path("e2e/readers/package-lock.json");
    let written = |path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    if written(&installed) >= written(&locked) {
        return Ok(());
    }
    let mut npm = workspace.npm(&["ci", "--no-audit", "--no-fund"]);
    run(npm.current_dir(workspace.path("e2e/readers")))
}

fn python(workspace: &Workspace) -> Result<()> {
    let (folder, wanted) = (workspace.path(PYTHON), workspace.path(REQUIREMENTS));
    let stamp = folder.join("requirements.txt");
    let text = fs::read(&wanted).with_context(|| wanted.display().to_string())?;
    if fs::read(&stamp).is_ok_and(|there| there == text) {
        return Ok(());
    }
    run(Command::new("virtualenv").arg("--quiet").arg(&folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    run(pip.arg(&wanted))?;
    fs::write(&stamp, text).with_context(|| stamp.display().to_string())
}
