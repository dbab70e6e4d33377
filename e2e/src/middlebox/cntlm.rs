//! cntlm, a helper on the user's own computer that speaks NTLM to a proxy.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::{Middlebox, free_address, shared_folder};

/// Starts it in front of `proxy`.
///
/// # Errors
/// When it does not come up.
pub async fn start(parent: &Path, proxy: SocketAddr) -> Result<Middlebox> {
    let address = free_address()?;
    let folder = shared_folder(parent, "cntlm")?;
    let file = folder.join("cntlm.conf");
    let account = "Username ann\nDomain EXAMPLE\nPassword secret\nAuth NTLM\n";
    fs::write(&file, format!("{account}Proxy {proxy}\nListen {address}\n"))?;
    let mut command = Command::new("cntlm");
    Middlebox::start("cntlm", command.arg("-f").arg("-c").arg(&file), address).await
}
