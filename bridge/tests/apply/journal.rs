//! What is remembered of commands, whatever happens to the file.

use std::io;
use std::time::{Duration, SystemTime};

use leanspec_bridge::apply::steps::Step;
use leanspec_bridge::apply::{Journal, Left, Replaced};
use leanspec_shared::command::{CommandState, Outcome, Report};
use leanspec_shared::hash::ContentHash;

use crate::support::{
    BASE, Scene, WANTED, applied, conflict, delivery, failing, id, replace, replace_at,
};

fn receive(journal: &mut Journal, commands: &[&str]) {
    let deliveries: Vec<_> = commands.iter().map(|name| delivery(name, BASE, WANTED)).collect();
    journal.receive(&deliveries, SystemTime::now()).expect("journalled");
}

fn pending(journal: &Journal) -> Vec<String> {
    journal.pending().into_iter().map(|(delivery, _)| delivery.id.to_string()).collect()
}

#[test]
fn commands_wait_in_order_of_receipt_and_are_received_once() {
    let scene = Scene::quick();
    let mut journal = scene.journal();
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_234_567);
    let deliveries = ["b", "a", "b"].map(|name| delivery(name, BASE, WANTED));
    journal.receive(&deliveries, at).expect("journalled");
    receive(&mut journal, &["c", "a"]);
    for mut journal in [journal, scene.journal()] {
        assert_eq!(pending(&journal), ["b", "a", "c"]);
        assert_eq!(journal.pending()[0], (delivery("b", BASE, WANTED), at));
        receive(&mut journal, &["a", "b", "c"]);
        assert_eq!(pending(&journal).len(), 3);
        assert!(journal.knows(&id("c")) && !journal.knows(&id("d")));
    }
}

#[test]
fn an_outcome_is_the_first_one_and_is_told_until_it_is_acknowledged() {
    let scene = Scene::quick();
    let mut journal = scene.journal();
    receive(&mut journal, &["c1", "c2"]);
    journal.conclude(&id("c2"), &conflict()).expect("journalled");
    journal.conclude(&id("c1"), &conflict()).expect("journalled");
    let withdrawn = Report { state: CommandState::Withdrawn, outcome: Outcome::default() };
    journal.conclude(&id("c1"), &withdrawn).expect("ignored");
    drop(journal);
    let mut journal = scene.journal();
    assert_eq!(journal.unreported(), [(id("c1"), conflict()), (id("c2"), conflict())]);
    journal.acknowledge(&id("c1")).expect("journalled");
    assert_eq!(journal.unreported().len(), 1);
    assert_eq!(scene.journal().unreported().len(), 1);
    assert_eq!(journal.outcome(&id("c1")), Some(&conflict()));
    assert_eq!(journal.hash_left_by(&id("c1")), Left::Otherwise);
    assert_eq!(journal.hash_left_by(&id("none")), Left::Unknown);
    receive(&mut journal, &["c3"]);
    assert_eq!(journal.hash_left_by(&id("c3")), Left::Waiting);
}

/// A week of commands, each with a text: what the relay knows is not kept.
#[test]
fn the_journal_stays_small_and_still_knows_what_was_done() {
    let scene = Scene::quick();
    let mut journal = scene.journal();
    let text = "x".repeat(100_000);
    for number in 0..100 {
        let name = format!("c{number}");
        journal.receive(&[delivery(&name, BASE, &text)], SystemTime::now()).expect("journalled");
        let outcome = Outcome {
            hash: Some(ContentHash::of(name.as_bytes())),
            current: Some(text.clone()),
            ..Outcome::default()
        };
        let report = Report { state: CommandState::Applied, outcome };
        journal.conclude(&id(&name), &report).expect("journalled");
        journal.acknowledge(&id(&name)).expect("journalled");
        let size = scene.state.join("journal.jsonl").metadata().expect("there").len();
        assert!(size < 2 * 1024 * 1024, "{size} bytes after {number}");
    }
    receive(&mut journal, &["waiting"]);
    for journal in [journal, scene.journal()] {
        assert_eq!(pending(&journal), ["waiting"]);
        for number in 0..100 {
            let name = format!("c{number}");
            let hash = ContentHash::of(name.as_bytes());
            assert_eq!(journal.hash_left_by(&id(&name)), Left::Applied(hash));
        }
    }
}

