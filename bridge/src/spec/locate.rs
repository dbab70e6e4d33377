//! Which of a project's files and folders are specs. Pure.

use std::collections::{BTreeMap, BTreeSet};

use leanspec_shared::path::FilePath;

/// The main file of a spec folder, in exactly this spelling.
pub const MAIN_FILE: &str = "README.md";

/// How deep a spec folder may stand: `specs/NNN-name` or `specs/<group>/NNN-name`. LeanSpec's own
/// tools look no deeper, so that fixtures inside a spec are no specs.
const DEPTH_MAX: usize = 2;

/// Finds every spec: its path, and its main file where it has one.
///
/// * a folder that begins with a digit and holds README.md;
/// * a folder `NNN-name` that does not (yet), unless it is a group of specs or inside a spec;
/// * a flat file `NNN-name.md` beside spec folders.
#[must_use]
pub fn locate<'a>(
    files: impl Iterator<Item = &'a FilePath>,
    folders: &BTreeSet<FilePath>,
) -> BTreeMap<FilePath, Option<FilePath>> {
    let mut specs = BTreeMap::new();
    let mut flat = Vec::new();
    for file in files {
        let parent = file.parent();
        if file.file_name() == MAIN_FILE {
            if let Some(folder) = parent.filter(is_spec_folder) {
                specs.insert(folder, Some(file.clone()));
            }
        } else if depth(file) <= DEPTH_MAX && is_flat_spec(file.file_name()) {
            flat.push(file.clone());
        }
    }
    let groups: BTreeSet<FilePath> =
        folders.iter().chain(specs.keys()).filter_map(FilePath::parent).collect();
    let empty: Vec<_> = folders
        .iter()
        .filter(|folder| is_spec_folder(folder) && is_numbered(folder.file_name()))
        .filter(|folder| !specs.contains_key(*folder) && !groups.contains(*folder))
        .filter(|folder| folder.parent().is_none_or(|group| !specs.contains_key(&group)))
        .cloned()
        .collect();
    specs.extend(empty.into_iter().map(|folder| (folder, None)));
    for file in flat {
        if file.parent().is_none_or(|folder| !specs.contains_key(&folder)) {
            specs.insert(file.clone(), Some(file));
        }
    }
    specs
}

/// Whether a folder matters to [`locate`]; others need not be remembered.
#[must_use]
pub fn is_spec_folder(folder: &FilePath) -> bool {
    depth(folder) <= DEPTH_MAX
        && folder.file_name().starts_with(|first: char| first.is_ascii_digit())
}

fn depth(path: &FilePath) -> usize {
    path.as_str().split('/').count()
}

/// `NNN-name`: digits, a dash, something.
fn is_numbered(name: &str) -> bool {
    name.split_once('-').is_some_and(|(number, rest)| {
        !rest.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_flat_spec(name: &str) -> bool {
    name.strip_suffix(".md").is_some_and(is_numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(files: &[&str], folders: &[&str]) -> Vec<(String, Option<String>)> {
        let paths = |texts: &[&str]| -> Vec<FilePath> {
            texts.iter().map(|text| text.parse().expect("a path")).collect()
        };
        let folders = paths(folders).into_iter().filter(is_spec_folder).collect();
        locate(paths(files).iter(), &folders)
            .into_iter()
            .map(|(path, main)| (path.to_string(), main.map(|main| main.to_string())))
            .collect()
    }

    fn spec(path: &str, main: &str) -> (String, Option<String>) {
        (path.to_owned(), Some(main.to_owned()))
    }

    #[test]
    fn a_spec_is_a_folder_that_begins_with_a_digit_and_holds_readme() {
        let found = located(
            &[
                "001-a/README.md",
                "1-x/README.md",
                "20251101/002-b/README.md",
                "archived/003-c/README.md",
                "README.md",
                "abc-d/README.md",
                "004-d/readme.md",
                "a/b/005-too-deep/README.md",
            ],
            &["001-a", "1-x", "20251101", "20251101/002-b", "archived", "archived/003-c"],
        );
        assert_eq!(
            found,
            [
                spec("001-a", "001-a/README.md"),
                spec("1-x", "1-x/README.md"),
                spec("20251101/002-b", "20251101/002-b/README.md"),
                spec("archived/003-c", "archived/003-c/README.md"),
            ]
        );
    }

    #[test]
    fn the_same_folder_name_in_two_groups_gives_two_specs() {
        let found = located(&["a/001-x/README.md", "b/001-x/README.md"], &[]);
        assert_eq!(
            found,
            [spec("a/001-x", "a/001-x/README.md"), spec("b/001-x", "b/001-x/README.md")]
        );
    }

    #[test]
    fn a_numbered_folder_without_readme_is_shown_as_a_spec_without_main_file() {
        let found = located(&["002-b/SPEC.md"], &["001-empty", "002-b", "archived/003-c"]);
        let missing = |path: &str| (path.to_owned(), None);
        assert_eq!(found, [missing("001-empty"), missing("002-b"), missing("archived/003-c")]);
    }

    #[test]
    fn groups_and_folders_inside_a_spec_are_no_specs_of_their_own() {
        let found = located(
            &["2025-11/002-b/README.md", "001-a/README.md", "001-a/001-data/x.json"],
            &["2025-11", "2025-11/002-b", "20251101", "001-a", "001-a/001-data"],
        );
        assert_eq!(
            found,
            [spec("001-a", "001-a/README.md"), spec("2025-11/002-b", "2025-11/002-b/README.md")]
        );
    }

    #[test]
    fn a_spec_folder_inside_a_spec_folder_is_a_spec_of_its_own() {
        let found =
            located(&["001-a/README.md", "001-a/002-b/README.md"], &["001-a", "001-a/002-b"]);
        assert_eq!(
            found,
            [spec("001-a", "001-a/README.md"), spec("001-a/002-b", "001-a/002-b/README.md")]
        );
    }

    #[test]
    fn a_flat_numbered_file_beside_the_folders_is_a_spec() {
        let found = located(
            &["010-flat.md", "notes.md", "001-a/README.md", "001-a/002-part.md"],
            &["001-a"],
        );
        assert_eq!(found, [spec("001-a", "001-a/README.md"), spec("010-flat.md", "010-flat.md")]);
    }
}
