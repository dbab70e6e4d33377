//! Why an edit is not made: in words for the user, and in those of the wire.

use leanspec_shared::command::{Outcome, Reason, Rule};

/// A word that is told back is cut here.
const WORD_SHOWN_CHARS: usize = 64;

/// An edit that is not made; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// For programs.
    pub reason: Reason,
    /// With [`Reason::Rule`]: which.
    pub rule: Option<Rule>,
    /// For people: what is the matter, and what to do next.
    pub message: String,
    /// What exactly stands in the way, one sentence each.
    pub details: Vec<String>,
    /// The line of the file that stands in the way, counted from 1.
    pub line: Option<u32>,
}

impl Refusal {
    /// A refusal that has no more to say than its message.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, rule: None, message: message.into(), details: Vec::new(), line: None }
    }

    /// A member of the command is not what it should be.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Reason::Invalid, message)
    }

    /// One of LeanSpec's own rules stands against it.
    #[must_use]
    pub fn rule(rule: Rule, message: impl Into<String>, details: Vec<String>) -> Self {
        Self { rule: Some(rule), details, ..Self::new(Reason::Rule, message) }
    }

    /// A word that LeanSpec does not know, with those it knows.
    pub(super) fn unknown_word(key: &str, word: &str, known: &[&str]) -> Self {
        let word: String = word.chars().take(WORD_SHOWN_CHARS).collect();
        let all = known.join(", ");
        let message = format!("'{word}' is no {key} that LeanSpec knows: use one of {all}.");
        Self::rule(Rule::KnownValue, message, known.iter().map(|&word| word.to_owned()).collect())
    }

    /// The frontmatter cannot be edited without risk to what stands in it.
    #[must_use]
    pub fn not_editable(line: Option<u32>, why: &str) -> Self {
        let place = line.map_or_else(String::new, |line| format!(" (line {line})"));
        let message = format!(
            "The frontmatter cannot be edited safely: {why}{place}. Nothing was changed: mend the \
             file on its machine, then try again."
        );
        Self { line, ..Self::new(Reason::NotEditable, message) }
    }

    /// As it travels.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        Outcome {
            reason: Some(self.reason),
            rule: self.rule,
            message: Some(self.message),
            details: self.details,
            line: self.line,
            ..Outcome::default()
        }
    }
}
