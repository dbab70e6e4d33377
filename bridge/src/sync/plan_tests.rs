//! The plan against a model of a relay: whatever happens, following its steps makes the relay
//! equal to the disk.

use std::collections::{BTreeMap, BTreeSet};

use leanspec_shared::hash::ContentHash;
use leanspec_shared::time::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::source::{LocalFile, SpecLocation};
use crate::sync::step::PutStep;

/// What a relay keeps of one project, and how it answers.
#[derive(Debug, Clone, Default, PartialEq)]
struct ModelRelay {
    rev: u64,
    files: BTreeMap<FilePath, Option<ContentHash>>,
    /// Each spec with the content its summary was made from.
    specs: BTreeMap<FilePath, Option<ContentHash>>,
    summary_version: u32,
}

impl ModelRelay {
    fn state_hash(&self) -> StateHash {
        self.files.iter().filter_map(|(path, hash)| Some((path, hash.as_ref()?))).collect()
    }

    fn name(&mut self, step: &ManifestStep) -> Option<Vec<Need>> {
        if step.base_rev != self.rev {
            return None;
        }
        let inside = |path: &FilePath| {
            step.from.as_ref().is_none_or(|from| path >= from)
                && step.to.as_ref().is_none_or(|to| path < to)
        };
        let old = self.files.clone();
        self.files.retain(|path, _| !inside(path));
        self.specs.retain(|path, _| !inside(path) || step.specs.contains(path));
        let mut need = Vec::new();
        for file in &step.files {
            let have = old.get(&file.path).copied().flatten();
            if have != Some(file.hash) {
                need.push(Need { path: file.path.clone(), have });
            }
            self.files.insert(file.path.clone(), have);
        }
        for spec in &step.specs {
            self.specs.entry(spec.clone()).or_default();
        }
        self.rev += 1;
        Some(need)
    }

    fn change(&mut self, step: &ChangesStep) -> bool {
        let patched = step.specs.iter().filter(|spec| spec.patch_from.is_some());
        let stale = patched.filter(|spec| {
            // A patch only fits a summary that was made from what it says.
            self.specs.get(&spec.touched.path).copied().flatten() != spec.patch_from
        });
        if step.base_rev != self.rev || stale.count() > 0 {
            return false;
        }
        for PutStep { path, file, .. } in &step.puts {
            self.files.insert(path.clone(), Some(file.hash));
        }
        for delete in &step.deletes {
            self.files.remove(&delete.path);
        }
        for spec in &step.specs {
            let hash = spec.main.as_ref().map(|(_, hash)| *hash);
            self.specs.insert(spec.touched.path.clone(), hash);
        }
        for spec in &step.specs_gone {
            self.specs.remove(&spec.path);
        }
        if step.completes_summaries {
            self.summary_version = SUMMARY_VERSION;
        }
        self.rev += 1;
        true
    }
}

fn path(text: &str) -> FilePath {
    text.parse().expect("a valid path")
}

fn file(content: u8) -> LocalFile {
    let hash = ContentHash::of(&[content]);
    LocalFile { hash, size: 1, mtime: Timestamp::from_unix_ms(0) }
}

fn spec(number: u8) -> FilePath {
    path(&format!("{number:03}-spec"))
}

fn main_of(number: u8) -> FilePath {
    path(&format!("{number:03}-spec/README.md"))
}

/// An edit on the disk, as the source would tell it.
fn edit(disk: &mut BTreeMap<u8, u8>, number: u8, content: Option<u8>) -> Update {
    let known = disk.contains_key(&number);
    let mut update = Update::default();
    match content {
        Some(content) => {
            disk.insert(number, content);
            update.files.push((main_of(number), Some(file(content))));
            let location = SpecLocation { main: Some(main_of(number)) };
            update.specs.extend((!known).then(|| (spec(number), Some(location))));
        }
        None if disk.remove(&number).is_some() => {
            update.files.push((main_of(number), None));
            update.specs.push((spec(number), None));
        }
        None => {}
    }
    update
}

fn scan(disk: &BTreeMap<u8, u8>) -> Update {
    let main = |number: u8| SpecLocation { main: Some(main_of(number)) };
    Update {
        files: disk.iter().map(|(n, content)| (main_of(*n), Some(file(*content)))).collect(),
        specs: disk.keys().map(|number| (spec(*number), Some(main(*number)))).collect(),
        complete: true,
        ..Update::default()
    }
}

fn sent(step: &ChangesStep) -> Sent {
    Sent {
        puts: step.puts.iter().map(|put| (put.path.clone(), put.file.hash)).collect(),
        deletes: step.deletes.iter().map(|delete| delete.path.clone()).collect(),
        specs: step.specs.iter().map(|spec| spec.touched.clone()).collect(),
        specs_gone: step.specs_gone.clone(),
        completed_summaries: step.completes_summaries,
    }
}

