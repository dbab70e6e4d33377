//! The command feed: state, not history.

use leanspec_shared::hash::ContentHash;
use serde_json::{Value, json};

use crate::support::{Bridge, Feed, TestRelay, sent_ids, set_status};

/// Posts so many commands; their ids.
async fn queue(relay: &TestRelay, bridge: &Bridge, count: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        ids.push(relay.accepted(bridge, &set_status("complete")).await);
    }
    ids
}

async fn next_ids(feed: &mut Feed, count: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(count);
    while ids.len() < count {
        ids.push(feed.until("command").await.id.unwrap());
    }
    ids
}

#[tokio::test]
async fn a_machine_that_returns_is_sent_what_waits_in_order_and_each_is_marked_first() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let ids = queue(&relay, &bridge, 3).await;
    let mut feed = bridge.command_feed().await;
    let hello = feed.expect("hello").await;
    assert_eq!((hello.id, &hello.data["resumed"]), (None, &json!(false)));
    for id in &ids {
        let event = feed.expect("command").await;
        assert_eq!((event.id.as_deref(), &event.data["id"]), (Some(id.as_str()), &json!(id)));
        assert_eq!(relay.state_of(id).await["state"], "delivered");
        let week = 7 * 24 * 3600 * 1000;
        assert!((1..=week).contains(&event.data["expires_in_ms"].as_u64().unwrap()));
        assert_eq!(
            (&event.data["project"], &event.data["by"]["name"]),
            (&json!("p1"), &json!("signed in by link"))
        );
    }
}

#[tokio::test]
async fn a_feed_that_opens_again_is_sent_all_that_has_not_ended_and_with_after_the_later_ones() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let ids = queue(&relay, &bridge, 4).await;
    let mut feed = bridge.command_feed().await;
    assert_eq!(next_ids(&mut feed, 4).await, ids);
    drop(feed);
    bridge.report(&ids[1], &json!({ "state": "applied" })).await.expect(200);
    let mut feed = bridge.command_feed().await;
    assert_eq!(next_ids(&mut feed, 3).await, [ids[0].clone(), ids[2].clone(), ids[3].clone()]);
    drop(feed);
    let after = |id: &str| format!("&wait=0&after={id}");
    assert_eq!(sent_ids(&bridge.poll_commands(&after(&ids[2])).await), [ids[3].clone()]);
    assert_eq!(sent_ids(&bridge.poll_commands(&after(&ids[1])).await), ids[2..].to_vec());
    assert_eq!(sent_ids(&bridge.poll_commands(&after("unknown")).await).len(), 3);
    assert_eq!(sent_ids(&bridge.poll_commands(&after("no/id")).await).len(), 3);
}

#[tokio::test]
async fn a_command_for_an_open_feed_arrives_at_once_and_only_there() {
    let relay = TestRelay::start().await;
    let (bridge, other) = (relay.bridge("m1").await, relay.bridge("m2").await);
    let (mut feed, mut others) = (bridge.command_feed().await, other.command_feed().await);
    feed.expect("hello").await;
    others.expect("hello").await;
    let answer = relay.command(&bridge, &set_status("complete")).await.expect(202).json();
    assert_eq!(answer["state"], "delivered", "marked with its acceptance");
    assert_eq!(feed.expect("command").await.id.unwrap(), answer["id"].as_str().unwrap());
    let own = relay.accepted(&other, &set_status("complete")).await;
    assert_eq!(others.expect("command").await.id, Some(own), "and nothing of the other before");
}

#[tokio::test]
async fn a_command_that_stands_on_another_is_sent_with_the_hash_that_one_left() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let first = relay.accepted(&bridge, &set_status("in-progress")).await;
    let mut chained = set_status("complete");
    chained["base"] = json!({ "after": first });
    let second = relay.accepted(&bridge, &chained).await;
    let both = bridge.poll_commands("&wait=9").await;
    assert_eq!(sent_ids(&both), [first.clone(), second]);
    assert_eq!(both[2].data["base"], json!({ "after": first }));
    assert!(both[2].data.get("base_hash").is_none(), "not known yet");
    let left = ContentHash::of(b"left").to_string();
    bridge.report(&first, &json!({ "state": "applied", "hash": left })).await.expect(200);
    let again = bridge.poll_commands("&wait=9").await;
    assert_eq!(again[1].data["base_hash"], left.as_str());
}

#[tokio::test]
async fn a_withdrawal_asked_for_while_the_feed_was_closed_is_told_when_it_opens() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    bridge.poll_commands("&wait=9").await;
    relay.withdraw(&id).await.expect(202);
    let held = bridge.poll_commands(&format!("&wait=0&after={id}")).await;
    assert_eq!((held[1].name.as_str(), &held[1].data), ("withdraw", &json!({ "id": id })));
    let mut feed = bridge.command_feed().await;
    feed.expect("hello").await;
    assert_eq!(feed.expect("command").await.data["withdraw"], true, "known with its first byte");
    bridge.report(&id, &json!({ "state": "withdrawn" })).await.expect(200);
    let next = relay.accepted(&bridge, &set_status("archived")).await;
    assert_eq!(feed.expect("command").await.id, Some(next), "and not told twice");
}

