//! tinyproxy, the small proxy of routers and containers.

use std::fs;
use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::{Middlebox, free_address, shared_folder};

/// Starts it as it is installed, for everybody on this computer.
///
/// # Errors
/// When it does not come up.
pub async fn start(parent: &Path) -> Result<Middlebox> {
    let address = free_address()?;
    let folder = shared_folder(parent, "tinyproxy")?;
    let file = folder.join("tinyproxy.conf");
    let (host, port) = (address.ip(), address.port());
    fs::write(&file, format!("Listen {host}\nPort {port}\nTimeout 600\nAllow {host}\n"))?;
    let mut command = Command::new("tinyproxy");
    Middlebox::start("tinyproxy", command.arg("-d").arg("-c").arg(&file), address).await
}
