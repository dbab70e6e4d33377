//! From which address this computer reaches the world, which changes when the network does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses for documentation (RFC 5737, RFC 3849): never a host's, always beyond the gateway.
const FAR: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// The address that packets to the world carry; `None` without a way there. Sends nothing: a UDP
/// socket that is connected only looks the route up.
#[must_use]
pub fn towards_the_world() -> Option<IpAddr> {
    let own = |far: IpAddr| {
        let any: IpAddr = match far {
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0)).ok()?;
        socket.connect(SocketAddr::new(far, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    FAR.into_iter().find_map(own)
}

/// A word for the network of an address: the same for all of its hosts.
#[must_use]
pub fn network(address: Option<IpAddr>) -> String {
    match address {
        None => "none".to_owned(),
        Some(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_network_have_one_word_for_it() {
        let word = |text: &str| network(Some(text.parse().expect("an address")));
        assert_eq!(word("192.168.1.7"), word("192.168.1.200"));
        assert_ne!(word("192.168.1.7"), word("192.168.2.7"));
        assert_eq!(word("2001:db8:1:2:3::4"), "2001:db8:1:2::/64");
        assert_eq!(network(None), "none");
    }
}
