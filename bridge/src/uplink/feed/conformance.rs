//! The case list of the public contract tests for readers of Server-Sent Events
//! (launchdarkly/sse-contract-tests, v2.31.0) as tables: chunks of bytes in, events out. The wire
//! format is that of WHATWG HTML §9.2.6.

use serde::Deserialize;

use super::raw::{Read, read_bytes};
use super::*;

/// Reads chunks as a feed's bytes are read.
async fn read(chunks: Vec<Vec<u8>>) -> Vec<Read> {
    let chunks = chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)));
    read_bytes(futures_util::stream::iter(chunks)).collect().await
}

fn message(data: &str) -> Read {
    Read::Event { kind: "message".into(), data: data.into(), id: None }
}

/// A case of `shared/tests/event-stream.json`, which the UI's reader is tried on too. Its events and
/// comments are listed apart: no case depends on which of the two comes first.
#[derive(Deserialize)]
struct Case {
    name: String,
    /// With LF as the end of lines.
    text: String,
    events: Vec<Event>,
    #[serde(default)]
    comments: Vec<String>,
}

/// An event as the standard hands it out: with the last id, whichever event brought it.
#[derive(Deserialize)]
struct Event {
    r#type: String,
    data: String,
    id: Option<String>,
}

fn cases() -> Vec<Case> {
    let list = include_str!("../../../../shared/tests/event-stream.json");
    serde_json::from_str(list).expect("a list of cases")
}

async fn check(name: &str, text: &str, events: &[Read], comments: &[Read]) {
    let bytes = text.as_bytes();
    let middle = bytes.len() / 2;
    let chunkings = [
        vec![bytes.to_vec()],
        vec![bytes[..middle].to_vec(), bytes[middle..].to_vec()],
        bytes.iter().map(|byte| vec![*byte]).collect(),
    ];
    for chunks in chunkings {
        let count = chunks.len();
        let (said, read): (Vec<_>, Vec<_>) =
            read(chunks).await.into_iter().partition(|one| matches!(one, Read::Comment(_)));
        assert_eq!(read, events, "{name}, in {count} chunks");
        assert_eq!(said, comments, "{name}, in {count} chunks");
    }
}

/// Each in LF, CR and CRLF, whole, in halves and byte by byte.
#[tokio::test]
async fn fields_and_lines_are_read_as_the_standard_says_whatever_ends_the_lines() {
    for Case { name, text, events, comments } in cases() {
        let events: Vec<_> = events
            .into_iter()
            .map(|Event { r#type: kind, data, id }| Read::Event { kind, data, id })
            .collect();
        let comments: Vec<_> = comments.into_iter().map(Read::Comment).collect();
        for end in ["\n", "\r", "\r\n"] {
            let name = format!("{name}, {end:?}");
            check(&name, &text.replace('\n', end), &events, &comments).await;
        }
    }
}

#[tokio::test]
async fn a_long_line_is_one_event() {
    let long = "x".repeat(20_000);
    check("a long line", &format!("data: {long}\n\n"), &[message(&long)], &[]).await;
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
