//! The decisions of one project against a disk and a clock that are simulated: events are lost,
//! doubled and late, folders vanish and return, and in the end what was told is what is there.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::time::{Duration, Instant};

use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::ProjectState;
use proptest::prelude::*;

use super::doubt::{Doubt, Evidence};
use super::filter::Filter;
use super::hint::Hint;
use super::list::Listing;
use super::look::{Known, Look};
use super::survey::{Done, Job, Survey};
use super::{Baseline, Request};
use crate::platform::file_stat::{FolderId, Stat};

const HOME: FolderId = FolderId { device: 1, inode: 1 };

/// A disk of a few files; every write gets a new time, as on a real one.
struct Disk {
    files: BTreeMap<FilePath, (u8, i64)>,
    root: Option<FolderId>,
    writes: i64,
}

struct World {
    disk: Disk,
    survey: Survey,
    now: Instant,
    next_tick: Instant,
    told: BTreeMap<FilePath, ContentHash>,
    state: Option<ProjectState>,
    baseline: Option<Baseline>,
    complete: bool,
}

fn path(text: &str) -> FilePath {
    text.parse().expect("a path")
}

impl Disk {
    fn write(&mut self, path: &FilePath, content: u8) {
        self.writes += 1;
        self.files.insert(path.clone(), (content, self.writes));
    }

    fn known(&self, path: &FilePath) -> Option<Known> {
        let (content, written) = self.root.and(self.files.get(path))?;
        let stat = Stat { size: u64::from(*content), mtime_ns: *written, ..Stat::default() };
        Some(Known { hash: ContentHash::of(&[*content]), stat, racy: false })
    }

    fn root(&self) -> io::Result<FolderId> {
        self.root.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn perform(&self, job: Job) -> Done {
        match job {
            Job::Arm => Done::Armed { root: self.root(), watch: Ok(()) },
            Job::Look(paths) => {
                let look = |path: FilePath| {
                    let below =
                        self.files.keys().any(|file| file != &path && file.is_within(&path));
                    let look = match self.known(&path) {
                        Some(known) => Look::File(known),
                        None if below && self.root.is_some() => Look::Folder,
                        None => Look::Absent,
                    };
                    (path, look)
                };
                Done::Looked(paths.into_iter().map(look).collect())
            }
            Job::List(scope) => {
                let inside =
                    |path: &&FilePath| scope.as_ref().is_none_or(|scope| path.is_within(scope));
                let files = self.files.keys().filter(inside);
                let files = files.filter_map(|path| Some((path.clone(), self.known(path)?.stat)));
                let listing = Listing { files: files.collect(), ..Listing::default() };
                let result = self.root().map(|_| listing).map_err(Into::into);
                Done::Listed { scope, took: Duration::from_millis(5), result }
            }
            Job::SecondLook { missing, .. } => {
                let present: HashSet<_> =
                    missing.iter().filter(|path| self.known(path).is_some()).cloned().collect();
                let git = Some(super::doubt::GitEvidence { head: None, busy: false });
                Done::SecondLooked(Evidence { asked: missing, present, root: self.root(), git })
            }
        }
    }
}

impl World {
    fn new(files: &[(&str, u8)]) -> Self {
        let mut disk = Disk { files: BTreeMap::new(), root: Some(HOME), writes: 0 };
        files.iter().for_each(|(name, content)| disk.write(&path(name), *content));
        Self::start(disk, BTreeSet::new(), None, Instant::now())
    }

    fn start(
        disk: Disk,
        known: BTreeSet<FilePath>,
        baseline: Option<&Baseline>,
        now: Instant,
    ) -> Self {
        let filter = Filter::new(&[], 1 << 20).expect("no globs");
        let doubt = Doubt::new("specs".into(), "demo".into(), baseline);
        let survey = Survey::new(filter, known, doubt, now);
        let (told, next_tick) = (BTreeMap::new(), now + Duration::from_secs(5));
        Self { disk, survey, now, next_tick, told, state: None, baseline: None, complete: false }
    }

