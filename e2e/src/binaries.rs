//! Where the programs under test are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The two programs.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// `leanspec-relay`.
    pub relay: PathBuf,
    /// `leanspec-bridge`.
    pub bridge: PathBuf,
}

impl Binaries {
    /// Those that stand beside the running test or benchmark in the target folder.
    ///
    /// # Errors
    /// When they are not built; the message names the command.
    pub fn beside_this_program() -> Result<Self> {
        let program = std::env::current_exe().context("finding this program")?;
        // A test stands in `<profile>/deps`, a binary in `<profile>`.
        let folder = program
            .ancestors()
            .skip(1)
            .find(|folder| folder.file_name().is_some_and(|name| name != "deps"))
            .context("this program stands in no folder")?;
        Self::in_folder(folder)
    }

    /// Those in one folder.
    ///
    /// # Errors
    /// When they are not there; the message names the command that builds them.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let program = |name: &str| {
            let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
            ensure!(
                path.is_file(),
                "{} is not built: run `cargo build --workspace`",
                path.display()
            );
            Ok(path)
        };
        Ok(Self { relay: program("leanspec-relay")?, bridge: program("leanspec-bridge")? })
    }
}
