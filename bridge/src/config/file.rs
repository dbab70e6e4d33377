//! The config file: its shape, reading and the text that `init` writes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::LogLevel;
use crate::config::ConfigError;

/// The file as it is written. An unknown key is an error: a misspelt setting that is passed over
/// in silence is worse than none.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// See `--relay`.
    pub relay: Option<String>,
    /// See `--name`.
    pub name: Option<String>,
    /// See `--state`.
    pub state: Option<PathBuf>,
    /// See `--log-level`.
    pub log_level: Option<LogLevel>,
    /// Allows `http://` to a host that is not this one.
    pub allow_cleartext: bool,
    /// See `--proxy`.
    pub proxy: Option<String>,
    /// Certificate authorities to trust beside the platform's; relative to the config file.
    pub ca_file: OneOrMany,
    /// Files larger than this are not sent, in bytes.
    pub file_max_bytes: Option<u64>,
    /// Whether a line in the repository's `info/exclude` keeps temporary names out of `git status`.
    pub git_exclude: Option<bool>,
    /// The projects.
    pub project: Vec<ProjectTable>,
}

/// `ca_file = "a.pem"` or `ca_file = ["a.pem", "b.pem"]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One path.
    One(PathBuf),
    /// Any number.
    Many(Vec<PathBuf>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl From<OneOrMany> for Vec<PathBuf> {
    fn from(paths: OneOrMany) -> Self {
        match paths {
            OneOrMany::One(path) => vec![path],
            OneOrMany::Many(paths) => paths,
        }
    }
}

/// One `[[project]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectTable {
    /// Its folder; relative to the config file.
    pub dir: PathBuf,
    /// Its name for people.
    pub name: Option<String>,
    /// What makes it the same project on every machine.
    pub key: Option<String>,
    /// Its specs folder, relative to `dir`.
    pub specs_dir: Option<String>,
    /// Globs of files that are not sent, relative to the specs folder.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// What a remote user may do.
    pub allow: Option<Vec<String>>,
}

impl ConfigFile {
    /// Reads the file; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read or is not valid.
    pub fn read(path: &Path) -> Result<Option<Self>, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ConfigError::Unreadable { path: path.to_owned(), error }),
        }
    }

    /// Parses the file's text; `path` is for the message.
    ///
    /// # Errors
    /// When it is not valid.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text)
            .map_err(|error| ConfigError::Malformed { path: path.to_owned(), error: error.into() })
    }
}

/// The text that `init` writes: what is known, and every other setting as a comment.
#[must_use]
pub fn template(relay: Option<&str>, name: &str, projects: &[PathBuf]) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let relay = relay.map_or_else(
        || "# relay = \"https://relay.example.org\"".to_owned(),
        |url| format!("relay = {}", quoted(url)),
    );
    let mut text = format!(
        "# leanspec-bridge; flags and LEANSPEC_BRIDGE_… variables stand above this file.\n\n\
         {relay}\nname = {name}\n\
         # http:// to another host sends specs and the key readable by everybody on the way:\n\
         # allow_cleartext = false\n\
         # Files larger than this are not sent, in bytes (1 MiB at most):\n\
         # file_max_bytes = 1048576\n\
         # One line in .git/info/exclude keeps temporary names out of `git status`:\n\
         # git_exclude = true\n\
         # The way out of this network, and whom to trust beside the platform's certificates:\n\
         # proxy = \"http://proxy.example.org:8080\"\n\
         # ca_file = [\"company-ca.pem\"]\n",
        name = quoted(name),
    );
    for dir in projects {
        text += &format!(
            "\n[[project]]\ndir = {dir}\n\
             # name = \"…\"  key = \"…\"  specs_dir = \"specs\"  ignore = [\"drafts/**\"]\n\
             # What a remote user may do: \"frontmatter\", \"tasks\", \"content\", \"create\".\n\
             allow = [\"frontmatter\", \"tasks\"]\n",
            dir = quoted(&dir.to_string_lossy()),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_init_writes_can_be_read_back() {
        let dirs = [PathBuf::from("/home/me/a \"b\""), PathBuf::from("/x")];
        for relay in [None, Some("https://relay.example.org")] {
            let text = template(relay, "Ann's \\ Mac", &dirs);
            let file = ConfigFile::parse(&text, Path::new("c")).expect("valid");
            assert_eq!(
                (file.relay.as_deref(), file.name.as_deref()),
                (relay, Some("Ann's \\ Mac"))
            );
            assert_eq!(file.project.len(), 2);
            assert_eq!(file.project[0].dir, dirs[0]);
        }
    }

    #[test]
    fn no_file_is_not_an_error() {
        let empty = tempfile::tempdir().expect("a folder");
        let read = ConfigFile::read(&empty.path().join("config.toml")).expect("no error");
        assert!(read.is_none());
    }
}
