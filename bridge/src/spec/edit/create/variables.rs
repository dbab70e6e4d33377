//! Putting values in the place of the `{…}` of a template. Pure.

use std::collections::BTreeMap;

use super::super::scalar::{self, Place, Quote};

/// Replaces every `{name}` that is known; others stay as they are. Inside of the frontmatter a
/// value gets the quotes it needs, so that a title with a colon breaks nothing.
pub(super) fn substitute(template: &str, variables: &BTreeMap<String, String>) -> String {
    let mut made = String::with_capacity(template.len());
    let mut in_block = false;
    for (at, line) in template.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" && (at == 0 || in_block) {
            in_block = at == 0;
        }
        let value = if in_block { value_of(line) } else { None };
        match value {
            Some(value) => {
                let start = line.len() - value.len();
                made.push_str(&line[..start]);
                made.push_str(&in_value(value, variables));
            }
            None => made.push_str(&replaced(line, variables, str::to_owned)),
        }
    }
    made
}

/// What stands behind `key: ` or `- ` on a line of YAML.
fn value_of(line: &str) -> Option<&str> {
    let item = line.trim_start().strip_prefix("- ").unwrap_or(line);
    let value = item.split_once(": ").map_or(item, |(_, value)| value).trim_start();
    (value.len() < line.len()).then_some(value)
}

fn in_value(value: &str, variables: &BTreeMap<String, String>) -> String {
    match Quote::of(value) {
        Quote::Single => replaced(value, variables, |text| text.replace('\'', "''")),
        Quote::Double => {
            replaced(value, variables, |text| text.replace('\\', "\\\\").replace('"', "\\\""))
        }
        Quote::Plain => {
            let text = value.trim_end();
            let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
            match name.and_then(|name| variables.get(name)) {
                Some(with) => {
                    let with = scalar::write(with, Quote::Plain, Quote::Single, Place::Block);
                    with + &value[text.len()..]
                }
                None => replaced(value, variables, str::to_owned),
            }
        }
    }
}

fn replaced(
    text: &str,
    variables: &BTreeMap<String, String>,
    written: impl Fn(&str) -> String,
) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        made.push_str(&rest[..open]);
        rest = &rest[open..];
        let known = rest.find('}').and_then(|close| Some((close, variables.get(&rest[1..close])?)));
        let (with, length) =
            known.map_or(("{".to_owned(), 1), |(close, value)| (written(value), close + 1));
        made.push_str(&with);
        rest = &rest[length..];
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(title: &str) -> BTreeMap<String, String> {
        [("title", title), ("date", "2026-11-22")]
            .map(|(name, text)| (name.into(), text.into()))
            .into()
    }

    #[test]
    fn known_variables_are_replaced_and_others_stay() {
        let made = substitute("# {title}\n{date} {unknown} {} {\n{{title}}", &with("Login"));
        assert_eq!(made, "# Login\n2026-11-22 {unknown} {} {\n{Login}");
    }

    #[test]
    fn a_value_gets_the_quotes_it_needs_in_the_frontmatter_only() {
        let template = "---\nname: {title}\none: '{title}'\ntwo: \"{title}\"\ncreated: {date}\nlist:\n- {title}\n---\n# {title}\n";
        let wanted = "---\nname: 'It''s: \"x\"'\none: 'It''s: \"x\"'\ntwo: \"It's: \\\"x\\\"\"\ncreated: 2026-11-22\nlist:\n- 'It''s: \"x\"'\n---\n# It's: \"x\"\n";
        assert_eq!(substitute(template, &with("It's: \"x\"")), wanted);
    }

    #[test]
    fn what_a_value_brings_is_not_replaced_again() {
        assert_eq!(substitute("{title}", &with("{date}")), "{date}");
    }
}
