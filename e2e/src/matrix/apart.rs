//! Drives a row in a process of its own and, where this user may make one, in a network of its own.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use super::drive::Effort;
use super::outcome::Outcome;
use super::rows::{Row, Way};
use crate::world;

/// Drives a row with `program`, which is the one in `bin/matrix.rs`.
///
/// # Errors
/// What did not hold, with the bridge's own words; or why no network could be made for a row that
/// needs one.
pub async fn apart(program: &Path, row: &Row, effort: Effort) -> Result<Outcome> {
    let needs_one = matches!(row.way, Way::Direct | Way::Line(..));
    // Whoever is not root becomes root in a network of their own, and squid then wants to become
    // somebody else, which it cannot.
    let mut command = if needs_one || world::is_root().await? {
        world::unshared(program).await?
    } else {
        Command::new(program)
    };
    command.arg("row").arg(row.name).args(effort.arguments()).kill_on_drop(true);
    let output = command.stdin(Stdio::null()).output().await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim());
    serde_json::from_slice(&output.stdout).context("the figures")
}