#[test]
fn a_damaged_journal_is_set_aside_and_what_can_be_read_is_kept() {
    let scene = Scene::quick();
    let mut journal = scene.journal();
    receive(&mut journal, &["c1"]);
    receive(&mut journal, &["c2"]);
    receive(&mut journal, &["c3"]);
    drop(journal);
    let path = scene.state.join("journal.jsonl");
    let mut bytes = std::fs::read(&path).expect("there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    std::fs::write(&path, &bytes).expect("written");
    for _ in 0..2 {
        assert_eq!(pending(&scene.journal()), ["c1", "c3"]);
    }
    let aside = std::fs::read_dir(&scene.state).expect("readable").filter(|entry| {
        let name = entry.as_ref().expect("readable").file_name();
        name.to_string_lossy().starts_with("journal.damaged-")
    });
    assert_eq!(aside.count(), 1, "once, since it is whole again");
}

#[test]
fn bytes_that_are_no_journal_are_set_aside_or_cut_and_never_a_panic() {
    for garbage in [&b"\0\0\0\0"[..], b"{}", b"\n\n\n", &[0xff; 5000]] {
        let scene = Scene::quick();
        std::fs::write(scene.state.join("journal.jsonl"), garbage).expect("written");
        let mut journal = scene.journal();
        assert!(journal.pending().is_empty());
        receive(&mut journal, &["c1"]);
        assert_eq!(pending(&scene.journal()), ["c1"]);
    }
}

/// An append that failed leaves nobody knows what; the next one does not stand behind it.
#[test]
fn after_a_full_disk_the_journal_is_whole_again() {
    for step in [Step::JournalWrite, Step::JournalFlush] {
        let scene = Scene::quick();
        receive(&mut scene.journal(), &["c1"]);
        let mut journal = scene.journal_with(crate::support::failing_once(step));
        let full = journal.receive(&[delivery("c2", BASE, WANTED)], SystemTime::now());
        assert_eq!(full.expect_err("full").kind(), io::ErrorKind::StorageFull);
        assert_eq!(pending(&journal), ["c1"]);
        receive(&mut journal, &["c3"]);
        for journal in [journal, scene.journal()] {
            assert_eq!(pending(&journal), ["c1", "c3"], "{step:?}");
        }
    }
}

/// The outcome cannot be written: the change is taken back rather than left untold.
#[test]
fn nothing_is_applied_whose_outcome_cannot_be_journalled() {
    let scene = Scene::quick();
    let mut journal = scene.journal();
    receive(&mut journal, &["c1"]);
    drop(journal);
    // Only the flush of the outcome fails: the second of a replacement.
    let mut journal = scene.journal_with(crate::support::failing_nth(Step::JournalFlush, 2));
    let file = "001-a/README.md";
    let replaced = replace_at(&scene.shop(), &mut journal, "c1", file, BASE, WANTED);
    assert!(matches!(replaced, Replaced::Failed(_)), "{replaced:?}");
    assert_eq!(scene.text(), BASE);
    assert_eq!(journal.outcome(&id("c1")), None);
    for mut journal in [journal, scene.journal()] {
        scene.shop().recover(&mut journal);
        assert_eq!(journal.outcome(&id("c1")), None);
        assert_eq!((scene.text().as_str(), scene.temporaries().len()), (BASE, 0));
    }
    let replaced = replace(&scene.shop(), &mut scene.journal(), "c1", BASE, WANTED);
    assert!(matches!(replaced, Replaced::Applied(_)), "{replaced:?}");
}

/// Redelivered after the relay was set back to an older copy.
#[test]
fn a_command_that_was_applied_is_never_applied_again() {
    let scene = Scene::quick();
    let (shop, mut journal) = (scene.shop(), scene.journal());
    assert!(matches!(replace(&shop, &mut journal, "c1", BASE, WANTED), Replaced::Applied(_)));
    journal.acknowledge(&id("c1")).expect("journalled");
    std::fs::write(scene.file(), BASE).expect("the user turns it back");
    drop(journal);
    let mut journal = scene.journal();
    receive(&mut journal, &["c1"]);
    assert!(journal.pending().is_empty());
    assert_eq!(
        journal.outcome(&id("c1")).map(|report| &report.state),
        Some(&CommandState::Applied)
    );
    assert_eq!(journal.outcome(&id("c1")), Some(&applied(WANTED)));
    // An error of the disk is no outcome.
    let shop = scene.shop_with(failing(Step::TemporaryFlush, io::ErrorKind::StorageFull));
    let replaced = replace(&shop, &mut journal, "c2", BASE, WANTED);
    assert!(matches!(replaced, Replaced::Failed(_)));
    assert_eq!(pending(&journal), ["c2"]);
}
