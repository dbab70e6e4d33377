//! A network made of namespaces: this process stands in the one of the relay, the bridge in another,
//! and between them is a line that loses, slows down, cuts and forgets at will.
//!
//! Rules drop what arrives, at either end, so that the sender learns nothing, as on a real line. All
//! of it ends with the process that holds the bridge's side.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::middlebox::run;
use crate::process::Process;
use crate::wait;

/// The relay's side of the line.
pub const RELAY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1));
const RELAYS_END: &str = "relay0";
const BRIDGES_END: &str = "bridge0";
/// Where the bridge's computer is, and where it moves to and back; with the gateway there.
const PLACES: [(&str, &str); 2] = [("10.77.0.2/24", "10.77.0.1"), ("10.77.1.2/24", "10.77.1.1")];

/// Where connections of the bridge's computer come from: those of one range can be forgotten while
/// those of the other pass.
const PORTS: [(&str, &str); 2] = [("20000 29999", "20000-29999"), ("30000 39999", "30000-39999")];

/// What is wrong with a line all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Good,
    /// Every tenth packet is lost, each way.
    Loss,
    /// 64 kbit/s each way.
    Slow,
}

/// The two namespaces and the line.
pub struct World {
    bridges: Process,
    condition: Condition,
    place: usize,
    /// From which of [`PORTS`] new connections of the bridge's computer come.
    ports: usize,
}

impl World {
    /// Lays the line. This process must stand in a namespace that was made for it: see [`unshared`].
    ///
    /// # Errors
    /// When this is somebody's network, or the system lets none be made.
    pub async fn make(condition: Condition) -> Result<Self> {
        ensure!(is_empty(), "this network is in use: start this through `unshare --net`");
        let holder = ["--net", "--", "sleep", "infinity"];
        let bridges = Process::start("a namespace", Command::new("unshare").args(holder))?;
        let own = fs::read_link("/proc/self/ns/net")?;
        let theirs = format!("/proc/{}/ns/net", bridges.id()?);
        wait::until(|| async {
            ensure!(fs::read_link(&theirs)? != own, "no namespace yet: {}", bridges.said());
            Ok(())
        })
        .await?;
        let world = Self { bridges, condition, place: 0, ports: 0 };
        world.lay().await?;
        Ok(world)
    }

    async fn lay(&self) -> Result<()> {
        let id = self.bridges.id()?.to_string();
        let pair =
            ["link", "add", RELAYS_END, "type", "veth", "peer", "name", BRIDGES_END, "netns"];
        here("ip", &[&pair[..], &[&id]].concat()).await?;
        for (_, gateway) in PLACES {
            here("ip", &["address", "add", &format!("{gateway}/24"), "dev", RELAYS_END]).await?;
        }
        here("ip", &["link", "set", RELAYS_END, "up"]).await?;
        self.there("ip", &["link", "set", "lo", "up"]).await?;
        self.there("ip", &["link", "set", BRIDGES_END, "up"]).await?;
        self.settle_at(0).await?;
        self.come_from(0).await?;
        for side in [false, true] {
            self.at(side, "nft", &["add table inet way; add chain inet way in { type filter hook input priority 0; }"]).await?;
        }
        if self.condition == Condition::Slow {
            // Half a second of queue, as cheap modems have.
            let shape = ["root", "tbf", "rate", "64kbit", "burst", "4kb", "latency", "500ms"];
            for (side, end) in [(false, RELAYS_END), (true, BRIDGES_END)] {
                self.at(side, "tc", &[&["qdisc", "add", "dev", end][..], &shape].concat()).await?;
            }
        }
        self.rules("").await
    }

    /// What starts a program on the bridge's side.
    ///
    /// # Errors
    /// When that side is gone.
    pub fn entrance(&self) -> Result<Vec<String>> {
        let net = format!("--net=/proc/{}/ns/net", self.bridges.id()?);
        Ok(vec!["nsenter".to_owned(), net, "--".to_owned()])
    }

    /// Lets nothing pass, without a word.
    ///
    /// # Errors
    /// When the rules are refused.
    pub async fn silence(&self) -> Result<()> {
        self.rules("drop").await
    }

    /// Answers everything with a reset, to both sides.
    ///
    /// # Errors
    /// When the rules are refused.
    pub async fn reset(&self) -> Result<()> {
        self.rules("meta l4proto tcp reject with tcp reset").await
    }

    /// Forgets the connections of now for ever, without a word, and lets new ones pass.
    ///
    /// # Errors
    /// When the rules are refused.
    pub async fn forget(&mut self) -> Result<()> {
        let (_, old) = PORTS[self.ports];
        self.ports = 1 - self.ports;
        self.come_from(self.ports).await?;
        self.rules(&format!("tcp {{port}} {old} drop")).await
    }

