//! A real Chromium that follows a script of `browser/` and says what it measures.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use e2e::process::DEADLINE;
use leanspec_shared::view::Project;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::stand::Stand;

/// A page; the browser ends with it.
pub(crate) struct Browser {
    lines: Lines<BufReader<ChildStdout>>,
    _node: Child,
}

impl Browser {
    /// Starts a script with a sign-in address, the spec whose page it opens, and more arguments.
    pub(crate) async fn start(
        stand: &Stand,
        script: &str,
        at: &Project,
        spec: &str,
        arguments: &[&str],
    ) -> Result<Self> {
        let link = stand.relay.command(&["link"]).await?;
        // The link names the relay by its public address; the page is opened at its real one.
        let fragment = link.split_once('#').context("a sign-in link has a fragment")?.1;
        let mut node = Command::new("node")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser").join(script))
            .arg(format!("{}/#{fragment}", stand.relay.url()))
            .args([at.machine.as_str(), at.id.as_str(), spec])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting node: is it installed?")?;
        let stdout = node.stdout.take().context("standard output is piped")?;
        Ok(Self { lines: BufReader::new(stdout).lines(), _node: node })
    }

    /// The next line that it says, as JSON.
    pub(crate) async fn says<T: DeserializeOwned>(&mut self) -> Result<T> {
        let line = tokio::time::timeout(DEADLINE, self.lines.next_line()).await;
        let line = line.context("the browser says nothing")??.context("the browser ended")?;
        serde_json::from_str(&line).with_context(|| format!("the browser said {line:?}"))
    }
}
