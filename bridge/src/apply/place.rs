//! From a command's path to the one file it may mean: below the specs folder, through no link, by
//! exactly its own name, regular, with one name, and among what is sent.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use leanspec_shared::command::Reason;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use unicode_normalization::UnicodeNormalization;

use super::{Refused, Trouble, names};
use crate::platform::folder::{Entry, Folder, Kind};
use crate::source::filter::{Filter, Verdict};

/// A name in an open folder.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) folder: Folder,
    pub(super) name: OsString,
}

/// What a name stands for: the same thing with the same bytes. Two of them are equal only when
/// nobody wrote in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) inode: (u64, u64),
    /// Absent for what is no regular file, or cannot be read.
    pub(super) hash: Option<ContentHash>,
}

/// Judges a path by its names alone.
pub(super) fn check_path(path: &FilePath, filter: &Filter) -> Result<(), Refused> {
    let refused = |message| Refused { reason: Reason::BadName, message };
    names::check(path).map_err(refused)?;
    match filter.judge(path) {
        Verdict::Sent => Ok(()),
        Verdict::Ignored | Verdict::Passing => Err(refused(format!(
            "'{path}' is not among what this machine sends, and cannot be changed from elsewhere"
        ))),
    }
}

/// Walks to a folder below `specs`, name by name as they are listed, never through a link.
pub(super) fn walk(specs: &Path, folder: Option<&FilePath>) -> Result<Folder, Trouble> {
    let mut open = Folder::open(specs)?;
    for name in folder.iter().flat_map(|path| path.as_str().split('/')) {
        let spelling = spelled(&open, name)?.ok_or(Trouble::Gone)?;
        open = match open.entry(&spelling)?.kind {
            Kind::Folder => open.enter(&spelling)?,
            Kind::Link => return Err(Trouble::special(format!("'{name}' is a link"))),
            Kind::File | Kind::Other => return Err(Trouble::Gone),
        };
    }
    Ok(open)
}

/// The name in the folder's list that a name on the wire means: the same, or one that is the same
/// in NFC, which is how names travel. Asking the file system instead would find `readme.md` where
/// `README.md` is, if it ignores case.
pub(super) fn spelled(folder: &Folder, name: &str) -> io::Result<Option<OsString>> {
    match listed(folder, name)? {
        Some(name) => Ok(Some(name)),
        None => listed_late(folder, name),
    }
}

/// Found by asking and not in the list: made in this moment, or another name's alias.
fn listed_late(folder: &Folder, name: &str) -> io::Result<Option<OsString>> {
    if folder.entry(name.as_ref()).is_err() {
        return Ok(None);
    }
    let refused = || {
        io::Error::new(
            io::ErrorKind::InvalidFilename,
            format!("'{name}' is spelled otherwise on the disk"),
        )
    };
    listed(folder, name)?.ok_or_else(refused).map(Some)
}

fn listed(folder: &Folder, name: &str) -> io::Result<Option<OsString>> {
    let is_same = |listed: &OsStr| {
        listed.to_str().is_some_and(|listed| !listed.is_ascii() && listed.nfc().eq(name.chars()))
    };
    let mut same = None;
    let exact = folder.any_name(|listed| {
        if same.is_none() && is_same(listed) {
            same = Some(listed.to_owned());
        }
        listed == OsStr::new(name)
    })?;
    Ok(if exact { Some(name.into()) } else { same })
}

impl Place {
    /// The place of a file that a command may change.
    pub(super) fn find(specs: &Path, path: &FilePath, filter: &Filter) -> Result<Self, Trouble> {
        check_path(path, filter)?;
        let folder = walk(specs, path.parent().as_ref())?;
        let name = spelled(&folder, path.file_name())?.ok_or(Trouble::Gone)?;
        Ok(Self { folder, name })
    }

    /// Opens the file, after it was looked at.
    pub(super) fn open(&self, max_bytes: u64) -> Result<File, Trouble> {
        self.judge(&self.folder.entry(&self.name)?, max_bytes)?;
        let file = self.folder.open_file(&self.name)?;
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(Trouble::special(NOT_REGULAR.into()))
        }
    }

    fn judge(&self, entry: &Entry, max_bytes: u64) -> Result<(), Trouble> {
        let shown = self.name.to_string_lossy();
        match entry.kind {
            Kind::Link => return Err(Trouble::special(format!("'{shown}' is a link"))),
            Kind::Folder | Kind::Other => return Err(Trouble::special(NOT_REGULAR.into())),
            Kind::File => {}
        }
        if entry.links > 1 {
            return Err(Trouble::special(format!(
                "'{shown}' has {} names (hard links): a change would part them",
                entry.links
            )));
        }
        if entry.size > max_bytes {
            return Err(Trouble::Refused(Refused {
                reason: Reason::TooLarge,
                message: format!("'{shown}' has more than the {max_bytes} bytes that are sent"),
            }));
        }
        Ok(())
    }

    /// The bytes that are there now, and the open file they came from.
    pub(super) fn read(&self, max_bytes: u64) -> Result<(File, Vec<u8>), Trouble> {
        let mut file = self.open(max_bytes)?;
        let size = file.metadata()?.len().min(max_bytes);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
        (&mut file).take(max_bytes + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > max_bytes {
            // It grew since it was looked at.
            return Err(Trouble::Busy("the file grows while it is read".into()));
        }
        if bytes.contains(&0) {
            return Err(Trouble::special(format!("'{}' is no text", self.name.to_string_lossy())));
        }
        Ok((file, bytes))
    }
}

/// What we placed under a name, to be known again when it comes out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Not known any more after a restart.
    inode: Option<(u64, u64)>,
    hash: Option<ContentHash>,
}

impl From<Identity> for Placed {
    fn from(identity: Identity) -> Self {
        Self { inode: Some(identity.inode), hash: identity.hash }
    }
}

impl Placed {
    /// By its bytes alone.
    pub(super) fn bytes(hash: ContentHash) -> Self {
        Self { inode: None, hash: Some(hash) }
    }

    /// Whether this is what we placed, and nobody has written into it since.
    pub(super) fn is(&self, found: &Identity) -> bool {
        self.hash == found.hash && self.inode.is_none_or(|inode| inode == found.inode)
    }
}

const NOT_REGULAR: &str = "this is no regular file";

impl Identity {
    /// Of whatever has a name in a folder.
    pub(super) fn of(folder: &Folder, name: &OsStr) -> io::Result<Self> {
        let entry = folder.entry(name)?;
        let file = match entry.kind {
            Kind::File => folder.open_file(name).ok(),
            Kind::Folder | Kind::Link | Kind::Other => None,
        };
        let hash = file.and_then(|file| hash_of(file).ok());
        Ok(Self { inode: entry.identity, hash })
    }
}

/// Hash of a whole open file.
pub(super) fn hash_of(mut file: impl Read) -> io::Result<ContentHash> {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => context.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Ok(ContentHash::from_bytes(hash))
}
