//! Many specs, a full disk, and requests that nobody should believe.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use e2e::disk;
use e2e::meter::Meter;
use e2e::relay::{Relay, RelayOptions};
use e2e::scene::Scene;
use e2e::wait;
use leanspec_shared::http as paths;
use leanspec_shared::view::Spec;
use rand::distr::{Alphanumeric, SampleString};

/// Far above any real project; the largest seen has 2,000 files.
const MANY: usize = 10_000;

#[tokio::test]
async fn ten_thousand_specs_work_and_one_edit_stays_cheap() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, MANY)?;
    let meter = Meter::start(scene.relay.address).await?;
    machine.options.relay = format!("http://{}", meter.address);
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    ensure!(project.files == MANY as u64 && project.specs == MANY as u64, "{project:?}");

    drop(meter.take());
    let text = disk::spec("Edited among many", "in-progress");
    machine.write("5000-spec/README.md", &text)?;
    wait::until(|| async {
        let there = scene.api.file(&project, &"5000-spec/README.md".parse()?).await?;
        ensure!(there == text.as_bytes(), "not there yet");
        Ok(())
    })
    .await?;
    let sent = meter.take().body_bytes();
    ensure!(sent < 1000, "one edit cost {sent} bytes of bodies");
    Ok(())
}

/// A project over 2 MB could never sync with the predecessor.
#[tokio::test]
async fn a_project_of_many_megabytes_syncs() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    for number in 0..20 {
        // Random letters: little of it can be packed away.
        let text = Alphanumeric.sample_string(&mut rand::rng(), 1_000_000);
        machine.write(&format!("{number:03}-big/README.md"), text)?;
    }
    let _bridge = machine.ready(&scene).await?;
    scene.check_equal_except(&machine, &[]).await
}

/// A list of 304 specs cost the predecessor 4 to 5 s.
#[tokio::test]
async fn a_long_list_costs_less_than_its_specs_one_by_one() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 400)?;
    let _bridge = machine.ready(&scene).await?;
    let project = scene.project_of("one").await?;
    let start = Instant::now();
    let specs = scene.api.specs(&project).await?;
    let (listed, start) = (start.elapsed(), Instant::now());
    ensure!(specs.len() == 400, "{} specs", specs.len());
    for spec in &specs {
        let one: Spec =
            scene.api.get(&paths::spec(&spec.machine, &spec.project, &spec.path)).await?;
        ensure!(one.path == spec.path, "{one:?}");
    }
    let one_by_one = start.elapsed();
    ensure!(listed < one_by_one, "all at once {listed:?}, one by one {one_by_one:?}");
    Ok(())
}

/// The predecessor's relay wrote 20 MB a minute to its disk while nothing happened.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_relay_writes_next_to_nothing_to_its_disk() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 20)?;
    let _bridge = machine.ready(&scene).await?;
    let io = format!("/proc/{}/io", scene.relay.process.id()?);
    let written = || -> Result<u64> {
        let text = fs::read_to_string(&io)?;
        let line = text.lines().find_map(|line| line.strip_prefix("wchar: "));
        Ok(line.context("wchar")?.parse()?)
    };
    let before = written()?;
    // Longer than a heartbeat, which must not be a write to the disk either.
    wait::holds_for(Duration::from_secs(17), || async { Ok(()) }).await?;
    let more = written()? - before;
    ensure!(more < 100_000, "{more} bytes written in 17 s");
    Ok(())
}

/// A small file system of its own, unmounted when dropped.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(at: std::path::PathBuf, size: &str) -> Result<Self> {
        fs::create_dir_all(&at)?;
        let option = format!("size={size},mode=0700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &option, "tmpfs"]).arg(&at);
        let mounted = mount.output().context("starting mount")?;
        let said = String::from_utf8_lossy(&mounted.stderr);
        ensure!(
            mounted.status.success(),
            "a full disk needs a small one: run this as root, or leave the group out with \
             `cargo xtask test --without e2e` ({said})"
        );
        Ok(Self(at))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the relay, which ends later than this, still has files open in it.
        drop(Command::new("umount").arg("--lazy").arg(&self.0).status());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_at_the_relay_stops_writes_only_and_is_overcome() -> Result<()> {
    let mut scene = Scene::start().await?;
    let small = SmallDisk::mount(scene.folder().join("small"), "6m")?;
    let options = RelayOptions::new(&small.0);
    scene.relay = Relay::start(&scene.binaries, &options).await?;
    scene.api = e2e::api::Api::new(&scene.relay.url(), &scene.relay.create_key("admin").await?)?;
    let machine = scene.machine("one").await?;
    machine.write("001-a/README.md", disk::spec("Before", "planned"))?;
    let bridge = machine.ready(&scene).await?;

    let ballast = fill(&small.0)?;
    // Random letters: little can be packed, so they do not fit.
    for number in 0..12 {
        let text = Alphanumeric.sample_string(&mut rand::rng(), 100_000);
        machine.write(&format!("{number:03}-big/README.md"), text)?;
    }
    scene.relay.process.says("no room left").await?;
    bridge.process.says("disk is full").await?;
    let project = scene.project_of("one").await?;
    let read = scene.api.file(&project, &"001-a/README.md".parse()?).await?;
    ensure!(read.starts_with(b"---"), "reads go on");
    ensure!(scene.api.request("/healthz").send().await?.status().is_success(), "it is alive");

    fs::remove_file(ballast)?;
    scene.equal(&machine).await.with_context(|| bridge.process.said())
}

/// Fills a disk to the last byte; gives the file that did.
#[cfg(target_os = "linux")]
fn fill(folder: &std::path::Path) -> Result<std::path::PathBuf> {
    use std::io::Write;
    let path = folder.join("ballast");
    let mut file = fs::File::create(&path)?;
    for size in [64 * 1024, 4096] {
        let block = vec![0; size];
        while file.write_all(&block).is_ok() {}
    }
    if file.metadata()?.len() == 0 {
        bail!("the disk was full before");
    }
    Ok(path)
}
