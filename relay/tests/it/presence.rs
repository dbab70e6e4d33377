//! A machine is online while its command feed is open, and for a while after.

use std::time::Duration;

use serde_json::json;

use crate::support::TestRelay;

#[tokio::test]
async fn an_open_command_feed_is_presence_and_its_end_is_noticed_later() {
    let relay = TestRelay::with(|config| config.offline_after = Duration::from_millis(80)).await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    assert_eq!(feed.expect("machine").await.data["online"], true);
    drop(commands);
    assert_eq!(feed.expect("machine").await.data["online"], false);
    let machines = relay.get("/v1/machines", &relay.admin).await.json();
    assert_eq!(machines["machines"][0]["online"], false);
}

#[tokio::test]
async fn a_bridge_that_stops_on_purpose_is_offline_at_once() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    assert_eq!(feed.expect("machine").await.data["online"], true);
    let mut announcement = bridge.announcement();
    announcement["stopping"] = json!(true);
    bridge.announce_as(&announcement).await.expect(200);
    assert_eq!(feed.expect("machine").await.data["online"], false);
    drop(commands);
    let _again = bridge.command_feed().await;
    assert_eq!(feed.expect("machine").await.data["online"], true);
}

#[tokio::test]
async fn polls_are_presence_too() {
    let relay = TestRelay::with(|config| config.offline_after = Duration::from_millis(80)).await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let path = format!("{}/commands?mode=poll&wait=0", bridge.address());
    relay.get(&path, &bridge.key).await.expect(200);
    assert_eq!(feed.expect("machine").await.data["online"], true);
    assert_eq!(feed.expect("machine").await.data["online"], false);
}

#[tokio::test]
async fn nobody_goes_offline_while_a_relay_has_just_started() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    let cursor = feed.expect("hello").await.id.unwrap();
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    feed.expect("machine").await;
    drop((feed, commands));
    let patience = Duration::from_millis(300);
    let relay = relay.restart_with(|_| {}, |config| config.start_grace = patience).await;
    let machines = relay.get("/v1/machines", &relay.admin).await.json();
    assert_eq!(machines["machines"][0]["online"], true);
    let mut feed = relay.feed(&format!("?after={cursor}")).await;
    feed.expect("hello").await;
    assert_eq!(feed.expect("machine").await.data["online"], true);
    assert_eq!(feed.expect("machine").await.data["online"], false);
}

#[tokio::test]
async fn a_command_feed_needs_an_announced_machine_and_its_newest_process() {
    let relay = TestRelay::start().await;
    let key = relay.key("bridge").await;
    relay.get("/v1/machines/m9/commands", &key).await.expect_problem(404, "not_found");
    let bridge = relay.bridge("m1").await;
    let request = crate::support::request("GET", "/v1/machines/m1/commands", &bridge.key)
        .header("leanspec-instance", "another")
        .body(axum::body::Body::empty());
    relay.call(request.unwrap()).await.expect_problem(409, "superseded");
}
