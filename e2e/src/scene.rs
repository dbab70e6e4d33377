//! One relay and one or more machines, set up the way most tests want them.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{Project, Spec};
use tempfile::TempDir;

use crate::api::Api;
use crate::binaries::Binaries;
use crate::bridge::{Bridge, BridgeOptions};
use crate::disk;
use crate::relay::{Relay, RelayOptions};
use crate::wait;

/// A relay in an empty folder, and a reader with a key.
pub struct Scene {
    /// The programs under test.
    pub binaries: Binaries,
    /// The running relay.
    pub relay: Relay,
    /// A reader with the scope `admin`.
    pub api: Api,
    folder: TempDir,
}

impl Scene {
    /// Starts the relay.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// Starts the relay with more arguments.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_with(arguments: &[&str]) -> Result<Self> {
        Self::start_at(IpAddr::V4(Ipv4Addr::LOCALHOST), arguments).await
    }

    /// The same on another address of this computer.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_at(address: IpAddr, arguments: &[&str]) -> Result<Self> {
        let folder = TempDir::new()?;
        let binaries = Binaries::beside_this_program()?;
        let mut options = RelayOptions::new(&folder.path().join("relay"));
        options.listen.set_ip(address);
        options.arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let relay = Relay::start(&binaries, &options).await?;
        let api = Api::new(&relay.url(), &relay.create_key("admin").await?)?;
        Ok(Self { binaries, relay, api, folder })
    }

    /// The scene's own folder, removed at the end.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The relay's data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder().join("relay")
    }

    /// A machine with one empty project, whose bridge is not running yet.
    ///
    /// # Errors
    /// When its folders or its key cannot be made.
    pub async fn machine(&self, name: &str) -> Result<Machine> {
        let project = self.folder().join(name).join("marina");
        let specs = project.join("specs");
        std::fs::create_dir_all(&specs)?;
        let key = self.relay.create_key("bridge").await?;
        let home = self.folder().join(name).join("home");
        let mut options = BridgeOptions::new(&home, &self.relay.url(), &key, &project);
        name.clone_into(&mut options.name);
        Ok(Machine { options, project, specs })
    }

    /// Starts the relay again after it was killed or stopped, on the same port with the same data.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn relay_again(&mut self) -> Result<()> {
        self.relay = Relay::start(&self.binaries, &self.relay.again()).await?;
        Ok(())
    }

    /// Ends the relay as a power cut does, and starts it again.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn relay_crashes(&mut self) -> Result<()> {
        self.relay.process.kill().await?;
        self.relay_again().await
    }

    /// The relay's project of a machine by the machine's name.
    ///
    /// # Errors
    /// When the relay does not know it.
    pub async fn project_of(&self, machine: &str) -> Result<Project> {
        let machines = self.api.machines().await?;
        let known = machines.into_iter().find(|known| known.name == machine);
        let id = known.with_context(|| format!("the relay knows no machine {machine}"))?.id;
        let projects = self.api.projects().await?;
        let found = projects.into_iter().find(|project| project.machine == id);
        found.with_context(|| format!("the relay knows no project of {machine}"))
    }

    /// One spec of a project.
    ///
    /// # Errors
    /// When the relay does not hold it.
    pub async fn spec(&self, project: &Project, path: &str) -> Result<Spec> {
        let path: FilePath = path.parse()?;
        self.api.get(&leanspec_shared::http::spec(&project.machine, &project.id, &path)).await
    }

    /// Checks, byte by byte, that the relay holds exactly what is on a machine's disk, except the
    /// files that are not to be sent.
    ///
    /// # Errors
    /// The first difference.
    pub async fn check_equal_except(&self, machine: &Machine, unsent: &[&str]) -> Result<()> {
        let project = self.project_of(&machine.options.name).await?;
        let mut disk = disk::read_all(&machine.specs)?;
        disk.retain(|path, _| !unsent.contains(&path.as_str()));
        let held = project.files;
        ensure!(held == disk.len() as u64, "{held} files at the relay, {} on disk", disk.len());
        for (path, bytes) in &disk {
            let there = self.api.file(&project, &path.parse()?).await?;
            ensure!(there == *bytes, "{path} differs");
        }
        Ok(())
    }

    /// Waits until the relay holds exactly what is on a machine's disk.
    ///
    /// # Errors
    /// The first difference that stays until the deadline.
    pub async fn equal(&self, machine: &Machine) -> Result<()> {
        self.equal_except(machine, &[]).await
    }

    /// The same, except the files that are not to be sent.
    ///
    /// # Errors
    /// The first difference that stays until the deadline.
    pub async fn equal_except(&self, machine: &Machine, unsent: &[&str]) -> Result<()> {
        wait::until(|| self.check_equal_except(machine, unsent)).await
    }
}

/// A machine of the scene: a project on disk and how its bridge is started.
#[derive(Debug, Clone)]
pub struct Machine {
    /// How its bridge is started.
    pub options: BridgeOptions,
    /// The project's folder.
    pub project: PathBuf,
    /// Its specs folder.
    pub specs: PathBuf,
}

impl Machine {
    /// Writes a file below its specs folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf> {
        disk::write(&self.specs, path, bytes)
    }

    /// Reads a file below its specs folder.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, path: &str) -> Result<String> {
        let file = self.specs.join(path);
        std::fs::read_to_string(&file).with_context(|| file.display().to_string())
    }

    /// Says in a config file what remote users may do in its project.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn allow(&mut self, permissions: &[&str]) -> Result<()> {
        // Paths and words as JSON are strings and lists of TOML too.
        let text = format!(
            "[[project]]\ndir = {}\nallow = {}\n",
            serde_json::to_string(&self.project)?,
            serde_json::to_string(permissions)?
        );
        self.options.config = Some(disk::write(&self.options.home, "config.toml", text)?);
        Ok(())
    }

    /// Writes lines above those that its config file has.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn configure(&mut self, lines: &str) -> Result<()> {
        let before = match &self.options.config {
            Some(file) => std::fs::read_to_string(file)?,
            None => String::new(),
        };
        let text = format!("{lines}{before}");
        self.options.config = Some(disk::write(&self.options.home, "config.toml", text)?);
        Ok(())
    }

    /// What `log --json` says.
    ///
    /// # Errors
    /// When it fails or says no JSON.
    pub async fn log(&self, scene: &Scene) -> Result<serde_json::Value> {
        let mut command = self.options.command(&scene.binaries, "log");
        let output = command.arg("--json").output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).with_context(|| format!("log: {said}"))
    }

    /// Starts its bridge and does not wait.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, scene: &Scene) -> Result<Bridge> {
        Bridge::start(&scene.binaries, &self.options)
    }

    /// Starts its bridge and waits until it says that relay and disk are equal.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn ready(&self, scene: &Scene) -> Result<Bridge> {
        Bridge::start_ready(&scene.binaries, &self.options).await
    }

    /// What `status --json` says.
    ///
    /// # Errors
    /// When it fails or says no JSON.
    pub async fn status(&self, scene: &Scene) -> Result<serde_json::Value> {
        let mut command = self.options.command(&scene.binaries, "status");
        let output = command.arg("--json").output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).with_context(|| format!("status: {said}"))
    }
}
