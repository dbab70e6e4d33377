//! A real Chromium that shows one spec and says when a marker appears in its document.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use e2e::process::DEADLINE;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// One line of `browser/watch.mjs`.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    ready: bool,
    #[serde(default)]
    marker: Option<usize>,
    #[serde(default)]
    at_ms: f64,
}

/// A page; the browser ends with it.
pub(crate) struct Browser {
    lines: Lines<BufReader<ChildStdout>>,
    _node: Child,
}

impl Browser {
    /// Signs in with `link`, opens `route` and waits until the marker 0 is shown.
    pub(crate) async fn open(link: &str, relay: &str, route: &str, marker: &str) -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/watch.mjs");
        // The link names the relay by its public address; the page is opened at its real one.
        let fragment = link.split_once('#').context("a sign-in link has a fragment")?.1;
        let mut node = Command::new("node")
            .arg(script)
            .args([&format!("{relay}/#{fragment}"), route, marker])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting node: is it installed?")?;
        let stdout = node.stdout.take().context("standard output is piped")?;
        let mut browser = Self { lines: BufReader::new(stdout).lines(), _node: node };
        if !browser.line().await?.ready {
            bail!("the browser did not say that it is ready");
        }
        Ok(browser)
    }

    /// When the marker appeared, in milliseconds since 1970.
    pub(crate) async fn shows(&mut self, number: usize) -> Result<f64> {
        loop {
            let said = self.line().await?;
            if said.marker == Some(number) {
                return Ok(said.at_ms);
            }
        }
    }

    async fn line(&mut self) -> Result<Said> {
        let line = tokio::time::timeout(DEADLINE, self.lines.next_line()).await;
        let line = line.context("the browser says nothing")??.context("the browser ended")?;
        serde_json::from_str(&line).with_context(|| format!("the browser said {line:?}"))
    }
}
