//! How the program ends: a closed list of exit codes, and the sentence that goes with a failure.

use std::fmt;
use std::process::ExitCode;

/// What the caller of the program is told by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// Something went wrong that has no number of its own.
    Failed = 1,
    /// The command line or the config is not usable.
    Usage = 2,
    /// The relay could not be reached in the time given.
    Unreachable = 3,
    /// The relay refuses the key, or another computer speaks for this machine.
    KeyRefused = 4,
    /// Another process holds the state folder.
    Locked = 5,
    /// `doctor`: it works, worse than it could.
    Doubtful = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked: the number, and a sentence that says what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The number.
    pub exit: Exit,
    /// For the person at the terminal.
    pub message: String,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// A failure without a number of its own.
    pub fn other(error: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
