//! One file's bytes are replaced.

use std::io::{self, Write};
use std::sync::Mutex;

use leanspec_bridge::apply::steps::{Step, Steps};
use leanspec_bridge::apply::{ExchangeSupport, Left, Replaced, Settled, Trouble};
use leanspec_shared::hash::ContentHash;

use crate::support::{
    BASE, Scene, WANTED, at_first, conflict, failing, id, recording, replace, save_by_rename,
};

#[test]
fn a_file_that_is_what_the_user_saw_gets_its_new_bytes_and_the_outcome_is_journalled() {
    let scene = Scene::new();
    let (shop, mut journal) = (scene.shop(), scene.journal());
    assert_eq!(shop.exchange_support(), ExchangeSupport::NotUsedYet);
    let replaced = replace(&shop, &mut journal, "c1", BASE, WANTED);
    let Replaced::Applied(Some(watch)) = replaced else { panic!("{replaced:?}") };
    assert_eq!(scene.text(), WANTED);
    assert_eq!(scene.temporaries(), Vec::<std::path::PathBuf>::new());
    assert_eq!(shop.exchange_support(), ExchangeSupport::Exchanges);
    assert_eq!(watch.settle(&shop), Ok(Settled::Quiet));
    drop(journal);
    let journal = scene.journal();
    assert_eq!(journal.hash_left_by(&id("c1")), Left::Applied(ContentHash::of(WANTED.as_bytes())));
    assert_eq!(journal.unreported().len(), 1);
    assert!(journal.pending().is_empty());
}

#[test]
fn a_file_that_is_not_what_the_user_saw_stays_as_it_is() {
    let scene = Scene::new();
    let (shop, mut journal) = (scene.shop(), scene.journal());
    let replaced = replace(&shop, &mut journal, "c1", "something else", WANTED);
    assert!(matches!(replaced, Replaced::Conflict { current } if current == BASE.as_bytes()));
    assert_eq!(scene.text(), BASE);
    assert!(scene.temporaries().is_empty());
    assert!(!journal.has_intent(&id("c1")));
    journal.conclude(&id("c1"), &conflict()).expect("journalled");
    assert_eq!(journal.hash_left_by(&id("c1")), Left::Otherwise);
}

/// Fails without the look at what the exchange brought out.
#[test]
fn a_save_between_the_check_and_the_exchange_is_put_back() {
    for in_place in [false, true] {
        let scene = Scene::new();
        let file = scene.file();
        let steps = at_first(Step::Exchange, move || {
            if in_place {
                std::fs::write(&file, "saved meanwhile").expect("written");
            } else {
                save_by_rename(&file, "saved meanwhile");
            }
        });
        let (shop, mut journal) = (scene.shop_with(steps), scene.journal());
        let replaced = replace(&shop, &mut journal, "c1", BASE, WANTED);
        assert!(
            matches!(replaced, Replaced::Conflict { current } if current == b"saved meanwhile")
        );
        assert_eq!(scene.text(), "saved meanwhile");
        assert!(scene.temporaries().is_empty());
        assert!(scene.preserved().is_empty());
    }
}

#[test]
fn a_second_save_while_the_first_is_put_back_wins_and_the_first_is_preserved() {
    let scene = Scene::new();
    let (first, second) = (scene.file(), scene.file());
    let (one, two) = (Mutex::new(Some(first)), Mutex::new(Some(second)));
    let steps = Steps::with(move |step| {
        let saved = match step {
            Step::Exchange => one.lock().expect("unpoisoned").take().map(|file| (file, "first")),
            Step::PutBack => two.lock().expect("unpoisoned").take().map(|file| (file, "second")),
            _ => None,
        };
        if let Some((file, text)) = saved {
            save_by_rename(&file, text);
        }
        Ok(())
    });
    let (shop, mut journal) = (scene.shop_with(steps), scene.journal());
    let replaced = replace(&shop, &mut journal, "c1", BASE, WANTED);
    assert!(matches!(replaced, Replaced::Conflict { current } if current == b"second"));
    assert_eq!(scene.text(), "second");
    assert_eq!(scene.preserved(), ["first".to_owned()].into());
    assert!(scene.temporaries().is_empty());
}

#[test]
fn a_full_disk_at_any_step_leaves_everything_as_it_was() {
    let (steps, seen) = recording();
    let scene = Scene::new();
    let mut journal = scene.journal_with(steps.clone());
    let replaced = replace(&scene.shop_with(steps), &mut journal, "c1", BASE, WANTED);
    assert!(matches!(replaced, Replaced::Applied(_)));
    let steps = seen.lock().expect("unpoisoned").clone();
    for step in steps {
        let scene = Scene::new();
        let mut journal = scene.journal();
        journal
            .receive(&[crate::support::delivery("c1", BASE, WANTED)], std::time::SystemTime::now())
            .expect("journalled");
        drop(journal);
        let hook = failing(step, io::ErrorKind::StorageFull);
        let mut journal = scene.journal_with(hook.clone());
        let shop = scene.shop_with(hook);
        let replaced =
            crate::support::replace_at(&shop, &mut journal, "c1", "001-a/README.md", BASE, WANTED);
        if matches!(step, Step::PutAway | Step::Remove) {
            // It is done; only the displaced file may keep its name until the next start.
            assert!(matches!(replaced, Replaced::Applied(_)), "{step:?}: {replaced:?}");
            assert_eq!(scene.text(), WANTED);
        } else {
            assert!(
                matches!(replaced, Replaced::Failed(Trouble::Disk(_) | Trouble::Busy(_))),
                "{step:?}: {replaced:?}"
            );
            assert_eq!(scene.text(), BASE, "{step:?}");
            assert!(journal.outcome(&id("c1")).is_none());
        }
        drop(journal);
        // The disk has room again.
        let (shop, mut journal) = (scene.shop(), scene.journal());
        shop.recover(&mut journal);
        assert!(scene.temporaries().is_empty(), "{step:?}");
        if journal.outcome(&id("c1")).is_none() {
            let replaced = replace(&shop, &mut journal, "c1", BASE, WANTED);
            assert!(matches!(replaced, Replaced::Applied(_)), "{step:?}: {replaced:?}");
        }
        assert_eq!(scene.text(), WANTED);
        assert!(scene.preserved().is_empty(), "{step:?}");
    }
}

