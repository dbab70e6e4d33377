//! Ways out: proxies, and boxes that open TLS.

use std::fs;

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::middlebox::authority::Authority;
use e2e::middlebox::squid::{self, Squid};
use e2e::middlebox::{cntlm, shared_folder, socks};

use crate::{Behind, PASSWORD, all_arrives, set, trust};

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
async fn a_proxy_that_wants_ntlm_is_passed_with_a_helper_on_the_same_computer() -> Result<()> {
    let behind = Behind::tls().await?;
    let ntlm = squid::start(behind.scene.folder(), Squid::Ntlm).await?;
    let helper = cntlm::start(behind.scene.folder(), ntlm.address).await?;
    let mut machine = behind.machine().await?;
    machine.options.arguments.extend(["--proxy".into(), format!("http://{}", helper.address)]);
    let bridge = machine.ready(&behind.scene).await?;
    all_arrives(&behind.scene, &machine).await.with_context(|| bridge.process.said())
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
