//! What stands between bridge and relay on real networks: the programs that companies and homes
//! run, started on free ports with a configuration of their own, and two small ones of ours for
//! what no program does on demand.

pub mod authority;
pub mod breaks_http2;
pub mod cntlm;
pub mod haproxy;
pub mod hold;
pub mod hole;
pub mod late;
pub mod mitmproxy;
pub mod nginx;
pub mod privoxy;
pub mod socks;
pub mod squid;
pub mod tinyproxy;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::process::Process;
use crate::wait;

/// A running program that listens; killed when dropped.
pub struct Middlebox {
    /// The process.
    pub process: Process,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Middlebox {
    /// Starts a program that will listen at an address, and waits until it does.
    ///
    /// # Errors
    /// When it cannot be started, or ends instead; what it said is in the message.
    pub async fn start(
        name: &'static str,
        command: &mut Command,
        address: SocketAddr,
    ) -> Result<Self> {
        let process = Process::start(name, command)
            .with_context(|| format!("{name} is needed: `cargo xtask test` installs it"))?;
        wait::until(|| async { Ok(TcpStream::connect(address).await.map(drop)?) })
            .await
            .with_context(|| format!("{name}: {}", process.said()))?;
        Ok(Self { process, address })
    }
}

/// A port of the loopback that was free a moment ago: none of these programs chooses its own.
///
/// # Errors
/// When there is none.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A folder that a program can read after it has given up being root.
///
/// # Errors
/// When it cannot be made.
pub fn shared_folder(parent: &Path, name: &str) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let folder = parent.join(name);
    fs::create_dir_all(&folder)?;
    for folder in [parent, &folder] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    Ok(folder)
}

/// Runs a program to its end.
///
/// # Errors
/// When it fails; with what it said.
pub async fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output().await;
    let output = output.with_context(|| format!("starting {program}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {arguments:?}: {said}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
