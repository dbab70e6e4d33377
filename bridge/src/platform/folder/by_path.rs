//! The arm for systems where names are not used relative to an open folder: before each use the
//! folder's path must still be its own canonical form, so that no link is on the way.
//!
//! Between that look and the use lies a moment; `by_descriptor` has none.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{Entry, Kind};

/// A folder by its path.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Takes a folder by its path, which may lead through links.
    ///
    /// # Errors
    /// When it is not there or is no folder.
    pub fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        if path.is_dir() { Ok(Self { path }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Takes a folder in this one; a link is refused.
    ///
    /// # Errors
    /// When it is not there or is no folder.
    pub fn enter(&self, name: &OsStr) -> io::Result<Self> {
        let path = self.at(name)?;
        let kind = path.symlink_metadata()?.file_type();
        if kind.is_dir() { Ok(Self { path }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Where a name of the folder is.
    fn at(&self, name: &OsStr) -> io::Result<PathBuf> {
        let refused = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
        if Path::new(name).file_name() != Some(name) {
            return Err(refused("not one name"));
        }
        if self.path.canonicalize()? != self.path {
            return Err(refused("a folder on the way became a link"));
        }
        Ok(self.path.join(name))
    }

    /// Opens a file in it for reading; a link is refused.
    ///
    /// # Errors
    /// When it is not there or may not be read.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let path = self.at(name)?;
        if path.symlink_metadata()?.file_type().is_symlink() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a link"));
        }
        File::open(path)
    }

    /// Makes a file that was not there, open for reading and writing. The mode is the folder's to
    /// give.
    ///
    /// # Errors
    /// `AlreadyExists` and so on.
    pub fn create_file(&self, name: &OsStr, _mode: u32) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(self.at(name)?)
    }

    /// Makes a folder that was not there.
    ///
    /// # Errors
    /// `AlreadyExists` and so on.
    pub fn create_folder(&self, name: &OsStr) -> io::Result<Self> {
        let path = self.at(name)?;
        std::fs::create_dir(&path)?;
        Ok(Self { path })
    }

    /// Looks at a name without following it.
    ///
    /// # Errors
    /// `NotFound` when there is no such name.
    pub fn entry(&self, name: &OsStr) -> io::Result<Entry> {
        let path = self.at(name)?;
        let found = path.symlink_metadata()?;
        let kind = match found.file_type() {
            kind if kind.is_symlink() => Kind::Link,
            kind if kind.is_dir() => Kind::Folder,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        let identity = match file_id::get_file_id(&path) {
            Ok(file_id::FileId::Inode { device_id, inode_number }) => (device_id, inode_number),
            Ok(file_id::FileId::LowRes { volume_serial_number, file_index }) => {
                (u64::from(volume_serial_number), file_index)
            }
            Ok(file_id::FileId::HighRes { volume_serial_number, file_id }) => {
                (volume_serial_number, (file_id >> 64) as u64 ^ file_id as u64)
            }
            Err(_) => (0, 0),
        };
        Ok(Entry { kind, links: 1, identity, size: found.len() })
    }

    /// Every name in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        std::fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    /// Whether `wanted` says yes to a name in it. Stops there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn any_name(&self, mut wanted: impl FnMut(&OsStr) -> bool) -> io::Result<bool> {
        for entry in std::fs::read_dir(&self.path)? {
            if wanted(&entry?.file_name()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Renames within the folder, over whatever file has the new name.
    ///
    /// # Errors
    /// When it cannot be done; then nothing is.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        std::fs::rename(self.at(from)?, self.at(to)?)
    }

    /// Moves a name out, to a path on the same file system.
    ///
    /// # Errors
    /// `CrossesDevices` for another file system.
    pub fn move_out(&self, name: &OsStr, to: &Path) -> io::Result<()> {
        std::fs::rename(self.at(name)?, to)
    }

    /// Removes a name that is no folder.
    ///
    /// # Errors
    /// When it is not there or may not be removed.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_file(self.at(name)?)
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// When it is not there, not empty, or may not be removed.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_dir(self.at(name)?)
    }

    /// Makes the names in it survive a power loss.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn flush(&self) -> io::Result<()> {
        crate::platform::private::flush_folder(&self.path)
    }
}
