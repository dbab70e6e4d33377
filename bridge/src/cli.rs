//! The command line: its shape, and the way from it to a command and an exit code.
//!
//! Every flag `--foo-bar` can be given as `LEANSPEC_BRIDGE_FOO_BAR`. What a missing flag means is
//! decided in [`crate::config`].

use std::io::Write;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::exit::{Exit, Failure};

/// Keeps a relay equal to the LeanSpec folders of this machine.
#[derive(Debug, Parser)]
#[command(name = "leanspec-bridge", version, about, arg_required_else_help = false)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub common: Common,
    /// What to do; without it the program says what it found here.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command understands.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// A project's folder, or its specs folder (repeatable; in LEANSPEC_BRIDGE_PROJECT separated
    /// as in PATH)
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Vec<PathBuf>,
    /// The relay's address, e.g. https://relay.example.org
    #[arg(long, global = true, value_name = "URL", env = "LEANSPEC_BRIDGE_RELAY")]
    pub relay: Option<String>,
    /// This machine's name [default: the host's name]
    #[arg(long, global = true, value_name = "NAME", env = "LEANSPEC_BRIDGE_NAME")]
    pub name: Option<String>,
    /// The state folder [default: the platform's usual place]
    #[arg(long, global = true, value_name = "DIR", env = "LEANSPEC_BRIDGE_STATE")]
    pub state: Option<PathBuf>,
    /// The config file [default: the platform's usual place]
    #[arg(long, global = true, value_name = "FILE", env = "LEANSPEC_BRIDGE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The way out of this network: http://host:port, socks5h://host:port, or none [default: what
    /// HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "LEANSPEC_BRIDGE_PROXY",
        hide_env_values = true
    )]
    pub proxy: Option<String>,
    /// A certificate authority to trust beside the platform's, as a PEM file (repeatable)
    #[arg(long, global = true, value_name = "FILE", env = "LEANSPEC_BRIDGE_CA_FILE")]
    pub ca_file: Vec<PathBuf>,
    /// How much is said on standard error
    #[arg(long, global = true, value_name = "LEVEL", env = "LEANSPEC_BRIDGE_LOG_LEVEL")]
    pub log_level: Option<LogLevel>,
}

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What needs a person.
    Error,
    /// What may need a person.
    Warn,
    /// One line for each event worth knowing.
    Info,
    /// Each push.
    Debug,
    /// Everything.
    Trace,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the projects and keep the relay equal to them
    Run(RunFlags),
    /// Make the relay equal to the projects, then end
    Sync(SyncFlags),
    /// Say how the running bridge is doing
    Status(StatusFlags),
    /// Say what was asked of this machine from elsewhere, what became of it, and what was preserved
    Log(LogFlags),
    /// Look into the way to the relay and into the projects' folders, and say what to do
    Doctor(DoctorFlags),
    /// Say which projects were found, and why
    Projects,
    /// Write the config file
    Init,
    /// Store the key for a relay (from a prompt, standard input, --key-file or
    /// LEANSPEC_BRIDGE_KEY; never from the command line)
    Login(LoginFlags),
    /// Forget the stored key
    Logout,
    /// Believe that the missing files of a halted project were deleted on purpose
    AcceptDeletes(AcceptDeletesFlags),
}

/// Flags of `run` and `sync` that settle who speaks for a machine.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct IdentityFlags {
    /// Become a machine of its own (a cloned disk, a copied state folder)
    #[arg(long, conflicts_with = "take_over", env = "LEANSPEC_BRIDGE_NEW_MACHINE",
        value_parser = FalseyValueParser::new())]
    pub new_machine: bool,
    /// Speak for this machine in the place of the computer that did so before
    #[arg(long, env = "LEANSPEC_BRIDGE_TAKE_OVER", value_parser = FalseyValueParser::new())]
    pub take_over: bool,
}

/// Flags of `run`.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct RunFlags {
    /// Who speaks for the machine.
    #[command(flatten)]
    pub identity: IdentityFlags,
}

/// Flags of `sync`.
#[derive(Debug, Clone, Copy, Args)]
pub struct SyncFlags {
    /// End as soon as relay and disk are equal (this is what `sync` does)
    #[arg(long, env = "LEANSPEC_BRIDGE_ONCE", value_parser = FalseyValueParser::new())]
    pub once: bool,
    /// Give up after this many seconds without the relay
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        env = "LEANSPEC_BRIDGE_GIVE_UP_AFTER"
    )]
    pub give_up_after: u64,
    /// Who speaks for the machine.
    #[command(flatten)]
    pub identity: IdentityFlags,
}

/// Flags of `status`.
#[derive(Debug, Clone, Copy, Args)]
pub struct StatusFlags {
    /// For programs
    #[arg(long, env = "LEANSPEC_BRIDGE_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,
}

/// Flags of `doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorFlags {
    /// For programs
    #[arg(long, env = "LEANSPEC_BRIDGE_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,
    /// Also find out how long a stream may be silent: seven minutes
    #[arg(long, env = "LEANSPEC_BRIDGE_LONG", value_parser = FalseyValueParser::new())]
    pub long: bool,
    /// Also write a file for whoever helps, without secrets
    #[arg(long, value_name = "FILE", env = "LEANSPEC_BRIDGE_BUNDLE")]
    pub bundle: Option<PathBuf>,
}

/// Flags of `log`.
#[derive(Debug, Clone, Copy, Args)]
pub struct LogFlags {
    /// For programs
    #[arg(long, env = "LEANSPEC_BRIDGE_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,
    /// How many commands, newest last
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 50,
        env = "LEANSPEC_BRIDGE_LINES"
    )]
    pub lines: usize,
}

/// Flags of `login`.
#[derive(Debug, Clone, Args)]
pub struct LoginFlags {
    /// A file that holds the key
    #[arg(long, value_name = "FILE", env = "LEANSPEC_BRIDGE_KEY_FILE")]
    pub key_file: Option<PathBuf>,
}

/// Flags of `accept-deletes`.
#[derive(Debug, Clone, Args)]
pub struct AcceptDeletesFlags {
    /// The project's id, name or folder, as `status` says it
    // An id of its own: `--project` has the usual one, and takes another type.
    #[arg(id = "which", value_name = "PROJECT")]
    pub project: String,
}

/// Runs the program with the process's arguments.
#[must_use]
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(shown) => {
            // Help and version are asked for and end well; everything else is a usage error.
            let exit = if shown.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = shown.print();
            return exit;
        }
    };
    match commands::run(&cli) {
        Ok(()) => Exit::Done,
        Err(Failure { exit, message }) => {
            let _ = writeln!(std::io::stderr(), "leanspec-bridge: {message}");
            exit
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    /// `--project` is the exception that proves the rule: its variable is a list, which
    /// [`crate::config`] takes apart.
    #[test]
    fn every_flag_can_be_given_in_the_environment() {
        let command = Cli::command();
        let own = command.get_arguments();
        let all = own.chain(command.get_subcommands().flat_map(clap::Command::get_arguments));
        for argument in all {
            let Some(long) = argument.get_long() else { continue };
            if matches!(long, "help" | "version" | "project") {
                continue;
            }
            let wanted = format!("LEANSPEC_BRIDGE_{}", long.to_uppercase().replace('-', "_"));
            assert_eq!(argument.get_env(), Some(wanted.as_ref()), "--{long}");
        }
    }
}
