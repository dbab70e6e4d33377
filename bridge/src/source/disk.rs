//! Looks at one path: what is there, and the hash of its bytes. The only place that opens specs.
//!
//! Everything here blocks and holds no file in memory while it hashes. What follows from a look
//! is decided in `picture`.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::BODY_MAX_DECOMPRESSED_BYTES;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::SkipReason;
use unicode_normalization::UnicodeNormalization;

use super::filter::{Filter, Verdict};
use super::{LocalFile, ReadError};
use crate::platform::confined;
use crate::platform::file_stat::Stat;

/// A stat is believed only when the file was at rest for this long before it was read, in
/// nanoseconds: the coarsest file systems (FAT) count in steps of two seconds, so a second write
/// within a step leaves the same stat.
const RACY_NS: i64 = 2_500_000_000;

/// How often one look reads a file that changes under it, before it is left for the next round.
const READS_MAX: usize = 3;

/// What one look needs at a time: bounds the memory of hashing, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

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
        match read_whole(root, &spelling, filter.file_max_bytes, &mut Hashing::new(is_image(path)))
        {
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
fn stat_spelled(root: &Path, path: &FilePath, spelling: &mut PathBuf) -> io::Result<Metadata> {
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

/// Stat, read, stat again: `None` when the two differ, since a mixture of two versions may have
/// been read.
fn read_whole(
    root: &Path,
    spelling: &Path,
    max_bytes: u64,
    sink: &mut impl Sink,
) -> io::Result<Option<Look>> {
    let started_ns = unix_ns(SystemTime::now());
    let mut file = confined::open(root, spelling)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Ok(Some(Look::Skipped(SkipKind::Link)));
    }
    let size = drain(&mut file, max_bytes, sink)?;
    if size > max_bytes {
        return Ok(Some(Look::Skipped(SkipKind::TooLarge)));
    }
    let stat = Stat::of(&before);
    let after = Stat::of(&file.metadata()?);
    let at_path = root.join(spelling).symlink_metadata().map(|now| Stat::of(&now));
    if stat != after || size != stat.size || at_path.ok() != Some(stat) {
        return Ok(None);
    }
    Ok(Some(match sink.finish() {
        Some(hash) => {
            let rest = started_ns.saturating_sub(stat.mtime_ns.max(stat.ctime_ns));
            Look::File(Known { hash, stat, racy: rest < RACY_NS })
        }
        None => Look::Skipped(SkipKind::Binary),
    }))
}

fn unix_ns(moment: SystemTime) -> i64 {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

fn drain(file: &mut File, max_bytes: u64, sink: &mut impl Sink) -> io::Result<u64> {
    let mut buffer = [0; BUFFER_BYTES];
    let mut size = 0;
    let mut bounded = file.take(max_bytes + 1);
    loop {
        match bounded.read(&mut buffer) {
            Ok(0) => return Ok(size),
            Ok(count) => {
                sink.take(&buffer[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Where bytes go as they are read.
trait Sink {
    fn take(&mut self, bytes: &[u8]);
    /// The hash of all of them; `None` for what is neither text nor an image.
    fn finish(&mut self) -> Option<ContentHash>;
}

struct Hashing {
    context: ring::digest::Context,
    nul_allowed: bool,
    nul_seen: bool,
}

impl Hashing {
    fn new(nul_allowed: bool) -> Self {
        let context = ring::digest::Context::new(&ring::digest::SHA256);
        Self { context, nul_allowed, nul_seen: false }
    }
}

impl Sink for Hashing {
    fn take(&mut self, bytes: &[u8]) {
        self.nul_seen |= bytes.contains(&0);
        self.context.update(bytes);
    }

    fn finish(&mut self) -> Option<ContentHash> {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.context.clone().finish().as_ref());
        (self.nul_allowed || !self.nul_seen).then(|| ContentHash::from_bytes(hash))
    }
}

/// Keeps the bytes, for sending.
struct Keeping(Vec<u8>);

impl Sink for Keeping {
    fn take(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&mut self) -> Option<ContentHash> {
        Some(ContentHash::of(&self.0))
    }
}

/// Reads one file's exact bytes for sending, below `specs` only and never through a link.
///
/// # Errors
/// [`ReadError::Changed`] when the bytes are not, or not any more, those of `expected`.
pub fn read_file(
    specs: &Path,
    path: &FilePath,
    expected: &ContentHash,
) -> Result<Vec<u8>, ReadError> {
    let mut spelling = PathBuf::from(path.as_str());
    let size = stat_spelled(specs, path, &mut spelling)?.len();
    // What was hashed was within the limit of the config; a file beyond every limit has changed.
    if size > BODY_MAX_DECOMPRESSED_BYTES as u64 {
        return Err(ReadError::Changed);
    }
    let mut bytes = Keeping(Vec::with_capacity(usize::try_from(size).unwrap_or(0)));
    match read_whole(specs, &spelling, size, &mut bytes)? {
        Some(Look::File(known)) if known.hash == *expected => Ok(bytes.0),
        _ => Err(ReadError::Changed),
    }
}
