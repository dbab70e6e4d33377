//! The second opinion: what an edit made is read again by another parser before it is believed.

use serde_json::{Map, Value};

use super::Refusal;
use super::block::Block;
use super::fields::Wishes;

/// Reads an edited file again and compares: every wish holds, every other value and every byte
/// outside of the block is as it was. Answers what the block says now.
pub(super) fn check(
    old: &Block<'_>,
    wishes: &Wishes,
    bytes: &[u8],
) -> Result<Map<String, Value>, Refusal> {
    let spoiled = |what: &str| {
        let why = format!("in the form in which it is written, the change would spoil {what}");
        Refusal::not_editable(Some(old.first_line), &why)
    };
    let new = Block::find(bytes).map_err(|_| spoiled("the block"))?;
    if (new.before, new.after) != (old.before, old.after) {
        return Err(spoiled("the end of the block"));
    }
    for (key, wanted) in wishes {
        if !wanted.holds(new.fields.get(key)) {
            return Err(spoiled(&format!("`{key}`")));
        }
    }
    let is_wished = |key: &String| wishes.iter().any(|(wished, _)| wished == key);
    let kept = |fields: &Map<String, Value>| {
        let mut kept = fields.clone();
        kept.retain(|key, _| !is_wished(key));
        kept
    };
    let (before, after) = (kept(&old.fields), kept(&new.fields));
    if before != after {
        let key = before.keys().chain(after.keys()).find(|key| before.get(*key) != after.get(*key));
        return Err(spoiled(&format!("`{}`", key.map_or("its keys", String::as_str))));
    }
    Ok(new.fields)
}
