//! Every trap that real specs hold for a reader (and those that are not met yet), one test each.

use leanspec_shared::spec::{SpecProblemCode as Code, Summary, Tasks};
use serde_json::json;

use super::summarize;

fn read(text: impl AsRef<[u8]>) -> Summary {
    read_as("001-demo", text)
}

fn read_as(folder: &str, text: impl AsRef<[u8]>) -> Summary {
    let main = format!("{folder}/README.md").parse().expect("a path");
    summarize(&folder.parse().expect("a path"), Some((&main, text.as_ref())))
}

/// A healthy spec with these further lines in its block.
fn with(lines: &str) -> Summary {
    read(format!("---\nstatus: planned\ncreated: 2026-01-02\n{lines}---\n\n# Title\n"))
}

fn codes(summary: &Summary) -> Vec<(Code, Option<u32>)> {
    summary.problems.iter().map(|problem| (problem.code.clone(), problem.line)).collect()
}

#[test]
fn a_healthy_spec_is_read_whole_without_a_problem() {
    let summary = with(
        "priority: high\ntags: [a, b]\ndepends_on:\n- 002-x\nparent: 000-all\nassignee: Kim\ndue: 2026-03-01\n\
         created_at: '2026-01-02T10:00:00Z'\nupdated_at: 2026-01-03T10:00:00Z\ncompleted_at: 2026-01-04T10:00:00Z\n\
         transitions:\n  - status: in-progress\n    at: 2026-01-03T10:00:00Z\nversion: '1.0'\n",
    );
    assert_eq!(codes(&summary), []);
    assert_eq!(
        (summary.number, summary.name.as_str(), summary.title.as_str()),
        (Some(1), "001-demo", "Title")
    );
    assert_eq!(summary.status.as_deref(), Some("planned"));
    assert_eq!(summary.priority.as_deref(), Some("high"));
    assert_eq!((summary.tags.len(), summary.depends_on), (2, vec!["002-x".to_owned()]));
    assert_eq!(
        (summary.parent.as_deref(), summary.assignee.as_deref()),
        (Some("000-all"), Some("Kim"))
    );
    assert_eq!(summary.created.as_deref(), Some("2026-01-02"));
    assert_eq!(summary.completed_at.as_deref(), Some("2026-01-04T10:00:00Z"));
    assert_eq!(summary.transitions[0].status, "in-progress");
    assert_eq!(summary.fields, json!({"version": "1.0"}).as_object().expect("fields").clone());
}

#[test]
fn trap_1_items_left_behind_by_a_removed_key_break_the_yaml_and_nothing_else() {
    let summary = read(
        "---\nstatus: complete\ncompleted: '2025-12-04'\n  - 042-other\n---\n# Kept\n- [x] done\n",
    );
    assert_eq!(summary.problems[0].code, Code::MalformedYaml);
    assert!(
        summary.problems[0].line.is_some_and(|line| (2..=4).contains(&line)),
        "{:?}",
        summary.problems
    );
    assert_eq!(summary.title, "Kept");
    assert_eq!(summary.tasks, Tasks { done: 1, total: 1 });
}

#[test]
fn trap_1_a_stray_text_among_the_transitions_is_left_out_and_reported() {
    let summary =
        with("transitions:\n  - status: complete\n    at: 2025-12-04T00:00:00Z\n  - 042-other\n");
    assert_eq!(summary.transitions.len(), 1);
    assert_eq!(codes(&summary), [(Code::InvalidField, Some(4))]);
}

#[test]
fn trap_2_a_second_block_at_the_head_of_the_body_gives_no_title() {
    let body = "---\n# comment of a template\nstatus: planned\ntitle: x\n---\n\n# Real\n";
    let summary = read(format!("---\nstatus: complete\ncreated: 2026-01-02\n---\n{body}"));
    assert_eq!((summary.title.as_str(), summary.status.as_deref()), ("Real", Some("complete")));
}

