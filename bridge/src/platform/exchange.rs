//! Two ways to rename that decide in one step of the file system: two names exchanged, and a name
//! given only if it is free.
//!
//! Linux and macOS have both on most of their file systems. Windows has `ReplaceFileW`, whose only
//! safe wrapper does not exist; there, and on file systems without them, the caller checks, renames
//! and checks again.

use std::ffi::OsStr;
use std::io;

use crate::platform::folder::Folder;

/// Exchanges two names of one folder.
///
/// # Errors
/// `Unsupported` where system or file system have no such call; nothing is changed by any error.
pub fn exchange(folder: &Folder, one: &OsStr, other: &OsStr) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        rename_with(folder, one, other, rustix::fs::RenameFlags::EXCHANGE)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    {
        let _ = (folder, one, other);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Renames within a folder if the new name is free.
///
/// # Errors
/// `AlreadyExists` when it is taken, `Unsupported` as for [`exchange`].
pub fn rename_new(folder: &Folder, from: &OsStr, to: &OsStr) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        rename_with(folder, from, to, rustix::fs::RenameFlags::NOREPLACE)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    {
        let _ = (folder, from, to);
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_with(
    folder: &Folder,
    from: &OsStr,
    to: &OsStr,
    flags: rustix::fs::RenameFlags,
) -> io::Result<()> {
    use rustix::io::Errno;

    match rustix::fs::renameat_with(folder, from, folder, to, flags) {
        // What kernels, sandboxes and file systems say that do not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(io::ErrorKind::Unsupported.into()),
        answer => Ok(answer?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    #[test]
    fn two_names_change_places_and_a_taken_name_is_never_overwritten() {
        let temp = tempfile::tempdir().expect("a folder");
        let (one, two) = (temp.path().join("one"), temp.path().join("two"));
        std::fs::write(&one, "1").expect("written");
        std::fs::write(&two, "2").expect("written");
        let folder = Folder::open(temp.path()).expect("there");
        exchange(&folder, "one".as_ref(), "two".as_ref()).expect("exchanged");
        assert_eq!(std::fs::read_to_string(&one).expect("there"), "2");
        assert_eq!(std::fs::read_to_string(&two).expect("there"), "1");

        let taken = rename_new(&folder, "one".as_ref(), "two".as_ref()).expect_err("taken");
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        rename_new(&folder, "one".as_ref(), "three".as_ref()).expect("free");
        let gone = exchange(&folder, "one".as_ref(), "two".as_ref()).expect_err("gone");
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }
}
