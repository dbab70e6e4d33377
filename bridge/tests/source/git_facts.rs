//! What is told of git.

use leanspec_shared::path::FilePath;
use leanspec_shared::view::Git;

use crate::support::{Scene, git};

fn facts(scene: &Scene) -> Option<&Git> {
    scene.git.as_ref().and_then(Option::as_ref)
}

fn dirty(scene: &Scene) -> Vec<&str> {
    facts(scene).map(|git| git.dirty.iter().map(FilePath::as_str).collect()).unwrap_or_default()
}

#[tokio::test]
async fn branch_commit_dirty_specs_and_distance_are_told_and_kept_up_to_date() {
    let mut scene = Scene::prepare(&[("001-a/README.md", "a"), ("002-b/README.md", "b")]);
    scene.git(&["init", "-q", "-b", "main"]);
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "-m", "one"]);
    let origin = scene.root.with_file_name("origin.git");
    git(&scene.root, &["clone", "-q", "--bare", ".", origin.to_str().expect("UTF-8")]);
    scene.git(&["remote", "add", "origin", origin.to_str().expect("UTF-8")]);
    scene.git(&["fetch", "-q"]);
    scene.git(&["branch", "-q", "--set-upstream-to=origin/main"]);
    scene.start().await;
    scene.until("the facts", |scene| facts(scene).is_some()).await;
    let first = facts(&scene).expect("facts").clone();
    assert_eq!(
        (first.branch.as_deref(), first.ahead, first.behind),
        (Some("main"), Some(0), Some(0))
    );
    assert_eq!(first.commit.as_ref().map(String::len), Some(40));
    assert_eq!(first.dirty, vec![]);

    scene.write("001-a/README.md", "changed");
    scene.write("003-new/README.md", "new");
    std::fs::write(scene.root.join("other.txt"), "no spec").expect("written");
    let both = ["001-a/README.md", "003-new/README.md"];
    scene.until("both are dirty", |scene| dirty(scene) == both).await;

    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "-m", "two"]);
    scene.until("the commit", |scene| facts(scene).is_some_and(|git| git.ahead == Some(1))).await;
    assert_eq!(dirty(&scene), Vec::<&str>::new());
    assert_ne!(facts(&scene).expect("facts").commit, first.commit);

    scene.git(&["checkout", "-q", "-b", "feature/x"]);
    let branch = Some("feature/x".to_owned());
    scene.until("the branch", |scene| facts(scene).is_some_and(|git| git.branch == branch)).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_folder_without_git_says_so_and_works() {
    let mut scene = Scene::with(&[("001-a/README.md", "a")]).await;
    scene.until("git is known to be absent", |scene| scene.git == Some(None)).await;
    scene.stop().await;
}

#[tokio::test]
async fn the_index_of_the_repository_is_never_touched() {
    let mut scene = Scene::prepare(&[("001-a/README.md", "a")]);
    scene.git(&["init", "-q"]);
    scene.git(&["add", "-A"]);
    let index = scene.root.join(".git/index");
    let before = index.metadata().expect("there").modified().expect("a time");
    scene.start().await;
    scene.write("001-a/README.md", "b");
    scene.until("dirty", |scene| dirty(scene) == ["001-a/README.md"]).await;
    assert_eq!(index.metadata().expect("there").modified().expect("a time"), before);
    assert!(!scene.root.join(".git/index.lock").exists());
    scene.stop().await;
}

#[tokio::test]
async fn a_burst_of_checkouts_ends_with_exactly_what_is_on_the_disk() {
    let files: Vec<_> = (0..30).map(|n| format!("{n:03}-spec/README.md")).collect();
    let pairs: Vec<_> = files.iter().map(|name| (name.as_str(), "main")).collect();
    let mut scene = Scene::prepare(&pairs);
    scene.git(&["init", "-q", "-b", "main"]);
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "-m", "main"]);
    scene.git(&["checkout", "-q", "-b", "side"]);
    for (number, name) in files.iter().enumerate() {
        match number % 3 {
            0 => scene.write(name, "side"),
            1 => std::fs::remove_dir_all(scene.at(name).parent().expect("a folder"))
                .expect("removed"),
            _ => scene.write(&format!("{number:03}-side/a/b.md"), "new"),
        }
    }
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "-m", "side"]);
    scene.git(&["checkout", "-q", "main"]);
    scene.start().await;
    for branch in ["side", "main", "side", "main", "side"] {
        scene.git(&["checkout", "-q", branch]);
    }
    scene.until("equal to the disk", |scene| scene.files == scene.on_disk()).await;
    assert!(scene.is_live(), "{:?}", scene.state);
    scene.stop().await;
}
