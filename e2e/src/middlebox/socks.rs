//! microsocks, a SOCKS5 proxy that wants a name and a password.

use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::{Middlebox, free_address, shared_folder};

/// Starts it.
///
/// # Errors
/// When it does not come up.
pub async fn start(parent: &Path, name: &str, password: &str) -> Result<Middlebox> {
    let address = free_address()?;
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let mut command = Command::new("microsocks");
    command.args(["-i", &host, "-p", &port, "-u", name, "-P", password]);
    command.current_dir(shared_folder(parent, "socks")?);
    Middlebox::start("microsocks", &mut command, address).await
}
