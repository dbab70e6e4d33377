//! Lists the names below a specs folder, with what the file system says of each. Opens no file.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use leanspec_shared::limits::FILES_PER_PROJECT_MAX;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::SkipReason;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::filter::{Filter, Verdict};
use super::look;
use crate::platform::file_stat::Stat;

/// What is below a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Regular files whose names are sent. Whether their bytes are is seen when they are read.
    pub files: Vec<(FilePath, Stat)>,
    /// Every folder that is not skipped.
    pub folders: Vec<FilePath>,
    /// What is not sent, for display, with the reason.
    pub skipped: Vec<(String, SkipReason)>,
}

/// Why a folder could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The folder cannot be read, or is none.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// More than any project has.
    #[error("more than {FILES_PER_PROJECT_MAX} files")]
    TooMany,
}

/// Lists everything below `scope` (the whole specs folder when `None`); `root` is canonical.
///
/// Links are never followed. Of two names with one NFC form the second is skipped.
///
/// # Errors
/// Only when the scope itself cannot be read; a folder below it that cannot is listed as skipped.
pub fn list(root: &Path, scope: Option<&FilePath>, filter: &Filter) -> Result<Listing, ListError> {
    let spelling = scope.map_or(Ok(PathBuf::new()), |scope| look::spell(root, scope))?;
    let mut walk = Walk { root, filter, listing: Listing::default(), folders: Vec::new() };
    walk.folder(&Place { path: scope.cloned(), spelling })?;
    while let Some(folder) = walk.folders.pop() {
        match walk.folder(&folder) {
            // Gone since its parent was read: as good as never there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => walk.skip(&folder.spelling, SkipReason::Unreadable),
            Ok(()) => {}
        }
        if walk.listing.files.len() > FILES_PER_PROJECT_MAX {
            return Err(ListError::TooMany);
        }
    }
    Ok(walk.listing)
}

/// A folder or file: its path on the wire (`None` for the specs folder) and its name on the disk.
struct Place {
    path: Option<FilePath>,
    spelling: PathBuf,
}

struct Walk<'a> {
    root: &'a Path,
    filter: &'a Filter,
    listing: Listing,
    /// Folders still to be read.
    folders: Vec<Place>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Place) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.root.join(&folder.spelling))? {
            let entry = entry?;
            names.push((entry.file_name(), entry.file_type()));
        }
        self.listing.folders.extend(folder.path.clone());
        // A name that is NFC already comes before its twins, so that it is the one that is kept.
        names.sort_by_key(|(name, _)| (!is_plain(name), name.clone()));
        let mut taken = HashSet::new();
        for (name, kind) in names {
            let spelling = folder.spelling.join(&name);
            match wire_path(folder.path.as_ref(), &name) {
                Some(path) if taken.insert(path.clone()) => self.entry(path, spelling, &kind),
                _ => self.skip(&spelling, SkipReason::BadName),
            }
        }
        Ok(())
    }

    fn entry(&mut self, path: FilePath, spelling: PathBuf, kind: &io::Result<FileType>) {
        match self.filter.judge_in_folder(&path) {
            Verdict::Passing => return,
            Verdict::Ignored => return self.skip(&spelling, SkipReason::Ignored),
            Verdict::Sent => {}
        }
        match kind {
            Ok(kind) if kind.is_dir() => self.folders.push(Place { path: Some(path), spelling }),
            Ok(kind) if kind.is_file() => match self.root.join(&spelling).symlink_metadata() {
                Ok(metadata) => self.listing.files.push((path, Stat::of(&metadata))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => self.skip(&spelling, SkipReason::Unreadable),
            },
            Ok(_) => self.skip(&spelling, SkipReason::Link),
            Err(_) => self.skip(&spelling, SkipReason::Unreadable),
        }
    }

    fn skip(&mut self, spelling: &Path, reason: SkipReason) {
        let shown = spelling.to_string_lossy().replace('\\', SEPARATOR);
        self.listing.skipped.push((shown, reason));
    }
}

/// What a backslash in a shown name means: a part of it, except where it separates.
const SEPARATOR: &str = if std::path::MAIN_SEPARATOR == '\\' { "/" } else { "\\" };

fn is_plain(name: &OsString) -> bool {
    name.to_str().is_some_and(is_nfc)
}

/// The path on the wire of a name in a folder: NFC, or `None` when it cannot travel.
#[must_use]
pub fn wire_path(folder: Option<&FilePath>, name: &std::ffi::OsStr) -> Option<FilePath> {
    let name = name.to_str()?;
    let name: std::borrow::Cow<'_, str> =
        if is_nfc(name) { name.into() } else { name.nfc().collect::<String>().into() };
    let path = match folder {
        Some(folder) => format!("{folder}/{name}"),
        None => name.into_owned(),
    };
    path.parse().ok()
}

/// Which of these paths are really there, by exactly this name: a file system that ignores case
/// says yes to `readme.md` when asked for it, but lists `README.md`.
#[must_use]
pub fn present(root: &Path, paths: &[FilePath], filter: &Filter) -> HashSet<FilePath> {
    let wanted: HashSet<&FilePath> = paths.iter().collect();
    let folders: HashSet<Option<FilePath>> = paths.iter().map(FilePath::parent).collect();
    let mut found = HashSet::new();
    for folder in folders {
        let Ok(spelling) =
            folder.as_ref().map_or(Ok(PathBuf::new()), |path| look::spell(root, path))
        else {
            continue;
        };
        let Ok(entries) = std::fs::read_dir(root.join(spelling)) else { continue };
        for entry in entries.filter_map(Result::ok) {
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if let Some(path) = wire_path(folder.as_ref(), &entry.file_name())
                && is_file
                && wanted.contains(&path)
                && filter.judge(&path) == Verdict::Sent
            {
                found.insert(path);
            }
        }
    }
    found
}
