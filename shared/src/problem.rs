//! The closed list of what can go wrong between two parties (RFC 9457).

use serde::{Deserialize, Serialize};

use crate::hash::StateHash;

/// The media type of a problem document.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// The prefix of every problem's `type`; its code follows.
pub const PROBLEM_TYPE_PREFIX: &str = "urn:leanspec:problem:";

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, retry: $retry:literal, $title:literal;)+) => {
        /// What went wrong. Each code answers: which status, is trying again sensible.
        /// Nothing was changed in any of these cases: a call is applied whole, or not at all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The word in `code`, and the end of `type`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The HTTP status it travels with.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// Whether the same call may succeed later without anybody doing something.
            #[must_use]
            pub fn retry(self) -> bool {
                match self { $(Self::$variant => $retry,)+ }
            }

            /// A short sentence, the same for every occurrence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

codes! {
    /// No `Authorization: Bearer …`.
    KeyMissing = "key_missing", 401, retry: false, "This call needs a key.";
    /// The relay does not know the key.
    KeyUnknown = "key_unknown", 401, retry: false, "The relay does not know this key.";
    /// The key was revoked.
    KeyRevoked = "key_revoked", 401, retry: false, "This key was revoked.";
    /// A sign-in code that was used, is older than ten minutes, or never was.
    CodeInvalid = "code_invalid", 401, retry: false, "This sign-in code is used up, too old or unknown.";
    /// The key's scope does not cover the call.
    ScopeInsufficient = "scope_insufficient", 403, retry: false, "This key may not do that.";
    /// A bridge's key that belongs to another machine.
    MachineMismatch = "machine_mismatch", 403, retry: false, "This key belongs to another machine.";
    /// Nothing there.
    NotFound = "not_found", 404, retry: false, "There is nothing at this address.";
    /// The address is right, the method is not.
    MethodNotAllowed = "method_not_allowed", 405, retry: false, "This address does not take that method.";
    /// Another live process speaks for this machine.
    MachineTaken = "machine_taken", 409, retry: false, "Another computer speaks for this machine.";
    /// A newer process of the same machine took over.
    Superseded = "superseded", 409, retry: false, "A newer process speaks for this machine.";
    /// `base_rev` is not the relay's `rev`: compare, then send the difference.
    Resync = "resync", 409, retry: false, "The relay holds another revision.";
    /// The body is not what it should be.
    BodyMalformed = "body_malformed", 400, retry: false, "The body cannot be read.";
    /// A parameter of the URL is not what it should be.
    ParameterInvalid = "parameter_invalid", 400, retry: false, "A parameter of the address is not valid.";
    /// An `Idempotency-Key` that stands for another body.
    IdempotencyMismatch = "idempotency_mismatch", 422, retry: false, "This Idempotency-Key stands for another body.";
    /// A command that has ended: its state never changes again.
    CommandEnded = "command_ended", 409, retry: false, "This command has ended.";
    /// A second result that differs from the first.
    ResultDiffers = "result_differs", 409, retry: false, "This command has another result already.";
    /// A result of a command that the relay has not handed out, such as after it was restored from an
    /// older copy: it hands the command out again, and then takes the result.
    NotDelivered = "not_delivered", 409, retry: true, "This command was not handed out yet.";
    /// A command that is in no conflict, or whose change does not fit the newer version.
    NotRebasable = "not_rebasable", 409, retry: false, "This change cannot be applied to the newer version.";
    /// A body, file or field over a limit.
    TooLarge = "too_large", 413, retry: false, "This is larger than the relay accepts.";
    /// A Content-Type the call does not take.
    MediaTypeUnsupported = "media_type_unsupported", 415, retry: false, "This call takes another kind of body.";
    /// A Content-Encoding the relay does not know.
    EncodingUnsupported = "encoding_unsupported", 415, retry: false, "The relay does not know this encoding.";
    /// A `dcz` body whose dictionary the relay does not hold: send it as zstd.
    DictionaryUnknown = "dictionary_unknown", 415, retry: false, "The relay does not hold this dictionary.";
    /// A path that could leave the specs folder, or that is named twice.
    PathInvalid = "path_invalid", 422, retry: false, "A path is not allowed.";
    /// The bytes do not have the hash that was promised.
    HashMismatch = "hash_mismatch", 422, retry: false, "The bytes do not match their hash.";
    /// More files, projects or rows than the relay keeps.
    QuotaExceeded = "quota_exceeded", 422, retry: false, "This is more than the relay keeps.";
    /// The bridge is too old or too new for this relay.
    UpgradeRequired = "upgrade_required", 426, retry: false, "Bridge and relay are too many versions apart.";
    /// Too many calls or feeds.
    TooManyRequests = "too_many_requests", 429, retry: true, "Too many calls at once.";
    /// A fault of the relay itself.
    Internal = "internal", 500, retry: true, "The relay made a mistake.";
    /// No room on the relay's disk.
    StorageFull = "storage_full", 503, retry: true, "The relay's disk is full.";
    /// The relay is starting, stopping or overloaded.
    Unavailable = "unavailable", 503, retry: true, "The relay cannot answer now.";
}

impl Code {
    /// The code of a word; `None` for one of a newer version.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:leanspec:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every occurrence of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The code: see [`Code`].
    pub code: String,
    /// What happened here, and what to do next.
    pub detail: String,
    /// Whether the same call may succeed later by itself.
    pub retry: bool,
    /// With `resync`: the relay's `rev`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rev: Option<u64>,
    /// With `resync`: the check sum of the contents the relay holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_hash: Option<StateHash>,
    /// With `too_large` and `quota_exceeded`: the limit, in bytes or pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

impl Problem {
    /// A problem of this code with a sentence of its own.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("{PROBLEM_TYPE_PREFIX}{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            code: code.as_str().to_owned(),
            detail: detail.into(),
            retry: code.retry(),
            rev: None,
            state_hash: None,
            limit: None,
        }
    }

    /// `resync`, with what the relay holds.
    #[must_use]
    pub fn resync(rev: u64, state_hash: StateHash) -> Self {
        let detail = format!(
            "The relay holds revision {rev}. Send a manifest with base_rev {rev}, then what it needs."
        );
        Self { rev: Some(rev), state_hash: Some(state_hash), ..Self::new(Code::Resync, detail) }
    }

    /// Something over a limit, in bytes or pieces.
    #[must_use]
    pub fn over_limit(code: Code, limit: u64, detail: impl Into<String>) -> Self {
        Self { limit: Some(limit), ..Self::new(code, detail) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden: outside readers rely on these members.
    #[test]
    fn a_problem_says_what_happened_and_whether_to_try_again() {
        let problem = Problem::resync(7, StateHash::default());
        let wanted = concat!(
            r#"{"type":"urn:leanspec:problem:resync","title":"The relay holds another revision.","#,
            r#""status":409,"code":"resync","detail":"The relay holds revision 7. "#,
            r#"Send a manifest with base_rev 7, then what it needs.","retry":false,"rev":7,"#,
            r#""state_hash":"0000000000000000000000000000000000000000000000000000000000000000"}"#,
        );
        assert_eq!(serde_json::to_string(&problem).expect("JSON"), wanted);
    }

    #[test]
    fn every_code_is_a_word_of_its_own() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
        assert_eq!(Code::parse("of_a_newer_version"), None);
    }
}
