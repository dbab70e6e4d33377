//! One file's bytes are replaced.

use std::io;

use leanspec_bridge::apply::steps::Step;
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
    let (one, two) = (std::sync::Mutex::new(Some(first)), std::sync::Mutex::new(Some(second)));
    let steps = leanspec_bridge::apply::steps::Steps::with(move |step| {
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
        if step == Step::Remove {
            // It is done; only the displaced file keeps its name until the next start.
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
