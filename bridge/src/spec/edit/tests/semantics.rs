//! What LeanSpec keeps up to date by itself, and what is refused.

use leanspec_shared::command::{Reason, Rule};
use serde_json::{Value, json};

use super::{NOW, check, edit, fields, now};
use crate::spec::edit::update_frontmatter;

fn changes(block: &str, wanted: &Value) -> Vec<(String, Value, Value)> {
    let file = format!("---\n{block}---\n# T\n");
    let edited = update_frontmatter(file.as_bytes(), &fields(wanted), now()).expect("editable");
    edited.changes.into_iter().map(|change| (change.field, change.from, change.to)).collect()
}

fn changed(block: &str, wanted: &Value) -> Vec<String> {
    changes(block, wanted).into_iter().map(|(field, ..)| field).collect()
}

#[test]
fn one_moment_serves_every_field_that_a_completion_sets() {
    let found = changes("status: in-progress\nassignee: kim\n", &json!({"status": "complete"}));
    let wanted = [
        ("status", json!("in-progress"), json!("complete")),
        ("transitions", Value::Null, json!([{"status": "complete", "at": NOW}])),
        ("completed_at", Value::Null, json!(NOW)),
        ("updated_at", Value::Null, json!(NOW)),
    ];
    assert_eq!(found, wanted.map(|(field, from, to)| (field.to_owned(), from, to)));
}

#[test]
fn any_change_of_metadata_sets_the_time_of_the_update_and_invents_no_other() {
    assert_eq!(
        changed("status: planned\n", &json!({"priority": "low"})),
        ["priority", "updated_at"]
    );
    assert_eq!(changed("status: planned\n", &json!({"status": "planned"})), ["updated_at"]);
    assert_eq!(
        changed("status: complete\n", &json!({"tags": ["a"]})),
        ["tags", "updated_at"],
        "a spec completed long ago is not completed now"
    );
}

#[test]
fn a_second_completion_leaves_the_first_one_in_place() {
    let block = "status: in-progress\ncompleted_at: x\ncompleted: 2025-11-01\n";
    let found = changed(block, &json!({"status": "complete"}));
    assert_eq!(found, ["status", "transitions", "updated_at"]);
    let found = changed("status: planned\ncompleted_at:\n", &json!({"status": "complete"}));
    assert_eq!(found, ["status", "transitions", "completed_at", "updated_at"]);
}

#[test]
fn a_wrong_time_of_completion_can_be_removed() {
    let block = "status: complete\ncompleted_at: x\n";
    assert_eq!(changed(block, &json!({"completed_at": null})), ["completed_at", "updated_at"]);
}

#[test]
fn the_day_of_the_last_update_follows_where_older_files_have_it() {
    let block = "status: planned\nupdated: '2025-11-26'\n";
    let updated = changes(block, &json!({"priority": "low"})).pop().expect("a change");
    assert_eq!(updated, ("updated".into(), json!("2025-11-26"), json!("2026-11-22")));
    let other = "status: planned\nupdated: soon\n";
    assert_eq!(changed(other, &json!({"priority": "low"})), ["priority", "updated_at"]);
}

#[test]
fn aliases_are_written_as_the_canonical_word() {
    let block = format!("status: in_progress\nupdated_at: {NOW}\n");
    let after = format!("status: in-progress\nupdated_at: {NOW}\n");
    check(&block, &json!({"status": "In_Progress"}), &after);
    let table = [
        ("status", "completed", "complete"),
        ("status", "inprogress", "in-progress"),
        ("priority", "med", "medium"),
        ("priority", "URGENT", "critical"),
    ];
    for (key, word, wanted) in table {
        let found = changes("status: planned\n", &json!({ key: word }));
        assert_eq!((&*found[0].0, &found[0].2), (key, &json!(wanted)), "{word}");
    }
}

#[test]
fn numbers_stay_the_texts_that_they_are() {
    let block = format!("depends_on: [\"077\", 37]\nissue: 42\nupdated_at: {NOW}\n");
    let wanted = json!({"depends_on": ["077", "37", "038"], "issue": 43, "parent": 12});
    let after =
        format!("depends_on: [\"077\", 37, '038']\nparent: '12'\nissue: '43'\nupdated_at: {NOW}\n");
    check(&block, &wanted, &after);
}

#[test]
fn a_list_may_be_given_as_text() {
    for text in ["a, b", r#"["a","b"]"#] {
        let found = changes("status: planned\n", &json!({ "tags": text }));
        assert_eq!(found[0].2, json!(["a", "b"]));
    }
    let block = "status: planned\ntags: '[\"a\",\"b\"]'\n";
    assert_eq!(changed(block, &json!({"tags": ["a", "b"]})), ["updated_at"], "it reads so already");
}

#[test]
fn values_that_a_field_cannot_have_are_refused() {
    let table = [
        json!({}),
        json!({"updated_at": NOW}),
        json!({"transitions": []}),
        json!({"created_at": NOW}),
        json!({"completed_at": NOW}),
        json!({"updated_at": null}),
        json!({"transitions": null}),
        json!({"status": null}),
        json!({"created": null}),
        json!({"created": "tomorrow"}),
        json!({"created": "2026-02-30"}),
        json!({"tags": {"a": 1}}),
        json!({"depends_on": [["a"]]}),
        json!({"assignee": ["kim"]}),
        json!({"breaking": "perhaps"}),
        json!({"": 1}),
        json!({" x": 1}),
        json!({"a\nb": 1}),
        json!({"<<": 1}),
        json!({"x".repeat(200): 1}),
    ];
    for wanted in table {
        let refusal = edit("---\nstatus: planned\n---\n", &wanted).expect_err("refused");
        assert_eq!(refusal.reason, Reason::Invalid, "{wanted}: {refusal}");
    }
}

#[test]
fn a_word_that_leanspec_does_not_know_is_refused_with_those_it_knows() {
    for (wanted, details) in [
        (json!({"status": "done"}), "draft planned in-progress complete archived"),
        (json!({"status": 3}), "draft planned in-progress complete archived"),
        (json!({"priority": ""}), "low medium high critical"),
    ] {
        let refusal = edit("---\nstatus: planned\n---\n", &wanted).expect_err("refused");
        assert_eq!((refusal.reason, refusal.rule), (Reason::Rule, Some(Rule::KnownValue)));
        assert_eq!(refusal.details.join(" "), details);
    }
}
