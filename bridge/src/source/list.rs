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

use super::disk;
use super::filter::{Filter, Verdict};
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
    let mut listing = Listing::default();
    let spelling = scope.map_or(Ok(PathBuf::new()), |scope| disk::spell(root, scope))?;
    let mut folders = Vec::new();
    list_folder(
        root,
        Place { path: scope.cloned(), spelling },
        filter,
        &mut listing,
        &mut folders,
    )?;
    while let Some(folder) = folders.pop() {
        let name = folder.spelling.to_string_lossy().into_owned();
        match list_folder(root, folder, filter, &mut listing, &mut folders) {
            // Gone since its parent was read: as good as never there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => listing.skipped.push((name, SkipReason::Unreadable)),
            Ok(()) => {}
        }
        if listing.files.len() > FILES_PER_PROJECT_MAX {
            return Err(ListError::TooMany);
        }
    }
    Ok(listing)
}

/// A folder or file: its path on the wire (`None` for the specs folder) and its name on the disk.
struct Place {
    path: Option<FilePath>,
    spelling: PathBuf,
}

fn list_folder(
    root: &Path,
    folder: Place,
    filter: &Filter,
    listing: &mut Listing,
    folders: &mut Vec<Place>,
) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root.join(&folder.spelling))? {
        let entry = entry?;
        names.push((entry.file_name(), entry.file_type()));
    }
    if let Some(path) = &folder.path {
        listing.folders.push(path.clone());
    }
    // A name that is NFC already comes before its twins, so that it is the one that is kept.
    names.sort_by_key(|(name, _)| (!is_plain(name), name.clone()));
    let mut taken = HashSet::new();
    for (name, kind) in names {
        let spelling = folder.spelling.join(&name);
        let shown = spelling.to_string_lossy().into_owned();
        let Some(path) = wire_path(folder.path.as_ref(), &name) else {
            listing.skipped.push((shown, SkipReason::BadName));
            continue;
        };
        if !path.as_str().is_ascii() && !taken.insert(path.clone()) {
            listing.skipped.push((shown, SkipReason::BadName));
            continue;
        }
        match filter.judge_in_folder(&path) {
            Verdict::Passing => {}
            Verdict::Ignored => listing.skipped.push((shown, SkipReason::Ignored)),
            Verdict::Sent => {
                add(root, Place { path: Some(path), spelling }, kind, listing, folders)
            }
        }
    }
    Ok(())
}

fn add(
    root: &Path,
    place: Place,
    kind: io::Result<FileType>,
    listing: &mut Listing,
    folders: &mut Vec<Place>,
) {
    let Some(path) = place.path.clone() else { return };
    match kind {
        Ok(kind) if kind.is_dir() => folders.push(place),
        Ok(kind) if kind.is_file() => match root.join(&place.spelling).symlink_metadata() {
            Ok(metadata) => listing.files.push((path, Stat::of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => listing.skipped.push((path.as_str().to_owned(), SkipReason::Unreadable)),
        },
        Ok(_) => listing.skipped.push((path.as_str().to_owned(), SkipReason::Link)),
        Err(_) => listing.skipped.push((path.as_str().to_owned(), SkipReason::Unreadable)),
    }
}

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
            folder.as_ref().map_or(Ok(PathBuf::new()), |path| disk::spell(root, path))
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
