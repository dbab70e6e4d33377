//! What is told of ordinary work on specs.

use std::time::{Duration, Instant};

use crate::support::{Scene, hash_of, path};
use leanspec_bridge::source::WatchMode;
use leanspec_shared::view::SkipReason;

#[tokio::test]
async fn every_file_is_told_once_at_the_start_with_its_spec() {
    let mut scene = Scene::with(&[("001-a/README.md", "one"), ("001-a/DESIGN.md", "two")]).await;
    assert_eq!(scene.file("001-a/README.md"), Some(hash_of("one")));
    assert_eq!(scene.file("001-a/DESIGN.md"), Some(hash_of("two")));
    assert_eq!(scene.specs(), ["001-a"]);
    assert_eq!(scene.told.len(), 2);
    assert_eq!(scene.located, 1, "the spec was not told before its README.md");
    assert!(scene.is_live());
    assert_eq!(scene.watch, Some(WatchMode::Native));
    scene.stop().await;
}

#[tokio::test]
async fn a_save_in_place_and_a_save_by_rename_are_told() {
    let mut scene = Scene::with(&[("001-a/README.md", "0")]).await;
    for round in 1..=10 {
        // Far enough apart for the file to be quiet again.
        scene.during(Duration::from_millis(350), "nothing more", |_| true).await;
        let text = format!("version {round}");
        if round % 2 == 0 {
            scene.write("001-a/README.md", &text);
        } else {
            scene.replace("001-a/README.md", &text);
        }
        let wanted = Some(hash_of(&text));
        scene.until("the save is told", |scene| scene.file("001-a/README.md") == wanted).await;
    }
    assert_eq!(scene.files.len(), 1, "no temporary file was told: {:?}", scene.told);
    scene.stop().await;
}

#[tokio::test]
async fn no_temporary_file_of_a_save_is_ever_told() {
    let mut scene = Scene::with(&[("001-a/README.md", "0")]).await;
    for round in 0..20 {
        scene.replace("001-a/README.md", &format!("{round}"));
    }
    let last = Some(hash_of("19"));
    scene.until("the last save is told", |scene| scene.file("001-a/README.md") == last).await;
    assert!(
        scene.told.iter().all(|(file, _)| *file == path("001-a/README.md")),
        "{:?}",
        scene.told
    );
    scene.stop().await;
}

/// The predecessor deleted a spec in the cloud when vim was opened and quit, and when it saved.
#[tokio::test]
async fn predecessor_vim_opening_saving_and_quitting_never_deletes_a_spec() {
    let mut scene = Scene::with(&[("001-a/README.md", "before"), ("002-b/README.md", "b")]).await;
    // Open: a swap file; probe; quit.
    scene.write("001-a/.README.md.swp", "swap");
    scene.write("001-a/4913", "");
    std::fs::remove_file(scene.at("001-a/4913")).expect("removed");
    // Save with backupcopy=no: away, anew, backup gone.
    std::fs::rename(scene.at("001-a/README.md"), scene.at("001-a/README.md~")).expect("renamed");
    scene.write("001-a/README.md", "after");
    std::fs::remove_file(scene.at("001-a/README.md~")).expect("removed");
    std::fs::remove_file(scene.at("001-a/.README.md.swp")).expect("removed");
    scene.until("the save", |scene| scene.file("001-a/README.md") == Some(hash_of("after"))).await;
    let kept = |scene: &Scene| scene.specs() == ["001-a", "002-b"] && scene.files.len() == 2;
    scene.during(Duration::from_secs(2), "no spec went", kept).await;
    assert!(scene.told.iter().all(|(_, hash)| hash.is_some()), "{:?}", scene.told);
    scene.stop().await;
}

