//! A new folder with its files appears whole, under a name that was free, or not at all.

use std::io::{self, Write};

use leanspec_shared::command::{Reason, Report};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

use super::journal::{Effect, Journal, Lasts};
use super::place::{self, spelled, walk};
use super::steps::Step;
use super::{Refused, Shop, Trouble, aside, names};
use crate::platform::folder::{Folder, Kind};

/// What a new file may be for others, less what the umask takes: as any program makes it.
const AS_USUAL: u32 = 0o666;

/// A new spec.
#[derive(Debug, Clone, Copy)]
pub struct Creation<'a> {
    /// The command.
    pub command: &'a CommandId,
    /// The new folder; the one it stands in must be there.
    pub folder: &'a FilePath,
    /// Its files: name and bytes.
    pub files: &'a [(String, Vec<u8>)],
    /// What is journalled as the outcome when it is done.
    pub report: &'a Report,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there, flushed and journalled.
    Applied,
    /// Something has that name; try another.
    Taken,
    /// It could not be done, and no trace of it is left.
    Failed(Trouble),
}

impl Shop {
    /// Makes a folder with its files. Only `Applied` is journalled as an outcome, here.
    pub fn create(&self, journal: &mut Journal, wanted: &Creation<'_>) -> Created {
        self.try_create(journal, wanted).unwrap_or_else(Created::Failed)
    }

    fn try_create(&self, journal: &mut Journal, wanted: &Creation<'_>) -> Result<Created, Trouble> {
        if journal.has_intent(wanted.command) && self.finish_earlier(journal, wanted.command)? {
            return Ok(Created::Applied);
        }
        self.check_creation(wanted)?;
        let parent = walk(&self.specs, wanted.folder.parent().as_ref())?;
        let name = wanted.folder.file_name();
        if parent.entry(name.as_ref()).is_ok() || spelled(&parent, name)?.is_some() {
            return Ok(Created::Taken);
        }
        let hashes =
            wanted.files.iter().map(|(name, bytes)| (name.clone(), ContentHash::of(bytes)));
        let effect = Effect::Create { folder: wanted.folder.clone(), files: hashes.collect() };
        journal.intend(wanted.command, effect, wanted.report).map_err(Trouble::disk)?;
        journal.flush().map_err(Trouble::disk)?;

        let temporary = names::complete(wanted.command);
        let named = self
            .build(&parent, &temporary, wanted.files)
            .and_then(|()| self.name_folder(journal, &parent, wanted));
        if let Ok(true) = named {
            return self.seal_folder(journal, &parent, wanted);
        }
        self.abandon(journal, &parent, wanted)?;
        named.map(|_| Created::Taken).map_err(Trouble::disk)
    }

    fn check_creation(&self, wanted: &Creation<'_>) -> Result<(), Trouble> {
        for (name, bytes) in wanted.files {
            let path = format!("{}/{name}", wanted.folder).parse().map_err(|wrong| Refused {
                reason: Reason::BadName,
                message: format!("'{name}' cannot be a file's name: {wrong}"),
            })?;
            place::check_path(&path, &self.filter)?;
            if bytes.len() as u64 > self.filter.file_max_bytes {
                let message = format!("'{name}' would have more bytes than are sent");
                return Err(Refused { reason: Reason::TooLarge, message }.into());
            }
        }
        Ok(())
    }

    fn build(&self, parent: &Folder, name: &str, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        self.steps.before(Step::FolderMake)?;
        let folder = parent.create_folder(name.as_ref())?;
        for (name, bytes) in files {
            self.steps.before(Step::TemporaryMake)?;
            let mut file = folder.create_file(name.as_ref(), AS_USUAL)?;
            self.steps.before(Step::TemporaryWrite)?;
            file.write_all(bytes)?;
            self.steps.before(Step::TemporaryFlush)?;
            file.sync_all()?;
        }
        self.steps.before(Step::FolderFlush)?;
        folder.flush()
    }

    /// Gives the complete folder its name; false when that is taken.
    fn name_folder(
        &self,
        journal: &mut Journal,
        parent: &Folder,
        wanted: &Creation<'_>,
    ) -> io::Result<bool> {
        journal.naming(wanted.command)?;
        self.steps.before(Step::FolderName)?;
        let temporary = names::complete(wanted.command);
        match aside::rename_if_free(parent, &temporary, wanted.folder.file_name()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            answer => answer.map(|()| true),
        }
    }

    /// Makes the new name last, and then the outcome.
    fn seal_folder(
        &self,
        journal: &mut Journal,
        parent: &Folder,
        wanted: &Creation<'_>,
    ) -> Result<Created, Trouble> {
        let flushed = self.steps.before(Step::FolderFlush).and_then(|()| parent.flush());
        let Err(error) = flushed.and_then(|()| journal.applied(wanted.command, Lasts::Now)) else {
            return Ok(Created::Applied);
        };
        // Back under the temporary name, where it is no spec any more. Where not even that can be
        // done it stays, and the next attempt finds it made.
        let temporary = names::complete(wanted.command);
        parent
            .rename(wanted.folder.file_name().as_ref(), temporary.as_ref())
            .map_err(Trouble::disk)?;
        self.abandon(journal, parent, wanted)?;
        Err(Trouble::disk(error))
    }

    /// Takes away what was made, after the intent has lapsed.
    fn abandon(
        &self,
        journal: &mut Journal,
        parent: &Folder,
        wanted: &Creation<'_>,
    ) -> Result<(), Trouble> {
        let naming = journal.intent(wanted.command).is_some_and(|intent| intent.naming);
        if let Err(error) = journal.lapse(wanted.command) {
            // A complete folder that is gone is taken for one that got its name.
            if naming {
                return Err(Trouble::disk(error));
            }
            log::warn!("the journal does not take a line: {error}");
        }
        let files: Vec<_> = wanted.files.iter().map(|(name, _)| name.as_str()).collect();
        self.remove_new_folder(parent, &names::complete(wanted.command), &files)
            .map_err(Trouble::disk)
    }

    /// Removes a folder under a temporary name with the files that we made in it. A file that is
    /// not among them makes this fail.
    pub(super) fn remove_new_folder(
        &self,
        parent: &Folder,
        name: &str,
        files: &[&str],
    ) -> io::Result<()> {
        match parent.entry(name.as_ref()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Ok(entry) if entry.kind == Kind::Folder => {}
            _ => return Err(io::Error::other("the temporary folder is none")),
        }
        let folder = parent.enter(name.as_ref())?;
        for file in files {
            self.remove(&folder, file.as_ref());
        }
        self.steps.before(Step::Remove)?;
        parent.remove_folder(name.as_ref())
    }
}
