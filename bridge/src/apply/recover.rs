//! After a start: every intent without an outcome is brought to one or to nothing, and no temporary
//! file stays. What to conclude is decided in `recover_rules`; displaced files are looked at in
//! `after_life`.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::path::FilePath;

use super::journal::{Effect, Intent, Journal, Lasts};
use super::names::{self, Own};
use super::place::{Identity, Place, Placed, hash_of, spelled, walk};
use super::recover_rules::{self as rules, Held, Names, Verdict};
use super::{Shop, Trouble};
use crate::platform::folder::{Folder, Kind};

/// What recovery found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Commands that had been carried out, and have an outcome now.
    pub applied: Vec<CommandId>,
    /// Commands that the disk does not allow to be settled; each is tried again when its turn comes.
    pub unsettled: Vec<CommandId>,
}

/// Temporary names of ours below the specs folder, with the folder each stands in.
type Leftovers = Vec<(Option<FilePath>, Own)>;

impl Shop {
    /// Settles what a killed process left. To be called once, before anything is changed.
    pub fn recover(&self, journal: &mut Journal) -> Recovery {
        let leftovers = self.leftovers();
        let mut places = HashMap::new();
        for (folder, own) in &leftovers {
            if let Own::Complete(id) = own {
                places.insert(id.clone(), folder.clone());
            }
        }
        let mut recovery = Recovery::default();
        for id in journal.half_done() {
            match self.settle_intent(journal, &id, places.get(&id)) {
                Ok(true) => recovery.applied.push(id),
                Ok(false) => {}
                Err(trouble) => {
                    log::warn!("what became of command {id} cannot be settled yet: {trouble:?}");
                    recovery.unsettled.push(id);
                }
            }
        }
        for (folder, own) in leftovers {
            let swept = self.sweep(journal, folder.as_ref(), &own);
            if let Err(trouble) = swept {
                log::warn!("a temporary file of ours stays for now ({own:?}): {trouble:?}");
            }
        }
        self.settle_displaced(journal);
        recovery
    }

    /// Settles an earlier attempt at a command in this process, or one that recovery could not.
    /// Says whether it had been carried out.
    pub(super) fn finish_earlier(
        &self,
        journal: &mut Journal,
        id: &CommandId,
    ) -> Result<bool, Trouble> {
        self.settle_intent(journal, id, None)
    }

    /// `found`: the folder in which its temporary name stands, if that was searched for and found.
    fn settle_intent(
        &self,
        journal: &mut Journal,
        id: &CommandId,
        found: Option<&Option<FilePath>>,
    ) -> Result<bool, Trouble> {
        let Some(intent) = journal.intent(id).cloned() else { return Ok(false) };
        if self.was_put_away(id) {
            // The power took the line that said so.
            journal.applied(id, Lasts::Now).map_err(Trouble::disk)?;
            return Ok(true);
        }
        let (Effect::Replace { path, .. } | Effect::Create { folder: path, .. }) = &intent.effect;
        let parent = found.cloned().unwrap_or_else(|| path.parent());
        let done = match walk(&self.specs, parent.as_ref()) {
            Ok(folder) => self.settle_in(folder, journal, id, &intent)?,
            // The whole folder was removed, with whatever was in it.
            Err(Trouble::Gone) => false,
            Err(trouble) => return Err(trouble),
        };
        if !done && journal.has_intent(id) {
            journal.lapse(id).map_err(Trouble::disk)?;
        }
        Ok(done)
    }

    fn settle_in(
        &self,
        folder: Folder,
        journal: &mut Journal,
        id: &CommandId,
        intent: &Intent,
    ) -> Result<bool, Trouble> {
        match &intent.effect {
            Effect::Replace { path, base, wanted } => {
                let place = target(folder, path)?;
                let names = self.look(&place, id)?;
                let verdict = rules::replacement(names, *base, *wanted, intent.undoing);
                if verdict == Verdict::Done {
                    place.folder.flush().map_err(Trouble::disk)?;
                    journal.applied(id, Lasts::Now).map_err(Trouble::disk)?;
                }
                let note = |placing| journal.undoing(id, placing);
                self.carry_out(verdict, &place, id, names, &[*base, *wanted], note)?;
                Ok(verdict == Verdict::Done)
            }
            Effect::Create { folder: path, files } => {
                let happened = self.creation_happened(&folder, path, id, files, intent.naming)?;
                if happened {
                    folder.flush().map_err(Trouble::disk)?;
                    journal.applied(id, Lasts::Now).map_err(Trouble::disk)?;
                } else {
                    journal.lapse(id).map_err(Trouble::disk)?;
                    let files: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
                    self.remove_new_folder(&folder, &names::complete(id), &files)
                        .map_err(Trouble::disk)?;
                }
                Ok(happened)
            }
        }
    }