#[tokio::test]
async fn a_poll_waits_for_the_first_command() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    assert_eq!(bridge.poll_commands("&wait=0").await.len(), 1, "hello alone");
    let polling = bridge.poll_commands("&wait=9");
    let posting = async {
        // Nothing shows from outside that the poll waits: commands go on until it has one.
        loop {
            relay.accepted(&bridge, &set_status("complete")).await;
        }
    };
    let events = tokio::select! { events = polling => events, () = posting => unreachable!() };
    assert_eq!(
        (events[0].data["mode"].as_str(), events[1].name.as_str()),
        (Some("poll"), "command")
    );
}

#[tokio::test]
async fn a_superseded_process_is_sent_no_commands() {
    let relay = TestRelay::start().await;
    let old = relay.bridge("m1").await;
    let mut feed = old.command_feed().await;
    feed.expect("hello").await;
    let mut new = old.clone();
    new.instance = "i2".to_owned();
    new.announce().await.expect(200);
    let id = relay.accepted(&new, &set_status("complete")).await;
    assert_eq!(feed.expect("bye").await.data["reason"], "superseded");
    assert_eq!(feed.next().await, None);
    assert_eq!(relay.state_of(&id).await["state"], "queued");
    assert_eq!(sent_ids(&new.poll_commands("&wait=9").await), [id]);
}

#[tokio::test]
async fn a_thousand_commands_are_sent_in_the_order_of_their_acceptance() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let ids = queue(&relay, &bridge, 1000).await;
    let mut feed = bridge.command_feed().await;
    assert_eq!(next_ids(&mut feed, 1000).await, ids);
    let open = relay.get("/v1/commands?machine=m1&open=true", &relay.admin).await.json();
    let commands = open["commands"].as_array().unwrap();
    assert!(commands.iter().all(|command| command["state"] == "delivered"));
}

#[tokio::test]
async fn a_command_of_a_type_that_is_not_known_here_passes_through_whole() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let odd = json!({ "type": "fly", "height": 3, "wings": ["left", "right"], "force": true });
    let id = relay.accepted(&bridge, &odd).await;
    let sent = bridge.poll_commands("&wait=9").await[1].data.clone();
    for (name, value) in odd.as_object().unwrap() {
        assert_eq!(&sent[name], value, "{name}");
    }
    let refused = json!({ "state": "refused", "reason": "unsupported" });
    bridge.report(&id, &refused).await.expect(200);
    assert_eq!(relay.state_of(&id).await["outcome"], json!({ "reason": "unsupported" }));
}

#[tokio::test]
async fn a_huge_command_and_an_odd_one_hold_back_no_other() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let base = json!({ "hash": ContentHash::of(b"seen") });
    let huge = json!({ "type": "update_content", "spec": "001-a", "base": base,
        "content": "\u{1}\u{2028}\"\\".repeat(150_000) });
    let odd = json!({ "type": "\u{0}fly", "wings": "x".repeat(1_500_000), "nested": [[[{}]]] });
    let plain = set_status("complete");
    let mut ids = Vec::new();
    for posted in [&huge, &odd, &huge, &plain] {
        ids.push(relay.accepted(&bridge, posted).await);
    }
    let too_large = json!({ "type": "update_content", "spec": "001-a", "base": base,
        "content": "x".repeat(3_000_000) });
    relay.command(&bridge, &too_large).await.expect_problem(413, "too_large");
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    for (id, posted) in ids.iter().zip([&huge, &odd, &huge, &plain]) {
        let sent = commands.expect("command").await;
        assert_eq!(sent.id.as_ref(), Some(id));
        for (name, value) in posted.as_object().unwrap() {
            assert!(sent.data[name] == *value, "{name} of {id}");
        }
        let told = feed.until("command").await.data;
        assert!(told.to_string().len() < 2000, "an event stays small");
    }
}

/// A result that holds what a relay of an older version does not know.
#[tokio::test]
async fn an_end_and_a_reason_of_a_newer_bridge_are_kept_as_they_are() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = relay.accepted(&bridge, &set_status("complete")).await;
    bridge.poll_commands("&wait=9").await;
    let odd = json!({ "state": "merged", "reason": "both_sides", "depth": 2 });
    bridge.report(&id, &odd).await.expect(200);
    bridge.report(&id, &odd).await.expect(200);
    let ended = relay.state_of(&id).await;
    assert_eq!(
        (&ended["state"], &ended["outcome"]["reason"]),
        (&json!("merged"), &json!("both_sides"))
    );
    assert_eq!(ended["ended_at"].as_str().map(str::is_empty), Some(false));
    assert_ne!(ended["outcome"], Value::Null);
}
