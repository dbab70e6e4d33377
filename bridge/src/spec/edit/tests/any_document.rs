//! Edits of generated documents, in both writing styles and made by hand: what is wanted holds, and
//! every line that belongs to something else stands as it stood.

use leanspec_shared::spec::Summary;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{fields, now};
use crate::spec::edit::{toggle_task, update_frontmatter};
use crate::spec::frontmatter::{self, Cut};
use crate::spec::{diff, field, summarize};

/// A document whose lines are known by the key that they belong to; comments and blank lines by
/// none.
#[derive(Debug, Clone)]
struct Document {
    head: String,
    lines: Vec<(Option<&'static str>, String)>,
    body: String,
    ending: &'static str,
}

impl Document {
    fn text(&self) -> String {
        let lines: String = self.lines.iter().map(|(_, line)| format!("{line}\n")).collect();
        let text = format!("{}---\n{lines}---{}", self.head, self.body);
        text.replace('\n', self.ending)
    }
}

const TIME: &str = "2025-11-26T06:04:04.947Z";

/// The forms that the lines of one key may have, in the quotes and list style of a document.
fn forms(key: &'static str, quote: &str, indent: usize) -> Vec<Vec<String>> {
    let pad = " ".repeat(indent);
    let time = format!("{quote}{TIME}{quote}");
    let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>();
    match key {
        "status" => {
            ["draft", "planned", "in-progress", "in_progress", "complete", "archived", "living"]
                .map(|word| vec![format!("status: {word}")])
                .to_vec()
        }
        "created" => vec![vec![format!("created: {quote}2025-11-04{quote}")]],
        "priority" => ["priority: low", "priority: 'high' # why", "priority:", "priority: ~"]
            .map(|line| lines(&[line]))
            .to_vec(),
        "tags" | "depends_on" => vec![
            vec![format!("{key}: []")],
            vec![format!("{key}: [a, \"b\", 077, 'd e'] # c")],
            vec![
                format!("{key}: # c"),
                format!("{pad}- a"),
                format!("{pad}- 'b' # why"),
                format!("{pad}- 2024"),
            ],
            vec![format!("{key}: [a,"), "  b ]".to_owned()],
            vec![format!("{key}: a, b")],
        ],
        "transitions" => vec![
            vec!["transitions: []".to_owned()],
            vec![
                "transitions:".to_owned(),
                format!("{pad}- status: planned"),
                format!("{pad}  at: {time}"),
                format!("{pad}- 099-left-behind"),
            ],
            vec!["transitions:".to_owned(), format!("{pad}- {{status: planned, at: {time}}}")],
        ],
        "notes" => vec![
            lines(&["notes: |", "  two", "", "  - lines"]),
            lines(&["notes: >-", "    folded", "    status: no"]),
            lines(&["notes: 'over", "  lines'"]),
            lines(&["notes:", "  deep: {x: [1, 2]}", "  # inside", "  more: y"]),
        ],
        _ => vec![vec![format!("{key}: {time}")]],
    }
}

const KEYS: [&str; 11] = [
    "status",
    "created",
    "tags",
    "priority",
    "depends_on",
    "created_at",
    "updated_at",
    "completed_at",
    "transitions",
    "notes",
    "zebra",
];

fn document() -> impl Strategy<Value = Document> {
    let style =
        (prop::sample::select(vec!["", "'", "\""]), prop::sample::select(vec![0_usize, 2, 4]));
    let order = (prop::sample::subsequence(KEYS.to_vec(), 1..=KEYS.len()), any::<bool>());
    let entries = (style, order).prop_flat_map(|((quote, indent), (mut keys, by_hand))| {
        if by_hand {
            keys.reverse();
        }
        let between = prop::sample::select(vec!["", "", "", "# a comment", " # b", "\n"]);
        let parts: Vec<_> = keys
            .into_iter()
            .map(|key| {
                (Just(key), prop::sample::select(forms(key, quote, indent)), between.clone())
            })
            .collect();
        parts
    });
    let head = prop::sample::select(vec!["", "", "\u{feff}", "\n\n"]);
    let body = prop::sample::select(vec![
        "",
        "\n",
        "\n# T",
        "\n\n# T\n\n---\n- [ ] a\nstatus: planned\n",
        "\nno line\n---\n",
    ]);
    (head, entries, body, prop::sample::select(vec!["\n", "\r\n"])).prop_map(
        |(head, entries, body, ending)| {
            let mut lines = Vec::new();
            for (key, own, comment) in entries {
                lines.extend(own.into_iter().map(|line| (Some(key), line)));
                if !comment.is_empty() {
                    lines.push((None, comment.trim_end_matches('\n').to_owned()));
                }
            }
            Document { head: head.to_owned(), lines, body: body.to_owned(), ending }
        },
    )
}

/// Any text that a person may send, with what is awkward in YAML.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        r"(\PC|[-:#'\x22,\[\]{}&*!|>%@` \n0-9.]){0,10}",
        "(077|1\\.0|yes|null|~|2026-01-02|#1|a: b|- x)"
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (-1e9..1e9).prop_map(|number: f64| json!(number)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z: #]{1,4}", inner, 0..3)
                .prop_map(|fields| json!(fields)),
        ]
    })
}