    fn creation_happened(
        &self,
        parent: &Folder,
        path: &FilePath,
        id: &CommandId,
        files: &[(String, ContentHash)],
        naming: bool,
    ) -> Result<bool, Trouble> {
        let temporary = match parent.entry(names::complete(id).as_ref()) {
            Ok(_) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(Trouble::disk(error)),
        };
        let made = spelled(parent, path.file_name())?.and_then(|name| parent.enter(&name).ok());
        let known = made.is_some_and(|made| {
            files.iter().any(|(name, wanted)| {
                let found = made.open_file(name.as_ref()).and_then(hash_of);
                found.is_ok_and(|hash| hash == *wanted)
            })
        });
        Ok(rules::creation_happened(temporary, naming, known))
    }

    /// What the two names hold, after a file that was being written is removed.
    fn look(&self, place: &Place, id: &CommandId) -> Result<Names, Trouble> {
        self.remove(&place.folder, names::partial(id).as_ref());
        let held = |name: &OsStr| match Identity::of(&place.folder, name) {
            Ok(Identity { hash, .. }) => Ok(hash.map_or(Held::Special, Held::Bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Held::Nothing),
            Err(error) => Err(Trouble::disk(error)),
        };
        let temporary = held(names::complete(id).as_ref())?;
        Ok(Names { temporary, target: held(&place.name)? })
    }

    fn carry_out(
        &self,
        verdict: Verdict,
        place: &Place,
        id: &CommandId,
        names: Names,
        removable: &[ContentHash; 2],
        note: impl FnMut(Option<ContentHash>),
    ) -> Result<(), Trouble> {
        let preserve = || self.preserve_name(place, &names::complete(id), id).map(drop);
        let done = match verdict {
            _ if names.temporary == Held::Nothing => Ok(()),
            Verdict::NotDone | Verdict::Done => self.dispose(place, id, removable),
            Verdict::Preserve => preserve(),
            Verdict::PutBack(_) if names.target == Held::Nothing => preserve(),
            Verdict::PutBack(placed) => {
                let [_, wanted] = *removable;
                match self.put_back(place, id, Placed::bytes(placed), wanted, note) {
                    // Only a copy stands there: where names cannot be exchanged, none is displaced.
                    Err(error) if error.kind() == io::ErrorKind::Unsupported => preserve(),
                    put_back => put_back.map(drop),
                }
            }
        };
        done.map_err(Trouble::disk)
    }

    /// Every temporary name of ours below the specs folder.
    fn leftovers(&self) -> Leftovers {
        let mut leftovers = Vec::new();
        let mut folders: Vec<Option<FilePath>> = vec![None];
        while let Some(path) = folders.pop() {
            let Ok(folder) = walk_plainly(&self.specs, path.as_ref()) else { continue };
            for name in folder.names().unwrap_or_default() {
                let Some(name) = name.to_str() else { continue };
                if let Some(own) = names::own(name) {
                    leftovers.push((path.clone(), own));
                } else if !name.starts_with('.')
                    && folder.entry(name.as_ref()).is_ok_and(|entry| entry.kind == Kind::Folder)
                {
                    let below =
                        path.as_ref().map_or(name.to_owned(), |path| format!("{path}/{name}"));
                    folders.extend(below.parse().ok().map(Some));
                }
            }
        }
        leftovers
    }

    /// A temporary name whose command has no open intent.
    fn sweep(
        &self,
        journal: &Journal,
        folder: Option<&FilePath>,
        own: &Own,
    ) -> Result<(), Trouble> {
        let folder = walk_plainly(&self.specs, folder)?;
        let (id, name) = match own {
            Own::Complete(id) => (id, names::complete(id)),
            Own::Partial(id) => (id, names::partial(id)),
        };
        let entry = match folder.entry(name.as_ref()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entry => entry.map_err(Trouble::disk)?,
        };
        if journal.has_intent(id) {
            return Ok(());
        }
        if matches!(own, Own::Partial(_)) {
            // Never anything but ours; the power may have taken the lines that told of its command.
            self.remove(&folder, name.as_ref());
            return Ok(());
        }
        match journal.past_effect(id) {
            Some(Effect::Replace { path, base, wanted }) => {
                let place = target(folder, path)?;
                let names = self.look(&place, id)?;
                let verdict = rules::leftover(names, *base, *wanted);
                self.carry_out(verdict, &place, id, names, &[*base, *wanted], drop)
            }
            Some(Effect::Create { files, .. }) if entry.kind == Kind::Folder => {
                let files: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
                self.remove_new_folder(&folder, &name, &files).map_err(Trouble::disk)
            }
            _ => {
                let place = Place { folder, name: name.clone().into() };
                self.preserve_name(&place, &name, id).map(drop).map_err(Trouble::disk)
            }
        }
    }
}

/// The target of a replacement, whether it is there or not.
fn target(folder: Folder, path: &FilePath) -> Result<Place, Trouble> {
    let name = spelled(&folder, path.file_name())?.unwrap_or_else(|| path.file_name().into());
    Ok(Place { folder, name })
}

/// Walks by spelled names, for folders that were just listed.
fn walk_plainly(specs: &Path, path: Option<&FilePath>) -> Result<Folder, Trouble> {
    let mut folder = Folder::open(specs)?;
    for name in path.iter().flat_map(|path| path.as_str().split('/')) {
        folder = folder.enter(name.as_ref())?;
    }
    Ok(folder)
}
