//! What a command may not touch, and what a file keeps besides its bytes.

use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use leanspec_bridge::apply::{Created, Creation, Refused, Replaced, Shop, Trouble, exclude};
use leanspec_bridge::source::filter::Filter;
use leanspec_shared::command::Reason;

use crate::support::{BASE, Scene, WANTED, applied, git, id, path, replace, replace_at};

/// Every name below a folder, with what it is and holds.
fn listing(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            let found = path.symlink_metadata().expect("there");
            let held =
                if found.is_file() { std::fs::read(&path).expect("readable") } else { vec![] };
            names.push(format!("{path:?} {:?} {} {held:?}", found.file_type(), found.ino()));
            if found.is_dir() {
                folders.push(path);
            }
        }
    }
    names.sort();
    names
}

#[test]
fn what_is_no_plain_file_of_the_project_is_refused_and_nothing_is_touched() {
    let scene = Scene::new();
    let at = |name: &str| scene.specs.join(name);
    let outside = scene.root.join("outside.md");
    std::fs::write(&outside, BASE).expect("written");
    std::fs::create_dir(scene.root.join("elsewhere")).expect("made");
    std::fs::write(scene.root.join("elsewhere/README.md"), BASE).expect("written");
    symlink("../../outside.md", at("001-a/link.md")).expect("linked");
    symlink("../elsewhere", at("002-linked")).expect("linked");
    std::fs::hard_link(&outside, at("001-a/hard.md")).expect("linked");
    std::fs::create_dir(at("001-a/folder.md")).expect("made");
    rustix::fs::mkfifoat(rustix::fs::CWD, at("001-a/pipe.md"), rustix::fs::Mode::RUSR)
        .expect("made");
    assert!(at("001-a/pipe.md").metadata().expect("there").file_type().is_fifo());
    for name in ["001-a/.hidden.md", "001-a/.leanspec-x.tmp", "001-a/README.md~", "001-a/a:b.md"] {
        std::fs::write(at(name), BASE).expect("written");
    }
    std::fs::write(at("001-a/CON.md"), BASE).expect("written");
    std::fs::write(at("001-a/end."), BASE).expect("written");
    std::fs::write(at("001-a/nul-bytes.md"), "a\0b").expect("written");
    std::fs::write(at("001-a/huge.md"), vec![b'x'; 1024 * 1024 + 1]).expect("written");
    std::fs::write(at("001-a/ignored.md"), BASE).expect("written");
    let before = listing(&scene.root);

    let filter = Filter::new(&["ignored.md".into()], 1024 * 1024).expect("a pattern");
    let shop = Shop::open(&scene.specs, &scene.state, filter).expect("there");
    let table = [
        ("001-a/link.md", Some(Reason::SpecialFile)),
        ("002-linked/README.md", Some(Reason::SpecialFile)),
        ("001-a/hard.md", Some(Reason::SpecialFile)),
        ("001-a/folder.md", Some(Reason::SpecialFile)),
        ("001-a/pipe.md", Some(Reason::SpecialFile)),
        ("001-a/nul-bytes.md", Some(Reason::SpecialFile)),
        ("001-a/huge.md", Some(Reason::TooLarge)),
        ("001-a/.hidden.md", Some(Reason::BadName)),
        ("001-a/.leanspec-x.tmp", Some(Reason::BadName)),
        ("001-a/README.md~", Some(Reason::BadName)),
        ("001-a/a:b.md", Some(Reason::BadName)),
        ("001-a/CON.md", Some(Reason::BadName)),
        ("001-a/end.", Some(Reason::BadName)),
        ("001-a/ignored.md", Some(Reason::BadName)),
        ("001-a/readme.md", None),
        ("001-A/README.md", None),
        ("001-a/README.md/below.md", None),
        ("003-none/README.md", None),
    ];
    let mut journal = scene.journal();
    for (file, reason) in table {
        let read = shop.read(&path(file)).expect_err(file);
        let replaced = replace_at(&shop, &mut journal, "c1", file, BASE, WANTED);
        let Replaced::Failed(trouble) = replaced else { panic!("{file}: {replaced:?}") };
        assert_eq!(read, trouble, "{file}");
        match (trouble, reason) {
            (Trouble::Refused(Refused { reason, .. }), Some(wanted)) => {
                assert_eq!(reason, wanted, "{file}");
            }
            (Trouble::Gone, None) => {}
            (other, _) => panic!("{file}: {other:?}"),
        }
    }
    drop(journal);
    std::fs::remove_file(scene.state.join("journal.jsonl")).expect("there");
    assert_eq!(listing(&scene.root), before);
}

/// On the wire a name is in NFC; on the disk it may be decomposed, and that is the same file.
#[test]
fn a_file_with_a_decomposed_name_is_changed_under_its_own_spelling() {
    let scene = Scene::new();
    let spelling = scene.specs.join("001-a/u\u{308}bersicht.md");
    std::fs::write(&spelling, BASE).expect("written");
    let mut journal = scene.journal();
    let file = "001-a/\u{fc}bersicht.md";
    let replaced = replace_at(&scene.shop(), &mut journal, "c1", file, BASE, WANTED);
    assert!(matches!(replaced, Replaced::Applied(_)), "{replaced:?}");
    assert_eq!(std::fs::read_to_string(spelling).expect("there"), WANTED);
    assert!(!scene.specs.join(file).exists());
}