    /// Lets everything pass again, in the condition that the line is always in.
    ///
    /// # Errors
    /// When the rules are refused.
    pub async fn mend(&self) -> Result<()> {
        self.rules("").await
    }

    /// Gives the bridge's computer an address in the other of two networks.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn move_on(&mut self) -> Result<()> {
        let (old, _) = PLACES[self.place];
        self.there("ip", &["address", "del", old, "dev", BRIDGES_END]).await?;
        self.place = 1 - self.place;
        self.settle_at(self.place).await
    }

    /// Lets connections that were left behind end, which would be tried again and again otherwise:
    /// the bridge's computer answers for all of its addresses that no such connection is there.
    ///
    /// # Errors
    /// When the rules or addresses are refused.
    pub async fn calm_down(&self) -> Result<()> {
        self.mend().await?;
        let (left, _) = PLACES[1 - self.place];
        self.there("ip", &["address", "add", left, "dev", BRIDGES_END]).await
    }

    /// Bytes that went over the line, both ways, as the line counts them: with all headers.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn bytes(&self) -> Result<u64> {
        let table = fs::read_to_string("/proc/net/dev")?;
        let line = table.lines().find_map(|line| line.trim().strip_prefix(RELAYS_END));
        let numbers = line.context("the line is gone")?.trim_start_matches(':');
        let numbers: Vec<u64> = numbers.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let (received, sent) = (numbers.first(), numbers.get(8));
        Ok(received.context("received")? + sent.context("sent")?)
    }

    async fn settle_at(&self, place: usize) -> Result<()> {
        let (address, gateway) = PLACES[place];
        self.there("ip", &["address", "add", address, "dev", BRIDGES_END]).await?;
        self.there("ip", &["route", "replace", "default", "via", gateway]).await
    }

    async fn come_from(&self, ports: usize) -> Result<()> {
        let (range, _) = PORTS[ports];
        self.there("sysctl", &["-q", "-w", &format!("net.ipv4.ip_local_port_range={range}")]).await
    }

    /// `{port}` in a rule is the bridge's port, seen from either side.
    async fn rules(&self, rule: &str) -> Result<()> {
        let loss = match self.condition {
            Condition::Loss => "numgen random mod 100 < 10 drop",
            Condition::Good | Condition::Slow => "",
        };
        for (side, end, port) in [(false, RELAYS_END, "sport"), (true, BRIDGES_END, "dport")] {
            let rule = rule.replace("{port}", port);
            let mut script = "flush chain inet way in;".to_owned();
            for rule in [rule.as_str(), loss].into_iter().filter(|rule| !rule.is_empty()) {
                script += &format!("add rule inet way in iifname {end} {rule};");
            }
            self.at(side, "nft", &[&script]).await?;
        }
        Ok(())
    }

    async fn at(&self, bridges_side: bool, program: &str, arguments: &[&str]) -> Result<()> {
        if bridges_side {
            self.there(program, arguments).await
        } else {
            here(program, arguments).await
        }
    }

    async fn there(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let entrance = self.entrance()?;
        let entrance: Vec<&str> = entrance.iter().map(String::as_str).collect();
        here(entrance[0], &[&entrance[1..], &[program], arguments].concat()).await
    }
}

async fn here(program: &str, arguments: &[&str]) -> Result<()> {
    run(program, arguments, Path::new("/")).await.map(drop)
}

/// Whether this process sees no network but a loopback.
#[must_use]
pub fn is_empty() -> bool {
    let table = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    table.lines().skip(2).all(|line| line.trim_start().starts_with("lo:"))
}

/// Raises the loopback of a network that was just made; of no other.
///
/// # Errors
/// When that is refused.
pub async fn raise_loopback() -> Result<()> {
    if is_empty() { here("ip", &["link", "set", "lo", "up"]).await } else { Ok(()) }
}

/// Whether this user may make networks without becoming somebody else in them.
///
/// # Errors
/// When it cannot be told.
pub async fn is_root() -> Result<bool> {
    Ok(run("id", &["-u"], Path::new("/")).await?.trim() == "0")
}

/// A command that starts a program in a network of its own, where this user may make one.
///
/// # Errors
/// When the system lets none be made; with what it said.
pub async fn unshared(program: &Path) -> Result<Command> {
    let mut arguments = vec!["--net"];
    if !is_root().await? {
        arguments.push("--map-root-user");
    }
    run("unshare", &[&arguments[..], &["--", "true"]].concat(), Path::new("/")).await?;
    let mut command = Command::new("unshare");
    command.args(arguments).arg("--").arg(program).stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}
