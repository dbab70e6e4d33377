//! Putting an answer together: state with its cursor and its ETag.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use leanspec_shared::feed::Cursor;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::http::CURSOR_HEADER;
use serde::Serialize;

/// State with the cursor that was read in the same snapshot.
pub(super) struct Snapshot<T> {
    pub(super) cursor: Cursor,
    pub(super) state: T,
}

impl<T: Serialize> Snapshot<T> {
    /// As JSON, or 304 when the reader holds the same. The tag is weak, since the answer may be
    /// compressed on its way.
    pub(super) fn reply(&self, request: &HeaderMap) -> Response {
        let body = serde_json::to_vec(&self.state).expect("plain data always becomes JSON");
        let tag = format!("W/\"{}\"", ContentHash::of(&body).check());
        let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        unless_known(request, &tag, &self.cursor, || (json, body).into_response())
    }
}

/// The answer, or 304 when the reader holds what `tag` names.
pub(super) fn unless_known(
    request: &HeaderMap,
    tag: &str,
    cursor: &Cursor,
    answer: impl FnOnce() -> Response,
) -> Response {
    let known = request.get_all(IF_NONE_MATCH).iter().any(|held| names(held, tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { answer() };
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).expect("hashes and cursors are ASCII");
    headers.insert(ETAG, text(tag));
    headers.insert(HeaderName::from_static(CURSOR_HEADER), text(&cursor.to_string()));
    // Kept by the reader alone, and asked for every time: it belongs to whoever holds the key.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Whether a field of If-None-Match names the tag, by weak comparison (RFC 9110 §13.1.2).
fn names(held: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let held = held.to_str().unwrap_or_default();
    held.split(',').any(|held| held.trim() == "*" || opaque(held) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_weak_or_strong() {
        for (held, known) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"x\", W/\"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
        ] {
            assert_eq!(names(&HeaderValue::from_static(held), "W/\"a\""), known, "{held}");
        }
    }
}
