//! What the last `serve` knew of its addresses, written down for the commands beside it: a link that
//! is printed there must not name another port.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;

/// How browsers reach the relay.
const PUBLIC_URL_FILE: &str = "public-url";
/// Where it listens.
const LISTEN_FILE: &str = "listen";

/// Writes it down for the commands beside the running relay.
pub(super) fn remember(folder: &Path, url: &str, listen: SocketAddr) -> anyhow::Result<()> {
    for (name, text) in [(PUBLIC_URL_FILE, url), (LISTEN_FILE, &listen.to_string())] {
        let file = folder.join(name);
        std::fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(())
}

/// How browsers reached the last relay; `None` when none ever ran.
pub(super) fn public_url(folder: &Path) -> Option<String> {
    read(folder, PUBLIC_URL_FILE)
}

/// Where the last relay listened; `None` when none ever ran.
pub(super) fn listen(folder: &Path) -> Option<SocketAddr> {
    read(folder, LISTEN_FILE)?.parse().ok()
}

fn read(folder: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(name)).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
