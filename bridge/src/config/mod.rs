//! What the program is to do: flag > environment > config file > default, decided here and nowhere
//! else. Only this folder reads the environment.
//!
//! Flags and their variables arrive merged from [`crate::cli`]; the file's shape is in [`file`],
//! the rules for a relay's address in [`relay_url`], ways out of this network in [`way_out`].

pub mod file;
pub mod no_proxy;
pub mod places;
pub mod proxy;
pub mod relay_url;
pub mod trust;
pub mod way_out;

use std::path::{Path, PathBuf};

use leanspec_shared::limits::{FILE_MAX_BYTES, LABEL_MAX_BYTES};
use leanspec_shared::view::Permission;

use crate::cli::{Common, LogLevel};
use crate::config::file::{ConfigFile, ProjectTable};
use crate::config::proxy::InvalidProxy;
use crate::config::relay_url::{InvalidRelayUrl, RelayUrl};
use crate::config::trust::Trust;
use crate::config::way_out::{Proxy, ProxyVariables, WayOut};
use crate::exit::{Exit, Failure};
use crate::platform::host;

/// Everything a command needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The relay, when flag, environment or file name one; `login` remembers another.
    pub relay: Option<RelayUrl>,
    /// Whether `http://` to a host that is not this one is allowed.
    pub allow_cleartext: bool,
    /// This machine's name.
    pub name: String,
    /// The state folder.
    pub state: PathBuf,
    /// Where the config file is, or would be.
    pub config: PathBuf,
    /// Whether it is there.
    pub config_found: bool,
    /// The projects that were named; empty = look in the current folder.
    pub projects: Vec<ProjectEntry>,
    /// Files larger than this are not sent, in bytes.
    pub file_max_bytes: u64,
    /// Whether temporary names are kept out of `git status` by a line in the repository's
    /// `info/exclude`.
    pub git_exclude: bool,
    /// The key in `LEANSPEC_BRIDGE_KEY`, which stands above the stored one.
    pub key: Option<String>,
    /// The way out, if it was said here.
    pub proxy: Option<Proxy>,
    /// The way out that the environment of many programs names.
    pub proxy_variables: ProxyVariables,
    /// Whom to trust beside the platform's certificates.
    pub trust: Trust,
    /// How much is said on standard error.
    pub log_level: LogLevel,
}

/// What stands between this machine and a relay, as far as it is set.
#[derive(Debug, Clone)]
pub struct Network {
    /// The way out.
    pub way: WayOut,
    /// Whom to trust.
    pub trust: Trust,
}

/// One project that the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectEntry {
    /// Its folder, absolute.
    pub dir: PathBuf,
    /// What the user says its name is.
    pub name: Option<String>,
    /// What the user says its key is.
    pub key: Option<String>,
    /// What the user says its specs folder is, relative to `dir`.
    pub specs_dir: Option<String>,
    /// Globs of files that are not sent.
    pub ignore: Vec<String>,
    /// What a remote user may do.
    pub allow: Vec<Permission>,
}

impl ProjectEntry {
    /// A folder about which nothing more was said.
    #[must_use]
    pub fn bare(dir: PathBuf) -> Self {
        Self {
            dir,
            name: None,
            key: None,
            specs_dir: None,
            ignore: Vec::new(),
            allow: vec![Permission::Frontmatter, Permission::Tasks],
        }
    }

    fn from_table(table: ProjectTable, base: &Path) -> Result<Self, ConfigError> {
        let bare = Self::bare(base.join(&table.dir));
        let allow = match table.allow {
            None => bare.allow,
            Some(words) => words.into_iter().map(permission).collect::<Result<_, _>>()?,
        };
        Ok(Self {
            dir: bare.dir,
            name: table.name,
            key: table.key,
            specs_dir: table.specs_dir,
            ignore: table.ignore,
            allow,
        })
    }
}

