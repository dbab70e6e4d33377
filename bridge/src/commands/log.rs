//! `log`: what was asked of this machine and what became of it, newest last; then what was preserved.
//! Only reads, so that it works beside a running bridge.

use std::collections::HashMap;
use std::path::PathBuf;

use leanspec_shared::command::Change;
use leanspec_shared::id::ProjectId;
use leanspec_shared::time::Timestamp;
use serde::Serialize;

use crate::apply::preserved::{self, About};
use crate::cli::LogFlags;
use crate::commands::say;
use crate::config::Settings;
use crate::exit::{Exit, Failure};
use crate::inbox::record::plain;
use crate::state::audit::{self, Entry, Event};
use crate::state::{StateFolder, projects};

/// Fields that LeanSpec keeps itself: nobody asked for them.
const KEPT_BY_LEANSPEC: [&str; 6] =
    ["created_at", "updated_at", "completed_at", "transitions", "updated", "completed"];

/// What `log --json` prints.
#[derive(Debug, Serialize)]
struct Log {
    /// The last word on each command, oldest first.
    commands: Vec<Entry>,
    /// Versions of files that would have been lost otherwise.
    preserved: Vec<Kept>,
}

/// Something preserved.
#[derive(Debug, Serialize)]
struct Kept {
    /// The project's folder.
    dir: String,
    /// Its id.
    project: ProjectId,
    /// Where it is kept.
    path: PathBuf,
    /// Where it came from.
    about: About,
}

pub(super) fn run(settings: &Settings, flags: LogFlags) -> Result<(), Failure> {
    let state = StateFolder::at(settings.state.clone());
    let unreadable = |error: std::io::Error| {
        let state = state.path().display();
        Failure::new(Exit::Failed, format!("the log in {state} cannot be read: {error}"))
    };
    let mut commands = last_words(audit::read(&state).map_err(unreadable)?);
    commands.drain(..commands.len().saturating_sub(flags.lines));
    let log = Log { commands, preserved: kept(&state)? };
    if flags.json {
        say(serde_json::to_string_pretty(&log).map_err(Failure::other)?);
        return Ok(());
    }
    if log.commands.is_empty() {
        say("No command has come to this machine yet.");
    }
    for entry in &log.commands {
        say(line(entry));
    }
    if !log.preserved.is_empty() {
        say("");
        say(
            "Preserved, since somebody saved it in the moment in which a command changed the file:",
        );
    }
    for kept in &log.preserved {
        say(format_args!(
            "{}  {}  {}  {}",
            moment(kept.about.at),
            folder_name(&kept.dir),
            kept.about.file,
            kept.path.display()
        ));
    }
    Ok(())
}

/// One entry for each command, in the order of the last words.
fn last_words(entries: Vec<Entry>) -> Vec<Entry> {
    let last: HashMap<_, usize> =
        entries.iter().enumerate().map(|(at, entry)| (entry.command.clone(), at)).collect();
    let numbered = entries.into_iter().enumerate();
    numbered.filter(|(at, entry)| last[&entry.command] == *at).map(|(_, entry)| entry).collect()
}

fn line(entry: &Entry) -> String {
    let spec = entry.spec.as_ref().map_or("-", |spec| spec.as_str());
    let (time, who) = (moment(entry.at), &entry.by.name);
    format!("{time}  {who}  {}  {spec}  {}  {}", folder_name(&entry.dir), what(entry), end(entry))
}

fn what(entry: &Entry) -> String {
    let asked_for = |change: &&Change| !KEPT_BY_LEANSPEC.contains(&change.field.as_str());
    let changes: Vec<_> = entry
        .changes
        .iter()
        .filter(asked_for)
        .map(|Change { field, from, to }| format!("{field} {} → {}", plain(from), plain(to)))
        .collect();
    match (changes.is_empty(), entry.asked.is_empty()) {
        (false, _) => changes.join(", "),
        (true, false) => entry.asked.clone(),
        (true, true) => entry.kind.clone(),
    }
}

