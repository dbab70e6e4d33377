//! A repeated POST is the same command.

use leanspec_shared::hash::ContentHash;
use serde_json::json;

use crate::support::{TestRelay, ids, set_status};

#[tokio::test]
async fn a_request_of_the_same_name_and_content_is_the_same_command_whatever_became_of_it() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let path = bridge.of_project("/commands");
    let first = relay.named(&path, "tap-1", &set_status("complete")).await.expect(202);
    let second = relay.named(&path, "tap-1", &set_status("complete")).await.expect(202);
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("location"), second.header("location"));
    let id = first.json()["id"].as_str().unwrap().to_owned();
    relay.withdraw(&id).await.expect(200);
    let relay = relay.restart(|_| {}).await;
    let third = relay.named(&path, "tap-1", &set_status("complete")).await.expect(202).json();
    assert_eq!((&third["id"], &third["state"]), (&json!(id), &json!("withdrawn")));
    let all = relay.get("/v1/commands", &relay.admin).await.json();
    assert_eq!(ids(&all["commands"]), [id]);
}

#[tokio::test]
async fn the_same_name_for_another_content_or_project_is_refused() {
    let relay = TestRelay::start().await;
    let (bridge, other) = (relay.bridge("m1").await, relay.bridge("m2").await);
    let path = bridge.of_project("/commands");
    let id = relay.named(&path, "tap-1", &set_status("complete")).await.expect(202).json();
    let refused = relay.named(&path, "tap-1", &set_status("archived")).await;
    refused.expect_problem(422, "idempotency_mismatch");
    let elsewhere = other.of_project("/commands");
    let refused = relay.named(&elsewhere, "tap-1", &set_status("complete")).await;
    refused.expect_problem(422, "idempotency_mismatch");
    let rebase = format!("/v1/commands/{}/rebase", id["id"].as_str().unwrap());
    let refused = relay.named(&rebase, "tap-1", &json!({})).await;
    refused.expect_problem(422, "idempotency_mismatch");
    relay.named(&path, "tap-2", &set_status("complete")).await.expect(202);
    let refused = relay.named(&path, "", &set_status("complete")).await;
    refused.expect_problem(400, "parameter_invalid");
    let refused = relay.named(&path, &"x".repeat(600), &set_status("complete")).await;
    refused.expect_problem(400, "parameter_invalid");
}

#[tokio::test]
async fn without_a_name_the_same_content_twice_is_two_commands() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let first = relay.accepted(&bridge, &set_status("complete")).await;
    assert_ne!(relay.accepted(&bridge, &set_status("complete")).await, first);
}

#[tokio::test]
async fn the_same_request_many_times_at_once_is_one_command() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let (path, command) = (bridge.of_project("/commands"), set_status("complete"));
    let calls = (0..20).map(|_| relay.named(&path, "tap-1", &command));
    let answers = futures_util::future::join_all(calls).await;
    let first = answers[0].json();
    assert!(answers.iter().all(|answer| answer.status == 202 && answer.json() == first));
}

#[tokio::test]
async fn a_conflict_that_fits_is_applied_to_the_newer_version_by_one_new_command() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    let rebase = format!("/v1/commands/{id}/rebase");
    let refused = relay.post(&rebase, &relay.admin, &json!({})).await;
    refused.expect_problem(409, "not_rebasable");
    bridge.poll_commands("&wait=9").await;
    let newer = ContentHash::of(b"newer").to_string();
    let conflict = json!({ "state": "conflict", "reason": "changed", "current": "newer",
        "current_hash": newer, "rebasable": true });
    bridge.report(&id, &conflict).await.expect(200);
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let answer = relay.named(&rebase, "again", &json!({})).await.expect(202);
    let new = answer.json();
    assert_eq!(answer.header("location"), format!("/v1/commands/{}", new["id"].as_str().unwrap()));
    assert_eq!((&new["base"], &new["state"]), (&json!({ "hash": newer }), &json!("queued")));
    let posted = set_status("complete");
    assert_eq!((&new["fields"], &new["seen"]), (&posted["fields"], &posted["seen"]));
    assert_eq!(feed.until("command").await.data["id"], new["id"]);
    assert_eq!(feed.until("command").await.data["rebased_as"], new["id"]);
    let named = relay.named(&rebase, "again", &json!({})).await.expect(202);
    let unnamed = relay.post(&rebase, &relay.admin, &json!({})).await.expect(202);
    assert_eq!((named.json(), unnamed.json()), (new.clone(), new.clone()));
    assert_eq!(relay.state_of(&id).await["state"], "conflict", "the first stays as it ended");
    relay.post("/v1/commands/none/rebase", &relay.admin, &json!({})).await.expect(404);
}

#[tokio::test]
async fn a_text_that_conflicted_is_sent_whole_again_on_the_newer_version() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let text = json!({ "type": "update_content", "spec": "001-a", "content": "mine\n",
        "base": { "hash": ContentHash::of(b"seen") } });
    let id = relay.accepted(&bridge, &text).await;
    bridge.poll_commands("&wait=9").await;
    let conflict = json!({ "state": "conflict", "reason": "changed", "rebasable": true,
        "current_hash": ContentHash::of(b"newer") });
    bridge.report(&id, &conflict).await.expect(200);
    relay.post(&format!("/v1/commands/{id}/rebase"), &relay.admin, &json!({})).await.expect(202);
    let sent = bridge.poll_commands("&wait=9").await;
    assert_eq!(sent[1].data["content"], "mine\n");
}
