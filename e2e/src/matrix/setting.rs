//! Puts things in the way: starts the programs of a row, and tells the machine what its user would
//! write into the config.

use std::any::Any;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::rows::{Cut, Front, Proxy, Way};
use super::stand::Line;
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
use crate::world::{self, World};

const NAME: &str = "ann";
const PASSWORD: &str = "s3cret-Of-Ann";

/// What a way is put together from.
pub(super) struct Setting<'a> {
    /// Relay and reader.
    pub(super) scene: &'a Scene,
    /// The machine, which is told of the way.
    pub(super) machine: Machine,
    /// Issued the certificate of whoever stands in front of the relay.
    pub(super) authority: Authority,
    /// What is running, and ends with it.
    pub(super) boxes: Vec<Box<dyn Any + Send>>,
    /// The bridge is to send over the line as it is.
    pub(super) cleartext: bool,
}

impl Setting<'_> {
    /// Starts what is in the way; gives the bridge's end of it.
    pub(super) async fn put(&mut self, way: Way, world: Option<World>) -> Result<Line> {
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
