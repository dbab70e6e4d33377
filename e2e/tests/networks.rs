//! Through what stands between: real proxies and middleboxes, and two of ours for what no program
//! does on demand. In each, everything saved arrives.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::middlebox::authority::Authority;
use e2e::middlebox::hold::Hold;
use e2e::middlebox::hole::Hole;
use e2e::middlebox::squid::{self, Squid};
use e2e::middlebox::{Middlebox, nginx, shared_folder, socks};
use e2e::scene::{Machine, Scene};
use e2e::wait;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

const PASSWORD: &str = "s3cret-Of-Ann";

/// A relay behind nginx with a certificate of an authority that nobody knows.
struct Behind {
    scene: Scene,
    authority: Authority,
    nginx: Middlebox,
}

impl Behind {
    async fn tls() -> Result<Self> {
        let scene = Scene::start().await?;
        let folder = shared_folder(scene.folder(), "relays-authority")?;
        let authority = Authority::new(&folder, "Example Relay CA").await?;
        authority.issue().await?;
        let front =
            nginx::start(scene.folder(), scene.relay.address, Some(&authority), nginx::STREAMS);
        let nginx = front.await?;
        Ok(Self { scene, authority, nginx })
    }

    /// A machine with some specs that trusts the relay's authority.
    async fn machine(&self) -> Result<Machine> {
        let mut machine = self.scene.machine("one").await?;
        disk::write_specs(&machine.specs, 20)?;
        machine.options.relay = format!("https://localhost:{}", self.nginx.address.port());
        trust(&mut machine, &self.authority.certificate);
        Ok(machine)
    }
}

fn trust(machine: &mut Machine, certificate: &Path) {
    let certificate = certificate.to_string_lossy().into_owned();
    machine.options.arguments.extend(["--ca-file".to_owned(), certificate]);
}

fn set(machine: &mut Machine, name: &str, value: String) {
    machine.options.variables.push((name.to_owned(), value));
}

