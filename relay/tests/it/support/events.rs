//! Reading a feed.

use axum::Router;
use axum::body::Body;
use http::HeaderMap;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::{DEADLINE, request};

/// One block of a feed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SseEvent {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// Takes the blocks of a feed apart; comments and `retry` alone are no events.
pub(crate) fn parse(text: &str) -> Vec<SseEvent> {
    text.split("\n\n").filter_map(parse_block).collect()
}

fn parse_block(block: &str) -> Option<SseEvent> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .map(str::to_owned)
    };
    let name = field("event")?;
    let data = serde_json::from_str(&field("data")?).unwrap();
    Some(SseEvent { id: field("id"), name, data })
}

/// A feed that is open.
pub(crate) struct Feed {
    pub(crate) headers: HeaderMap,
    body: Body,
    text: String,
    pub(crate) seen: String,
}

impl Feed {
    pub(crate) async fn open(
        router: &Router,
        path: &str,
        key: &str,
        headers: &[(&str, &str)],
    ) -> Self {
        let mut builder = request("GET", path, key);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let request = builder.body(Body::empty()).unwrap();
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        assert_eq!(parts.status, 200, "{path}");
        Self { headers: parts.headers, body, text: String::new(), seen: String::new() }
    }

    /// The next event; `None` when the feed has ended.
    pub(crate) async fn next(&mut self) -> Option<SseEvent> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let rest = self.text.split_off(end + 2);
                let block = std::mem::replace(&mut self.text, rest);
                if let Some(event) = parse_block(&block) {
                    return Some(event);
                }
            }
            self.read().await?;
        }
    }

    /// The next bytes; `None` when the feed has ended.
    async fn read(&mut self) -> Option<()> {
        let frame = tokio::time::timeout(DEADLINE, self.body.frame()).await;
        let bytes = frame.expect("something comes in time")?.unwrap().into_data().unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.seen.push_str(&text);
        self.text.push_str(&text);
        Some(())
    }

    /// Reads until this text was seen.
    pub(crate) async fn sees(&mut self, text: &str) {
        while !self.seen.contains(text) {
            self.read().await.expect("the feed goes on");
        }
    }

    /// The next event, which has to be of this name.
    #[track_caller]
    pub(crate) fn expect(&mut self, name: &str) -> impl Future<Output = SseEvent> {
        let name = name.to_owned();
        async move {
            let event = self.next().await.expect("the feed goes on");
            assert_eq!(event.name, name, "{event:?}");
            event
        }
    }

    /// Skips events until one of this name comes.
    pub(crate) async fn until(&mut self, name: &str) -> SseEvent {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("ended before {name}"));
            if event.name == name {
                return event;
            }
        }
    }
}