#[test]
fn trap_3_samples_in_code_fences_are_no_frontmatter_and_no_title_but_their_boxes_count() {
    let body = "```yaml\n---\nstatus: archived\n---\n# Sample\n- [ ] sample\n```\n# Real\n";
    let summary = read(format!("---\nstatus: planned\ncreated: 2026-01-02\n---\n{body}"));
    assert_eq!((summary.title.as_str(), summary.status.as_deref()), ("Real", Some("planned")));
    assert_eq!(summary.tasks.total, 1);
    let only = read("---\nstatus: planned\ncreated: 2026-01-02\n---\n```\n# Sample\n```\n");
    assert_eq!(only.title, "001-demo");
}

#[test]
fn trap_4_thematic_breaks_in_the_body_end_nothing() {
    let summary = read(
        "---\nstatus: planned\ncreated: 2026-01-02\n---\ntext\n\n---\n\n# After\n\n---\n- [ ] task\n",
    );
    assert_eq!(codes(&summary), []);
    assert_eq!((summary.title.as_str(), summary.tasks.total), ("After", 1));
    let at_once = read(
        "---\nstatus: planned\ncreated: 2026-01-02\n---\n---\n\n# After\n\ntext\n\n---\nmore\n",
    );
    assert_eq!(at_once.title, "After");
}

#[test]
fn trap_5_numbers_stay_the_texts_that_were_meant() {
    let summary =
        with("depends_on: [\"077\", 37]\ntags: [v0.2.0, '1.0', 2024]\nissue: 42\nparent: 12\n");
    assert_eq!(summary.depends_on, ["077", "37"]);
    assert_eq!(summary.tags, ["v0.2.0", "1.0", "2024"]);
    assert_eq!(summary.parent.as_deref(), Some("12"));
    assert_eq!(summary.fields["issue"], json!(42));
    assert_eq!(codes(&summary), []);
}

#[test]
fn trap_6_aliases_become_canonical_and_unknown_status_words_are_shown_and_reported() {
    let status = |word: &str| read(format!("---\nstatus: {word}\ncreated: 2026-01-02\n---\n# T\n"));
    for (word, wanted) in
        [("completed", "complete"), ("inprogress", "in-progress"), ("in_progress", "in-progress")]
    {
        let summary = status(word);
        assert_eq!((summary.status.as_deref(), codes(&summary)), (Some(wanted), vec![]));
    }
    for word in ["superseded", "deferred", "split", "pending", "implemented", "living", "proposed"]
    {
        let summary = status(word);
        assert_eq!(summary.status.as_deref(), Some(word));
        assert_eq!(codes(&summary), [(Code::InvalidField, Some(2))]);
        assert!(
            summary.problems[0].message.contains("in-progress"),
            "the allowed words are listed"
        );
    }
}

#[test]
fn trap_7_a_folder_without_readme_is_shown_with_what_is_wrong() {
    let summary = summarize(&"007-empty".parse().expect("a path"), None);
    assert_eq!((summary.number, summary.title.as_str()), (Some(7), "007-empty"));
    assert_eq!(codes(&summary), [(Code::NoReadme, None)]);
}

#[test]
fn trap_8_a_spec_in_a_group_keeps_its_own_name() {
    for folder in ["archived/042-old", "20251101/042-old"] {
        let summary = read_as(folder, "---\nstatus: archived\ncreated: 2025-11-01\n---\n");
        assert_eq!((summary.number, summary.name.as_str()), (Some(42), "042-old"), "{folder}");
    }
}

#[test]
fn trap_9_numbers_need_not_be_unique_nor_padded() {
    let number = |folder: &str| read_as(folder, "").number;
    assert_eq!((number("001-x"), number("1-x")), (Some(1), Some(1)));
    assert_eq!(number("20251103-001-x"), Some(20_251_103));
    assert_eq!(number("007-000-overview"), Some(7));
    assert_eq!(number("99999999999-x"), None);
    assert_eq!(number("1a-x"), None);
}

