//! Which names may stand in a command's path, and how our own temporary files are called. Pure.

use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

use crate::source::filter::OWN_PREFIX;

/// A complete file or folder beside its target: what it holds tells, after a kill, what happened.
const COMPLETE: &str = ".tmp";

/// A file that is still being written, and never anything but ours.
const PARTIAL: &str = ".part";

/// Devices that Windows knows in every folder, with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Says why a path cannot be a command's on every system, whichever this one is: a spec that is
/// changed here is checked out elsewhere.
///
/// # Errors
/// A part of a sentence: what is wrong with which name.
pub(super) fn check(path: &FilePath) -> Result<(), String> {
    path.as_str().split('/').try_for_each(check_name)
}

fn check_name(name: &str) -> Result<(), String> {
    let wrong = if name.contains(':') {
        "a colon names a stream or a drive on Windows"
    } else if name.ends_with(['.', ' ']) {
        "Windows drops a dot or space at the end"
    } else if is_device(name) {
        "it is a device on Windows"
    } else {
        return Ok(());
    };
    Err(format!("'{name}' cannot be changed from here: {wrong}"))
}

/// `NUL`, `com1.md`, `LPT¹`: what counts is what stands before the first dot, without spaces at its
/// end.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let port = |kind: &str| {
        let mut digits = stem.strip_prefix(kind).unwrap_or_default().chars();
        let digit = digits.next();
        digit.is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'))
            && digits.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || port("com") || port("lpt")
}

/// The name of a command's complete temporary file or folder.
pub(super) fn complete(id: &CommandId) -> String {
    format!("{OWN_PREFIX}{id}{COMPLETE}")
}

/// The name of a command's file while it is written.
pub(super) fn partial(id: &CommandId) -> String {
    format!("{OWN_PREFIX}{id}{PARTIAL}")
}

/// A temporary name of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Own {
    Complete(CommandId),
    Partial(CommandId),
}

/// Recognises a temporary name of ours.
pub(super) fn own(name: &str) -> Option<Own> {
    let rest = name.strip_prefix(OWN_PREFIX)?;
    let id = |text: &str| text.parse().ok();
    match rest.strip_suffix(COMPLETE) {
        Some(text) => id(text).map(Own::Complete),
        None => id(rest.strip_suffix(PARTIAL)?).map(Own::Partial),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_something_else_on_windows_are_refused_everywhere() {
        let bad = [
            "CON",
            "nul",
            "NUL.md",
            "aux.tar.gz",
            "com1",
            "COM9.md",
            "lpt0.x",
            "LPT\u{b9}",
            "prn .md",
            "a:b",
            "C:",
            "README.md:stream",
            "name.",
            "name ",
            "...",
            "conin$",
            "CONOUT$.txt",
        ];
        for name in bad {
            for path in [name.to_owned(), format!("001-a/{name}"), format!("{name}/README.md")] {
                let path = path.parse().expect("a path");
                assert!(check(&path).is_err(), "{path}");
            }
        }
        let good = [
            "README.md",
            "console.md",
            "com.md",
            "com10",
            "nulls",
            "a.con",
            "lpt",
            ".x",
            "übersicht",
        ];
        for name in good {
            assert_eq!(check(&name.parse().expect("a path")), Ok(()), "{name}");
        }
    }

    #[test]
    fn own_names_are_recognised_and_no_others() {
        let id: CommandId = "cmd_1-A".parse().expect("an id");
        assert_eq!(own(&complete(&id)), Some(Own::Complete(id.clone())));
        assert_eq!(own(&partial(&id)), Some(Own::Partial(id)));
        for name in
            [".leanspec-canary-1", ".leanspec-.tmp", ".leanspec-a b.tmp", "x.tmp", "README.md"]
        {
            assert_eq!(own(name), None, "{name}");
        }
    }
}
