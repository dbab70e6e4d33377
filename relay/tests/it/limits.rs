//! Limits, each with a clear problem document, and what the cost of an edit depends on.

use std::time::{Duration, Instant};

use crate::support::{Bridge, Push, TestRelay, request};
use axum::body::Body;
use serde_json::json;

/// Bytes that do not compress.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

#[tokio::test]
async fn a_file_over_a_megabyte_is_refused_and_one_of_a_megabyte_is_not() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("large.bin", &noise(1024 * 1024)).await;
    let mut over = bridge.clone();
    let push = over.save(&[("over.bin", &noise(1024 * 1024 + 1))]);
    let refused = over.send(&push).await.expect_problem(413, "too_large").json();
    assert_eq!(refused["limit"], 1024 * 1024);
}

#[tokio::test]
async fn only_a_single_file_may_make_a_body_larger_than_half_a_megabyte() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let part = noise(300 * 1024);
    let push = bridge.save(&[("a.bin", &part), ("b.bin", &part)]);
    let refused = bridge.send(&push).await.expect_problem(413, "too_large").json();
    assert_eq!(refused["limit"], 512 * 1024);
    let body = zstd::encode_all(&push.body()[..], 3).unwrap();
    let half_the_size = body.len() < 512 * 1024;
    assert!(half_the_size, "the same bytes twice compress");
    bridge.send_bytes(body, Some("zstd")).await.expect(200);
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let refused = bridge.send_bytes(noise(20 << 20), None).await;
    refused.expect_problem(413, "too_large");
}

#[tokio::test]
async fn whoever_has_no_key_cannot_make_the_relay_read_much() {
    let relay = TestRelay::start().await;
    let code = json!({ "code": "x".repeat(20_000) });
    let refused = relay.post("/v1/session/exchange", "", &code).await;
    assert_eq!(refused.expect_problem(413, "too_large").json()["limit"], 16 * 1024);
}

#[tokio::test]
async fn more_feeds_than_allowed_are_refused_until_one_closes() {
    let relay = TestRelay::with(|config| config.feeds_per_key_max = 2).await;
    let first = relay.feed("").await;
    let _second = relay.feed("").await;
    let refused = relay.get("/v1/feed", &relay.admin).await;
    let refused = refused.expect_problem(429, "too_many_requests");
    assert_eq!(refused.json()["limit"], 2);
    assert!(!refused.header("retry-after").is_empty());
    drop(first);
    relay.feed("").await;
}

#[tokio::test]
async fn long_names_and_large_summaries_are_refused() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let mut announcement = bridge.announcement();
    announcement["name"] = json!("x".repeat(513));
    bridge.announce_as(&announcement).await.expect_problem(413, "too_large");
    let push = bridge.save(&[("a.md", b"a")]).with_spec("a", &"x".repeat(70_000));
    bridge.send(&push).await.expect_problem(413, "too_large");
}

#[tokio::test]
async fn a_body_that_stays_away_does_not_hold_the_relay() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let never =
        Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let hanging = request("POST", &bridge.of_project("/changes"), &bridge.key).body(never).unwrap();
    let hanging = relay.call(hanging);
    tokio::select! {
        _ = hanging => panic!("answered without a body"),
        alive = relay.get("/healthz", "") => { alive.expect(200); }
    }
}

/// A bridge with so many specs.
async fn with_specs(relay: &TestRelay, machine: &str, count: usize) -> Bridge {
    let mut bridge = relay.bridge(machine).await;
    let names: Vec<_> = (0..count).map(|number| format!("{number:04}-spec")).collect();
    let paths: Vec<_> = names.iter().map(|name| format!("{name}/README.md")).collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), b"text".as_slice())).collect();
    let push = bridge.save(&files);
    let push = names.iter().fold(push, |push, name| push.with_spec(name, name));
    let body = zstd::encode_all(&push.body()[..], 3).unwrap();
    let answer = bridge.send_bytes(body, Some("zstd")).await.expect(200);
    bridge.rev = answer.json()["rev"].as_u64().unwrap();
    bridge
}

/// Pushes of one edit each, made beforehand: hashing thousands of files is the test's own work.
fn edits(bridge: &mut Bridge) -> Vec<Push> {
    let edit = |number: u64| {
        let text = number.to_string();
        let mut push = bridge.save(&[("0001-spec/README.md", text.as_bytes())]);
        push.head.base_rev += number;
        push
    };
    (0..41).map(edit).collect()
}

/// In turn, so that whatever else runs on this computer slows both down.
#[tokio::test]
async fn the_cost_of_one_edit_does_not_grow_with_the_number_of_specs() {
    let relay = TestRelay::start().await;
    let mut few = with_specs(&relay, "few", 10).await;
    let mut many = with_specs(&relay, "many", 5000).await;
    let (mut few_times, mut many_times) = (Vec::new(), Vec::new());
    let pushes = edits(&mut few).into_iter().zip(edits(&mut many));
    for (few_push, many_push) in pushes.collect::<Vec<_>>() {
        let sent = [(&few, few_push, &mut few_times), (&many, many_push, &mut many_times)];
        for (bridge, push, times) in sent {
            let started = Instant::now();
            bridge.send(&push).await.expect(200);
            times.push(started.elapsed());
        }
    }
    few_times.sort();
    many_times.sort();
    let (few, many) = (few_times[20], many_times[20]);
    assert!(many < few * 3 + Duration::from_millis(2), "{few:?} with 10, {many:?} with 5000");
}
