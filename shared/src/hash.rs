//! The hash of a file and the check sum of a whole project.

use std::fmt;
use std::str::FromStr;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::path::FilePath;

/// A text that is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 lower-case hexadecimal digits")]
pub struct InvalidHash;

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

fn to_hex(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(64);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn from_hex(text: &str) -> Result<[u8; 32], InvalidHash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(InvalidHash),
    };
    let text: &[u8; 64] = text.as_bytes().try_into().map_err(|_| InvalidHash)?;
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(out)
}

macro_rules! hex_hash {
    ($name:ident) => {
        crate::schema::text_schema!($name);

        impl FromStr for $name {
            type Err = InvalidHash;
            fn from_str(text: &str) -> Result<Self, InvalidHash> {
                from_hex(text).map(Self)
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidHash;
            fn try_from(text: String) -> Result<Self, InvalidHash> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(hash: $name) -> Self {
                to_hex(&hash.0)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&to_hex(&self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&to_hex(&self.0)[..12])
            }
        }
    };
}

/// SHA-256 (FIPS 180-4) of the exact bytes of a file; on the wire 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes the bytes of a file.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }

    /// The 32 raw bytes, as the header of a `dcz` body carries them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash from its 32 raw bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The first 16 hex digits: enough to notice a difference, short enough for a small change.
    #[must_use]
    pub fn check(&self) -> String {
        to_hex(&self.0)[..16].to_owned()
    }
}

hex_hash!(ContentHash);

/// The check sum of a set of files: the sum modulo 2^256 of
/// SHA-256(path, 0x00, hash in hex, 0x0A) over its files, read as big-endian numbers.
///
/// A sum does not depend on order and is kept up to date in constant time. It notices that two
/// sides differ; it is no lock and proves nothing against somebody who chooses the files.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StateHash([u8; 32]);

impl StateHash {
    /// Counts a file in.
    pub fn insert(&mut self, path: &FilePath, hash: &ContentHash) {
        self.add(&term(path, hash));
    }

    /// Counts a file out again.
    pub fn remove(&mut self, path: &FilePath, hash: &ContentHash) {
        // Subtracting is adding the two's complement: all bits turned, plus one.
        let mut negative = term(path, hash).map(|byte| !byte);
        for byte in negative.iter_mut().rev() {
            let (sum, carry) = byte.overflowing_add(1);
            *byte = sum;
            if !carry {
                break;
            }
        }
        self.add(&negative);
    }

    fn add(&mut self, term: &[u8; 32]) {
        let mut carry = 0_u16;
        for (byte, add) in self.0.iter_mut().zip(term).rev() {
            let sum = u16::from(*byte) + u16::from(*add) + carry;
            *byte = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
    }
}

impl<'a> FromIterator<(&'a FilePath, &'a ContentHash)> for StateHash {
    fn from_iter<I: IntoIterator<Item = (&'a FilePath, &'a ContentHash)>>(files: I) -> Self {
        let mut state = Self::default();
        for (path, hash) in files {
            state.insert(path, hash);
        }
        state
    }
}

hex_hash!(StateHash);

fn term(path: &FilePath, hash: &ContentHash) -> [u8; 32] {
    let mut line = Vec::with_capacity(path.as_str().len() + 66);
    line.extend_from_slice(path.as_str().as_bytes());
    line.push(0);
    line.extend_from_slice(to_hex(&hash.0).as_bytes());
    line.push(b'\n');
    sha256(&line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> FilePath {
        text.parse().expect("a valid path")
    }

    #[test]
    fn a_hash_is_the_sha256_of_the_bytes() {
        let hash = ContentHash::of(b"abc").to_string();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(ContentHash::of(b"abc").check(), "ba7816bf8f01cfea");
    }

    #[test]
    fn a_hash_in_upper_case_or_of_another_length_is_refused() {
        let good = ContentHash::of(b"").to_string();
        assert_eq!(good.parse(), Ok(ContentHash::of(b"")));
        for bad in [good.to_uppercase(), good[1..].to_owned(), format!("{good}0")] {
            assert_eq!(bad.parse::<ContentHash>(), Err(InvalidHash));
        }
    }

    /// Golden: computed with `printf 'a\0<hash>\n' | sha256sum` and added by hand in Python.
    #[test]
    fn the_state_hash_of_one_file_is_the_hash_of_its_line() {
        let hash = ContentHash::of(b"abc");
        let state: StateHash = [(&path("a"), &hash)].into_iter().collect();
        assert_eq!(state.to_string(), GOLDEN_ONE);
        let two: StateHash =
            [(&path("a"), &hash), (&path("b/ä"), &ContentHash::of(b""))].into_iter().collect();
        assert_eq!(two.to_string(), GOLDEN_TWO);
    }

    const GOLDEN_ONE: &str = "3af6e51fa1f25dc698a5867373c4a63b5bfbdfcc2695e015f737f68f7930fb80";
    const GOLDEN_TWO: &str = "2de9730bd875f4f9a833a01dd07fb66f9f3c3958ee322bf3d4ac60f4a446bf7a";

    proptest! {
        #[test]
        fn adding_and_taking_away_files_in_any_order_gives_the_same_sum(
            names in proptest::collection::btree_set("[a-z]{1,8}", 1..20), cut in 0_usize..20)
        {
            let files: Vec<_> =
                names.iter().map(|name| (path(name), ContentHash::of(name.as_bytes()))).collect();
            let (kept, gone) = files.split_at(cut.min(files.len()));
            let mut state = StateHash::default();
            for (path, hash) in files.iter().rev() {
                state.insert(path, hash);
            }
            for (path, hash) in gone {
                state.remove(path, hash);
            }
            let wanted: StateHash = kept.iter().map(|(path, hash)| (path, hash)).collect();
            prop_assert_eq!(state, wanted);
        }
    }
}
