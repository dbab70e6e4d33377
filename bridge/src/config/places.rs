//! The platform's usual places for config and state.

use std::path::PathBuf;

use directories::ProjectDirs;

use crate::config::ConfigError;

fn dirs() -> Result<ProjectDirs, ConfigError> {
    ProjectDirs::from("", "", "leanspec-bridge").ok_or(ConfigError::NoHome)
}

/// `~/.config/leanspec-bridge/config.toml` on Linux, the matching places elsewhere.
///
/// # Errors
/// When the account has no home folder.
pub fn config_file() -> Result<PathBuf, ConfigError> {
    Ok(dirs()?.config_dir().join("config.toml"))
}

/// `~/.local/state/leanspec-bridge` on Linux; elsewhere `state` in the folder for data that does
/// not roam to other machines: two machines must never share it.
///
/// # Errors
/// When the account has no home folder.
pub fn state_folder() -> Result<PathBuf, ConfigError> {
    let dirs = dirs()?;
    let folder = dirs.state_dir().map(PathBuf::from);
    Ok(folder.unwrap_or_else(|| dirs.data_local_dir().join("state")))
}

/// The account's home folder.
#[must_use]
pub fn home() -> Option<PathBuf> {
    Some(directories::BaseDirs::new()?.home_dir().to_owned())
}
