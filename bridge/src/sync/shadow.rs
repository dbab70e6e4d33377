//! What the relay acknowledged, kept over restarts: names, hashes and compressed contents of one
//! project, in one file that is only appended to and now and then written anew.
//!
//! The contents serve as dictionaries for small changes, and later for the differences of
//! conflicts. Nothing is flushed to the disk: after a power loss the worst is a manifest, since
//! every commit is checked by its sum and every content by its hash.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::path::FilePath;

use crate::platform::private;
use crate::sync::acked::Acked;

use crate::sync::shadow_log::{self as records, Place, Reader, Record};
use crate::sync::step::Sent;
use crate::uplink::encode;

const FILE: &str = "shadow.log";
/// Contents above this size are not kept, in bytes: images, mostly, which change as a whole.
const CONTENT_MAX_BYTES: usize = 256 * 1024;
/// The file's size above which no further content is kept, in bytes.
const FILE_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// What the file may grow by beyond twice its live part before it is written anew, in bytes.
const SLACK_BYTES: u64 = 1024 * 1024;

/// A content, compressed for the shadow.
#[derive(Debug, Clone)]
pub struct Frame {
    hash: ContentHash,
    raw_len: u32,
    bytes: Vec<u8>,
}

impl Frame {
    /// Compresses a content; large ones are remembered by their hash alone.
    ///
    /// # Errors
    /// When memory is short.
    pub fn of(hash: ContentHash, content: &[u8]) -> io::Result<Self> {
        let kept = content.len() <= CONTENT_MAX_BYTES;
        let bytes = if kept { encode::shadow_frame(content)? } else { Vec::new() };
        let raw_len = u32::try_from(content.len()).map_err(io::Error::other)?;
        Ok(Self { hash, raw_len, bytes })
    }
}

/// The shadow of one project.
#[derive(Debug)]
pub struct Shadow {
    path: PathBuf,
    file: Option<File>,
    len: u64,
    /// The file's length when it was last written anew.
    live: u64,
    frames: HashMap<ContentHash, Place>,
    /// Revision and check sum of the last commit.
    last: Option<(u64, StateHash)>,
}

impl Shadow {
    /// Opens the shadow in a project's state folder, and what it remembers. A damaged one counts
    /// as empty: the relay then tells by a manifest what it lacks.
    #[must_use]
    pub fn open(folder: &Path) -> (Self, Acked) {
        let path = folder.join(FILE);
        let mut shadow =
            Self { path, file: None, len: 0, live: 0, frames: HashMap::new(), last: None };
        let acked = shadow.load().unwrap_or_else(|| {
            shadow.frames = HashMap::new();
            shadow.file = None;
            Acked::default()
        });
        (shadow, acked)
    }

    fn load(&mut self) -> Option<Acked> {
        let file = OpenOptions::new().read(true).write(true).open(&self.path).ok()?;
        private::restrict(&file).ok()?;
        let len = file.metadata().ok()?.len();
        let mut reader = Reader::start(BufReader::new(file.try_clone().ok()?), len)?;
        let (mut acked, mut committed) = (Acked::default(), None);
        let mut since = Vec::new();
        while let Some(record) = reader.read() {
            let Record::Commit { rev, state_hash, summary_version } = record else {
                since.push(record);
                continue;
            };
            for record in since.drain(..) {
                self.apply(&mut acked, record);
            }
            acked.rev = rev;
            acked.summary_version = summary_version;
            committed = Some((reader.position(), state_hash));
        }
        let (end, state_hash) = committed?;
        if acked.state_hash() != state_hash {
            log::debug!("{} does not add up; starting without it", self.path.display());
            return None;
        }
        file.set_len(end).ok()?;
        (self.len, self.live, self.file) = (end, end / 2, Some(file));
        self.last = Some((acked.rev, state_hash));
        Some(acked)
    }

    fn apply(&mut self, acked: &mut Acked, record: Record) {
        match record {
            Record::Put(path, hash, place) => {
                if place.frame_len > 0 {
                    self.frames.insert(hash, place);
                }
                acked.put(path, Some(hash));
            }
            Record::Name(path) => acked.put(path, None),
            Record::Delete(path) => acked.remove(&path),
            Record::Spec(path) => {
                acked.specs.insert(path);
            }
            Record::SpecGone(path) => {
                acked.specs.remove(&path);
            }
            Record::Commit { .. } => {}
        }
    }

    /// A content that was acknowledged, if it was kept and is whole.
    #[must_use]
    pub fn content(&self, hash: &ContentHash) -> Option<Vec<u8>> {
        let place = self.frames.get(hash)?;
        let frame = self.frame(place).ok()?;
        let content = encode::shadow_content(&frame, place.raw_len as usize).ok()?;
        (ContentHash::of(&content) == *hash).then_some(content)
    }

