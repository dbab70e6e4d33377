//! Opening a file below a folder without following a link on the way.
//!
//! A link could lead out of the specs folder, and what it leads to would be sent. Linux decides it
//! in the kernel; elsewhere the opened file's canonical path is compared.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens `root/relative` for reading. `root` is canonical; no part of `relative` may be a link.
///
/// # Errors
/// `NotFound`, `PermissionDenied` and so on; an error of any kind for a link.
pub fn open(root: &Path, relative: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    match open_in_kernel(root, relative) {
        // An old kernel, or a sandbox that does not know the call: compare paths instead.
        Err(error) if refuses_openat2(&error) => {}
        answer => return answer,
    }
    open_and_compare(root, relative)
}

#[cfg(target_os = "linux")]
fn open_in_kernel(root: &Path, relative: &Path) -> io::Result<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};

    let folder =
        openat(CWD, root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let file = openat2(
        folder,
        relative,
        // A pipe that took the file's place must not hold us up.
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK,
        Mode::empty(),
        ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
    )?;
    Ok(File::from(file))
}

#[cfg(target_os = "linux")]
fn refuses_openat2(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    code == Some(rustix::io::Errno::NOSYS.raw_os_error())
        || code == Some(rustix::io::Errno::PERM.raw_os_error())
}

fn open_and_compare(root: &Path, relative: &Path) -> io::Result<File> {
    let path = root.join(relative);
    let refuse_links = || -> io::Result<()> {
        if std::fs::canonicalize(&path)? == path {
            Ok(())
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "a link, or another spelling"))
        }
    };
    refuse_links()?;
    let mut options = OpenOptions::new();
    options.read(true);
    let file = options.open(&path)?;
    // Once more: a folder on the way may have become a link in between.
    refuse_links()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    type Opener = fn(&Path, &Path) -> io::Result<File>;

    #[test]
    fn a_file_is_read_and_a_link_on_the_way_to_it_is_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("a path").join("specs");
        std::fs::create_dir_all(root.join("001-a")).expect("made");
        std::fs::write(root.join("001-a/README.md"), "hello").expect("written");
        std::fs::write(dir.path().join("secret"), "outside").expect("written");
        let openers: [Opener; 2] = [open, open_and_compare];
        for opener in openers {
            let mut text = String::new();
            let mut file = opener(&root, Path::new("001-a/README.md")).expect("opened");
            file.read_to_string(&mut text).expect("read");
            assert_eq!(text, "hello");
            assert!(opener(&root, Path::new("001-a/none.md")).is_err());
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../../secret", root.join("001-a/link.md")).expect("linked");
            std::os::unix::fs::symlink("..", root.join("up")).expect("linked");
            for opener in openers {
                assert!(opener(&root, Path::new("001-a/link.md")).is_err());
                assert!(opener(&root, Path::new("up/secret")).is_err());
                assert!(opener(&root, Path::new("../secret")).is_err());
            }
        }
    }
}
