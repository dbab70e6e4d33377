//! One line of the doctor: what was tried, what came of it, and what to do when it was not well.

use std::fmt;

use serde::Serialize;

/// How it is, from well to ill: the order decides which is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Well.
    Ok,
    /// Worth knowing; nothing to do.
    Note,
    /// It works, worse than it could.
    Warn,
    /// It does not work.
    Bad,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warn => "WARN",
            Self::Bad => "BAD",
        })
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// A word for it: `dns`, `tls`, `stream`.
    pub check: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was tried.
    pub tried: String,
    /// What came of it.
    pub result: String,
    /// The likely cause, when it is not well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What to do, or to write into the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Line {
    /// A line that is well.
    #[must_use]
    pub fn ok(check: &'static str, tried: impl Into<String>, result: impl Into<String>) -> Self {
        let (tried, result) = (tried.into(), result.into());
        Self { check, verdict: Verdict::Ok, tried, result, cause: None, advice: None }
    }

    /// The same, worth knowing.
    #[must_use]
    pub fn note(self) -> Self {
        Self { verdict: Verdict::Note, ..self }
    }

    /// The same, working badly, with the likely cause and the way on.
    #[must_use]
    pub fn warn(self, cause: impl Into<String>, advice: impl Into<String>) -> Self {
        let (cause, advice) = (Some(cause.into()), Some(advice.into()));
        Self { verdict: Verdict::Warn, cause, advice, ..self }
    }

    /// The same, not working.
    #[must_use]
    pub fn bad(self, cause: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Bad, ..self.warn(cause, advice) }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, verdict, tried, result, .. } = self;
        let verdict = verdict.to_string();
        write!(formatter, "{verdict:<5} {check:<9} {tried}: {result}")?;
        for (word, text) in [("likely", &self.cause), ("to do", &self.advice)] {
            if let Some(text) = text {
                write!(formatter, "\n                {word}: {text}")?;
            }
        }
        Ok(())
    }
}

/// The worst of some lines; well where there are none.
#[must_use]
pub fn worst(lines: &[Line]) -> Verdict {
    lines.iter().map(|line| line.verdict).max().unwrap_or(Verdict::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_was_tried_what_came_of_it_and_what_to_do() {
        let line = Line::ok("dns", "looking up relay", "no such name").bad("a typo", "correct it");
        let shown = line.to_string();
        assert!(shown.starts_with("BAD   dns       looking up relay: no such name\n"), "{shown}");
        assert!(shown.contains("likely: a typo") && shown.contains("to do: correct it"));
        let json = serde_json::to_value(Line::ok("dns", "a", "b")).expect("plain data");
        assert_eq!(json.to_string(), r#"{"check":"dns","result":"b","tried":"a","verdict":"ok"}"#);
    }

    #[test]
    fn the_worst_line_counts() {
        let (well, note) = (Line::ok("a", "", ""), Line::ok("b", "", "").note());
        assert_eq!(worst(&[]), Verdict::Ok);
        assert_eq!(worst(&[note.clone(), well.clone()]), Verdict::Note);
        assert_eq!(worst(&[note, well.clone().bad("", ""), well.warn("", "")]), Verdict::Bad);
    }
}