/// One step of the plan against the relay. `heard` = the answer arrives.
fn push(plan: &mut Plan, relay: &mut ModelRelay, heard: bool) -> bool {
    let Some(step) = plan.next() else { return false };
    match step {
        Step::Manifest(step) => match relay.name(&step) {
            Some(need) if heard => {
                plan.manifest_accepted(&step, relay.rev, relay.state_hash(), &need);
            }
            Some(_) => {}
            None => plan.compare(relay.rev, relay.state_hash(), None),
        },
        Step::Changes(step) => match relay.change(&step) {
            true if heard => plan.changes_accepted(&sent(&step), relay.rev),
            true => {}
            false => plan.compare(relay.rev, relay.state_hash(), None),
        },
    }
    true
}

fn connect(plan: &mut Plan, relay: &ModelRelay) {
    plan.compare(relay.rev, relay.state_hash(), Some(relay.summary_version));
}

fn settle(plan: &mut Plan, relay: &mut ModelRelay) {
    for _ in 0..200 {
        if !push(plan, relay, true) {
            return;
        }
    }
    panic!("the plan does not come to an end: {:?}", plan.next());
}

fn assert_equal(plan: &Plan, relay: &ModelRelay, disk: &BTreeMap<u8, u8>) {
    let hash = |content: &u8| Some(ContentHash::of(&[*content]));
    let files: BTreeMap<_, _> = disk.iter().map(|(n, c)| (main_of(*n), hash(c))).collect();
    let specs: BTreeMap<_, _> = disk.iter().map(|(n, c)| (spec(*n), hash(c))).collect();
    assert_eq!(relay.files, files);
    assert_eq!(relay.specs, specs, "each summary is made from the bytes that are there");
    assert!(plan.is_equal());
    assert_eq!(relay.summary_version, SUMMARY_VERSION);
}

#[derive(Debug, Clone)]
enum Event {
    Edit(u8, Option<u8>),
    Push {
        heard: bool,
    },
    Reconnect,
    RestartBridge {
        remembering: bool,
    },
    /// The relay comes back from an older copy.
    RestoreRelay,
    CopyRelay,
    EmptyRelay,
    EditWhileStopped(u8, Option<u8>),
}

