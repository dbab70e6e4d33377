//! Through what stands between: real proxies and middleboxes, and two of ours for what no program
//! does on demand. In each, everything saved arrives.

mod boxes;
mod doctor;
mod proxies;

use std::path::Path;

use anyhow::{Result, ensure};
use e2e::disk;
use e2e::middlebox::authority::Authority;
use e2e::middlebox::{Middlebox, nginx, shared_folder};
use e2e::scene::{Machine, Scene};
use e2e::wait;

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

async fn is_in_mode(scene: &Scene, machine: &Machine, mode: &str) -> Result<()> {
    wait::until(|| async {
        let status = machine.status(scene).await?;
        ensure!(status["mode"] == mode, "{status}");
        Ok(())
    })
    .await
}
