//! What the platform says may have happened to one specs folder. A hint never says what did.

use std::path::Path;

use leanspec_shared::path::FilePath;

use super::filter::OWN_PREFIX;
use super::list::wire_path;

/// What the platform says may have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Something at this path, or below it.
    Path {
        /// Below the specs folder.
        path: FilePath,
        /// A writer closed it: what is there now is meant to be there.
        closed: bool,
    },
    /// One of our own files, by its name: the canary was seen.
    Own(String),
    /// The specs folder itself came, went or was replaced.
    Root,
    /// Anything: events were lost.
    Everything,
    /// The watcher cannot cover all of it, with the system's words.
    Trouble(String),
}

/// The hint that a path of an event gives for a specs folder, if it concerns it.
#[must_use]
pub fn to_hint(specs: &Path, path: &Path, closed: bool) -> Option<Hint> {
    let Ok(relative) = path.strip_prefix(specs) else { return None };
    let mut found: Option<FilePath> = None;
    for component in relative.components() {
        match wire_path(found.as_ref(), component.as_os_str()) {
            Some(path) => found = Some(path),
            // A name that cannot travel: its folder is listed, which lists it as skipped.
            None => {
                return Some(
                    found.map_or(Hint::Everything, |path| Hint::Path { path, closed: false }),
                );
            }
        }
    }
    Some(match found {
        None => Hint::Root,
        Some(path) if path.file_name().starts_with(OWN_PREFIX) => {
            Hint::Own(path.file_name().to_owned())
        }
        Some(path) => Hint::Path { path, closed },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(path: &str) -> Option<Hint> {
        to_hint(Path::new("/p/specs"), Path::new(path), false)
    }

    #[test]
    fn a_path_below_the_specs_folder_is_told_by_its_name_on_the_wire() {
        let below =
            |path: &str| Some(Hint::Path { path: path.parse().expect("a path"), closed: false });
        assert_eq!(hint("/p/specs/001-a/README.md"), below("001-a/README.md"));
        assert_eq!(hint("/p/specs/u\u{308}.md"), below("ü.md"));
        assert_eq!(hint("/p/specs"), Some(Hint::Root));
        assert_eq!(
            hint("/p/specs/.leanspec-canary-1"),
            Some(Hint::Own(".leanspec-canary-1".into()))
        );
        assert_eq!(hint("/p/specs2/x"), None);
        assert_eq!(hint("/p/package.json"), None);
    }

    #[test]
    fn a_name_that_cannot_travel_has_its_folder_listed() {
        let folder = Some(Hint::Path { path: "001-a".parse().expect("a path"), closed: false });
        assert_eq!(hint("/p/specs/001-a/back\\slash"), folder);
        assert_eq!(hint("/p/specs/back\\slash"), Some(Hint::Everything));
    }
}
