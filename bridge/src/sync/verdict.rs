//! What a push that failed asks for. Pure: the worker carries it out.

use leanspec_shared::problem::Code;

use crate::sync::push::Prepared;
use crate::uplink::calls::Encoding;
use crate::uplink::coding::{Coding, after_refusal};
use crate::uplink::http::CallError;

/// What was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Names.
    Manifest,
    /// Differences, compressed this way.
    Changes(Encoding),
}

impl From<&Prepared> for Kind {
    fn from(prepared: &Prepared) -> Self {
        match prepared {
            Prepared::Manifest(..) => Self::Manifest,
            Prepared::Changes(_, body) => Self::Changes(body.encoding),
        }
    }
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Send the same body again: nobody knows whether it arrived.
    Again,
    /// Send the same body without its dictionary.
    WithoutDictionary,
    /// Compare with what the relay says it holds, and begin again.
    Compare,
    /// Announce this machine again: the relay does not know it, its key or its version.
    Announce,
    /// Stop: a newer process speaks for this machine.
    Stop,
    /// Try with fewer files, until the one that is not taken is found.
    Fewer,
    /// Wait, and say so.
    Wait,
}

/// Judges a failure.
#[must_use]
pub fn judge(kind: Kind, error: &CallError) -> Verdict {
    match (error.code(), kind) {
        (Some(Code::Resync), _) => Verdict::Compare,
        (
            Some(Code::DictionaryUnknown | Code::EncodingUnsupported),
            Kind::Changes(Encoding::Dcz),
        ) => Verdict::WithoutDictionary,
        (Some(Code::Superseded), _) => Verdict::Stop,
        (Some(Code::MachineTaken | Code::NotFound | Code::UpgradeRequired), _) => Verdict::Announce,
        // A box that does not let `dcz` pass may let something else pass; one that wants less gets
        // less.
        _ if matches!(error, CallError::Intercepted(413)) && kind != Kind::Manifest => {
            Verdict::Fewer
        }
        _ if kind == Kind::Changes(Encoding::Dcz) && is_about_the_body(error) => {
            Verdict::WithoutDictionary
        }
        _ if error.is_about_the_key() => Verdict::Announce,
        _ if error.is_passing() => Verdict::Again,
        (_, Kind::Changes(_)) => Verdict::Fewer,
        (_, Kind::Manifest) => Verdict::Wait,
    }
}

fn is_about_the_body(error: &CallError) -> bool {
    error.refused_body().is_some_and(|status| after_refusal(status, Coding::Zstd).is_some())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use leanspec_shared::problem::Problem;

    use super::*;
    use crate::uplink::http::refusal;

    fn refused(code: Code) -> CallError {
        let body = serde_json::to_vec(&Problem::new(code, "no")).expect("plain data");
        let status = StatusCode::from_u16(code.status()).expect("a status");
        refusal(status, &HeaderMap::new(), &body)
    }

    #[test]
    fn every_refusal_has_one_way_on() {
        let (dcz, zstd) = (Kind::Changes(Encoding::Dcz), Kind::Changes(Encoding::Zstd));
        let cases = [
            (dcz, refused(Code::Resync), Verdict::Compare),
            (dcz, refused(Code::DictionaryUnknown), Verdict::WithoutDictionary),
            (zstd, refused(Code::DictionaryUnknown), Verdict::Fewer),
            (zstd, refused(Code::Superseded), Verdict::Stop),
            (zstd, refused(Code::MachineTaken), Verdict::Announce),
            (zstd, refused(Code::KeyRevoked), Verdict::Announce),
            (Kind::Manifest, refused(Code::MachineMismatch), Verdict::Announce),
            (zstd, refused(Code::StorageFull), Verdict::Again),
            (zstd, refused(Code::Internal), Verdict::Again),
            (zstd, refused(Code::TooManyRequests), Verdict::Again),
            (zstd, CallError::Unreachable("cut".into()), Verdict::Again),
            (zstd, CallError::Intercepted(403), Verdict::Again),
            (dcz, CallError::Intercepted(403), Verdict::WithoutDictionary),
            (dcz, CallError::Intercepted(502), Verdict::Again),
            // A box that takes a compression off that it does not know leaves nothing readable.
            (dcz, refused(Code::BodyMalformed), Verdict::WithoutDictionary),
            (zstd, refused(Code::BodyMalformed), Verdict::Fewer),
            (zstd, CallError::Intercepted(413), Verdict::Fewer),
            (Kind::Manifest, CallError::Intercepted(413), Verdict::Again),
            (dcz, refused(Code::TooLarge), Verdict::Fewer),
            (dcz, refused(Code::PathInvalid), Verdict::Fewer),
            (Kind::Manifest, refused(Code::QuotaExceeded), Verdict::Wait),
        ];
        for (kind, error, wanted) in cases {
            assert_eq!(judge(kind, &error), wanted, "{kind:?}: {error:?}");
        }
    }

    /// A relay of a newer version, or a proxy that answers in a relay's name.
    #[test]
    fn a_refusal_without_a_readable_problem_is_judged_by_its_status() {
        let plain = |status| refusal(status, &HeaderMap::new(), b"<html>");
        let kind = Kind::Changes(Encoding::Zstd);
        assert_eq!(judge(kind, &plain(StatusCode::BAD_GATEWAY)), Verdict::Again);
        assert_eq!(judge(kind, &plain(StatusCode::UNAUTHORIZED)), Verdict::Announce);
        assert_eq!(judge(kind, &plain(StatusCode::IM_A_TEAPOT)), Verdict::Fewer);
    }
}
