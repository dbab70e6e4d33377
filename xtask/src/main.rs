//! The project's own chores. Needs cargo, and node for what touches the UI; nothing else.
//!
//! Each chore is a file of its own: this one only says which there are.

#![expect(clippy::print_stdout, reason = "a command-line tool answers on standard output")]

mod codegen;
mod demo;
mod gates;
mod image;
mod networks;
mod readers;
mod test;
mod tidy;
mod tools;
mod ui;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// The project's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Start a relay and two machines over a sample project, and print the way in.
    Demo(demo::Options),
    /// Run every test, the one in a real browser included.
    Test(test::Options),
    /// Try every network that is known to be in the way, and write the table of `docs/NETWORKS.md`.
    Networks(networks::Options),
    /// Write pictures of every screen and state into `ui-static/screenshots`, and those that the
    /// documents show into `docs/images`.
    Screenshots,
    /// Build the UI into `ui-static/dist` when its sources have changed.
    Ui,
    /// Write `docs/openapi.json` and the UI's types from the Rust types of the wire.
    Codegen(codegen::Options),
    /// Check the structure: who may import what, sizes of files, places of things.
    Tidy,
    /// Try the build steps of the `Dockerfile` without Docker (takes minutes).
    Image,
}

fn main() -> ExitCode {
    let chore = Arguments::parse().chore;
    let done = Workspace::here().and_then(|workspace| match chore {
        Chore::Demo(options) => demo::run(&workspace, &options),
        Chore::Test(options) => test::run(&workspace, &options),
        Chore::Networks(options) => networks::run(&workspace, &options),
        Chore::Screenshots => gates::screenshots(&workspace),
        Chore::Ui => ui::build(&workspace),
        Chore::Codegen(options) => codegen::run(&workspace, &options),
        Chore::Tidy => tidy::run(&workspace),
        Chore::Image => image::run(&workspace),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
