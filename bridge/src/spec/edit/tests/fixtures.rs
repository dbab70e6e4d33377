//! One file for every shape that real specs have (and for those that are not met yet), as bytes.

use leanspec_shared::command::Reason;
use serde_json::json;

use super::{NOW, edit, fields, now};
use crate::spec::edit::update_frontmatter;

/// Completes a spec that was completed before, so that three lines change and two are added.
fn complete(file: &str) -> String {
    edit(file, &json!({"status": "complete"}))
        .unwrap_or_else(|refusal| panic!("{file:?}: {refusal}"))
}

/// What completing makes of the three lines that fixtures have for it.
fn completed(file: &str, ending: &str) -> String {
    let transition = format!("- status: complete{ending}  at: {NOW}{ending}");
    file.replacen("status: planned", "status: complete", 1)
        .replacen("updated_at: x", &format!("updated_at: {NOW}"), 1)
        .replacen(
            &format!("completed_at: x{ending}"),
            &format!("completed_at: x{ending}transitions:{ending}{transition}"),
            1,
        )
}

const BLOCK: &str =
    "---\nstatus: planned\ncreated: 2026-01-02\nupdated_at: x\ncompleted_at: x\n---\n";

#[track_caller]
fn check_body(body: &str) {
    let file = format!("{BLOCK}{body}");
    assert_eq!(complete(&file), completed(&file, "\n"));
}

#[test]
fn fixture_1_an_item_left_behind_in_transitions_stays_and_the_new_one_follows() {
    let file = "---\nstatus: planned\ntransitions:\n  - status: complete\n    at: '2025-11-17T01:09:49.197Z'\n  - 099-enhanced\nupdated_at: 'x'\n---\n\n# T\n";
    let wanted = format!(
        "---\nstatus: archived\ntransitions:\n  - status: complete\n    at: '2025-11-17T01:09:49.197Z'\n  - 099-enhanced\n  - status: archived\n    at: '{NOW}'\nupdated_at: '{NOW}'\n---\n\n# T\n"
    );
    assert_eq!(edit(file, &json!({"status": "archived"})), Ok(wanted));
}

#[test]
fn fixture_1_items_glued_below_a_text_are_refused_with_their_line() {
    let file = "---\nstatus: planned\ncompleted: '2025-11-01'\n  - 001-x\n---\n# T\n";
    let refusal = edit(file, &json!({"status": "archived"})).expect_err("malformed");
    assert_eq!((refusal.reason, refusal.line), (Reason::NotEditable, Some(4)));
}

#[test]
fn fixture_2_a_second_block_below_the_first_is_body() {
    check_body("---\nstatus: planned\nupdated_at: y\n---\n# T\n");
}

#[test]
fn fixture_3_samples_in_code_fences_stay() {
    check_body("\n```md\n---\nstatus: planned\n---\n- [ ] x\n# y\n```\n");
}

#[test]
fn fixture_4_thematic_breaks_in_the_body_stay() {
    check_body("\n# T\n\n---\n\nstatus: planned\n\n---\n");
}

#[test]
fn fixture_5_numbers_that_are_texts_stay_texts() {
    let file =
        "---\nstatus: planned\nversion: '1.0'\ntags: [2024, v0.2.0]\ndepends_on:\n- \"077\"\n---\n";
    let edited = edit(file, &json!({"tags": ["2024", "v0.2.0", "1.0"]})).expect("editable");
    assert!(edited.contains("tags: [2024, v0.2.0, '1.0']\n"), "{edited}");
    assert!(edited.contains("version: '1.0'\n") && edited.contains("- \"077\"\n"), "{edited}");
}

#[test]
fn fixture_6_an_unknown_status_may_be_left() {
    let file = BLOCK.replace("planned", "superseded");
    assert!(complete(&file).starts_with("---\nstatus: complete\n"));
}

#[test]
fn fixture_10_a_day_that_a_serialiser_made_a_moment_stays_as_it_is() {
    let file = BLOCK.replace("2026-01-02", "'2025-07-21T00:00:00.000Z'");
    assert_eq!(complete(&file), completed(&file, "\n"));
}

#[test]
fn fixture_11_blank_lines_and_final_newlines_stay() {
    for body in ["", "# T", "\n# T", "\n\n\n# T\n\n\n", "# T  \n\t\n"] {
        check_body(body);
    }
    check_body("no line between");
    let file = BLOCK.trim_end();
    assert_eq!(complete(file), completed(file, "\n"), "the block ends with the file");
    let file = format!("\n \n{BLOCK}\n# T");
    assert_eq!(complete(&file), completed(&file, "\n"), "blank lines before the block");
    let file = BLOCK.replace("created", "\n\n# why\n\ncreated").replace("---\n", "---  \n");
    assert_eq!(complete(&file), completed(&file, "\n"), "blank lines inside of the block");
}

#[test]
fn fixture_12_a_byte_order_mark_stays() {
    let file = format!("\u{feff}{BLOCK}\n# T\n");
    assert_eq!(complete(&file), completed(&file, "\n"));
}

