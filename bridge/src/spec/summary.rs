//! The summary of one spec: every field that LeanSpec knows, the rest as JSON, and what is wrong.
//!
//! Never fails and never hides a spec. The text of the body is not in it.

use leanspec_shared::path::FilePath;
use leanspec_shared::spec::{SpecProblem, SpecProblemCode as Code, Summary, Transition};
use serde_json::{Map, Value};

use super::frontmatter::{self, Cut};
use super::{bounds, field, text};

/// Summarises one spec from the bytes of its main file; `None` for a folder without README.md.
/// What is wrong stands in [`Summary::problems`], with the line of the file.
#[must_use]
pub fn summarize(spec: &FilePath, main: Option<(&FilePath, &[u8])>) -> Summary {
    let name = spec.file_name().strip_suffix(".md").unwrap_or(spec.file_name()).to_owned();
    let number = name.split('-').next().and_then(|number| number.parse().ok());
    let mut reader = Reader::default();
    reader.summary.title.clone_from(&name);
    reader.summary.number = number;
    reader.summary.name = name;
    match main {
        Some((_, bytes)) => reader.read_file(bytes),
        None => reader.problem(
            Code::NoReadme,
            "the folder holds no README.md (in exactly this spelling), so LeanSpec does not list it",
            None,
        ),
    }
    bounds::fit(reader.summary)
}

#[derive(Default)]
struct Reader {
    summary: Summary,
    /// The lines of the frontmatter, and the line of the file that its first one is.
    yaml: String,
    first_line: u32,
}

