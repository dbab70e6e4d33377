//! The journal's file: appended and flushed, never changed in place.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::record::{self, Record};
use crate::apply::steps::{Step, Steps};
use crate::platform::private;

const NAME: &str = "journal.jsonl";

/// The open file.
#[derive(Debug)]
pub(super) struct JournalFile {
    folder: PathBuf,
    file: File,
    /// Bytes that were written; the next lines begin there.
    length: u64,
    /// Some of them were not flushed.
    unflushed: bool,
    /// How often all that was written came to last.
    flushes: u64,
    /// An append failed: what the disk holds after `length` is not known, and an operating system
    /// that could not flush once may forget that it did not. The next append writes a new file.
    doubtful: bool,
    steps: Steps,
}

impl JournalFile {
    /// Opens the journal in `folder`, cuts a torn end and sets a damaged one aside.
    pub(super) fn open(folder: &Path, steps: Steps) -> io::Result<(Self, Vec<(Record, u64)>)> {
        let path = folder.join(NAME);
        let mut file = private::options().read(true).open(&path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let found = record::read(&text);
        if found.damaged {
            let aside = set_aside(folder, &text)?;
            log::warn!(
                "the journal {} is damaged: {} entries could be read and are kept; the damaged \
                 file is kept as {}",
                path.display(),
                found.records.len(),
                aside.display()
            );
        } else if found.sound_bytes < text.len() as u64 {
            file.set_len(found.sound_bytes)?;
            file.sync_data()?;
        }
        // A journal that was just made must not vanish with the power.
        private::flush_folder(folder)?;
        let length = found.sound_bytes;
        let doubtful = found.damaged;
        let folder = folder.to_owned();
        Ok((
            Self { folder, file, length, unflushed: false, flushes: 0, doubtful, steps },
            found.records,
        ))
    }

    /// Whether the next lines need a file written anew.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// Whether all that was written survives a power loss.
    pub(super) fn is_flushed(&self) -> bool {
        !self.unflushed && !self.doubtful
    }

    /// Grows whenever all that was written came to last.
    pub(super) fn flushes(&self) -> u64 {
        self.flushes
    }

    /// Appends lines in one write. With `flush` they survive a power loss when this returns;
    /// without, a kill.
    pub(super) fn append(&mut self, lines: &str, flush: bool) -> io::Result<()> {
        let written = self.try_append(lines, flush);
        match written {
            Ok(()) => self.length += lines.len() as u64,
            Err(_) => self.doubtful = true,
        }
        written
    }

    fn try_append(&mut self, lines: &str, flush: bool) -> io::Result<()> {
        self.steps.before(Step::JournalWrite)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(lines.as_bytes())?;
        self.unflushed = true;
        if flush { self.flush() } else { Ok(()) }
    }

    /// Makes what was appended survive a power loss.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if !self.unflushed {
            return Ok(());
        }
        let flushed = self.steps.before(Step::JournalFlush).and_then(|()| self.file.sync_data());
        self.unflushed = flushed.is_err();
        self.doubtful |= flushed.is_err();
        self.flushes += u64::from(flushed.is_ok());
        flushed
    }

    /// Writes a whole new journal beside the old one, flushes it and puts it in its place.
    pub(super) fn rewrite(&mut self, lines: &str) -> io::Result<()> {
        self.steps.before(Step::JournalRewrite)?;
        let (path, side) = (self.folder.join(NAME), self.folder.join("journal.new"));
        let mut file = private::options().truncate(true).read(true).open(&side)?;
        private::restrict(&file)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&side, &path)?;
        private::flush_folder(&self.folder)?;
        self.file = file;
        self.length = lines.len() as u64;
        (self.unflushed, self.doubtful) = (false, false);
        self.flushes += 1;
        Ok(())
    }
}

fn set_aside(folder: &Path, text: &[u8]) -> io::Result<PathBuf> {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let path = folder.join(format!("journal.damaged-{ms}.jsonl"));
    let mut file = private::options().truncate(true).open(&path)?;
    file.write_all(text)?;
    file.sync_all()?;
    Ok(path)
}
