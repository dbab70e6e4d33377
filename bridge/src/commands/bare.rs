//! Without a command: what was found here, in five lines, and the one command to type next.

use crate::commands::{find, say};
use crate::config::Settings;
use crate::exit::Failure;
use crate::state::StateFolder;
use crate::state::status::count;
use crate::uplink::auth::{self, KeySource, Login};

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let state = StateFolder::at(settings.state.clone());
    let login = Login::read(&state)?;
    let relay = settings.relay.clone().or_else(|| login.as_ref().map(|login| login.relay.clone()));
    let running = state.is_locked();
    let found = find(settings);

    say(format_args!("leanspec-bridge {} on \"{}\"", env!("CARGO_PKG_VERSION"), settings.name));
    match &found {
        Ok((projects, _)) => {
            let names: Vec<_> = projects.iter().map(|found| found.project.name.as_str()).collect();
            say(format_args!("Projects: {} ({})", count(names.len(), "project"), names.join(", ")));
        }
        Err(failure) => say(format_args!("Projects: none: {failure}")),
    }
    let key = relay.as_ref().map_or(KeySource::None, |relay| {
        auth::choose(relay, settings.key.as_deref(), login.as_ref()).1
    });
    match (&relay, key) {
        (None, _) => say("Relay:    none yet"),
        (Some(relay), KeySource::None) => say(format_args!("Relay:    {relay}, without a key")),
        (Some(relay), _) => say(format_args!("Relay:    {relay}, with a key")),
    }
    let config = if settings.config_found { "" } else { " (not written; nothing needs it)" };
    say(format_args!("Config:   {}{config}", settings.config.display()));
    say(format_args!("Next:     {}", next_command(found.is_ok(), relay.is_some(), key, running)));
    Ok(())
}

fn next_command(found: bool, relay: bool, key: KeySource, running: bool) -> &'static str {
    match (running, relay, key, found) {
        (true, ..) => "it is running; see `leanspec-bridge status`",
        (_, false, ..) => "leanspec-bridge login --relay https://YOUR.RELAY",
        (_, true, KeySource::None, _) => "leanspec-bridge login",
        (_, true, _, false) => "leanspec-bridge run --project DIR",
        (_, true, _, true) => "leanspec-bridge run",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_command_is_the_first_step_that_is_missing() {
        let cases = [
            ((true, false, KeySource::None, false), "login --relay"),
            ((true, true, KeySource::None, false), "login"),
            ((false, true, KeySource::File, false), "run --project DIR"),
            ((true, true, KeySource::File, false), "run"),
            ((true, true, KeySource::File, true), "status"),
        ];
        for ((found, relay, key, running), wanted) in cases {
            let command = next_command(found, relay, key, running);
            assert!(command.contains(wanted), "{command}");
        }
    }
}