/// As on a file system that does not know the call.
fn without_exchange(at: Step, action: impl FnOnce() + Send + 'static) -> Steps {
    let action = Mutex::new(Some(action));
    Steps::with(move |now| {
        if now == at
            && let Some(action) = action.lock().expect("unpoisoned").take()
        {
            action();
        }
        match now {
            Step::Exchange | Step::PutBack => Err(io::ErrorKind::Unsupported.into()),
            _ => Ok(()),
        }
    })
}

#[test]
fn where_names_cannot_be_exchanged_the_file_is_checked_renamed_over_and_checked_again() {
    let scene = Scene::new();
    let shop = scene.shop_with(without_exchange(Step::Settle, || ()));
    let replaced = replace(&shop, &mut scene.journal(), "c1", BASE, WANTED);
    let Replaced::Applied(Some(watch)) = replaced else { panic!("{replaced:?}") };
    assert_eq!(watch.settle(&shop), Ok(Settled::Quiet));
    assert_eq!(shop.exchange_support(), ExchangeSupport::ChecksOnly);
    assert_eq!(scene.text(), WANTED);

    // Saved just before the second check, either way, or written into while it is renamed over.
    for (step, in_place) in
        [(Step::Exchange, false), (Step::Exchange, true), (Step::RenameOver, true)]
    {
        let scene = Scene::new();
        let file = scene.file();
        let save = move || {
            if in_place {
                std::fs::write(&file, "saved meanwhile").expect("written");
            } else {
                save_by_rename(&file, "saved meanwhile");
            }
        };
        let shop = scene.shop_with(without_exchange(step, save));
        let replaced = replace(&shop, &mut scene.journal(), "c1", BASE, WANTED);
        let conflict =
            matches!(&replaced, Replaced::Conflict { current } if current == b"saved meanwhile");
        assert!(conflict, "{step:?} {replaced:?}");
        assert_eq!(scene.text(), "saved meanwhile");
        assert!(scene.temporaries().is_empty());
    }
}

/// An editor that keeps the file open writes into it when it has been displaced already.
#[test]
fn what_is_written_into_the_displaced_file_comes_back_or_is_preserved() {
    for saved_again in [false, true] {
        let scene = Scene::new();
        let (shop, mut journal) = (scene.shop(), scene.journal());
        let mut open = std::fs::OpenOptions::new().append(true).open(scene.file()).expect("there");
        let replaced = replace(&shop, &mut journal, "c1", BASE, WANTED);
        let Replaced::Applied(Some(watch)) = replaced else { panic!("{replaced:?}") };
        open.write_all(b"late").expect("written");
        let late = format!("{BASE}late");
        if saved_again {
            save_by_rename(&scene.file(), "newer");
        }
        let settled = watch.settle(&shop).expect("settled");
        if saved_again {
            assert!(matches!(settled, Settled::Preserved(_)));
            assert_eq!((scene.text(), scene.preserved()), ("newer".to_owned(), [late].into()));
        } else {
            assert_eq!(settled, Settled::CopiedBack);
            assert_eq!((scene.text(), scene.preserved()), (late, [].into()));
        }
        assert!(scene.temporaries().is_empty());
        assert!(journal.outcome(&id("c1")).is_some());
    }
}

/// The bridge ends before the five seconds are over.
#[test]
fn what_is_written_into_the_displaced_file_survives_the_end_of_the_bridge() {
    let scene = Scene::new();
    let (shop, mut journal) = (scene.shop(), scene.journal());
    let mut open = std::fs::OpenOptions::new().append(true).open(scene.file()).expect("there");
    drop(replace(&shop, &mut journal, "c1", BASE, WANTED));
    open.write_all(b"late").expect("written");
    drop(journal);
    scene.shop().recover(&mut scene.journal());
    assert_eq!(scene.text(), format!("{BASE}late"));
}

#[test]
fn a_file_that_has_the_bytes_already_is_not_written() {
    use std::os::unix::fs::MetadataExt;
    let scene = Scene::new();
    let before = scene.file().metadata().expect("there");
    let mut journal = scene.journal();
    let replaced = replace(&scene.shop(), &mut journal, "c1", BASE, BASE);
    assert!(matches!(replaced, Replaced::Applied(None)), "{replaced:?}");
    let after = scene.file().metadata().expect("there");
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
    assert_eq!(journal.unreported().len(), 1);
}
