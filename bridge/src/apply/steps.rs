//! The steps that a change of a file takes on the disk, so that a test can stand between any two.
//!
//! The product never sets a hook. Tests do: to fail a step as a full disk would, to let an editor
//! save in just that moment, or to die there.

use std::fmt;
use std::io;
use std::sync::Arc;

/// An effect on the disk that is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Lines are appended to the journal.
    JournalWrite,
    /// The journal is flushed.
    JournalFlush,
    /// The journal is written anew, beside the old one.
    JournalRewrite,
    /// An empty file is made beside the target.
    TemporaryMake,
    /// The new bytes are written to it.
    TemporaryWrite,
    /// It gets owner, mode and attributes of the target.
    TemporaryAttributes,
    /// It is flushed.
    TemporaryFlush,
    /// It gets the name under which it counts as complete.
    TemporaryName,
    /// The target is read and compared with the base.
    Check,
    /// Target and temporary file change places.
    Exchange,
    /// Where names cannot be exchanged: the temporary file is renamed over the target.
    RenameOver,
    /// What was displaced is read and compared with the base.
    Verify,
    /// What was displaced by mistake is put back.
    PutBack,
    /// The folder's names are flushed.
    FolderFlush,
    /// The displaced file leaves the specs folder.
    PutAway,
    /// A name that is not needed any more is removed.
    Remove,
    /// A folder is made under a temporary name.
    FolderMake,
    /// A new folder gets its name.
    FolderName,
    /// Bytes that are nobody's base are moved to the preserved ones.
    Preserve,
    /// What was displaced is read again, some seconds later.
    Settle,
}

type Hook = dyn Fn(Step) -> io::Result<()> + Send + Sync;

/// Called before each step.
#[derive(Clone, Default)]
pub struct Steps {
    hook: Option<Arc<Hook>>,
}

impl Steps {
    /// Steps that `hook` hears of before they are taken; an error stands for the step's own.
    pub fn with(hook: impl Fn(Step) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { hook: Some(Arc::new(hook)) }
    }

    /// Announces a step.
    ///
    /// # Errors
    /// Only where a test says so.
    pub(super) fn before(&self, step: Step) -> io::Result<()> {
        self.hook.as_ref().map_or(Ok(()), |hook| hook(step))
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Steps").field("hooked", &self.hook.is_some()).finish()
    }
}
