//! Puts a change into a file such that nothing is lost: not the change, not what somebody else
//! saves in that moment, not the file when the power goes.
//!
//! ```text
//! replace   intent → temporary file → check → exchange → verify ─ base ──▶ outcome → remove
//!                                                       └ other ─▶ put_back … preserved
//! after_life   the displaced file, looked at again some seconds later
//! create    intent → folder under a temporary name → rename if free → outcome
//! recover   what an intent without an outcome means, from the names and bytes on the disk
//! journal   what each command is and became      preserved   bytes that belong to nobody's base
//! ```
//!
//! It knows files and the journal. What a change is, whether it is allowed and when it is its turn
//! is decided by others. Every call blocks.

mod after_life;
mod aside;
mod create;
pub mod exclude;
pub mod journal;
mod names;
mod place;
pub mod preserved;
mod put_back;
mod recover;
mod recover_rules;
mod replace;
pub mod steps;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

use leanspec_shared::command::Reason;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;

pub use self::after_life::{AfterLife, Settled};
pub use self::create::{Created, Creation};
pub use self::journal::{Journal, Lasts, Left};
use self::place::Place;
pub use self::recover::Recovery;
pub use self::replace::{Replaced, Replacement};
use self::steps::Steps;
use crate::source::filter::Filter;

/// A change that is not made because of what stands at its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The word on the wire.
    pub reason: Reason,
    /// A sentence for people.
    pub message: String,
}

/// A file as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its exact bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub hash: ContentHash,
}

/// Why a file cannot be read, or changed; in both cases it is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such file.
    Gone,
    /// It is not one that may be changed.
    Refused(Refused),
    /// Another program kept rewriting it: a later attempt may do.
    Busy(String),
    /// The disk or its permissions said no: a later attempt may do.
    Disk(String),
}

/// How a change becomes visible here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeSupport {
    /// Nothing was changed yet in this process.
    NotUsedYet,
    /// Two names are exchanged, and what was displaced is verified.
    Exchanges,
    /// The file system or the system cannot exchange: the file is checked, renamed over and checked
    /// again, and a save in the microseconds between may be overwritten.
    ChecksOnly,
}

/// Where one project's specs are changed.
#[derive(Debug)]
pub struct Shop {
    /// The canonical specs folder.
    specs: PathBuf,
    /// The project's folder in the state folder.
    state: PathBuf,
    filter: Filter,
    steps: Steps,
    exchange: AtomicU8,
}

impl Shop {
    /// For the specs folder `specs` (a link to it is resolved now, once), with the project's folder
    /// in the state folder. Writes nothing.
    ///
    /// # Errors
    /// When the specs folder is not there.
    pub fn open(specs: &Path, state: &Path, filter: Filter) -> io::Result<Self> {
        Self::open_with(specs, state, filter, Steps::default())
    }

    /// The same, with a hook for tests.
    ///
    /// # Errors
    /// See [`Shop::open`].
    pub fn open_with(specs: &Path, state: &Path, filter: Filter, steps: Steps) -> io::Result<Self> {
        let specs = specs.canonicalize()?;
        let exchange = AtomicU8::new(ExchangeSupport::NotUsedYet as u8);
        Ok(Self { specs, state: state.to_owned(), filter, steps, exchange })
    }

    /// Reads a file that a command may change.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn read(&self, path: &FilePath) -> Result<Found, Trouble> {
        let place = Place::find(&self.specs, path, &self.filter)?;
        let (_, bytes) = place.read(self.filter.file_max_bytes)?;
        Ok(Found { hash: ContentHash::of(&bytes), bytes })
    }

    /// How changes become visible here, as far as it is known.
    #[must_use]
    pub fn exchange_support(&self) -> ExchangeSupport {
        match self.exchange.load(Ordering::Relaxed) {
            known if known == ExchangeSupport::Exchanges as u8 => ExchangeSupport::Exchanges,
            known if known == ExchangeSupport::ChecksOnly as u8 => ExchangeSupport::ChecksOnly,
            _ => ExchangeSupport::NotUsedYet,
        }
    }

    fn learn_exchange(&self, support: ExchangeSupport) {
        self.exchange.store(support as u8, Ordering::Relaxed);
    }
}

impl Trouble {
    fn special(message: String) -> Self {
        Self::Refused(Refused { reason: Reason::SpecialFile, message })
    }

    /// For errors of the journal and of our own files, where a missing name is the disk's fault.
    fn disk(error: impl std::fmt::Display) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Gone,
            io::ErrorKind::InvalidFilename => {
                Self::Refused(Refused { reason: Reason::BadName, message: error.to_string() })
            }
            _ => Self::Disk(error.to_string()),
        }
    }
}
