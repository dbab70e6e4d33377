//! Sets a row up: a relay, what is in the way, and a machine whose bridge is told of it. Whatever
//! the row, bytes are counted and connections cut at the bridge's end of the way.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use tokio::time::{Duration, sleep};

use super::rows::{Cut, Front, Proxy, Row, Way};
use crate::disk;
use crate::middlebox::authority::Authority;
use crate::middlebox::breaks_http2::{Breaks, BreaksHttp2};
use crate::middlebox::hold::Hold;
use crate::middlebox::hole::Hole;
use crate::middlebox::late::Late;
use crate::middlebox::nginx::{self, Listen};
use crate::middlebox::squid::{self, Squid};
use crate::middlebox::{
    Middlebox, cntlm, haproxy, mitmproxy, privoxy, shared_folder, socks, tinyproxy,
};
use crate::scene::{Machine, Scene};
use crate::world::{self, Condition, World};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const NAME: &str = "ann";
const PASSWORD: &str = "s3cret-Of-Ann";
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
enum Line {
    Tap(Hole),
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

/// What a way is put together from.
struct Setting<'a> {
    scene: &'a Scene,
    machine: Machine,
    authority: Authority,
    boxes: Vec<Box<dyn Any + Send>>,
    /// The bridge is to send over the line as it is.
    cleartext: bool,
}

