//! What survives: restarts, a deleted mirror, a deleted or older database, a full disk.

use std::path::Path;

use serde_json::json;

use crate::support::{Bridge, TestRelay};

fn remove(folder: &Path, database: &str) {
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("{database}{end}")));
    }
}

async fn filled(relay: &TestRelay) -> Bridge {
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("001-a/README.md", b"# A\n")]).with_spec("001-a", "A");
    bridge.push(push).await;
    bridge
}

#[tokio::test]
async fn everything_stands_as_it_was_after_a_restart_and_feeds_resume() {
    let relay = TestRelay::start().await;
    let bridge = filled(&relay).await;
    let before = relay.get(&bridge.of_project("/specs"), &relay.admin).await;
    let relay = relay.restart(|_| {}).await;
    let mut bridge = bridge.at(&relay);
    let after = relay.get(&bridge.of_project("/specs"), &relay.admin).await;
    assert_eq!(before.body, after.body);
    let mut feed = relay.feed(&format!("?after={}", before.header("leanspec-cursor"))).await;
    assert_eq!(feed.expect("hello").await.data["resumed"], true);
    let held = bridge.announce().await.expect(200).json();
    assert_eq!(held["projects"][0]["state_hash"], bridge.state_hash().to_string());
    bridge.edit("001-a/README.md", b"# B\n").await;
    assert_eq!(feed.expect("spec").await.data["rev"], 2);
}

#[tokio::test]
async fn a_deleted_mirror_is_filled_again_and_old_cursors_are_reset() {
    let relay = TestRelay::start().await;
    let bridge = filled(&relay).await;
    let cursor = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    let relay = relay.restart(|folder| remove(folder, "mirror.db")).await;
    let machines = relay.get("/v1/machines", &relay.admin).await.json();
    assert_eq!(machines["machines"][0]["name"], "MacBook", "known before its bridge is back");
    let mut feed = relay.feed(&format!("?after={cursor}")).await;
    feed.expect("hello").await;
    feed.expect("reset").await;
    let mut bridge = bridge.at(&relay);
    let push = bridge.clone().save(&[("001-a/README.md", b"# B\n")]);
    bridge.send(&push).await.expect_problem(404, "not_found");
    assert_eq!(bridge.announce().await.expect(200).json()["projects"][0]["rev"], 0);
    bridge.rev = 0;
    let need = bridge.name_all(&["001-a"]).await["need"].clone();
    assert_eq!(need, json!([{ "path": "001-a/README.md", "have": null }]));
    let push = bridge.save(&[("001-a/README.md", b"# A\n")]).with_spec("001-a", "A");
    bridge.push(push).await;
    let next = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    let seq = |cursor: &str| cursor.split('.').next().unwrap().parse::<u64>().unwrap();
    assert!(seq(&next) > seq(&cursor), "numbers are never used again: {cursor}, {next}");
}

#[tokio::test]
async fn a_mirror_deleted_under_a_running_relay_is_filled_again_after_its_restart() {
    let relay = TestRelay::start().await;
    let mut bridge = filled(&relay).await;
    remove(relay.folder.path(), "mirror.db");
    bridge.edit("001-a/README.md", b"# B\n").await;
    let relay = relay.restart(|_| {}).await;
    let bridge = bridge.at(&relay);
    assert_eq!(bridge.announce().await.expect(200).json()["projects"][0]["rev"], 0);
}

#[tokio::test]
async fn a_relay_restored_from_an_older_copy_is_noticed_by_readers_and_bridges() {
    let relay = TestRelay::start().await;
    let bridge = filled(&relay).await;
    let copies = tempfile::tempdir().unwrap();
    let names = ["identity.db", "mirror.db"];
    let each = |from: &Path, to: &Path| {
        for name in names {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    };
    let relay = relay.restart(|folder| each(folder, copies.path())).await;
    let mut bridge = bridge.at(&relay);
    bridge.edit("001-a/README.md", b"# B\n").await;
    let cursor = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    let restore = |folder: &Path| {
        names.iter().for_each(|name| remove(folder, name));
        each(copies.path(), folder);
    };
    let relay = relay.restart(restore).await;
    let mut bridge = bridge.at(&relay);
    let mut feed = relay.feed(&format!("?after={cursor}")).await;
    feed.expect("hello").await;
    assert_eq!(feed.expect("reset").await.data["reason"], "unknown_cursor");
    let push = bridge.save(&[("001-a/README.md", b"# C\n")]);
    let refused = bridge.send(&push).await.expect_problem(409, "resync").json();
    bridge.rev = refused["rev"].as_u64().unwrap();
    bridge.name_all(&["001-a"]).await;
    bridge.edit("001-a/README.md", b"# C\n").await;
    let file = relay.get(&bridge.of_project("/files/001-a/README.md"), &relay.admin).await;
    assert_eq!(file.body, b"# C\n");
}

#[tokio::test]
async fn a_deleted_identity_knows_no_key_and_everything_is_back_when_it_is_restored() {
    let relay = TestRelay::start().await;
    let bridge = filled(&relay).await;
    let kept = tempfile::tempdir().unwrap();
    let copy = kept.path().join("identity.db");
    let relay = relay
        .restart(|folder| {
            std::fs::copy(folder.join("identity.db"), &copy).unwrap();
            remove(folder, "identity.db");
        })
        .await;
    let bridge = bridge.at(&relay);
    bridge.announce().await.expect_problem(401, "key_unknown");
    assert!(relay.server.relay().first_code().is_some(), "a new account, a new link");
    let relay = relay
        .restart(|folder| {
            remove(folder, "identity.db");
            std::fs::copy(&copy, folder.join("identity.db")).unwrap();
        })
        .await;
    let mut bridge = bridge.at(&relay);
    let held = bridge.announce().await.expect(200).json();
    assert_eq!(held["projects"][0]["state_hash"], bridge.state_hash().to_string());
    bridge.edit("001-a/README.md", b"# B\n").await;
}

#[tokio::test]
async fn a_full_disk_refuses_pushes_with_a_time_to_come_back_and_reads_go_on() {
    let relay = TestRelay::with(|config| config.mirror_max_bytes = Some(400 * 1024)).await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("small.md", b"small").await;
    let mut before = bridge.clone();
    let push = bridge.save(&[("large.md", &vec![b'x'; 900 * 1024])]);
    let full = bridge.send(&push).await.expect_problem(503, "storage_full");
    assert!(!full.header("retry-after").is_empty());
    let read = relay.get(&bridge.of_project("/files/small.md"), &relay.admin).await.expect(200);
    assert_eq!(read.body, b"small");
    before.edit("small.md", b"still works").await;
    let relay = relay.restart_with(|_| {}, |config| config.mirror_max_bytes = None).await;
    let mut bridge = before.at(&relay);
    bridge.edit("large.md", &vec![b'x'; 900 * 1024]).await;
}

#[tokio::test]
async fn a_second_relay_on_the_same_folder_does_not_start() {
    let relay = TestRelay::start().await;
    let mut config = leanspec_relay::config::Config::new(relay.folder.path().to_owned());
    config.listen = ([127, 0, 0, 1], 0).into();
    let refused = leanspec_relay::server::Server::bind(config).await.err().unwrap().to_string();
    assert!(refused.contains("another relay runs"), "{refused}");
}
