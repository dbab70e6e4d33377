//! mitmproxy, a proxy that opens TLS with an authority of its own and reads each answer to its end,
//! as scanners of content do.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tokio::process::Command;

use super::authority::Authority;
use super::{Middlebox, free_address, shared_folder};
use crate::wait;

/// Takes compression off what is sent, marks it, and lets streams through.
const REWRITES: &str = r#"
def request(flow):
    flow.request.decode(strict=False)
    flow.request.headers["X-Scanned"] = "yes"

def responseheaders(flow):
    kind = flow.response.headers.get("content-type", "")
    flow.response.stream = kind.startswith("text/event-stream")
    flow.response.headers["X-Scanned"] = "yes"
"#;

/// Starts it; it trusts the relay's authority. `rewrites` says whether it rewrites requests and lets
/// streams through, and does not only hold answers to their end. Gives its own authority's
/// certificate too.
///
/// # Errors
/// When it does not come up.
pub async fn start(
    parent: &Path,
    relays: &Authority,
    rewrites: bool,
) -> Result<(Middlebox, PathBuf)> {
    let address = free_address()?;
    let folder = shared_folder(parent, "mitmproxy")?;
    let mut command = Command::new("mitmdump");
    let host = address.ip().to_string();
    command.args(["-q", "--listen-host", &host, "--listen-port", &address.port().to_string()]);
    command.arg("--set").arg(format!("confdir={}", folder.display()));
    let trusted = relays.certificate.display();
    command.arg("--set").arg(format!("ssl_verify_upstream_trusted_ca={trusted}"));
    if rewrites {
        let script = folder.join("rewrites.py");
        fs::write(&script, REWRITES)?;
        command.arg("-s").arg(script);
    }
    let started = Middlebox::start("mitmproxy", &mut command, address).await?;
    let certificate = folder.join("mitmproxy-ca-cert.pem");
    wait::until(|| async {
        ensure!(certificate.is_file(), "mitmproxy has no authority yet");
        Ok(())
    })
    .await?;
    Ok((started, certificate))
}
