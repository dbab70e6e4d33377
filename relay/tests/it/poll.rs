//! The long-poll form: the same bytes as one finite answer.

use std::time::{Duration, Instant};

use crate::support::{TestRelay, parse};

#[tokio::test]
async fn a_poll_with_something_to_tell_answers_at_once_and_carries_the_cursor() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let start = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    bridge.edit("a.md", b"1").await;
    bridge.edit("a.md", b"2").await;
    let path = format!("/v1/feed?mode=poll&wait=20&after={start}");
    let answer = relay.get(&path, &relay.admin).await.expect(200);
    let events = parse(std::str::from_utf8(&answer.body).unwrap());
    let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["hello", "project", "project"]);
    assert_eq!(events[0].data["mode"], "poll");
    assert_eq!(events[2].id.as_deref(), Some(answer.header("leanspec-cursor")));
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert!(answer.header("cache-control").contains("no-store"));
}

#[tokio::test]
async fn a_poll_with_nothing_to_tell_waits_for_what_comes_first() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let polling = relay.get("/v1/feed?mode=poll&wait=9", &relay.admin);
    let pushing = async {
        // Nothing shows from outside that the poll waits: edits go on until it has one.
        for number in 0.. {
            bridge.edit("a.md", format!("{number}").as_bytes()).await;
        }
    };
    let answer = tokio::select! { answer = polling => answer, () = pushing => unreachable!() };
    let events = parse(std::str::from_utf8(&answer.body).unwrap());
    assert_eq!(events[1].name, "project");
}

#[tokio::test]
async fn an_empty_poll_ends_after_its_wait_and_is_still_an_answer() {
    let relay = TestRelay::start().await;
    let started = Instant::now();
    let answer = relay.get("/v1/feed?mode=poll&wait=1", &relay.admin).await.expect(200);
    assert!(started.elapsed() >= Duration::from_secs(1));
    let events = parse(std::str::from_utf8(&answer.body).unwrap());
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].id.as_deref(), Some(answer.header("leanspec-cursor")));
}

#[tokio::test]
async fn a_poll_passes_over_what_is_for_others_and_its_cursor_says_so() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let start = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    for number in 0..150 {
        bridge.edit("a.md", format!("{number}").as_bytes()).await;
    }
    let path = format!("/v1/feed?mode=poll&wait=0&machine=m9&after={start}");
    let answer = relay.get(&path, &relay.admin).await.expect(200);
    let head = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    assert_eq!(answer.header("leanspec-cursor"), head);
}

#[tokio::test]
async fn a_poll_from_an_unknown_cursor_is_reset() {
    let relay = TestRelay::start().await;
    let answer = relay.get("/v1/feed?mode=poll&wait=9&after=5.other", &relay.admin).await;
    let events = parse(std::str::from_utf8(&answer.body).unwrap());
    assert_eq!(events[1].name, "reset");
}
