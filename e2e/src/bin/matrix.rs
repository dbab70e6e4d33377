//! The matrix of networks: `all` drives every row and prints the table, `row` drives one.

#![expect(clippy::print_stdout, reason = "a command-line tool answers on standard output")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use e2e::matrix::apart::apart;
use e2e::matrix::drive::{Effort, drive};
use e2e::matrix::outcome::Outcome;
use e2e::matrix::rows::{self, ROWS, Row};
use e2e::matrix::table;
use e2e::world;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[derive(Parser)]
#[command(about = "Bridge and relay through everything that stands between them")]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Drive every row, each in a process of its own, and print the table.
    All {
        #[command(flatten)]
        amount: Amount,
        /// Only rows whose names hold one of these, separated by commas.
        #[arg(long, value_name = "TEXT,…", value_delimiter = ',')]
        rows: Vec<String>,
        /// How many rows at once.
        #[arg(long, default_value_t = 4)]
        at_once: usize,
        /// Write the figures as JSON too.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// Drive one row and print its figures as JSON. One with a line wants a network of its own.
    Row {
        /// Its name.
        name: String,
        #[command(flatten)]
        amount: Amount,
    },
}

#[derive(Args, Clone, Copy)]
struct Amount {
    /// Saves on a working way.
    #[arg(long, default_value_t = 15)]
    saves: usize,
    /// Commands on a working way, at most 8.
    #[arg(long, default_value_t = 5)]
    commands: usize,
    /// Cuts of the way, at most 5.
    #[arg(long, default_value_t = 3)]
    cuts: usize,
    /// Seconds in which nothing happens.
    #[arg(long, default_value_t = 90)]
    idle: u64,
}

impl Amount {
    fn effort(self) -> Effort {
        let Self { saves, commands, cuts, idle } = self;
        Effort { saves, commands, cuts, idle: Duration::from_secs(idle) }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().what {
        What::All { amount, rows, at_once, json } => all(amount, &rows, at_once, json).await,
        What::Row { name, amount } => one(&name, amount).await.map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn one(name: &str, amount: Amount) -> Result<()> {
    let row = rows::named(name).with_context(|| format!("there is no row {name:?}"))?;
    world::raise_loopback().await?;
    let outcome = drive(row, amount.effort()).await?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}

/// Whether all that is promised holds.
async fn all(
    amount: Amount,
    wanted: &[String],
    at_once: usize,
    json: Option<PathBuf>,
) -> Result<bool> {
    let is_wanted = |row: &&&Row| {
        wanted.is_empty() || wanted.iter().any(|text| row.name.contains(text.as_str()))
    };
    let chosen: Vec<&'static Row> = ROWS.iter().filter(|row| is_wanted(&row)).collect();
    let turns = Arc::new(Semaphore::new(at_once.max(1)));
    let mut running = JoinSet::new();
    for (at, row) in chosen.iter().copied().enumerate() {
        let turns = Arc::clone(&turns);
        running.spawn(async move {
            let _turn = turns.acquire().await;
            let outcome = match std::env::current_exe() {
                Ok(program) => apart(&program, row, amount.effort()).await,
                Err(error) => Err(error.into()),
            };
            let outcome = outcome.unwrap_or_else(|error| Outcome::failed(row.name, &error));
            let said = if outcome.failure.is_empty() { "done" } else { &outcome.failure };
            eprintln!("{}: {said}", row.name);
            (at, outcome)
        });
    }
    let mut outcomes = running.join_all().await;
    outcomes.sort_by_key(|(at, _)| *at);
    let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    if let Some(file) = json {
        std::fs::write(file, serde_json::to_string_pretty(&outcomes)?)?;
    }
    println!("{}", table::markdown(&outcomes));
    Ok(table::goals(&outcomes).iter().all(|goal| goal.holds))
}
