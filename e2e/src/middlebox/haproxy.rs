//! haproxy with TLS in front of a relay.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::authority::Authority;
use super::{Middlebox, free_address, shared_folder};

/// Starts it in front of `relay`; `lines` stand among its defaults, the last word on each.
///
/// # Errors
/// When it does not come up.
pub async fn start(
    parent: &Path,
    relay: SocketAddr,
    authority: &Authority,
    lines: &str,
) -> Result<Middlebox> {
    let address = free_address()?;
    let folder = shared_folder(parent, "haproxy")?;
    let certificate = authority.folder.join("server-both.pem");
    let configuration = format!(
        "defaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n\
         {lines}\nfrontend bridges\n bind {address} ssl crt {} alpn h2,http/1.1\n default_backend relays\n\
         backend relays\n server relay {relay}\n",
        certificate.display()
    );
    let file = folder.join("haproxy.cfg");
    fs::write(&file, configuration)?;
    let mut command = Command::new("haproxy");
    Middlebox::start("haproxy", command.args(["-db", "-q", "-f"]).arg(&file), address).await
}
