//! Boxes that hold back, refuse, or fall silent.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::middlebox::authority::Authority;
use e2e::middlebox::breaks_http2::{Breaks, BreaksHttp2};
use e2e::middlebox::hold::Hold;
use e2e::middlebox::hole::Hole;
use e2e::middlebox::{nginx, shared_folder};
use e2e::scene::Scene;
use e2e::wait;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

use crate::{all_arrives, is_in_mode, trust};

#[tokio::test]
async fn a_stream_that_nginx_holds_back_becomes_a_poll_and_everything_arrives() -> Result<()> {
    let scene = Scene::start().await?;
    let nginx = nginx::start(scene.folder(), scene.relay.address, None, nginx::HOLDS).await?;
    all_arrives_by_poll(&scene, nginx.address).await
}

#[tokio::test]
async fn a_stream_that_a_scanner_holds_to_its_end_becomes_a_poll_and_everything_arrives()
-> Result<()> {
    let scene = Scene::start().await?;
    let hold = Hold::start(scene.relay.address).await?;
    all_arrives_by_poll(&scene, hold.address).await
}

/// A bridge that is sent through this address polls, and what is on its disk arrives.
async fn all_arrives_by_poll(scene: &Scene, through: SocketAddr) -> Result<()> {
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 20)?;
    machine.options.relay = format!("http://{through}");
    let bridge = machine.ready(scene).await?;
    is_in_mode(scene, &machine, "poll").await?;
    all_arrives(scene, &machine).await.with_context(|| bridge.process.said())
}

/// A box that agrees on HTTP/2 because the relay behind it would, and cannot speak it.
#[tokio::test]
async fn a_box_that_agrees_on_http_2_and_breaks_it_is_passed_in_http_1_and_that_is_remembered()
-> Result<()> {
    let scene = Scene::start().await?;
    let folder = shared_folder(scene.folder(), "boxs-authority")?;
    let authority = Authority::new(&folder, "Example Relay CA").await?;
    authority.issue().await?;
    for (name, breaks) in [("hung up", Breaks::HangsUp), ("silent", Breaks::FallsSilent)] {
        let stands = BreaksHttp2::start(scene.relay.address, &authority, breaks).await?;
        let mut machine = scene.machine(name).await?;
        disk::write_specs(&machine.specs, 5)?;
        machine.options.relay = format!("https://localhost:{}", stands.address.port());
        trust(&mut machine, &authority.certificate);
        let mut bridge = machine.ready(&scene).await?;
        bridge.process.says("over HTTP/1.1").await?;
        bridge.process.says("HTTP/2 does not get through here").await?;
        all_arrives(&scene, &machine).await.with_context(|| bridge.process.said())?;

        bridge.process.stop().await?;
        let bridge = machine.ready(&scene).await?;
        let said = bridge.process.said();
        ensure!(!said.contains("does not get through"), "found out once more: {said}");
        ensure!(said.contains("over HTTP/1.1"), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_turned_into_a_black_hole_is_left_and_nothing_is_lost() -> Result<()> {
    // Silence is two and a half heartbeats.
    let scene = Scene::start_with(&["--heartbeat", "1"]).await?;
    let hole = Hole::start(scene.relay.address).await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 5)?;
    machine.options.relay = format!("http://{}", hole.address);
    let bridge = machine.ready(&scene).await?;
    hole.darken();
    machine.write("0001-spec/README.md", disk::spec("Into the dark", "planned"))?;
    is_in_mode(&scene, &machine, "offline").await?;
    machine.write("0002-spec/README.md", disk::spec("Once more", "planned"))?;
    hole.lighten();
    scene.equal(&machine).await.with_context(|| bridge.process.said())
}

/// A computer that sleeps loses its connections, and nobody tells it: on waking, the first look at the
/// clock does.
#[tokio::test]
async fn a_bridge_that_slept_while_its_connection_died_notices_on_waking() -> Result<()> {
    let scene = Scene::start_with(&["--heartbeat", "1"]).await?;
    let hole = Hole::start(scene.relay.address).await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 5)?;
    machine.options.relay = format!("http://{}", hole.address);
    let bridge = machine.ready(&scene).await?;
    bridge.process.signal("STOP").await?;
    hole.darken();
    machine.write("0001-spec/README.md", disk::spec("In its sleep", "planned"))?;
    // More than its silence of two and a half heartbeats.
    wait::holds_for(Duration::from_secs(4), || async { Ok(()) }).await?;
    hole.lighten();
    let (mark, woken) = (bridge.process.mark(), Instant::now());
    bridge.process.signal("CONT").await?;
    bridge.process.says_after(mark, "connected to").await?;
    eprintln!("connected again {} ms after waking", woken.elapsed().as_millis());
    scene.equal(&machine).await.with_context(|| bridge.process.said())
}

/// A box that knows no zstd, or no compression at all, and says so with a page of its own.
#[tokio::test]
async fn bodies_that_a_box_refuses_are_sent_in_another_compression_and_that_is_remembered()
-> Result<()> {
    let scene = Scene::start().await?;
    let refuses = |coding: &str| {
        format!("if ($http_content_encoding ~ \"{coding}\") {{ return 403 \"Blocked.\"; }}")
    };
    for (coding, wanted) in [("zstd|dcz", "using gzip"), ("zstd|dcz|gzip", "as they are")] {
        let directives = format!("{} {}", refuses(coding), nginx::STREAMS);
        let relay = scene.relay.address;
        let nginx = nginx::start(scene.folder(), relay, None, &directives).await?;
        let mut machine = scene.machine(&format!("refused {}", coding.len())).await?;
        disk::write_specs(&machine.specs, 40)?;
        machine.options.relay = format!("http://{}", nginx.address);
        let mut bridge = machine.ready(&scene).await?;
        bridge.process.says(wanted).await?;
        all_arrives(&scene, &machine).await.with_context(|| bridge.process.said())?;

        bridge.process.stop().await?;
        machine.write("0002-spec/README.md", disk::spec("After a restart", "planned"))?;
        let bridge = machine.ready(&scene).await?;
        scene.equal(&machine).await?;
        let said = bridge.process.said();
        ensure!(!said.contains("do not get through"), "found out once more: {said}");
    }
    Ok(())
}

#[tokio::test]
async fn bodies_that_are_too_large_for_a_box_become_smaller_until_all_is_there() -> Result<()> {
    let scene = Scene::start().await?;
    let directives = format!("client_max_body_size 100k; {}", nginx::STREAMS);
    let nginx = nginx::start(scene.folder(), scene.relay.address, None, &directives).await?;
    let mut machine = scene.machine("one").await?;
    let mut random = StdRng::seed_from_u64(1);
    for number in 0..20 {
        // Nothing compresses these: twenty of them are ten times what passes at once.
        let mut bytes = vec![0; 50_000];
        random.fill_bytes(&mut bytes);
        machine.write(&format!("{number:04}-spec/picture.png"), bytes)?;
    }
    machine.options.relay = format!("http://{}", nginx.address);
    let bridge = machine.ready(&scene).await?;
    bridge.process.says("large bodies do not get through").await?;
    all_arrives(&scene, &machine).await.with_context(|| bridge.process.said())
}
