//! Every way in which files are written stays as it is.

use serde_json::json;

use super::check;

const JAVASCRIPT: &str = "\
status: planned
created: '2025-11-04'
tags:
  - release
  - launch
priority: critical
created_at: '2025-11-04T00:00:00.000Z'
updated_at: '2025-11-26T06:04:04.947Z'
";

const RUST: &str = "\
status: in-progress
created: 2026-01-07
priority: medium
tags:
- ui
- vite
depends_on:
- 193-frontend
created_at: 2026-01-07T08:28:16.326639Z
updated_at: 2026-01-07T14:59:45.534040Z
transitions:
- status: in-progress
  at: 2026-01-07T14:54:42.774640Z
";

#[test]
fn a_change_of_status_keeps_the_quotes_and_lists_of_the_javascript_tools() {
    check(
        JAVASCRIPT,
        &json!({"status": "in-progress"}),
        "\
status: in-progress
created: '2025-11-04'
tags:
  - release
  - launch
priority: critical
created_at: '2025-11-04T00:00:00.000Z'
updated_at: '2026-11-22T16:00:00.123Z'
transitions:
  - status: in-progress
    at: '2026-11-22T16:00:00.123Z'
",
    );
}

#[test]
fn a_change_of_status_keeps_the_bare_times_and_order_of_the_rust_tools() {
    check(
        RUST,
        &json!({"status": "complete"}),
        "\
status: complete
created: 2026-01-07
priority: medium
tags:
- ui
- vite
depends_on:
- 193-frontend
created_at: 2026-01-07T08:28:16.326639Z
updated_at: 2026-11-22T16:00:00.123Z
completed_at: 2026-11-22T16:00:00.123Z
transitions:
- status: in-progress
  at: 2026-01-07T14:54:42.774640Z
- status: complete
  at: 2026-11-22T16:00:00.123Z
",
    );
}

#[test]
fn new_keys_stand_where_the_tool_that_wrote_the_file_would_put_them() {
    check(
        RUST,
        &json!({"parent": "100-all", "due": "2026-12-01", "zebra": 1}),
        &RUST
            .replace("- 193-frontend\n", "- 193-frontend\nparent: 100-all\ndue: 2026-12-01\n")
            .replace("2026-01-07T14:59:45.534040Z", "2026-11-22T16:00:00.123Z")
            .replace("774640Z\n", "774640Z\nzebra: 1\n"),
    );
    check(
        JAVASCRIPT,
        &json!({"depends_on": ["001-a"], "due": "2026-12-01"}),
        &(JAVASCRIPT.replace("2025-11-26T06:04:04.947Z", "2026-11-22T16:00:00.123Z")
            + "depends_on:\n  - 001-a\ndue: '2026-12-01'\n"),
    );
}

/// Sets one field; `updated_at` is there already and follows.
#[track_caller]
fn check_one(block: &str, wanted: &serde_json::Value, after: &str) {
    let stamped = |block: &str, at: &str| format!("status: planned\nupdated_at: '{at}'\n{block}");
    check(
        &stamped(block, "2026-01-01T00:00:00.000Z"),
        wanted,
        &stamped(after, "2026-11-22T16:00:00.123Z"),
    );
}

#[test]
fn a_value_keeps_its_quotes_and_the_comment_beside_it() {
    let table = [
        ("priority: low # why\n", "priority: high # why\n"),
        ("priority: 'low'   # why\n", "priority: 'high'   # why\n"),
        ("priority: \"low\"\n", "priority: \"high\"\n"),
        ("priority:    low\n", "priority:    high\n"),
        ("priority:\n  low\n", "priority:\n  high\n"),
        ("priority:\n", "priority: high\n"),
        ("priority: # none yet\n", "priority: high # none yet\n"),
        ("priority: ~\n", "priority: high\n"),
        ("'priority': low\n", "'priority': high\n"),
        ("priority : low\n", "priority : high\n"),
        ("priority: |\n  low\n\nx: 1\n", "priority: high\n\nx: 1\n"),
        ("priority: > # why\n  low\n", "priority: high # why\n"),
        ("priority: 'lo\n\n  w'\nx: 1\n", "priority: 'high'\nx: 1\n"),
        ("priority: [low]\n", "priority: high\n"),
        ("priority: # c\n- low\nx: 1\n", "priority: high # c\nx: 1\n"),
        ("priority:\n  a: low\nx: 1\n", "priority: high\nx: 1\n"),
    ];
    for (before, after) in table {
        check_one(before, &json!({"priority": "high"}), after);
    }
}

#[test]
fn items_are_added_to_a_list_as_its_other_items_stand() {
    let table = [
        ("tags:\n- a\n- b\n", "tags:\n- a\n- b\n- c\n"),
        ("tags:\n  - a # x\n  # between\n  - b\n", "tags:\n  - a # x\n  # between\n  - b\n  - c\n"),
        ("tags:\n    - a\n\n    - b\n\nx: 1\n", "tags:\n    - a\n\n    - b\n    - c\n\nx: 1\n"),
        ("tags: [a, b] # x\n", "tags: [a, b, c] # x\n"),
        ("tags: [ a, b ]\n", "tags: [ a, b, c ]\n"),
        ("tags: [\"a\",'b']\n", "tags: [\"a\",'b',c]\n"),
        ("tags: [\n  a,\n  b,\n]\n", "tags: [\n  a,\n  b,\n  c,\n]\n"),
        ("tags: a, b\n", "tags:\n  - a\n  - b\n  - c\n"),
    ];
    for (before, after) in table {
        check_one(before, &json!({"tags": ["a", "b", "c"]}), after);
    }
}

