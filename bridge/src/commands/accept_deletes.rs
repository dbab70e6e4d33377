//! `accept-deletes`: tells the running bridge that the missing files of a halted project were
//! deleted on purpose.

use crate::commands::say;
use crate::config::Settings;
use crate::exit::{Exit, Failure};
use crate::state::status::{ProjectStatus, StatusFile};
use crate::state::{StateFolder, requests};

pub(super) fn run(settings: &Settings, wanted: &str) -> Result<(), Failure> {
    let state = StateFolder::at(settings.state.clone());
    if !state.is_locked() {
        let next = "no bridge is running here; start it with `leanspec-bridge run`, then ask again";
        return Err(Failure::new(Exit::Failed, next));
    }
    let projects = StatusFile::read(&state)?.map(|file| file.status.projects).unwrap_or_default();
    let project = choose(&projects, wanted)?;
    requests::ask_accept_deletes(&state.project(&project.id)?)?;
    say(format_args!(
        "Asked. Within 10 seconds the missing files of {} are gone at the relay too; \
         see `leanspec-bridge status`",
        project.dir
    ));
    Ok(())
}

/// The project with this id, folder, or last name of its folder.
fn choose<'a>(projects: &'a [ProjectStatus], wanted: &str) -> Result<&'a ProjectStatus, Failure> {
    let given = std::path::Path::new(wanted).canonicalize().ok();
    let fits = |project: &&ProjectStatus| {
        let dir = std::path::Path::new(&project.dir);
        project.id.as_str() == wanted
            || project.dir == wanted
            || given.as_deref() == Some(dir)
            || dir.file_name().is_some_and(|name| name == wanted)
    };
    let fitting: Vec<_> = projects.iter().filter(fits).collect();
    match fitting[..] {
        [one] => Ok(one),
        [] => {
            let known: Vec<_> =
                projects.iter().map(|project| format!("{} {}", project.id, project.dir)).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join("; ") };
            Err(Failure::new(
                Exit::Usage,
                format!("there is no project {wanted}; known are: {known}"),
            ))
        }
        _ => {
            Err(Failure::new(Exit::Usage, format!("{wanted} is more than one project; use its id")))
        }
    }
}
