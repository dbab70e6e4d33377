//! Looks at one path: what is there, and the hash of its bytes if it is sent.
//!
//! It blocks. How bytes are read is in `read`; what follows from a look is decided in `picture`.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::SkipReason;
use unicode_normalization::UnicodeNormalization;

use super::filter::{Filter, Verdict};
use super::{LocalFile, read};
use crate::platform::file_stat::Stat;

/// How often one look reads a file that changes under it, before it is left for the next round.
const READS_MAX: usize = 3;

/// What is known of a file that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Hash of its exact bytes.
    pub hash: ContentHash,
    /// What the file system said when they were read.
    pub stat: Stat,
    /// The file was so fresh when it was read that an equal stat proves nothing.
    pub racy: bool,
}

impl Known {
    /// Whether a file with this stat still has the same bytes, as far as a stat can tell.
    #[must_use]
    pub fn still(&self, stat: &Stat) -> bool {
        !self.racy && self.stat == *stat
    }

    /// What is told of it.
    #[must_use]
    pub fn local(&self) -> LocalFile {
        LocalFile {
            hash: self.hash,
            size: self.stat.size,
            mtime: Timestamp::from_unix_ms(self.stat.mtime_ns.div_euclid(1_000_000)),
        }
    }
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A file that is sent.
    File(Known),
    /// A folder: its content has to be listed.
    Folder,
    /// Nothing.
    Absent,
    /// Something that is not sent.
    Skipped(SkipKind),
    /// It changed each time it was read: look again soon.
    Changing,
}

/// Why a look skips; a small copy of the reasons of [`SkipReason`] that a look can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipKind {
    /// Larger than the limit.
    TooLarge,
    /// NUL bytes in what is no image.
    Binary,
    /// Hidden, or matched by the config.
    Ignored,
    /// An editor's or our own: not listed.
    Passing,
    /// A link, a pipe, a device.
    Link,
    /// No permission, or a read error.
    Unreadable,
}

impl SkipKind {
    /// The reason that is listed; `None` for what is passed over in silence.
    #[must_use]
    pub fn reason(self) -> Option<SkipReason> {
        match self {
            Self::TooLarge => Some(SkipReason::TooLarge),
            Self::Binary => Some(SkipReason::Binary),
            Self::Ignored => Some(SkipReason::Ignored),
            Self::Link => Some(SkipReason::Link),
            Self::Unreadable => Some(SkipReason::Unreadable),
            Self::Passing => None,
        }
    }
}

/// Looks at one path below the canonical folder `root`.
#[must_use]
pub fn look(root: &Path, path: &FilePath, filter: &Filter) -> Look {
    match filter.judge(path) {
        Verdict::Sent => {}
        Verdict::Ignored if root.join(path.as_str()).symlink_metadata().is_err() => {
            return Look::Absent;
        }
        Verdict::Ignored => return Look::Skipped(SkipKind::Ignored),
        Verdict::Passing => return Look::Skipped(SkipKind::Passing),
    }
    let mut spelling = PathBuf::from(path.as_str());
    for _ in 0..READS_MAX {
        let metadata = match stat_spelled(root, path, &mut spelling) {
            Ok(metadata) => metadata,
            Err(error) => return of_error(&error),
        };
        if metadata.is_dir() {
            return Look::Folder;
        }
        if !metadata.is_file() {
            return Look::Skipped(SkipKind::Link);
        }
        if metadata.len() > filter.file_max_bytes {
            return Look::Skipped(SkipKind::TooLarge);
        }
        match read::hash(root, &spelling, filter.file_max_bytes, is_image(path)) {
            Ok(Some(look)) => return look,
            Ok(None) => {}
            Err(error) => return of_error(&error),
        }
    }
    Look::Changing
}

fn of_error(error: &io::Error) -> Look {
    match error.kind() {
        // A folder on the way that is a file now: the path is gone as well.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Look::Absent,
        _ => Look::Skipped(SkipKind::Unreadable),
    }
}

/// The file's own stat, never that of what it links to; `spelling` becomes the name on the disk.
pub(super) fn stat_spelled(
    root: &Path,
    path: &FilePath,
    spelling: &mut PathBuf,
) -> io::Result<Metadata> {
    match root.join(&*spelling).symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.as_str().is_ascii() => {
            *spelling = spell(root, path)?;
            root.join(&*spelling).symlink_metadata()
        }
        answer => answer,
    }
}

/// The name on the disk of a path whose NFC form is no file's name: macOS editors and archives
/// leave decomposed names behind.
pub(super) fn spell(root: &Path, path: &FilePath) -> io::Result<PathBuf> {
    let mut spelling = PathBuf::new();
    for wanted in path.as_str().split('/') {
        let direct = spelling.join(wanted);
        if wanted.is_ascii() || root.join(&direct).symlink_metadata().is_ok() {
            spelling = direct;
            continue;
        }
        let found = std::fs::read_dir(root.join(&spelling))?
            .filter_map(|entry| Some(entry.ok()?.file_name()))
            .find(|name| name.to_str().is_some_and(|name| name.nfc().eq(wanted.chars())))
            .ok_or(io::ErrorKind::NotFound)?;
        spelling.push(found);
    }
    Ok(spelling)
}

/// Pictures are sent although they are not text; by name, as a browser would choose.
fn is_image(path: &FilePath) -> bool {
    const IMAGES: [&str; 6] = ["png", "jpg", "jpeg", "webp", "gif", "svg"];
    path.file_name().rsplit_once('.').is_some_and(|(_, extension)| {
        IMAGES.iter().any(|image| extension.eq_ignore_ascii_case(image))
    })
}
