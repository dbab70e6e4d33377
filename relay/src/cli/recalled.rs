//! Where browsers reach the relay, as the last `serve` knew it: a link that is printed beside a running
//! relay must not name another port.

use std::path::Path;

use anyhow::Context;

const FILE: &str = "public-url";

/// Writes it down for the commands beside the running relay.
pub(super) fn remember(folder: &Path, url: &str) -> anyhow::Result<()> {
    let file = folder.join(FILE);
    std::fs::write(&file, url).with_context(|| format!("writing {}", file.display()))
}

/// What the last `serve` wrote down; `None` when none ever ran.
pub(super) fn recall(folder: &Path) -> Option<String> {
    let url = std::fs::read_to_string(folder.join(FILE)).ok()?;
    Some(url.trim().to_owned()).filter(|url| !url.is_empty())
}