fn wishes() -> impl Strategy<Value = Map<String, Value>> {
    let optional = |value: BoxedStrategy<Value>| {
        prop_oneof![2 => value.boxed(), 1 => Just(Value::Null)].boxed()
    };
    let words =
        |words: &[&'static str]| prop::sample::select(words.to_vec()).prop_map(Value::from).boxed();
    let list = || {
        prop::collection::vec(
            prop_oneof![
                text(),
                Just("a".to_owned()),
                Just("b".to_owned()),
                Just("2024".to_owned())
            ],
            0..5,
        )
    };
    let one = prop_oneof![
        3 => (Just("status".to_owned()), words(&field::STATUSES)),
        1 => (Just("priority".to_owned()), optional(words(&field::PRIORITIES))),
        2 => (Just("tags".to_owned()), optional(list().prop_map(Value::from).boxed())),
        1 => (Just("depends_on".to_owned()), optional(list().prop_map(Value::from).boxed())),
        1 => (Just("assignee".to_owned()), optional(text().prop_map(Value::from).boxed())),
        1 => (Just("notes".to_owned()), optional(json_value().boxed())),
        1 => ("x[a-z]{1,3}( [a-z:#]{1,3}[a-z])?", optional(json_value().boxed())),
    ];
    prop::collection::vec(one, 1..4).prop_map(|wishes| wishes.into_iter().collect())
}

fn block_and_body(text: &str) -> (Map<String, Value>, &str) {
    let Cut::Block { yaml, body, .. } = frontmatter::cut(text.trim_start_matches('\u{feff}'))
    else {
        panic!("a block: {text:?}");
    };
    // The reader leaves out the newline before the closing `---`, which a `|` above it would miss.
    (frontmatter::read(&format!("{yaml}\n")).expect("YAML"), body)
}

/// Edits and checks everything that a user relies on; answers the new text.
fn edit(text: &str, wanted: &Map<String, Value>) -> Result<String, TestCaseError> {
    let edited = update_frontmatter(text.as_bytes(), wanted, now())
        .map_err(|refusal| TestCaseError::fail(format!("{refusal}\n{text}")))?;
    let after = String::from_utf8(edited.bytes).expect("text");
    let ((old, body), (new, new_body)) = (block_and_body(text), block_and_body(&after));
    prop_assert_eq!(body, new_body);
    for (key, value) in wanted {
        let found = new.get(key);
        match key.as_str() {
            "tags" | "depends_on" if !value.is_null() => {
                let found = field::list(found.unwrap_or(&Value::Null));
                prop_assert_eq!(found, field::list(value), "{}: {}", key, after);
            }
            _ if value.is_null() => prop_assert_eq!(found, None, "{}: {}", key, after),
            _ => prop_assert_eq!(found, Some(value), "{}: {}", key, after),
        }
    }
    let kept_by_leanspec = ["updated_at", "completed_at", "transitions"];
    for (key, value) in &old {
        if !wanted.contains_key(key) && !kept_by_leanspec.contains(&key.as_str()) {
            prop_assert_eq!(new.get(key), Some(value), "{}: {}", key, after);
        }
    }
    for change in &edited.changes {
        prop_assert_ne!(&change.from, &change.to);
        prop_assert_eq!(new.get(&change.field).unwrap_or(&Value::Null), &change.to);
    }
    Ok(after)
}

/// Whether lines stand in a text in their order, with whatever else between them.
fn stand_in<'a>(mut lines: impl Iterator<Item = &'a str>, text: &'a str) -> Option<&'a str> {
    let mut found = text.lines();
    lines.find(|line| !found.any(|other| other == *line))
}

proptest! {
    #[test]
    fn an_edit_does_what_is_wanted_and_leaves_every_other_line(
        document in document(), wanted in wishes(), again in wishes(),
    ) {
        let text = document.text();
        let after = edit(&text, &wanted)?;
        let touched = |key: &str| wanted.contains_key(key)
            || ["updated_at", "completed_at", "transitions"].contains(&key);
        let others = document.lines.iter().filter(|(key, _)| key.is_none_or(|key| !touched(key)));
        let missing = stand_in(others.map(|(_, line)| line.as_str()), &after);
        prop_assert_eq!(missing, None, "{}\nbecame\n{}", text, after);
        let endings = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
        if document.ending == "\r\n" {
            let (crlf, all) = endings(&after);
            prop_assert_eq!(crlf, all, "{:?}", after);
        } else {
            prop_assert_eq!(endings(&after).0, 0);
        }
        edit(&after, &again)?;
    }

    #[test]
    fn a_change_of_status_adds_or_replaces_few_lines_and_removes_none(
        document in document(), status in prop::sample::select(field::STATUSES.to_vec()),
    ) {
        let text = document.text();
        let after = edit(&text, &fields(&json!({ "status": status })))?;
        prop_assert!(after.lines().count() >= text.lines().count(), "{}\nbecame\n{}", text, after);
        let diff = diff::unified(text.as_bytes(), after.as_bytes()).expect("a difference");
        let added = diff.lines().filter(|line| line.starts_with('+')).count();
        prop_assert!(added <= 6, "{} lines: {}\nbecame\n{}", added, text, after);
    }

    #[test]
    fn no_bytes_make_an_edit_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300), wanted in wishes(),
    ) {
        drop(update_frontmatter(&bytes, &wanted, now()));
        drop(toggle_task(&bytes, 1, "- [ ] a", true));
    }

    #[test]
    fn no_block_makes_an_edit_panic_and_what_is_edited_reads_as_wanted(
        lines in prop::collection::vec(
            r#"( {0,4}(- )?)(status|tags|x|'y'|"z"|\? |[a-z]{1,2})?(:|: | : )?[-\[\]{}'"&*|>#:!a-z0-9, \t]{0,14}"#, 0..8),
        wanted in wishes(),
    ) {
        let text = format!("---\n{}\n---\n# T\n", lines.join("\n"));
        if update_frontmatter(text.as_bytes(), &wanted, now()).is_ok() {
            edit(&text, &wanted)?;
        }
    }

    #[test]
    fn a_summary_shows_what_an_edit_set(document in document(), status in prop::sample::select(field::STATUSES.to_vec())) {
        let after = edit(&document.text(), &fields(&json!({ "status": status, "tags": ["q"] })))?;
        let main = "001-a/README.md".parse().expect("a path");
        let summary: Summary = summarize(&"001-a".parse().expect("a path"), Some((&main, after.as_bytes())));
        prop_assert_eq!(summary.status.as_deref(), Some(status));
        prop_assert_eq!(summary.tags, ["q"]);
    }
}
