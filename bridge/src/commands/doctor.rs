//! `doctor`: looks into the way to the relay and into the projects' folders, and says what to do.

use std::path::Path;

use serde_json::Value;

use crate::cli::DoctorFlags;
use crate::commands::{find, say};
use crate::config::{Settings, places};
use crate::daemon::runtime;
use crate::doctor::bundle::{self, Known};
use crate::doctor::line::{Line, Verdict, worst};
use crate::doctor::{self, Folder, Order};
use crate::exit::{Exit, Failure};
use crate::state::{StateFolder, atomic};
use crate::uplink::auth::{self, Key, Login};

pub(super) fn run(settings: &Settings, flags: &DoctorFlags) -> Result<(), Failure> {
    let state = StateFolder::at(settings.state.clone());
    let login = Login::read(&state)?;
    let relay = super::relay(settings, login.as_ref())?;
    let network = settings.network(&relay)?;
    let (key, _) = auth::choose(&relay, settings.key.as_deref(), login.as_ref());
    let (found, missing) = match find(settings) {
        Ok((found, _)) => (found, None),
        Err(failure) => (Vec::new(), Some(failure.message)),
    };
    let folders = found.into_iter().map(|found| Folder {
        name: found.project.name.clone(),
        may_write: !found.entry.allow.is_empty() && found.project.read_only.is_none(),
        specs: found.project.specs,
    });
    let order = Order { relay, network, key, folders: folders.collect(), long: flags.long };
    let tell = |line: &Line| {
        if !flags.json {
            say(line);
        }
    };
    let lines = runtime()?.block_on(doctor::look(&order, tell));
    if let Some(missing) = missing.filter(|_| !flags.json) {
        say(format_args!("note  folder    looking for projects: {missing}"));
    }
    if flags.json {
        let report = bundle::report(order.relay.as_str(), &lines);
        say(serde_json::to_string_pretty(&report).map_err(Failure::other)?);
    }
    if let Some(file) = &flags.bundle {
        write_bundle(file, &state, &order, &lines)?;
    }
    outcome(&lines)
}

fn write_bundle(
    file: &Path,
    state: &StateFolder,
    order: &Order,
    lines: &[Line],
) -> Result<(), Failure> {
    let read = |name: &str| atomic::read_json::<Value>(&state.file(name)).ok().flatten();
    let known = Known {
        relay: order.relay.as_str(),
        way: format!("{:?}", order.network.way),
        status: read("status.json"),
        routes: read("routes.json"),
        home: places::home().map(|home| home.to_string_lossy().into_owned()),
    };
    let text = bundle::text(&known, lines, order.key.as_ref().map(|key: &Key| key));
    std::fs::write(file, text)
        .map_err(|error| Failure::other(format!("cannot write {}: {error}", file.display())))?;
    log::info!("wrote {}; look through it before you hand it on", file.display());
    Ok(())
}

/// The exit code says the worst.
fn outcome(lines: &[Line]) -> Result<(), Failure> {
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count();
    let bad =
        |check: &str| lines.iter().any(|line| line.verdict == Verdict::Bad && line.check == check);
    let exit = match worst(lines) {
        Verdict::Ok | Verdict::Note => return Ok(()),
        Verdict::Warn => Exit::Doubtful,
        Verdict::Bad if bad("key") => Exit::KeyRefused,
        Verdict::Bad if bad("folder") && !lines.iter().any(is_bad_network) => Exit::Failed,
        Verdict::Bad => Exit::Unreachable,
    };
    let (bad, warn) = (count(Verdict::Bad), count(Verdict::Warn));
    Err(Failure::new(exit, format!("{bad} bad, {warn} to look at, of {} checks", lines.len())))
}

fn is_bad_network(line: &Line) -> bool {
    line.verdict == Verdict::Bad && line.check != "folder"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_says_the_worst() {
        let line = |check: &'static str| Line::ok(check, "", "");
        let exit =
            |lines: &[Line]| outcome(lines).map_or_else(|failure| failure.exit, |()| Exit::Done);
        let bad = |check| line(check).bad("", "");
        let cases = [
            (vec![line("dns"), line("http").note()], Exit::Done),
            (vec![line("dns"), line("stream").warn("", "")], Exit::Doubtful),
            (vec![bad("tls"), line("stream").warn("", "")], Exit::Unreachable),
            (vec![bad("key")], Exit::KeyRefused),
            (vec![bad("folder"), line("dns")], Exit::Failed),
            (vec![bad("folder"), bad("dns")], Exit::Unreachable),
        ];
        for (lines, wanted) in cases {
            assert_eq!(exit(&lines), wanted, "{lines:?}");
        }
    }
}
