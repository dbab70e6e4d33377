//! Puts back what an exchange displaced by mistake, although others may go on saving meanwhile.

use std::io;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;

use super::place::{Identity, Place, Placed};
use super::steps::Step;
use super::{Shop, names};
use crate::platform::exchange;

/// How often something is put back before this gives up. An editor that saves every 0.3 ms was met
/// again at most a few times in a row.
const PUT_BACKS_MAX: usize = 50;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PutBack {
    /// The newest save is in its place.
    Restored,
    /// Somebody removed the file meanwhile; what was to be put back is preserved.
    Vanished,
    /// Somebody kept saving; one of the saves is in its place and one is preserved.
    Unsettled,
}

impl Shop {
    /// The command's temporary name holds what the target shall have; the target holds what we
    /// `placed` last, or a save newer than all of that. Afterwards the temporary name is gone, and
    /// every byte that was not `removable` is in its place or preserved. `note` hears before each
    /// exchange what is about to be placed.
    ///
    /// What comes out of the target when something is put in is either what we put there last: then
    /// all is well. Or it is a newer save, which was displaced by mistake in its turn.
    pub(super) fn put_back(
        &self,
        place: &Place,
        command: &CommandId,
        mut placed: Placed,
        removable: ContentHash,
        mut note: impl FnMut(Option<ContentHash>),
    ) -> io::Result<PutBack> {
        let temporary = names::complete(command);
        let mut ended = PutBack::Unsettled;
        for _ in 0..PUT_BACKS_MAX {
            let returning = Identity::of(&place.folder, temporary.as_ref())?;
            note(returning.hash);
            let exchanged = self
                .steps
                .before(Step::PutBack)
                .and_then(|()| exchange::exchange(&place.folder, temporary.as_ref(), &place.name));
            match exchanged {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    ended = PutBack::Vanished;
                    break;
                }
                Err(error) => return Err(error),
            }
            if placed.is(&Identity::of(&place.folder, temporary.as_ref())?) {
                ended = PutBack::Restored;
                break;
            }
            placed = returning.into();
        }
        self.steps.before(Step::FolderFlush)?;
        place.folder.flush()?;
        self.dispose(place, command, &[removable])?;
        Ok(ended)
    }

    /// Removes the command's temporary name if its bytes are `removable`; everything else is
    /// preserved.
    pub(super) fn dispose(
        &self,
        place: &Place,
        command: &CommandId,
        removable: &[ContentHash],
    ) -> io::Result<()> {
        let name = names::complete(command);
        let Identity { hash, .. } = Identity::of(&place.folder, name.as_ref())?;
        if hash.is_some_and(|hash| removable.contains(&hash)) {
            self.remove(&place.folder, name.as_ref());
            Ok(())
        } else {
            self.preserve_name(place, &name, command).map(drop)
        }
    }
}
