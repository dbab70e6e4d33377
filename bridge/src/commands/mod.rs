//! One file per command: settings in, one deed, a sentence for the person at the terminal.

mod accept_deletes;
mod bare;
mod doctor;
mod init;
mod log;
mod login;
mod logout;
mod projects;
mod run;
mod status;
mod sync;

use std::io::Write;

use ::log::LevelFilter;

use crate::cli::{Cli, Command, LogLevel};
use crate::config::relay_url::RelayUrl;
use crate::config::{ProjectEntry, Settings};
use crate::exit::{Exit, Failure};
use crate::source::{Discovery, FoundProject, ProjectSetting, discover};
use crate::state::StateFolder;
use crate::uplink::auth::Login;

/// Does what the command line says.
///
/// # Errors
/// With the exit code and a sentence that says what to do next.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    let settings = Settings::load(&cli.common)?;
    start_log(settings.log_level);
    match &cli.command {
        None => bare::run(&settings),
        Some(Command::Run(flags)) => run::run(&settings, flags.identity),
        Some(Command::Sync(flags)) => sync::run(&settings, *flags),
        Some(Command::Status(flags)) => status::run(&settings, flags.json),
        Some(Command::Log(flags)) => log::run(&settings, *flags),
        Some(Command::Doctor(flags)) => doctor::run(&settings, flags),
        Some(Command::Projects) => projects::run(&settings),
        Some(Command::Init) => init::run(&settings),
        Some(Command::Login(flags)) => login::run(&settings, flags),
        Some(Command::Logout) => logout::run(&settings),
        Some(Command::AcceptDeletes(flags)) => accept_deletes::run(&settings, &flags.project),
    }
}

/// Our own lines at the level asked for, those of others from `warn` up: what a library finds
/// worth telling is seldom what a user does.
fn start_log(level: LogLevel) {
    let own = match level {
        LogLevel::Off => LevelFilter::Off,
        LogLevel::Error => LevelFilter::Error,
        LogLevel::Warn => LevelFilter::Warn,
        LogLevel::Info => LevelFilter::Info,
        LogLevel::Debug => LevelFilter::Debug,
        LogLevel::Trace => LevelFilter::Trace,
    };
    let others =
        if level == LogLevel::Trace { LevelFilter::Debug } else { own.min(LevelFilter::Warn) };
    let _ = env_logger::Builder::new()
        .filter_level(others)
        .filter_module("leanspec_bridge", own)
        // It logs as a warning what `uplink` handles and says better.
        .filter_module("eventsource_client", LevelFilter::Off)
        .format(|line, record| {
            writeln!(line, "{} {:<5} {}", line.timestamp_millis(), record.level(), record.args())
        })
        .try_init();
}

/// Prints a line on standard output. A reader that hung up (`| head`) is no failure.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The relay: from flag, environment or config, else the one that `login` remembered.
fn relay(settings: &Settings, login: Option<&Login>) -> Result<RelayUrl, Failure> {
    let url = settings.relay.clone().or_else(|| login.map(|login| login.relay.clone()));
    let Some(url) = url else {
        return Err(Failure::new(
            Exit::Usage,
            "no relay is known yet; name it once with \
             `leanspec-bridge login --relay https://relay.example.org`",
        ));
    };
    url.permit(settings.allow_cleartext)
        .map_err(|refused| Failure::new(Exit::Usage, refused.to_string()))?;
    if !url.is_encrypted() && !url.is_loopback() {
        ::log::warn!(
            "{url} is not encrypted: everybody on the way can read specs and key (allow_cleartext)"
        );
    }
    Ok(url)
}

/// A found project and what the user said of it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// What is on the disk.
    pub(crate) project: FoundProject,
    /// What the user said.
    pub(crate) entry: ProjectEntry,
}

/// Finds the projects: those that were named, else those of the current folder.
fn find(settings: &Settings) -> Result<(Vec<Found>, Vec<String>), Failure> {
    let named = !settings.projects.is_empty();
    let here = || {
        let dir = std::env::current_dir().map_err(Failure::other)?;
        Ok::<_, Failure>(vec![ProjectEntry::bare(dir)])
    };
    let entries = if named { settings.projects.clone() } else { here()? };
    let (mut found, mut notes) = (Vec::<Found>::new(), Vec::new());
    for entry in entries {
        let setting = ProjectSetting {
            dir: entry.dir.clone(),
            explicit: named,
            name: entry.name.clone(),
            key: entry.key.clone(),
            specs_dir: entry.specs_dir.clone(),
        };
        let Discovery { projects, notes: said } =
            discover(&setting).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
        notes.extend(said);
        for project in projects {
            // Two names for one folder are one project: it must not be sent twice.
            if found.iter().all(|known| known.project.specs != project.specs) {
                found.push(Found { project, entry: entry.clone() });
            }
        }
    }
    Ok((found, notes))
}

/// The state folder, made when it is not there.
fn state(settings: &Settings) -> Result<StateFolder, Failure> {
    Ok(StateFolder::create(settings.state.clone())?)
}
