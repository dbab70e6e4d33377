//! Keys that are wrong, revoked, missing, of another machine, or of a relay that forgot them.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::scene::Scene;
use e2e::wait;

#[tokio::test]
async fn a_wrong_key_is_named_with_what_to_do_and_the_bridge_keeps_watching() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    machine.options.key = format!("{}x", machine.options.key);
    let mut bridge = machine.start(&scene)?;
    let said = bridge.process.says("leanspec-bridge login").await?;
    ensure!(!said.contains(&machine.options.key), "the key stands in the log");
    wait::until(|| async {
        let status = machine.status(&scene).await?;
        ensure!(status["projects"][0]["specs"] == 2 && status["connected"] == false, "{status}");
        Ok(())
    })
    .await?;
    // Still alive: it tries again, it does not end.
    ensure!(bridge.process.id().is_ok(), "{}", bridge.process.said());
    bridge.process.stop().await?;
    Ok(())
}

#[tokio::test]
async fn sync_with_a_wrong_key_ends_with_four() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    machine.options.key = "lsr_bridge_unknown_unknown".to_owned();
    let output = machine.options.command(&scene.binaries, "sync").arg("--once").output().await?;
    ensure!(output.status.code() == Some(4), "{output:?}");
    Ok(())
}

#[tokio::test]
async fn a_bridge_without_a_key_names_the_command_that_stores_one() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let mut command = machine.options.command(&scene.binaries, "sync");
    let output = command.env_remove("LEANSPEC_BRIDGE_KEY").arg("--once").output().await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!output.status.success() && said.contains("leanspec-bridge login"), "{output:?}");
    Ok(())
}

#[tokio::test]
async fn a_key_stored_by_login_is_used_and_only_its_owner_can_read_it() -> Result<()> {
    let scene = Scene::start().await?;
    let mut machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let file = scene.folder().join("key");
    fs::write(&file, format!("{}\n", machine.options.key))?;
    let mut login = machine.options.command(&scene.binaries, "login");
    login.env_remove("LEANSPEC_BRIDGE_KEY").arg("--key-file").arg(&file);
    let output = login.output().await?;
    ensure!(output.status.success(), "{output:?}");

    // Found by its content, wherever it is: no copy of it may be open to others.
    let key = std::mem::take(&mut machine.options.key);
    for (path, bytes) in disk::read_all(&machine.options.home)? {
        if bytes.windows(key.len()).any(|window| window == key.as_bytes()) {
            check_private(&machine.options.home.join(path))?;
        }
    }
    let mut sync = machine.options.command(&scene.binaries, "sync");
    let output = sync.env_remove("LEANSPEC_BRIDGE_KEY").arg("--once").output().await?;
    ensure!(output.status.success(), "{output:?}");
    scene.equal(&machine).await
}

#[cfg(unix)]
fn check_private(file: &std::path::Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(file)?.permissions().mode() & 0o777;
    ensure!(mode == 0o600, "{}: {mode:o}", file.display());
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_file: &std::path::Path) -> Result<()> {
    Ok(())
}

/// A token of the predecessor was not bound to a machine: one could wipe another's specs.
#[tokio::test]
async fn a_key_of_another_machine_is_refused_and_changes_nothing() -> Result<()> {
    let scene = Scene::start().await?;
    let (one, mut two) = (scene.machine("one").await?, scene.machine("two").await?);
    disk::write_specs(&one.specs, 3)?;
    disk::write_specs(&two.specs, 1)?;
    let _first = one.ready(&scene).await?;
    two.options.key = one.options.key.clone();
    let output = two.options.command(&scene.binaries, "sync").arg("--once").output().await?;
    ensure!(output.status.code() == Some(4), "{output:?}");
    ensure!(scene.api.machines().await?.len() == 1, "only the first machine is known");
    scene.equal(&one).await
}

/// A revoked machine of the predecessor stayed online.
#[tokio::test]
async fn a_revoked_key_ends_the_bridges_feed_at_once() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let bridge = machine.ready(&scene).await?;
    wait::until(|| async {
        let status = machine.status(&scene).await?;
        ensure!(status["connected"] == true, "{status}");
        Ok(())
    })
    .await?;
    let id = key_id(&scene, &machine.options.key).await?;
    scene.relay.command(&["key", "revoke", &id]).await?;
    wait::until(|| async {
        ensure!(
            bridge.process.said().contains("leanspec-bridge login"),
            "{}",
            bridge.process.said()
        );
        Ok(())
    })
    .await?;
    machine.write("0001-spec/README.md", disk::spec("After the end", "planned"))?;
    wait::holds_for(Duration::from_millis(500), || async {
        let project = scene.project_of("one").await?;
        let bytes = scene.api.file(&project, &"0001-spec/README.md".parse()?).await?;
        ensure!(!String::from_utf8_lossy(&bytes).contains("After the end"), "a revoked key pushed");
        Ok(())
    })
    .await
}

/// The id of a key, by asking the relay with it.
async fn key_id(scene: &Scene, key: &str) -> Result<String> {
    let me = scene.api.client.get(format!("{}/v1/me", scene.relay.url())).bearer_auth(key);
    let me: serde_json::Value = me.send().await?.json().await?;
    Ok(me["key"].as_str().with_context(|| me.to_string())?.to_owned())
}

#[tokio::test]
async fn a_relay_that_lost_its_identity_is_named_and_works_again_when_it_is_restored() -> Result<()>
{
    let mut scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 2)?;
    let bridge = machine.ready(&scene).await?;
    scene.relay.process.stop().await?;
    let (data, kept) = (scene.data(), scene.folder().join("kept"));
    fs::create_dir_all(&kept)?;
    for name in ["identity.db", "identity.db-wal", "identity.db-shm"] {
        if data.join(name).exists() {
            fs::rename(data.join(name), kept.join(name))?;
        }
    }
    scene.relay_again().await?;
    bridge.process.says("does not know this key").await?;
    machine.write("0001-spec/README.md", disk::spec("Seen all the while", "planned"))?;

    scene.relay.process.stop().await?;
    for (name, bytes) in disk::read_all(&kept)? {
        fs::write(data.join(name), bytes)?;
    }
    scene.relay_again().await?;
    // The next try is minutes away; storing the key again is what the bridge has told the user.
    let login = machine.options.command(&scene.binaries, "login").output().await?;
    ensure!(login.status.success(), "{login:?}");
    scene.equal(&machine).await
}
