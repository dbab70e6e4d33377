//! Where the demo's relay listens, and how others reach it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use anyhow::{Context, Result};

/// The relay's usual port. The demo takes it when it is free, so that a browser that was signed in
/// finds the same origin again.
const USUAL_PORT: u16 = 4600;

/// Where the relay listens, and the host by which others reach it.
pub(super) struct Address {
    /// What the relay is told to listen on.
    pub(super) listen: SocketAddr,
    public: IpAddr,
}

impl Address {
    /// A free port, of the loopback only or of every network this computer is in.
    pub(super) fn choose(lan: bool) -> Result<Self> {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (host, public) = if lan {
            let public = lan_address().unwrap_or_else(|| {
                eprintln!("This computer is in no network: only itself can open the demo.");
                loopback
            });
            (IpAddr::V4(Ipv4Addr::UNSPECIFIED), public)
        } else {
            (loopback, loopback)
        };
        let free = TcpListener::bind((host, USUAL_PORT)).or_else(|_| TcpListener::bind((host, 0)));
        let listen = free.and_then(|socket| socket.local_addr()).context("finding a free port")?;
        Ok(Self { listen, public })
    }

    /// For programs on this computer.
    pub(super) fn local_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.listen.port())
    }

    /// For whoever is to open the page.
    pub(super) fn public_url(&self) -> String {
        format!("http://{}", SocketAddr::new(self.public, self.listen.port()))
    }

    /// Whether others in the network can open it.
    pub(super) fn is_open_to_others(&self) -> bool {
        self.listen.ip().is_unspecified()
    }
}

/// The address of the interface that leads out. Connecting a UDP socket sends nothing: it only asks
/// the routing table. 192.0.2.0/24 is nobody's (RFC 5737).
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_lan_nobody_else_can_reach_it() {
        let address = Address::choose(false).expect("a free port");
        assert!(address.listen.ip().is_loopback());
        assert!(!address.is_open_to_others());
        assert_eq!(address.public_url(), address.local_url());
    }

    #[test]
    fn with_lan_programs_on_this_computer_still_use_the_loopback() {
        let address = Address::choose(true).expect("a free port");
        assert!(address.is_open_to_others());
        assert!(address.local_url().starts_with("http://127.0.0.1:"));
        assert!(!address.public_url().contains("0.0.0.0"));
    }
}
