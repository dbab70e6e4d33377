//! The arm for Unix: a descriptor, and every call relative to it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, fsync, mkdirat, openat, renameat, statat, unlinkat,
};

use super::{Entry, Kind};

/// A folder held by its descriptor.
#[derive(Debug)]
pub struct Folder {
    handle: OwnedFd,
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens a folder by its path, which may lead through links.
    ///
    /// # Errors
    /// When it is not there, is no folder, or may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { handle: openat(CWD, path, FOLDER, Mode::empty())? })
    }

    /// Opens a folder in this one. `name` is one name; a link is refused.
    ///
    /// # Errors
    /// When it is not there, is no folder, or may not be read.
    pub fn enter(&self, name: &OsStr) -> io::Result<Self> {
        Ok(Self { handle: self.open_name(name, FOLDER)? })
    }

    /// Opens a file in it for reading; a link is refused, and a pipe does not hold us up.
    ///
    /// # Errors
    /// When it is not there or may not be read.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        Ok(File::from(self.open_name(name, flags)?))
    }

    /// In one place: the kernel is told that neither a link nor `..` is meant, where it can be.
    fn open_name(&self, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{ResolveFlags, openat2};
            use rustix::io::Errno;
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
            match openat2(&self.handle, name, flags, Mode::empty(), resolve) {
                // An old kernel, or a sandbox that does not know the call.
                Err(Errno::NOSYS | Errno::PERM) => {}
                answer => return Ok(answer?),
            }
        }
        if Path::new(name).file_name() != Some(name) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not one name"));
        }
        Ok(openat(&self.handle, name, flags | OFlags::NOFOLLOW, Mode::empty())?)
    }

    /// Makes a file that was not there, open for reading and writing. `mode` is what its owner, its
    /// group and others may do, less what the umask takes.
    ///
    /// # Errors
    /// `AlreadyExists` and so on.
    pub fn create_file(&self, name: &OsStr, mode: u32) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = openat(&self.handle, name, flags | OFlags::NOFOLLOW, mode_of(mode))?;
        Ok(File::from(file))
    }

    /// Makes a folder that was not there, as the umask allows.
    ///
    /// # Errors
    /// `AlreadyExists` and so on.
    pub fn create_folder(&self, name: &OsStr) -> io::Result<Self> {
        mkdirat(&self.handle, name, mode_of(0o777))?;
        self.enter(name)
    }

    /// Looks at a name without opening it.
    ///
    /// # Errors
    /// `NotFound` when there is no such name.
    pub fn entry(&self, name: &OsStr) -> io::Result<Entry> {
        let found = statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        };
        Ok(Entry {
            kind,
            links: wide(found.st_nlink),
            identity: (wide(found.st_dev), wide(found.st_ino)),
            size: wide(found.st_size),
        })
    }

    /// Every name in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle)? {
            let name = OsString::from_vec(entry?.file_name().to_bytes().to_vec());
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Whether `wanted` says yes to a name in it. Stops there; a folder of hundreds of names is looked
    /// through without keeping any.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn any_name(&self, mut wanted: impl FnMut(&OsStr) -> bool) -> io::Result<bool> {
        for entry in Dir::read_from(&self.handle)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." && wanted(OsStr::from_bytes(name)) {
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
        Ok(renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Moves a name out, to a path on the same file system.
    ///
    /// # Errors
    /// `CrossesDevices` for another file system.
    pub fn move_out(&self, name: &OsStr, to: &Path) -> io::Result<()> {
        Ok(renameat(&self.handle, name, CWD, to)?)
    }

    /// Removes a name that is no folder.
    ///
    /// # Errors
    /// When it is not there or may not be removed.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// When it is not there, not empty, or may not be removed.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.handle, name, AtFlags::REMOVEDIR)?)
    }

    /// Makes the names in it survive a power loss.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn flush(&self) -> io::Result<()> {
        Ok(fsync(&self.handle)?)
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

/// The numbers of a stat have other widths on each system; none of them is negative.
fn wide<N: TryInto<u64>>(number: N) -> u64 {
    number.try_into().unwrap_or_default()
}

/// The mode's type is 16 bits wide on some systems, and permissions need twelve.
#[expect(
    clippy::allow_attributes,
    reason = "the conversion is one of a type to itself on Linux, and none on macOS"
)]
fn mode_of(mode: u32) -> Mode {
    #[allow(clippy::useless_conversion, clippy::unnecessary_fallible_conversions)]
    Mode::from_raw_mode((mode & 0o7777).try_into().unwrap_or_default())
}
