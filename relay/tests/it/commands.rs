//! The life of a command: accepted, queued, delivered, ended once.

use std::time::Duration;

use leanspec_shared::hash::ContentHash;
use serde_json::{Value, json};

use crate::support::{TestRelay, ids, request, set_status};
use axum::body::Body;

#[tokio::test]
async fn a_command_for_a_machine_that_is_away_is_queued_with_its_deadline_and_told() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("?machine=m1&project=p1").await;
    feed.expect("hello").await;
    let answer = relay.command(&bridge, &set_status("complete")).await.expect(202);
    let command = answer.json();
    let id = command["id"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("/v1/commands/{id}"));
    assert_eq!(
        (&command["state"], &command["type"]),
        (&json!("queued"), &json!("update_frontmatter"))
    );
    assert!(command["expires_at"].as_str() > command["created_at"].as_str());
    assert_eq!(feed.expect("command").await.data, command);
    let read = relay.get(answer.header("location"), &relay.admin).await.expect(200);
    assert_eq!(read.json(), command);
    assert!(!read.header("leanspec-cursor").is_empty() && !read.header("etag").is_empty());
}

#[tokio::test]
async fn what_is_posted_is_kept_whole_and_its_texts_travel_in_no_event() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let posted = json!({ "type": "update_content", "spec": "001-a", "content": "a secret text",
        "base": { "hash": ContentHash::of(b"seen") } });
    let id = relay.accepted(&bridge, &posted).await;
    assert!(feed.expect("command").await.data.get("content").is_none());
    assert_eq!(relay.state_of(&id).await["content"], "a secret text");
    let listed = relay.get("/v1/commands?open=true", &relay.admin).await.json();
    assert!(listed["commands"][0].get("content").is_none());
    let mut commands = bridge.command_feed().await;
    assert_eq!(commands.until("command").await.data["content"], "a secret text");
}

#[tokio::test]
async fn from_the_queue_a_command_is_withdrawn_at_once_and_once_only() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    let withdrawn = relay.withdraw(&id).await.expect(200).json();
    assert_eq!(withdrawn["state"], "withdrawn");
    relay.withdraw(&id).await.expect_problem(409, "command_ended");
    relay.withdraw("nosuchcommand").await.expect_problem(404, "not_found");
    let mut feed = bridge.command_feed().await;
    feed.expect("hello").await;
    let next = relay.accepted(&bridge, &set_status("archived")).await;
    assert_eq!(feed.expect("command").await.data["id"], next.as_str(), "the withdrawn is not sent");
}

#[tokio::test]
async fn once_delivered_only_the_machine_ends_a_command() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    assert_eq!(commands.expect("command").await.data["id"], id.as_str());
    assert_eq!(feed.until("command").await.data["state"], "delivered");
    let asked = relay.withdraw(&id).await.expect(202).json();
    assert_eq!(
        (&asked["state"], &asked["withdraw_requested"]),
        (&json!("delivered"), &json!(true))
    );
    assert_eq!(commands.expect("withdraw").await.data, json!({ "id": id }));
    assert_eq!(feed.until("command").await.data["withdraw_requested"], true);
    relay.withdraw(&id).await.expect(202);
    let applied = json!({ "state": "applied", "hash": ContentHash::of(b"new") });
    bridge.report(&id, &applied).await.expect(200);
    assert_eq!(feed.until("command").await.data["state"], "applied", "it came too late");
    relay.withdraw(&id).await.expect_problem(409, "command_ended");
}

