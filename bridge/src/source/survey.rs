//! What to do next about one specs folder: the decisions between hints, looks and updates.
//!
//! No I/O and no clock: the worker feeds it hints and the results of jobs, and does the job it
//! asks for, one at a time. What is missing is judged in `doubt`, when to scan in `schedule`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::time::{Duration, Instant};

use leanspec_shared::path::FilePath;

use super::coalesce::Coalescer;
use super::doubt::Doubt;
use super::filter::{Filter, Verdict};
use super::heads::Head;
use super::hint::Hint;
use super::list::{ListError, Listing};
use super::look::{Look, SkipKind};
use super::picture::{After, Picture};
use super::schedule::{Scan, Schedule};
use super::{Request, Update};
use crate::platform::file_stat::FolderId;

/// How long a file that lost all its bytes may stay empty before that is believed.
const HOLD_EMPTY: Duration = Duration::from_millis(200);

/// Files read by one job out of a scan: so that a fresh change waits for a few milliseconds only.
const SLICE_FILES: usize = 64;

/// What the worker is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Job {
    /// Set the watches anew.
    Arm,
    /// Look at these.
    Look(Vec<FilePath>),
    /// List what is below.
    List(Option<FilePath>),
    /// Look a second time at what is missing, and ask git when the loss is large.
    SecondLook {
        /// What is missing.
        missing: Vec<FilePath>,
        /// Whether git has to be asked.
        ask_git: bool,
    },
}

/// The outcome of a [`Job`].
#[derive(Debug)]
pub enum Done {
    /// Of `Arm`.
    Armed {
        /// Which folder it is now.
        root: io::Result<FolderId>,
        /// Whether native events cover it; else why not.
        watch: Result<(), String>,
    },
    /// Of `Look`.
    Looked(Vec<(FilePath, Look)>),
    /// Of `List`.
    Listed {
        /// What was listed.
        scope: Option<FilePath>,
        /// How long it took.
        took: Duration,
        /// What was found.
        result: Result<Listing, ListError>,
    },
    /// Of `SecondLook`.
    SecondLooked(super::doubt::Evidence),
}

/// The decisions about one specs folder.
#[derive(Debug)]
pub struct Survey {
    filter: Filter,
    picture: Picture,
    coalescer: Coalescer,
    /// Files that lost all their bytes, since when.
    held: BTreeMap<FilePath, Instant>,
    /// Held files whose writer has closed them: what is there now is meant.
    closed: BTreeSet<FilePath>,
    folders: VecDeque<FilePath>,
    /// Files that a listing wants read.
    backlog: BTreeSet<FilePath>,
    scan: Option<Scan>,
    schedule: Schedule,
    doubt: Doubt,
    arm: bool,
    listed_once: bool,
    complete: bool,
    /// A routine scan found what no hint had told.
    unannounced: bool,
}

impl Survey {
    /// A survey that starts by setting watches and reading everything.
    #[must_use]
    pub fn new(filter: Filter, known: BTreeSet<FilePath>, doubt: Doubt, now: Instant) -> Self {
        Self {
            filter,
            picture: Picture::expecting(known),
            coalescer: Coalescer::default(),
            held: BTreeMap::new(),
            closed: BTreeSet::new(),
            folders: VecDeque::new(),
            backlog: BTreeSet::new(),
            scan: None,
            schedule: Schedule::new(now),
            doubt,
            arm: true,
            listed_once: false,
            complete: false,
            unannounced: false,
        }
    }

    /// Takes in a hint of the watcher.
    pub fn hint(&mut self, hint: Hint, now: Instant) {
        match hint {
            Hint::Path { path, closed } => self.may_have_changed(path, closed, now),
            Hint::Root => self.arm = true,
            Hint::Everything | Hint::Trouble(_) => self.coalescer.note_everything(now),
            Hint::Own(_) => {}
        }
    }

    fn may_have_changed(&mut self, path: FilePath, closed: bool, now: Instant) {
        match self.filter.judge(&path) {
            Verdict::Sent => {}
            Verdict::Passing => return,
            // Of what is ignored only the topmost name is listed.
            Verdict::Ignored => {
                let above = path.parent();
                if above.is_some_and(|above| self.filter.judge(&above) != Verdict::Sent) {
                    return;
                }
            }
        }
        if self.held.contains_key(&path) {
            if closed {
                self.closed.insert(path.clone());
            }
            self.coalescer.expect(&path, now);
        }
        let known = self.picture.knows(&path);
        self.coalescer.note(path, known, now);
    }

    /// Takes in a request from outside.
    pub fn request(&mut self, request: Request, now: Instant) {
        match request {
            Request::Recheck(path) => {
                self.backlog.insert(path);
            }
            Request::Rescan => self.schedule.ask(now),
            Request::AcceptDeletes => self.doubt.accept(now),
            // Git is the worker's.
            Request::RefreshGit => {}
        }
    }

    /// The job that is due, if any. Fresh changes go before everything that scans.
    pub fn next_job(&mut self, now: Instant) -> Option<Job> {
        if std::mem::take(&mut self.arm) {
            return Some(Job::Arm);
        }
        let due = self.coalescer.take_due(now);
        self.folders.extend(due.folders);
        if due.everything {
            self.schedule.ask(now);
        }
        let held = self.held.iter().filter(|(_, since)| now >= **since + HOLD_EMPTY);
        let paths: BTreeSet<_> =
            due.paths.into_iter().chain(held.map(|(path, _)| path.clone())).collect();
        if !paths.is_empty() {
            return Some(Job::Look(paths.into_iter().collect()));
        }
        if let Some(folder) = self.folders.pop_front() {
            return Some(Job::List(Some(folder)));
        }
        if let Some(job) = self.doubt.second_look(&self.picture, now) {
            return Some(job);
        }
        if !self.backlog.is_empty() {
            let slice = (0..SLICE_FILES).map_while(|_| self.backlog.pop_first());
            return Some(Job::Look(slice.collect()));
        }
        // Only between two scans: one at a time, and each with its reading.
        self.scan = self.schedule.take_due(now);
        self.scan.map(|_| {
            self.doubt.listing_begins();
            Job::List(None)
        })
    }