/// Everything is there, and one more save too.
async fn all_arrives(scene: &Scene, machine: &Machine) -> Result<()> {
    scene.equal(machine).await?;
    machine.write("0001-spec/README.md", disk::spec("Saved on the way", "planned"))?;
    scene.equal(machine).await
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_passed_and_the_password_is_shown_nowhere() -> Result<()> {
    let behind = Behind::tls().await?;
    let ask = Squid::Basic { name: "ann", password: PASSWORD };
    let squid = squid::start(behind.scene.folder(), ask).await?;
    let mut machine = behind.machine().await?;
    machine.options.arguments.extend(["--log-level".to_owned(), "trace".to_owned()]);
    let proxy = format!("http://ann:{PASSWORD}@{}", squid.address);
    set(&mut machine, "LEANSPEC_BRIDGE_PROXY", proxy);
    let bridge = machine.ready(&behind.scene).await?;
    all_arrives(&behind.scene, &machine).await.with_context(|| bridge.process.said())?;

    let status = machine.status(&behind.scene).await?;
    ensure!(status["mode"] == "stream", "{status}");
    let said = bridge.process.said();
    ensure!(said.contains("over HTTP/2"), "{said}");
    let process = fs::read(format!("/proc/{}/cmdline", bridge.process.id()?))?;
    for shown in [said, status.to_string(), String::from_utf8_lossy(&process).into_owned()] {
        // In the clear, and as Basic carries it.
        ensure!(!shown.contains(PASSWORD) && !shown.contains("YW5uOnMzY3JldC"), "{shown}");
    }
    Ok(())
}

#[tokio::test]
async fn a_socks_proxy_is_passed_and_resolves_the_name_itself() -> Result<()> {
    let behind = Behind::tls().await?;
    let socks = socks::start(behind.scene.folder(), "ann", PASSWORD).await?;
    let mut machine = behind.machine().await?;
    let proxy = format!("socks5h://ann:{PASSWORD}@{}", socks.address);
    set(&mut machine, "LEANSPEC_BRIDGE_PROXY", proxy);
    let bridge = machine.ready(&behind.scene).await?;
    all_arrives(&behind.scene, &machine).await.with_context(|| bridge.process.said())?;
    ensure!(!bridge.process.said().contains(PASSWORD), "{}", bridge.process.said());
    Ok(())
}

#[tokio::test]
async fn what_a_proxy_wants_is_named_with_the_way_on() -> Result<()> {
    let behind = Behind::tls().await?;
    let folder = behind.scene.folder();
    let ask = Squid::Basic { name: "ann", password: PASSWORD };
    let basic = squid::start(folder, ask).await?;
    let ntlm = squid::start(folder, Squid::Ntlm).await?;
    let machine = behind.machine().await?;
    let cases = [
        (format!("http://{}", basic.address), "wants a name and a password"),
        (format!("http://ann:wrong@{}", basic.address), "does not accept the name"),
        (format!("http://{}", ntlm.address), "wants NTLM, which leanspec-bridge does not speak"),
        (format!("http://{}", behind.scene.relay.address), "refuses to connect"),
        ("http://127.0.0.1:9".to_owned(), "is not reached"),
    ];
    for (proxy, wanted) in cases {
        let mut machine = machine.clone();
        set(&mut machine, "LEANSPEC_BRIDGE_PROXY", proxy);
        let mut bridge = machine.start(&behind.scene)?;
        bridge.process.says(wanted).await?;
        bridge.process.kill().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_box_that_opens_tls_is_named_by_its_issuer_and_passed_once_it_is_trusted() -> Result<()> {
    let behind = Behind::tls().await?;
    let folder = shared_folder(behind.scene.folder(), "boxs-authority")?;
    let own = Authority::new(&folder, "Example Box CA").await?;
    let opens = Squid::Opens { own: &own, relays: &behind.authority };
    let squid = squid::start(behind.scene.folder(), opens).await?;
    let mut machine = behind.machine().await?;
    let proxy = ["--proxy".to_owned(), format!("http://{}", squid.address)];
    machine.options.arguments.extend(proxy);
    let mut bridge = machine.start(&behind.scene)?;
    bridge.process.says("issued by \"Example Box CA (Example Corp)\"").await?;
    bridge.process.kill().await?;

    trust(&mut machine, &own.certificate);
    let bridge = machine.ready(&behind.scene).await?;
    all_arrives(&behind.scene, &machine).await.with_context(|| bridge.process.said())
}

#[tokio::test]
async fn an_authority_in_ssl_cert_file_is_trusted_beside_the_others() -> Result<()> {
    let behind = Behind::tls().await?;
    let mut machine = behind.scene.machine("one").await?;
    disk::write_specs(&machine.specs, 3)?;
    machine.options.relay = format!("https://localhost:{}", behind.nginx.address.port());
    let file = behind.authority.certificate.to_string_lossy().into_owned();
    set(&mut machine, "SSL_CERT_FILE", file);
    let bridge = machine.ready(&behind.scene).await?;
    ensure!(bridge.process.said().contains("over HTTP/2"), "{}", bridge.process.said());
    behind.scene.equal(&machine).await
}

async fn is_in_mode(scene: &Scene, machine: &Machine, mode: &str) -> Result<()> {
    wait::until(|| async {
        let status = machine.status(scene).await?;
        ensure!(status["mode"] == mode, "{status}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_stream_that_nginx_holds_back_becomes_a_poll_and_everything_arrives() -> Result<()> {
    let scene = Scene::start().await?;
    let nginx = nginx::start(scene.folder(), scene.relay.address, None, nginx::HOLDS).await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 20)?;
    machine.options.relay = format!("http://{}", nginx.address);
    let bridge = machine.ready(&scene).await?;
    is_in_mode(&scene, &machine, "poll").await?;
    all_arrives(&scene, &machine).await.with_context(|| bridge.process.said())
}

#[tokio::test]
async fn a_stream_that_a_scanner_holds_to_its_end_becomes_a_poll_and_everything_arrives()
-> Result<()> {
    let scene = Scene::start().await?;
    let hold = Hold::start(scene.relay.address).await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 20)?;
    machine.options.relay = format!("http://{}", hold.address);
    let bridge = machine.ready(&scene).await?;
    is_in_mode(&scene, &machine, "poll").await?;
    all_arrives(&scene, &machine).await.with_context(|| bridge.process.said())
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
