//! Which computer this is.

use std::path::Path;

use leanspec_shared::hash::ContentHash;

/// The operating system as it is announced: `linux`, `macos`, `windows`, …
pub const OS: &str = std::env::consts::OS;

/// Whether this system keeps one setting for all programs that says which proxy to ask.
pub const HAS_PROXY_SETTING: bool = cfg!(any(windows, target_os = "macos"));

/// The host's name; `unnamed` where it has none that is UTF-8.
#[must_use]
pub fn name() -> String {
    let name = gethostname::gethostname().to_string_lossy().trim().to_owned();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// The mark of this computer and this state folder: the hash of the operating system's machine id
/// and of the folder's inode (volume and file index on Windows).
///
/// It stays over restarts and differs on a cloned disk's host or for a copied folder. Where the
/// system tells no machine id (many containers), the host's name stands in for it.
#[must_use]
pub fn mark(state_folder: &Path) -> ContentHash {
    let machine = machine_uid::get().unwrap_or_else(|_| name());
    let folder = file_id::get_file_id(state_folder).map(|id| format!("{id:?}")).unwrap_or_default();
    ContentHash::of(format!("{machine}\0{folder}").as_bytes())
}
