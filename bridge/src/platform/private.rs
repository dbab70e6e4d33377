//! Files and folders that only their owner may read.
//!
//! On Windows the user's profile folder is private already, and its access list is inherited.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a folder and its parents; what is created may be entered by its owner only.
///
/// # Errors
/// When it can neither be created nor is there.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Options that create a file for its owner only: 0600 from its first moment, never for an instant
/// what the umask would have made of it.
#[must_use]
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Takes from an existing file what others may do with it.
///
/// # Errors
/// When the file is somebody else's.
pub fn restrict(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Ok(())
    }
}

/// Makes a rename or a new name in `folder` survive a power loss.
///
/// # Errors
/// When the folder cannot be opened or flushed. Windows has no such call and needs none: NTFS
/// journals its names.
pub fn flush_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        File::open(folder)?.sync_all()
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(())
    }
}
