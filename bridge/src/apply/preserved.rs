//! Bytes that somebody saved and that found no place: kept in the state folder for the user, never
//! removed by the bridge.
//!
//! Beside each stands a small file of JSON that says where it came from.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::CommandId;
use leanspec_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::Shop;
use super::place::{Identity, Place};
use super::steps::Step;
use crate::platform::folder::Folder;
use crate::platform::private;
use crate::state::atomic::{self, Durability};

const FOLDER: &str = "preserved";

/// Where preserved bytes came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The name of the file that they were saved to.
    pub file: String,
    /// The command that was about to change it.
    pub command: Option<CommandId>,
    /// When they were put aside.
    pub at: Timestamp,
    /// Their hash then; absent for what is no regular file.
    pub hash: Option<ContentHash>,
}

/// Something preserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preserved {
    /// Where it is.
    pub path: PathBuf,
    /// Where it came from.
    pub about: About,
}

/// What is preserved in a project's folder of the state folder, oldest first.
///
/// # Errors
/// When the folder is there and cannot be read.
pub fn list(state: &Path) -> io::Result<Vec<Preserved>> {
    let folder = state.join(FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut preserved = Vec::new();
    for entry in entries {
        let about_path = entry?.path();
        let Some(path) = described_by(&about_path) else { continue };
        // The description is written first: without its file, a kill came between.
        if path.symlink_metadata().is_ok()
            && let Ok(Some(about)) = atomic::read_json::<About>(&about_path)
        {
            preserved.push(Preserved { path, about });
        }
    }
    preserved.sort_by(|one, other| (one.about.at, &one.path).cmp(&(other.about.at, &other.path)));
    Ok(preserved)
}

const ABOUT: &str = "about.json";

fn described_by(about: &Path) -> Option<PathBuf> {
    let name = about.file_name()?.to_str()?.strip_suffix(ABOUT)?.strip_suffix('.')?;
    Some(about.with_file_name(name))
}

impl Shop {
    /// Moves a name out of the specs folder. `place` is what it was displaced from.
    pub(super) fn preserve_name(
        &self,
        place: &Place,
        name: &str,
        command: &CommandId,
    ) -> io::Result<PathBuf> {
        let Identity { hash, .. } = Identity::of(&place.folder, name.as_ref())?;
        let path = self.reserve(&place.name, command, hash)?;
        self.steps.before(Step::Preserve)?;
        match place.folder.move_out(name.as_ref(), &path) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                copy_out(&place.folder, name.as_ref(), &path)?;
            }
            answer => answer?,
        }
        private::flush_folder(&self.state.join(FOLDER))?;
        place.folder.flush()?;
        self.tell(&place.name, &path);
        Ok(path)
    }

    /// Keeps bytes that have no name any more.
    pub(super) fn preserve_bytes(
        &self,
        file: &OsStr,
        bytes: &[u8],
        command: &CommandId,
    ) -> io::Result<PathBuf> {
        let hash = ContentHash::of(bytes);
        let is_it = |kept: &Preserved| {
            kept.about.hash == Some(hash) && kept.about.command.as_ref() == Some(command)
        };
        if let Some(kept) = list(&self.state)?.into_iter().find(is_it) {
            return Ok(kept.path);
        }
        let path = self.reserve(file, command, Some(hash))?;
        self.steps.before(Step::Preserve)?;
        atomic::write(&path, bytes, Durability::Flushed).map_err(io::Error::other)?;
        self.tell(file, &path);
        Ok(path)
    }

    /// A free path, with its description written beside it.
    fn reserve(
        &self,
        file: &OsStr,
        command: &CommandId,
        hash: Option<ContentHash>,
    ) -> io::Result<PathBuf> {
        let folder = self.state.join(FOLDER);
        private::create_folder(&folder)?;
        let shown = file.to_string_lossy();
        let path = (1_u32..)
            .map(|number| folder.join(format!("{command}-{number}-{shown}")))
            .find(|path| path.symlink_metadata().is_err())
            .expect("a folder never holds four thousand million files");
        let at = Timestamp::from(SystemTime::now());
        let about = About { file: shown.into_owned(), command: Some(command.clone()), at, hash };
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{ABOUT}"));
        atomic::write_json(&path.with_file_name(name), &about, Durability::Flushed)
            .map_err(io::Error::other)?;
        Ok(path)
    }

    fn tell(&self, file: &OsStr, path: &Path) {
        log::warn!(
            "somebody saved {} in {} while a remote change was applied to it: that save is kept as \
             {}",
            file.to_string_lossy(),
            self.specs.display(),
            path.display()
        );
    }
}

/// To another file system: copied and flushed before the name is removed.
fn copy_out(folder: &Folder, name: &OsStr, to: &Path) -> io::Result<()> {
    let mut from = folder.open_file(name)?;
    let mut copy = private::options().truncate(true).open(to)?;
    io::copy(&mut from, &mut copy)?;
    File::sync_all(&copy)?;
    folder.remove_file(name)
}