#[test]
fn fixture_12_line_endings_stay_and_new_lines_get_them_too() {
    let file = format!("{BLOCK}\n# T\n- a\n").replace('\n', "\r\n");
    assert_eq!(complete(&file), completed(&file, "\r\n"));
    let only_block = format!("{}\n# T\n", BLOCK.replace('\n', "\r\n"));
    assert_eq!(complete(&only_block), completed(&only_block, "\r\n"));
    let only_body = format!("{BLOCK}\r\n# T\r\n");
    assert_eq!(complete(&only_body), completed(&only_body, "\n"));
    let lists = "---\r\nstatus: planned\r\ntags:\r\n  - a\r\n---\r\n";
    let wanted = format!(
        "---\r\nstatus: planned\r\ntags:\r\n  - a\r\n  - b\r\nupdated_at: {NOW}\r\n---\r\n"
    );
    let edited = edit(lists, &json!({"tags": ["a", "b"]}));
    assert_eq!(edited, Ok(wanted));
    let empty = edit("---\r\n---\r\n", &json!({"tags": ["a"]}));
    let wanted = format!("---\r\ntags:\r\n- a\r\nupdated_at: {NOW}\r\n---\r\n");
    assert_eq!(empty, Ok(wanted));
}

#[test]
fn fixture_12_comments_block_scalars_and_anchors_elsewhere_stay() {
    let file = "---\n# one\nstatus: planned # two\n# three\nnotes: |+\n  status: x\n\n  ---\n\nbase: &b {x: 1}\nmore: *b\nupdated_at: x # four\ncompleted_at: x\n# five\n\n# six\n---\n";
    let found = complete(file);
    let wanted = file
        .replacen("planned", "complete", 1)
        .replace("updated_at: x", &format!("updated_at: {NOW}"))
        .replace(
            "completed_at: x\n",
            &format!("completed_at: x\ntransitions:\n- status: complete\n  at: {NOW}\n"),
        );
    assert_eq!(found, wanted);
}

#[test]
fn fixture_12_bytes_that_are_no_text_matter_in_the_block_only() {
    let file = [BLOCK.as_bytes(), b"# T\xff\0\n"].concat();
    let wanted = fields(&json!({"status": "complete"}));
    let edited = update_frontmatter(&file, &wanted, now()).expect("editable").bytes;
    assert!(edited.ends_with(b"---\n# T\xff\0\n"));
    assert!(edited.starts_with(b"---\nstatus: complete\n"));
    let refusal = update_frontmatter(b"---\nstatus: planned\nx: \xff\n---\n", &wanted, now());
    let refusal = refusal.expect_err("no text");
    assert_eq!((refusal.reason, refusal.line), (Reason::NotEditable, Some(3)));
}

#[test]
fn fixture_12_what_cannot_be_edited_safely_is_refused_with_its_line() {
    let table = [
        ("", 1, "does not begin"),
        ("# T\n", 1, "does not begin"),
        ("\n---\nstatus: planned\n", 2, "never closed"),
        ("---\nstatus: planned\nstatus: complete\n---\n", 3, "twice"),
        ("---\nstatus: planned\ntitle: Fix: it\n---\n", 3, "YAML"),
        ("---\nstatus: planned\ntags:\n\t- a\n---\n", 4, "YAML"),
        ("---\n- a\n- b\n---\n", 2, "YAML"),
        ("--- x\nstatus: planned\n---\n", 1, "more than"),
        ("---\n{status: planned}\n---\n", 2, "one key a line"),
        ("---\nstatus: &s planned\nx: *s\n---\n", 2, "anchor"),
        ("---\nx: &s planned\nstatus: *s\n---\n", 3, "anchor"),
        ("---\nx: 1\nstatus: !!str planned\n---\n", 3, "anchor"),
        ("---\n? status\n: planned\n---\n", 2, "anchor"),
        ("---\nstatus: planned\ntransitions: none\n---\n", 3, "transitions"),
        ("---\nstatus: planned\ntransitions: [ # c\n  x ]\n---\n", 3, "comments"),
        ("---\n1: a\n'1': b\nstatus: planned\n---\n", 2, "disagree"),
    ];
    for (file, line, why) in table {
        let refusal = edit(file, &json!({"status": "complete"})).expect_err(file);
        assert_eq!(
            (refusal.reason.clone(), refusal.line),
            (Reason::NotEditable, Some(line)),
            "{file:?}: {refusal}"
        );
        assert!(refusal.message.contains(why), "{file:?}: {refusal}");
        assert!(refusal.message.contains("Nothing was changed"), "{refusal}");
    }
}

#[test]
fn a_block_that_is_no_metadata_any_more_is_refused() {
    let file = format!("---\nstatus: planned\nx: {}\n---\n", "y".repeat(70_000));
    let refusal = edit(&file, &json!({"status": "complete"})).expect_err("too long");
    assert_eq!(refusal.reason, Reason::NotEditable);
}

#[test]
fn a_block_without_keys_gets_its_first() {
    let wanted = |head: &str| {
        format!(
            "---\n{head}status: planned\nupdated_at: {NOW}\ntransitions:\n- status: planned\n  at: {NOW}\n---\n# T\n"
        )
    };
    for head in ["", "# only a comment\n", "\n"] {
        let file = format!("---\n{head}---\n# T\n");
        assert_eq!(edit(&file, &json!({"status": "planned"})), Ok(wanted(head)));
    }
}
