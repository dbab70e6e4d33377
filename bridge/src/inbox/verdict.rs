//! The ends of a command that change no file, in one voice: what happened, and what to do next.

use leanspec_shared::command::{CommandState, Outcome, Reason, Report};

fn end(state: CommandState, reason: Option<Reason>, message: String) -> Box<Report> {
    let outcome = Outcome { reason, message: Some(message), ..Outcome::default() };
    Box::new(Report { state, outcome })
}

/// Somebody or something forbids it.
#[must_use]
pub fn refused(reason: Reason, message: impl Into<String>) -> Box<Report> {
    end(CommandState::Refused, Some(reason), message.into())
}

/// It could not be done.
#[must_use]
pub fn failed(reason: Reason, message: impl Into<String>) -> Box<Report> {
    end(CommandState::Failed, Some(reason), message.into())
}

/// Its time ran out before it could be done.
#[must_use]
pub fn expired() -> Box<Report> {
    let message = "The machine did not come to it in time. Nothing was changed; make the change again \
                   if it is still wanted.";
    end(CommandState::Expired, Some(Reason::Late), message.into())
}

/// The user took it back in time.
#[must_use]
pub fn withdrawn() -> Box<Report> {
    end(CommandState::Withdrawn, None, "Taken back before anything was changed.".into())
}

/// The project was halted for too long.
#[must_use]
pub fn halted() -> Box<Report> {
    let message = "The project is halted on its machine: its files cannot be trusted now. Nothing was                    changed; see `leanspec-bridge status` there, then try again.";
    failed(Reason::Halted, message)
}

/// The file could not be written for too long.
#[must_use]
pub fn busy(why: &str) -> Box<Report> {
    let message = format!("The file could not be written for a minute: {why}. Try again.");
    failed(Reason::Busy, message)
}

/// The file is there, and is not what the command stands on; the rest is added by the caller.
#[must_use]
pub fn conflict(reason: Reason, message: impl Into<String>) -> Box<Report> {
    end(CommandState::Conflict, Some(reason), message.into())
}

/// Nothing on this machine goes by that id.
#[must_use]
pub fn unknown_project() -> Box<Report> {
    let message = "The machine has no such project any more. Nothing was changed.";
    refused(Reason::UnknownProject, message)
}
