//! A real relay.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::binaries::Binaries;
use crate::process::Process;

/// How a relay is started.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// Its data directory.
    pub data: PathBuf,
    /// `127.0.0.1:0` for a free port.
    pub listen: SocketAddr,
    /// More arguments of `serve`.
    pub arguments: Vec<String>,
}

impl RelayOptions {
    /// On a free port, with its data in `data`.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { data: data.to_owned(), listen, arguments: Vec::new() }
    }
}

/// A running relay; killed when dropped.
pub struct Relay {
    /// The process.
    pub process: Process,
    /// Where it listens.
    pub address: SocketAddr,
    data: PathBuf,
    program: PathBuf,
}

impl Relay {
    /// Starts one and waits until it listens.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(binaries: &Binaries, options: &RelayOptions) -> Result<Self> {
        let mut command = Command::new(&binaries.relay);
        command
            .arg("serve")
            .args(["--listen", &options.listen.to_string(), "--data"])
            .arg(&options.data)
            .args(&options.arguments);
        let process = Process::start("leanspec-relay", &mut command)?;
        let line = process.says("listening on http://").await?;
        let address = line
            .rsplit("http://")
            .next()
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .with_context(|| format!("no address in {line:?}"))?;
        Ok(Self { process, address, data: options.data.clone(), program: binaries.relay.clone() })
    }

    /// The options that start it again on the same port with the same data.
    #[must_use]
    pub fn again(&self) -> RelayOptions {
        RelayOptions { listen: self.address, ..RelayOptions::new(&self.data) }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a key with the relay's own command, beside the running relay.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn create_key(&self, scope: &str) -> Result<String> {
        self.command(&["key", "create", "--scope", scope]).await
    }

    /// Runs one of the relay's other commands on its data directory; gives its standard output.
    ///
    /// # Errors
    /// When it fails.
    pub async fn command(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(&self.program)
            .args(arguments)
            .arg("--data")
            .arg(&self.data)
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "leanspec-relay {arguments:?} failed: {said}");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}