    /// Lets time pass and does every job that comes due; checks each deletion when it is told.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            while let Some(job) = self.survey.next_job(self.now) {
                let done = self.disk.perform(job);
                self.now += Duration::from_millis(1);
                self.survey.done(done, 0.5, self.now);
                self.fold();
            }
            if self.now >= self.next_tick {
                self.survey.ticked(self.disk.root(), self.now);
                self.next_tick = self.now + Duration::from_secs(5);
                self.fold();
                continue;
            }
            let due = self.survey.next_due().min(self.next_tick);
            if due > end {
                self.now = self.now.max(end);
                return;
            }
            self.now = self.now.max(due);
        }
    }

    fn fold(&mut self) {
        let Some(update) = self.survey.take_update() else { return };
        for (path, file) in update.files {
            match file {
                Some(file) => self.told.insert(path, file.hash),
                None => {
                    assert!(
                        self.disk.root.is_some(),
                        "{path} told gone while the folder is missing"
                    );
                    assert!(self.disk.known(&path).is_none(), "{path} told gone while it is there");
                    self.told.remove(&path)
                }
            };
        }
        self.state = update.state.map(|(state, _)| state).or(self.state.take());
        self.baseline = update.baseline.or(self.baseline.take());
        self.complete |= update.complete;
    }

    fn hint(&mut self, path: &FilePath) {
        self.survey.hint(Hint::Path { path: path.clone(), closed: false }, self.now);
    }

    fn on_disk(&self) -> BTreeMap<FilePath, ContentHash> {
        let known = |path: &FilePath| self.disk.known(path).map(|known| known.hash);
        self.disk.files.keys().filter_map(|path| Some((path.clone(), known(path)?))).collect()
    }
}

#[test]
fn a_change_that_no_event_told_is_found_by_the_routine_scan() {
    let mut world = World::new(&[("001-a/README.md", 1), ("002-b/README.md", 1)]);
    world.pass(Duration::from_secs(1));
    assert!(world.complete && world.state == Some(ProjectState::Live));
    world.disk.write(&path("001-a/README.md"), 2);
    world.pass(Duration::from_secs(16 * 60));
    assert_eq!(world.told, world.on_disk());
    assert!(world.survey.take_unannounced(), "which casts doubt on the watcher");
}

#[test]
fn an_idle_project_has_no_job_for_ten_minutes() {
    let mut world = World::new(&[("001-a/README.md", 1)]);
    world.pass(Duration::from_secs(60));
    assert!(world.survey.next_due() > world.now + Duration::from_secs(500));
}

#[test]
fn a_folder_that_was_unmounted_and_comes_back_is_never_told_gone() {
    let mut world = World::new(&[("001-a/README.md", 1), ("002-b/README.md", 1)]);
    world.pass(Duration::from_secs(1));
    // Another, empty folder shows where the mount was.
    let files = std::mem::take(&mut world.disk.files);
    world.disk.root = Some(FolderId { device: 2, inode: 9 });
    world.survey.hint(Hint::Root, world.now);
    world.pass(Duration::from_secs(30));
    assert_eq!(world.state, Some(ProjectState::Halted));
    assert_eq!(world.told.len(), 2);
    world.disk.files = files;
    world.disk.root = Some(HOME);
    world.pass(Duration::from_secs(30));
    assert_eq!(world.state, Some(ProjectState::Live));
    assert_eq!(world.told, world.on_disk());
}

