//! Measures the shipped binaries as processes with their default settings, from outside.
//!
//! Every figure that depends on the machine stands beside one of the same run that does not depend
//! on us: quote the ratio. A table goes to the terminal, the same figures as JSON to `--json`.

mod browser;
mod burst;
mod edit_bytes;
mod figures;
mod idle;
mod initial;
mod latency;
mod loopback;
mod process;
mod queue;
mod roundtrip;
mod size;
mod specs;
mod stand;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use figures::Report;

#[derive(Parser)]
#[command(about = "Measures the shipped binaries from outside", version)]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
    /// Write the figures as JSON to this file.
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What is synchronised.
#[derive(Args)]
struct Data {
    /// A specs folder; it is copied before anything is changed.
    #[arg(long, value_name = "DIR", conflicts_with = "generated")]
    specs: Option<PathBuf>,
    /// Instead of a folder: this many generated specs.
    #[arg(long, value_name = "N", default_value_t = 400)]
    generated: usize,
}

#[derive(Subcommand)]
enum Bench {
    /// Save → event at a feed reader → text in a browser, beside a bare inotify + HTTP round trip.
    Latency {
        #[command(flatten)]
        data: Data,
        /// How many saves.
        #[arg(long, default_value_t = 200)]
        saves: usize,
        /// Milliseconds between two saves, at least; up to half as much again is added at random.
        #[arg(long, default_value_t = 1000)]
        pause_ms: u64,
        /// Measure without a browser.
        #[arg(long)]
        no_browser: bool,
    },
    /// The first sync, and a restart with nothing changed: time and bytes.
    Initial {
        #[command(flatten)]
        data: Data,
        /// How often; the median time is reported.
        #[arg(long, default_value_t = 5)]
        runs: usize,
    },
    /// Bytes for real edits: replays folders of `rev-NN.md`, oldest first.
    EditBytes {
        /// Folder of folders of revisions.
        #[arg(long, value_name = "DIR")]
        history: PathBuf,
    },
    /// 300 files rewritten at once, and one deleted: time until a reader has it.
    Burst {
        #[command(flatten)]
        data: Data,
        /// How many files.
        #[arg(long, default_value_t = 300)]
        files: usize,
    },
    /// Tap → file on disk → confirmed at a feed reader and in a page, beside one request and one
    /// flushed write.
    Roundtrip {
        #[command(flatten)]
        data: Data,
        /// How many taps.
        #[arg(long, default_value_t = 200)]
        taps: usize,
        /// Milliseconds between two taps, at least; up to half as much again is added at random.
        #[arg(long, default_value_t = 150)]
        pause_ms: u64,
        /// Measure without a browser.
        #[arg(long)]
        no_browser: bool,
    },
    /// Commands that wait for a bridge: time from its start until all are applied.
    Queue {
        #[command(flatten)]
        data: Data,
        /// How many commands.
        #[arg(long, default_value_t = 1000)]
        commands: usize,
    },
    /// Memory, processor and wake-ups with nothing to do and a feed connected.
    Idle {
        #[command(flatten)]
        data: Data,
        /// How long; 15 include a full rescan.
        #[arg(long, default_value_t = 15.0)]
        minutes: f64,
    },
    /// Sizes of the shipped binaries.
    Size,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(run(cli.bench))?;
    print(&report.table());
    if let Some(file) = cli.json {
        let json = serde_json::to_vec_pretty(&report)?;
        std::fs::write(&file, json).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(())
}

async fn run(bench: Bench) -> Result<Report> {
    let binaries = stand::shipped()?;
    match bench {
        Bench::Latency { data, saves, pause_ms, no_browser } => {
            let project = specs::project(&data)?;
            latency::measure(binaries, project, saves, pause_ms, !no_browser).await
        }
        Bench::Initial { data, runs } => {
            initial::measure(binaries, specs::project(&data)?, runs).await
        }
        Bench::EditBytes { history } => edit_bytes::measure(binaries, &history).await,
        Bench::Burst { data, files } => {
            burst::measure(binaries, specs::project(&data)?, files).await
        }
        Bench::Roundtrip { data, taps, pause_ms, no_browser } => {
            let project = specs::project(&data)?;
            roundtrip::measure(binaries, project, taps, pause_ms, !no_browser).await
        }
        Bench::Queue { data, commands } => {
            queue::measure(binaries, specs::project(&data)?, commands).await
        }
        Bench::Idle { data, minutes } => {
            idle::measure(binaries, specs::project(&data)?, minutes).await
        }
        Bench::Size => size::measure(&binaries),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn print(table: &str) {
    print!("{table}");
}
