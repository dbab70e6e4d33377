//! Real git, without anybody's configuration.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs git in a folder; gives its standard output.
///
/// # Errors
/// When it fails.
pub fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org"])
        .args(["-c", "core.autocrlf=false"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .context("starting git")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "git {arguments:?}: {said}");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Makes a repository of the folder, with all that is in it as its first commit.
///
/// # Errors
/// When git fails.
pub fn init(folder: &Path) -> Result<()> {
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    commit(folder, "start")
}

/// Commits everything.
///
/// # Errors
/// When git fails.
pub fn commit(folder: &Path, message: &str) -> Result<()> {
    git(folder, &["add", "--all"])?;
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", message]).map(drop)
}
