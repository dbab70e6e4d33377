//! Which names below a specs folder are sent. Pure: it judges names and sizes, never bytes.
//!
//! Whether a file is text is decided when it is read (`read`); what a spec is, by `spec::locate`.

use glob::{MatchOptions, Pattern};
use leanspec_shared::path::FilePath;

use super::SourceError;

/// Prefix of every file this product makes beside specs.
pub const OWN_PREFIX: &str = ".leanspec-";

/// What becomes of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Looked at and sent.
    Sent,
    /// Not sent, and listed as `ignored`: a hidden name, or matched by the config.
    Ignored,
    /// Not sent and not listed: an editor's temporary file or our own, which comes and goes with
    /// every save and would only make noise.
    Passing,
}

/// The rules of one project.
#[derive(Debug, Clone)]
pub struct Filter {
    ignore: Vec<Glob>,
    /// The largest file that is sent, in bytes.
    pub file_max_bytes: u64,
}

#[derive(Debug, Clone)]
struct Glob {
    pattern: Pattern,
    /// A pattern with a slash inside is matched from the specs folder, one without at any depth.
    whole_path: bool,
}

/// `*` stops at a slash, as in `.gitignore`; `**` does not.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Filter {
    /// Compiles the globs of a config: `drafts/`, `*.png`, `archived/**/notes.md`.
    ///
    /// # Errors
    /// When one is no pattern; it is named, with what is wrong.
    pub fn new(ignore: &[String], file_max_bytes: u64) -> Result<Self, SourceError> {
        let compile = |text: &String| {
            let trimmed = text.trim_end_matches('/');
            let pattern = Pattern::new(trimmed.trim_start_matches('/')).map_err(|wrong| {
                SourceError::Pattern { pattern: text.clone(), reason: wrong.msg.to_owned() }
            })?;
            Ok(Glob { pattern, whole_path: trimmed.contains('/') })
        };
        let ignore = ignore.iter().map(compile).collect::<Result<_, _>>()?;
        Ok(Self { ignore, file_max_bytes })
    }

    /// Judges a path by the name of every folder on the way to it and its own.
    #[must_use]
    pub fn judge(&self, path: &FilePath) -> Verdict {
        let text = path.as_str();
        let ends = text.match_indices('/').map(|(at, _)| at).chain([text.len()]);
        ends.map(|end| self.judge_last(&text[..end]))
            .find(|verdict| *verdict != Verdict::Sent)
            .unwrap_or(Verdict::Sent)
    }

    /// Judges only the last name of a path whose folder is known to be sent.
    #[must_use]
    pub fn judge_in_folder(&self, path: &FilePath) -> Verdict {
        self.judge_last(path.as_str())
    }

    fn judge_last(&self, path: &str) -> Verdict {
        let name = path.rsplit('/').next().unwrap_or(path);
        if is_passing(name) {
            Verdict::Passing
        } else if name.starts_with('.') || self.ignore.iter().any(|glob| glob.matches(path, name)) {
            Verdict::Ignored
        } else {
            Verdict::Sent
        }
    }
}

impl Glob {
    fn matches(&self, path: &str, name: &str) -> bool {
        self.pattern.matches_with(if self.whole_path { path } else { name }, OPTIONS)
    }
}

/// Names that editors give to files while they save (vim's `4913` is its probe for permissions),
/// and our own.
pub(super) fn is_passing(name: &str) -> bool {
    name.starts_with(OWN_PREFIX)
        || name.ends_with('~')
        || name.ends_with(".tmp")
        || name == "4913"
        || name.starts_with(".#")
        || (name.len() > 2 && name.starts_with('#') && name.ends_with('#'))
        || (name.starts_with("___jb_") && name.ends_with("___"))
        || is_vim_swap(name)
}

/// `.README.md.swp`, `.swo`, `.swx`, …
fn is_vim_swap(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    stem.starts_with('.') && extension.len() == 3 && extension.starts_with("sw")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(ignore: &[&str], path: &str) -> Verdict {
        let globs: Vec<String> = ignore.iter().map(|&glob| glob.to_owned()).collect();
        let filter = Filter::new(&globs, 1).expect("good patterns");
        filter.judge(&path.parse().expect("a path"))
    }

    #[test]
    fn temporaries_of_editors_are_passed_over_in_silence() {
        let names = [
            "README.md~",
            ".README.md.swp",
            ".README.md.swx",
            "4913",
            "___jb_tmp___",
            "___jb_old___",
            ".#README.md",
            "#README.md#",
            "README.tmp",
            ".leanspec-canary-1",
            ".leanspec-01J.tmp",
        ];
        for name in names {
            assert_eq!(judge(&[], &format!("001-a/{name}")), Verdict::Passing, "{name}");
        }
        for name in ["README.md", "4914", "swp.md", "a.swp", "#", "##.md", "tmp", "a.tmp.md"] {
            assert_eq!(judge(&[], &format!("001-a/{name}")), Verdict::Sent, "{name}");
        }
    }

    #[test]
    fn hidden_names_are_ignored_with_everything_below_them() {
        assert_eq!(judge(&[], ".DS_Store"), Verdict::Ignored);
        assert_eq!(judge(&[], "001-a/.obsidian/deep/file.md"), Verdict::Ignored);
    }

    #[test]
    fn globs_match_names_at_any_depth_and_paths_from_the_specs_folder() {
        let table = [
            ("*.png", "001-a/x.png", true),
            ("*.png", "x.png", true),
            ("*.png", "x.png.md", false),
            ("drafts/", "drafts/a.md", true),
            ("drafts", "001-a/drafts/a.md", true),
            ("/drafts", "drafts/a.md", true),
            ("/drafts", "001-a/drafts/a.md", false),
            ("001-a/*.md", "001-a/README.md", true),
            ("001-a/*.md", "001-a/deep/README.md", false),
            ("001-a/**/notes.md", "001-a/x/y/notes.md", true),
            ("archived/**", "archived/001-a/README.md", true),
        ];
        for (glob, path, ignored) in table {
            let wanted = if ignored { Verdict::Ignored } else { Verdict::Sent };
            assert_eq!(judge(&[glob], path), wanted, "{glob} on {path}");
        }
    }

    #[test]
    fn a_broken_pattern_is_named() {
        let wrong = Filter::new(&["a[".to_owned()], 1).expect_err("no pattern").to_string();
        assert!(wrong.contains("'a['") && wrong.contains("config"), "{wrong}");
    }

    proptest! {
        #[test]
        fn what_is_below_something_unsent_is_never_sent(
            folder in "[a-z.~#]{1,6}", name in "[a-z.~#]{1,6}")
        {
            let (Ok(above), Ok(below)) =
                (folder.parse::<FilePath>(), format!("{folder}/{name}").parse::<FilePath>())
            else { return Ok(()) };
            let filter = Filter::new(&[], 1).expect("none");
            if filter.judge(&above) != Verdict::Sent {
                prop_assert_ne!(filter.judge(&below), Verdict::Sent);
            }
        }
    }
}