impl Reader {
    fn read_file(&mut self, bytes: &[u8]) {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            self.problem(Code::Empty, "the file is empty", None);
            return;
        }
        if let Err(error) = std::str::from_utf8(bytes) {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let line = 1 + frontmatter::count_lines(&before);
            self.problem(
                Code::InvalidUtf8,
                "bytes that are no UTF-8 are shown as \u{fffd}: save the file as UTF-8",
                Some(line),
            );
        }
        let text = String::from_utf8_lossy(bytes);
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => {
                self.problem(
                    Code::ByteOrderMark,
                    "the file begins with a byte-order mark, behind which LeanSpec sees no frontmatter: save it without",
                    Some(1),
                );
                rest
            }
            None => &text,
        };
        let body = self.read_block(text);
        if let Some(title) = text::title(body) {
            self.summary.title = title;
        }
        self.summary.tasks = text::tasks(body);
    }

    /// Reads the frontmatter and answers the body.
    fn read_block<'a>(&mut self, text: &'a str) -> &'a str {
        let (yaml, body, line) = match frontmatter::cut(text) {
            Cut::Block { yaml, body, line } => (yaml, body, line),
            Cut::None => {
                self.problem(
                    Code::NoFrontmatter,
                    "the file does not begin with `---`, so it has no status: add a block with status and created",
                    Some(1),
                );
                return text;
            }
            Cut::Unclosed { line } => {
                self.problem(
                    Code::UnclosedFrontmatter,
                    "the block that begins here is never closed: add a line `---` below it",
                    Some(line),
                );
                return text;
            }
        };
        self.yaml = yaml.to_owned();
        self.first_line = line;
        match frontmatter::read(yaml) {
            Ok(fields) => self.read_fields(fields),
            Err(unreadable) => {
                let at = unreadable.line.map(|inside| line + inside.saturating_sub(1));
                let what = match unreadable.code {
                    Code::DuplicateKey => "a key stands in the frontmatter twice",
                    _ => "the frontmatter cannot be read as YAML",
                };
                self.problem(unreadable.code, &format!("{what}: {}", unreadable.why), at);
            }
        }
        body
    }

    fn read_fields(&mut self, mut fields: Map<String, Value>) {
        self.read_words(&mut fields);
        self.read_days(&mut fields);
        self.summary.parent = self.take_text(&mut fields, "parent");
        self.summary.assignee = self.take_text(&mut fields, "assignee");
        self.summary.tags = self.take_list(&mut fields, "tags");
        self.summary.depends_on = self.take_list(&mut fields, "depends_on");
        self.read_transitions(&mut fields);
        self.summary.fields = fields;
    }

    fn read_words(&mut self, fields: &mut Map<String, Value>) {
        let status = self.take_text(fields, "status");
        if status.is_none() && !fields.contains_key("status") {
            self.missing("status", &field::STATUSES.join(", "));
        }
        self.summary.status =
            status.map(|word| self.word("status", word, field::status, &field::STATUSES));
        let priority = self.take_text(fields, "priority");
        self.summary.priority =
            priority.map(|word| self.word("priority", word, field::priority, &field::PRIORITIES));
    }

    /// The canonical word; one that LeanSpec does not know is kept and reported.
    fn word(
        &mut self,
        key: &str,
        word: String,
        canonical: impl Fn(&str) -> Option<&'static str>,
        known: &[&str],
    ) -> String {
        if let Some(canonical) = canonical(&word) {
            return canonical.to_owned();
        }
        self.invalid(
            key,
            &format!("'{word}' is no {key} that LeanSpec knows: use one of {}", known.join(", ")),
        );
        word
    }

    fn read_days(&mut self, fields: &mut Map<String, Value>) {
        let created = self.take_text(fields, "created");
        match created.as_deref().map(|text| (text, field::day(text))) {
            Some((_, Some(day))) => self.summary.created = Some(day.to_owned()),
            Some((text, None)) => {
                self.invalid("created", &format!("'{text}' is no day: write it as '2026-01-31'"));
                self.summary.created = created;
            }
            None if fields.contains_key("created") => {}
            None => self.missing("created", "a day such as '2026-01-31'"),
        }
        self.summary.due = self.take_text(fields, "due");
        self.summary.created_at = self.take_text(fields, "created_at");
        self.summary.updated_at = self.take_text(fields, "updated_at");
        self.summary.completed_at = self.take_text(fields, "completed_at");
        if self.summary.completed_at.is_none() {
            self.summary.completed_at =
                fields.get("completed").and_then(|day| field::text(day).ok()?);
        }
    }

    fn read_transitions(&mut self, fields: &mut Map<String, Value>) {
        let Some(value) = fields.remove("transitions") else { return };
        let Value::Array(items) = value else {
            if !value.is_null() {
                self.invalid("transitions", "it is no list of `status` and `at`");
                fields.insert("transitions".to_owned(), value);
            }
            return;
        };
        for (index, item) in items.iter().enumerate() {
            let part = |key: &str| item.get(key).and_then(|part| field::text(part).ok()?);
            match (part("status"), part("at")) {
                (Some(status), Some(at)) => {
                    let status = field::status(&status).map_or(status, str::to_owned);
                    self.summary.transitions.push(Transition { status, at });
                }
                _ => self.invalid(
                    "transitions",
                    &format!("item {} is no `status` with `at`; it is left out", index + 1),
                ),
            }
        }
    }

    /// Takes a text out of the fields; what is none stays there and is reported.
    fn take_text(&mut self, fields: &mut Map<String, Value>, key: &str) -> Option<String> {
        let value = fields.get(key)?;
        match field::text(value) {
            Ok(text) => {
                fields.remove(key);
                text
            }
            Err(field::Unfit) => {
                self.invalid(key, "it is a list or has fields of its own, where one text belongs");
                None
            }
        }
    }

    fn take_list(&mut self, fields: &mut Map<String, Value>, key: &str) -> Vec<String> {
        let Some(value) = fields.get(key) else { return Vec::new() };
        match field::list(value) {
            Ok(items) => {
                fields.remove(key);
                items
            }
            Err(field::Unfit) => {
                self.invalid(key, "it is no list of texts");
                Vec::new()
            }
        }
    }

    fn missing(&mut self, key: &str, wanted: &str) {
        let message =
            format!("`{key}` is missing in the frontmatter, which LeanSpec requires: {wanted}");
        self.problem(Code::MissingField, &message, Some(self.first_line));
    }

    fn invalid(&mut self, key: &str, why: &str) {
        self.problem(Code::InvalidField, &format!("`{key}`: {why}"), self.line_of(key));
    }

    /// The line of the file on which a key of the frontmatter stands.
    fn line_of(&self, key: &str) -> Option<u32> {
        let is_key = |line: &str| {
            line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        let at = self.yaml.lines().position(|line| is_key(line.trim_start_matches(['"', '\''])))?;
        Some(self.first_line + u32::try_from(at).ok()?)
    }

    fn problem(&mut self, code: Code, message: &str, line: Option<u32>) {
        self.summary.problems.push(SpecProblem { code, message: message.to_owned(), line });
    }
}
