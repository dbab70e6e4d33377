//! Over lines that lose, slow down, cut and forget: rows of the matrix, with less of each step, in
//! networks that are made of the kernel's namespaces. In each, all that was saved arrives and each
//! command is applied once.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::matrix::apart::apart;
use e2e::matrix::drive::Effort;
use e2e::matrix::rows;

const PROGRAM: &str = env!("CARGO_BIN_EXE_matrix");

async fn holds(row: &str) -> Result<()> {
    let row = rows::named(row).with_context(|| format!("no row is named {row:?}"))?;
    let effort = Effort { saves: 3, commands: 2, cuts: 1, idle: Duration::ZERO };
    let outcome = apart(Path::new(PROGRAM), row, effort).await?;
    ensure!(outcome.failure.is_empty() && outcome.recovered_ms.len() == 1, "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_tenth_of_all_packets_may_be_lost() -> Result<()> {
    holds("10 % loss, black-outs of 3 s").await
}

#[tokio::test]
async fn a_line_may_carry_64_kilobit_a_second() -> Result<()> {
    holds("64 kbit/s, black-outs of 3 s").await
}

#[tokio::test]
async fn a_line_may_fall_silent_for_fifteen_seconds() -> Result<()> {
    holds("black-outs of 15 s").await
}

#[tokio::test]
async fn connections_may_be_forgotten_in_silence() -> Result<()> {
    holds("connections forgotten in silence").await
}

#[tokio::test]
async fn connections_may_be_forgotten_while_nothing_is_saved() -> Result<()> {
    holds("the same while nothing is saved").await
}

#[tokio::test]
async fn everything_may_be_answered_with_resets() -> Result<()> {
    holds("resets").await
}

#[tokio::test]
async fn a_computer_may_move_to_another_network() -> Result<()> {
    holds("another network, another address").await
}