#[tokio::test]
async fn a_deleted_file_is_told_after_a_second_look() {
    let mut scene =
        Scene::with(&[("001-a/README.md", "a"), ("001-a/X.md", "x"), ("002-b/README.md", "b")])
            .await;
    let deleted = Instant::now();
    std::fs::remove_file(scene.at("001-a/X.md")).expect("removed");
    scene.until("it is gone", |scene| scene.file("001-a/X.md").is_none()).await;
    let waited = deleted.elapsed();
    assert!(waited >= Duration::from_millis(1500), "{waited:?}");
    std::fs::remove_dir_all(scene.at("002-b")).expect("removed");
    scene.until("the spec is gone", |scene| scene.specs() == ["001-a"]).await;
    assert_eq!(scene.files.len(), 1);
    scene.stop().await;
}

/// The predecessor left ghosts behind when specs were moved.
#[tokio::test]
async fn predecessor_a_renamed_folder_leaves_no_ghost_and_loses_nothing() {
    let mut scene =
        Scene::with(&[("001-a/README.md", "a"), ("001-a/X.md", "x"), ("002-b/README.md", "b")])
            .await;
    std::fs::create_dir(scene.at("archived")).expect("made");
    std::fs::rename(scene.at("001-a"), scene.at("archived/001-a")).expect("renamed");
    let moved = ["002-b", "archived/001-a"];
    scene.until("it moved", |scene| scene.specs() == moved && scene.files.len() == 3).await;
    assert_eq!(scene.files, scene.on_disk());
    // The moved folder is still watched, under its new name.
    scene.write("archived/001-a/README.md", "again");
    let again = Some(hash_of("again"));
    scene.until("its change", |scene| scene.file("archived/001-a/README.md") == again).await;
    scene.stop().await;
}

#[tokio::test]
async fn files_made_at_once_with_their_new_nested_folders_are_all_told() {
    let mut scene = Scene::with(&[("000-first/README.md", "0")]).await;
    for round in 0..40 {
        scene.write(&format!("{round:03}-new/README.md"), &format!("{round}"));
        scene.write(&format!("{round:03}-new/a/b/c/deep.md"), &format!("deep {round}"));
    }
    scene.until("all of them", |scene| scene.files.len() == 81).await;
    assert_eq!(scene.files, scene.on_disk());
    // A tree that is moved in whole gives one event.
    let outside = scene.root.join("outside");
    std::fs::create_dir_all(outside.join("x/y")).expect("made");
    std::fs::write(outside.join("README.md"), "in").expect("written");
    std::fs::write(outside.join("x/y/z.md"), "in").expect("written");
    std::fs::rename(outside, scene.at("100-moved-in")).expect("renamed");
    scene.until("the tree", |scene| scene.file("100-moved-in/x/y/z.md").is_some()).await;
    assert_eq!(scene.files, scene.on_disk());
    scene.stop().await;
}

#[tokio::test]
async fn three_hundred_files_rewritten_at_once_are_all_told() {
    let names: Vec<String> = (0..300).map(|n| format!("{n:03}-spec/README.md")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "before")).collect();
    let mut scene = Scene::with(&files).await;
    for name in &names {
        scene.write(name, "after");
    }
    let after = hash_of("after");
    scene.until("all of them", |scene| scene.files.values().all(|hash| *hash == after)).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_file_that_grows_slowly_is_told_as_it_grows_and_ends_exact() {
    let mut scene = Scene::with(&[("001-a/README.md", "")]).await;
    let mut text = String::new();
    for line in 0..20 {
        text += &format!("line {line}\n");
        scene.write("001-a/README.md", &text);
        scene.during(Duration::from_millis(20), "growing", |_| true).await;
    }
    let whole = Some(hash_of(&text));
    scene.until("all of it", |scene| scene.file("001-a/README.md") == whole).await;
    assert!(scene.told.len() < 20, "changes in a row were gathered: {}", scene.told.len());
    scene.stop().await;
}

