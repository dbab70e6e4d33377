//! A page in a real Chromium, which follows the steps of `browser/page.mjs`.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::process::Process;
use crate::relay::Relay;

/// An open page; the browser ends with it.
pub struct Page {
    process: Process,
}

impl Page {
    /// Signs in with the link of the relay's first start, then follows the steps.
    ///
    /// # Errors
    /// When node cannot be started.
    pub async fn follow(relay: &Relay, steps: &[&str]) -> Result<Self> {
        let line = relay.process.says("sign in: ").await?;
        let link = line.split("sign in: ").nth(1).context("a link follows")?.trim();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/page.mjs");
        let mut node = Command::new("node");
        let process = Process::start("the browser", node.arg(script).arg(link).args(steps))?;
        Ok(Self { process })
    }

    /// Waits until a step is done.
    ///
    /// # Errors
    /// When the page ends in a fault or the deadline passes.
    pub async fn done(&self, step: &str) -> Result<()> {
        self.process.says(&format!("done {step}")).await.map(drop)
    }

    /// Waits until the page has come to the step `hold:WORD`.
    ///
    /// # Errors
    /// See [`Page::done`].
    pub async fn held(&self, word: &str) -> Result<()> {
        self.process.says(&format!("held {word}")).await.map(drop)
    }

    /// Lets a page go on that was held.
    ///
    /// # Errors
    /// When it has ended.
    pub async fn go_on(&self) -> Result<()> {
        self.process.signal("USR2").await
    }

    /// Waits until all steps are done.
    ///
    /// # Errors
    /// When the page ended in a fault.
    pub async fn ended(&mut self) -> Result<()> {
        let status = self.process.ended().await?;
        ensure!(status.success(), "{}", self.process.said());
        Ok(())
    }
}