#[test]
fn after_a_restart_of_the_machine_with_disks_renumbered_one_deletion_is_still_believed() {
    let mut world =
        World::new(&[("001-a/README.md", 1), ("002-b/README.md", 1), ("003-c/README.md", 1)]);
    world.pass(Duration::from_secs(1));
    let known = world.told.keys().cloned().collect();
    let mut disk = world.disk;
    disk.root = Some(FolderId { device: 77, inode: 1 });
    disk.files.remove(&path("002-b/README.md"));
    let mut world = World::start(disk, known, world.baseline.as_ref(), world.now);
    world.pass(Duration::from_secs(3));
    assert!(world.complete && world.state == Some(ProjectState::Live), "{:?}", world.state);
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Write(u8, u8),
    Remove(u8),
    RemoveFolder(u8),
    Rename(u8, u8),
    Unmount(u16),
    Flood,
    Wait(u16),
}

fn acts() -> impl Strategy<Value = Vec<(Act, bool)>> {
    let act = prop_oneof![
        5 => (0_u8..30, 0_u8..5).prop_map(|(file, content)| Act::Write(file, content)),
        3 => (0_u8..30).prop_map(Act::Remove),
        1 => (0_u8..10).prop_map(Act::RemoveFolder),
        1 => (0_u8..10, 0_u8..10).prop_map(|(from, to)| Act::Rename(from, to)),
        1 => (0_u16..8000).prop_map(Act::Unmount),
        1 => Just(Act::Flood),
        4 => (0_u16..4000).prop_map(Act::Wait),
    ];
    proptest::collection::vec((act, any::<bool>()), 1..60)
}

fn file(number: u8) -> FilePath {
    path(&format!("{:03}-spec/{}.md", number % 10, number / 10))
}

fn folder(number: u8) -> FilePath {
    path(&format!("{number:03}-spec"))
}

impl World {
    /// Acts on the disk, and tells it by a hint unless that is lost.
    fn act(&mut self, act: Act, told: bool) {
        let touched = match act {
            Act::Write(number, content) => {
                self.disk.write(&file(number), content);
                vec![file(number)]
            }
            Act::Remove(number) => {
                self.disk.files.remove(&file(number));
                vec![file(number)]
            }
            Act::RemoveFolder(number) => {
                self.disk.files.retain(|path, _| !path.is_within(&folder(number)));
                vec![folder(number)]
            }
            Act::Rename(from, to) => {
                let inside = |path: &FilePath, _: &mut _| path.is_within(&folder(from));
                let moved: Vec<_> = self.disk.files.extract_if(.., inside).collect();
                for (old, file) in moved {
                    self.disk
                        .files
                        .insert(path(&format!("{}/{}", folder(to), old.file_name())), file);
                }
                vec![folder(from), folder(to)]
            }
            Act::Unmount(ms) => {
                self.disk.root = None;
                self.survey.hint(Hint::Root, self.now);
                self.pass(Duration::from_millis(u64::from(ms)));
                self.disk.root = Some(HOME);
                vec![]
            }
            Act::Flood => {
                self.survey.hint(Hint::Everything, self.now);
                vec![]
            }
            Act::Wait(ms) => {
                self.pass(Duration::from_millis(u64::from(ms)));
                vec![]
            }
        };
        if told {
            touched.iter().for_each(|path| self.hint(path));
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_and_whatever_events_are_lost_the_end_is_what_is_on_the_disk(acts in acts()) {
        let mut world = World::new(&[("000-spec/0.md", 1), ("001-spec/0.md", 1)]);
        for (act, told) in acts {
            world.act(act, told);
        }
        world.pass(Duration::from_secs(16 * 60));
        if world.state == Some(ProjectState::Halted) {
            world.survey.request(Request::AcceptDeletes, world.now);
            world.pass(Duration::from_secs(16 * 60));
        }
        prop_assert_eq!(world.state.clone(), Some(ProjectState::Live));
        prop_assert!(world.complete);
        prop_assert_eq!(&world.told, &world.on_disk());

        // And after a restart over what was told.
        let known = world.told.keys().cloned().collect();
        let mut again = World::start(world.disk, known, world.baseline.as_ref(), world.now);
        again.pass(Duration::from_secs(5));
        prop_assert!(again.complete);
        prop_assert_eq!(&again.told, &again.on_disk());
    }
}
