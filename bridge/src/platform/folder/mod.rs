//! A folder held open: what is done to a name in it happens in that folder, wherever its path leads
//! by then. A folder on the way that is swapped for a link therefore leads nowhere.

#[cfg(unix)]
mod by_descriptor;
pub mod by_path;

#[cfg(unix)]
pub use by_descriptor::Folder;
#[cfg(not(unix))]
pub use by_path::Folder;

/// What a name in a folder is; never what it links to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// What the file system says of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// How many names it has; 1 where the platform does not tell.
    pub links: u64,
    /// Device and inode, or volume and file index: the same thing under another name has the same.
    pub identity: (u64, u64),
    /// In bytes.
    pub size: u64,
}

#[cfg(test)]
mod tests {
    /// The same for both arms.
    macro_rules! tests_of {
        ($arm:ident, $folder:ty) => {
            mod $arm {
                use std::io::{ErrorKind, Read, Write};

                use super::super::*;

                type Arm = $folder;

                #[test]
                fn names_are_made_found_moved_and_removed() {
                    let temp = tempfile::tempdir().expect("a folder");
                    let root = Arm::open(temp.path()).expect("there");
                    let inner = root.create_folder("inner".as_ref()).expect("made");
                    let mut file = inner.create_file("a".as_ref(), 0o600).expect("made");
                    file.write_all(b"text").expect("written");
                    let again = inner.create_file("a".as_ref(), 0o600).expect_err("there");
                    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
                    inner.rename("a".as_ref(), "b".as_ref()).expect("renamed");
                    assert_eq!(inner.names().expect("listed"), ["b"]);
                    for (name, there) in [("b", true), ("a", false), (".", false)] {
                        assert_eq!(inner.any_name(|found| found == name).expect("listed"), there);
                    }
                    let entry = inner.entry("b".as_ref()).expect("there");
                    assert_eq!((entry.kind, entry.links, entry.size), (Kind::File, 1, 4));
                    let mut text = String::new();
                    let mut file = inner.open_file("b".as_ref()).expect("there");
                    file.read_to_string(&mut text).expect("read");
                    assert_eq!(text, "text");
                    inner.move_out("b".as_ref(), &temp.path().join("out")).expect("moved");
                    inner.flush().expect("flushed");
                    root.remove_folder("inner".as_ref()).expect("removed");
                    root.remove_file("out".as_ref()).expect("removed");
                    assert_eq!(root.names().expect("listed").len(), 0);
                    let gone = root.entry("out".as_ref()).expect_err("gone");
                    assert_eq!(gone.kind(), ErrorKind::NotFound);
                }

                #[cfg(unix)]
                #[test]
                fn no_name_leads_through_a_link_or_upwards() {
                    let temp = tempfile::tempdir().expect("a folder");
                    let inside = temp.path().join("inside");
                    std::fs::create_dir(&inside).expect("made");
                    std::fs::write(temp.path().join("secret"), "outside").expect("written");
                    std::os::unix::fs::symlink("../secret", inside.join("file")).expect("linked");
                    std::os::unix::fs::symlink("..", inside.join("up")).expect("linked");
                    let folder = Arm::open(&inside).expect("there");
                    for name in ["file", "../secret", "up/secret", ".."] {
                        assert!(folder.open_file(name.as_ref()).is_err(), "{name}");
                        assert!(folder.enter(name.as_ref()).is_err(), "{name}");
                    }
                    assert!(folder.enter("up".as_ref()).is_err());
                    assert_eq!(folder.entry("up".as_ref()).expect("there").kind, Kind::Link);
                }

                /// Somebody replaces a folder on the way by a link to another place.
                #[cfg(unix)]
                #[test]
                fn a_folder_swapped_for_a_link_leads_nowhere_else() {
                    let temp = tempfile::tempdir().expect("a folder");
                    let (inside, outside) = (temp.path().join("in"), temp.path().join("out"));
                    std::fs::create_dir(&inside).expect("made");
                    std::fs::create_dir(&outside).expect("made");
                    let folder = Arm::open(&inside).expect("there");
                    std::fs::rename(&inside, temp.path().join("moved")).expect("moved");
                    std::os::unix::fs::symlink(&outside, &inside).expect("linked");
                    // By descriptor the file is made in the folder that was opened; by path not at all.
                    let _ = folder.create_file("a".as_ref(), 0o600);
                    assert_eq!(std::fs::read_dir(&outside).expect("there").count(), 0);
                }
            }
        };
    }

    #[cfg(unix)]
    tests_of!(by_descriptor, super::super::by_descriptor::Folder);
    tests_of!(by_path, super::super::by_path::Folder);
}
