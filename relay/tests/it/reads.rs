//! What people read: ETags, cursors, headers, and that a browser never runs a file.

use axum::body::Body;
use serde_json::json;

use crate::support::{TestRelay, request};

#[tokio::test]
async fn every_snapshot_carries_a_cursor_and_a_tag_also_when_nothing_changed() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("001-a/README.md", b"# A\n")]).with_spec("001-a", "A");
    bridge.push(push).await;
    let head = relay.get("/v1/machines", &relay.admin).await.header("leanspec-cursor").to_owned();
    let paths = [
        "/v1/machines".to_owned(),
        "/v1/machines/m1/projects".to_owned(),
        bridge.of_project("/specs"),
        bridge.of_project("/specs/001-a"),
        bridge.of_project("/files/001-a/README.md"),
        "/v1/keys".to_owned(),
    ];
    for path in paths {
        let first = relay.get(&path, &relay.admin).await.expect(200);
        assert_eq!(first.header("leanspec-cursor"), head, "{path}");
        let known = request("GET", &path, &relay.admin)
            .header("if-none-match", first.header("etag"))
            .body(Body::empty());
        let second = relay.call(known.unwrap()).await.expect(304);
        assert_eq!(second.header("leanspec-cursor"), head, "{path}");
        assert!(second.body.is_empty());
    }
    bridge.edit("001-a/README.md", b"# A2\n").await;
    let after = relay.get("/v1/machines", &relay.admin).await;
    assert_ne!(after.header("leanspec-cursor"), head);
}

#[tokio::test]
async fn a_feed_resumed_from_a_snapshot_brings_what_came_after_it() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("001-a/README.md", b"one")]).with_spec("001-a", "A");
    bridge.push(push).await;
    let snapshot = relay.get(&bridge.of_project("/specs"), &relay.admin).await;
    bridge.edit("001-a/README.md", b"two").await;
    let mut feed = relay.feed(&format!("?after={}", snapshot.header("leanspec-cursor"))).await;
    assert_eq!(feed.expect("hello").await.data["resumed"], true);
    assert_eq!(feed.expect("spec").await.data["rev"], 2);
}

#[tokio::test]
async fn a_browser_never_runs_a_file() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let table = [
        ("evil.html", "application/octet-stream"),
        ("evil.svg", "application/octet-stream"),
        ("README.md", "application/octet-stream"),
        ("shot.PNG", "image/png"),
    ];
    for (path, kind) in table {
        bridge.edit(path, b"<script>alert(1)</script>").await;
        let file = relay.get(&bridge.of_project(&format!("/files/{path}")), &relay.admin).await;
        assert_eq!(file.header("content-type"), kind, "{path}");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert_eq!(file.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(file.header("content-disposition"), "attachment");
    }
}

#[tokio::test]
async fn every_answer_is_marked_as_one_of_a_relay_and_every_problem_is_a_document() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let table = [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("POST", "/v1/machines", 405, "method_not_allowed"),
        ("POST", "/", 405, "method_not_allowed"),
        ("GET", "/v1/machines/m9/projects", 404, "not_found"),
        ("GET", "/v1/machines/m1/projects/p1/specs/none", 404, "not_found"),
        ("GET", "/v1/machines/a%20b/projects", 400, "parameter_invalid"),
        ("GET", "/v1/machines/m1/projects/p1/files/%2E%2E%2Fx", 400, "parameter_invalid"),
        ("GET", "/v1/feed?mode=shout", 400, "parameter_invalid"),
        ("GET", "/v1/feed?wait=long", 400, "parameter_invalid"),
    ];
    for (method, path, status, code) in table {
        let request = request(method, path, &relay.admin).body(Body::empty()).unwrap();
        let answer = relay.call(request).await.expect_problem(status, code);
        assert_eq!(answer.header("leanspec-relay"), env!("CARGO_PKG_VERSION"), "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
    let empty = relay.get(&bridge.of_project("/specs"), &relay.admin).await.expect(200);
    assert_eq!(empty.json(), json!({ "specs": [] }));
}

#[tokio::test]
async fn only_pages_of_allowed_origins_may_read() {
    let relay = TestRelay::with(|config| {
        config.allow_origins = vec!["https://ui.example.org".to_owned()];
    })
    .await;
    for (origin, allowed) in [("https://ui.example.org", true), ("https://evil.example", false)] {
        let asked = request("OPTIONS", "/v1/machines", "")
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header(
                "access-control-request-headers",
                "authorization,last-event-id,idempotency-key",
            );
        let answer = relay.call(asked.body(Body::empty()).unwrap()).await;
        let headers = answer.header("access-control-allow-headers").to_owned();
        assert!(headers.contains("idempotency-key"), "{headers}");
        let told = answer.header("access-control-allow-origin");
        assert_eq!(told, if allowed { origin } else { "" });
        let got = request("GET", "/v1/machines", &relay.admin).header("origin", origin);
        let answer = relay.call(got.body(Body::empty()).unwrap()).await;
        let exposed = answer.header("access-control-expose-headers").to_owned();
        for name in ["leanspec-cursor", "leanspec-relay", "etag", "location", "retry-after"] {
            assert!(exposed.contains(name), "{exposed}");
        }
    }
}

#[tokio::test]
async fn the_page_is_served_under_a_policy_that_runs_only_its_own_files() {
    let relay = TestRelay::start().await;
    let page = relay.get("/", "").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-cache");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    std::fs::write(folder.path().join("index.html"), "from the folder").unwrap();
    std::fs::write(folder.path().join("assets/app-1a2b.js"), "1").unwrap();
    std::fs::create_dir(folder.path().join("diagram")).unwrap();
    std::fs::write(folder.path().join("diagram/frame.html"), "a frame").unwrap();
    let path = folder.path().to_owned();
    let relay = TestRelay::with(|config| config.ui_dir = Some(path)).await;
    assert_eq!(relay.get("/", "").await.expect(200).body, b"from the folder");
    let asset = relay.get("/assets/app-1a2b.js", "").await.expect(200);
    assert!(asset.header("cache-control").contains("immutable"));
    let frame = relay.get("/diagram/frame.html", "").await.expect(200);
    assert!(frame.header("cache-control").contains("immutable"));
    let policy = frame.header("content-security-policy");
    for part in ["frame-ancestors 'self'", "sandbox allow-scripts"] {
        assert!(policy.contains(part), "{policy}");
    }
    relay.get("/..%2F..%2Fetc/passwd", "").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn health_and_figures_need_no_key_and_tell_nothing_of_users() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("secret-machine").await;
    bridge.edit("secret.md", b"x").await;
    relay.get("/healthz", "").await.expect(200);
    relay.get("/readyz", "").await.expect(200);
    let figures = String::from_utf8(relay.get("/metrics", "").await.expect(200).body).unwrap();
    assert!(figures.contains("leanspec_relay_events_total"), "{figures}");
    assert!(!figures.contains("secret"), "{figures}");
}
