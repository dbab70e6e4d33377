//! The names of files: what is dropped, asked for, and kept meanwhile.

use leanspec_shared::hash::ContentHash;
use serde_json::json;

use crate::support::TestRelay;

#[tokio::test]
async fn what_is_not_named_goes_and_what_differs_is_kept_as_stale_until_its_bytes_arrive() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let files = [("001-a/README.md", b"old".as_slice()), ("002-b/README.md", b"b")];
    let push = bridge.save(&files).with_spec("001-a", "A").with_spec("002-b", "B");
    bridge.push(push).await;
    let held_before = bridge.state_hash();
    bridge.remove("002-b/README.md");
    bridge.save(&[("001-a/README.md", b"newer"), ("003-c/README.md", b"c")]);
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let answer = bridge.name_all(&["001-a", "003-c"]).await;
    let old = ContentHash::of(b"old").to_string();
    let need = json!([{ "path": "001-a/README.md", "have": old },
        { "path": "003-c/README.md", "have": null }]);
    assert_eq!(answer["need"], need);
    assert_ne!(answer["state_hash"], held_before.to_string(), "002-b does not count any more");
    assert_eq!(feed.expect("spec_gone").await.data["path"], "002-b");
    let stale = feed.expect("spec").await.data["files"][0].clone();
    assert_eq!((&stale["stale"], &stale["hash"]), (&json!(true), &json!(old)));
    let shown = relay.get(&bridge.of_project("/files/001-a/README.md"), &relay.admin).await;
    assert_eq!(shown.body, b"old");
    let push = bridge
        .save(&[("001-a/README.md", b"newer"), ("003-c/README.md", b"c")])
        .with_spec("001-a", "A")
        .with_spec("003-c", "C");
    bridge.push(push).await;
    let fresh = relay.get(&bridge.of_project("/specs/001-a"), &relay.admin).await.json();
    assert_eq!(fresh["files"][0].get("stale"), None);
}

#[tokio::test]
async fn a_range_leaves_what_is_outside_of_it_alone() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("a.md", b"a"), ("b.md", b"b"), ("c.md", b"c")]);
    bridge.push(push).await;
    let range = json!({ "base_rev": 1, "push_id": "range", "from": "b", "to": "c",
        "files": [], "specs": [] });
    bridge.send_manifest(&range).await.expect(200);
    for (path, status) in [("a.md", 200), ("b.md", 404), ("c.md", 200)] {
        relay.get(&bridge.of_project(&format!("/files/{path}")), &relay.admin).await.expect(status);
    }
    let outside = json!({ "base_rev": 2, "push_id": "outside", "from": "b", "to": "c",
        "files": [{ "path": "d.md", "hash": "0".repeat(64), "size": 1,
            "mtime": "2026-01-01T00:00:00Z" }] });
    bridge.send_manifest(&outside).await.expect_problem(422, "path_invalid");
}

#[tokio::test]
async fn a_renamed_file_needs_no_bytes() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("001-old/README.md", b"the same text").await;
    bridge.remove("001-old/README.md");
    bridge.save(&[("001-new/README.md", b"the same text")]);
    let answer = bridge.name_all(&[]).await;
    assert_eq!(answer["need"], json!([]));
    assert_eq!(answer["state_hash"], bridge.state_hash().to_string());
    let file = relay.get(&bridge.of_project("/files/001-new/README.md"), &relay.admin).await;
    assert_eq!(file.expect(200).body, b"the same text");
}

#[tokio::test]
async fn a_stale_manifest_changes_nothing_and_a_doubled_one_is_answered_again() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("a.md", b"a").await;
    let mut stale = bridge.manifest(&[]);
    stale["base_rev"] = json!(0);
    bridge.send_manifest(&stale).await.expect_problem(409, "resync");
    let manifest = bridge.manifest(&[]);
    let first = bridge.send_manifest(&manifest).await.expect(200);
    let second = bridge.send_manifest(&manifest).await.expect(200);
    assert_eq!(first.body, second.body);
}

#[tokio::test]
async fn a_file_that_came_back_before_its_bytes_were_sent_is_fresh_again() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("001-a/README.md", b"one")]).with_spec("001-a", "A");
    bridge.push(push).await;
    bridge.save(&[("001-a/README.md", b"two")]);
    bridge.name_all(&["001-a"]).await;
    bridge.save(&[("001-a/README.md", b"one")]);
    let answer = bridge.name_all(&["001-a"]).await;
    assert_eq!(answer["need"], json!([]));
    assert_eq!(answer["state_hash"], bridge.state_hash().to_string());
    let spec = relay.get(&bridge.of_project("/specs/001-a"), &relay.admin).await.json();
    assert_eq!(spec["files"][0].get("stale"), None);
}
