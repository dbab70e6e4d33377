//! When what is missing counts as deleted, and when the project halts instead.

use std::time::Duration;

use crate::support::{Scene, hash_of, path};

/// More than the second look takes.
const LONG_ENOUGH: Duration = Duration::from_secs(3);

fn many(count: usize) -> Vec<(String, String)> {
    (0..count).map(|n| (format!("{n:03}-spec/README.md"), format!("text {n}"))).collect()
}

async fn scene_of(count: usize) -> Scene {
    let scene = prepare(count);
    started(scene).await
}

fn prepare(count: usize) -> Scene {
    let files = many(count);
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Scene::prepare(&files)
}

async fn started(mut scene: Scene) -> Scene {
    scene.start().await;
    scene
}

fn commit_all(scene: &Scene, message: &str) {
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "--allow-empty", "-m", message]);
}

#[tokio::test]
async fn an_emptied_folder_halts_the_project_and_nothing_is_told_to_be_deleted() {
    let mut scene = scene_of(5).await;
    for n in 0..5 {
        std::fs::remove_dir_all(scene.at(&format!("{n:03}-spec"))).expect("removed");
    }
    scene.until("it halts", |scene| scene.is_halted_with("5 files of 5")).await;
    assert!(scene.is_halted_with("accept-deletes demo"), "{:?}", scene.state);
    scene.during(LONG_ENOUGH, "no deletion", |scene| scene.files.len() == 5).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_halted_project_goes_on_by_itself_when_its_files_return() {
    let mut scene = scene_of(60).await;
    std::fs::create_dir(scene.root.join("away")).expect("made");
    for n in 0..40 {
        let name = format!("{n:03}-spec");
        std::fs::rename(scene.at(&name), scene.root.join("away").join(name)).expect("moved");
    }
    scene.until("it halts", |scene| scene.is_halted_with("40 files of 60")).await;
    for n in 0..40 {
        let name = format!("{n:03}-spec");
        std::fs::rename(scene.root.join("away").join(&name), scene.at(&name)).expect("moved back");
    }
    scene.until("it is live again", Scene::is_live).await;
    assert_eq!(scene.files, scene.on_disk());
    assert!(scene.told.iter().all(|(_, hash)| hash.is_some()));
    scene.stop().await;
}

#[tokio::test]
async fn the_user_can_say_that_a_large_deletion_is_meant() {
    let mut scene = scene_of(50).await;
    for n in 0..45 {
        std::fs::remove_dir_all(scene.at(&format!("{n:03}-spec"))).expect("removed");
    }
    scene.until("it halts", |scene| scene.is_halted_with("45 files of 50")).await;
    scene.handle().accept_deletes();
    scene.until("it is live", |scene| scene.is_live() && scene.files.len() == 5).await;
    assert_eq!(scene.files, scene.on_disk());
    assert_eq!(scene.specs().len(), 5);
    scene.stop().await;
}

#[tokio::test]
async fn a_missing_specs_folder_halts_and_its_return_is_noticed_and_watched() {
    let mut scene = scene_of(3).await;
    let away = scene.root.join("away");
    std::fs::rename(scene.dir(), &away).expect("moved");
    scene.until("it halts", |scene| scene.is_halted_with("is missing")).await;
    assert_eq!(scene.files.len(), 3);
    std::fs::write(away.join("001-spec/README.md"), "changed away").expect("written");
    std::fs::rename(&away, scene.dir()).expect("moved back");
    scene.until("it is live", Scene::is_live).await;
    let changed = Some(hash_of("changed away"));
    scene.until("the change", |scene| scene.file("001-spec/README.md") == changed).await;
    scene.write("001-spec/README.md", "changed here");
    let changed = Some(hash_of("changed here"));
    scene.until("still watched", |scene| scene.file("001-spec/README.md") == changed).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_specs_folder_that_was_made_anew_with_everything_in_it_is_watched_again() {
    let mut scene = scene_of(3).await;
    std::fs::rename(scene.dir(), scene.root.join("old")).expect("moved");
    for (name, text) in many(3) {
        scene.write(&name, &text);
    }
    scene.during(LONG_ENOUGH, "nothing deleted", |scene| scene.files.len() == 3).await;
    assert!(scene.is_live(), "{:?}", scene.state);
    scene.write("000-spec/README.md", "new");
    scene.until("watched", |scene| scene.file("000-spec/README.md") == Some(hash_of("new"))).await;
    scene.stop().await;
}

#[tokio::test]
async fn accepting_that_the_specs_folder_is_gone_tells_every_file_gone() {
    let mut scene = scene_of(3).await;
    std::fs::remove_dir_all(scene.dir()).expect("removed");
    scene.until("it halts", |scene| scene.is_halted_with("is missing")).await;
    scene.handle().accept_deletes();
    scene.until("all gone", |scene| scene.is_live() && scene.files.is_empty()).await;
    assert_eq!(scene.specs(), Vec::<String>::new());
    scene.write("001-back/README.md", "back");
    scene.until("a new one", |scene| scene.file("001-back/README.md").is_some()).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_checkout_of_a_branch_with_few_specs_is_believed() {
    let scene = prepare(60);
    scene.git(&["init", "-q", "-b", "main"]);
    commit_all(&scene, "all");
    scene.git(&["checkout", "-q", "-b", "few"]);
    for n in 5..60 {
        std::fs::remove_dir_all(scene.at(&format!("{n:03}-spec"))).expect("removed");
    }
    commit_all(&scene, "few");
    scene.git(&["checkout", "-q", "main"]);
    let mut scene = started(scene).await;
    scene.until("git's facts", |scene| scene.git.is_some()).await;
    scene.git(&["checkout", "-q", "few"]);
    scene.until("few are left", |scene| scene.files.len() == 5).await;
    assert!(scene.is_live(), "{:?}", scene.state);
    scene.git(&["checkout", "-q", "main"]);
    scene.until("all are back", |scene| scene.files.len() == 60).await;
    assert_eq!(scene.files, scene.on_disk());
    scene.stop().await;
}

#[tokio::test]
async fn a_checkout_of_a_branch_without_specs_while_the_bridge_is_off_is_believed_when_the_folder_stays()
 {
    let scene = prepare(4);
    scene.write(".keep", "");
    scene.git(&["init", "-q", "-b", "main"]);
    scene.git(&["commit", "-q", "--allow-empty", "-m", "empty"]);
    scene.git(&["branch", "empty"]);
    scene.git(&["add", "specs/000-spec", "specs/001-spec", "specs/002-spec", "specs/003-spec"]);
    scene.git(&["commit", "-q", "-m", "specs"]);
    let mut scene = started(scene).await;
    let told =
        |scene: &Scene| scene.baseline.as_ref().is_some_and(|baseline| baseline.commit.is_some());
    scene.until("the commit is remembered", told).await;
    scene.stop().await;
    scene.git(&["checkout", "-q", "empty"]);
    scene.start().await;
    assert!(scene.is_live() && scene.files.is_empty(), "{:?} {:?}", scene.state, scene.files);
    scene.stop().await;
}

#[tokio::test]
async fn files_that_vanished_while_the_bridge_was_off_are_doubted_like_any_other() {
    let mut scene = scene_of(30).await;
    scene.stop().await;
    std::fs::remove_dir_all(scene.at("000-spec")).expect("removed");
    scene.start().await;
    assert_eq!(scene.files.len(), 29, "a single one is believed");
    scene.stop().await;
    for n in 1..30 {
        std::fs::remove_dir_all(scene.at(&format!("{n:03}-spec"))).expect("removed");
    }
    scene.launch();
    scene.until("it halts", |scene| scene.is_halted_with("29 files of 29")).await;
    assert!(!scene.complete);
    scene.handle().accept_deletes();
    scene.until("complete", |scene| scene.complete && scene.files.is_empty()).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_restart_with_nothing_changed_tells_every_file_and_deletes_none() {
    let mut scene = scene_of(30).await;
    scene.stop().await;
    scene.told.clear();
    scene.start().await;
    assert_eq!(scene.told.len(), 30);
    assert!(scene.told.iter().all(|(_, hash)| hash.is_some()));
    scene.stop().await;
}

#[tokio::test]
async fn a_changed_filter_makes_files_ignored_whatever_their_number() {
    let mut scene = scene_of(50).await;
    scene.stop().await;
    scene.settings.ignore = vec!["0[0-3]*-spec".into()];
    scene.start().await;
    assert!(scene.is_live(), "{:?}", scene.state);
    assert_eq!(scene.files.len(), 10);
    assert_eq!(scene.skipped.len(), 40);
    scene.stop().await;
}

/// The predecessor deleted the spec when any file in its folder went.
#[tokio::test]
async fn predecessor_removing_another_file_of_a_spec_keeps_the_spec() {
    let mut scene =
        Scene::with(&[("001-a/README.md", "a"), ("001-a/X.md", "x"), ("002-b/README.md", "b")])
            .await;
    std::fs::remove_file(scene.at("001-a/X.md")).expect("removed");
    scene.until("it is gone", |scene| scene.file("001-a/X.md").is_none()).await;
    assert_eq!(scene.specs(), ["001-a", "002-b"]);
    scene.stop().await;
}

#[tokio::test]
async fn a_file_deleted_and_made_again_at_once_is_never_told_gone() {
    let mut scene = scene_of(3).await;
    for round in 0..5 {
        std::fs::remove_file(scene.at("001-spec/README.md")).expect("removed");
        scene.during(Duration::from_millis(100), "missing", |_| true).await;
        scene.write("001-spec/README.md", &format!("round {round}"));
    }
    let last = Some(hash_of("round 4"));
    scene.until("the last", |scene| scene.file("001-spec/README.md") == last).await;
    scene
        .during(LONG_ENOUGH, "kept", |scene| scene.files.contains_key(&path("001-spec/README.md")))
        .await;
    assert!(scene.told.iter().all(|(_, hash)| hash.is_some()), "{:?}", scene.told);
    scene.stop().await;
}
