//! One relay and two machines on this computer, over clones of a project that differ by one commit.
//!
//! `sample` makes the clones, `children` owns the processes, `address` decides where the relay
//! listens, `guide` is the text. This file puts them in order.

mod address;
mod children;
mod guide;
mod qr;
mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use self::address::Address;
use self::children::{Children, Ended};
use self::guide::Guide;
use crate::ui;
use crate::workspace::{Workspace, output};

/// Options of `demo`.
#[derive(Args)]
pub(crate) struct Options {
    /// Show this project instead of the sample. It is cloned (without git: copied); the demo never
    /// writes into it.
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Listen on the network too, unencrypted, and print a QR code for a phone.
    #[arg(long)]
    lan: bool,
}

/// A machine of the demo.
struct Machine {
    name: &'static str,
    /// Its clone of the project.
    project: PathBuf,
    /// The state folder of its bridge.
    state: PathBuf,
    /// The config of its bridge, in the place of the user's own.
    config: PathBuf,
}

impl Machine {
    /// Both machines: on the newer clone everything may be changed from the page, on the other what
    /// a bridge allows when nobody says more.
    fn both(clones: sample::Clones, folder: &Path) -> Result<[Self; 2]> {
        let all = format!(
            "[[project]]\ndir = {:?}\nallow = [\"frontmatter\", \"tasks\", \"content\", \"create\"]\n",
            clones.newer
        );
        let machine = |name, project, settings: &str| {
            let state = folder.join("state").join(name);
            let config = folder.join(format!("{name}.toml"));
            std::fs::write(&config, settings).context("writing a bridge's config file")?;
            anyhow::Ok(Self { name, project, state, config })
        };
        Ok([machine("MacBook", clones.newer, &all)?, machine("Desktop", clones.older, "")?])
    }
}

/// Starts everything, says what to try, and stops everything when the user or a child ends it.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    eprintln!("Building the UI and the programs (minutes the first time, seconds afterwards) …");
    ui::build(workspace)?;
    workspace.build_programs()?;

    let folder = tempfile::Builder::new().prefix("leanspec-demo-").tempdir()?;
    let mut children = Children::listening_for_ctrl_c(folder.path())?;
    let clones = match &options.project {
        Some(project) => sample::clone_project(project, folder.path())?,
        None => sample::clone_sample(workspace, folder.path())?,
    };
    let machines = Machine::both(clones, folder.path())?;

    let relay = Relay {
        program: workspace.program("leanspec-relay"),
        data: folder.path().join("relay"),
        address: Address::choose(options.lan)?,
    };
    let ended = start(workspace, &relay, &machines, &mut children).and_then(|()| {
        let link = relay.command(&["link"])?;
        let guide =
            Guide { folder: folder.path(), machines: &machines, relay: &relay, link: &link };
        println!("{}", guide.text()?);
        Ok(children.until_one_ends())
    });
    eprintln!("Stopping …");
    children.stop();
    match ended? {
        Ended::ByUser => Ok(()),
        Ended::Child(report) => Err(anyhow::Error::msg(report)),
    }
}

fn start(
    workspace: &Workspace,
    relay: &Relay,
    machines: &[Machine],
    children: &mut Children,
) -> Result<()> {
    children.start("relay", &mut relay.serve())?;
    children.wait_for_line("relay", "listening on ")?;
    let bridge = workspace.program("leanspec-bridge");
    for machine in machines {
        let key = relay.command(&["key", "create", "--scope", "bridge", "--name", machine.name])?;
        children.start(machine.name, &mut run_bridge(&bridge, machine, relay, &key))?;
    }
    machines.iter().try_for_each(|machine| children.wait_for_line(machine.name, "ready: "))
}

fn run_bridge(bridge: &Path, machine: &Machine, relay: &Relay, key: &str) -> Command {
    let mut command = Command::new(bridge);
    without_settings(&mut command);
    command
        .arg("run")
        .arg("--project")
        .arg(&machine.project)
        .arg("--state")
        .arg(&machine.state)
        .args(["--name", machine.name, "--relay", &relay.address.local_url()])
        .arg("--config")
        .arg(&machine.config)
        .env("LEANSPEC_BRIDGE_KEY", key);
    command
}

/// The user's own settings of a bridge and a relay have no say in the demo.
fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LEANSPEC_") {
            command.env_remove(name);
        }
    }
}

/// The relay of the demo.
struct Relay {
    program: PathBuf,
    data: PathBuf,
    address: Address,
}

impl Relay {
    fn serve(&self) -> Command {
        let mut command = Command::new(&self.program);
        without_settings(&mut command);
        command
            .args(["serve", "--listen", &self.address.listen.to_string()])
            .args(["--public-url", &self.address.public_url()])
            .arg("--data")
            .arg(&self.data);
        command
    }

    /// Runs one of its commands beside the running relay; gives what it prints.
    fn command(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        without_settings(&mut command);
        command.args(arguments).arg("--data").arg(&self.data);
        if arguments == ["link"] {
            command.args(["--public-url", &self.address.public_url()]);
        }
        let printed = output(&mut command).context("asking the relay")?;
        Ok(printed.trim().to_owned())
    }
}
