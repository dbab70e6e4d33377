//! Who changed what where, and what came of it.

use std::time::Duration;

use leanspec_shared::hash::ContentHash;
use serde_json::{Value, json};

use crate::support::{Bridge, DEADLINE, TestRelay, set_status};

/// Posts a command and ends it in this way; its id.
async fn ended(relay: &TestRelay, bridge: &Bridge, spec: &str, report: &Value) -> String {
    let mut command = set_status("complete");
    command["spec"] = json!(spec);
    let id = relay.accepted(bridge, &command).await;
    bridge.poll_commands("&wait=9").await;
    bridge.report(&id, report).await.expect(200);
    id
}

fn commands(page: &Value) -> Vec<&str> {
    let entries = page["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["command"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_entry_says_who_changed_what_where_from_what_to_what() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let applied = json!({ "state": "applied", "hash": ContentHash::of(b"new"),
        "changes": [{ "field": "status", "from": "planned", "to": "complete" }],
        "diff": "-planned\n+complete\n" });
    let id = ended(&relay, &bridge, "001-a", &applied).await;
    let entry = relay.activity("").await["entries"][0].clone();
    let wanted = [
        ("kind", json!("command")),
        ("command", json!(id)),
        ("type", json!("update_frontmatter")),
        ("machine", json!("m1")),
        ("project", json!("p1")),
        ("spec", json!("001-a")),
        ("state", json!("applied")),
    ];
    for (name, value) in wanted {
        assert_eq!(entry[name], value, "{name}");
    }
    assert_eq!(entry["by"]["name"], "signed in by link");
    assert_eq!(entry["outcome"]["changes"], applied["changes"]);
    assert_eq!(entry["outcome"]["diff"], applied["diff"]);
}

#[tokio::test]
async fn every_end_is_an_entry_and_none_holds_the_text_that_was_found() {
    let relay = TestRelay::with(|config| config.command_life = Duration::from_millis(50)).await;
    let bridge = relay.bridge("m1").await;
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    let ends = ["applied", "conflict", "refused", "failed", "expired", "withdrawn"];
    for end in ends {
        let id = relay.accepted(&bridge, &set_status("complete")).await;
        let report = json!({ "state": end, "reason": "changed", "current": "a secret text" });
        bridge.report(&id, &report).await.expect(200);
    }
    drop(commands);
    let late = relay.accepted(&bridge, &set_status("complete")).await;
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while relay.state_of(&late).await["state"] != "expired" {
        assert!(tokio::time::Instant::now() < deadline, "it expires");
        tokio::task::yield_now().await;
    }
    let page = relay.activity("").await;
    let told: Vec<_> = page["entries"].as_array().unwrap().iter().rev().collect();
    let states: Vec<_> = told.iter().map(|entry| entry["state"].as_str().unwrap()).collect();
    assert_eq!(states, [&ends[..], &["expired"]].concat());
    assert!(!page.to_string().contains("a secret text"));
}

#[tokio::test]
async fn activity_is_read_page_by_page_and_narrowed() {
    let relay = TestRelay::start().await;
    let (bridge, other) = (relay.bridge("m1").await, relay.bridge("m2").await);
    let mut all = Vec::new();
    for number in 0..5 {
        let spec = format!("00{number}-a");
        all.push(ended(&relay, &bridge, &spec, &json!({ "state": "applied" })).await);
    }
    let elsewhere = ended(&relay, &other, "001-a", &json!({ "state": "applied" })).await;
    all.reverse();
    let first = relay.activity("?machine=m1&limit=2").await;
    assert_eq!(commands(&first), all[..2]);
    let second = relay.activity(&format!("?machine=m1&limit=2&before={}", first["next"])).await;
    assert_eq!(commands(&second), all[2..4]);
    let last = relay.activity(&format!("?machine=m1&limit=2&before={}", second["next"])).await;
    assert_eq!((commands(&last), &last["next"]), (vec![all[4].as_str()], &Value::Null));
    assert_eq!(commands(&relay.activity("?spec=001-a").await), [&elsewhere, &all[3]]);
    assert_eq!(commands(&relay.activity("?project=p1").await).len(), 6);
    assert_eq!(commands(&relay.activity("?project=p9").await).len(), 0);
    relay.get("/v1/activity?before=x", &relay.admin).await.expect(400);
    relay.get("/v1/activity", &bridge.key).await.expect_problem(403, "scope_insufficient");
}

#[tokio::test]
async fn a_command_that_was_overtaken_stays_applied_and_says_so() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let applied = json!({ "state": "applied", "hash": ContentHash::of(b"new") });
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    bridge.overtaken(&id, "too early").await.expect_problem(409, "not_delivered");
    bridge.poll_commands("&wait=9").await;
    bridge.report(&id, &applied).await.expect(200);
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    bridge.overtaken(&id, "An editor wrote into the file.").await.expect(200);
    let told = feed.until("command").await.data;
    assert_eq!((&told["state"], &told["outcome"]["overtaken"]), (&json!("applied"), &json!(true)));
    bridge.overtaken(&id, "An editor wrote into the file.").await.expect(200);
    bridge.report(&id, &applied).await.expect(200);
    let entries = relay.activity("").await["entries"].clone();
    let kinds: Vec<_> = entries.as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["overtaken", "command"], "once, however often it was said");
    assert_eq!(entries[0]["outcome"]["message"], "An editor wrote into the file.");
    let refused = ended(&relay, &bridge, "001-a", &json!({ "state": "refused" })).await;
    bridge.overtaken(&refused, "no").await.expect_problem(409, "result_differs");
}

#[tokio::test]
async fn activity_is_let_go_when_it_is_old_and_a_command_while_its_request_may_come_again_is_not() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = ended(&relay, &bridge, "001-a", &json!({ "state": "applied" })).await;
    assert_eq!(commands(&relay.activity("").await), [&id]);
    let relay = relay.restart_with(|_| {}, |config| config.activity_keep = Duration::ZERO).await;
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while !commands(&relay.activity("").await).is_empty() {
        assert!(tokio::time::Instant::now() < deadline, "it is let go");
        tokio::task::yield_now().await;
    }
    assert_eq!(relay.state_of(&id).await["state"], "applied");
}