#[test]
fn trap_10_a_day_that_a_serialiser_made_a_moment_is_still_that_day() {
    let summary = read("---\nstatus: planned\ncreated: '2025-07-21T00:00:00.000Z'\n---\n");
    assert_eq!((summary.created.as_deref(), codes(&summary)), (Some("2025-07-21"), vec![]));
    let number = read("---\nstatus: planned\ncreated: 20260102\n---\n");
    assert_eq!(number.created.as_deref(), Some("20260102"));
    assert_eq!(codes(&number), [(Code::InvalidField, Some(3))]);
}

#[test]
fn trap_11_blank_lines_and_a_missing_final_newline_change_nothing() {
    let head = "---\nstatus: planned\ncreated: 2026-01-02\n---";
    for text in [format!("{head}\n# T"), format!("{head}\n\n\n\n# T"), format!("\n\n{head}\n# T\n")]
    {
        let summary = read(&text);
        assert_eq!((summary.title.as_str(), codes(&summary)), ("T", vec![]), "{text:?}");
    }
    assert_eq!(codes(&read(head)), [], "a block that ends with the file");
}

#[test]
fn trap_12_a_byte_order_mark_is_reported_and_the_spec_is_read() {
    let summary = read("\u{feff}---\nstatus: planned\ncreated: 2026-01-02\n---\n# T\n");
    assert_eq!((summary.status.as_deref(), summary.title.as_str()), (Some("planned"), "T"));
    assert_eq!(codes(&summary), [(Code::ByteOrderMark, Some(1))]);
}

#[test]
fn trap_12_crlf_is_read_as_if_it_were_lf() {
    let summary = read(
        "---\r\nstatus: planned\r\ncreated: 2026-01-02\r\ntags:\r\n  - a\r\n---\r\n# T\r\n- [ ] x\r\n",
    );
    assert_eq!((summary.status.as_deref(), summary.title.as_str()), (Some("planned"), "T"));
    assert_eq!((summary.tags, summary.tasks.total), (vec!["a".to_owned()], 1));
    assert_eq!(summary.problems, []);
}

#[test]
fn trap_12_comments_block_scalars_and_anchors_are_read() {
    let summary = with("# a comment\nnotes: |\n  two\n  lines\nowner: &who Kim\nassignee: *who\n");
    assert_eq!(codes(&summary), []);
    assert_eq!(summary.assignee.as_deref(), Some("Kim"));
    assert_eq!(summary.fields["notes"], json!("two\nlines\n"));
}

#[test]
fn trap_12_a_duplicate_key_is_reported_with_its_line() {
    let summary = read("---\nstatus: planned\ncreated: 2026-01-02\nstatus: complete\n---\n# T\n");
    assert_eq!(summary.problems[0].code, Code::DuplicateKey);
    assert!(summary.problems[0].message.contains("status"), "{:?}", summary.problems);
    assert_eq!((summary.status.as_deref(), summary.title.as_str()), (None, "T"));
}

#[test]
fn trap_12_a_tab_for_indentation_is_malformed_and_the_text_is_still_read() {
    let summary = read("---\nstatus: planned\ntags:\n\t- a\n---\n# T\n");
    assert_eq!(summary.problems[0].code, Code::MalformedYaml);
    assert_eq!(summary.title, "T");
}

#[test]
fn trap_12_invalid_utf8_is_reported_with_its_line_and_the_rest_is_read() {
    let summary = read(b"---\nstatus: planned\ncreated: 2026-01-02\n---\n# T\xff\n- [x] a\n");
    assert_eq!(codes(&summary), [(Code::InvalidUtf8, Some(5))]);
    assert_eq!((summary.status.as_deref(), summary.title.as_str()), (Some("planned"), "T\u{fffd}"));
    assert_eq!(summary.tasks.done, 1);
}

