//! The whole matrix of networks: installs what it needs, builds, lets `matrix` of the crate `e2e`
//! drive it, and puts its table into the documents.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::tools;
use crate::workspace::{Workspace, line, output};

/// Where the table stands.
const DOCUMENT: &str = "docs/NETWORKS.md";
const BEGIN: &str = "<!-- matrix: written by `cargo xtask networks` -->";
const END: &str = "<!-- end of matrix -->";

/// Options of `networks`.
#[derive(Args)]
pub(crate) struct Options {
    /// Only rows whose names hold one of these, separated by commas; the document stays as it is.
    #[arg(long, value_name = "TEXT,…", value_delimiter = ',')]
    rows: Vec<String>,
    /// Show the table and leave the document as it is.
    #[arg(long)]
    dry: bool,
    /// How many rows at once.
    #[arg(long, default_value_t = 4)]
    at_once: usize,
    /// Seconds of idling in each row.
    #[arg(long, default_value_t = 90)]
    idle: u64,
}

/// Drives the matrix and writes its table.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    tools::provide(|tool| tool.groups.contains(&"matrix"))?;
    workspace.build_programs()?;
    let mut matrix = Command::new(workspace.program("matrix"));
    matrix.arg("all").args(["--at-once", &options.at_once.to_string()]);
    matrix.args(["--idle", &options.idle.to_string()]);
    matrix.envs(tools::path().map(|path| ("PATH", path)));
    if !options.rows.is_empty() {
        matrix.args(["--rows", &options.rows.join(",")]);
    }
    let ended = matrix.stderr(Stdio::inherit()).output().with_context(|| line(&matrix))?;
    let table = String::from_utf8(ended.stdout).context("the table")?;
    println!("{table}");
    if options.rows.is_empty() && !options.dry && !table.is_empty() {
        let date = output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
        let file = workspace.path(DOCUMENT);
        let document = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        fs::write(&file, with_table(&document, date.trim(), &table)?)?;
        println!("{DOCUMENT} is written");
    }
    if !ended.status.success() {
        bail!("not everything holds: see the table");
    }
    Ok(())
}

/// The document with this table in the place of the one before.
fn with_table(document: &str, date: &str, table: &str) -> Result<String> {
    let (before, rest) = document.split_once(BEGIN).context("the document has no place for it")?;
    let (_, after) = rest.split_once(END).context("the place for the table has no end")?;
    Ok(format!("{before}{BEGIN}\n\nMeasured {date}.\n\n{}\n\n{END}{after}", table.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_takes_the_place_of_the_one_before() {
        let document = format!("# A\n{BEGIN}\nold\n{END}\n# B\n");
        let written = with_table(&document, "2026-01-15", "| new |\n").expect("written");
        let wanted = format!("# A\n{BEGIN}\n\nMeasured 2026-01-15.\n\n| new |\n\n{END}\n# B\n");
        assert_eq!(written, wanted);
        assert_eq!(with_table(&written, "2026-01-15", "| new |").expect("written"), wanted);
        assert!(with_table("# A\n", "2026-01-15", "x").is_err());
    }
}
