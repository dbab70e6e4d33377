//! One relay, one bridge, and the meter between them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use e2e::api::Api;
use e2e::binaries::Binaries;
use e2e::bridge::{Bridge, BridgeOptions};
use e2e::meter::Meter;
use e2e::relay::{Relay, RelayOptions};
use rand::Rng as _;
use tempfile::TempDir;

/// The binaries as they are shipped: the relay of the profile `release`, the bridge of
/// `dist-bridge`, both in the target folder that this program stands in.
///
/// # Errors
/// When one is not built; the message names the command.
pub(crate) fn shipped() -> Result<Binaries> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).context("this program stands in no target folder")?;
    let in_profile = |profile: &str, name: &str| {
        let file = target.join(profile).join(name).with_extension(std::env::consts::EXE_EXTENSION);
        file.is_file().then_some(file).with_context(|| {
            format!("{name} is not built: run `cargo build --profile {profile} -p {name}`")
        })
    };
    Ok(Binaries {
        relay: in_profile("release", "leanspec-relay")?,
        bridge: in_profile("dist-bridge", "leanspec-bridge")?,
    })
}

/// How the bridge reaches the relay.
enum Way {
    Metered,
    Direct,
}

/// A relay with a key for a bridge that goes through a meter, and one for a reader that does not.
pub(crate) struct Stand {
    pub(crate) relay: Relay,
    pub(crate) meter: Meter,
    pub(crate) api: Api,
    options: BridgeOptions,
    binaries: Binaries,
    _folder: TempDir,
}

impl Stand {
    /// Starts relay and meter; the bridge comes with [`Stand::bridge`].
    pub(crate) async fn new(binaries: Binaries, project: &Path) -> Result<Self> {
        Self::start(binaries, project, Way::Metered).await
    }

    /// The same with the bridge at the relay itself, for figures of times: what the meter takes to
    /// pass bytes on is nobody's but its own.
    pub(crate) async fn direct(binaries: Binaries, project: &Path) -> Result<Self> {
        Self::start(binaries, project, Way::Direct).await
    }

    async fn start(binaries: Binaries, project: &Path, way: Way) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let relay =
            Relay::start(&binaries, &RelayOptions::new(&folder.path().join("relay"))).await?;
        let meter = Meter::start(relay.address).await?;
        let key = relay.create_key("bridge").await?;
        let api = Api::new(&relay.url(), &relay.create_key("admin").await?)?;
        let url = match way {
            Way::Metered => format!("http://{}", meter.address),
            Way::Direct => relay.url(),
        };
        let options = BridgeOptions::new(&folder.path().join("home"), &url, &key, project);
        Ok(Self { relay, meter, api, options, binaries, _folder: folder })
    }

    /// Starts the bridge and waits until it is equal; gives the time that took.
    pub(crate) async fn bridge(&self) -> Result<(Bridge, Duration)> {
        let start = Instant::now();
        let bridge = Bridge::start_ready(&self.binaries, &self.options).await?;
        Ok((bridge, start.elapsed()))
    }
}

/// Half of a pause between two rounds: before the yardstick's turn, and before ours. Random, so that
/// nothing falls in step with a timer of anybody.
pub(crate) async fn half_a_pause(pause_ms: u64) {
    let extra = rand::rng().random_range(0..=pause_ms / 2);
    tokio::time::sleep(Duration::from_millis((pause_ms + extra) / 2)).await;
}