#[tokio::test]
async fn a_file_truncated_before_it_is_written_is_not_told_as_empty() {
    let mut scene = Scene::with(&[("001-a/README.md", "before")]).await;
    let file = std::fs::File::create(scene.at("001-a/README.md")).expect("truncated");
    scene.during(Duration::from_millis(100), "not empty yet", |scene| scene.told.len() == 1).await;
    std::io::Write::write_all(&mut &file, b"after").expect("written");
    drop(file);
    scene.until("the text", |scene| scene.file("001-a/README.md") == Some(hash_of("after"))).await;
    assert!(scene.told.iter().all(|(_, hash)| *hash != Some(hash_of(""))), "{:?}", scene.told);
    // Meant to be empty: told once it is closed, or after a moment.
    scene.write("001-a/README.md", "");
    scene.until("empty", |scene| scene.file("001-a/README.md") == Some(hash_of(""))).await;
    scene.stop().await;
}

#[tokio::test]
async fn reading_and_touching_files_tells_nothing() {
    let mut scene = Scene::with(&[("001-a/README.md", "a")]).await;
    std::fs::read(scene.at("001-a/README.md")).expect("read");
    let file =
        std::fs::File::options().append(true).open(scene.at("001-a/README.md")).expect("open");
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("touched");
    scene.during(Duration::from_millis(800), "nothing told", |scene| scene.told.len() == 1).await;
    scene.stop().await;
}

