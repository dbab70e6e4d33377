//! The Rust tests: compiled by one call of cargo, then run one executable after the other.
//!
//! `cargo test -p …` for a part of them would select other features for shared dependencies and
//! compile them twice; cargo itself knows no groups.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::{Workspace, line};

/// A compiled test.
pub(super) struct Executable {
    /// Its crate.
    pub(super) package: String,
    /// The library, the program, or the file in `tests/`.
    pub(super) name: String,
    kind: String,
    program: PathBuf,
    /// Tests run in their crate's folder, as under cargo.
    folder: PathBuf,
}

impl Executable {
    /// Runs it.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // An error that a test gives back tells by its words; where a panic was is still said.
        command.current_dir(&self.folder).stdin(Stdio::null()).env("RUST_LIB_BACKTRACE", "0");
        command
    }

    /// Whether it is this file of `e2e/tests`.
    pub(super) fn is_e2e(&self, name: &str) -> bool {
        self.package == "e2e" && self.name == name
    }

    /// How one runs it alone.
    pub(super) fn alone(&self) -> String {
        let target = match self.kind.as_str() {
            "test" => format!("--test {}", self.name),
            "bin" => format!("--bin {}", self.name),
            _ => "--lib".to_owned(),
        };
        format!("cargo test -p {} {target}", self.package)
    }
}

/// How many tests passed and failed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Counted {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

impl Counted {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Compiles every test and every program of the workspace.
pub(super) fn build(workspace: &Workspace) -> Result<Vec<Executable>> {
    // Programs by name: cargo builds them for the integration tests of their own crate only.
    let mut all = workspace.cargo_build();
    all.args(["--lib", "--bins", "--tests", "--examples"]);
    // Separate, with the features that this program was just compiled with.
    let mut own = workspace.cargo(&["build", "--package", "xtask", "--tests"]);
    let mut executables = compile(&mut all)?;
    executables.extend(compile(&mut own)?);
    executables.sort_by(|a, b| (&a.package, &a.name).cmp(&(&b.package, &b.name)));
    Ok(executables)
}

fn compile(command: &mut Command) -> Result<Vec<Executable>> {
    command.arg("--message-format=json-render-diagnostics");
    let output = command.stderr(Stdio::inherit()).output().context("cargo")?;
    if !output.status.success() {
        bail!("{} failed ({})", line(command), output.status);
    }
    let messages = String::from_utf8(output.stdout).context("cargo's messages")?;
    Ok(messages.lines().filter_map(test_of).collect())
}

/// The test that one of cargo's messages is about, if it is about one.
fn test_of(message: &str) -> Option<Executable> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    Some(Executable {
        package: folder.file_name()?.to_str()?.to_owned(),
        name: text(&message["target"]["name"])?,
        kind: text(&message["target"]["kind"][0])?,
        program: text(&message["executable"])?.into(),
        folder,
    })
}

/// Runs tests, shows what they print, and counts what they sum up.
pub(super) fn run_counting(command: &mut Command, counted: &mut Counted) -> Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", line(command)))?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    for said in BufReader::new(stdout).lines() {
        let said = said.context("reading what the tests print")?;
        println!("{said}");
        if let Some(more) = count(&said) {
            counted.add(more);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// Reads libtest's closing line: `test result: ok. 3 passed; 0 failed; …`.
fn count(line: &str) -> Option<Counted> {
    let rest = line.strip_prefix("test result: ")?;
    let number = |word: &str| {
        let before = rest.split(word).next()?;
        before.rsplit(' ').next()?.parse().ok()
    };
    Some(Counted { passed: number(" passed")?, failed: number(" failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_a_test_program_is_counted() {
        let line =
            "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(count(line), Some(Counted { passed: 12, failed: 3 }));
        assert_eq!(count("test some::test ... ok"), None);
    }

    #[test]
    fn only_a_compiled_test_is_run() {
        let message = |test: bool| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/x/relay/Cargo.toml","target":{{"kind":["test"],"name":"feeds"}},"profile":{{"test":{test}}},"executable":"/t/feeds-1"}}"#
            )
        };
        assert!(test_of(&message(false)).is_none());
        let found = test_of(&message(true)).expect("a test");
        assert_eq!(found.alone(), "cargo test -p relay --test feeds");
    }
}
