//! Which file a command is about, by its words alone. Pure.

use leanspec_shared::command::Edit;
use leanspec_shared::path::FilePath;

use crate::spec::locate::MAIN_FILE;

/// What commands may not overtake each other on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Lane {
    /// One file.
    File(FilePath),
    /// The numbers of new specs.
    Creation,
}

/// The file that a command means; `None` for one that makes a new spec, and for a path that would be
/// too long to exist.
///
/// A spec is named by its folder, or is a flat file that ends in `.md`.
#[must_use]
pub fn place(edit: &Edit) -> Option<FilePath> {
    let (spec, file) = match edit {
        Edit::UpdateFrontmatter { spec, .. } => (spec, None),
        Edit::UpdateContent { spec, file, .. } | Edit::ToggleTask { spec, file, .. } => {
            (spec, file.as_ref())
        }
        Edit::CreateSpec { .. } => return None,
    };
    match file {
        Some(file) if file.is_within(spec) => Some(file.clone()),
        Some(file) => below(spec, file.as_str()),
        None if spec.file_name().ends_with(".md") => Some(spec.clone()),
        None => below(spec, MAIN_FILE),
    }
}

/// The lane of a command; `None` for one that can run into no other.
#[must_use]
pub fn of(edit: &Edit) -> Option<Lane> {
    match edit {
        Edit::CreateSpec { .. } => Some(Lane::Creation),
        _ => place(edit).map(Lane::File),
    }
}

fn below(spec: &FilePath, name: &str) -> Option<FilePath> {
    format!("{spec}/{name}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> FilePath {
        text.parse().expect("a path")
    }

    fn content(spec: &str, file: Option<&str>) -> Option<String> {
        let (spec, file) = (path(spec), file.map(path));
        place(&Edit::UpdateContent { spec, file, content: String::new() }).map(String::from)
    }

    #[test]
    fn a_file_is_named_from_the_specs_folder_or_from_its_spec() {
        let table = [
            ("001-a", None, "001-a/README.md"),
            ("001-a", Some("001-a/DESIGN.md"), "001-a/DESIGN.md"),
            ("001-a", Some("DESIGN.md"), "001-a/DESIGN.md"),
            ("001-a", Some("001-ab/x.md"), "001-a/001-ab/x.md"),
            ("group/002-b", Some("sub/x.md"), "group/002-b/sub/x.md"),
            ("003-c.md", None, "003-c.md"),
            ("003-c.md", Some("003-c.md"), "003-c.md"),
        ];
        for (spec, file, wanted) in table {
            assert_eq!(content(spec, file).as_deref(), Some(wanted), "{spec} {file:?}");
        }
    }

    #[test]
    fn a_name_never_reaches_into_another_spec() {
        let place = content("001-a", Some("002-b/README.md"));
        assert_eq!(place.as_deref(), Some("001-a/002-b/README.md"));
    }

    #[test]
    fn two_ways_to_name_one_file_are_one_lane() {
        let fields = serde_json::Map::new();
        let main =
            Edit::UpdateFrontmatter { spec: path("001-a"), fields, seen: Default::default() };
        let file = Some(path("001-a/README.md"));
        let named = Edit::UpdateContent { spec: path("001-a"), file, content: String::new() };
        assert_eq!(of(&main), of(&named));
        let long = "x/".repeat(505) + "README";
        let too_long =
            Edit::UpdateContent { spec: path(&long), file: None, content: String::new() };
        assert_eq!(of(&too_long), None);
    }
}
