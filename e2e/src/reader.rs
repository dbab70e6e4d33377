//! Readers of the feed that others have made: each a program that says every event on standard error
//! as it stood on the wire. `cargo xtask test` installs them.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tokio::process::Command;

use crate::feed::{Received, parse};
use crate::process::Process;

/// Whose reader it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// `curl`, which knows nothing of events.
    Curl,
    /// The Python package `httpx-sse`.
    HttpxSse,
    /// The npm package `eventsource`.
    Npm,
    /// `EventSource` in a real Chromium. It sends no key: what stands in front must add it.
    Browser,
}

/// A reader that reads; ended when dropped.
pub struct Reader {
    /// The program.
    pub process: Process,
}

impl Reader {
    /// Starts one that reads from `after` on, or from now on.
    ///
    /// # Errors
    /// When the program is not there.
    pub fn start(maker: Maker, url: &str, key: &str, after: Option<&str>) -> Result<Self> {
        let (name, mut command) = match maker {
            Maker::Curl => ("curl", curl(url, key, after)),
            Maker::HttpxSse => {
                let mut command = Command::new(python());
                command.arg(script("httpx_sse_reader.py")).arg(feed(url));
                ("httpx-sse", command)
            }
            Maker::Npm => ("eventsource", node("eventsource.mjs", url)),
            Maker::Browser => ("the browser", node("browser.mjs", url)),
        };
        command.env("KEY", key).envs(after.map(|after| ("AFTER", after)));
        Ok(Self { process: Process::start(name, &mut command)? })
    }

    /// What it has read so far.
    #[must_use]
    pub fn read(&self) -> Vec<Received> {
        // The last block may still be on its way.
        let said = self.process.said() + "\n";
        let Some((whole, _)) = said.rsplit_once("\n\n") else { return Vec::new() };
        let blocks = whole.split("\n\n").map(parse);
        blocks.filter(|received| !received.event.is_empty()).collect()
    }
}

fn feed(url: &str) -> String {
    format!("{url}/v1/feed")
}

fn curl(url: &str, key: &str, after: Option<&str>) -> Command {
    let mut command = Command::new("curl");
    command.args(["--no-buffer", "--silent", "--show-error", "--output", "/dev/stderr"]);
    command.arg("--header").arg(format!("Authorization: Bearer {key}"));
    if let Some(after) = after {
        command.arg("--header").arg(format!("Last-Event-ID: {after}"));
    }
    command.arg(feed(url));
    command
}

fn node(name: &str, url: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(script(name)).arg(feed(url));
    command
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("readers").join(name)
}

/// Of an environment of its own, which `cargo xtask test` makes.
fn python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/readers/bin/python")
}
