//! Tries the build steps of the `Dockerfile` on this machine, without Docker.
//!
//! Each stage gets a folder in the place of its root: `COPY` copies into it, `RUN` runs in its working
//! folder, later stages copy from earlier ones. The steps of the last stage belong to its own system
//! (users, ownership): their shell is checked and they are passed over. At the end the program is
//! started and asked by the image's own health check.

mod dockerfile;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use self::dockerfile::{Copy, Image, Stage, Step};
use crate::workspace::{Workspace, run as run_command};

/// How long the relay may take until the health check says yes.
const HEALTHY_WITHIN: Duration = Duration::from_secs(20);

/// Builds stage by stage, then starts what came out.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let text = fs::read_to_string(workspace.path("Dockerfile")).context("Dockerfile")?;
    let image = dockerfile::parse(&text)?;
    let folder = tempfile::Builder::new().prefix("leanspec-image-").tempdir()?;
    let (last, before) = image.stages.split_last().context("the Dockerfile has no stage")?;
    for stage in before {
        Builder { workspace, image: &image, folder: folder.path(), stage }.build()?;
    }
    Builder { workspace, image: &image, folder: folder.path(), stage: last }.check_last()?;
    let program = root_of(folder.path(), last).join("usr/local/lib/leanspec-relay");
    try_health(&program, &folder.path().join("data"), &image.health)
}

fn root_of(folder: &Path, stage: &Stage) -> PathBuf {
    folder.join(format!("stage-{}", stage.name))
}

struct Builder<'a> {
    workspace: &'a Workspace,
    image: &'a Image,
    folder: &'a Path,
    stage: &'a Stage,
}

impl Builder<'_> {
    fn build(&self) -> Result<()> {
        self.walk(|command, place, environment| {
            println!("[{}] RUN {command}", self.stage.name);
            let mut shell = Command::new("sh");
            shell.args(["-c", command]).current_dir(place).stdin(Stdio::null());
            // What the steps build must land in the stage, where the next one copies it from.
            shell.env_remove("CARGO_TARGET_DIR").envs(environment.iter().cloned());
            run_command(&mut shell)
        })
    }

    fn check_last(&self) -> Result<()> {
        self.walk(|command, _, _| {
            println!("[{}] RUN passed over, its shell is checked: {command}", self.stage.name);
            run_command(Command::new("sh").args(["-n", "-c", command]))
        })
    }

    fn walk(&self, act: impl Fn(&str, &Path, &[(String, String)]) -> Result<()>) -> Result<()> {
        let root = root_of(self.folder, self.stage);
        let mut place = root.clone();
        let mut environment = Vec::new();
        for step in &self.stage.steps {
            fs::create_dir_all(&place)?;
            match step {
                Step::Workdir(path) => place = root.join(path.trim_start_matches('/')),
                Step::Env(name, value) => environment.push((name.clone(), value.clone())),
                Step::Copy(copy) => self.copy(copy, &root, &place)?,
                Step::Run(command) => act(command, &place, &environment)?,
            }
        }
        Ok(())
    }

    fn copy(&self, copy: &Copy, root: &Path, place: &Path) -> Result<()> {
        let to = if copy.to.starts_with('/') {
            root.join(copy.to.trim_start_matches('/'))
        } else {
            place.join(&copy.to)
        };
        println!("[{}] COPY {} {}", self.stage.name, copy.from.join(" "), copy.to);
        for from in &copy.from {
            match &copy.stage {
                Some(stage) => self.copy_from_stage(stage, from, &to)?,
                None => self.copy_from_project(from, &to)?,
            }
        }
        Ok(())
    }

    fn copy_from_stage(&self, name: &str, from: &str, to: &Path) -> Result<()> {
        let stage = self.image.stages.iter().find(|stage| stage.name == name);
        let source = root_of(self.folder, stage.with_context(|| format!("no stage {name}"))?);
        let source = source.join(from.trim_start_matches('/'));
        ensure!(source.exists(), "stage {name} left nothing at {from}");
        fs::create_dir_all(to.parent().context("has a parent")?)?;
        run_command(Command::new("cp").arg("-a").arg(source).arg(to))
    }

    /// Copies what a fresh clone holds, as the build context of a fresh clone would.
    fn copy_from_project(&self, from: &str, to: &Path) -> Result<()> {
        let from = from.trim_start_matches("./").trim_end_matches('/');
        for file in self.workspace.files()? {
            let inside = match from {
                "." => Some(file.as_str()),
                _ if file == from => Path::new(&file).file_name().and_then(|name| name.to_str()),
                _ => file.strip_prefix(from).and_then(|rest| rest.strip_prefix('/')),
            };
            if let Some(inside) = inside {
                let target = to.join(inside);
                fs::create_dir_all(target.parent().context("has a parent")?)?;
                fs::copy(self.workspace.path(&file), &target).with_context(|| file.clone())?;
            }
        }
        Ok(())
    }
}

/// Starts the program as the image does, on another port, and asks the image's health check.
fn try_health(program: &Path, data: &Path, health: &[String]) -> Result<()> {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let mut relay = Command::new(program)
        .args(["serve", "--listen", &free, "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {}", program.display()))?;
    let asked = ask_until_healthy(&mut relay, health, &free);
    relay.kill().and_then(|()| relay.wait()).context("ending the relay")?;
    asked.map(|()| println!("the image's steps work and its relay is healthy"))
}

fn ask_until_healthy(relay: &mut Child, health: &[String], listen: &str) -> Result<()> {
    let (program, arguments) = health.split_first().context("the image has no HEALTHCHECK")?;
    let deadline = Instant::now() + HEALTHY_WITHIN;
    while Instant::now() < deadline {
        if let Some(status) = relay.try_wait()? {
            bail!("the relay ended by itself ({status})");
        }
        let mut check = Command::new(program);
        check.args(arguments).env("LEANSPEC_RELAY_LISTEN", listen).stderr(Stdio::null());
        if check.status()?.success() {
            return Ok(());
        }
    }
    bail!("the health check never said yes: {}", health.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project_file(name: &str) -> String {
        fs::read_to_string(Workspace::here().expect("in a checkout").path(name)).expect(name)
    }

    #[test]
    fn the_dockerfile_and_the_settings_for_fly_agree() {
        let image = dockerfile::parse(&project_file("Dockerfile")).expect("a Dockerfile");
        let fly: toml::Table = project_file("fly.toml").parse().expect("TOML");
        let service = fly["http_service"].as_table().expect("a service");
        assert_eq!(service["internal_port"].as_integer(), image.port.parse().ok());
        assert_eq!(fly["mounts"][0]["destination"].as_str(), Some(image.volume.as_str()));
        // Open feeds count as load, and a machine that sleeps ends them all.
        assert_eq!(service["auto_stop_machines"].as_str(), Some("off"));
        assert_eq!(service["concurrency"]["type"].as_str(), Some("requests"));
        assert_eq!(service["checks"][0]["path"].as_str(), Some("/readyz"));
        assert!(image.health.join(" ").contains("/readyz"));
    }

    #[test]
    fn the_compiler_of_the_image_is_the_pinned_one() {
        let toolchain: toml::Table = project_file("rust-toolchain.toml").parse().expect("TOML");
        let channel = toolchain["toolchain"]["channel"].as_str().expect("a channel");
        assert!(project_file("Dockerfile").contains(&format!("FROM rust:{channel}-")));
    }
}
