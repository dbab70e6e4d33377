//! The faults of the predecessor that belong to the relay, each shown to be absent.

use serde_json::json;

use crate::support::{Feed, TestRelay, set_status};

#[tokio::test]
async fn a_project_over_two_megabytes_syncs() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    for number in 0..30 {
        let text = format!("{number}\n").repeat(30_000);
        bridge.edit(&format!("{number:03}-spec/README.md"), text.as_bytes()).await;
    }
    let project = relay.get("/v1/machines/m1/projects", &relay.admin).await.json();
    assert_eq!(project["projects"][0]["files"], 30);
}

#[tokio::test]
async fn a_late_close_of_the_old_connection_does_not_remove_the_new_one() {
    let relay =
        TestRelay::with(|config| config.offline_after = std::time::Duration::from_millis(50)).await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let old = bridge.command_feed().await;
    let mut new = bridge.command_feed().await;
    new.expect("hello").await;
    assert_eq!(feed.expect("machine").await.data["online"], true);
    drop(old);
    // What is stored next is the rename: nothing went offline in between, however long ago 50 ms are.
    let quiet = relay.get("/v1/feed?mode=poll&wait=1", &relay.admin).await;
    assert!(!String::from_utf8(quiet.body).unwrap().contains("event: machine"));
    relay.send("PATCH", "/v1/machines/m1", &relay.admin, &json!({ "name": "B" })).await.expect(200);
    assert_eq!(feed.expect("machine").await.data["online"], true);
    drop(new);
    assert_eq!(feed.expect("machine").await.data["online"], false);
}

#[tokio::test]
async fn old_events_that_arrive_late_bring_back_neither_old_text_nor_deleted_specs() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let queued = bridge.clone().save(&[("001-a/README.md", b"old")]).with_spec("001-a", "Old");
    let push = bridge.save(&[("002-b/README.md", b"b")]).with_spec("002-b", "B");
    bridge.push(push).await;
    bridge.send(&queued).await.expect_problem(409, "resync");
    let specs = relay.get(&bridge.of_project("/specs"), &relay.admin).await.json();
    assert_eq!(specs["specs"].as_array().unwrap().len(), 1);
    assert_eq!(specs["specs"][0]["path"], "002-b");
}