#[test]
fn items_are_taken_out_of_a_list_and_the_others_stay_as_they_stand() {
    let table = [
        ("tags:\n- a # x\n- b # y\n- c\n", "tags:\n- b # y\n"),
        ("tags: [a, 'b', c]\n", "tags: ['b']\n"),
        ("tags: [ a,b , c ] # x\n", "tags: [ b ] # x\n"),
        ("tags:\n- b\n- a\n- b\n", "tags:\n- b\n"),
        ("tags: 'a'\n", "tags:\n  - b\n"),
    ];
    for (before, after) in table {
        check_one(before, &json!({"tags": ["b"]}), after);
    }
}

#[test]
fn an_empty_list_opens_and_a_list_that_is_emptied_closes() {
    check_one("tags: []\n", &json!({"tags": ["a"]}), "tags:\n  - a\n");
    check_one("tags: [] # none\n", &json!({"tags": ["a"]}), "tags: # none\n  - a\n");
    check_one("tags: [ ]\nx: [y]\n", &json!({"tags": ["a", "b"]}), "tags: [a, b]\nx: [y]\n");
    check_one("tags: # why\nx:\n- y\n", &json!({"tags": ["a"]}), "tags: # why\n- a\nx:\n- y\n");
    check_one("tags:\n- a\n# c\n- b\n", &json!({"tags": []}), "tags: []\n# c\n");
    check_one("tags: [a, b] # c\n", &json!({"tags": []}), "tags: [] # c\n");
}

#[test]
fn a_transition_is_written_as_those_before_it() {
    let status = json!({"status": "archived"});
    let now = "2026-11-22T16:00:00.123Z";
    let table = [
        (
            "transitions:\n  - status: planned\n    at: \"x\"\n",
            format!("  - status: archived\n    at: \"{now}\"\n"),
        ),
        (
            "transitions:\n- status: planned\n  at: x\n",
            format!("- status: archived\n  at: {now}\n"),
        ),
        (
            "transitions:\n  - {status: planned, at: 'x'}\n",
            format!("  - {{status: archived, at: '{now}'}}\n"),
        ),
        (
            "transitions:\n  - at: x\n    status: planned\n  # why\n",
            format!("  - status: archived\n    at: {now}\n"),
        ),
    ];
    for (before, added) in table {
        let head = format!("status: planned\nupdated_at: {now}\n{before}");
        let (kept, comment) = before.split_at(before.find("  # why").unwrap_or(before.len()));
        let after = format!("status: archived\nupdated_at: {now}\n{kept}{added}{comment}");
        check(&head, &status, &after);
    }
    check(
        &format!("status: planned\nupdated_at: {now}\ntransitions: [{{status: planned, at: x}}]\n"),
        &status,
        &format!(
            "status: archived\nupdated_at: {now}\ntransitions: [{{status: planned, at: x}}, {{status: archived, at: {now}}}]\n"
        ),
    );
    check(
        &format!("status: planned\nupdated_at: {now}\ntransitions: []\n"),
        &status,
        &format!(
            "status: archived\nupdated_at: {now}\ntransitions:\n- status: archived\n  at: {now}\n"
        ),
    );
}

#[test]
fn a_key_is_removed_with_its_own_lines_only() {
    check_one(
        "# a\nassignee: kim # b\n# c\nx: 1\n",
        &json!({"assignee": null}),
        "# a\n# c\nx: 1\n",
    );
    check_one("assignee: |\n  kim\n\nx: 1\n", &json!({"assignee": null}), "\nx: 1\n");
    check_one("depends_on:\n  - a\n  # why\n  - b\n", &json!({"depends_on": null}), "");
    check_one("x: 1\n", &json!({"assignee": null}), "x: 1\n");
}

#[test]
fn any_other_value_is_written_as_yaml_of_the_same_style() {
    let table = [
        ("a: 1\n", json!({"version": "1.0"}), "a: 1\nversion: '1.0'\n"),
        (
            "b:\n  - x\n",
            json!({"list": ["z", 2, null]}),
            "b:\n  - x\nlist:\n  - z\n  - 2\n  - null\n",
        ),
        ("b:\n- x\n", json!({"m": {"k": [1], "v": {}}}), "b:\n- x\nm:\n  k:\n  - 1\n  v: {}\n"),
        ("b: [x]\n", json!({"list": ["y, z", [1]]}), "b: [x]\nlist:\n  - y, z\n  - [1]\n"),
        (
            "b:\n- x\n",
            json!({"l": [[1, 2], {"a": 1, "b": 2}]}),
            "b:\n- x\nl:\n- - 1\n  - 2\n- a: 1\n  b: 2\n",
        ),
        ("b: 1 # c\n", json!({"b": {"k": true}}), "b: # c\n  k: true\n"),
        ("b: | # c\n  x\ny: 1\n", json!({"b": ["k"]}), "b: # c\n  - k\ny: 1\n"),
        ("b:\n  # c\n  k: v\n", json!({"b": {"k": 2.5}}), "b:\n  # c\n  k: 2.5\n"),
        ("b: {k: v}\n", json!({"b": "x"}), "b: x\n"),
    ];
    for (before, wanted, after) in table {
        check_one(before, &wanted, after);
    }
}

#[test]
fn an_indented_block_stays_indented() {
    check(
        "  status: planned\n  tags:\n    - a\n",
        &json!({"tags": ["a", "b"], "parent": "001-x"}),
        "  status: planned\n  tags:\n    - a\n    - b\n  updated_at: 2026-11-22T16:00:00.123Z\n  parent: 001-x\n",
    );
}
