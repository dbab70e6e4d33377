//! Puts, deletes and summaries: all of it, or none.

use leanspec_shared::change::SpecChange;
use serde_json::json;

use crate::support::TestRelay;

#[tokio::test]
async fn a_saved_file_is_read_back_byte_for_byte_and_its_spec_is_told() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let bytes = b"# A\r\n\xff\xfe not UTF-8\0".as_slice();
    let push = bridge.save(&[("001-a/R\u{e9}adme #1.md", bytes)]).with_spec("001-a", "A");
    bridge.push(push).await;
    let spec = feed.expect("spec").await.data;
    assert_eq!((&spec["path"], &spec["rev"]), (&json!("001-a"), &json!(1)));
    assert_eq!(spec["files"][0]["path"], "001-a/R\u{e9}adme #1.md");
    let project = feed.expect("project").await.data;
    assert_eq!(
        (&project["rev"], &project["files"], &project["specs"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let path = bridge.of_project("/files/001-a/R%C3%A9adme%20%231.md");
    let file = relay.get(&path, &relay.admin).await.expect(200);
    assert_eq!(file.body, bytes);
    assert_eq!(spec["files"][0]["hash"], file.header("etag").trim_matches('"'));
}

#[tokio::test]
async fn a_stale_push_changes_nothing_and_is_told_what_the_relay_holds() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("001-a/README.md", b"one").await;
    let mut late = bridge.clone();
    bridge.edit("001-a/README.md", b"two").await;
    let push = late.save(&[("001-a/README.md", b"late")]);
    let refused = late.send(&push).await.expect_problem(409, "resync").json();
    assert_eq!((&refused["rev"], &refused["state_hash"]), (&json!(2), &json!(bridge.state_hash())));
    let file = relay.get(&bridge.of_project("/files/001-a/README.md"), &relay.admin).await;
    assert_eq!(file.body, b"two");
}

#[tokio::test]
async fn a_doubled_push_gets_the_first_answer_again_and_is_applied_once() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("001-a/README.md", b"one")]);
    let first = bridge.send(&push).await.expect(200);
    let second = bridge.send(&push).await.expect(200);
    assert_eq!(first.body, second.body);
    bridge.rev = 1;
    bridge.edit("001-a/README.md", b"two").await;
    bridge.send(&push).await.expect_problem(409, "resync");
}

#[tokio::test]
async fn bytes_that_do_not_have_the_promised_hash_spoil_the_whole_batch() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let mut push = bridge.save(&[("a.md", b"good"), ("b.md", b"bad!")]);
    push.files[1] = b"evil".to_vec();
    bridge.send(&push).await.expect_problem(422, "hash_mismatch");
    relay.get(&bridge.of_project("/files/a.md"), &relay.admin).await.expect(404);
}

#[tokio::test]
async fn a_picture_of_the_relay_that_is_wrong_is_noticed_and_nothing_is_applied() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("a.md", b"a").await;
    let wrong = bridge.clone().remove("never-there.md");
    bridge.send(&wrong).await.expect(200);
    bridge.rev += 1;
    let mut push = bridge.save(&[("b.md", b"b")]);
    push.head.state_hash = leanspec_shared::hash::StateHash::default();
    bridge.send(&push).await.expect_problem(409, "resync");
    let mut patch = bridge.save(&[("b.md", b"b")]);
    let members = json!({ "status": "complete" }).as_object().cloned();
    let path = "no-such-spec".parse().unwrap();
    patch.head.specs.push(SpecChange { path, summary: None, patch: members });
    bridge.send(&patch).await.expect_problem(409, "resync");
    relay.get(&bridge.of_project("/files/b.md"), &relay.admin).await.expect(404);
}

#[tokio::test]
async fn a_patch_changes_its_members_and_removes_those_that_are_null() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let mut push = bridge.save(&[("001-a/README.md", b"# A\n")]).with_spec("001-a", "A");
    push.head.summary_version = Some(3);
    bridge.push(push).await;
    let mut push = bridge.save(&[("001-a/README.md", b"# B\n")]);
    let patch = json!({ "title": "B", "name": null, "x-unknown": [1] }).as_object().cloned();
    let path = "001-a".parse().unwrap();
    push.head.specs.push(SpecChange { path, summary: None, patch });
    bridge.push(push).await;
    let spec = relay.get(&bridge.of_project("/specs/001-a"), &relay.admin).await.expect(200).json();
    assert_eq!(spec["summary"], json!({ "title": "B", "x-unknown": [1] }));
    let held = bridge.announce().await.json();
    assert_eq!(held["projects"][0]["summary_version"], 3);
}

#[tokio::test]
async fn a_spec_that_went_and_one_inside_another_are_told_with_their_files() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let outer = [("001-a/README.md", b"a".as_slice()), ("001-a/002-b/README.md", b"b")];
    let push = bridge.save(&outer).with_spec("001-a", "A").with_spec("001-a/002-b", "B");
    bridge.push(push).await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let mut push = bridge.save(&[]);
    push.head.specs_gone.push("001-a/002-b".parse().unwrap());
    bridge.push(push).await;
    let gone = feed.expect("spec_gone").await.data;
    assert_eq!((&gone["path"], &gone["rev"]), (&json!("001-a/002-b"), &json!(2)));
    let outer = feed.expect("spec").await.data;
    assert_eq!(outer["path"], "001-a");
    assert_eq!(outer["files"].as_array().unwrap().len(), 2, "its files are the outer spec's now");
    assert_eq!(feed.expect("project").await.data["specs"], 1);
}

#[tokio::test]
async fn a_refused_push_spoils_none_of_those_committed_with_it() {
    let relay = TestRelay::start().await;
    let mut bridges = Vec::new();
    for number in 0..20 {
        bridges.push(relay.bridge(&format!("m{number}")).await);
    }
    let sent = bridges.iter_mut().enumerate().map(|(number, bridge)| {
        let mut push = bridge.save(&[("001-a/README.md", b"x")]).with_spec("001-a", "A");
        let bad = number % 3 == 0;
        if bad {
            push.head.state_hash = leanspec_shared::hash::StateHash::default();
        }
        async move { (bad, bridge.send(&push).await) }
    });
    for (bad, answer) in futures_util::future::join_all(sent).await {
        if bad {
            answer.expect_problem(409, "resync")
        } else {
            answer.expect(200)
        };
    }
    for (number, bridge) in bridges.iter().enumerate() {
        let file = relay.get(&bridge.of_project("/files/001-a/README.md"), &relay.admin).await;
        assert_eq!(file.status == 200, number % 3 != 0, "machine {number}");
    }
}
