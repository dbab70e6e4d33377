//! Temporary files beside their target: written under a name that is never exchanged, and given the
//! name that counts only when they are complete.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};

use leanspec_shared::id::CommandId;

use super::place::Place;
use super::steps::Step;
use super::{Shop, Trouble, names};
use crate::platform::folder::Folder;
use crate::platform::{exchange, metadata};

/// What a file has until it is known what it shall have: nothing for others.
const NOBODY_ELSE: u32 = 0o600;

impl Shop {
    /// Makes the command's complete temporary file beside `place`, with everything but the bytes of
    /// `original`. `flush` makes its bytes last, and whatever else has to before it counts. Leaves
    /// nothing behind when it fails.
    pub(super) fn write_aside(
        &self,
        place: &Place,
        command: &CommandId,
        (original, bytes): (&File, &[u8]),
        flush: impl FnOnce(&File) -> io::Result<()>,
    ) -> Result<(), Trouble> {
        let partial = names::partial(command);
        let written = self.write_partial(place, &partial, original, bytes).and_then(|file| {
            self.steps.before(Step::TemporaryFlush).map_err(Trouble::disk)?;
            flush(&file).map_err(Trouble::disk)?;
            self.steps.before(Step::TemporaryName).map_err(Trouble::disk)?;
            rename_if_free(&place.folder, &partial, &names::complete(command))
                .map_err(Trouble::disk)
        });
        if written.is_err() {
            self.remove(&place.folder, partial.as_ref());
        }
        written
    }

    fn write_partial(
        &self,
        place: &Place,
        name: &str,
        original: &File,
        bytes: &[u8],
    ) -> Result<File, Trouble> {
        self.steps.before(Step::TemporaryMake).map_err(Trouble::disk)?;
        let mut file =
            place.folder.create_file(name.as_ref(), NOBODY_ELSE).map_err(Trouble::disk)?;
        self.steps.before(Step::TemporaryWrite).map_err(Trouble::disk)?;
        file.write_all(bytes).map_err(Trouble::disk)?;
        self.steps.before(Step::TemporaryAttributes).map_err(Trouble::disk)?;
        metadata::copy(original, &file)
            .map_err(|kept| Trouble::special(format!("the file cannot be replaced: {kept}")))?;
        Ok(file)
    }

    /// Removes a name that is ours. One that cannot be removed is found by the next recovery.
    pub(super) fn remove(&self, folder: &Folder, name: &OsStr) {
        let removed = self.steps.before(Step::Remove).and_then(|()| folder.remove_file(name));
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            log::warn!("the temporary file {} stays for now: {error}", name.to_string_lossy());
        }
    }
}

/// Renames if the new name is free; where the system cannot decide that in one step, in two.
pub(super) fn rename_if_free(folder: &Folder, from: &str, to: &str) -> io::Result<()> {
    match exchange::rename_new(folder, from.as_ref(), to.as_ref()) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            match folder.entry(to.as_ref()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    folder.rename(from.as_ref(), to.as_ref())
                }
                Err(error) => Err(error),
                Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            }
        }
        answer => answer,
    }
}
