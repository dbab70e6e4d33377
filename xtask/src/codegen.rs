//! What is generated from the Rust types of the wire: the OpenAPI document, and from it the UI's
//! types. Both are committed, so that a reader and a build need no generator.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::ui;
use crate::workspace::{self, Workspace, output};

const DOCUMENT: &str = "docs/openapi.json";
const TYPES: &str = "ui-static/src/wire/types.gen.ts";

/// Options of `codegen`.
#[derive(Args)]
pub(crate) struct Options {
    /// Change nothing; fail when a generated file is stale.
    #[arg(long)]
    check: bool,
}

/// Builds the relay, then generates both or checks that they are fresh.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    workspace.build_programs()?;
    ui::install(workspace)?;
    if options.check { check(workspace) } else { write(workspace) }
}

fn write(workspace: &Workspace) -> Result<()> {
    fs::write(workspace.path(DOCUMENT), document(workspace)?).context(DOCUMENT)?;
    workspace::run(&mut workspace.npm(&["run", "--silent", "codegen"]))
}

/// Fails when a generated file is stale; expects a relay that is built. The UI's script writes to a
/// fixed place, so the committed types are put back when they differ.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    if read(&workspace.path(DOCUMENT))? != document(workspace)? {
        bail!("{DOCUMENT} is stale: run `cargo xtask codegen` and commit what it changes");
    }
    let types = workspace.path(TYPES);
    let committed = read(&types)?;
    workspace::run(&mut workspace.npm(&["run", "--silent", "codegen"]))?;
    let generated = read(&types)?;
    if generated != committed {
        fs::write(&types, committed).context(TYPES)?;
        bail!("{TYPES} is stale: run `cargo xtask codegen` and commit what it changes");
    }
    Ok(())
}

fn document(workspace: &Workspace) -> Result<String> {
    output(Command::new(workspace.program("leanspec-relay")).arg("openapi"))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
