//! The file that was displaced, some seconds later: an editor that had it open may have gone on
//! writing into it, and nobody would ever see that.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

use super::place::{self, Identity, Place};
use super::replace::{Replacement, rewound};
use super::steps::Step;
use super::{Shop, Trouble};

/// A displaced file, held open. Its name is gone already.
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
    /// When the disk says no; what was written may then be lost, and only the log tells.
    pub fn settle(self, shop: &Shop) -> Result<Settled, Trouble> {
        let mut bytes = Vec::new();
        shop.steps.before(Step::Settle).map_err(Trouble::disk)?;
        let mut displaced = rewound(&self.displaced).map_err(Trouble::disk)?;
        displaced.read_to_end(&mut bytes).map_err(Trouble::disk)?;
        if ContentHash::of(&bytes) == self.base {
            return Ok(Settled::Quiet);
        }
        if self.target_is_ours(shop) && self.copy_back(shop, &bytes).is_ok_and(|placed| placed) {
            return Ok(Settled::CopiedBack);
        }
        let name = OsString::from(self.path.file_name());
        let kept = shop.preserve_bytes(&name, &bytes, &self.command).map_err(Trouble::disk)?;
        Ok(Settled::Preserved(kept))
    }

    fn target_is_ours(&self, shop: &Shop) -> bool {
        shop.read(&self.path).is_ok_and(|found| found.hash == self.ours)
    }

    /// Whether the bytes are in the file now, and nothing that was saved since is lost by it.
    fn copy_back(&self, shop: &Shop, bytes: &[u8]) -> Result<bool, Trouble> {
        let place = Place::find(&shop.specs, &self.path, &shop.filter)?;
        let original = place.open(shop.filter.file_max_bytes)?;
        shop.write_aside(&place, &self.command, &original, bytes)?;
        let ours = Identity::of(&place.folder, &place.name).map_err(Trouble::disk)?;
        if ours.hash != Some(self.ours) {
            shop.dispose(&place, &self.command, &[ContentHash::of(bytes)])?;
            return Ok(false);
        }
        match shop.put_back(&place, &self.command, ours, self.ours) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                let temporary = super::names::complete(&self.command);
                place.folder.rename(temporary.as_ref(), &place.name)?;
                Ok(true)
            }
            Err(error) => Err(Trouble::disk(error)),
            Ok(_) => Ok(place::hash_of(place.open(shop.filter.file_max_bytes)?)
                .is_ok_and(|hash| hash == ContentHash::of(bytes))),
        }
    }
}
