//! Files that vanish together: a branch without specs is believed, an emptied folder is not.

use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::disk;
use e2e::git::{self, git};
use e2e::scene::{Machine, Scene};
use e2e::wait;
use leanspec_shared::view::HaltCode;

const SPECS: usize = 40;

async fn state(scene: &Scene, wanted: &str) -> Result<()> {
    wait::until(|| async {
        let project = scene.project_of("one").await?;
        let reason = project.state_reason.unwrap_or_default();
        ensure!(project.state.as_str() == wanted, "{} ({reason})", project.state);
        Ok(())
    })
    .await
}

async fn files(scene: &Scene) -> Result<u64> {
    Ok(scene.project_of("one").await?.files)
}

/// A repository whose branch `main` has specs and whose branch `bare` has none.
async fn repository(scene: &Scene) -> Result<Machine> {
    let machine = scene.machine("one").await?;
    disk::write(&machine.project, "README.md", "# The project\n")?;
    git::init(&machine.project)?;
    git(&machine.project, &["branch", "bare"])?;
    disk::write_specs(&machine.specs, SPECS)?;
    git::commit(&machine.project, "specs")?;
    Ok(machine)
}

#[tokio::test]
async fn a_branch_without_specs_is_believed_and_its_return_too() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = repository(&scene).await?;
    let _bridge = machine.ready(&scene).await?;
    git(&machine.project, &["checkout", "--quiet", "bare"])?;
    wait::until(|| async {
        ensure!(files(&scene).await? == 0, "{} files left", files(&scene).await?);
        Ok(())
    })
    .await?;
    git(&machine.project, &["checkout", "--quiet", "main"])?;
    scene.equal(&machine).await?;
    state(&scene, "live").await
}

#[tokio::test]
async fn files_that_vanish_without_git_halt_the_project_until_they_return() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = repository(&scene).await?;
    let bridge = machine.ready(&scene).await?;
    let aside = machine.project.join("aside");
    fs::rename(&machine.specs, &aside)?;
    state(&scene, "halted").await?;
    wait::holds_for(Duration::from_secs(2), || async {
        ensure!(files(&scene).await? == SPECS as u64, "deleted: {}", bridge.process.said());
        Ok(())
    })
    .await?;
    fs::rename(&aside, &machine.specs)?;
    state(&scene, "live").await?;
    machine.write("0001-spec/README.md", disk::spec("Watched again", "planned"))?;
    scene.equal(&machine).await
}

#[tokio::test]
async fn an_emptied_folder_halts_until_the_user_accepts() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, SPECS)?;
    let bridge = machine.ready(&scene).await?;
    for number in 1..=SPECS - 5 {
        fs::remove_dir_all(machine.specs.join(format!("{number:04}-spec")))?;
    }
    state(&scene, "halted").await?;
    let code = scene.project_of("one").await?.state_code;
    ensure!(code == Some(HaltCode::ManyMissing), "{code:?}");
    ensure!(files(&scene).await? == SPECS as u64, "deleted: {}", bridge.process.said());
    let status = machine.status(&scene).await?;
    let id = status["projects"][0]["id"].as_str().unwrap_or_default().to_owned();
    let accept =
        machine.options.command(&scene.binaries, "accept-deletes").arg(id).output().await?;
    ensure!(accept.status.success(), "{accept:?}");
    scene.equal(&machine).await?;
    ensure!(files(&scene).await? == 5, "five are left");
    state(&scene, "live").await
}

#[tokio::test]
async fn a_checkout_that_rewrites_everything_arrives_whole() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = repository(&scene).await?;
    git(&machine.project, &["checkout", "--quiet", "-b", "other"])?;
    for number in 1..=SPECS {
        let spec = format!("{number:04}-spec");
        if number % 3 == 0 {
            fs::rename(
                machine.specs.join(&spec),
                machine.specs.join(format!("{number:04}-moved")),
            )?;
        } else {
            machine.write(&format!("{spec}/README.md"), disk::spec("Other", "complete"))?;
        }
    }
    git::commit(&machine.project, "other")?;
    git(&machine.project, &["checkout", "--quiet", "main"])?;
    let _bridge = machine.ready(&scene).await?;
    for branch in ["other", "main", "other"] {
        git(&machine.project, &["checkout", "--quiet", branch])?;
        scene.equal(&machine).await?;
    }
    Ok(())
}
