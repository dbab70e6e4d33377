//! Who issued a certificate, as one readable name. The certificate need not be trusted: nothing is
//! decided from this name, it is only shown.

use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

/// The longest name that is shown, in bytes: it comes from a stranger.
const NAME_MAX_BYTES: usize = 120;
/// X.520 commonName, 2.5.4.3, as DER.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// X.520 organizationName, 2.5.4.10, as DER.
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

/// `Example Proxy CA (Example Corp)`, or what of it there is.
#[must_use]
pub fn name(certificate: &CertificateDer<'_>) -> String {
    let Ok(parsed) = EndEntityCert::try_from(certificate) else { return unreadable() };
    let issuer = parsed.issuer();
    match (attribute(issuer, COMMON_NAME), attribute(issuer, ORGANIZATION)) {
        (Some(name), Some(of)) if name != of => format!("{name} ({of})"),
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => unreadable(),
    }
}

fn unreadable() -> String {
    "somebody without a readable name".to_owned()
}

/// One attribute of a DER `Name` (RFC 5280 §4.1.2.4): sets of sequences of an object identifier
/// and a string.
fn attribute(name: &[u8], wanted: &[u8]) -> Option<String> {
    let mut sets = name;
    while let Some((set, rest)) = element(sets) {
        sets = rest;
        let mut pairs = set;
        while let Some((pair, rest)) = element(pairs) {
            pairs = rest;
            let Some((kind, value)) = element(pair) else { continue };
            if kind == wanted
                && let Some((text, _)) = element(value)
            {
                return Some(shown(text));
            }
        }
    }
    None
}

/// The content of the first DER element, and what follows it.
fn element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..=127 => (short, rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?), &rest[2..]),
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// What a stranger wrote, fit for a terminal: no control characters, not too long.
fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let clean = text.chars().filter(|character| !character.is_control());
    let mut shown = String::new();
    for character in clean {
        if shown.len() + character.len_utf8() > NAME_MAX_BYTES {
            break;
        }
        shown.push(character);
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(kind: &[u8], text: &str) -> Vec<u8> {
        let wrap = |tag: u8, content: &[u8]| {
            let mut out = vec![tag, u8::try_from(content.len()).expect("short")];
            out.extend_from_slice(content);
            out
        };
        let pair = [wrap(6, kind), wrap(0x0c, text.as_bytes())].concat();
        wrap(0x31, &wrap(0x30, &pair))
    }

    #[test]
    fn the_attributes_of_a_name_are_read_and_made_fit_for_a_terminal() {
        let name = [pair(ORGANIZATION, "Example Corp"), pair(COMMON_NAME, "Proxy\u{1b}[31m CA")];
        let name = name.concat();
        assert_eq!(attribute(&name, ORGANIZATION).as_deref(), Some("Example Corp"));
        assert_eq!(attribute(&name, COMMON_NAME).as_deref(), Some("Proxy[31m CA"));
        assert_eq!(attribute(&name, &[0x55, 0x04, 0x06]), None);
        let long = pair(COMMON_NAME, &"x".repeat(110));
        assert_eq!(attribute(&long, COMMON_NAME).map(|name| name.len()), Some(110));
    }

    #[test]
    fn what_is_no_certificate_has_no_name() {
        assert_eq!(name(&CertificateDer::from(vec![1, 2, 3])), unreadable());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = attribute(&bytes, COMMON_NAME);
        }
    }
}
