//! One file's bytes are replaced: if they are what the user saw, and without losing what somebody
//! saves in that moment.
//!
//! Reading, comparing and then renaming would overwrite a save in between. Here target and new file
//! exchange their names, and what comes out is read: had somebody saved, it is put back.

use std::ffi::OsStr;
use std::fs::File;
use std::io;

use leanspec_shared::command::{Reason, Report};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

use super::after_life::AfterLife;
use super::journal::{Effect, Journal, Lasts};
use super::place::{Identity, Place, hash_of};
use super::put_back::PutBack;
use super::steps::Step;
use super::{ExchangeSupport, Refused, Shop, Trouble, names};
use crate::platform::exchange;

/// One file's new bytes.
#[derive(Debug, Clone, Copy)]
pub struct Replacement<'a> {
    /// The command.
    pub command: &'a CommandId,
    /// The file.
    pub path: &'a FilePath,
    /// What it must have now.
    pub base: ContentHash,
    /// What it gets.
    pub bytes: &'a [u8],
    /// What is journalled as the outcome when it is done.
    pub report: &'a Report,
    /// When that survives a power loss.
    pub lasts: Lasts,
}

/// What became of it.
#[derive(Debug)]
pub enum Replaced {
    /// It is done, flushed and journalled; whether that is flushed as well, the journal says. The
    /// displaced file should be looked at again after [`AfterLife::LENGTH`], and not before the
    /// outcome is flushed; absent where the file had these bytes already.
    Applied(Option<AfterLife>),
    /// The file is not what the user saw; it is as it was.
    Conflict {
        /// What it is.
        current: Vec<u8>,
    },
    /// It could not be done; the file is as it was, or as somebody else saved it.
    Failed(Trouble),
}

impl From<Trouble> for Replaced {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(trouble)
    }
}

impl Shop {
    /// Replaces a file's bytes. Only `Applied` is journalled as an outcome, here; every other is
    /// for the caller to conclude, or to try again.
    pub fn replace(&self, journal: &mut Journal, wanted: &Replacement<'_>) -> Replaced {
        self.try_replace(journal, wanted).unwrap_or_else(Replaced::from)
    }

    fn try_replace(
        &self,
        journal: &mut Journal,
        wanted: &Replacement<'_>,
    ) -> Result<Replaced, Trouble> {
        if journal.has_intent(wanted.command) && self.finish_earlier(journal, wanted.command)? {
            return Ok(Replaced::Applied(None));
        }
        let place = Place::find(&self.specs, wanted.path, &self.filter)?;
        let (original, bytes) = place.read(self.filter.file_max_bytes)?;
        self.check_size(wanted)?;
        let hash = ContentHash::of(wanted.bytes);
        let path = wanted.path.clone();
        let effect = Effect::Replace { path, base: wanted.base, wanted: hash };
        journal.intend(wanted.command, effect, wanted.report).map_err(Trouble::disk)?;
        if hash == wanted.base && bytes == wanted.bytes {
            journal.applied(wanted.command, wanted.lasts).map_err(Trouble::disk)?;
            return Ok(Replaced::Applied(None));
        }
        // For a kill the intent is written before the first byte beside the file. For a power loss
        // both last before the exchange; the file goes first, since a file system that commits takes
        // the journal's line with it.
        let flush = |file: &File| file.sync_all().and_then(|()| journal.flush());
        let replaced = self
            .write_aside(&place, wanted.command, (&original, wanted.bytes), flush)
            .and_then(|()| self.swap(journal, wanted, &place));
        if !matches!(replaced, Ok(Replaced::Applied(_))) {
            self.clear(journal, wanted, &place);
        }
        replaced
    }

    fn check_size(&self, wanted: &Replacement<'_>) -> Result<(), Trouble> {
        let most = self.filter.file_max_bytes;
        if wanted.bytes.len() as u64 <= most {
            return Ok(());
        }
        let message = format!("the result would have more than the {most} bytes that are sent");
        Err(Trouble::Refused(Refused { reason: Reason::TooLarge, message }))
    }

