//! Reads one file whole: stat, read, stat again. The only place that opens specs.
//!
//! It blocks. Hashing needs one small buffer; only reading for sending holds a file in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::BODY_MAX_DECOMPRESSED_BYTES;
use leanspec_shared::path::FilePath;

use super::ReadError;
use super::look::{Known, Look, SkipKind, stat_spelled};
use crate::platform::file_stat::Stat;
use crate::platform::{confined, read_ahead};

/// A stat is believed only when the file was at rest for this long before it was read, in
/// nanoseconds: the coarsest file systems (FAT) count in steps of two seconds, so a second write
/// within a step leaves the same stat.
const RACY_NS: i64 = 2_500_000_000;

/// What one look needs at a time: bounds the memory of hashing, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// Hashes the file at `root/spelling`; `None` when it changed meanwhile. `nul_allowed`: it is no
/// text by its name.
///
/// # Errors
/// When it cannot be opened without following a link, or not be read.
pub fn hash(
    root: &Path,
    spelling: &Path,
    max_bytes: u64,
    nul_allowed: bool,
) -> io::Result<Option<Look>> {
    read_whole(root, spelling, max_bytes, &mut Hashing::new(nul_allowed))
}

/// Has the disk fetch the files that are read next, all of them while the first is still on its
/// way. A scan of files that the system has long forgotten then waits for the disk a few times,
/// not once for each. Nothing is read, and whatever cannot be opened shows when it is looked at.
pub fn fetch_ahead<'a>(root: &Path, paths: impl IntoIterator<Item = &'a FilePath>) {
    for path in paths {
        if let Ok(file) = confined::open(root, Path::new(path.as_str())) {
            read_ahead::soon(&file);
        }
    }
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
