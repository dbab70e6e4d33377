//! Commands and activity are identity: they survive restarts and a deleted mirror.

use std::path::Path;

use serde_json::json;

use crate::support::{TestRelay, sent_ids, set_status};

fn remove_mirror(folder: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("mirror.db{end}")));
    }
}

#[tokio::test]
async fn queued_and_delivered_commands_survive_a_restart_and_are_handed_out_again() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let delivered = relay.accepted(&bridge, &set_status("in-progress")).await;
    bridge.poll_commands("&wait=9").await;
    let queued = relay.accepted(&bridge, &set_status("complete")).await;
    let head = relay.get("/v1/commands", &relay.admin).await.header("leanspec-cursor").to_owned();
    let relay = relay.restart(|_| {}).await;
    let path = format!("/v1/feed?mode=poll&wait=0&after={head}");
    let later = String::from_utf8(relay.get(&path, &relay.admin).await.body).unwrap();
    assert!(
        !later.contains("event: command"),
        "nothing was missing, nothing is told again: {later}"
    );
    let bridge = bridge.at(&relay);
    let sent = bridge.poll_commands("&wait=9").await;
    assert_eq!(sent_ids(&sent), [delivered.clone(), queued.clone()]);
    bridge.report(&delivered, &json!({ "state": "applied" })).await.expect(200);
    assert_eq!(relay.state_of(&queued).await["state"], "delivered");
}

#[tokio::test]
async fn with_a_deleted_mirror_commands_and_activity_stand_and_their_events_are_told_again() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let ended = relay.accepted(&bridge, &set_status("in-progress")).await;
    relay.withdraw(&ended).await.expect(200);
    let queued = relay.accepted(&bridge, &set_status("complete")).await;
    let relay = relay.restart(remove_mirror).await;
    let figures = relay.get("/metrics", "").await.body;
    let figures = String::from_utf8(figures).unwrap();
    assert!(figures.contains("leanspec_relay_events_total 2\n"), "both are told: {figures}");
    for (id, state) in [(&ended, "withdrawn"), (&queued, "queued")] {
        assert_eq!(relay.state_of(id).await["state"], state);
    }
    assert_eq!(relay.activity("").await["entries"][0]["command"], ended.as_str());
    let bridge = bridge.at(&relay);
    let refused = relay.command(&bridge, &set_status("archived")).await;
    refused.expect_problem(404, "not_found");
    bridge.announce().await.expect(200);
    assert_eq!(sent_ids(&bridge.poll_commands("&wait=9").await), [queued]);
}

/// The two logs are cut apart when the power goes: here by an older copy of the mirror.
#[tokio::test]
async fn events_that_the_mirror_lost_are_told_again_at_the_start() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let known = relay.accepted(&bridge, &set_status("in-progress")).await;
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("mirror.db");
    let keep = |folder: &Path| {
        std::fs::copy(folder.join("mirror.db"), &copy).unwrap();
    };
    let relay = relay.restart(keep).await;
    let seen = relay.get("/v1/commands", &relay.admin).await.header("leanspec-cursor").to_owned();
    let bridge = bridge.at(&relay);
    let lost = relay.accepted(&bridge, &set_status("complete")).await;
    let ended = relay.accepted(&bridge, &set_status("archived")).await;
    relay.withdraw(&ended).await.expect(200);
    let restore = |folder: &Path| {
        remove_mirror(folder);
        std::fs::copy(&copy, folder.join("mirror.db")).unwrap();
    };
    let relay = relay.restart(restore).await;
    let mut feed = relay.feed(&format!("?after={seen}")).await;
    assert_eq!(feed.expect("hello").await.data["resumed"], true);
    for (id, state) in [(&lost, "queued"), (&ended, "withdrawn")] {
        let told = feed.expect("command").await.data;
        assert_eq!((&told["id"], &told["state"]), (&json!(id), &json!(state)));
    }
    relay.withdraw(&known).await.expect(200);
    assert_eq!(feed.expect("command").await.data["id"], known.as_str(), "and nothing twice");
}

#[tokio::test]
async fn the_time_of_a_command_runs_on_while_the_relay_is_stopped() {
    let life = std::time::Duration::from_millis(50);
    let relay = TestRelay::with(|config| config.command_life = life).await;
    let bridge = relay.bridge("m1").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    let relay = relay.restart_with(|_| {}, |config| config.command_life = life).await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    while relay.state_of(&id).await["state"] != "expired" {
        feed.until("command").await;
    }
}

#[tokio::test]
async fn the_figures_say_how_many_commands_wait_and_how_they_ended() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    for _ in 0..2 {
        relay.accepted(&bridge, &set_status("complete")).await;
    }
    let sent = sent_ids(&bridge.poll_commands("&wait=9").await);
    bridge.report(&sent[0], &json!({ "state": "applied" })).await.expect(200);
    bridge.report(&sent[1], &json!({ "state": "a word of a newer bridge" })).await.expect(200);
    relay.accepted(&bridge, &set_status("complete")).await;
    let figures = relay.get("/metrics", "").await.expect(200).body;
    let figures = String::from_utf8(figures).unwrap();
    for (state, count) in [("queued", 1), ("applied", 1), ("other", 1)] {
        let line = format!("leanspec_relay_commands{{state=\"{state}\"}} {count}");
        assert!(figures.contains(&line), "{figures}");
    }
}
