//! The calls for programs that look into the way.

use axum::body::Body;

use crate::support::{TestRelay, parse, request};

#[tokio::test]
async fn a_probe_says_what_arrived_of_a_body() {
    let relay = TestRelay::start().await;
    let key = relay.key("bridge").await;
    let plain = vec![b'x'; 5000];
    let packed = zstd::bulk::compress(&plain, 3).unwrap();
    for (encoding, body) in [("zstd", packed), ("identity", plain)] {
        let wire_bytes = body.len();
        let request = request("POST", "/v1/probe", &key)
            .header("content-encoding", encoding)
            .header("via", "1.1 box")
            .body(Body::from(body));
        let said = relay.call(request.unwrap()).await.expect(200).json();
        assert_eq!((&said["bytes"], &said["wire_bytes"]), (&5000.into(), &wire_bytes.into()));
        assert_eq!(said["via"], "1.1 box");
    }
}

#[tokio::test]
async fn nobody_probes_without_a_key() {
    let relay = TestRelay::start().await;
    for path in ["/v1/probe?bytes=1", "/v1/probe/stream?gaps=1"] {
        relay.get(path, "").await.expect_problem(401, "key_missing");
    }
}

#[tokio::test]
async fn a_probing_stream_sends_its_events_and_ends() {
    let relay = TestRelay::start().await;
    let key = relay.key("bridge").await;
    let answer = relay.get("/v1/probe/stream?gaps=0,1,1", &key).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let events = parse(std::str::from_utf8(&answer.body).unwrap());
    let probes = events.iter().filter(|event| event.name == "probe").count();
    assert_eq!(probes, 3);
    for gaps in ["", "x", "600001", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"] {
        let path = format!("/v1/probe/stream?gaps={gaps}");
        relay.get(&path, &key).await.expect_problem(400, "parameter_invalid");
    }
}

#[tokio::test]
async fn a_probe_gives_as_many_bytes_as_were_asked_for_up_to_a_megabyte() {
    let relay = TestRelay::start().await;
    let key = relay.key("bridge").await;
    for (asked, given) in [(0, 0), (1000, 1000), (1 << 30, 1 << 20)] {
        let answer = relay.get(&format!("/v1/probe?bytes={asked}"), &key).await.expect(200);
        assert_eq!(answer.body.len(), given);
    }
}
