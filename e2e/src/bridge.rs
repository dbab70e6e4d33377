//! A real bridge in an empty home.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Result;
use tokio::process::Command;

use crate::binaries::Binaries;
use crate::process::Process;

/// How a bridge is started.
#[derive(Debug, Clone)]
pub struct BridgeOptions {
    /// Its home: config and state stand below it.
    pub home: PathBuf,
    /// The relay's address.
    pub relay: String,
    /// Its key, handed over in the environment.
    pub key: String,
    /// The machine's name.
    pub name: String,
    /// The projects' folders.
    pub projects: Vec<PathBuf>,
    /// Its config file, where it has one.
    pub config: Option<PathBuf>,
    /// More arguments.
    pub arguments: Vec<String>,
    /// More variables.
    pub variables: Vec<(String, String)>,
    /// A program that starts it, with its arguments: the bridge then stands where that leads.
    pub entrance: Vec<String>,
}

impl BridgeOptions {
    /// A bridge for one project.
    #[must_use]
    pub fn new(home: &Path, relay: &str, key: &str, project: &Path) -> Self {
        Self {
            home: home.to_owned(),
            relay: relay.to_owned(),
            key: key.to_owned(),
            name: "Test machine".to_owned(),
            projects: vec![project.to_owned()],
            config: None,
            arguments: Vec::new(),
            variables: Vec::new(),
            entrance: Vec::new(),
        }
    }

    /// The command line of a subcommand, in an environment that holds nothing of the user's.
    #[must_use]
    pub fn command(&self, binaries: &Binaries, subcommand: &str) -> Command {
        let mut words = self.entrance.iter().map(OsStr::new).chain([binaries.bridge.as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .arg(subcommand)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.home)
            .env("LEANSPEC_BRIDGE_KEY", &self.key)
            .env("LEANSPEC_BRIDGE_RELAY", &self.relay)
            .env("LEANSPEC_BRIDGE_NAME", &self.name)
            .arg("--state")
            .arg(self.state());
        for project in &self.projects {
            command.arg("--project").arg(project);
        }
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        command.args(&self.arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Its state folder.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.home.join("state")
    }
}

/// A running bridge; killed when dropped.
pub struct Bridge {
    /// The process.
    pub process: Process,
}

impl Bridge {
    /// Starts `run` and does not wait.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(binaries: &Binaries, options: &BridgeOptions) -> Result<Self> {
        let process = Process::start("leanspec-bridge", &mut options.command(binaries, "run"))?;
        Ok(Self { process })
    }

    /// Starts `run` and waits until it says that relay and disk are equal.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn start_ready(binaries: &Binaries, options: &BridgeOptions) -> Result<Self> {
        let bridge = Self::start(binaries, options)?;
        bridge.process.says("ready:").await?;
        Ok(bridge)
    }
}
