//! Randomness for secrets, ids and marks: the only user of the system's source.

use ring::rand::{SecureRandom, SystemRandom};

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// A random word of `[a-z0-9]`.
pub(crate) fn random_word(letters: usize) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut word = String::with_capacity(letters);
    while word.len() < letters {
        let [byte] = random_bytes();
        // 252 is the largest multiple of 36 in a byte: above it some letters would be likelier.
        if byte < 252 {
            word.push(char::from(ALPHABET[usize::from(byte) % 36]));
        }
    }
    word
}

/// So many random bytes, in hexadecimal digits.
pub(crate) fn random_hex<const N: usize>() -> String {
    random_bytes::<N>().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_random_texts_are_never_the_same() {
        assert_ne!(random_hex::<16>(), random_hex::<16>());
        assert_ne!(random_word(16), random_word(16));
        assert_eq!((random_hex::<16>().len(), random_word(16).len()), (32, 16));
    }
}
