//! What is in a project's folder: may all of it be read, and does it keep within the limits.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use leanspec_shared::limits::{FILE_MAX_BYTES, FILES_PER_PROJECT_MAX};

use crate::doctor::line::Line;
use crate::platform::watch_limit;

/// Entries that are looked at, at most: twice as many as a project may have.
const ENTRIES_MAX: usize = 2 * FILES_PER_PROJECT_MAX;

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Contents {
    folders: u64,
    files: usize,
    /// Larger than what is sent.
    large: usize,
    /// What could not be read, and the first of it.
    closed: usize,
    first_closed: Option<String>,
}

/// Looks at every file and folder, and changes nothing.
pub(super) fn look(name: &str, specs: &Path) -> [Line; 2] {
    let contents = count(specs);
    [judge_permissions(name, &contents), judge_limits(name, &contents, watch_limit::folders())]
}

fn count(specs: &Path) -> Contents {
    let mut contents = Contents::default();
    let (mut left, mut waiting) = (ENTRIES_MAX, vec![specs.to_owned()]);
    while let Some(folder) = waiting.pop() {
        contents.folders += 1;
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                contents.is_closed(&folder, specs, &error);
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok).take(left) {
            left -= 1;
            // Hidden names are not sent, and links are not followed.
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !hidden => waiting.push(entry.path()),
                Ok(kind) if kind.is_file() && !hidden => contents.take(&entry.path(), specs),
                _ => {}
            }
        }
    }
    contents
}

impl Contents {
    fn take(&mut self, file: &PathBuf, specs: &Path) {
        self.files += 1;
        match File::open(file).and_then(|open| open.metadata()) {
            Ok(meta) if meta.len() > FILE_MAX_BYTES => self.large += 1,
            Ok(_) => {}
            Err(error) => self.is_closed(file, specs, &error),
        }
    }

    fn is_closed(&mut self, path: &Path, specs: &Path, error: &io::Error) {
        self.closed += 1;
        let place = path.strip_prefix(specs).unwrap_or(path).display();
        self.first_closed.get_or_insert_with(|| format!("{place}: {error}"));
    }
}

fn judge_permissions(name: &str, contents: &Contents) -> Line {
    let tried = format!("{name}: opening every file");
    match &contents.first_closed {
        None => Line::ok("rights", tried, format!("all {} may be read", contents.files)),
        Some(first) => {
            let result = format!("{} may not be read, the first is {first}", contents.closed);
            Line::ok("rights", tried, result).warn(
                "they belong to somebody else, or forbid it to this account",
                "chmod u+rX them, or run the bridge as their owner; the others are sent",
            )
        }
    }
}

fn judge_limits(name: &str, contents: &Contents, watches: Option<u64>) -> Line {
    let Contents { folders, files, large, .. } = contents;
    let of = watches.map_or_else(String::new, |watches| format!(" of {watches}"));
    let result = format!("{files} files of {FILES_PER_PROJECT_MAX}, {folders} folders{of}");
    let line = Line::ok("limits", format!("{name}: counting"), result);
    if *files > FILES_PER_PROJECT_MAX {
        return line.warn(
            "more files than a project may have",
            "let specs_dir name the folder of the specs alone; what is past the limit is not sent",
        );
    }
    // Others of this user's programs watch folders too.
    if watches.is_some_and(|watches| folders * 2 > watches) {
        return line.warn(
            "the system's limit on watches is near",
            "sudo sysctl fs.inotify.max_user_watches=524288 (Linux)",
        );
    }
    if *large == 0 {
        return line;
    }
    let mut line = line.note();
    line.cause = Some(format!("{large} files are larger than {FILE_MAX_BYTES} bytes"));
    line.advice = Some("nothing: they are left out, and `status` lists them".to_owned());
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::line::Verdict;

    #[test]
    fn files_and_folders_are_counted_and_hidden_ones_are_not() {
        let temp = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(temp.path().join("001-a/.cache")).expect("made");
        for name in ["001-a/README.md", "001-a/.hidden", "001-a/.cache/x", "notes.md"] {
            fs::write(temp.path().join(name), "x").expect("written");
        }
        let large = File::create(temp.path().join("large.bin")).expect("made");
        large.set_len(FILE_MAX_BYTES + 1).expect("made larger");
        let counted = Contents { folders: 2, files: 3, large: 1, ..Contents::default() };
        assert_eq!(count(temp.path()), counted);
        assert_eq!(count(&temp.path().join("gone")).closed, 1);
    }

    #[test]
    fn what_cannot_be_read_and_what_is_past_a_limit_is_named() {
        let few = Contents { folders: 10, files: 20, ..Contents::default() };
        let closed = Contents { closed: 2, first_closed: Some("a: no".into()), ..few };
        assert_eq!(judge_permissions("app", &few).verdict, Verdict::Ok);
        let line = judge_permissions("app", &closed);
        assert_eq!(line.verdict, Verdict::Warn);
        assert_eq!(line.result, "2 may not be read, the first is a: no");

        let many = Contents { files: FILES_PER_PROJECT_MAX + 1, ..few.clone() };
        let large = Contents { large: 1, ..few.clone() };
        let cases = [
            (&few, Some(8192), Verdict::Ok),
            (&few, None, Verdict::Ok),
            (&few, Some(15), Verdict::Warn),
            (&many, None, Verdict::Warn),
            (&large, None, Verdict::Note),
        ];
        for (contents, watches, verdict) in cases {
            let line = judge_limits("app", contents, watches);
            assert_eq!(line.verdict, verdict, "{line}");
        }
    }
}
