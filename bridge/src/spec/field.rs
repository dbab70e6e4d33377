//! Reading single fields as leniently as LeanSpec's own tools do, and a little more. Pure.

use serde_json::Value;
use time::Date;
use time::macros::format_description;

/// The status words of LeanSpec, in the order of its board.
pub const STATUSES: [&str; 5] = ["draft", "planned", "in-progress", "complete", "archived"];

/// The priority words of LeanSpec.
pub const PRIORITIES: [&str; 4] = ["low", "medium", "high", "critical"];

/// A value of another shape than its field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit;

/// A status word in its canonical form; `None` for a word LeanSpec does not know.
#[must_use]
pub fn status(word: &str) -> Option<&'static str> {
    let word = word.trim().to_ascii_lowercase();
    let word = match word.as_str() {
        "in_progress" | "inprogress" => "in-progress",
        "completed" => "complete",
        other => other,
    };
    STATUSES.into_iter().find(|known| *known == word)
}

/// A priority word in its canonical form; `None` for a word LeanSpec does not know.
#[must_use]
pub fn priority(word: &str) -> Option<&'static str> {
    let word = word.trim().to_ascii_lowercase();
    let word = match word.as_str() {
        "med" => "medium",
        "urgent" => "critical",
        other => other,
    };
    PRIORITIES.into_iter().find(|known| *known == word)
}

/// A single text: numbers and truth values as they are written. `None` for nothing at all.
///
/// # Errors
/// For a list or a mapping.
pub fn text(value: &Value) -> Result<Option<String>, Unfit> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(truth) => Ok(Some(truth.to_string())),
        Value::Array(_) | Value::Object(_) => Err(Unfit),
    }
}

/// A list of texts: a YAML list, a JSON array in a text (`'["a","b"]'` occurs), or words between
/// commas. Numbers in it become texts.
///
/// # Errors
/// For a mapping, or a list that holds more than texts.
pub fn list(value: &Value) -> Result<Vec<String>, Unfit> {
    match value {
        Value::Array(items) => {
            let items = items.iter().map(text).collect::<Result<Vec<_>, Unfit>>()?;
            Ok(items.into_iter().flatten().collect())
        }
        Value::String(words) => {
            let words = words.trim();
            if let Some(items) =
                words.starts_with('[').then(|| serde_json::from_str(words).ok()).flatten()
            {
                return list(&Value::Array(items));
            }
            let items = words.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(items.map(str::to_owned).collect())
        }
        other => Ok(text(other)?.into_iter().collect()),
    }
}

/// A day as `YYYY-MM-DD`. Some tools wrote a whole moment (`2025-07-21T00:00:00.000Z`): its day
/// counts.
#[must_use]
pub fn day(text: &str) -> Option<&str> {
    let day = text.get(..10)?;
    let rest = &text[10..];
    let is_day = Date::parse(day, format_description!("[year]-[month]-[day]")).is_ok();
    (is_day && (rest.is_empty() || rest.starts_with(['T', ' ']))).then_some(day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn aliases_become_the_canonical_word() {
        let statuses = [
            ("planned", Some("planned")),
            ("In-Progress", Some("in-progress")),
            ("in_progress", Some("in-progress")),
            ("inprogress", Some("in-progress")),
            ("completed", Some("complete")),
            ("superseded", None),
            ("", None),
        ];
        for (word, wanted) in statuses {
            assert_eq!(status(word), wanted, "{word}");
        }
        let priorities = [("med", Some("medium")), ("URGENT", Some("critical")), ("p0", None)];
        for (word, wanted) in priorities {
            assert_eq!(priority(word), wanted, "{word}");
        }
    }

    #[test]
    fn lists_are_read_in_every_way_they_are_written() {
        let table = [
            (json!(["a", "b"]), vec!["a", "b"]),
            (json!([]), vec![]),
            (json!(null), vec![]),
            (json!(r#"["a","b"]"#), vec!["a", "b"]),
            (json!("a, b ,"), vec!["a", "b"]),
            (json!(["077", 2024, 1.5, null, "v0.2.0"]), vec!["077", "2024", "1.5", "v0.2.0"]),
            (json!(37), vec!["37"]),
            (json!("[broken"), vec!["[broken"]),
        ];
        for (value, wanted) in table {
            assert_eq!(
                list(&value),
                Ok(wanted.iter().map(|&item| item.to_owned()).collect()),
                "{value}"
            );
        }
        assert_eq!(list(&json!({"a": 1})), Err(Unfit));
        assert_eq!(list(&json!([["a"]])), Err(Unfit));
    }

    #[test]
    fn a_day_is_read_also_from_a_moment() {
        let table = [
            ("2026-01-02", Some("2026-01-02")),
            ("2025-07-21T00:00:00.000Z", Some("2025-07-21")),
            ("2026-02-30", None),
            ("20260102", None),
            ("2026-01-021", None),
            ("gestern…………", None),
            ("", None),
        ];
        for (text, wanted) in table {
            assert_eq!(day(text), wanted, "{text}");
        }
    }
}