fn event() -> impl Strategy<Value = Event> {
    let content = || proptest::option::weighted(0.7, any::<u8>());
    prop_oneof![
        6 => (0_u8..12, content()).prop_map(|(number, content)| Event::Edit(number, content)),
        6 => proptest::bool::weighted(0.8).prop_map(|heard| Event::Push { heard }),
        2 => Just(Event::Reconnect),
        1 => any::<bool>().prop_map(|remembering| Event::RestartBridge { remembering }),
        1 => Just(Event::RestoreRelay),
        1 => Just(Event::CopyRelay),
        1 => Just(Event::EmptyRelay),
        1 => (0_u8..12, content()).prop_map(|(n, content)| Event::EditWhileStopped(n, content)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The invariant of the whole bridge, in small: whatever was cut, killed, restarted or
    /// restored, once it is quiet the relay equals the disk.
    #[test]
    fn following_the_plan_makes_the_relay_equal_to_the_disk(
        events in proptest::collection::vec(event(), 0..60))
    {
        let (mut disk, mut relay) = (BTreeMap::new(), ModelRelay::default());
        let mut copy = relay.clone();
        let mut plan = Plan::new(Acked::default());
        plan.fold(&scan(&disk));
        connect(&mut plan, &relay);
        for event in events {
            match event {
                Event::Edit(number, content) => plan.fold(&edit(&mut disk, number, content)),
                Event::Push { heard } => {
                    push(&mut plan, &mut relay, heard);
                }
                Event::Reconnect => connect(&mut plan, &relay),
                Event::RestartBridge { remembering } => {
                    let acked = if plan.knows_the_relay() && remembering { plan.acked().clone() } else { Acked::default() };
                    plan = Plan::new(acked);
                    plan.fold(&scan(&disk));
                    connect(&mut plan, &relay);
                }
                Event::EditWhileStopped(number, content) => {
                    let acked = if plan.knows_the_relay() { plan.acked().clone() } else { Acked::default() };
                    edit(&mut disk, number, content);
                    plan = Plan::new(acked);
                    plan.fold(&scan(&disk));
                    connect(&mut plan, &relay);
                }
                Event::CopyRelay => copy = relay.clone(),
                Event::RestoreRelay => relay = copy.clone(),
                Event::EmptyRelay => relay = ModelRelay::default(),
            }
        }
        connect(&mut plan, &relay);
        settle(&mut plan, &mut relay);
        assert_equal(&plan, &relay, &disk);
    }
}

#[test]
fn a_first_sync_needs_no_manifest_and_a_restart_sends_nothing() {
    let disk: BTreeMap<u8, u8> = (0..9).map(|number| (number, number)).collect();
    let (mut plan, mut relay) = (Plan::new(Acked::default()), ModelRelay::default());
    plan.fold(&scan(&disk));
    connect(&mut plan, &relay);
    assert!(matches!(plan.next(), Some(Step::Changes(_))));
    settle(&mut plan, &mut relay);
    assert_equal(&plan, &relay, &disk);

    let mut again = Plan::new(plan.acked().clone());
    again.fold(&scan(&disk));
    assert!(again.seems_equal(), "also before the relay was asked");
    connect(&mut again, &relay);
    assert_eq!(again.next(), None);
}

#[test]
fn nothing_is_sent_before_the_scan_is_complete_or_while_halted() {
    let disk = BTreeMap::from([(1, 1)]);
    let (mut plan, relay) = (Plan::new(Acked::default()), ModelRelay::default());
    plan.fold(&Update { complete: false, ..scan(&disk) });
    connect(&mut plan, &relay);
    assert_eq!(plan.next(), None);
    plan.fold(&Update { complete: true, ..Update::default() });
    plan.set_halted(true);
    assert_eq!(plan.next(), None);
    plan.set_halted(false);
    assert!(plan.next().is_some());
}

#[test]
fn a_change_of_one_file_goes_with_its_summary_as_a_patch() {
    let mut disk = BTreeMap::from([(1, 1), (2, 2)]);
    let (mut plan, mut relay) = (Plan::new(Acked::default()), ModelRelay::default());
    plan.fold(&scan(&disk));
    connect(&mut plan, &relay);
    settle(&mut plan, &mut relay);
    plan.fold(&edit(&mut disk, 2, Some(9)));
    let Some(Step::Changes(step)) = plan.next() else { panic!("a change") };
    assert_eq!((step.puts.len(), step.specs.len()), (1, 1));
    assert_eq!(step.puts[0].old, Some(ContentHash::of(&[2])));
    assert_eq!(step.specs[0].patch_from, Some(ContentHash::of(&[2])));
}

/// The predecessor sent its queue of old events after a fresh snapshot: old text came back and
/// deleted specs rose again. There is no queue: only the difference to the disk of now is sent.
#[test]
fn what_was_overtaken_while_offline_is_never_sent() {
    let mut disk = BTreeMap::from([(1, 1), (2, 2)]);
    let (mut plan, mut relay) = (Plan::new(Acked::default()), ModelRelay::default());
    plan.fold(&scan(&disk));
    connect(&mut plan, &relay);
    settle(&mut plan, &mut relay);
    for content in 0..200 {
        plan.fold(&edit(&mut disk, 1, Some(content)));
    }
    plan.fold(&edit(&mut disk, 2, None));
    plan.fold(&edit(&mut disk, 3, Some(3)));
    plan.fold(&edit(&mut disk, 3, None));
    connect(&mut plan, &relay);
    let Some(Step::Changes(step)) = plan.next() else { panic!("a change") };
    assert_eq!((step.puts.len(), step.deletes.len()), (1, 1), "one difference for each path");
    settle(&mut plan, &mut relay);
    assert_equal(&plan, &relay, &disk);
}

#[test]
fn one_file_that_the_relay_refuses_is_found_and_does_not_hold_back_the_others() {
    let disk: BTreeMap<u8, u8> = (0..40).map(|number| (number, number)).collect();
    let (mut plan, mut relay) = (Plan::new(Acked::default()), ModelRelay::default());
    plan.fold(&scan(&disk));
    connect(&mut plan, &relay);
    let poison = main_of(17);
    let mut refused = BTreeSet::new();
    for _ in 0..100 {
        let Some(Step::Changes(step)) = plan.next() else { break };
        if !step.puts.iter().any(|put| put.path == poison) {
            assert!(relay.change(&step));
            plan.changes_accepted(&sent(&step), relay.rev);
        } else if !plan.shrink(&step) {
            refused.insert(step.puts[0].path.clone());
            plan.refuse(&step.puts[0].path);
        }
    }
    assert_eq!(refused, BTreeSet::from([poison]));
    assert_eq!(relay.files.len(), 39);
    assert!(!plan.is_equal(), "and it is not forgotten");
}

#[test]
fn a_project_of_many_thousand_files_is_named_in_ranges() {
    let files = (0..12_000).map(|n| (path(&format!("{n:05}.md")), Some(file((n % 251) as u8))));
    let mut plan = Plan::new(Acked::default());
    plan.fold(&Update { files: files.collect(), complete: true, ..Update::default() });
    let mut relay = ModelRelay { rev: 5, ..ModelRelay::default() };
    relay.files.insert(path("99999.md"), Some(ContentHash::of(b"old")));
    connect(&mut plan, &relay);
    let mut ranges = 0;
    while let Some(Step::Manifest(step)) = plan.next() {
        let need = relay.name(&step).expect("taken");
        plan.manifest_accepted(&step, relay.rev, relay.state_hash(), &need);
        ranges += 1;
    }
    assert_eq!(ranges, 3);
    assert!(!relay.files.contains_key(&path("99999.md")), "the last range has no end");
    settle(&mut plan, &mut relay);
    assert_eq!(relay.state_hash(), plan.local().state_hash());
}