#[tokio::test]
async fn a_result_is_taken_once_and_the_same_again_is_no_harm() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    let conflict = json!({ "state": "conflict", "reason": "changed", "current": "now\n",
        "current_hash": ContentHash::of(b"now\n"), "diff": "-seen\n+now\n", "rebasable": true });
    bridge.report(&id, &conflict).await.expect_problem(409, "not_delivered");
    bridge.poll_commands("&wait=9").await;
    bridge
        .report(&id, &json!({ "state": "delivered" }))
        .await
        .expect_problem(400, "body_malformed");
    let first = bridge.report(&id, &conflict).await.expect(200);
    let second = bridge.report(&id, &conflict).await.expect(200);
    assert_eq!(first.body, second.body);
    let ended = relay.state_of(&id).await;
    assert_eq!(ended["outcome"]["current"], "now\n");
    assert_eq!(ended["outcome"]["diff"], "-seen\n+now\n");
    let mut other = conflict.clone();
    other["current"] = json!("something else\n");
    bridge.report(&id, &other).await.expect_problem(409, "result_differs");
    bridge.report(&id, &json!({ "state": "applied" })).await.expect_problem(409, "result_differs");
    assert_eq!(relay.state_of(&id).await, ended, "the first one stands");
    bridge.report("nosuchcommand", &conflict).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn only_the_machine_itself_says_what_came_of_a_command() {
    let relay = TestRelay::start().await;
    let (bridge, other) = (relay.bridge("m1").await, relay.bridge("m2").await);
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    bridge.poll_commands("&wait=9").await;
    let applied = json!({ "state": "applied" });
    other.report(&id, &applied).await.expect_problem(403, "machine_mismatch");
    let path = format!("/v1/commands/{id}/result");
    relay.post(&path, &relay.admin, &applied).await.expect_problem(403, "scope_insufficient");
    let unbound = relay.key("bridge").await;
    relay.post(&path, &unbound, &applied).await.expect_problem(403, "machine_mismatch");
    relay.post(&path, "", &applied).await.expect_problem(401, "key_missing");
    assert_eq!(relay.state_of(&id).await["state"], "delivered");
}

#[tokio::test]
async fn whoever_may_only_read_sends_no_commands() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    let view = relay.key("view").await;
    let path = bridge.of_project("/commands");
    for key in [&view, &bridge.key] {
        let refused = relay.post(&path, key, &set_status("archived")).await;
        refused.expect_problem(403, "scope_insufficient");
        let refused = relay.delete(&format!("/v1/commands/{id}"), key).await;
        refused.expect_problem(403, "scope_insufficient");
        let rebase = format!("/v1/commands/{id}/rebase");
        let refused = relay.post(&rebase, key, &json!({})).await;
        refused.expect_problem(403, "scope_insufficient");
    }
    relay.get(&format!("/v1/commands/{id}"), &view).await.expect(200);
    relay.get("/v1/commands", &bridge.key).await.expect_problem(403, "scope_insufficient");
    let edit = relay.key("edit").await;
    relay.post(&path, &edit, &set_status("archived")).await.expect(202);
}

#[tokio::test]
async fn a_command_that_cannot_be_read_is_refused_with_what_it_lacks() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut no_base = set_status("complete");
    no_base.as_object_mut().unwrap().remove("base");
    let mut no_fields = set_status("complete");
    no_fields.as_object_mut().unwrap().remove("fields");
    let mut elsewhere = set_status("complete");
    elsewhere["base"] = json!({ "after": "nosuchcommand" });
    let table = [(no_base, "base"), (no_fields, "fields"), (elsewhere, "base.after")];
    for (posted, lacking) in table {
        let refused = relay.command(&bridge, &posted).await.expect_problem(400, "body_malformed");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(lacking), "{detail}");
    }
    let path = "/v1/machines/m1/projects/p9/commands";
    let nowhere = relay.post(path, &relay.admin, &set_status("complete")).await;
    nowhere.expect_problem(404, "not_found");
    let listed = relay.get("/v1/commands", &relay.admin).await.json();
    assert_eq!(listed["commands"], json!([]), "nothing of it was kept");
}

#[tokio::test]
async fn a_command_stands_on_one_of_its_own_project_only() {
    let relay = TestRelay::start().await;
    let (bridge, other) = (relay.bridge("m1").await, relay.bridge("m2").await);
    let first = relay.accepted(&bridge, &set_status("in-progress")).await;
    let mut chained = set_status("complete");
    chained["base"] = json!({ "after": first });
    relay.command(&other, &chained).await.expect_problem(400, "body_malformed");
    relay.command(&bridge, &chained).await.expect(202);
}