#[test]
fn trap_12_names_that_are_not_ascii_are_kept() {
    let summary = read_as("042-größe", "---\nstatus: planned\ncreated: 2026-01-02\n---\n");
    assert_eq!((summary.number, summary.title.as_str()), (Some(42), "042-größe"));
}

#[test]
fn an_empty_file_says_that_it_is_empty_and_no_more() {
    for text in ["", " \n\n"] {
        let summary = read(text);
        assert_eq!(
            (codes(&summary), summary.title.as_str()),
            (vec![(Code::Empty, None)], "001-demo")
        );
    }
}

#[test]
fn a_file_without_frontmatter_keeps_its_title_and_its_status_is_not_guessed() {
    let summary = read("# Old\n\n> **Status**: 📅 Planned\n");
    assert_eq!((summary.title.as_str(), summary.status.as_deref()), ("Old", None));
    assert_eq!(codes(&summary), [(Code::NoFrontmatter, Some(1))]);
}

#[test]
fn a_block_that_is_never_closed_is_told_by_its_line() {
    let summary = read("\n---\nstatus: planned\n# Title\n");
    assert_eq!(codes(&summary), [(Code::UnclosedFrontmatter, Some(2))]);
    assert_eq!(summary.title, "Title");
}

#[test]
fn required_fields_that_are_missing_or_of_the_wrong_kind_are_told() {
    let summary = read("---\ntitle: x\n---\n");
    assert_eq!(codes(&summary), [(Code::MissingField, Some(1)), (Code::MissingField, Some(1))]);
    let summary = read("---\nstatus: [planned]\ncreated: 2026-01-02\ntags: {a: 1}\n---\n");
    assert_eq!(codes(&summary), [(Code::InvalidField, Some(2)), (Code::InvalidField, Some(4))]);
    assert_eq!(summary.fields["status"], json!(["planned"]), "what cannot be read is still shown");
}

#[test]
fn an_unquoted_colon_in_a_text_is_malformed_and_told_by_its_line_in_the_file() {
    let summary = read("\n---\nstatus: planned\ncreated: 2026-01-02\ntitle: Fix: it\n---\n# T\n");
    assert_eq!(codes(&summary), [(Code::MalformedYaml, Some(5))]);
}

#[test]
fn the_older_day_field_stands_in_for_the_moment_of_completion() {
    let summary = with("completed: 2025-11-02\n");
    assert_eq!(summary.completed_at.as_deref(), Some("2025-11-02"));
    assert_eq!(summary.fields["completed"], json!("2025-11-02"));
}

#[test]
fn the_text_of_the_body_is_never_in_the_summary() {
    let text = "---\nstatus: planned\ncreated: 2026-01-02\n---\n# T\nsecret words\n- [ ] secret task\n```\nsecret\n```\n";
    let json = serde_json::to_string(&read(text)).expect("JSON");
    assert!(!json.contains("secret"), "{json}");
}

#[test]
fn a_flat_file_is_named_without_its_ending() {
    let path = "010-flat.md".parse().expect("a path");
    let summary =
        summarize(&path, Some((&path, b"---\nstatus: planned\ncreated: 2026-01-02\n---\n")));
    assert_eq!(
        (summary.number, summary.name.as_str(), summary.title.as_str()),
        (Some(10), "010-flat", "010-flat")
    );
}

mod any_bytes {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_the_summary_panic_or_outgrow_the_wire(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let summary = read(&bytes);
            prop_assert!(serde_json::to_vec(&summary).expect("JSON").len() <= leanspec_shared::limits::SUMMARY_MAX_BYTES);
        }

        #[test]
        fn no_frontmatter_makes_the_summary_panic(
            lines in proptest::collection::vec(
                r#"(status|created|tags|transitions|depends_on|x)?:? ?[-\[\]{}'"&*|>#:a-z0-9, ]{0,20}"#, 0..8))
        {
            let summary = read(format!("---\n{}\n---\n# T\n", lines.join("\n")));
            prop_assert!(!summary.title.is_empty());
        }
    }
}
