//! `projects`: what was found, and why.

use crate::commands::{find, say};
use crate::config::Settings;
use crate::exit::Failure;

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let (found, notes) = find(settings)?;
    for found in &found {
        let project = &found.project;
        say(format_args!("{}  {}", project.name, project.specs.display()));
        say(format_args!("  why:   {}", project.why));
        say(format_args!("  key:   {} ({})", project.key, project.root_label));
        let allow: Vec<_> = found.entry.allow.iter().map(ToString::to_string).collect();
        match &project.read_only {
            Some(reason) => say(format_args!("  allow: nothing ({reason})")),
            None if allow.is_empty() => say("  allow: nothing (allow = [] in the config)"),
            None => say(format_args!("  allow: {}", allow.join(", "))),
        }
        for warning in &project.warnings {
            say(format_args!("  note:  {warning}"));
        }
    }
    for note in notes {
        say(note);
    }
    Ok(())
}