    /// When the next job is due although nothing happens. What is due already was handed out by
    /// [`Survey::next_job`], which is asked first.
    #[must_use]
    pub fn next_due(&self) -> Instant {
        let held = self.held.values().map(|since| *since + HOLD_EMPTY).min();
        let doubt = self.doubt.next_due(&self.picture);
        let others = [self.coalescer.next_due(), held, doubt];
        others.into_iter().flatten().fold(self.schedule.next_due(), Instant::min)
    }

    /// Takes in the outcome of a job. `chance` is anywhere from 0 to 1.
    pub fn done(&mut self, done: Done, chance: f64, now: Instant) {
        match done {
            Done::Armed { root, watch: _ } => self.armed(root, now),
            Done::Looked(looks) => {
                for (path, look) in looks {
                    self.looked(&path, look, now);
                }
            }
            Done::Listed { scope, took, result } => {
                self.listed(scope.as_ref(), took, result, chance, now);
            }
            Done::SecondLooked(evidence) => {
                let back = self.doubt.judge(evidence, &mut self.picture, now);
                self.backlog.extend(back);
            }
        }
        if self.backlog.is_empty() {
            self.scan = None;
        }
        self.doubt.review(&self.picture);
        let settled = self.listed_once && self.backlog.is_empty() && self.folders.is_empty();
        if settled && self.picture.is_accounted_for() && !self.doubt.is_doubtful() {
            self.complete = true;
            self.doubt.account();
        }
    }

    fn armed(&mut self, root: io::Result<FolderId>, now: Instant) {
        let readable = root.is_ok();
        self.doubt.saw_root(root, now);
        if readable {
            // Between the old watches and the new ones nothing was told.
            self.schedule.ask_at_once(now);
        }
    }

    fn looked(&mut self, path: &FilePath, look: Look, now: Instant) {
        let closed = self.closed.remove(path);
        let waited = self.held.get(path).is_some_and(|since| now >= *since + HOLD_EMPTY);
        let untold = self.picture.has_untold(path);
        match self.picture.saw(path, look, !closed && !waited, now) {
            After::Hold => {
                self.held.entry(path.clone()).or_insert(now);
                self.coalescer.expect(path, now);
                return;
            }
            After::Settled => {}
            After::List => self.coalescer.note_folder(path.clone(), now),
            After::Again => self.coalescer.note(path.clone(), false, now),
        }
        self.held.remove(path);
        if self.scan.is_some_and(|scan| scan.routine) {
            self.unannounced |= !untold && self.picture.has_untold(path);
        }
    }

    fn listed(
        &mut self,
        scope: Option<&FilePath>,
        took: Duration,
        result: Result<Listing, ListError>,
        chance: f64,
        now: Instant,
    ) {
        let scan = if scope.is_none() { self.scan } else { None };
        match (result, scope) {
            (Ok(listing), _) => {
                let every_byte = scan.is_some_and(|scan| scan.every_byte);
                let to_read = self.picture.listed(scope, &listing, every_byte, &self.filter, now);
                self.backlog.extend(to_read);
                if scope.is_none() {
                    self.listed_once = true;
                    self.doubt.listing_ended();
                }
            }
            (Err(ListError::TooMany), _) => self.doubt.too_many(),
            (Err(ListError::Io(error)), None) => {
                self.doubt.saw_root(Err(error), now);
            }
            (Err(ListError::Io(error)), Some(folder)) => {
                let look = match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Look::Absent,
                    _ => Look::Skipped(SkipKind::Unreadable),
                };
                self.looked(folder, look, now);
            }
        }
        if let Some(scan) = scan {
            self.schedule.ended(scan, took, chance, now);
        }
    }

    /// A tick: the specs folder was looked at from outside.
    pub fn ticked(&mut self, root: io::Result<FolderId>, now: Instant) {
        if self.doubt.saw_root(root, now) {
            self.arm = true;
        }
        self.doubt.tick(now);
    }

    /// Set the watches anew, soon.
    pub fn rearm(&mut self) {
        self.arm = true;
    }

    /// Whether scans poll from now on.
    pub fn set_polling(&mut self, poll: bool, now: Instant) {
        self.schedule.set_polling(poll, now);
    }

    /// Git has this checked out. Answers whether that is news.
    pub fn saw_head(&mut self, head: Head) -> bool {
        self.doubt.saw_head(head)
    }

    /// Whether the picture cannot be trusted at present.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.doubt.is_doubtful()
    }

    /// Whether a routine scan found changes that the watcher had not told of, since the last call.
    pub fn take_unannounced(&mut self) -> bool {
        std::mem::take(&mut self.unannounced)
    }

    /// Takes out what was not told yet.
    pub fn take_update(&mut self) -> Option<Update> {
        let update = self.picture.take_update(&self.backlog);
        let told = self.doubt.take_told(self.complete);
        if update.is_none() && told.is_none() {
            return None;
        }
        let mut update = update.unwrap_or_default();
        if let Some(told) = told {
            update.state = told.state;
            update.baseline = told.baseline;
            update.complete = told.complete;
        }
        Some(update)
    }
}
