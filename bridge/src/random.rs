//! Random ids.

use std::str::FromStr;

use rand::Rng;

/// Sixteen of `[a-z0-9]`: 82 bits, more than enough that no two are ever the same.
const ID_CHARACTERS: usize = 16;

/// A random id of whatever kind is asked for.
///
/// # Panics
/// When the kind does not take sixteen letters and digits: all of them do.
#[must_use]
pub fn id<T: FromStr>() -> T {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = rand::rng();
    let text: String = (0..ID_CHARACTERS)
        .map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]))
        .collect();
    text.parse().ok().expect("letters and digits are an id of every kind")
}

/// A random number between 0 and 1, for delays that must not come in step.
#[must_use]
pub fn fraction() -> f64 {
    rand::rng().random()
}
