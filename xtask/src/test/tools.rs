//! What the tests need beside cargo: found, installed where that is ours to do, or named with the
//! command that installs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::workspace::{line, run};

/// A program from outside.
pub(super) struct Tool {
    /// Any of these names will do.
    programs: &'static [&'static str],
    /// Debian's package.
    package: &'static str,
    /// The groups of tests that need it.
    pub(super) groups: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    Tool { programs: &["git"], package: "git", groups: &["rust", "e2e", "browser"] },
    Tool { programs: BROWSERS, package: "chromium", groups: &["browser"] },
];

const BROWSERS: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The oldest Node.js that the UI's tools run on.
const NODE_MIN: (u32, u32) = (20, 19);

/// Makes sure that every needed tool is there.
pub(super) fn provide(needed: impl Fn(&Tool) -> bool) -> Result<()> {
    check_node()?;
    let missing: Vec<&str> = TOOLS
        .iter()
        .filter(|tool| needed(tool) && !tool.programs.iter().any(|program| answers(program)))
        .map(|tool| tool.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "--no-install-recommends"]).args(&missing);
    if !Path::new("/etc/debian_version").exists() {
        bail!(
            "missing: {}. Install them as your system does it, then run this again",
            missing.join(", ")
        );
    }
    if !is_root() {
        bail!("missing: {}. Run `sudo {}`, then this again", missing.join(", "), line(&install));
    }
    eprintln!("Installing {} …", missing.join(", "));
    run(Command::new("apt-get").arg("update").arg("-q").stdout(Stdio::null()))?;
    run(install.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()))
}

fn check_node() -> Result<()> {
    let output = Command::new("node").arg("--version").output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match said.ok().as_deref().and_then(node_version) {
        Some(version) if version >= NODE_MIN => Ok(()),
        found => {
            let (major, minor) = NODE_MIN;
            let found =
                found.map_or("none".to_owned(), |(major, minor)| format!("{major}.{minor}"));
            bail!("Node.js {major}.{minor} or newer is needed, found {found}: https://nodejs.org")
        }
    }
}

/// Reads `v20.19.1`.
fn node_version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Where the browser is: what `CHROMIUM` says, or the first of the known names in `PATH`.
pub(super) fn browser() -> Option<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        return Some(chosen.into());
    }
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places =
        BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

fn answers(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_node_is_compared_by_its_numbers() {
        assert_eq!(node_version("v20.9.0\n"), Some((20, 9)));
        assert!(node_version("v20.9.0") < Some(NODE_MIN));
        assert!(node_version("v22.1.0") > Some(NODE_MIN));
        assert_eq!(node_version("node"), None);
    }
}