#[tokio::test]
async fn a_rewrite_with_the_old_time_and_size_is_told() {
    let mut scene = Scene::with(&[("001-a/README.md", "aaaa")]).await;
    let before = scene.at("001-a/README.md").metadata().expect("there").modified().expect("a time");
    scene.write("001-a/README.md", "bbbb");
    let file =
        std::fs::File::options().append(true).open(scene.at("001-a/README.md")).expect("open");
    file.set_modified(before).expect("touched back");
    scene
        .until("the new bytes", |scene| scene.file("001-a/README.md") == Some(hash_of("bbbb")))
        .await;
    scene.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_not_sent_is_listed_with_its_reason_and_hides_nothing_else() {
    use std::os::unix::ffi::OsStrExt;

    let mut scene =
        Scene::prepare(&[("001-a/README.md", "a"), ("001-a/big.md", ""), ("drafts/x.md", "x")]);
    scene.settings.ignore = vec!["drafts/".into()];
    scene.settings.file_max_bytes = 1000;
    scene.write("001-a/big.md", &"x".repeat(1001));
    scene.write("001-a/limit.md", &"x".repeat(1000));
    scene.write("001-a/data.bin", "a\0b");
    scene.write("001-a/picture.PNG", "a\0b");
    scene.write(".hidden/x.md", "x");
    scene.write("001-a/broken.md", "");
    std::fs::write(scene.at("001-a/broken.md"), b"caf\xe9").expect("written");
    std::fs::write(scene.root.join("secret"), "secret").expect("written");
    std::os::unix::fs::symlink("../../secret", scene.at("001-a/link.md")).expect("linked");
    std::os::unix::fs::symlink("..", scene.at("up")).expect("linked");
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
    std::fs::write(scene.at("001-a").join(odd), "x").expect("written");
    std::fs::write(scene.at("001-a").join("back\\slash.md"), "x").expect("written");
    scene.start().await;
    let reasons = [
        ("001-a/big.md", SkipReason::TooLarge),
        ("001-a/data.bin", SkipReason::Binary),
        (".hidden", SkipReason::Ignored),
        ("drafts", SkipReason::Ignored),
        ("001-a/link.md", SkipReason::Link),
        ("up", SkipReason::Link),
        ("001-a/caf\u{fffd}.md", SkipReason::BadName),
        ("001-a/back\\slash.md", SkipReason::BadName),
    ];
    for (name, reason) in &reasons {
        assert_eq!(scene.skip_reason(name).as_ref(), Some(reason), "{name}: {:?}", scene.skipped);
    }
    assert_eq!(scene.skipped.len(), reasons.len(), "{:?}", scene.skipped);
    let sent = ["001-a/README.md", "001-a/broken.md", "001-a/limit.md", "001-a/picture.PNG"];
    assert_eq!(scene.files.keys().map(|path| path.as_str()).collect::<Vec<_>>(), sent);
    // Reasons come and go while it runs.
    scene.write("001-a/data.bin", "text now");
    scene.until("it is text", |scene| scene.file("001-a/data.bin").is_some()).await;
    assert_eq!(scene.skip_reason("001-a/data.bin"), None);
    scene.write("001-a/limit.md", &"x".repeat(1001));
    scene
        .until("it grew", |scene| scene.skip_reason("001-a/limit.md") == Some(SkipReason::TooLarge))
        .await;
    assert_eq!(scene.file("001-a/limit.md"), None);
    scene.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_decomposed_name_travels_composed_and_its_twin_is_skipped() {
    let mut scene = Scene::prepare(&[("001-a/README.md", "a")]);
    scene.write("002-u\u{308}ber/README.md", "decomposed");
    scene.start().await;
    assert_eq!(scene.file("002-über/README.md"), Some(hash_of("decomposed")));
    let hash = hash_of("decomposed");
    let bytes =
        leanspec_bridge::source::read_file(&scene.dir(), &path("002-über/README.md"), &hash);
    assert_eq!(bytes.expect("readable"), b"decomposed");
    scene.write("002-u\u{308}ber/README.md", "changed");
    let changed = Some(hash_of("changed"));
    scene.until("its change", |scene| scene.file("002-über/README.md") == changed).await;
    scene.write("001-a/o\u{308}.md", "one");
    scene.write("001-a/ö.md", "two");
    scene.handle().rescan();
    let twin = "001-a/o\u{308}.md";
    scene.until("the twin", |scene| scene.skip_reason(twin) == Some(SkipReason::BadName)).await;
    scene.until("the plain one", |scene| scene.file("001-a/ö.md") == Some(hash_of("two"))).await;
    scene.stop().await;
}

#[tokio::test]
async fn the_bytes_for_sending_are_exactly_those_that_were_told_or_none() {
    let mut scene = Scene::with(&[("001-a/README.md", "a")]).await;
    let read =
        |hash| leanspec_bridge::source::read_file(&scene.dir(), &path("001-a/README.md"), &hash);
    assert_eq!(read(hash_of("a")).expect("unchanged"), b"a");
    assert!(read(hash_of("b")).is_err());
    std::fs::remove_file(scene.at("001-a/README.md")).expect("removed");
    assert!(read(hash_of("a")).is_err());
    scene.stop().await;
}

#[tokio::test]
async fn an_empty_numbered_folder_is_told_and_becomes_a_spec_with_its_readme() {
    let mut scene = Scene::with(&[("001-a/README.md", "a")]).await;
    std::fs::create_dir(scene.at("002-b")).expect("made");
    let b = path("002-b");
    scene
        .until("the folder", |scene| scene.specs.get(&b).is_some_and(|spec| spec.main.is_none()))
        .await;
    scene.write("002-b/README.md", "b");
    scene
        .until("the spec", |scene| scene.specs.get(&b).is_some_and(|spec| spec.main.is_some()))
        .await;
    scene.stop().await;
}

#[tokio::test]
async fn nothing_of_ours_is_left_in_the_specs_folder_and_nothing_is_written_where_none_may() {
    let mut scene = Scene::with(&[("001-a/README.md", "a")]).await;
    let ours = |scene: &Scene| {
        let entries = std::fs::read_dir(scene.dir()).expect("there").filter_map(Result::ok);
        entries.filter(|entry| entry.file_name().to_string_lossy().contains("leanspec")).count()
    };
    scene.during(Duration::from_millis(300), "settled", |_| true).await;
    assert_eq!(ours(&scene), 0);
    scene.stop().await;
    // The folder's own time tells of anything that came and went.
    let before = scene.dir().metadata().expect("there").modified().expect("a time");
    scene.settings.may_write = false;
    scene.start().await;
    scene.during(Duration::from_millis(300), "settled", |_| true).await;
    assert_eq!(scene.dir().metadata().expect("there").modified().expect("a time"), before);
    assert_eq!(scene.watch, Some(WatchMode::Native));
    scene.stop().await;
}
