//! The command line: flags win over `LEANSPEC_RELAY_*`, which win over the defaults. The only reader
//! of the environment.

mod doctor;
mod keys;
mod recalled;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use directories::ProjectDirs;
use leanspec_shared::view::Scope;

use crate::router;

/// Keeps what is on each of your machines and fans it out, live.
#[derive(Debug, Parser)]
#[command(name = "leanspec-relay", version, about)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where the data is.
#[derive(Debug, Args)]
struct Place {
    /// The folder of the databases [default: the platform's place for a program's data]
    #[arg(long, value_name = "DIR", env = "LEANSPEC_RELAY_DATA", global = true)]
    data: Option<PathBuf>,
    /// How browsers reach the relay [default: what the last `serve` said, or where it listened]
    #[arg(long, value_name = "URL", env = "LEANSPEC_RELAY_PUBLIC_URL", global = true)]
    public_url: Option<String>,
}

impl Place {
    fn folder(&self) -> anyhow::Result<PathBuf> {
        let usual = || Some(ProjectDirs::from("", "", "leanspec-relay")?.data_dir().to_owned());
        self.data.clone().or_else(usual).ok_or_else(|| {
            anyhow::anyhow!("this system has no usual place for data: say where with --data DIR")
        })
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the relay
    Serve(serve::ServeArgs),
    /// Make, list and revoke keys; works beside a running relay
    #[command(subcommand)]
    Key(keys::KeyCommand),
    /// Print a new sign-in link, good once and for ten minutes
    Link(keys::LinkArgs),
    /// Look into the relay's settings and what stands in front of it, and say what to do
    Doctor(doctor::DoctorArgs),
    /// Print the OpenAPI document of the relay's calls
    Openapi,
}

/// The scopes as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ScopeArg {
    /// Speak for one machine
    Bridge,
    /// Read
    View,
    /// Read, and send edits to machines
    Edit,
    /// Everything, keys included
    Admin,
}

impl From<ScopeArg> for Scope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::Bridge => Self::Bridge,
            ScopeArg::View => Self::View,
            ScopeArg::Edit => Self::Edit,
            ScopeArg::Admin => Self::Admin,
        }
    }
}

/// Runs the program: 0 done, 1 failed, 2 the command line is wrong; `doctor` has more.
#[must_use]
pub fn run() -> ExitCode {
    // Ends by itself with 2, or with 0 after `--help`.
    let cli = Cli::parse();
    let done = |()| ExitCode::SUCCESS;
    let ended = match &cli.command {
        Command::Serve(args) => serve::run(&cli.place, args).map(done),
        Command::Key(command) => keys::run(&cli.place, command).map(done),
        Command::Link(args) => keys::link(&cli.place, args).map(done),
        Command::Doctor(args) => doctor::run(&cli.place, args),
        Command::Openapi => openapi().map(done),
    };
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("leanspec-relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints to standard output; a reader that has gone is no failure.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::{ErrorKind, Write};
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn openapi() -> anyhow::Result<()> {
    print(&router::document().to_pretty_json()?)
}
