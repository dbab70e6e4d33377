//! The text of a key, and how a secret is compared.

use leanspec_shared::id::KeyId;
use leanspec_shared::view::Scope;
use ring::digest::{SHA256, digest};

use crate::random::{random_hex, random_word};

/// Marks a text as a key of a relay, for people and for scanners that look for leaked secrets.
const PREFIX: &str = "lsr";
/// Random bytes in a secret: 256 bits.
const SECRET_BYTES: usize = 32;
/// Letters of a key's id.
const ID_LETTERS: usize = 12;

/// A new key: its id, and the text that is shown once.
pub(crate) fn new_key(scope: &Scope) -> (KeyId, String) {
    let id = random_word(ID_LETTERS);
    let text = format!("{PREFIX}_{scope}_{id}_{}", random_hex::<SECRET_BYTES>());
    (id.parse().expect("letters and digits are an id"), text)
}

/// The id that stands in a key; `None` when the text is no key.
pub(crate) fn key_id(text: &str) -> Option<KeyId> {
    let mut parts = text.split('_');
    let prefix = parts.next()?;
    let (_scope, id, secret) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = secret.len() == 2 * SECRET_BYTES && parts.next().is_none();
    if prefix == PREFIX && plain { id.parse().ok() } else { None }
}

/// What is stored of a secret. A plain hash is enough: 256 random bits cannot be guessed, so there
/// is nothing for a slow hash to protect.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    digest(&SHA256, secret.as_bytes()).as_ref().to_vec()
}

/// Whether a secret is the one whose hash is stored, in a time that does not depend on where they
/// differ.
pub(crate) fn matches(secret: &str, stored: &[u8]) -> bool {
    let hash = hash(secret);
    let difference = hash.iter().zip(stored).fold(0, |difference, (a, b)| difference | (a ^ b));
    hash.len() == stored.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_names_its_scope_and_id_and_matches_only_its_own_hash() {
        let (id, text) = new_key(&Scope::View);
        assert!(text.starts_with(&format!("lsr_view_{id}_")), "{text}");
        assert_eq!(key_id(&text), Some(id));
        assert!(matches(&text, &hash(&text)));
        assert!(!matches(&text.replace("view", "admin"), &hash(&text)));
        assert!(!matches(&text, &[]));
    }

    #[test]
    fn a_text_that_is_no_key_has_no_id() {
        for text in ["", "lsr_view_abc", "lsr_view_abc_short", "ghp_view_abc_0000", "lsr__a b_"] {
            assert_eq!(key_id(text), None, "{text:?}");
        }
    }
}
