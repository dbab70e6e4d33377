//! `leanspec-relay doctor`.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;
use leanspec_shared::doctor::line::{Line, Verdict, worst};
use serde_json::json;

use super::serve::LISTEN;
use super::{Place, print, recalled};
use crate::doctor::{self, Order};

/// It works, worse than it could.
const DOUBTFUL: u8 = 6;
/// The relay is not reached.
const UNREACHABLE: u8 = 3;
/// The checks whose failure says that.
const ON_THE_WAY: [&str; 4] = ["listen", "public", "reach", "stream"];

/// The settings of `doctor`. What was said to `serve` on its command line is to be said here too; what
/// stands in the environment is known.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Where the relay listens [default: where the last `serve` did]
    #[arg(long, value_name = "ADDR", env = "LEANSPEC_RELAY_LISTEN")]
    listen: Option<SocketAddr>,
    /// Another origin whose pages may call the relay (repeatable)
    #[arg(
        long = "allow-origin",
        value_name = "ORIGIN",
        env = "LEANSPEC_RELAY_ALLOW_ORIGIN",
        value_delimiter = ','
    )]
    allow_origins: Vec<String>,
    /// Also wait for heartbeats: a minute more
    #[arg(long)]
    long: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Looks, tells, and says the worst by the exit code.
pub(super) fn run(place: &Place, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let data = place.folder()?;
    let heard = || recalled::listen(&data);
    let listen = args.listen.filter(|listen| listen.port() != 0).or_else(heard);
    let order = Order {
        listen: listen.unwrap_or_else(|| LISTEN.parse().expect("the default is an address")),
        public_url: place.public_url.clone().or_else(|| recalled::public_url(&data)),
        allow_origins: args.allow_origins.clone(),
        long: args.long,
        data,
    };
    let tell = |line: &Line| {
        if !args.json {
            drop(print(&line.to_string()));
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let lines = runtime.block_on(doctor::look(&order, tell));
    if args.json {
        let report = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "relay": order.public_url.unwrap_or_else(|| format!("http://{}", order.listen)),
            "worst": worst(&lines),
            "lines": lines,
        });
        print(&serde_json::to_string_pretty(&report)?)?;
    }
    Ok(ExitCode::from(exit(&lines)))
}

/// 0 well, 6 working worse than it could, 3 not reached, 1 anything else that does not work.
fn exit(lines: &[Line]) -> u8 {
    let bad = |line: &&Line| line.verdict == Verdict::Bad;
    match worst(lines) {
        Verdict::Ok | Verdict::Note => 0,
        Verdict::Warn => DOUBTFUL,
        Verdict::Bad if lines.iter().filter(bad).all(|line| ON_THE_WAY.contains(&line.check)) => {
            UNREACHABLE
        }
        Verdict::Bad => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_says_the_worst() {
        let line = |check: &'static str| Line::ok(check, "", "");
        let bad = |check| line(check).bad("", "");
        let cases = [
            (vec![line("data"), line("http").note()], 0),
            (vec![line("data"), line("stream").warn("", "")], 6),
            (vec![bad("reach"), line("stream").warn("", "")], 3),
            (vec![bad("reach"), bad("data")], 1),
        ];
        for (lines, wanted) in cases {
            assert_eq!(exit(&lines), wanted, "{lines:?}");
        }
    }
}