/// The predecessor turned 0600 into 0644.
#[test]
fn mode_owner_and_attributes_stay_as_they_were() {
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    let scene = Scene::new();
    for mode in [0o600, 0o644, 0o660, 0o755, 0o400] {
        let file = scene.file();
        std::fs::write(&file, BASE).ok();
        std::fs::remove_file(&file).expect("removed");
        std::fs::write(&file, BASE).expect("written");
        setxattr(&file, "user.test", b"kept", XattrFlags::empty()).expect("set");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
        let before = file.metadata().expect("there");
        let command = format!("mode-{mode:o}");
        let replaced = replace(&scene.shop(), &mut scene.journal(), &command, BASE, WANTED);
        assert!(matches!(replaced, Replaced::Applied(_)), "{replaced:?}");
        let after = file.metadata().expect("there");
        assert_eq!(after.permissions().mode() & 0o7777, mode);
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        let mut value = [0; 16];
        let length = getxattr(&file, "user.test", value.as_mut_slice()).expect("there");
        assert_eq!(&value[..length], b"kept");
    }
}

#[test]
fn a_specs_folder_that_is_itself_a_link_is_resolved_once() {
    let scene = Scene::new();
    let link = scene.root.join("link");
    symlink("specs", &link).expect("linked");
    let filter = Filter::new(&[], 1024 * 1024).expect("no patterns");
    let shop = Shop::open(&link, &scene.state, filter).expect("there");
    std::fs::remove_file(&link).expect("removed");
    symlink("/", &link).expect("linked");
    let replaced = replace(&shop, &mut scene.journal(), "c1", BASE, WANTED);
    assert!(matches!(replaced, Replaced::Applied(_)), "{replaced:?}");
    assert_eq!(scene.text(), WANTED);
}

#[test]
fn a_new_spec_appears_whole_and_never_over_another() {
    let scene = Scene::new();
    let (shop, mut journal) = (scene.shop(), scene.journal());
    let files = [("README.md".to_owned(), b"# New\n".to_vec()), ("PLAN.md".to_owned(), vec![])];
    let report = applied("# New\n");
    let mut create = |folder: &str, command: &str| {
        let (command, folder) = (id(command), path(folder));
        let wanted =
            Creation { command: &command, folder: &folder, files: &files, report: &report };
        shop.create(&mut journal, &wanted)
    };
    assert_eq!(create("001-a", "c1"), Created::Taken);
    assert_eq!(create("002-new", "c1"), Created::Applied);
    assert_eq!(create("002-new", "c2"), Created::Taken);
    let refused = |folder: &str| match shop_reason(create_in(&scene, folder)) {
        Some(reason) => reason,
        None => panic!("{folder} was made"),
    };
    assert_eq!(refused(".hidden"), Reason::BadName);
    assert_eq!(refused("nul"), Reason::BadName);
    assert_eq!(create("none/003-new", "c3"), Created::Failed(Trouble::Gone));
    let made = scene.specs.join("002-new");
    assert_eq!(std::fs::read(made.join("README.md")).expect("there"), b"# New\n");
    assert_eq!(std::fs::read_dir(&made).expect("there").count(), 2);
    assert_eq!(std::fs::read_dir(&scene.specs).expect("there").count(), 2);
}

fn create_in(scene: &Scene, folder: &str) -> Created {
    let (command, folder) = (id("c9"), path(folder));
    let files = [("README.md".to_owned(), b"x".to_vec())];
    let report = applied("x");
    let wanted = Creation { command: &command, folder: &folder, files: &files, report: &report };
    scene.shop().create(&mut scene.copied().journal(), &wanted)
}

fn shop_reason(created: Created) -> Option<Reason> {
    match created {
        Created::Failed(Trouble::Refused(Refused { reason, .. })) => Some(reason),
        _ => None,
    }
}

#[test]
fn temporary_names_never_show_in_git_status() {
    let scene = Scene::new();
    git(&scene.root, &["init", "-q"]);
    git(&scene.root, &["add", "specs"]);
    git(&scene.root, &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "specs"]);
    git(&scene.root, &["worktree", "add", "-q", "tree"]);
    std::fs::write(scene.root.join(".git/info/exclude"), "state\ntree").expect("written");
    for root in [scene.root.clone(), scene.root.join("tree"), scene.root.clone()] {
        exclude::ensure(&root, &root.join("specs")).expect("written");
    }
    let text = std::fs::read_to_string(scene.root.join(".git/info/exclude")).expect("there");
    assert_eq!(text.matches(".leanspec-*").count(), 1, "{text}");
    assert!(text.starts_with("state\ntree\n"), "{text}");
    for root in [scene.root.clone(), scene.root.join("tree")] {
        std::fs::write(root.join("specs/001-a/.leanspec-c1.tmp"), "x").expect("written");
        assert_eq!(git(&root, &["status", "--porcelain"]), "");
    }
    // Where there is no git there is nothing to do.
    let plain = Scene::quick();
    exclude::ensure(&plain.root, &plain.specs).expect("nothing to do");
}
