//! The records of the shadow's file: plain bytes, one after the other, appended and never changed.
//!
//! ```text
//! put      'P' path hash raw_len frame_len frame     the relay holds this content
//! name     'N' path                                  the relay knows the name, without content
//! delete   'D' path
//! spec     'S' path          gone 'G' path
//! commit   'C' rev state_hash summary_version        all of the above, up to here, is acknowledged
//! ```
//!
//! Numbers are little-endian. What follows the last commit was cut by a kill and counts for
//! nothing; the check sum in the commit covers every path and hash before it.

use std::io::{self, Read, Seek, SeekFrom, Write};

use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::path::{FilePath, PATH_MAX_BYTES};

/// The first bytes of the file: what it is and which version.
pub const MAGIC: [u8; 8] = *b"lsbshdw1";

/// Where a compressed content stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From the file's start.
    pub offset: u64,
    /// Bytes of the frame; 0 = the content was not kept.
    pub frame_len: u32,
    /// Bytes of the content.
    pub raw_len: u32,
}

/// One record, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The relay holds this content.
    Put(FilePath, ContentHash, Place),
    /// The relay knows the name, without content.
    Name(FilePath),
    /// The relay dropped it.
    Delete(FilePath),
    /// The relay knows this spec.
    Spec(FilePath),
    /// The relay dropped this spec.
    SpecGone(FilePath),
    /// All before is acknowledged.
    Commit {
        /// The relay's revision.
        rev: u64,
        /// Check sum of the contents it holds.
        state_hash: StateHash,
        /// Version of the parser whose summaries it holds.
        summary_version: u32,
    },
}

fn write_path(out: &mut impl Write, kind: u8, path: &FilePath) -> io::Result<()> {
    let bytes = path.as_str().as_bytes();
    let len = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&[kind])?;
    out.write_all(&len.to_le_bytes())?;
    out.write_all(bytes)
}

/// Writes a put and returns how many bytes stand before its frame.
///
/// # Errors
/// When the file cannot be written.
pub fn write_put(
    out: &mut impl Write,
    path: &FilePath,
    hash: &ContentHash,
    raw_len: u32,
    frame: &[u8],
) -> io::Result<u64> {
    write_path(out, b'P', path)?;
    out.write_all(hash.as_bytes())?;
    out.write_all(&raw_len.to_le_bytes())?;
    out.write_all(&u32::try_from(frame.len()).map_err(io::Error::other)?.to_le_bytes())?;
    out.write_all(frame)?;
    Ok(3 + path.as_str().len() as u64 + 32 + 8)
}

/// Writes any record but a put.
///
/// # Errors
/// When the file cannot be written.
pub fn write(out: &mut impl Write, record: &Record) -> io::Result<()> {
    match record {
        Record::Put(..) => Err(io::Error::other("a put is written with its frame")),
        Record::Name(path) => write_path(out, b'N', path),
        Record::Delete(path) => write_path(out, b'D', path),
        Record::Spec(path) => write_path(out, b'S', path),
        Record::SpecGone(path) => write_path(out, b'G', path),
        Record::Commit { rev, state_hash, summary_version } => {
            out.write_all(b"C")?;
            out.write_all(&rev.to_le_bytes())?;
            out.write_all(state_hash.to_string().as_bytes())?;
            out.write_all(&summary_version.to_le_bytes())
        }
    }
}

/// Reads records one after the other, passing over the frames.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    at: u64,
    len: u64,
}

impl<R: Read + Seek> Reader<R> {
    /// A reader of `len` bytes; `None` when they do not begin as they should.
    #[must_use]
    pub fn start(mut from: R, len: u64) -> Option<Self> {
        let mut magic = [0; 8];
        from.read_exact(&mut magic).ok()?;
        (magic == MAGIC).then_some(Self { from, at: magic.len() as u64, len })
    }

    /// How far it has read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.at
    }

    /// The next record; `None` at the end, and where something is cut or is no record.
    pub fn read(&mut self) -> Option<Record> {
        let [kind] = self.bytes()?;
        if kind == b'C' {
            let rev = u64::from_le_bytes(self.bytes()?);
            let hex: [u8; 64] = self.bytes()?;
            let state_hash = std::str::from_utf8(&hex).ok()?.parse().ok()?;
            let summary_version = u32::from_le_bytes(self.bytes()?);
            return Some(Record::Commit { rev, state_hash, summary_version });
        }
        let path = self.path()?;
        match kind {
            b'P' => {
                let hash = ContentHash::from_bytes(self.bytes()?);
                let raw_len = u32::from_le_bytes(self.bytes()?);
                let frame_len = u32::from_le_bytes(self.bytes()?);
                let place = Place { offset: self.at, frame_len, raw_len };
                self.pass_over(u64::from(frame_len))?;
                Some(Record::Put(path, hash, place))
            }
            b'N' => Some(Record::Name(path)),
            b'D' => Some(Record::Delete(path)),
            b'S' => Some(Record::Spec(path)),
            b'G' => Some(Record::SpecGone(path)),
            _ => None,
        }
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes).ok()?;
        self.at += N as u64;
        Some(bytes)
    }

    fn path(&mut self) -> Option<FilePath> {
        let len = usize::from(u16::from_le_bytes(self.bytes()?));
        if len > PATH_MAX_BYTES {
            return None;
        }
        let mut bytes = vec![0; len];
        self.from.read_exact(&mut bytes).ok()?;
        self.at += len as u64;
        String::from_utf8(bytes).ok()?.try_into().ok()
    }

    fn pass_over(&mut self, len: u64) -> Option<()> {
        // Seeking beyond the end is no error to the system, so the end is checked here.
        if self.at + len > self.len {
            return None;
        }
        self.from.seek(SeekFrom::Current(i64::try_from(len).ok()?)).ok()?;
        self.at += len;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut all = MAGIC.to_vec();
            all.extend(bytes);
            let len = all.len() as u64;
            let mut reader = Reader::start(Cursor::new(all), len).expect("begins well");
            while reader.read().is_some() {}
            prop_assert!(reader.position() <= len);
        }
    }
}
