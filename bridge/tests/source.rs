//! The source over a real file system with the platform's own watcher.

mod support;

use support::{Scene, hash_of};

#[tokio::test]
async fn every_file_is_told_once_at_the_start_with_its_spec() {
    let mut scene = Scene::with(&[("001-a/README.md", "one"), ("001-a/DESIGN.md", "two")]).await;
    assert_eq!(scene.file("001-a/README.md"), Some(hash_of("one")));
    assert_eq!(scene.file("001-a/DESIGN.md"), Some(hash_of("two")));
    assert_eq!(scene.specs(), ["001-a"]);
    scene.stop().await;
}
