//! How a body is compressed on its way, and what to try when something in between does not let it
//! pass. What in between answers is told from a relay's answer before this is asked.

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};
use leanspec_shared::http::{ENCODING_GZIP, ENCODING_ZSTD};

use crate::uplink::encode;

/// How bodies are compressed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// zstd, also with a dictionary.
    Zstd,
    /// gzip, which every box knows.
    Gzip,
    /// Not at all.
    Plain,
}

/// What to try after something in between answered in the relay's place with this status; `None`
/// when the way a body is compressed has likely nothing to do with it.
#[must_use]
pub fn after_refusal(status: u16, coding: Coding) -> Option<Coding> {
    // 200: a block page. 413 asks for less, and what is not compressed is more.
    let about_the_body = matches!(status, 200 | 400 | 403 | 406 | 411 | 415 | 422 | 501);
    match coding {
        _ if !about_the_body => None,
        Coding::Zstd => Some(Coding::Gzip),
        Coding::Gzip => Some(Coding::Plain),
        Coding::Plain => None,
    }
}

/// Whether a body can be compressed in another way on its way: plain zstd can, what needs a
/// dictionary cannot.
#[must_use]
pub fn can_change(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|value| value == ENCODING_ZSTD)
}

/// The body and its headers in another compression.
///
/// # Errors
/// When memory is short.
pub fn change(
    body: &Bytes,
    headers: &HeaderMap,
    coding: Coding,
) -> std::io::Result<(Bytes, HeaderMap)> {
    let mut headers = headers.clone();
    let body = match coding {
        Coding::Zstd => body.clone(),
        Coding::Gzip => {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(ENCODING_GZIP));
            encode::gzip_body(&encode::plain_body(body)?)?.into()
        }
        Coding::Plain => {
            headers.remove(CONTENT_ENCODING);
            encode::plain_body(body)?.into()
        }
    };
    Ok((body, headers))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::uplink::http::headers;

    #[test]
    fn a_refused_body_is_tried_as_gzip_and_then_as_it_is_unless_the_status_is_about_other_things() {
        for status in [200, 403, 406, 411, 415] {
            assert_eq!(after_refusal(status, Coding::Zstd), Some(Coding::Gzip), "{status}");
            assert_eq!(after_refusal(status, Coding::Gzip), Some(Coding::Plain), "{status}");
            assert_eq!(after_refusal(status, Coding::Plain), None, "{status}");
        }
        for status in [302, 407, 413, 429, 502, 503, 504, 511] {
            assert_eq!(after_refusal(status, Coding::Zstd), None, "{status}");
        }
    }

    #[test]
    fn the_same_bytes_travel_in_every_compression() {
        let plain = b"{\"head\":1}\nthe file's bytes, the file's bytes".repeat(50);
        let body: Bytes = encode::zstd_body(&plain).expect("compressed").into();
        let given = headers([("content-encoding", "zstd"), ("content-type", "x/y")]);
        assert!(can_change(&given) && !can_change(&headers([("content-encoding", "dcz")])));
        let (gzip, with) = change(&body, &given, Coding::Gzip).expect("changed");
        assert_eq!(with["content-encoding"], "gzip");
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut read).expect("gzip");
        assert_eq!(read, plain);
        let (identity, with) = change(&body, &given, Coding::Plain).expect("changed");
        assert_eq!((&identity[..], with.get("content-encoding")), (&plain[..], None));
        assert_eq!(with["content-type"], "x/y");
    }
}