impl Setting<'_> {
    async fn put(&mut self, way: Way, world: Option<World>) -> Result<Line> {
        let relay = self.scene.relay.address;
        if let Some(world) = &world {
            self.machine.options.entrance = world.entrance()?;
        }
        let line =
            |cut| world.map(|world| Line::World(Box::new(world), cut)).context("it has a line");
        match way {
            Way::Direct => {
                self.cleartext = true;
                line(Cut::Resets)
            }
            Way::Front(front) => self.front(front).await,
            Way::Proxy(proxy) => {
                let nginx = self.encrypted(Listen::Tls(&self.authority.clone())).await?;
                self.machine.options.relay = format!("https://localhost:{}", nginx.port());
                self.proxy(proxy).await
            }
            Way::ClearProxy(proxy) => {
                self.machine.options.relay = format!("http://{relay}");
                self.proxy(proxy).await
            }
            Way::Line(_, cut) => {
                let listen = Listen::TlsAt(&self.authority.clone(), world::RELAY);
                let nginx = self.encrypted(listen).await?;
                self.machine.options.relay = format!("https://{nginx}");
                line(cut)
            }
        }
    }

    /// nginx with TLS in front of the relay, whose authority the machine trusts.
    async fn encrypted(&mut self, listen: Listen<'_>) -> Result<SocketAddr> {
        let (folder, relay) = (self.scene.folder(), self.scene.relay.address);
        let nginx = nginx::start_listening(folder, relay, listen, nginx::STREAMS).await?;
        self.trust(&self.authority.certificate.clone());
        Ok(self.keep(nginx))
    }

    fn keep(&mut self, middlebox: Middlebox) -> SocketAddr {
        let address = middlebox.address;
        self.boxes.push(Box::new(middlebox));
        address
    }

    fn trust(&mut self, certificate: &Path) {
        let certificate = certificate.to_string_lossy().into_owned();
        self.machine.options.arguments.extend(["--ca-file".to_owned(), certificate]);
    }

    async fn in_front_of(&mut self, address: SocketAddr, scheme: &str) -> Result<Line> {
        let hole = Hole::start(address).await?;
        let host = if scheme == "https" { "localhost" } else { "127.0.0.1" };
        self.machine.options.relay = format!("{scheme}://{host}:{}", hole.address.port());
        Ok(Line::Tap(hole))
    }

    async fn front(&mut self, front: Front) -> Result<Line> {
        let (folder, relay) = (self.scene.folder(), self.scene.relay.address);
        let own = self.authority.clone();
        let encrypted = !matches!(front, Front::ClearNginx(_) | Front::Holds | Front::OneBehind);
        if encrypted {
            self.trust(&own.certificate);
        }
        let nginx = async |listen, directives| {
            nginx::start_listening(folder, relay, listen, directives).await
        };
        let address = match front {
            Front::ClearNginx(directives) => self.keep(nginx(Listen::Clear, directives).await?),
            Front::Nginx(directives) => self.keep(nginx(Listen::Tls(&own), directives).await?),
            Front::NginxHttp1(directives) => {
                self.keep(nginx(Listen::TlsHttp1(&own), directives).await?)
            }
            Front::Haproxy(lines) => self.keep(haproxy::start(folder, relay, &own, lines).await?),
            Front::Holds => self.keep_ours(Hold::start(relay).await?, |hold| hold.address),
            Front::OneBehind => {
                self.keep_ours(Hold::start_one_behind(relay).await?, |hold| hold.address)
            }
            Front::Late => {
                let behind = self.keep(nginx(Listen::Tls(&own), nginx::STREAMS).await?);
                self.keep_ours(Late::start(behind, 100..300).await?, |late| late.address)
            }
            Front::CutsAt20s => {
                let behind = self.keep(nginx(Listen::Tls(&own), nginx::STREAMS).await?);
                let life = Duration::from_secs(20);
                self.keep_ours(Hole::start_with_life(behind, life).await?, |hole| hole.address)
            }
            Front::BreaksHttp2 => {
                let started = BreaksHttp2::start(relay, &own, Breaks::HangsUp).await?;
                self.keep_ours(started, |started| started.address)
            }
            Front::StallsHttp2 => {
                let started = BreaksHttp2::start(relay, &own, Breaks::FallsSilent).await?;
                self.keep_ours(started, |started| started.address)
            }
        };
        self.in_front_of(address, if encrypted { "https" } else { "http" }).await
    }

    fn keep_ours<T: Send + 'static>(
        &mut self,
        ours: T,
        address: fn(&T) -> SocketAddr,
    ) -> SocketAddr {
        let address = address(&ours);
        self.boxes.push(Box::new(ours));
        address
    }

    async fn proxy(&mut self, proxy: Proxy) -> Result<Line> {
        let folder = self.scene.folder();
        let account = match proxy {
            Proxy::SquidBasic | Proxy::Socks => format!("{NAME}:{PASSWORD}@"),
            _ => String::new(),
        };
        let started = match proxy {
            Proxy::Squid => squid::start(folder, Squid::Plain).await?,
            Proxy::SquidBasic => {
                squid::start(folder, Squid::Basic { name: NAME, password: PASSWORD }).await?
            }
            Proxy::SquidNtlm => {
                let ntlm = squid::start(folder, Squid::Ntlm).await?;
                let behind = self.keep(ntlm);
                cntlm::start(folder, behind).await?
            }
            Proxy::SquidOpens => {
                let own = shared_folder(folder, "boxs-authority")?;
                let own = Authority::new(&own, "Example Box CA").await?;
                self.trust(&own.certificate);
                squid::start(folder, Squid::Opens { own: &own, relays: &self.authority }).await?
            }
            Proxy::Tinyproxy => tinyproxy::start(folder).await?,
            Proxy::Privoxy => privoxy::start(folder, false).await?,
            Proxy::PrivoxyFilters => privoxy::start(folder, true).await?,
            Proxy::Socks => socks::start(folder, NAME, PASSWORD).await?,
            Proxy::MitmHolds | Proxy::MitmRewrites => {
                let rewrites = matches!(proxy, Proxy::MitmRewrites);
                let started = mitmproxy::start(folder, &self.authority, rewrites).await?;
                self.trust(&started.1);
                started.0
            }
        };
        let hole = Hole::start(self.keep(started)).await?;
        let scheme = if matches!(proxy, Proxy::Socks) { "socks5h" } else { "http" };
        let value = format!("{scheme}://{account}{}", hole.address);
        self.machine.options.variables.push(("LEANSPEC_BRIDGE_PROXY".to_owned(), value));
        Ok(Line::Tap(hole))
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
