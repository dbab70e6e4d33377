//! `init`: writes a config file with what is known, and never over an existing one.

use std::io::Write;

use crate::commands::{find, say};
use crate::config::{Settings, file};
use crate::exit::{Exit, Failure};
use crate::platform::private;
use crate::state::StateFolder;
use crate::uplink::auth::Login;

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let path = &settings.config;
    if settings.config_found {
        let there = format!("{} is there already; edit it, or remove it first", path.display());
        return Err(Failure::new(Exit::Failed, there));
    }
    let (found, _) = find(settings)?;
    let login = Login::read(&StateFolder::at(settings.state.clone()))?;
    let relay = settings.relay.clone().or_else(|| login.map(|login| login.relay));
    let dirs: Vec<_> = found.iter().map(|found| found.project.root.clone()).collect();
    let text = file::template(relay.as_ref().map(|url| url.as_str()), &settings.name, &dirs);
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failed, format!("cannot write {}: {error}", path.display()))
    };
    if let Some(folder) = path.parent() {
        private::create_folder(folder).map_err(failed)?;
    }
    let mut options = private::options();
    // `create_new` and not a look before: between the two an editor may have made one.
    let mut file = options.create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    say(format_args!("Wrote {}", path.display()));
    for found in found {
        say(format_args!("  {}: {}", found.project.name, found.project.root.display()));
    }
    Ok(())
}
