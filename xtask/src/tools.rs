//! What tests, measurements and pictures need beside cargo: found, installed where that is ours to
//! do, or named with the command that installs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::workspace::{line, output, run};

/// A program from outside.
pub(crate) struct Tool {
    /// Any of these will do: names, or whole paths where a name is not enough.
    programs: &'static [&'static str],
    /// Debian's package.
    package: &'static str,
    /// The groups of tests that need it; `matrix` is `cargo xtask networks`.
    pub(crate) groups: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    Tool { programs: &["git"], package: "git", groups: &["rust", "e2e", "browser"] },
    Tool { programs: BROWSERS, package: "chromium", groups: &["browser", "readers"] },
    Tool { programs: &["curl"], package: "curl", groups: &["readers"] },
    // Makes places for Python's packages; python3 alone cannot on Debian.
    Tool { programs: &["virtualenv"], package: "virtualenv", groups: &["readers"] },
    Tool {
        programs: &["openssl"],
        package: "openssl",
        groups: &["networks", "namespaces", "matrix"],
    },
    Tool { programs: &["cntlm"], package: "cntlm", groups: &["networks", "matrix"] },
    Tool { programs: &["microsocks"], package: "microsocks", groups: &["networks", "matrix"] },
    Tool {
        programs: &["nginx"],
        package: "nginx-light",
        groups: &["networks", "namespaces", "readers", "matrix"],
    },
    // The other build of squid has the same name and cannot open TLS; this helper only this one has.
    Tool {
        programs: &["/usr/lib/squid/security_file_certgen"],
        package: "squid-openssl",
        groups: &["networks", "matrix"],
    },
    Tool { programs: &["haproxy"], package: "haproxy", groups: &["matrix"] },
    Tool { programs: &["tinyproxy"], package: "tinyproxy", groups: &["matrix"] },
    Tool { programs: &["privoxy"], package: "privoxy", groups: &["matrix"] },
    Tool { programs: &["mitmdump"], package: "mitmproxy", groups: &["matrix"] },
    Tool { programs: &["ip"], package: "iproute2", groups: &["namespaces", "matrix"] },
    Tool { programs: &["tc"], package: "iproute2", groups: &["namespaces", "matrix"] },
    Tool { programs: &["nft"], package: "nftables", groups: &["namespaces", "matrix"] },
    Tool { programs: &["sysctl"], package: "procps", groups: &["namespaces", "matrix"] },
];

const BROWSERS: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The oldest Node.js that the UI's tools run on.
const NODE_MIN: (u32, u32) = (20, 19);

/// Makes sure that every needed tool is there.
pub(crate) fn provide(needed: impl Fn(&Tool) -> bool) -> Result<()> {
    let missing: Vec<&str> = TOOLS
        .iter()
        .filter(|tool| needed(tool) && !tool.programs.iter().any(|program| is_there(program)))
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

/// Makes sure that Node.js is there and new enough.
pub(crate) fn check_node() -> Result<()> {
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
pub(crate) fn browser() -> Option<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        return Some(chosen.into());
    }
    let folders: Vec<PathBuf> = folders().collect();
    let places =
        BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// Whether a program is there. Those of the administrator are, on most systems, not in a user's
/// `PATH`, and run all the same.
fn is_there(program: &str) -> bool {
    folders().any(|folder| folder.join(program).is_file())
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual: Vec<PathBuf> = std::env::split_paths(&path).collect();
    usual.into_iter().chain(["/usr/sbin".into(), "/sbin".into()])
}

/// Why this user can make no networks on this system; `None` where it works.
pub(crate) fn no_namespaces() -> Option<String> {
    let mut trial = Command::new("unshare");
    trial.arg("--net");
    if !is_root() {
        trial.arg("--map-root-user");
    }
    trial.args(["--", "true"]);
    output(&mut trial).err().map(|error| format!("{error:#}"))
}

/// The `PATH` for tests that start such programs.
pub(crate) fn path() -> Option<std::ffi::OsString> {
    std::env::join_paths(folders()).ok()
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
