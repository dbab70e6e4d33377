//! `run`: watches the projects and keeps the relay equal to them.

use std::time::Duration;

use crate::cli::IdentityFlags;
use crate::commands::{find, state};
use crate::config::Settings;
use crate::config::way_out::WayOut;
use crate::daemon::{self, Order};
use crate::exit::Failure;
use crate::uplink::auth::Login;

pub(super) fn run(settings: &Settings, identity: IdentityFlags) -> Result<(), Failure> {
    start(settings, identity, None)
}

/// Prepares the order and gives it to the daemon; with `once` the daemon ends when all is equal.
pub(super) fn start(
    settings: &Settings,
    identity: IdentityFlags,
    once: Option<Duration>,
) -> Result<(), Failure> {
    let state = state(settings)?;
    let login = Login::read(&state)?;
    let relay = super::relay(settings, login.as_ref())?;
    let network = settings.network(&relay)?;
    if let WayOut::Through(proxy, said) = &network.way {
        log::info!("through the proxy {proxy} (named by {said})");
    }
    let (found, notes) = find(settings)?;
    for note in notes.iter().chain(found.iter().flat_map(|found| &found.project.warnings)) {
        log::info!("{note}");
    }
    for found in &found {
        log::info!("{}: {}", found.project.name, found.project.specs.display());
    }
    let order = Order {
        relay,
        network,
        projects: found.into_iter().map(|found| (found.project, found.entry)).collect(),
        name: settings.name.clone(),
        key: settings.key.clone(),
        file_max_bytes: settings.file_max_bytes,
        git_exclude: settings.git_exclude,
        new_machine: identity.new_machine,
        take_over: identity.take_over,
        once,
    };
    daemon::run(order, state)
}
