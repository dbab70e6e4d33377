//! The file that was displaced, some seconds later: an editor that had it open may have gone on
//! writing into it, and nobody would ever see that.
//!
//! Its name leaves the specs folder at once. Where the state folder is on the same file system it is
//! moved there, so that what is written into it outlives a kill; elsewhere an open file is all that
//! is left of it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

use super::journal::{Effect, Journal};
use super::place::{self, Identity, Place};
use super::replace::{Replacement, rewound};
use super::steps::Step;
use super::{Shop, Trouble, names};
use crate::platform::private;

/// Where displaced files are kept in the project's folder of the state folder, each by the id of its
/// command.
const FOLDER: &str = "displaced";

/// A displaced file, held open. When it is dropped instead of settled, the next recovery settles it.
#[derive(Debug)]
pub struct AfterLife {
    displaced: File,
    command: CommandId,
    path: FilePath,
    base: ContentHash,
    ours: ContentHash,
}

/// What had become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Nobody wrote into it.
    Quiet,
    /// Somebody did, and nothing else had changed: what was written is in the file now.
    CopiedBack,
    /// Somebody did, and the file had changed as well: what was written is kept there.
    Preserved(PathBuf),
}

impl AfterLife {
    /// How long to wait before it is settled.
    pub const LENGTH: Duration = Duration::from_secs(5);

    pub(super) fn of(wanted: &Replacement<'_>, displaced: File) -> Self {
        Self {
            displaced,
            command: wanted.command.clone(),
            path: wanted.path.clone(),
            base: wanted.base,
            ours: ContentHash::of(wanted.bytes),
        }
    }

    /// The file it was displaced from.
    #[must_use]
    pub fn path(&self) -> &FilePath {
        &self.path
    }

    /// The command that displaced it.
    #[must_use]
    pub fn command(&self) -> &CommandId {
        &self.command
    }

    /// Looks at it again and saves what was written into it.
    ///
    /// # Errors
    /// When the disk says no; it is then tried again by the next recovery.
    pub fn settle(self, shop: &Shop) -> Result<Settled, Trouble> {
        let settled = self.save(shop)?;
        shop.forget_displaced(&self.command);
        Ok(settled)
    }

    fn save(&self, shop: &Shop) -> Result<Settled, Trouble> {
        let mut bytes = Vec::new();
        shop.steps.before(Step::Settle).map_err(Trouble::disk)?;
        let mut displaced = rewound(&self.displaced).map_err(Trouble::disk)?;
        displaced.read_to_end(&mut bytes).map_err(Trouble::disk)?;
        if ContentHash::of(&bytes) == self.base {
            return Ok(Settled::Quiet);
        }
        let target = shop.read(&self.path).map(|found| found.hash).ok();
        if target == Some(ContentHash::of(&bytes)) {
            // Settled before, by a recovery; or the editor saved the same at both places.
            return Ok(Settled::CopiedBack);
        }
        if target == Some(self.ours) && self.copy_back(shop, &bytes).is_ok_and(|placed| placed) {
            return Ok(Settled::CopiedBack);
        }
        let name = OsString::from(self.path.file_name());
        let kept = shop.preserve_bytes(&name, &bytes, &self.command).map_err(Trouble::disk)?;
        Ok(Settled::Preserved(kept))
    }

    /// Whether the bytes are in the file now, and nothing that was saved since is lost by it.
    fn copy_back(&self, shop: &Shop, bytes: &[u8]) -> Result<bool, Trouble> {
        let place = Place::find(&shop.specs, &self.path, &shop.filter)?;
        let original = place.open(shop.filter.file_max_bytes)?;
        shop.write_aside(&place, &self.command, (&original, bytes), File::sync_all)?;
        let ours = Identity::of(&place.folder, &place.name).map_err(Trouble::disk)?;
        if ours.hash != Some(self.ours) {
            shop.dispose(&place, &self.command, &[ContentHash::of(bytes)])?;
            return Ok(false);
        }
        match shop.put_back(&place, &self.command, ours.into(), self.ours, drop) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                let temporary = names::complete(&self.command);
                place.folder.rename(temporary.as_ref(), &place.name)?;
                Ok(true)
            }
            Err(error) => Err(Trouble::disk(error)),
            Ok(_) => Ok(place::hash_of(place.open(shop.filter.file_max_bytes)?)
                .is_ok_and(|hash| hash == ContentHash::of(bytes))),
        }
    }
}

impl Shop {
    /// Takes the name of a displaced file out of the specs folder.
    pub(super) fn put_away(&self, journal: &mut Journal, place: &Place, command: &CommandId) {
        let (name, folder) = (names::complete(command), self.state.join(FOLDER));
        let moved = private::create_folder(&folder)
            .and_then(|()| self.steps.before(Step::PutAway))
            .and_then(|()| place.folder.move_out(name.as_ref(), &folder.join(command.as_str())));
        // Another file system, most often. With the name goes what tells of the exchange.
        if moved.is_err() && journal.flush().is_ok() {
            self.remove(&place.folder, name.as_ref());
        }
    }

    /// Whether an exchange came to its end for a command: only then its displaced file is put away.
    pub(super) fn was_put_away(&self, command: &CommandId) -> bool {
        self.state.join(FOLDER).join(command.as_str()).symlink_metadata().is_ok()
    }

    fn forget_displaced(&self, command: &CommandId) {
        let path = self.state.join(FOLDER).join(command.as_str());
        let removed = self.steps.before(Step::Remove).and_then(|()| std::fs::remove_file(&path));
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            log::warn!("{} stays for now: {error}", path.display());
        }
    }

    /// Settles the displaced files of a killed process.
    pub(super) fn settle_displaced(&self, journal: &Journal) {
        let Ok(entries) = std::fs::read_dir(self.state.join(FOLDER)) else { return };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            let Some(command) = name.to_str().and_then(|name| name.parse::<CommandId>().ok())
            else {
                continue;
            };
            let settled = File::open(entry.path())
                .map_err(Trouble::disk)
                .and_then(|displaced| self.settle_left(journal, command, displaced));
            if let Err(trouble) = settled {
                log::warn!("{} cannot be settled yet: {trouble:?}", entry.path().display());
            }
        }
    }

    fn settle_left(
        &self,
        journal: &Journal,
        command: CommandId,
        mut displaced: File,
    ) -> Result<(), Trouble> {
        if let Some(Effect::Replace { path, base, wanted }) = journal.past_effect(&command) {
            let (path, base, ours) = (path.clone(), *base, *wanted);
            return AfterLife { displaced, command, path, base, ours }.settle(self).map(drop);
        }
        // The journal does not know any more what it was.
        let mut bytes = Vec::new();
        displaced.read_to_end(&mut bytes).map_err(Trouble::disk)?;
        self.preserve_bytes(command.as_str().as_ref(), &bytes, &command).map_err(Trouble::disk)?;
        self.forget_displaced(&command);
        Ok(())
    }
}
