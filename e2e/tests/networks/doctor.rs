//! `doctor` names what stands in the way, and the exit code says the worst.

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::middlebox::hold::Hold;
use e2e::middlebox::nginx;
use e2e::middlebox::squid::{self, Squid};
use e2e::scene::{Machine, Scene};
use serde_json::Value;
use tokio::process::Command;

use crate::{Behind, PASSWORD, set};

/// The report, and how it ended.
async fn doctor(scene: &Scene, machine: &Machine) -> Result<(Value, Option<i32>)> {
    let mut command = machine.options.command(&scene.binaries, "doctor");
    let output = command.arg("--json").output().await?;
    let said = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())?;
    Ok((report, output.status.code()))
}

/// The worst line of a check.
fn line<'a>(report: &'a Value, check: &str) -> Result<&'a Value> {
    let lines = report["lines"].as_array().context("lines")?;
    let of_check = lines.iter().filter(|line| line["check"] == check);
    let rank = |line: &&Value| {
        let verdict = line["verdict"].as_str().unwrap_or_default();
        ["ok", "note", "warn", "bad"].iter().position(|known| *known == verdict)
    };
    of_check.max_by_key(rank).with_context(|| format!("no line {check}: {report}"))
}

#[tokio::test]
async fn on_a_good_way_everything_is_well_and_nothing_is_changed() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 3)?;
    let bridge = machine.ready(&scene).await?;
    let before = disk::read_all(&machine.specs)?;
    let (report, exit) = doctor(&scene, &machine).await?;
    ensure!((&report["worst"], exit) == (&"ok".into(), Some(0)), "{report}");
    for check in ["dns", "tcp", "key", "clock", "body", "stream", "watch", "names"] {
        line(&report, check)?;
    }
    ensure!(disk::read_all(&machine.specs)? == before);
    ensure!(machine.status(&scene).await?["connected"] == true, "{}", bridge.process.said());
    Ok(())
}

#[tokio::test]
async fn a_stream_that_is_held_back_and_a_body_that_is_refused_are_warned_of() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    let hold = Hold::start(scene.relay.address).await?;
    machine.options.relay = format!("http://{}", hold.address);
    let (report, exit) = doctor(&scene, &machine).await?;
    let stream = line(&report, "stream")?;
    ensure!(stream["verdict"] == "warn" && exit == Some(6), "{report}");

    let refuses = "if ($http_content_encoding = zstd) { return 403; } client_max_body_size 600k;";
    let directives = format!("{refuses} {}", nginx::STREAMS);
    let nginx = nginx::start(scene.folder(), scene.relay.address, None, &directives).await?;
    machine.options.relay = format!("http://{}", nginx.address);
    let (report, exit) = doctor(&scene, &machine).await?;
    for check in ["body", "size"] {
        ensure!(line(&report, check)?["verdict"] == "warn", "{report}");
    }
    ensure!(line(&report, "stream")?["verdict"] == "ok" && exit == Some(6), "{report}");
    Ok(())
}

#[tokio::test]
async fn what_stops_the_way_is_bad_with_cause_and_advice() -> Result<()> {
    let behind = Behind::tls().await?;
    let (scene, folder) = (&behind.scene, behind.scene.folder());
    let ntlm = squid::start(folder, Squid::Ntlm).await?;
    let basic = squid::start(folder, Squid::Basic { name: "ann", password: PASSWORD }).await?;
    let trusting = behind.machine().await?;
    let mut wrong_key = trusting.clone();
    wrong_key.options.key = "lsr_bridge_wrong".into();
    let mut doubting = trusting.clone();
    doubting.options.arguments.clear();
    let through = |proxy: String| {
        let mut machine = trusting.clone();
        set(&mut machine, "LEANSPEC_BRIDGE_PROXY", proxy);
        machine
    };
    let cases = [
        (wrong_key, "key", "key create", 4),
        (doubting, "tls", "ca_file = ", 3),
        (through(format!("http://{}", ntlm.address)), "tunnel", "cntlm or px", 3),
        (through(format!("http://ann:wrong@{}", basic.address)), "tunnel", "correct them", 3),
        (through("http://127.0.0.1:9".into()), "tcp", "check the port", 3),
    ];
    for (machine, check, advice, code) in cases {
        let (report, exit) = doctor(scene, &machine).await?;
        let line = line(&report, check)?;
        let advised = line["advice"].as_str().is_some_and(|text| text.contains(advice));
        ensure!(line["verdict"] == "bad" && advised && exit == Some(code), "{report}");
    }
    Ok(())
}

#[tokio::test]
async fn the_file_for_whoever_helps_holds_neither_key_nor_password() -> Result<()> {
    let behind = Behind::tls().await?;
    let ask = Squid::Basic { name: "ann", password: PASSWORD };
    let basic = squid::start(behind.scene.folder(), ask).await?;
    let mut machine = behind.machine().await?;
    let proxy = format!("http://ann:{PASSWORD}@{}", basic.address);
    set(&mut machine, "LEANSPEC_BRIDGE_PROXY", proxy);
    let _bridge = machine.ready(&behind.scene).await?;
    let file = behind.scene.folder().join("bundle.json");
    let mut command = machine.options.command(&behind.scene.binaries, "doctor");
    command.arg("--bundle").arg(&file).output().await?;
    let text = std::fs::read_to_string(&file)?;
    for secret in [PASSWORD, &machine.options.key, "YW5uOnMzY3JldC"] {
        ensure!(!text.contains(secret), "{text}");
    }
    let read: Value = serde_json::from_str(&text)?;
    ensure!(read["status"]["status"]["connected"] == true, "{text}");
    Ok(())
}

/// What `leanspec-relay doctor` says of a relay behind this nginx.
async fn relay_doctor(scene: &Scene, directives: &str) -> Result<(Value, Option<i32>)> {
    let nginx = nginx::start(scene.folder(), scene.relay.address, None, directives).await?;
    let output = Command::new(&scene.binaries.relay)
        .args(["doctor", "--json", "--public-url", &format!("http://{}", nginx.address)])
        .args(["--listen", &scene.relay.address.to_string(), "--data"])
        .arg(scene.data())
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())?;
    Ok((report, output.status.code()))
}

#[tokio::test]
async fn what_the_server_in_front_of_a_relay_does_is_named_with_the_directive_that_helps()
-> Result<()> {
    let scene = Scene::start().await?;
    scene.relay.create_key("bridge").await?;
    let roomy = format!("client_max_body_size 2m; {}", nginx::STREAMS);
    let (report, exit) = relay_doctor(&scene, &roomy).await?;
    ensure!((&report["worst"], exit) == (&"ok".into(), Some(0)), "{report}");

    let (report, exit) = relay_doctor(&scene, nginx::HOLDS).await?;
    for (check, advice) in [("size", "client_max_body_size 2m"), ("stream", "proxy_buffering off")]
    {
        let line = line(&report, check)?;
        let advised = line["advice"].as_str().is_some_and(|text| text.contains(advice));
        ensure!(line["verdict"] == "warn" && advised && exit == Some(6), "{report}");
    }
    let (report, exit) = relay_doctor(&scene, "return 502;").await?;
    ensure!(line(&report, "reach")?["verdict"] == "bad" && exit == Some(3), "{report}");
    Ok(())
}
