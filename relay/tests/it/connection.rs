//! Connections: two versions of HTTP on one port, and an ordered end.

use std::time::Instant;

use axum::body::Body;
use http::{Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::{DEADLINE, TestRelay, parse};

/// Sends one request over a connection of its own.
async fn send(relay: &TestRelay, version: Version, path: &str) -> Response<Incoming> {
    let address = relay.server.local_addr();
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let request = Request::builder()
        .uri(format!("http://{address}{path}"))
        .header("host", address.to_string())
        .header("authorization", format!("Bearer {}", relay.admin))
        .body(Body::empty())
        .unwrap();
    let mut tasks = JoinSet::new();
    let response = if version == Version::HTTP_2 {
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        tasks.spawn(async move { drop(connection.await) });
        sender.send_request(request).await.unwrap()
    } else {
        let (mut sender, connection) = http1::handshake(stream).await.unwrap();
        tasks.spawn(async move { drop(connection.await) });
        sender.send_request(request).await.unwrap()
    };
    tasks.detach_all();
    response
}

/// Reads until `text` has come, or to the end.
async fn read_until(response: &mut Response<Incoming>, text: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(text) {
        let frame = tokio::time::timeout(DEADLINE, response.body_mut().frame()).await;
        let Some(frame) = frame.expect("something comes in time") else { break };
        let Ok(frame) = frame else { break };
        if let Ok(bytes) = frame.into_data() {
            seen.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
    seen
}

#[tokio::test]
async fn http_1_and_http_2_with_prior_knowledge_share_one_port() {
    let relay = TestRelay::start().await;
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let response = send(&relay, version, "/v1/machines").await;
        assert_eq!((response.status(), response.version()), (StatusCode::OK, version));
        assert!(response.headers().contains_key("leanspec-relay"));
        let mut feed = send(&relay, version, "/v1/feed").await;
        assert!(read_until(&mut feed, "event: hello").await.contains("retry: "));
    }
}

#[tokio::test]
async fn a_shutdown_says_bye_to_open_feeds_and_ends_in_time() {
    let relay = TestRelay::start().await;
    let mut feeds = Vec::new();
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let mut feed = send(&relay, version, "/v1/feed").await;
        read_until(&mut feed, "event: hello").await;
        feeds.push(feed);
    }
    let router = relay.router().clone();
    let address = relay.server.local_addr();
    let started = Instant::now();
    let TestRelay { server, folder: _folder, .. } = relay;
    let stopping = server.shutdown(DEADLINE);
    let reading = async {
        for feed in &mut feeds {
            let text = read_until(feed, "\u{0}").await;
            let events = parse(&text);
            assert_eq!(events.last().unwrap().data["reason"], "shutdown", "{text}");
            assert!(text.contains("retry: "), "{text}");
        }
    };
    tokio::join!(stopping, reading);
    assert!(started.elapsed().as_secs() < 3, "{:?}", started.elapsed());
    assert!(TcpStream::connect(address).await.is_err());
    let request = crate::support::request("GET", "/readyz", "").body(Body::empty()).unwrap();
    crate::support::call(&router, request).await.expect_problem(503, "unavailable");
}

#[tokio::test]
async fn a_peer_that_says_nothing_does_not_hold_back_the_shutdown() {
    let relay = TestRelay::start().await;
    let _silent = TcpStream::connect(relay.server.local_addr()).await.unwrap();
    let half = TcpStream::connect(relay.server.local_addr()).await.unwrap();
    half.try_write(b"PR").unwrap();
    send(&relay, Version::HTTP_11, "/healthz").await;
    let started = Instant::now();
    let TestRelay { server, folder: _folder, .. } = relay;
    server.shutdown(std::time::Duration::from_millis(500)).await;
    assert!(started.elapsed().as_secs() < 3, "{:?}", started.elapsed());
}