/// Why the settings are not usable. Each message says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the config {path}: {error}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file was named by flag or environment and is not there.
    #[error("there is no config at {0}: check --config, or write one with `leanspec-bridge init`")]
    Missing(PathBuf),
    /// The file is not what it should be; the message names the line.
    #[error("the config {path} is not valid: {error}")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// What toml says, with line and column.
        error: Box<toml::de::Error>,
    },
    /// A word in `allow`.
    #[error("`allow` knows \"frontmatter\", \"tasks\", \"content\" and \"create\", not \"{0}\"")]
    Permission(String),
    /// The relay's address.
    #[error(transparent)]
    Relay(#[from] InvalidRelayUrl),
    /// The address of a proxy.
    #[error("{0} {1}")]
    Proxy(&'static str, InvalidProxy),
    /// A file of certificates.
    #[error("the certificates in {path} (ca_file) cannot be used: {reason}")]
    CaFile {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A name that is empty or longer than a relay keeps.
    #[error("a machine's name has 1 to {LABEL_MAX_BYTES} bytes")]
    Name,
    /// Home folder unknown.
    #[error("this account has no home folder: say where with --state DIR and --config FILE")]
    NoHome,
    /// The working folder is gone or may not be read.
    #[error("cannot tell the current folder ({0}): name the project with --project DIR")]
    NoCurrentFolder(std::io::Error),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Usage, error.to_string())
    }
}

impl Settings {
    /// Decides every setting.
    ///
    /// # Errors
    /// When a value or the file is not usable.
    pub fn load(common: &Common) -> Result<Self, ConfigError> {
        let here = std::env::current_dir().map_err(ConfigError::NoCurrentFolder)?;
        let config = match &common.config {
            Some(path) => here.join(path),
            None => places::config_file()?,
        };
        let found = ConfigFile::read(&config)?;
        if found.is_none() && common.config.is_some() {
            return Err(ConfigError::Missing(config));
        }
        let environment = Environment {
            projects: std::env::var_os("LEANSPEC_BRIDGE_PROJECT")
                .map(|list| std::env::split_paths(&list).collect())
                .unwrap_or_default(),
            key: environment_key(),
            proxy: std::env::var("LEANSPEC_BRIDGE_PROXY").ok(),
            proxy_variables: ProxyVariables::of_this_process(),
        };
        Self::decide(common, environment, found, config, &here)
    }

    fn decide(
        common: &Common,
        environment: Environment,
        found: Option<ConfigFile>,
        config: PathBuf,
        here: &Path,
    ) -> Result<Self, ConfigError> {
        let config_found = found.is_some();
        let file = found.unwrap_or_default();
        let base = config.parent().unwrap_or(here).to_owned();
        let relay = common.relay.as_ref().or(file.relay.as_ref());
        let relay = relay.map(|text| RelayUrl::parse(text)).transpose()?;
        let name = common.name.clone().or(file.name).unwrap_or_else(host::name);
        let name = name.trim().to_owned();
        if name.is_empty() || name.len() > LABEL_MAX_BYTES {
            return Err(ConfigError::Name);
        }
        let state = match (&common.state, file.state) {
            (Some(dir), _) => here.join(dir),
            (None, Some(dir)) => base.join(dir),
            (None, None) => places::state_folder()?,
        };
        let proxy = proxy(common, environment.proxy.as_deref(), file.proxy.as_deref())?;
        let trust = match &common.ca_file[..] {
            [] => Trust::read(&Vec::from(file.ca_file), &base)?,
            files => Trust::read(files, here)?,
        };
        let named =
            if common.project.is_empty() { environment.projects } else { common.project.clone() };
        let tables = file.project.into_iter().map(|table| ProjectEntry::from_table(table, &base));
        let projects = choose(named, tables.collect::<Result<_, _>>()?, here);
        Ok(Self {
            relay,
            allow_cleartext: file.allow_cleartext,
            name,
            state,
            config,
            config_found,
            projects,
            file_max_bytes: file.file_max_bytes.unwrap_or(FILE_MAX_BYTES).min(FILE_MAX_BYTES),
            git_exclude: file.git_exclude.unwrap_or(true),
            key: environment.key,
            proxy,
            proxy_variables: environment.proxy_variables,
            trust,
            log_level: common.log_level.or(file.log_level).unwrap_or(LogLevel::Info),
        })
    }

    /// What stands between this machine and a relay.
    ///
    /// # Errors
    /// When a variable of the environment holds no proxy's address.
    pub fn network(&self, relay: &RelayUrl) -> Result<Network, ConfigError> {
        let way = self.proxy_variables.way_to(relay, self.proxy.as_ref());
        let way = way.map_err(|(name, invalid)| ConfigError::Proxy(name, invalid))?;
        Ok(Network { way, trust: self.trust.clone() })
    }
}

/// What only the environment says.
#[derive(Debug, Default)]
struct Environment {
    projects: Vec<PathBuf>,
    key: Option<String>,
    /// Tells the flag, which every user of the machine can read, from its variable.
    proxy: Option<String>,
    proxy_variables: ProxyVariables,
}

