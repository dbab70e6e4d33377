//! The key of this machine: stored in a file of its owner only, bound to the relay's origin.

use serde::{Deserialize, Serialize};

use crate::config::relay_url::RelayUrl;
use crate::state::atomic::{self, Durability};
use crate::state::{StateError, StateFolder};

const FILE: &str = "key.json";

/// A key. Never shown: neither its `Debug` form nor any message holds it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

/// A text that cannot be a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a key: a key is one word, as `leanspec-relay key create` prints it")]
pub struct InvalidKey;

/// The longest key that is accepted, in bytes.
const KEY_MAX_BYTES: usize = 512;

impl Key {
    /// Takes a key from what a person pasted.
    ///
    /// # Errors
    /// When it cannot be one; without this check a stray line end would become a refusal by the
    /// relay that nobody understands.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim();
        let fits = (1..=KEY_MAX_BYTES).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKey)
        }
    }

    /// The secret itself, for the `Authorization` header.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(…)")
    }
}

/// What `login` stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The relay, remembered so that `run` needs no `--relay`.
    pub relay: RelayUrl,
    /// Its key.
    pub key: Key,
}

impl Login {
    /// What was stored, if anything.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(state: &StateFolder) -> Result<Option<Self>, StateError> {
        atomic::read_json(&state.file(FILE))
    }

    /// Stores it for the owner only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, state: &StateFolder) -> Result<(), StateError> {
        atomic::write_json(&state.file(FILE), self, Durability::Flushed)
    }

    /// Forgets it; says whether there was one.
    ///
    /// # Errors
    /// When the file is there and cannot be removed.
    pub fn remove(state: &StateFolder) -> Result<bool, StateError> {
        let path = state.file(FILE);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StateError::Io { path, error }),
        }
    }
}

/// Where a key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// Stored by `login`.
    File,
    /// `LEANSPEC_BRIDGE_KEY`.
    Environment,
    /// There is none.
    None,
}

impl KeySource {
    /// The word in `status --json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
            Self::None => "none",
        }
    }
}

/// The key for a relay: the environment's, else the stored one if it was stored for that origin.
/// A key is never sent to another relay than the one it was given for.
#[must_use]
pub fn choose(
    relay: &RelayUrl,
    environment: Option<&str>,
    login: Option<&Login>,
) -> (Option<Key>, KeySource) {
    if let Some(key) = environment.and_then(|text| Key::parse(text).ok()) {
        return (Some(key), KeySource::Environment);
    }
    match login.filter(|login| login.relay.origin() == relay.origin()) {
        Some(login) => (Some(login.key.clone()), KeySource::File),
        None => (None, KeySource::None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(relay: &str) -> Login {
        Login {
            relay: RelayUrl::parse(relay).expect("valid"),
            key: Key::parse("stored").expect("valid"),
        }
    }

    #[test]
    fn a_key_goes_to_no_other_relay_than_its_own() {
        let (here, other) = (login("https://a.example"), login("https://b.example"));
        let secret = |(key, from): (Option<Key>, KeySource)| (key.map(|key| key.0), from);
        let stored = secret(choose(&here.relay, None, Some(&here)));
        assert_eq!(stored, (Some("stored".into()), KeySource::File));
        assert_eq!(choose(&here.relay, None, Some(&other)), (None, KeySource::None));
        let given = secret(choose(&here.relay, Some("given"), Some(&here)));
        assert_eq!(given, (Some("given".into()), KeySource::Environment));
    }

    #[test]
    fn a_pasted_key_loses_its_line_end_and_must_be_one_word() {
        assert_eq!(Key::parse(" abc\r\n").expect("a key").secret(), "abc");
        for text in ["", "two words", "a\nb", "ä"] {
            assert_eq!(Key::parse(text), Err(InvalidKey), "{text:?}");
        }
    }

    #[test]
    fn the_stored_key_is_its_owners_only_and_can_be_forgotten() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().to_owned()).expect("made");
        login("https://a.example").write(&state).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = state.file(FILE).metadata().expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(Login::read(&state).expect("readable"), Some(login("https://a.example")));
        assert!(Login::remove(&state).expect("removed"));
        assert!(!Login::remove(&state).expect("nothing there"));
    }

    #[test]
    fn a_key_does_not_show_itself() {
        assert!(!format!("{:?}", login("https://a.example")).contains("stored"));
    }
}
