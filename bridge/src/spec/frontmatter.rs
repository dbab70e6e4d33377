//! The block of YAML at the head of a spec: where it begins and ends, and what it says. The only
//! importer of `yaml_serde`; edits in place have a parser of their own and are read again by this
//! one.

use leanspec_shared::spec::SpecProblemCode;
use serde_json::{Map, Value};
use yaml_serde::Value as Yaml;

/// A text cut at its frontmatter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut<'a> {
    /// It begins with a block.
    Block {
        /// What stands between the two `---`.
        yaml: &'a str,
        /// What comes after.
        body: &'a str,
        /// Line of the first `---` in the text, counted from 1.
        line: u32,
    },
    /// It begins with something else.
    None,
    /// The block is never closed.
    Unclosed {
        /// Line of the `---` that opens it, counted from 1.
        line: u32,
    },
}

/// Cuts a text as LeanSpec's own tools do: white space before the block is passed over, and the
/// first line that begins with `---` ends it, whatever else stands on it.
#[must_use]
pub fn cut(text: &str) -> Cut<'_> {
    let start = text.len() - text.trim_start().len();
    let Some(inside) = text[start..].strip_prefix("---") else { return Cut::None };
    let line = 1 + count_lines(&text[..start]);
    match inside.find("\n---") {
        Some(end) => Cut::Block { yaml: &inside[..end], body: &inside[end + 4..], line },
        None => Cut::Unclosed { line },
    }
}

pub(super) fn count_lines(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX)
}

/// YAML that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Malformed, or the same key twice.
    pub code: SpecProblemCode,
    /// The reader's words, without the place.
    pub why: String,
    /// Line inside the YAML, counted from 1.
    pub line: Option<u32>,
}

/// Reads a block. Keys keep their order; an empty block has none.
///
/// # Errors
/// When it is no YAML, or no mapping.
pub fn read(yaml: &str) -> Result<Map<String, Value>, Unreadable> {
    match parse(yaml)? {
        Value::Object(fields) => Ok(fields),
        Value::Null => Ok(Map::new()),
        _ => Err(Unreadable {
            code: SpecProblemCode::MalformedYaml,
            why: "it holds no `key: value` lines".to_owned(),
            line: Some(1),
        }),
    }
}

/// Reads any YAML document as JSON.
///
/// # Errors
/// When it is no YAML.
pub fn parse(yaml: &str) -> Result<Value, Unreadable> {
    yaml_serde::from_str::<Yaml>(yaml).map(to_json).map_err(|error| {
        let text = error.to_string();
        let code = if text.contains("duplicate entry") {
            SpecProblemCode::DuplicateKey
        } else {
            SpecProblemCode::MalformedYaml
        };
        let line = error.location().and_then(|place| u32::try_from(place.line()).ok());
        // The place is told as a line of the whole file instead.
        let why = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Unreadable { code, why, line }
    })
}

/// YAML's extras (tags, keys that are no text, numbers that JSON lacks) become what is nearest.
fn to_json(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => number_to_json(&number),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(to_json).collect()),
        Yaml::Mapping(pairs) => {
            let pairs = pairs.into_iter().map(|(key, value)| (key_text(key), to_json(value)));
            Value::Object(pairs.collect())
        }
        Yaml::Tagged(tagged) => to_json(tagged.value),
    }
}

fn number_to_json(number: &yaml_serde::Number) -> Value {
    let whole = number.as_u64().map(Value::from).or_else(|| number.as_i64().map(Value::from));
    whole
        .or_else(|| serde_json::Number::from_f64(number.as_f64()?).map(Value::Number))
        .unwrap_or_else(|| Value::String(number.to_string()))
}

fn key_text(key: Yaml) -> String {
    match to_json(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_begins_with_dashes_ends_the_block() {
        let table = [
            ("---\na: 1\n---\n# T\n", Some(("\na: 1", "\n# T\n", 1))),
            ("\n\n  ---\na: 1\n---\nx", Some(("\na: 1", "\nx", 3))),
            ("---\na: 1\n---x\ny", Some(("\na: 1", "x\ny", 1))),
            ("---\n---\n", Some(("", "\n", 1))),
            ("---\r\na: 1\r\n---\r\nx", Some(("\r\na: 1\r", "\r\nx", 1))),
            ("# T\n---\na: 1\n---\n", None),
            ("", None),
        ];
        for (text, wanted) in table {
            let found = match cut(text) {
                Cut::Block { yaml, body, line } => Some((yaml, body, line)),
                Cut::None | Cut::Unclosed { .. } => None,
            };
            assert_eq!(found, wanted, "{text:?}");
        }
        assert_eq!(cut("\n---\nstatus: planned\n"), Cut::Unclosed { line: 2 });
    }

    #[test]
    fn keys_keep_their_values_as_yaml_1_2_reads_them() {
        let fields = read("day: 2026-01-02\nyes: yes\nn: 0o17\nq: '077'\nlist: [1, a]\nempty:")
            .expect("YAML");
        let wanted = serde_json::json!({
            "day": "2026-01-02", "yes": "yes", "n": 15, "q": "077", "list": [1, "a"], "empty": null,
        });
        assert_eq!(Value::Object(fields), wanted);
    }

    #[test]
    fn a_key_given_twice_is_told_apart_from_other_trouble() {
        let twice = read("a: 1\nb: 2\na: 3").expect_err("twice");
        assert_eq!(twice.code, SpecProblemCode::DuplicateKey);
        let broken = read("a: 1\ntitle: x: y").expect_err("broken");
        assert_eq!((broken.code, broken.line), (SpecProblemCode::MalformedYaml, Some(2)));
        assert_eq!(read("just text").expect_err("text").code, SpecProblemCode::MalformedYaml);
    }

    #[test]
    fn a_document_that_doubles_itself_is_refused_instead_of_filling_the_memory() {
        let mut bomb = "a: &a [x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, before) in ('b'..='z').zip('a'..='y') {
            bomb += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 8].join(", "));
        }
        assert!(read(&bomb).is_err());
    }
}
