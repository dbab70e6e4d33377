//! nginx in front of a relay, as operators run it.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::authority::Authority;
use super::{Middlebox, free_address, shared_folder};

/// What is usual in front of a program that streams.
pub const STREAMS: &str = "proxy_http_version 1.1; proxy_set_header Connection \"\";";
/// What it does without a word in its configuration, made worse: it asks in HTTP/1.0, whose answers
/// end with the connection, collects them, and does not listen to `X-Accel-Buffering`.
pub const HOLDS: &str = "proxy_ignore_headers X-Accel-Buffering;";

/// Where it listens, and in what.
#[derive(Debug, Clone, Copy)]
pub enum Listen<'a> {
    /// On a free port of the loopback, in the clear.
    Clear,
    /// The same in TLS, and offers HTTP/2.
    Tls(&'a Authority),
    /// In TLS, and offers HTTP/1.1 only.
    TlsHttp1(&'a Authority),
    /// In TLS with HTTP/2, on a free port of another address of this computer.
    TlsAt(&'a Authority, IpAddr),
}

/// Starts it in front of `relay`; `directives` stand in its one location.
///
/// # Errors
/// When it does not come up.
pub async fn start(
    parent: &Path,
    relay: SocketAddr,
    tls: Option<&Authority>,
    directives: &str,
) -> Result<Middlebox> {
    let listen = tls.map_or(Listen::Clear, Listen::Tls);
    start_listening(parent, relay, listen, directives).await
}

/// The same, and says where it listens.
///
/// # Errors
/// When it does not come up.
pub async fn start_listening(
    parent: &Path,
    relay: SocketAddr,
    listen: Listen<'_>,
    directives: &str,
) -> Result<Middlebox> {
    let mut address = free_address()?;
    let (authority, how) = match listen {
        Listen::Clear => (None, ""),
        Listen::TlsHttp1(authority) => (Some(authority), " ssl"),
        Listen::Tls(authority) => (Some(authority), " ssl http2"),
        Listen::TlsAt(authority, ip) => {
            address.set_ip(ip);
            (Some(authority), " ssl http2")
        }
    };
    let folder = shared_folder(parent, &format!("nginx-{}", address.port()))?;
    let certificate = authority.map_or_else(String::new, |authority| {
        let folder = authority.folder.display();
        format!("ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;")
    });
    let listen = format!("listen {address}{how}; {certificate}");
    let places: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|what| format!("{what}_temp_path {}/{what};\n", folder.display()))
        .collect();
    let configuration = format!(
        "daemon off; master_process off; pid {0}/pid; error_log stderr;\nevents {{}}\n\
         http {{ access_log off;\n{places}\
         server {{ {listen}\nlocation / {{ proxy_pass http://{relay}; {directives} }} }} }}\n",
        folder.display()
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration)?;
    let mut command = Command::new("nginx");
    Middlebox::start("nginx", command.arg("-p").arg(&folder).arg("-c").arg(&file), address).await
}