    /// From the complete temporary file on.
    fn swap(
        &self,
        journal: &mut Journal,
        wanted: &Replacement<'_>,
        place: &Place,
    ) -> Result<Replaced, Trouble> {
        let temporary = names::complete(wanted.command);
        self.steps.before(Step::Check).map_err(Trouble::disk)?;
        let (_, current) = place.read(self.filter.file_max_bytes)?;
        if ContentHash::of(&current) != wanted.base {
            return Ok(Replaced::Conflict { current });
        }
        let ours = Identity::of(&place.folder, temporary.as_ref()).map_err(Trouble::disk)?;
        let exchanged = self
            .steps
            .before(Step::Exchange)
            .and_then(|()| exchange::exchange(&place.folder, temporary.as_ref(), &place.name));
        match exchanged {
            Ok(()) => self.learn_exchange(ExchangeSupport::Exchanges),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                self.learn_exchange(ExchangeSupport::ChecksOnly);
                return self.rename_over(journal, wanted, place);
            }
            Err(error) => return Err(error.into()),
        }
        let Some(displaced) = self.verified(place, temporary.as_ref(), wanted.base) else {
            return self.undo(journal, wanted, place, ours);
        };
        if let Err(error) = self.seal(journal, wanted, place) {
            let _ = self.undo(journal, wanted, place, ours)?;
            return Err(Trouble::disk(error));
        }
        self.put_away(journal, place, wanted.command);
        Ok(Replaced::Applied(Some(AfterLife::of(wanted, displaced))))
    }

    /// What came out of the exchange, if it is the base.
    fn verified(&self, place: &Place, name: &OsStr, base: ContentHash) -> Option<File> {
        self.steps.before(Step::Verify).ok()?;
        let displaced = place.folder.open_file(name).ok()?;
        (hash_of(&displaced).ok()? == base).then_some(displaced)
    }

    /// Makes the change last, and then its outcome.
    fn seal(
        &self,
        journal: &mut Journal,
        wanted: &Replacement<'_>,
        place: &Place,
    ) -> io::Result<()> {
        self.steps.before(Step::FolderFlush)?;
        place.folder.flush()?;
        journal.applied(wanted.command, wanted.lasts)
    }

    /// What came out is not the base, or the outcome cannot be written: everything as before.
    fn undo(
        &self,
        journal: &mut Journal,
        wanted: &Replacement<'_>,
        place: &Place,
        ours: Identity,
    ) -> Result<Replaced, Trouble> {
        let hash = ContentHash::of(wanted.bytes);
        let note = |placing| journal.undoing(wanted.command, placing);
        let put_back = self.put_back(place, wanted.command, ours.into(), hash, note);
        match put_back.map_err(Trouble::disk)? {
            PutBack::Restored => {
                let (_, current) = place.read(self.filter.file_max_bytes)?;
                if ContentHash::of(&current) == wanted.base {
                    // There and back again, or it could not be read for a moment.
                    return Err(Trouble::Busy("the file changed while it was replaced".into()));
                }
                Ok(Replaced::Conflict { current })
            }
            PutBack::Vanished => Err(Trouble::Gone),
            PutBack::Unsettled => Err(Trouble::Busy(
                "another program keeps saving this file; what it saved is kept".into(),
            )),
        }
    }

    /// Where names cannot be exchanged: checked once more, renamed over, and checked again.
    fn rename_over(
        &self,
        journal: &mut Journal,
        wanted: &Replacement<'_>,
        place: &Place,
    ) -> Result<Replaced, Trouble> {
        let temporary = names::complete(wanted.command);
        let (checked, current) = place.read(self.filter.file_max_bytes)?;
        if ContentHash::of(&current) != wanted.base {
            return Ok(Replaced::Conflict { current });
        }
        self.steps.before(Step::RenameOver).map_err(Trouble::disk)?;
        place.folder.rename(temporary.as_ref(), &place.name)?;
        let hash = hash_of(rewound(&checked).map_err(Trouble::disk)?).map_err(Trouble::disk)?;
        let watch = AfterLife::of(wanted, checked);
        if hash != wanted.base {
            // Written in place between the check and the rename.
            journal.lapse(wanted.command).map_err(Trouble::disk)?;
            watch.settle(self)?;
            let (_, current) = place.read(self.filter.file_max_bytes)?;
            return Ok(Replaced::Conflict { current });
        }
        self.seal(journal, wanted, place).map_err(Trouble::disk)?;
        Ok(Replaced::Applied(Some(watch)))
    }

    /// After a failure: no temporary file stays, and the intent lapses with it.
    fn clear(&self, journal: &mut Journal, wanted: &Replacement<'_>, place: &Place) {
        let temporary = names::complete(wanted.command);
        let hash = ContentHash::of(wanted.bytes);
        let leftover = Identity::of(&place.folder, temporary.as_ref());
        let is_ours = match &leftover {
            Ok(found) => found.hash == Some(hash),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if !is_ours {
            // Somebody's bytes, which could not be put back or preserved: the next attempt, or the
            // next recovery, goes on with them.
            return;
        }
        if leftover.is_ok() {
            self.remove(&place.folder, temporary.as_ref());
        }
        if let Err(error) = journal.lapse(wanted.command) {
            log::warn!("the journal does not take a line: {error}");
        }
    }
}

/// The same open file, to be read from its start.
pub(super) fn rewound(mut file: &File) -> io::Result<&File> {
    io::Seek::rewind(&mut file)?;
    Ok(file)
}
