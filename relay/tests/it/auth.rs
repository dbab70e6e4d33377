//! Keys: which scope may make which call, and how a key ends.

use axum::body::Body;
use serde_json::json;

use crate::support::{Feed, TestRelay, request};

/// Every call that needs a key, with the scopes that cover it.
const CALLS: &[(&str, &str, &[&str])] = &[
    ("GET", "/v1/me", &["bridge", "view", "edit", "admin"]),
    ("GET", "/v1/machines", &["view", "edit", "admin"]),
    ("GET", "/v1/machines/m1/projects", &["view", "edit", "admin"]),
    ("GET", "/v1/machines/m1/projects/p1/specs", &["view", "edit", "admin"]),
    ("GET", "/v1/machines/m1/projects/p1/specs/001-a", &["view", "edit", "admin"]),
    ("GET", "/v1/machines/m1/projects/p1/files/a.md", &["view", "edit", "admin"]),
    ("GET", "/v1/feed?mode=poll&wait=0", &["view", "edit", "admin"]),
    ("PATCH", "/v1/machines/m1", &["edit", "admin"]),
    ("DELETE", "/v1/machines/m9", &["admin"]),
    ("DELETE", "/v1/machines/m1/projects/p9", &["admin"]),
    ("GET", "/v1/keys", &["admin"]),
    ("POST", "/v1/keys", &["admin"]),
    ("DELETE", "/v1/keys/none", &["admin"]),
    ("PUT", "/v1/machines/m1", &["bridge"]),
    ("POST", "/v1/machines/m1/projects/p1/manifest", &["bridge"]),
    ("POST", "/v1/machines/m1/projects/p1/changes", &["bridge"]),
    ("GET", "/v1/machines/m1/commands?mode=poll&wait=0", &["bridge"]),
];

#[tokio::test]
async fn each_scope_makes_its_calls_and_no_other_and_nothing_goes_without_a_key() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let keys = [
        ("bridge", bridge.key.clone()),
        ("view", relay.key("view").await),
        ("edit", relay.key("edit").await),
        ("admin", relay.key("admin").await),
    ];
    for (method, path, allowed) in CALLS {
        for (scope, key) in &keys {
            let request = request(method, path, key).body(Body::from("{}")).unwrap();
            let answer = relay.call(request).await;
            let refused = answer.code() == "scope_insufficient" && answer.status == 403;
            assert_eq!(!refused, allowed.contains(scope), "{scope}: {method} {path}");
        }
        for (key, code) in [("", "key_missing"), ("nonsense", "key_unknown")] {
            let request = request(method, path, key).body(Body::from("{}")).unwrap();
            relay.call(request).await.expect_problem(401, code);
        }
    }
}

#[tokio::test]
async fn a_key_with_a_changed_secret_is_unknown() {
    let relay = TestRelay::start().await;
    let mut key = relay.key("view").await;
    let last = if key.ends_with('0') { "1" } else { "0" };
    key.replace_range(key.len() - 1.., last);
    relay.get("/v1/me", &key).await.expect_problem(401, "key_unknown");
}

#[tokio::test]
async fn a_bridges_key_binds_to_the_first_machine_that_uses_it() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let me = relay.get("/v1/me", &bridge.key).await.expect(200).json();
    assert_eq!((&me["machine"], &me["scope"]), (&json!("m1"), &json!("bridge")));
    bridge.machine = "m2".to_owned();
    bridge.announce().await.expect_problem(403, "machine_mismatch");
    let mut other = relay.bridge("m2").await;
    other.edit("a.md", b"of m2").await;
    let push = bridge.save(&[("a.md", b"wiped")]);
    bridge.send(&push).await.expect_problem(403, "machine_mismatch");
}

#[tokio::test]
async fn a_code_is_traded_once() {
    let relay = TestRelay::start().await;
    let code = relay.server.relay().first_code().unwrap().to_owned();
    for used in [code.as_str(), "unknown", ""] {
        let answer = relay.post("/v1/session/exchange", "", &json!({ "code": used })).await;
        answer.expect_problem(401, "code_invalid");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_its_feeds_end() {
    let relay = TestRelay::start().await;
    let key = relay.key("view").await;
    let id = relay.get("/v1/me", &key).await.json()["key"].as_str().unwrap().to_owned();
    let mut feed = Feed::open(relay.router(), "/v1/feed", &key, &[]).await;
    feed.expect("hello").await;
    let mut other = relay.feed("").await;
    other.expect("hello").await;
    relay.delete(&format!("/v1/keys/{id}"), &relay.admin).await.expect(204);
    relay.get("/v1/me", &key).await.expect_problem(401, "key_revoked");
    assert_eq!(feed.expect("bye").await.data["reason"], "revoked");
    assert_eq!(feed.next().await, None);
    let listed = relay.get("/v1/keys", &relay.admin).await.json();
    let listed = listed["keys"].as_array().unwrap().clone();
    let revoked = listed.iter().find(|listed| listed["id"] == *id).unwrap();
    assert!(revoked["revoked_at"].is_string());
    assert!(!listed.iter().any(|listed| listed.to_string().contains(&key)), "no secret is listed");
    relay.bridge("m1").await;
    other.expect("machine").await;
}

#[tokio::test]
async fn a_key_revoked_by_the_command_line_beside_the_relay_ends_its_feed() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let id = relay.get("/v1/me", &bridge.key).await.json()["key"].as_str().unwrap().to_owned();
    let mut commands = bridge.command_feed().await;
    commands.expect("hello").await;
    let mut feed = relay.feed("").await;
    feed.expect("hello").await;
    let revoked = std::process::Command::new(env!("CARGO_BIN_EXE_leanspec-relay"))
        .args(["key", "revoke", &id, "--data"])
        .arg(relay.folder.path())
        .status();
    assert!(revoked.unwrap().success());
    relay.get("/v1/me", &bridge.key).await.expect_problem(401, "key_revoked");
    assert_eq!(commands.expect("bye").await.data["reason"], "revoked");
    bridge.announce().await.expect_problem(401, "key_revoked");
}

#[tokio::test]
async fn a_bridge_two_minor_versions_apart_is_told_to_update() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    for (version, status) in [("0.1.7", 404), ("0.2.0", 404), ("0.3.0", 426), ("1.1.0", 426)] {
        let request = request("POST", &bridge.of_project("9/changes"), &bridge.key)
            .header("leanspec-bridge", version)
            .header("content-type", "application/vnd.leanspec.changes");
        let mut push = bridge.clone();
        let body = push.save(&[]).body();
        let answer = relay.call(request.body(Body::from(body)).unwrap()).await.expect(status);
        if status == 426 {
            assert_eq!(answer.code(), "upgrade_required");
            assert!(answer.json()["detail"].as_str().unwrap().contains("cargo install"));
        }
    }
}

#[tokio::test]
async fn a_key_of_an_unknown_scope_cannot_be_made() {
    let relay = TestRelay::start().await;
    let wanted = json!({ "scope": "root" });
    let answer = relay.post("/v1/keys", &relay.admin, &wanted).await;
    answer.expect_problem(400, "parameter_invalid");
    relay.delete("/v1/keys/none", &relay.admin).await.expect_problem(404, "not_found");
}
