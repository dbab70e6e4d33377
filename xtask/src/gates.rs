//! What looks at the built UI in a real browser, on a real relay with real bridges: the gates of
//! `ui-static/gates`, and the pictures of the same scenes.

use std::process::Command;

use anyhow::Result;

use crate::workspace::{Workspace, run};
use crate::{tools, ui};

/// Runs every gate on the programs that were built, with the UI that is in them.
pub(crate) fn command(workspace: &Workspace) -> Command {
    let mut command = on_programs(workspace, "gates");
    command.args(["--", "--embedded"]);
    command
}

/// Builds what is to be seen, and takes pictures of it.
pub(crate) fn screenshots(workspace: &Workspace) -> Result<()> {
    tools::check_node()?;
    tools::provide(|tool| tool.groups.contains(&"browser"))?;
    ui::build(workspace)?;
    workspace.build_programs()?;
    run(&mut on_programs(workspace, "screenshots"))
}

/// One of the scripts of the UI's package that drive a browser.
fn on_programs(workspace: &Workspace, script: &str) -> Command {
    let mut command = workspace.npm(&["run", "--silent", script]);
    command
        .env("LEANSPEC_RELAY_BIN", workspace.program("leanspec-relay"))
        .env("LEANSPEC_BRIDGE_BIN", workspace.program("leanspec-bridge"))
        .envs(tools::browser().map(|browser| ("CHROMIUM", browser)))
        .envs(tools::path().map(|path| ("PATH", path)));
    command
}
