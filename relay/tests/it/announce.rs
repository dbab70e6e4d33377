//! Who speaks for a machine, and which projects it has.

use serde_json::json;

use crate::support::{Bridge, TestRelay};

#[tokio::test]
async fn the_first_announcement_makes_machine_and_projects_and_readers_are_told() {
    let relay = TestRelay::start().await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let bridge = Bridge::new(&relay, "m1", relay.key("bridge").await);
    let held = bridge.announce().await.expect(200).json();
    let zero = "0".repeat(64);
    let wanted = json!({ "id": "p1", "rev": 0, "state_hash": zero, "summary_version": 0 });
    assert_eq!(held["projects"], json!([wanted]));
    assert_eq!(feed.expect("machine").await.data["name"], "MacBook");
    assert_eq!(feed.expect("project").await.data["key"], "example.org/a");
    let cursor = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    bridge.announce().await.expect(200);
    let again = relay.get("/v1/machines", &relay.admin).await;
    assert_eq!(again.header("leanspec-cursor"), cursor, "nothing new, nothing told");
}

#[tokio::test]
async fn a_project_that_is_not_announced_any_more_is_kept_and_halted() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("001-a/README.md", b"# A\n").await;
    let mut announcement = bridge.announcement();
    announcement["projects"] = json!([]);
    bridge.announce_as(&announcement).await.expect(200);
    let projects = relay.get("/v1/machines/m1/projects", &relay.admin).await.expect(200).json();
    let project = &projects["projects"][0];
    assert_eq!((&project["state"], &project["files"]), (&json!("halted"), &json!(1)));
    assert!(project["state_reason"].as_str().unwrap().contains("forget it"));
    assert_eq!(project["state_code"], "unlisted");
    let back = bridge.announce().await.expect(200).json();
    assert_eq!(back["projects"][0]["rev"], 1, "what it pushed is still there");
}

#[tokio::test]
async fn a_new_process_takes_over_and_the_old_one_is_told_to_stop() {
    let relay = TestRelay::start().await;
    let mut old = relay.bridge("m1").await;
    let mut feed = old.command_feed().await;
    feed.expect("hello").await;
    let mut new = old.clone();
    new.instance = "i2".to_owned();
    new.announce().await.expect(200);
    assert_eq!(feed.expect("bye").await.data["reason"], "superseded");
    assert_eq!(feed.next().await, None);
    let push = old.save(&[("001-a/README.md", b"old")]);
    old.send(&push).await.expect_problem(409, "superseded");
    old.announce().await.expect_problem(409, "superseded");
    new.edit("001-a/README.md", b"new").await;
}

#[tokio::test]
async fn two_live_bridges_with_one_machine_id_the_second_is_refused_and_the_first_goes_on() {
    let relay = TestRelay::start().await;
    let mut first = relay.bridge("m1").await;
    let mut feed = first.command_feed().await;
    feed.expect("hello").await;
    let mut clone = first.clone();
    (clone.instance, clone.host) = ("i2".to_owned(), b"another host".to_vec());
    let refused = clone.announce().await.expect_problem(409, "machine_taken");
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("--new-machine") && detail.contains("--take-over"), "{detail}");
    first.edit("001-a/README.md", b"still here").await;
    let mut announcement = clone.announcement();
    announcement["take_over"] = json!(true);
    clone.announce_as(&announcement).await.expect(200);
    assert_eq!(feed.expect("bye").await.data["reason"], "superseded");
}

#[tokio::test]
async fn a_copied_state_is_noticed_also_when_the_first_is_long_gone() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let relay = relay.restart(|_| {}).await;
    let mut clone = bridge.at(&relay);
    clone.host = b"another host".to_vec();
    clone.announce().await.expect_problem(409, "machine_taken");
}

#[tokio::test]
async fn a_name_given_by_a_person_survives_announcements_and_a_deleted_mirror() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let edit = relay.key("edit").await;
    let named = relay.send("PATCH", "/v1/machines/m1", &edit, &json!({ "name": "Desk" })).await;
    assert_eq!(named.expect(200).json()["name"], "Desk");
    bridge.announce().await.expect(200);
    let relay =
        relay.restart(|folder| std::fs::remove_file(folder.join("mirror.db")).unwrap()).await;
    let machines = relay.get("/v1/machines", &relay.admin).await.json();
    assert_eq!(machines["machines"][0]["name"], "Desk");
    let missing = relay.send("PATCH", "/v1/machines/m9", &edit, &json!({ "name": "x" })).await;
    missing.expect_problem(404, "not_found");
    let empty = relay.send("PATCH", "/v1/machines/m1", &edit, &json!({ "name": " " })).await;
    empty.expect_problem(400, "body_malformed");
}

#[tokio::test]
async fn a_forgotten_machine_is_gone_with_all_it_pushed_and_may_announce_itself_again() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("001-a/README.md", b"# A\n").await;
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    relay.delete("/v1/machines/m1", &relay.admin).await.expect(204);
    assert_eq!(commands.expect("bye").await.data["reason"], "forgotten");
    assert_eq!(feed.until("project_gone").await.data["id"], "p1");
    assert_eq!(feed.until("machine_gone").await.data["id"], "m1");
    let gone = relay.get(&bridge.of_project("/files/001-a/README.md"), &relay.admin).await;
    gone.expect_problem(404, "not_found");
    let push = bridge.save(&[("001-a/README.md", b"x")]);
    bridge.send(&push).await.expect_problem(404, "not_found");
    relay.delete("/v1/machines/m1", &relay.admin).await.expect_problem(404, "not_found");
    let held = bridge.announce().await.expect(200).json();
    assert_eq!(held["projects"][0]["rev"], 0);
}

#[tokio::test]
async fn a_forgotten_project_is_gone_and_its_machine_stays() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    bridge.edit("001-a/README.md", b"# A\n").await;
    relay.delete(&bridge.of_project(""), &relay.admin).await.expect(204);
    relay.delete(&bridge.of_project(""), &relay.admin).await.expect_problem(404, "not_found");
    let projects = relay.get("/v1/machines/m1/projects", &relay.admin).await.expect(200).json();
    assert_eq!(projects["projects"], json!([]));
}

#[tokio::test]
async fn a_project_announced_twice_and_too_many_projects_are_refused() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let mut announcement = bridge.announcement();
    let project = announcement["projects"][0].clone();
    announcement["projects"] = json!([project, project]);
    bridge.announce_as(&announcement).await.expect_problem(400, "body_malformed");
    let many: Vec<_> = (0..201)
        .map(|n| {
            json!({ "id": format!("p{n}"), "key": "k",
        "root_label": "r", "name": "n", "specs_dir": "specs", "state": "live" })
        })
        .collect();
    announcement["projects"] = json!(many);
    bridge.announce_as(&announcement).await.expect_problem(422, "quota_exceeded");
}
