//! Where things stand, and running the programs that do the work.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The checkout that this program was built from.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The one this program belongs to, whatever the current folder is.
    pub(crate) fn here() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has a parent")?;
        Ok(Self { root: root.to_owned() })
    }

    /// A place in it.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where `cargo build` leaves its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let program = self.root.join(target).join("debug").join(name);
        program.with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// Cargo, in the root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// npm, in the UI's package.
    pub(crate) fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.args(arguments).current_dir(self.path("ui-static"));
        command
    }

    /// A build of everything but this program, which runs: Windows could not replace it. Always the
    /// same selection, since cargo would otherwise compile dependencies again with other features.
    pub(crate) fn cargo_build(&self) -> Command {
        self.cargo(&["build", "--workspace", "--exclude", "xtask"])
    }

    /// Builds the programs that the demo starts.
    pub(crate) fn build_programs(&self) -> Result<()> {
        run(self.cargo_build().arg("--bins"))
    }

    /// The files that belong to the project: tracked, or new and not ignored; relative to the root.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = output(git.current_dir(&self.root))?;
        let mut files: Vec<String> =
            listed.split_terminator('\0').map(str::to_owned).filter(|f| self.is_file(f)).collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    fn is_file(&self, relative: &str) -> bool {
        self.path(relative).is_file()
    }
}

/// Runs a command whose output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| not_started(command))?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a command and gives its standard output; what it says on standard error comes with the
/// error when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| not_started(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}): {}", line(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("the output of {}", line(command)))
}

/// The command as one would type it, near enough for a message.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    match program.as_ref() {
        "npm" | "npm.cmd" | "node" => {
            format!(
                "{program} cannot be started: install Node.js 20.19 or newer, https://nodejs.org"
            )
        }
        _ => format!("{program} cannot be started: install it, or add it to PATH"),
    }
}
