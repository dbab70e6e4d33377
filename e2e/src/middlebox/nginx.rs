//! nginx in front of a relay, as operators run it.

use std::fs;
use std::net::SocketAddr;
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
    let address = free_address()?;
    let folder = shared_folder(parent, &format!("nginx-{}", address.port()))?;
    let listen = match tls {
        Some(authority) => format!(
            "listen {address} ssl http2; ssl_certificate {0}/server.pem; \
             ssl_certificate_key {0}/server.key;",
            authority.folder.display()
        ),
        None => format!("listen {address};"),
    };
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
