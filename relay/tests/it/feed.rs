//! The feed: every event once, in order, or `reset`.

use std::time::Duration;

use leanspec_shared::limits::{HEARTBEAT_LEAST_SECONDS, HEARTBEAT_SECONDS};

use crate::support::{Feed, TestRelay};

#[tokio::test]
async fn a_feed_says_hello_at_once_under_headers_that_nothing_holds_back() {
    let relay = TestRelay::start().await;
    let mut feed = relay.feed("").await;
    let hello = feed.expect("hello").await;
    assert!(feed.seen.starts_with(":\nretry: "), "{}", feed.seen);
    assert_eq!((&hello.data["resumed"], &hello.data["mode"]), (&false.into(), &"stream".into()));
    let header = |name: &str| feed.headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("content-encoding"), "identity");
    assert_eq!(header("cache-control"), "no-cache, no-store, no-transform");
    assert_eq!(header("x-accel-buffering"), "no");
}

/// Every cursor of a history leads to exactly what came after it.
#[tokio::test]
async fn a_reader_that_resumes_anywhere_gets_every_event_once_in_order() {
    let relay = TestRelay::start().await;
    let mut live = relay.feed("").await;
    live.expect("hello").await;
    let mut bridge = relay.bridge("m1").await;
    for number in 0..130 {
        let name = format!("{:03}-spec", number % 7);
        let path = format!("{name}/README.md");
        let push = bridge.save(&[(&path, format!("{number}").as_bytes())]).with_spec(&name, "T");
        bridge.push(push).await;
    }
    let mut all = Vec::new();
    while all.len() < 262 {
        all.push(live.next().await.unwrap());
    }
    for start in [0, 1, 99, 100, 101, 200, 261] {
        let mut feed = relay.feed(&format!("?after={}", all[start].id.as_ref().unwrap())).await;
        let hello = feed.expect("hello").await;
        assert_eq!(hello.id, all[start].id);
        for wanted in &all[start + 1..] {
            assert_eq!(feed.next().await.as_ref(), Some(wanted));
        }
        bridge.edit("000-spec/README.md", format!("after {start}").as_bytes()).await;
        feed.expect("spec").await;
    }
}

#[tokio::test]
async fn the_past_and_the_present_are_joined_while_pushes_go_on() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let cursor = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    let pushing = async {
        for number in 0..150 {
            bridge.edit("001-a/README.md", format!("{number}").as_bytes()).await;
        }
    };
    let reading = async {
        let mut readers = Vec::new();
        for _ in 0..10 {
            let mut feed = relay.feed(&format!("?after={cursor}")).await;
            readers.push(async move {
                feed.expect("hello").await;
                for rev in 1..=150 {
                    assert_eq!(feed.expect("project").await.data["rev"], rev);
                }
            });
        }
        futures_util::future::join_all(readers).await;
    };
    tokio::join!(pushing, reading);
}

#[tokio::test]
async fn a_reader_that_falls_behind_the_ring_goes_back_to_the_store() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    for batch in 0..4 {
        let names: Vec<_> = (0..200).map(|number| format!("{number:03}-spec")).collect();
        let push = bridge.save(&[("x.md", format!("{batch}").as_bytes())]);
        let push = names.iter().fold(push, |push, name| push.with_spec(name, "T"));
        bridge.push(push).await;
    }
    for rev in 1..=4 {
        for _ in 0..200 {
            assert_eq!(feed.expect("spec").await.data["rev"], rev);
        }
        assert_eq!(feed.expect("project").await.data["rev"], rev);
    }
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_sent_away_and_resumes_from_its_last_id() {
    let relay = TestRelay::with(|config| config.slow_reader_after = Duration::ZERO).await;
    let mut bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    for number in 0..300 {
        bridge.edit("a.md", format!("{number}").as_bytes()).await;
    }
    let (mut last, mut revs) = (String::new(), Vec::new());
    let bye = loop {
        let event = feed.next().await.expect("the feed says bye first");
        if event.name != "project" {
            break event;
        }
        last = event.id.unwrap();
        revs.push(event.data["rev"].as_u64().unwrap());
    };
    assert_eq!(bye.data["reason"], "too_slow");
    assert_eq!(feed.next().await, None);
    bridge.edit("a.md", b"meanwhile").await;
    let mut again = relay.feed(&format!("?after={last}")).await;
    again.expect("hello").await;
    while revs.len() < 301 {
        revs.push(again.expect("project").await.data["rev"].as_u64().unwrap());
    }
    assert_eq!(revs, (1..=301).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_of_another_history_is_reset_and_the_feed_ends() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    bridge.announce().await;
    for after in ["1.other", "999999.other", "nonsense", "7"] {
        let mut feed = relay.feed(&format!("?after={after}")).await;
        assert_eq!(feed.expect("hello").await.data["resumed"], false);
        assert_eq!(feed.expect("reset").await.data["reason"], "unknown_cursor", "{after}");
        assert_eq!(feed.next().await, None);
    }
}

#[tokio::test]
async fn events_that_are_let_go_are_reset_as_too_old_and_the_floor_still_resumes() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    let mut ids = vec![feed.expect("hello").await.id.unwrap()];
    for number in 0..10 {
        bridge.edit("a.md", format!("{number}").as_bytes()).await;
        ids.push(feed.expect("project").await.id.unwrap());
    }
    let relay = relay.restart_with(|_| {}, |config| config.retention_events = 4).await;
    // The job looks when the relay starts; the oldest cursor tells when it is done.
    let reason = loop {
        let mut feed = relay.feed(&format!("?after={}", ids[0])).await;
        feed.expect("hello").await;
        if let Some(event) = feed.next().await
            && event.name == "reset"
        {
            break event.data["reason"].clone();
        }
    };
    assert_eq!(reason, "too_old");
    for (start, left) in [(6, 4), (8, 2)] {
        let mut feed = relay.feed(&format!("?after={}", ids[start])).await;
        assert_eq!(feed.expect("hello").await.data["resumed"], true);
        for _ in 0..left {
            feed.expect("project").await;
        }
    }
}