/// The proxy of flag, variable or file.
fn proxy(
    common: &Common,
    variable: Option<&str>,
    file: Option<&str>,
) -> Result<Option<Proxy>, ConfigError> {
    let Some(text) = common.proxy.as_deref().or(file) else { return Ok(None) };
    let shown = common.proxy.is_some() && common.proxy.as_deref() != variable;
    let source = if shown { "--proxy" } else { "`proxy`" };
    let wrong = |invalid| ConfigError::Proxy(source, invalid);
    let proxy = Proxy::parse(text).map_err(wrong)?;
    if shown { proxy.permit_shown().map(Some).map_err(wrong) } else { Ok(Some(proxy)) }
}

/// The key in `LEANSPEC_BRIDGE_KEY`; empty counts as absent.
#[must_use]
pub fn environment_key() -> Option<String> {
    std::env::var("LEANSPEC_BRIDGE_KEY")
        .ok()
        .map(|key| key.trim().to_owned())
        .filter(|key| !key.is_empty())
}

fn permission(word: String) -> Result<Permission, ConfigError> {
    match Permission::from(word) {
        Permission::Other(word) => Err(ConfigError::Permission(word.into())),
        known => Ok(known),
    }
}

/// The folders named by flag or environment, else those of the file. A named folder that the file
/// knows too keeps what the file says about it.
fn choose(named: Vec<PathBuf>, tables: Vec<ProjectEntry>, here: &Path) -> Vec<ProjectEntry> {
    if named.is_empty() {
        return tables;
    }
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let entry = |dir: PathBuf| {
        let dir = here.join(dir);
        let known = tables.iter().find(|table| real(&table.dir) == real(&dir));
        known.cloned().unwrap_or_else(|| ProjectEntry::bare(dir))
    };
    named.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(
        common: &Common,
        environment: Environment,
        text: &str,
    ) -> Result<Settings, ConfigError> {
        let file = ConfigFile::parse(text, Path::new("/conf/config.toml"))?;
        Settings::decide(
            common,
            environment,
            Some(file),
            "/conf/config.toml".into(),
            Path::new("/here"),
        )
    }

    const FILE: &str = r#"
        relay = "https://file.example.org"
        name = "From the file"
        state = "state"
        [[project]]
        dir = "app"
        name = "App"
        allow = []
    "#;

    #[test]
    fn a_flag_stands_above_the_file_and_the_file_above_the_default() {
        let common = Common {
            relay: Some("https://flag.example.org".into()),
            state: Some("given".into()),
            ..Common::default()
        };
        let flagged = decide(&common, Environment::default(), FILE).expect("valid");
        assert_eq!(flagged.relay.expect("given").as_str(), "https://flag.example.org");
        assert_eq!((flagged.name.as_str(), flagged.state), ("From the file", "/here/given".into()));
        let filed = decide(&Common::default(), Environment::default(), FILE).expect("valid");
        assert_eq!(filed.relay.expect("given").as_str(), "https://file.example.org");
        assert_eq!(filed.state, Path::new("/conf/state"));
        assert_eq!(filed.file_max_bytes, FILE_MAX_BYTES);
    }

    #[test]
    fn named_projects_stand_above_those_of_the_file_and_keep_what_it_says_of_them() {
        let filed = decide(&Common::default(), Environment::default(), FILE).expect("valid");
        assert_eq!(filed.projects[0].dir, Path::new("/conf/app"));
        assert_eq!(filed.projects[0].allow, []);
        let environment =
            || Environment { projects: vec!["other".into()], ..Environment::default() };
        let named = decide(&Common::default(), environment(), FILE).expect("valid");
        assert_eq!(named.projects, [ProjectEntry::bare("/here/other".into())]);
        let common = Common { project: vec!["/conf/app".into()], ..Common::default() };
        let flagged = decide(&common, environment(), FILE).expect("valid");
        assert_eq!(flagged.projects[0].name.as_deref(), Some("App"));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_its_line() {
        let error =
            decide(&Common::default(), Environment::default(), "name = \"a\"\nrelais = \"x\"\n");
        let message = error.expect_err("refused").to_string();
        assert!(message.contains("line 2") && message.contains("relais"), "{message}");
    }

    #[test]
    fn an_unknown_permission_is_an_error_and_not_ignored() {
        let text = "[[project]]\ndir = \"a\"\nallow = [\"everything\"]\n";
        let error = decide(&Common::default(), Environment::default(), text).expect_err("refused");
        assert!(error.to_string().contains("everything"));
    }
}
