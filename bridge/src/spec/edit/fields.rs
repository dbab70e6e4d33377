//! What a command wants of each field, checked and made canonical; and what LeanSpec itself keeps
//! up to date with it. Pure.

use leanspec_shared::time::Timestamp;
use serde_json::{Map, Value, json};

use super::Refusal;
use super::block::Block;
use crate::spec::field;

/// What a field is to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// Not there.
    Absent,
    /// Exactly this.
    Value(Value),
    /// A list that LeanSpec reads as these texts.
    Texts(Vec<String>),
}

impl Wanted {
    /// Whether a value as read is what is wanted.
    pub(super) fn holds(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Absent => value.is_none(),
            Self::Value(wanted) => value == Some(wanted),
            Self::Texts(wanted) => {
                field::list(value.unwrap_or(&Value::Null)).as_ref() == Ok(wanted)
            }
        }
    }

    /// As a value to be written; `None` when nothing is.
    pub(super) fn value(&self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Value(value) => Some(value.clone()),
            Self::Texts(texts) => Some(Value::from(texts.as_slice())),
        }
    }
}

/// Fields with what they are to be, each once.
pub(super) type Wishes = Vec<(String, Wanted)>;

/// What a command asks for, with what follows from it: `updated_at`, and on a change of status
/// `transitions` and `completed_at`. One `now` is the text of all of them.
pub(super) fn with_consequences(
    fields: &Map<String, Value>,
    block: &Block<'_>,
    now: Timestamp,
) -> Result<Wishes, Refusal> {
    let old = &block.fields;
    let mut wishes = asked(fields)?;
    let now = now.to_string();
    if let Some((_, Wanted::Value(status))) = wishes.iter().find(|(key, _)| key == "status") {
        let to = status.as_str().unwrap_or_default().to_owned();
        let from = current_status(old);
        if from.as_deref() != Some(to.as_str()) {
            wish(&mut wishes, "transitions", transitions_with(block, &to, &now)?);
            let completed_at = Value::String(now.clone());
            let had = old.get("completed_at").is_some_and(|at| !at.is_null())
                && !wishes.contains(&("completed_at".to_owned(), Wanted::Absent));
            if to == "complete" && !had {
                wish(&mut wishes, "completed_at", completed_at);
            }
        }
    }
    wish(&mut wishes, "updated_at", Value::String(now.clone()));
    // The day field of older files is kept true, and not brought into files that lack it.
    let day = old.get("updated").is_some_and(|day| day.as_str().is_some_and(is_day));
    if day && !fields.contains_key("updated") {
        wish(&mut wishes, "updated", Value::String(now[..10].to_owned()));
    }
    Ok(wishes)
}

/// What a command asks for, and nothing else.
pub(super) fn asked(fields: &Map<String, Value>) -> Result<Wishes, Refusal> {
    if fields.is_empty() {
        return Err(Refusal::invalid("No field is given: name at least one to change."));
    }
    if fields.len() > FIELDS_MAX {
        return Err(Refusal::invalid(format!("More than {FIELDS_MAX} fields are given at once.")));
    }
    fields.iter().map(|(key, value)| Ok((key.clone(), wanted(key, value)?))).collect()
}

/// The status that the fields of a file hold, in its canonical form where LeanSpec knows it.
pub(super) fn current_status(fields: &Map<String, Value>) -> Option<String> {
    let word = field::text(fields.get("status")?).ok()??;
    Some(field::status(&word).map_or(word, str::to_owned))
}

fn wish(wishes: &mut Wishes, key: &str, value: Value) {
    wishes.retain(|(wished, _)| wished != key);
    wishes.push((key.to_owned(), Wanted::Value(value)));
}

fn wanted(key: &str, value: &Value) -> Result<Wanted, Refusal> {
    check_key(key)?;
    match (key, value) {
        ("status" | "created", Value::Null) => {
            Err(Refusal::invalid(format!("`{key}` cannot be removed: LeanSpec requires it.")))
        }
        ("updated_at" | "transitions", _)
        | (
            "created_at" | "completed_at",
            Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
        ) => Err(Refusal::invalid(format!("`{key}` is kept by LeanSpec itself: leave it out."))),
        (_, Value::Null) => Ok(Wanted::Absent),
        ("status", _) => word(key, value, field::status, &field::STATUSES),
        ("priority", _) => word(key, value, field::priority, &field::PRIORITIES),
        ("created", _) => day(key, value),
        ("tags" | "depends_on", _) => texts(key, value),
        ("parent" | "assignee" | "reviewer" | "issue" | "pr" | "epic" | "due", _) => {
            single_text(key, value)
        }
        ("breaking", Value::Bool(_)) => Ok(Wanted::Value(value.clone())),
        ("breaking", _) => Err(Refusal::invalid("`breaking` is true or false.")),
        _ => Ok(Wanted::Value(value.clone())),
    }
}

fn check_key(key: &str) -> Result<(), Refusal> {
    let fits = !key.trim().is_empty()
        && key.trim() == key
        && key != "<<"
        && key.len() <= KEY_MAX_BYTES
        && !key.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    let key = key.escape_default().to_string();
    let key: String = key.chars().take(KEY_MAX_BYTES).collect();
    Err(Refusal::invalid(format!("`{key}` cannot be the name of a field.")))
}

/// Fields that one command changes at most; no form shows more.
const FIELDS_MAX: usize = 64;

/// The longest name of a field, in bytes: YAML itself takes 1,024 characters.
const KEY_MAX_BYTES: usize = 128;

fn word(
    key: &str,
    value: &Value,
    canonical: impl Fn(&str) -> Option<&'static str>,
    known: &[&str],
) -> Result<Wanted, Refusal> {
    let word = field::text(value).ok().flatten().unwrap_or_default();
    match canonical(&word) {
        Some(word) => Ok(Wanted::Value(json!(word))),
        None => Err(Refusal::unknown_word(key, &word, known)),
    }
}

fn day(key: &str, value: &Value) -> Result<Wanted, Refusal> {
    match value.as_str().filter(|text| is_day(text)) {
        Some(day) => Ok(Wanted::Value(json!(day))),
        None => Err(Refusal::invalid(format!("`{key}` is a day such as 2026-01-31."))),
    }
}

fn is_day(text: &str) -> bool {
    field::day(text) == Some(text)
}

/// Where LeanSpec's tools read a text, anything else would be lost on their next rewrite.
fn single_text(key: &str, value: &Value) -> Result<Wanted, Refusal> {
    match value {
        Value::String(_) => Ok(Wanted::Value(value.clone())),
        Value::Number(_) | Value::Bool(_) => Ok(Wanted::Value(json!(value.to_string()))),
        _ => Err(Refusal::invalid(format!("`{key}` is one text, no list and no mapping."))),
    }
}

fn texts(key: &str, value: &Value) -> Result<Wanted, Refusal> {
    field::list(value)
        .map(Wanted::Texts)
        .map_err(|field::Unfit| Refusal::invalid(format!("`{key}` is a list of texts.")))
}

fn transitions_with(block: &Block<'_>, status: &str, at: &str) -> Result<Value, Refusal> {
    let mut items = match block.fields.get("transitions") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(_) => {
            let why = "`transitions` is no list, so that the change of status has no place";
            return Err(Refusal::not_editable(block.line_of_key("transitions"), why));
        }
    };
    items.push(json!({ "status": status, "at": at }));
    Ok(Value::Array(items))
}
