//! The published description of the calls.

use crate::support::TestRelay;

#[test]
fn the_committed_document_is_the_one_the_relay_serves() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let served = leanspec_relay::router::document().to_pretty_json().unwrap();
    assert!(
        committed.trim_end() == served.trim_end(),
        "docs/openapi.json is stale: run `cargo xtask codegen` and commit what it changes"
    );
}

#[tokio::test]
async fn the_relay_publishes_its_calls_and_the_events_of_its_feed() {
    let relay = TestRelay::start().await;
    let document = relay.get("/openapi.json", "").await.expect(200).json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let file = "/v1/machines/{machine}/projects/{project}/files/{path}";
    assert!(document["paths"][file]["get"].is_object());
    for name in ["Hello", "Reset", "Bye", "SpecGone", "MachineGone", "Heartbeat", "Problem"] {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}