    fn frame(&self, place: &Place) -> io::Result<Vec<u8>> {
        let mut file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(place.offset))?;
        let mut frame = vec![0; place.frame_len as usize];
        file.read_exact(&mut frame)?;
        Ok(frame)
    }

    /// Notes what the relay took with one changes body. `acked` is what it holds now.
    ///
    /// # Errors
    /// When the file cannot be written; the caller goes on without, at the cost of a manifest
    /// after the next restart.
    pub fn append(&mut self, sent: &Sent, frames: &[Frame], acked: &Acked) -> io::Result<()> {
        if self.file.is_none() || self.len > 2 * self.live + SLACK_BYTES {
            self.rewrite(acked, frames)?;
            return Ok(());
        }
        let mut bytes = Vec::new();
        let mut places = Vec::new();
        for (path, hash) in &sent.puts {
            let frame = frames.iter().find(|frame| frame.hash == *hash);
            self.put(&mut bytes, &mut places, path, hash, frame)?;
        }
        let names = sent.deletes.iter().cloned().map(Record::Delete);
        let specs = sent.specs.iter().map(|spec| Record::Spec(spec.path.clone()));
        let gone = sent.specs_gone.iter().map(|spec| Record::SpecGone(spec.path.clone()));
        for record in names.chain(specs).chain(gone).chain([commit(acked)]) {
            records::write(&mut bytes, &record)?;
        }
        self.write_at_end(&bytes)?;
        self.frames.extend(places);
        self.last = Some((acked.rev, acked.state_hash()));
        Ok(())
    }

    fn put(
        &self,
        bytes: &mut Vec<u8>,
        places: &mut Vec<(ContentHash, Place)>,
        path: &FilePath,
        hash: &ContentHash,
        frame: Option<&Frame>,
    ) -> io::Result<()> {
        let start = self.len + bytes.len() as u64;
        let room = start < FILE_MAX_BYTES;
        let (raw_len, frame) = match frame.filter(|_| room) {
            Some(frame) => (frame.raw_len, frame.bytes.as_slice()),
            None => (0, &[][..]),
        };
        let before = records::write_put(bytes, path, hash, raw_len, frame)?;
        if !frame.is_empty() {
            let frame_len = u32::try_from(frame.len()).map_err(io::Error::other)?;
            places.push((*hash, Place { offset: start + before, frame_len, raw_len }));
        }
        Ok(())
    }

    fn write_at_end(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(self.len))?;
        file.write_all(bytes)?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Notes that a manifest is about to be sent. Should this process not live to hear the answer,
    /// the next one knows that the relay may hold names that it does not remember.
    ///
    /// # Errors
    /// See [`Shadow::append`].
    pub fn doubt(&mut self) -> io::Result<()> {
        let Some((rev, state_hash)) = self.last.filter(|_| self.file.is_some()) else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        records::write(&mut bytes, &Record::Commit { rev, state_hash, summary_version: 0 })?;
        self.write_at_end(&bytes)
    }

    /// Writes the file anew: what the relay holds now, with the contents that are at hand.
    ///
    /// # Errors
    /// See [`Shadow::append`].
    pub fn rewrite(&mut self, acked: &Acked, fresh: &[Frame]) -> io::Result<()> {
        let side = self.path.with_extension("log.new");
        let file = private::options().read(true).truncate(true).open(&side)?;
        let mut out = BufWriter::new(&file);
        out.write_all(&records::MAGIC)?;
        let mut at = records::MAGIC.len() as u64;
        let mut places = HashMap::new();
        for (path, hash) in acked.files() {
            let mut bytes = Vec::new();
            match hash {
                None => records::write(&mut bytes, &Record::Name(path.clone()))?,
                Some(hash) => self.copy_put(&mut bytes, at, path, hash, fresh, &mut places)?,
            }
            out.write_all(&bytes)?;
            at += bytes.len() as u64;
        }
        let mut bytes = Vec::new();
        for spec in &acked.specs {
            records::write(&mut bytes, &Record::Spec(spec.clone()))?;
        }
        records::write(&mut bytes, &commit(acked))?;
        out.write_all(&bytes)?;
        out.flush()?;
        drop(out);
        at += bytes.len() as u64;
        std::fs::rename(&side, &self.path)?;
        (self.file, self.len, self.live, self.frames) = (Some(file), at, at, places);
        self.last = Some((acked.rev, acked.state_hash()));
        Ok(())
    }

    fn copy_put(
        &self,
        bytes: &mut Vec<u8>,
        at: u64,
        path: &FilePath,
        hash: &ContentHash,
        fresh: &[Frame],
        places: &mut HashMap<ContentHash, Place>,
    ) -> io::Result<()> {
        let known = places.contains_key(hash) || at > FILE_MAX_BYTES;
        let kept = |place: &Place| Some((place.raw_len, self.frame(place).ok()?));
        let from_fresh =
            || fresh.iter().find(|f| f.hash == *hash).map(|f| (f.raw_len, f.bytes.clone()));
        let found = match known {
            true => None,
            false => from_fresh().or_else(|| self.frames.get(hash).and_then(kept)),
        };
        let (raw_len, frame) = found.unwrap_or_default();
        let before = records::write_put(bytes, path, hash, raw_len, &frame)?;
        if !frame.is_empty() {
            let frame_len = u32::try_from(frame.len()).map_err(io::Error::other)?;
            places.insert(*hash, Place { offset: at + before, frame_len, raw_len });
        }
        Ok(())
    }
}

fn commit(acked: &Acked) -> Record {
    Record::Commit {
        rev: acked.rev,
        state_hash: acked.state_hash(),
        summary_version: acked.summary_version,
    }
}

#[cfg(test)]
#[path = "shadow_tests.rs"]
mod tests;
