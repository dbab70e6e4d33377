//! 500 bridges whose relay restarts: all come back, and not all at once.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::process::Process;
use e2e::relay::Relay;
use e2e::scene::Scene;
use e2e::wait;
use leanspec_shared::view::NewKey;
use serde_json::json;
use tokio::process::Command;

const BRIDGES: usize = 500;
/// How long the relay is away: longer than every first wait.
const AWAY: Duration = Duration::from_secs(2);

/// The program of `examples/links.rs`, beside this one.
fn links() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.ancestors().nth(2).context("a target folder")?;
    let path = folder.join("examples/links").with_extension(std::env::consts::EXE_EXTENSION);
    ensure!(path.is_file(), "{}: `cargo build -p e2e --examples`", path.display());
    Ok(path)
}

/// When each link was up last after the mark, in milliseconds since 1970.
fn returns(links: &Process, mark: usize) -> HashMap<usize, u64> {
    let said = links.said();
    let up = |line: &str| {
        let mut words = line.strip_prefix("up ")?.split(' ').map(str::parse::<u64>);
        Some((usize::try_from(words.next()?.ok()?).ok()?, words.next()?.ok()?))
    };
    said.lines().skip(mark).filter_map(up).collect()
}

async fn all_up(links: &Process, mark: usize) -> Result<Vec<u64>> {
    wait::until(|| async {
        let up = returns(links, mark);
        ensure!(up.len() == BRIDGES, "{} of {BRIDGES} are up", up.len());
        let mut moments: Vec<_> = up.into_values().collect();
        moments.sort_unstable();
        Ok(moments)
    })
    .await
}

#[tokio::test]
async fn five_hundred_bridges_return_to_a_restarted_relay_and_not_all_at_once() -> Result<()> {
    let mut scene = Scene::start().await?;
    let mut keys = String::new();
    for _ in 0..BRIDGES {
        let asked = json!({ "scope": "bridge", "name": "one of many" });
        let made = scene.api.post(leanspec_shared::http::KEYS).json(&asked).send().await?;
        keys.push_str(&made.error_for_status()?.json::<NewKey>().await?.key);
        keys.push('\n');
    }
    let list = scene.folder().join("keys");
    std::fs::write(&list, keys)?;
    let mut command = Command::new(links()?);
    command.arg(scene.relay.url()).arg(scene.folder());
    let links = Process::start_with_input("links", &mut command, File::open(&list)?)?;
    all_up(&links, 0).await?;

    let again = scene.relay.again();
    scene.relay.process.kill().await?;
    let mark = links.mark();
    wait::holds_for(AWAY, || async { Ok(()) }).await?;
    scene.relay = Relay::start(&scene.binaries, &again).await?;
    let moments = all_up(&links, mark).await?;

    let since = |percent: usize| moments[percent * (BRIDGES - 1) / 100] - moments[0];
    let [half, most, all] = [50, 95, 100].map(since);
    eprintln!("after the first: half back in {half} ms, 95 % in {most} ms, all in {all} ms");
    are_spread(&waits(&links, mark))
}

/// What the links said of their waits after the mark, in milliseconds.
fn waits(links: &Process, mark: usize) -> Vec<u64> {
    let said = links.said();
    let wait = |line: &str| line.rsplit_once("; again in ")?.1.strip_suffix(" ms")?.parse().ok();
    said.lines().skip(mark).filter_map(wait).collect()
}

/// When they are really back depends on how busy this computer is; how long they wait does not.
fn are_spread(waits: &[u64]) -> Result<()> {
    let longest = waits.iter().max().context("nobody waited")?;
    let mut fifths = [0; 5];
    for wait in waits {
        fifths[usize::try_from(wait * 5 / (longest + 1))?] += 1;
    }
    ensure!(waits.len() >= BRIDGES, "{} waits", waits.len());
    let some = waits.len() / 20..waits.len() / 2;
    ensure!(fifths.iter().all(|fifth| some.contains(fifth)), "{fifths:?}");
    Ok(())
}
