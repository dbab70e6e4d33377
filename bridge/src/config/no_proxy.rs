//! `NO_PROXY`: hosts that are reached without a proxy. There is no standard; this is what curl and
//! Go agree on, with spaces beside commas as GNU's wget has it.

use std::net::IpAddr;

/// Whether the list covers a host. A host is a name or an address without brackets.
///
/// Its words: `*`; a name, which covers itself and what is below it, with or without a dot or `*.`
/// in front; an address; a network such as `10.0.0.0/8`. Each may end in `:port`.
#[must_use]
pub fn covers(list: &str, host: &str, port: u16) -> bool {
    let words = list.split([',', ' ', '\t']).map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).any(|word| word_covers(&word, host, port))
}

fn word_covers(word: &str, host: &str, port: u16) -> bool {
    if word == "*" {
        return true;
    }
    let (word, wanted_port) = split_port(word);
    if wanted_port.is_some_and(|wanted| wanted != port) {
        return false;
    }
    let word = word.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = host.parse::<IpAddr>() {
        return word.parse() == Ok(address) || network_covers(word, address);
    }
    let name = word.trim_start_matches("*.").trim_start_matches('.');
    let host = host.trim_end_matches('.');
    host == name
        || host.strip_suffix(name).is_some_and(|rest| !name.is_empty() && rest.ends_with('.'))
}

/// An IPv6 address has colons of its own: its port stands behind brackets.
fn split_port(word: &str) -> (&str, Option<u16>) {
    match word.rsplit_once(':') {
        Some((rest, port)) if !rest.contains(':') || rest.ends_with(']') => match port.parse() {
            Ok(port) => (rest, Some(port)),
            Err(_) => (word, None),
        },
        _ => (word, None),
    }
}

fn network_covers(word: &str, address: IpAddr) -> bool {
    let Some((network, length)) = word.split_once('/') else { return false };
    let Ok(length) = length.parse::<u32>() else { return false };
    match (network.parse(), address) {
        (Ok(IpAddr::V4(network)), IpAddr::V4(address)) if length <= 32 => {
            let beyond = u32::MAX.checked_shr(length).unwrap_or(0);
            (network.to_bits() | beyond) == (address.to_bits() | beyond)
        }
        (Ok(IpAddr::V6(network)), IpAddr::V6(address)) if length <= 128 => {
            let beyond = u128::MAX.checked_shr(length).unwrap_or(0);
            (network.to_bits() | beyond) == (address.to_bits() | beyond)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cover_themselves_and_what_is_below_addresses_and_networks_their_own() {
        let cases = [
            ("*", "relay.example.org", true),
            ("", "relay.example.org", false),
            ("example.org", "relay.example.org", true),
            (".example.org", "relay.example.org", true),
            ("*.example.org", "relay.example.org", true),
            ("ample.org", "relay.example.org", false),
            ("relay.example.org", "relay.example.org", true),
            ("EXAMPLE.ORG", "relay.example.org", true),
            ("a, b example.org", "relay.example.org", true),
            ("example.org:443", "relay.example.org", true),
            ("example.org:8443", "relay.example.org", false),
            (".", "relay.example.org", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/16", "10.1.2.3", false),
            ("0.0.0.0/0", "10.1.2.3", true),
            ("10.1.2.3/32", "10.1.2.3", true),
            ("10.0.0.0/99", "10.1.2.3", false),
            ("10.0.0.0/8", "ten.example.org", false),
            ("fd00::/8", "fd00::1", true),
            ("[fd00::1]:443", "fd00::1", true),
            ("fd00::1", "fd00::1", true),
            ("fd00::2", "fd00::1", false),
        ];
        for (list, host, covered) in cases {
            assert_eq!(covers(list, host, 443), covered, "{list:?} for {host}");
        }
    }
}
