//! The numbers by which a file system says that a file is the same as before.

use std::fs::Metadata;

/// What is compared before a file is read again. Two equal stats do not prove equal bytes: see
/// `source::read` for when they are believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stat {
    /// In bytes.
    pub size: u64,
    /// Last write, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Last change of the file or its attributes, in nanoseconds since 1970, where there is one:
    /// nobody can set it back.
    pub ctime_ns: i64,
    /// Number of the file, where there is one: a replaced file has another.
    pub inode: u64,
}

/// Which folder this is: device and number. Zeros where the platform tells neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FolderId {
    /// The device, which changes when something is mounted over the folder.
    pub device: u64,
    /// The folder's own number, which changes when it is made anew.
    pub inode: u64,
}

impl Stat {
    /// From what the file system said.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let ns = |seconds: i64, rest: i64| {
                seconds.saturating_mul(1_000_000_000).saturating_add(rest)
            };
            Self {
                size: metadata.len(),
                mtime_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
                ctime_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
                inode: metadata.ino(),
            }
        }
        #[cfg(windows)]
        {
            use std::os::windows::fs::MetadataExt;
            // 100 ns ticks since 1601; the birth time stands in for the inode: a file that was
            // replaced was born later.
            let unix_ns = |ticks: u64| {
                let since_1970 = i128::from(ticks) - 116_444_736_000_000_000;
                i64::try_from(since_1970 * 100).unwrap_or(0)
            };
            Self {
                size: metadata.file_size(),
                mtime_ns: unix_ns(metadata.last_write_time()),
                ctime_ns: 0,
                inode: metadata.creation_time(),
            }
        }
        #[cfg(not(any(unix, windows)))]
        {
            let since = metadata
                .modified()
                .ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            let mtime_ns =
                since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0);
            Self { size: metadata.len(), mtime_ns, ..Self::default() }
        }
    }
}

impl FolderId {
    /// From what the file system said of a folder.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Self { device: metadata.dev(), inode: metadata.ino() }
        }
        #[cfg(windows)]
        {
            use std::os::windows::fs::MetadataExt;
            Self { device: 0, inode: metadata.creation_time() }
        }
        #[cfg(not(any(unix, windows)))]
        {
            let _ = metadata;
            Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_of_equal_size_has_another_stat() {
        let dir = tempfile::tempdir().expect("a folder");
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        std::fs::write(&one, "a").expect("written");
        std::fs::write(&two, "b").expect("written");
        let before = Stat::of(&one.metadata().expect("there"));
        assert_eq!(before, Stat::of(&one.metadata().expect("there")));
        std::fs::rename(&two, &one).expect("renamed");
        assert_ne!(before, Stat::of(&one.metadata().expect("there")));
    }
}
