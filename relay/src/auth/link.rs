//! The text of a sign-in link.

use std::fmt::Write;

/// The link that signs a browser in. Relay and code stand in the fragment, which no server is sent.
#[must_use]
pub(crate) fn sign_in_link(public_url: &str, code: &str) -> String {
    let public_url = public_url.trim_end_matches('/');
    format!("{public_url}/#/pair?relay={}&code={code}", escape(public_url))
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("writing to a string does not fail");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_names_relay_and_code_in_the_fragment_only() {
        assert_eq!(
            sign_in_link("http://127.0.0.1:4600/", "abc"),
            "http://127.0.0.1:4600/#/pair?relay=http%3A%2F%2F127.0.0.1%3A4600&code=abc"
        );
    }
}