fn end(entry: &Entry) -> String {
    let state = match (&entry.event, &entry.state) {
        (Event::Received, _) => "waiting".to_owned(),
        (Event::Overtaken, _) => "applied, then overtaken".to_owned(),
        (Event::Ended, Some(state)) => state.to_string(),
        (Event::Ended, None) => "ended".to_owned(),
    };
    let reason = entry.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let message = entry.message.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    format!("{state}{reason}{message}")
}

/// `2026-11-22 16:00:00Z`: nobody reads the letter in the middle.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {}Z", &text[..10], &text[11..19])
}

fn folder_name(dir: &str) -> &str {
    dir.rsplit(['/', '\\']).next().unwrap_or(dir)
}

fn kept(state: &StateFolder) -> Result<Vec<Kept>, Failure> {
    let mut all = Vec::new();
    for (dir, project) in projects::known(state)? {
        let folder = state.path().join("projects").join(project.as_str());
        let found = preserved::list(&folder).map_err(|error| {
            let folder = folder.display();
            Failure::new(Exit::Failed, format!("what is kept in {folder} cannot be read: {error}"))
        })?;
        all.extend(found.into_iter().map(|found| Kept {
            dir: dir.clone(),
            project: project.clone(),
            path: found.path,
            about: found.about,
        }));
    }
    all.sort_by_key(|kept| kept.about.at);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use leanspec_shared::command::{By, CommandState, Reason};
    use serde_json::json;

    use super::*;

    fn entry(command: &str, event: Event) -> Entry {
        Entry {
            at: "2026-11-22T16:00:00.123Z".parse().expect("a time"),
            event,
            command: command.parse().expect("an id"),
            project: "p1".parse().expect("an id"),
            dir: "/home/me/app".into(),
            kind: "update_frontmatter".into(),
            spec: "042-login".parse().ok(),
            by: By { key: "k1".parse().expect("an id"), name: "phone".into() },
            asked: "status → complete".into(),
            state: None,
            reason: None,
            message: None,
            file: None,
            changes: Vec::new(),
        }
    }

    fn change(field: &str, from: &str, to: &str) -> Change {
        Change { field: field.into(), from: json!(from), to: json!(to) }
    }

    #[test]
    fn one_line_says_who_changed_what_from_what_to_what_and_how_it_ended() {
        let applied = Entry {
            state: Some(CommandState::Applied),
            changes: vec![
                change("status", "planned", "complete"),
                change("updated_at", "a", "b"),
                Change { field: "assignee".into(), from: json!(null), to: json!("ann") },
            ],
            ..entry("c1", Event::Ended)
        };
        assert_eq!(
            line(&applied),
            "2026-11-22 16:00:00Z  phone  app  042-login  \
             status planned → complete, assignee (none) → ann  applied"
        );
        let refused = Entry {
            state: Some(CommandState::Refused),
            reason: Some(Reason::ReadOnly),
            message: Some("It is read-only.".into()),
            ..entry("c2", Event::Ended)
        };
        let wanted = "status → complete  refused (read_only): It is read-only.";
        assert!(line(&refused).ends_with(wanted), "{}", line(&refused));
        assert!(line(&entry("c3", Event::Received)).ends_with("status → complete  waiting"));
    }

    #[test]
    fn each_command_is_listed_once_with_the_last_word_on_it() {
        let entries = vec![
            entry("c1", Event::Received),
            entry("c2", Event::Received),
            entry("c1", Event::Ended),
            entry("c3", Event::Received),
            entry("c1", Event::Overtaken),
        ];
        let last = last_words(entries);
        let last: Vec<_> = last.iter().map(|e| (e.command.as_str(), e.event)).collect();
        let wanted = [("c2", Event::Received), ("c3", Event::Received), ("c1", Event::Overtaken)];
        assert_eq!(last, wanted);
    }
}
