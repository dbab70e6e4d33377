//! Writing a single text as YAML, so that every reader of LeanSpec files gets exactly that text
//! back: YAML 1.2 (its Rust tools), YAML 1.1 and the failsafe schema (its JavaScript tools). Pure.

use std::fmt::Write as _;

/// The quotes around a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Plain,
    Single,
    Double,
}

impl Quote {
    /// The quotes that a written value has.
    pub(super) fn of(written: &str) -> Self {
        match written.as_bytes().first() {
            Some(b'\'') => Self::Single,
            Some(b'"') => Self::Double,
            _ => Self::Plain,
        }
    }
}

/// Where a text is to stand: inside `[…]` and `{…}` more characters have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Block,
    Flow,
}

/// Writes a text with the quotes that are wanted, or with those that it needs.
///
/// `needed` are the quotes of the file for a text that cannot stand plain.
pub(super) fn write(text: &str, wanted: Quote, needed: Quote, place: Place) -> String {
    let quote = if wanted == Quote::Plain && !is_plain(text, place) { needed } else { wanted };
    match quote {
        Quote::Plain if is_plain(text, place) => text.to_owned(),
        Quote::Plain | Quote::Single if !text.chars().any(needs_escape) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => double(text),
    }
}

/// Whether a text can stand without quotes and is read as that text by every reader.
fn is_plain(text: &str, place: Place) -> bool {
    let first = text.chars().next();
    let indicators = "-?:,[]{}#&*!|>'\"%@`=~";
    !first.is_none_or(|first| first.is_whitespace() || indicators.contains(first))
        && !text.ends_with(|last: char| last.is_whitespace() || last == ':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("...")
        && text != "<<"
        && !text.chars().any(|c| needs_escape(c) || (c.is_whitespace() && c != ' '))
        && (place == Place::Block
            || !text.contains([',', '[', ']', '{', '}', ':'])
            || is_moment(text))
        && !is_word(text)
        && !is_number(text)
}

/// Words that some version of YAML reads as nothing or as a truth value.
fn is_word(text: &str) -> bool {
    let words = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", ".nan", "+.inf",
        "-.inf",
    ];
    words.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether some version of YAML reads a number: also `077`, `1_000`, `0x1f`, `1e3` and `12:30`.
fn is_number(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    let unsigned = digits.trim_start_matches(['+', '-']);
    let radix = ["0x", "0o", "0b"].iter().any(|prefix| {
        unsigned
            .to_ascii_lowercase()
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    let base_60 = unsigned.contains(':')
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && (radix || base_60 || digits.parse::<f64>().is_ok())
}

/// Whether a text is a day or a moment, which files write in quotes or without as they always do.
pub(super) fn is_moment(text: &str) -> bool {
    crate::spec::field::day(text).is_some()
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.TZ+".contains(&byte))
}

/// Characters that YAML takes only as an escape.
fn needs_escape(c: char) -> bool {
    (c.is_control()) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn double(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if needs_escape(c) => {
                let code = u32::from(c);
                write!(written, "\\u{code:04X}").expect("a String takes everything");
            }
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::spec::frontmatter;

    #[test]
    fn a_text_is_quoted_where_some_reader_would_see_something_else() {
        let plain = [
            "a",
            "042-login",
            "fix it",
            "v0.2.0",
            "a:b",
            "a#b",
            "it's",
            "größe",
            "🚀 go",
            "2026-11-22",
            "2026-11-22T16:00:00.123Z",
            "in-progress",
            "a, b",
            "https://x.y/z",
            "1.2.3",
            "nothing",
        ];
        for text in plain {
            assert_eq!(write(text, Quote::Plain, Quote::Single, Place::Block), text);
        }
        let single = [
            "", " a", "a ", "077", "1.0", "1_000", "-1", "+5", ".5", "0x1f", "0o17", "1e3",
            "12:30", "1:2:3", "yes", "No", "on", "y", "true", "NULL", "~", ".inf", ".NaN", "#123",
            "a #b", "a: b", "a:", "- a", "-", "?", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`",
            "\"a\"", "'a'", "[a]", "{a}", "<<", "=", "...", "--- a", "🚀: x",
        ];
        for text in single {
            let wanted = format!("'{}'", text.replace('\'', "''"));
            assert_eq!(write(text, Quote::Plain, Quote::Single, Place::Block), wanted);
        }
        for (text, wanted) in [
            ("a\nb", r#""a\nb""#),
            ("\ta", r#""\ta""#),
            ("a\r\n", r#""a\r\n""#),
            ("\u{0}\u{7f}\u{85}\u{2028}\u{feff}", r#""\u0000\u007F\u0085\u2028\uFEFF""#),
            ("\n\"\\", r#""\n\"\\""#),
        ] {
            assert_eq!(write(text, Quote::Plain, Quote::Single, Place::Block), wanted);
        }
    }

    #[test]
    fn wanted_quotes_are_given_where_they_can() {
        let table = [
            ("a", Quote::Single, "'a'"),
            ("a", Quote::Double, "\"a\""),
            ("it's", Quote::Single, "'it''s'"),
            ("a\nb", Quote::Single, r#""a\nb""#),
            ("\\", Quote::Double, r#""\\""#),
        ];
        for (text, wanted, written) in table {
            assert_eq!(write(text, wanted, Quote::Single, Place::Block), written);
        }
        assert_eq!(write("yes", Quote::Plain, Quote::Double, Place::Block), "\"yes\"");
        assert_eq!(write("a, b", Quote::Plain, Quote::Single, Place::Flow), "'a, b'");
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_read_back_as_it_was(
            text in r#"(\PC|[-?:,\[\]{}#&*!|>'"%@`=~ \t\r\n0-9.eEx_+]|\u{85}|\u{feff}|yes|null){0,8}"#,
            wanted in proptest::sample::select(vec![Quote::Plain, Quote::Single, Quote::Double]),
        ) {
            let block = write(&text, wanted, Quote::Single, Place::Block);
            let flow = write(&text, wanted, Quote::Double, Place::Flow);
            let yaml = format!("a: {block}\nb:\n- {block}\nc: [{flow}, {{{flow}: {flow}}}]\n");
            let mapping = Value::Object([(text.clone(), json!(text))].into_iter().collect());
            let read = frontmatter::read(&yaml).map(Value::Object);
            proptest::prop_assert_eq!(read, Ok(json!({"a": text, "b": [text], "c": [text, mapping]})), "{}", yaml);
        }
    }
}
