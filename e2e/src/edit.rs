//! Commands as a UI words them.

use anyhow::{Context, Result};
use leanspec_shared::command::{Base, Command, Edit, NewCommand};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use serde_json::{Map, Value};

/// Stands on a file as it was seen.
#[must_use]
pub fn on(text: impl AsRef<[u8]>) -> Base {
    Base::Hash { hash: ContentHash::of(text.as_ref()) }
}

/// Stands on the file as another command leaves it.
#[must_use]
pub fn after(command: &Command) -> Base {
    Base::After { after: command.id.clone() }
}

fn path(text: &str) -> FilePath {
    text.parse().expect("tests that want a bad path write their JSON themselves")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("fields are an object, not {other}"),
    }
}

/// Sets fields of the frontmatter of which nothing is said to have been seen.
#[must_use]
pub fn set(spec: &str, base: Base, fields: Value) -> NewCommand {
    set_seen(spec, base, fields, Value::Object(Map::new()))
}

/// Sets fields of the frontmatter that the user saw like this.
#[must_use]
pub fn set_seen(spec: &str, base: Base, fields: Value, seen: Value) -> NewCommand {
    let edit =
        Edit::UpdateFrontmatter { spec: path(spec), fields: object(fields), seen: object(seen) };
    NewCommand::new(&edit, Some(base), false)
}

/// Ticks the first box of a text that is not ticked; `text` is the spec's main file as it was seen.
///
/// # Errors
/// When every box is ticked.
pub fn tick(spec: &str, text: &str) -> Result<NewCommand> {
    let mut lines = text.lines().zip(1..);
    let (seen, line) = lines.find(|(line, _)| line.contains("- [ ]")).context("an open box")?;
    let edit = Edit::ToggleTask {
        spec: path(spec),
        file: None,
        line,
        seen_line: seen.to_owned(),
        checked: true,
    };
    Ok(NewCommand::new(&edit, Some(on(text)), false))
}

/// The text that [`tick`] asks for.
#[must_use]
pub fn ticked(text: &str) -> String {
    text.replacen("- [ ]", "- [x]", 1)
}

/// Replaces the whole text of a spec's main file, or of another file of it.
#[must_use]
pub fn rewrite(spec: &str, file: Option<&str>, base: Base, content: &str) -> NewCommand {
    let (spec, file, content) = (path(spec), file.map(path), content.to_owned());
    NewCommand::new(&Edit::UpdateContent { spec, file, content }, Some(base), false)
}

/// Makes a spec from the project's own template.
#[must_use]
pub fn create(name: &str, title: Option<&str>, fields: Value) -> NewCommand {
    let (name, title) = (name.to_owned(), title.map(str::to_owned));
    let edit = Edit::CreateSpec { name, title, template: None, fields: object(fields) };
    NewCommand::new(&edit, None, false)
}

/// The same past LeanSpec's own rules.
#[must_use]
pub fn forced(command: NewCommand) -> NewCommand {
    NewCommand { force: true, ..command }
}
