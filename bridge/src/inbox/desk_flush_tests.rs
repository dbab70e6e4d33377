//! Which flush of the journal serves for what, and what follows when there is none.

use super::*;

/// Receives a command and carries it out in the same turn.
fn at_once(house: &mut House, id: &str, members: &Value) -> Turned {
    let received = vec![delivery(id, members)];
    let turn = Turn { received, work: Some(Work::RunFirst), ..Turn::default() };
    house.desk.as_mut().expect("open").perform(turn)
}

#[test]
fn a_command_that_nothing_stands_in_the_way_of_is_received_and_carried_out_in_one_turn() {
    let mut house = House::new();
    let turned = at_once(&mut house, "c1", &content("001-a", TEXT, "new"));
    assert!(matches!(turned.received, Received::Kept(kept) if kept.len() == 1));
    assert!(matches!(turned.came, Some(Came::Ended { .. })));
    assert_eq!(house.read("001-a/README.md"), "new");
    let again = at_once(&mut house, "c1", &content("001-a", TEXT, "new"));
    let Received::Kept(kept) = again.received else { panic!("it is known") };
    assert!(kept[0].1.is_some() && again.came.is_none(), "told again and not run again");
    assert_eq!(house.open().unreported.len(), 1);
}

/// A queue of them costs one flush of the journal each, and not two.
#[test]
fn the_outcome_of_one_of_several_lasts_with_the_intent_of_the_next() {
    let mut house = House::new();
    house.write("002-b/README.md", TEXT);
    let first = house.receive("c1", &content("001-a", TEXT, "new"));
    let second = house.receive("c2", &content("002-b", TEXT, "new"));
    let flushes = Arc::new(Mutex::new(0));
    house.count(&flushes);
    let turned = house.turn(first, Lasts::Soon);
    assert!(matches!(turned.came, Some(Came::Ended { lasts: false, .. })), "{:?}", turned.came);
    let turned = house.turn(second, Lasts::Soon);
    assert!(turned.flushed, "what came of the first lasts");
    assert!(matches!(turned.came, Some(Came::Ended { lasts: false, .. })), "{:?}", turned.came);
    assert_eq!(*flushes.lock().expect("unpoisoned"), 2);
    let turn = Turn { flush: true, ..Turn::default() };
    assert!(house.desk.as_mut().expect("open").perform(turn).flushed, "and of the last");
    assert_eq!(*flushes.lock().expect("unpoisoned"), 3);
}

#[test]
fn an_outcome_that_cannot_be_flushed_yet_does_not_count_as_lasting() {
    let mut house = House::new();
    let command = house.receive("c1", &content("001-a", TEXT, "new"));
    let full = Arc::new(Mutex::new(false));
    let is_full = Arc::clone(&full);
    house.hook(move |step| match step {
        Step::JournalFlush | Step::JournalRewrite if *is_full.lock().expect("unpoisoned") => {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        _ => Ok(()),
    });
    let came = house.turn(command, Lasts::Soon).came;
    assert!(matches!(came, Some(Came::Ended { lasts: false, .. })), "{came:?}");
    let mut flushed = |now_full| {
        *full.lock().expect("unpoisoned") = now_full;
        let turn = Turn { flush: true, ..Turn::default() };
        house.desk.as_mut().expect("open").perform(turn).flushed
    };
    assert!(!flushed(true) && !flushed(true));
    assert!(flushed(false));
    assert_eq!(house.open().unreported.len(), 1);
}

/// One that cannot end now was flushed by nothing else.
#[test]
fn a_command_that_is_held_back_in_its_first_turn_is_safe_all_the_same() {
    let mut house = House::new();
    house.receive("c1", &content("001-a", TEXT, "x"));
    let mut second = content("001-a", "", "y");
    second["base"] = json!({ "after": "c1" });
    let flushes = Arc::new(Mutex::new(0));
    house.count(&flushes);
    let turned = at_once(&mut house, "c2", &second);
    assert!(matches!(turned.received, Received::Kept(_)));
    assert!(matches!(turned.came, Some(Came::Busy(_))));
    assert_eq!(*flushes.lock().expect("unpoisoned"), 1);
    assert_eq!(house.open().pending.len(), 2);
}

#[test]
fn a_command_whose_lines_cannot_be_flushed_changes_nothing_and_does_not_count_as_received() {
    let mut house = House::new();
    house.fail_to_flush();
    let turned = at_once(&mut house, "c1", &content("001-a", TEXT, "new"));
    assert!(matches!(turned.received, Received::NotKept(came, _) if came.len() == 1));
    assert!(turned.came.is_none());
    assert_eq!(house.read("001-a/README.md"), TEXT);
    assert!(house.open().unreported.is_empty());
    let turned = at_once(&mut house, "c1", &content("001-a", TEXT, "new"));
    assert!(matches!(turned.received, Received::Kept(_)));
}
