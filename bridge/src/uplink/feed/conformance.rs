//! The case list of the public contract tests for readers of Server-Sent Events
//! (launchdarkly/sse-contract-tests, v2.31.0) as tables: chunks of bytes in, events out. The wire
//! format is that of WHATWG HTML §9.2.6.

use super::*;

/// What was read: type, data, id of an event; or a comment.
#[derive(Debug, PartialEq, Eq)]
enum Read {
    Event(String, String, Option<String>),
    Comment(String),
}

/// Answers any request with these bytes, in these chunks.
#[derive(Clone)]
struct Canned(Vec<Vec<u8>>);

impl HttpTransport for Canned {
    fn request(&self, _: http::Request<Option<Bytes>>) -> ResponseFuture {
        let chunks: Vec<_> = self.0.iter().cloned().map(|chunk| Ok(Bytes::from(chunk))).collect();
        let bytes: ByteStream = Box::pin(futures_util::stream::iter(chunks));
        Box::pin(std::future::ready(Ok(http::Response::new(bytes))))
    }
}

/// Reads chunks as a feed's bytes are read.
async fn read(chunks: Vec<Vec<u8>>) -> Vec<Read> {
    let mut events = open("http://127.0.0.1", Canned(chunks)).expect("an address");
    let mut read = Vec::new();
    while let Some(Ok(one)) = events.next().await {
        match one {
            SSE::Event(event) => read.push(Read::Event(event.event_type, event.data, event.id)),
            SSE::Comment(text) => read.push(Read::Comment(text)),
            SSE::Connected(_) => {}
        }
    }
    read
}

fn event(kind: &str, data: &str, id: Option<&str>) -> Read {
    Read::Event(kind.into(), data.into(), id.map(str::to_owned))
}

fn message(data: &str) -> Read {
    event("message", data, None)
}

async fn check(name: &str, text: impl AsRef<[u8]>, wanted: &[Read]) {
    let bytes = text.as_ref();
    let middle = bytes.len() / 2;
    let chunkings = [
        vec![bytes.to_vec()],
        vec![bytes[..middle].to_vec(), bytes[middle..].to_vec()],
        bytes.iter().map(|byte| vec![*byte]).collect(),
    ];
    for chunks in chunkings {
        let count = chunks.len();
        assert_eq!(read(chunks).await, wanted, "{name}, in {count} chunks");
    }
}

/// Each in LF, CR and CRLF, whole, in halves and byte by byte.
#[tokio::test]
async fn fields_and_lines_are_read_as_the_standard_says_whatever_ends_the_lines() {
    let long = "x".repeat(20_000);
    let cases: Vec<(&str, String, Vec<Read>)> = vec![
        ("one line", "data: Hello\n\n".into(), vec![message("Hello")]),
        ("two events", "data: a\n\ndata: b\n\n".into(), vec![message("a"), message("b")]),
        ("two lines of data", "data: a\ndata: b\n\n".into(), vec![message("a\nb")]),
        ("a long line", format!("data: {long}\n\n"), vec![message(&long)]),
        ("a type", "event: greeting\ndata: a\n\n".into(), vec![event("greeting", "a", None)]),
        (
            "a type lasts for one event",
            "event: greeting\ndata: a\n\ndata: b\n\n".into(),
            vec![event("greeting", "a", None), message("b")],
        ),
        ("an id", "id: 1\ndata: a\n\n".into(), vec![event("message", "a", Some("1"))]),
        (
            "an id lasts",
            "id: 1\ndata: a\n\ndata: b\n\n".into(),
            vec![event("message", "a", Some("1")), event("message", "b", Some("1"))],
        ),
        (
            "fields in any order",
            "data: a\nid: 1\nevent: greeting\n\n".into(),
            vec![event("greeting", "a", Some("1"))],
        ),
        ("no space after the colon", "data:a\n\n".into(), vec![message("a")]),
        ("one space is taken, no more", "data:  a \n\n".into(), vec![message(" a ")]),
        ("colons in the value", "data: a: b:c\n\n".into(), vec![message("a: b:c")]),
        ("an unknown field", "colour: red\ndata: a\n\n".into(), vec![message("a")]),
        ("a known field in capitals is unknown", "DATA: b\ndata: a\n\n".into(), vec![message("a")]),
        ("data without a colon", "data\ndata: a\n\n".into(), vec![message("\na")]),
        ("no data is no event", "event: greeting\n\ndata: a\n\n".into(), vec![message("a")]),
        (
            "blank lines between",
            "\n\n\ndata: a\n\n\n\ndata: b\n\n".into(),
            vec![message("a"), message("b")],
        ),
        ("an event without its end", "data: a\n\ndata: b\n".into(), vec![message("a")]),
        ("retry is no event", "retry: 100\ndata: a\n\n".into(), vec![message("a")]),
        ("retry that is no number", "retry: soon\ndata: a\n\n".into(), vec![message("a")]),
        ("a comment", ": hi\ndata: a\n\n".into(), vec![Read::Comment(" hi".into()), message("a")]),
        ("a bare colon", ":\ndata: a\n\n".into(), vec![Read::Comment("".into()), message("a")]),
        (
            "a comment between lines of data",
            "data: a\n: hi\ndata: b\n\n".into(),
            vec![Read::Comment(" hi".into()), message("a\nb")],
        ),
        ("letters of two to four bytes", "data: €豆腐😀ü\n\n".into(), vec![message("€豆腐😀ü")]),
    ];
    for (name, text, wanted) in &cases {
        for end in ["\n", "\r", "\r\n"] {
            check(&format!("{name}, {end:?}"), text.replace('\n', end), wanted).await;
        }
    }
}

#[tokio::test]
async fn a_byte_order_mark_is_taken_at_the_very_start_only() {
    check("at the start", "\u{feff}data: a\n\n", &[message("a")]).await;
    check("in the data", "data: \u{feff}a\n\n", &[message("\u{feff}a")]).await;
    // Anywhere else it makes the field another one, which nobody knows.
    check("twice", "\u{feff}\u{feff}data: b\ndata: a\n\n", &[message("a")]).await;
    check("before a line", "data: a\n\u{feff}data: b\n\n", &[message("a")]).await;
}

#[tokio::test]
async fn an_id_with_a_null_is_passed_over_and_an_empty_one_is_an_id() {
    let before = event("message", "a", Some("1"));
    check(
        "null",
        "id: 1\ndata: a\n\nid: 2\u{0}\ndata: b\n\n",
        &[before, event("message", "b", Some("1"))],
    )
    .await;
    check(
        "empty",
        "id: 1\ndata: a\n\nid\ndata: b\n\n",
        &[event("message", "a", Some("1")), event("message", "b", Some(""))],
    )
    .await;
}

/// Not what the standard says: the crate calls a block of nothing but unknown fields an invalid
/// event, and ends the stream with what came in the same bytes. No relay sends such a block; the link
/// opens another feed, which begins with every command that has not ended.
#[tokio::test]
async fn a_block_of_unknown_fields_only_ends_the_stream_which_is_known_and_survived() {
    let after = "data: a\n\n".to_owned();
    let chunks = [after.clone(), "colour: red\n\n".to_owned(), after].map(String::into_bytes);
    assert_eq!(read(chunks.to_vec()).await, [message("a")]);
}
