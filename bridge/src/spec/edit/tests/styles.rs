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