#[tokio::test]
async fn what_is_open_is_listed_in_order_and_narrowed_and_answered_304() {
    let relay = TestRelay::start().await;
    let (bridge, other) = (relay.bridge("m1").await, relay.bridge("m2").await);
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(relay.accepted(&bridge, &set_status("complete")).await);
    }
    relay.accepted(&other, &set_status("complete")).await;
    relay.withdraw(&sent[1]).await.expect(200);
    let open = relay.get("/v1/commands?machine=m1&open=true", &relay.admin).await.expect(200);
    assert_eq!(ids(&open.json()["commands"]), [sent[0].clone(), sent[2].clone()]);
    let all = relay.get("/v1/commands?machine=m1&project=p1", &relay.admin).await.json();
    assert_eq!(ids(&all["commands"]), sent);
    let same = request("GET", "/v1/commands?machine=m1&open=true", &relay.admin)
        .header("if-none-match", open.header("etag"));
    let same = relay.call(same.body(Body::empty()).unwrap()).await.expect(304);
    assert_eq!(same.header("leanspec-cursor"), open.header("leanspec-cursor"));
}

#[tokio::test]
async fn a_command_whose_machine_does_not_come_expires_and_the_machine_never_sees_it() {
    let relay = TestRelay::with(|config| config.command_life = Duration::from_millis(50)).await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    assert_eq!(feed.expect("command").await.data["state"], "queued");
    let expired = feed.expect("command").await.data;
    assert_eq!((&expired["id"], &expired["state"]), (&json!(id), &json!("expired")));
    assert_eq!(expired["outcome"]["reason"], "late");
    assert!(expired["outcome"].get("outcome_unknown").is_none());
    assert_eq!(bridge.poll_commands("&wait=0").await.len(), 1, "hello alone");
    relay.withdraw(&id).await.expect_problem(409, "command_ended");
}

#[tokio::test]
async fn a_delivered_command_is_not_ended_by_the_relay_however_late_it_is() {
    let relay = TestRelay::with(|config| config.command_life = Duration::from_millis(50)).await;
    let bridge = relay.bridge("m1").await;
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    let delivery = commands.expect("command").await.data;
    assert!(delivery["expires_in_ms"].as_u64().unwrap() <= 50);
    assert_eq!(feed.until("command").await.data["state"], "delivered");
    drop(commands);
    // The next one is queued, and ends by itself: time has passed, and the first stands.
    let later = relay.accepted(&bridge, &set_status("archived")).await;
    while relay.state_of(&later).await["state"] != "expired" {
        feed.until("command").await;
    }
    assert_eq!(relay.state_of(&id).await["state"], "delivered");
    bridge.report(&id, &json!({ "state": "expired", "reason": "late" })).await.expect(200);
}

#[tokio::test]
async fn forgetting_ends_what_is_open_and_says_where_the_outcome_is_unknown() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let delivered = relay.accepted(&bridge, &set_status("complete")).await;
    bridge.poll_commands("&wait=9").await;
    let queued = relay.accepted(&bridge, &set_status("archived")).await;
    relay.delete(&bridge.of_project(""), &relay.admin).await.expect(204);
    for (id, unknown) in [(&delivered, json!(true)), (&queued, Value::Null)] {
        let ended = relay.state_of(id).await;
        assert_eq!(
            (&ended["state"], &ended["outcome"]["reason"]),
            (&json!("expired"), &json!("forgotten"))
        );
        assert_eq!(ended["outcome"]["outcome_unknown"], unknown);
    }
    bridge.announce().await.expect(200);
    let next = relay.accepted(&bridge, &set_status("complete")).await;
    relay.delete("/v1/machines/m1", &relay.admin).await.expect(204);
    assert_eq!(relay.state_of(&next).await["outcome"]["reason"], "forgotten");
    let late = json!({ "state": "applied" });
    bridge.report(&delivered, &late).await.expect_problem(409, "result_differs");
}
