//! `status`: how the running bridge is doing, in one sentence first.

use crate::commands::say;
use crate::config::Settings;
use crate::exit::Failure;
use crate::state::status::{Mode, ProjectStatus, Status, StatusFile, Watch, count};
use crate::state::{StateFolder, machine};
use crate::uplink::auth::{self, KeySource, Login};

pub(super) fn run(settings: &Settings, json: bool) -> Result<(), Failure> {
    let state = StateFolder::at(settings.state.clone());
    let running = state.is_locked();
    let mut file = match StatusFile::read(&state)? {
        Some(file) => file,
        None => nothing_yet(settings, &state)?,
    };
    if !running {
        // What a bridge said before it ended says nothing about the connection of now.
        file.status.connected = false;
        file.status.mode = Mode::Offline;
        file.http = None;
    }
    if json {
        let text = serde_json::to_string_pretty(&file.status).map_err(Failure::other)?;
        say(text);
        return Ok(());
    }
    if running {
        say(file.status.sentence(file.http.as_deref()));
    } else {
        say("Not running: start it with `leanspec-bridge run`");
    }
    if let Some(trouble) = file.trouble.filter(|_| running) {
        say(format_args!("  {trouble}"));
    }
    for project in &file.status.projects {
        show(project);
    }
    Ok(())
}

fn show(project: &ProjectStatus) {
    let sync = if project.in_sync { "in sync" } else { "not in sync yet" };
    let watch = match project.watch {
        Watch::Native => "",
        Watch::Poll => ", read again and again",
    };
    say(format_args!(
        "  {} {}: {sync}, {}, {}{watch}",
        project.id,
        project.dir,
        count(project.specs, "spec"),
        count(project.files, "file")
    ));
    say(format_args!("    changes from elsewhere: {}", allowed(project)));
    for problem in &project.problems {
        say(format_args!("    {problem}"));
    }
    for skipped in &project.skipped {
        say(format_args!("    not sent: {} ({})", skipped.path, skipped.reason));
    }
}

fn allowed(project: &ProjectStatus) -> String {
    let words: Vec<_> = project.allow.iter().map(ToString::to_string).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn nothing_yet(settings: &Settings, state: &StateFolder) -> Result<StatusFile, Failure> {
    let login = Login::read(state)?;
    let relay = settings.relay.clone().or_else(|| login.as_ref().map(|login| login.relay.clone()));
    let key = relay.as_ref().map_or(KeySource::None, |relay| {
        auth::choose(relay, settings.key.as_deref(), login.as_ref()).1
    });
    let status = Status {
        version: env!("CARGO_PKG_VERSION").into(),
        machine_id: machine::known(state)?,
        relay: relay.map(String::from),
        connected: false,
        mode: Mode::Offline,
        key_store: key.as_str().into(),
        projects: Vec::new(),
    };
    Ok(StatusFile { status, http: None, trouble: None })
}
