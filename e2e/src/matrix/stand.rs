//! Sets a row up: a relay, what is in the way, and a machine whose bridge is told of it. Whatever
//! the row, bytes are counted and connections cut at the bridge's end of the way.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr};

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use tokio::time::{Duration, sleep};

use super::rows::{Cut, Row, Way};
use super::setting::Setting;
use crate::disk;
use crate::middlebox::authority::Authority;
use crate::middlebox::hole::Hole;
use crate::middlebox::shared_folder;
use crate::scene::{Machine, Scene};
use crate::world::{self, Condition, World};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// After so long the other side has tried everything once more that was forgotten in a cut of twenty
/// seconds, and was told that it is gone.
const TRIED_AGAIN: Duration = Duration::from_secs(60);
/// How long whoever is connected through a [`Hole`] is hung up on.
const HUNG_UP: Duration = Duration::from_secs(4);

/// A row, set up.
pub struct Stand {
    /// Relay and reader.
    pub scene: Scene,
    /// The machine, whose bridge is not running yet.
    pub machine: Machine,
    line: Line,
    _boxes: Vec<Box<dyn Any + Send>>,
}

/// The bridge's end of the way.
pub(super) enum Line {
    /// A proxy of ours in front of what is in the way.
    Tap(Hole),
    /// A line between two namespaces, and what cuts it.
    World(Box<World>, Cut),
}

impl Stand {
    /// Sets a row up.
    ///
    /// # Errors
    /// When a program does not come up.
    pub async fn set_up(row: &Row) -> Result<Self> {
        // The line is there before the relay listens on it.
        let (world, at) = match row.way {
            Way::Direct => (Some(World::make(Condition::Good).await?), world::RELAY),
            Way::Line(condition, _) => (Some(World::make(condition).await?), LOOPBACK),
            _ => (None, LOOPBACK),
        };
        let scene = Scene::start_at(at, &[]).await?;
        let machine = scene.machine("one").await?;
        let folder = shared_folder(scene.folder(), "relays-authority")?;
        let authority = Authority::new(&folder, "Example Relay CA").await?;
        authority.issue().await?;
        let mut setting =
            Setting { scene: &scene, machine, authority, boxes: Vec::new(), cleartext: false };
        let line = setting.put(row.way, world).await?;
        let Setting { mut machine, boxes, cleartext, .. } = setting;
        machine.allow(&["frontmatter", "tasks", "content", "create"])?;
        if cleartext {
            machine.configure("allow_cleartext = true\n")?;
        }
        Ok(Self { scene, machine, line, _boxes: boxes })
    }

    /// Cuts the way, as this row's way is cut.
    ///
    /// # Errors
    /// When it cannot be cut.
    pub async fn cut(&mut self) -> Result<()> {
        match &mut self.line {
            Line::Tap(hole) => hole.hang_up(),
            Line::World(world, Cut::Resets) => world.reset().await?,
            Line::World(world, _) => world.silence().await?,
        }
        Ok(())
    }

    /// Lets the time of a cut pass, and ends it.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn heal(&mut self) -> Result<()> {
        let seconds = match &self.line {
            Line::Tap(_) => HUNG_UP.as_secs(),
            Line::World(_, Cut::Blackout) => 3,
            Line::World(_, Cut::LongBlackout) => 15,
            Line::World(_, Cut::Forgotten | Cut::ForgottenAtRest) => 20,
            Line::World(_, Cut::Resets) => 4,
            Line::World(_, Cut::Moved) => 1,
        };
        // Not twice the same, so that no wait of the bridge's fits it by accident.
        sleep(Duration::from_secs(seconds).mul_f64(rand::random_range(0.8..1.2))).await;
        match &mut self.line {
            Line::Tap(hole) => hole.lighten(),
            Line::World(world, Cut::Forgotten | Cut::ForgottenAtRest) => world.forget().await?,
            Line::World(world, Cut::Moved) => {
                world.move_on().await?;
                world.mend().await?;
            }
            Line::World(world, _) => world.mend().await?,
        }
        Ok(())
    }

    /// Lets what was cut come to its end, so that only the bridge is counted.
    ///
    /// # Errors
    /// When a line does not let itself be changed.
    pub async fn calm_down(&self) -> Result<()> {
        match &self.line {
            Line::Tap(_) => Ok(()),
            Line::World(world, cut) => {
                world.calm_down().await?;
                if matches!(cut, Cut::Forgotten | Cut::ForgottenAtRest | Cut::Moved) {
                    sleep(TRIED_AGAIN).await;
                }
                Ok(())
            }
        }
    }

    /// Bytes that have passed at the bridge's end of the way, both ways together. Those of a line
    /// are with the headers of all packets, those of a tap without.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn bytes(&self) -> Result<u64> {
        match &self.line {
            Line::Tap(hole) => Ok(hole.passed()),
            Line::World(world, _) => world.bytes(),
        }
    }
}

/// Writes what a row begins with: specs, and pictures that nothing compresses, as many as the way
/// can carry in seconds.
///
/// # Errors
/// When the disk refuses.
pub fn first_files(row: &Row, machine: &Machine) -> Result<()> {
    disk::write_specs(&machine.specs, 30)?;
    let pictures = if matches!(row.way, Way::Line(Condition::Slow, _)) { 3 } else { 25 };
    let mut random = StdRng::seed_from_u64(1);
    for number in 1..=pictures {
        let mut bytes = vec![0; 60_000];
        random.fill_bytes(&mut bytes);
        machine.write(&format!("{number:04}-spec/picture.png"), bytes)?;
    }
    Ok(())
}