#[tokio::test]
async fn a_feed_is_narrowed_by_machine_and_project() {
    let relay = TestRelay::start().await;
    let (mut one, mut two) = (relay.bridge("m1").await, relay.bridge("m2").await);
    let start = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    let mut live = relay.feed("?machine=m2&project=p1").await;
    live.expect("hello").await;
    one.edit("a.md", b"1").await;
    two.edit("a.md", b"2").await;
    one.edit("a.md", b"3").await;
    assert_eq!(live.expect("project").await.data["machine"], "m2");
    let mut past = relay.feed(&format!("?machine=m1&after={start}")).await;
    past.expect("hello").await;
    for rev in 1..=2 {
        let event = past.expect("project").await.data;
        assert_eq!((&event["machine"], &event["rev"]), (&"m1".into(), &rev.into()));
    }
    let mut none =
        relay.feed(&format!("?project=p9&machine=m1&after={start}&mode=poll&wait=0")).await;
    none.expect("hello").await;
    assert_eq!(none.next().await, None);
}

#[tokio::test]
async fn a_header_wins_over_the_address_a_feed_was_started_with() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let mut first = relay.feed("").await;
    let start = first.expect("hello").await.id.unwrap();
    bridge.edit("a.md", b"1").await;
    let seen = first.expect("project").await.id.unwrap();
    bridge.edit("a.md", b"2").await;
    let path = format!("/v1/feed?after={start}");
    let last = [("last-event-id", seen.as_str())];
    let mut again = Feed::open(relay.router(), &path, &relay.admin, &last).await;
    again.expect("hello").await;
    assert_eq!(again.expect("project").await.data["rev"], 2);
}

#[tokio::test]
async fn heartbeats_come_as_comments_and_every_second_one_as_an_event_without_id() {
    let relay = TestRelay::with(|config| config.heartbeat = Duration::from_millis(30)).await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let beat = feed.expect("heartbeat").await;
    assert_eq!(beat.id, None);
    feed.expect("heartbeat").await;
    assert!(feed.seen.matches("\n\n:\n\n").count() >= 2, "{}", feed.seen);
}

#[tokio::test]
async fn a_reader_gets_heartbeats_as_often_as_what_is_in_its_way_wants_them() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let open = async |seconds| {
        let query = format!("?heartbeat={seconds}");
        let mut feeds = [relay.feed(&query).await, bridge.command_feed_with(&query).await];
        let mut promised = Vec::new();
        for feed in &mut feeds {
            promised.push(feed.expect("hello").await.data["heartbeat_s"].clone());
        }
        (feeds, promised)
    };
    let (mut feeds, promised) = open(0).await;
    assert_eq!(promised, [HEARTBEAT_LEAST_SECONDS; 2]);
    for feed in &mut feeds {
        feed.sees("\n\n:\n\n:\n\n").await;
    }
    // More seldom than all get them has no effect.
    assert_eq!(open(60).await.1, [HEARTBEAT_SECONDS; 2]);
}

#[tokio::test]
async fn a_feed_that_is_old_enough_says_bye_and_ends_itself() {
    let relay = TestRelay::with(|config| {
        config.heartbeat = Duration::from_millis(30);
        config.feed_life = Duration::from_millis(100);
    })
    .await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    assert_eq!(feed.until("bye").await.data["reason"], "rotate");
    assert_eq!(feed.next().await, None);
    assert!(feed.seen.contains("retry: "), "{}", feed.seen);
}