#[tokio::test]
async fn a_file_removed_inside_a_spec_folder_does_not_delete_the_spec() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let files = [("001-a/README.md", b"a".as_slice()), ("001-a/.README.md.swp", b"swap")];
    let push = bridge.save(&files).with_spec("001-a", "A");
    bridge.push(push).await;
    let push = bridge.remove("001-a/.README.md.swp");
    bridge.push(push).await;
    let spec = relay.get(&bridge.of_project("/specs/001-a"), &relay.admin).await.expect(200).json();
    assert_eq!(spec["files"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_20_megabyte_spec_is_refused_and_the_list_still_answers() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("001-a/README.md", b"a").await;
    let mut huge = bridge.clone();
    let push = huge.save(&[("002-b/README.md", &vec![b'x'; 20 << 20])]);
    let packed = zstd::encode_all(&push.body()[..], 3).unwrap();
    huge.send_bytes(packed, Some("zstd")).await.expect_problem(413, "too_large");
    relay.get(&bridge.of_project("/specs"), &relay.admin).await.expect(200);
}

#[tokio::test]
async fn nothing_is_accepted_without_a_key_and_a_key_cannot_wipe_another_machine() {
    let relay = TestRelay::start().await;
    let mut victim = relay.bridge("m1").await;
    victim.edit("001-a/README.md", b"a").await;
    let mut thief = relay.bridge("m2").await;
    thief.machine = "m1".to_owned();
    thief.rev = victim.rev;
    let wipe = json!({ "base_rev": 1, "push_id": "wipe", "files": [], "specs": [] });
    thief.send_manifest(&wipe).await.expect_problem(403, "machine_mismatch");
    thief.key.clear();
    thief.send_manifest(&wipe).await.expect_problem(401, "key_missing");
    relay.get(&victim.of_project("/files/001-a/README.md"), &relay.admin).await.expect(200);
}

#[tokio::test]
async fn a_machine_whose_key_was_revoked_does_not_stay_online() {
    let relay =
        TestRelay::with(|config| config.offline_after = std::time::Duration::from_millis(50)).await;
    let bridge = relay.bridge("m1").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let path = format!("{}/commands", bridge.address());
    let mut commands = Feed::open(relay.router(), &path, &bridge.key, &[]).await;
    commands.expect("hello").await;
    assert_eq!(feed.expect("machine").await.data["online"], true);
    let id = relay.get("/v1/me", &bridge.key).await.json()["key"].as_str().unwrap().to_owned();
    relay.delete(&format!("/v1/keys/{id}"), &relay.admin).await.expect(204);
    commands.expect("bye").await;
    assert_eq!(commands.next().await, None);
    drop(commands);
    assert_eq!(feed.expect("machine").await.data["online"], false);
}

#[tokio::test]
async fn a_name_that_is_only_part_of_another_matches_nothing() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("042-login/README.md", b"a")]).with_spec("042-login", "Login");
    bridge.push(push).await;
    for part in ["042", "login", "042-log", "042-login-2", "042-LOGIN"] {
        let path = bridge.of_project(&format!("/specs/{part}"));
        relay.get(&path, &relay.admin).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_edit_without_a_key_or_with_a_machines_own_key_is_refused() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let path = bridge.of_project("/commands");
    relay.post(&path, "", &set_status("complete")).await.expect_problem(401, "key_missing");
    let forged = "lsr_edit_abcdefgh_0000000000000000";
    relay.post(&path, forged, &set_status("complete")).await.expect_problem(401, "key_unknown");
    let refused = relay.post(&path, &bridge.key, &set_status("complete")).await;
    refused.expect_problem(403, "scope_insufficient");
    assert_eq!(relay.get("/v1/commands", &relay.admin).await.json()["commands"], json!([]));
}

#[tokio::test]
async fn a_crafted_command_leaves_neither_the_specs_folder_nor_its_own_place() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    for path in ["../../etc/passwd", "/etc/passwd", "001-a/../../x", "a\\b", "a\u{0}b", ""] {
        for member in ["spec", "file"] {
            let mut crafted = json!({ "type": "update_content", "spec": "001-a", "content": "x",
                "base": set_status("complete")["base"] });
            crafted[member] = json!(path);
            let refused = relay.command(&bridge, &crafted).await;
            refused.expect_problem(400, "body_malformed");
        }
    }
    // These would stand in the place of what the relay itself says of a command.
    for member in ["id", "project", "base_hash", "state", "outcome", "by", "withdraw"] {
        let mut crafted = set_status("complete");
        crafted[member] = json!("forged");
        let refused = relay.command(&bridge, &crafted).await;
        refused.expect_problem(400, "body_malformed");
    }
    assert_eq!(bridge.poll_commands("&wait=0").await.len(), 1, "hello alone");
}

#[tokio::test]
async fn a_poison_command_blocks_no_later_one_and_reconnecting_leaves_nothing_behind() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let poison = relay.accepted(&bridge, &json!({ "type": "poison", "spec": 7 })).await;
    let next = relay.accepted(&bridge, &set_status("complete")).await;
    for _ in 0..20 {
        let mut feed = bridge.command_feed().await;
        feed.expect("hello").await;
        assert_eq!(feed.expect("command").await.id, Some(poison.clone()));
        assert_eq!(feed.expect("command").await.id, Some(next.clone()));
    }
    let figures = relay.get("/metrics", "").await.body;
    let figures = String::from_utf8(figures).unwrap();
    assert!(figures.contains("leanspec_relay_feeds_open{of=\"bridges\"} 0"), "{figures}");
    bridge.report(&next, &json!({ "state": "applied" })).await.expect(200);
    assert_eq!(relay.state_of(&poison).await["state"], "delivered");
}
