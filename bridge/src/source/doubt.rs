//! Whether the picture can be trusted: what is missing, and the state that follows. Which folder
//! it is stands in `home`, what git has checked out in `heads`, the rules in `vanish`. No I/O.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::time::{Duration, Instant};

use leanspec_shared::limits::FILES_PER_PROJECT_MAX;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{HaltCode, ProjectState};

use super::heads::{Head, Heads};
use super::home::Home;
use super::picture::Picture;
use super::survey::Job;
use super::vanish::{self, COUNTED_TOGETHER, GitMoment, Loss, Root, SECOND_LOOK, Verdict};
use super::{Baseline, Halt};
use crate::platform::file_stat::FolderId;

/// How soon a loss is looked at again while git is busy.
const BUSY_GIT_RETRY: Duration = Duration::from_secs(1);

/// What a second look found.
#[derive(Debug)]
pub struct Evidence {
    /// What was missing.
    pub asked: Vec<FilePath>,
    /// What of it is there after all.
    pub present: HashSet<FilePath>,
    /// The specs folder, looked at after that.
    pub root: io::Result<FolderId>,
    /// Git, if it was asked.
    pub git: Option<GitEvidence>,
}

/// What git says about a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitEvidence {
    /// What is checked out; absent where git cannot be asked.
    pub head: Option<Head>,
    /// It is in the middle of something.
    pub busy: bool,
}

/// What has to be told.
#[derive(Debug, Default)]
pub struct Told {
    /// See [`super::Update::state`].
    pub state: Option<(ProjectState, Option<Halt>)>,
    /// See [`super::Update::baseline`].
    pub baseline: Option<Baseline>,
    /// See [`super::Update::complete`].
    pub complete: bool,
}

/// Trust in one specs folder.
#[derive(Debug)]
pub struct Doubt {
    folder: String,
    project: String,
    home: Home,
    heads: Heads,
    halted: Option<Halt>,
    too_many: bool,
    accepting: bool,
    git_busy_since: Option<Instant>,
    retry_at: Option<Instant>,
    lost: VecDeque<(Instant, usize)>,
    told: Option<(ProjectState, Option<Halt>)>,
    told_baseline: Option<Baseline>,
    told_complete: bool,
}

impl Doubt {
    /// `folder` is how the specs folder is named to the user, `project` how the user names the
    /// project; `baseline` comes from an earlier process.
    #[must_use]
    pub fn new(folder: String, project: String, baseline: Option<&Baseline>) -> Self {
        Self {
            folder,
            project,
            home: Home::new(baseline),
            heads: Heads::new(baseline),
            halted: None,
            too_many: false,
            accepting: false,
            git_busy_since: None,
            retry_at: None,
            lost: VecDeque::new(),
            told: None,
            told_baseline: None,
            told_complete: false,
        }
    }

    /// Takes in which folder stands at the path now. Answers whether it came back or is another,
    /// so that all watches and listings are void.
    pub fn saw_root(&mut self, root: io::Result<FolderId>, now: Instant) -> bool {
        self.home.saw(root, now)
    }

    /// What git has checked out now. Answers whether that is news, so that everything is listed.
    pub fn saw_head(&mut self, head: Head) -> bool {
        self.heads.saw(head)
    }

    /// A listing of everything begins.
    pub fn listing_begins(&mut self) {
        self.heads.listing_begins();
    }

    /// A listing of everything ended well.
    pub fn listing_ended(&mut self) {
        self.heads.listing_ended();
        self.too_many = false;
    }

    /// There are more files than any project has.
    pub fn too_many(&mut self) {
        self.too_many = true;
    }

    /// Everything is accounted for: what was listed was read, and nothing is missing.
    pub fn account(&mut self) {
        self.home.account();
        self.heads.account();
    }

    /// Whether nothing may be concluded from what is missing.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.halted.is_some() || self.too_many || self.home.bad_since().is_some()
    }

    /// The user says that what is missing was deleted on purpose.
    pub fn accept(&mut self, now: Instant) {
        self.accepting = true;
        self.retry_at = Some(now);
    }

    /// Time to look again at what is in doubt.
    pub fn tick(&mut self, now: Instant) {
        if self.is_doubtful() {
            self.retry_at.get_or_insert(now);
        }
    }

    /// The second look that is due, if any.
    pub fn second_look(&mut self, picture: &Picture, now: Instant) -> Option<Job> {
        if self.next_due(picture)? > now {
            return None;
        }
        let all = self.halted.is_some() || self.accepting;
        let due = |since: &Instant| all || *since + SECOND_LOOK <= now;
        let missing = picture.missing().iter().filter(|(_, since)| due(since));
        let missing = missing.map(|(path, _)| path.clone()).collect();
        self.retry_at = None;
        let loss = self.loss(picture, now);
        Some(Job::SecondLook { missing, ask_git: loss.depends_on_git() })
    }

    /// When the next second look is due.
    #[must_use]
    pub fn next_due(&self, picture: &Picture) -> Option<Instant> {
        // What was judged once waits for the tick or for git.
        if self.retry_at.is_some() || self.halted.is_some() {
            return self.retry_at;
        }
        let missing = picture.missing().values().copied().min();
        self.home.bad_since().into_iter().chain(missing).min().map(|since| since + SECOND_LOOK)
    }

    fn loss(&self, picture: &Picture, now: Instant) -> Loss {
        let recent = self.lost.iter().filter(|(at, _)| now < *at + COUNTED_TOGETHER);
        let recent: usize = recent.map(|(_, count)| count).sum();
        let missing = picture.missing().len() + recent;
        let of = picture.count() + recent;
        let busy_for =
            self.git_busy_since.map_or(Duration::ZERO, |since| now.duration_since(since));
        let mut loss =
            Loss { missing, of, root: Root::Same, git: GitMoment::Absent, git_busy_for: busy_for };
        loss.root = self.home.root(loss.is_massive());
        loss
    }

    /// Judges what a second look found. Answers the files that came back, to be read again.
    pub fn judge(
        &mut self,
        evidence: Evidence,
        picture: &mut Picture,
        now: Instant,
    ) -> Vec<FilePath> {
        self.home.saw(evidence.root, now);
        let (back, gone): (Vec<_>, Vec<_>) =
            evidence.asked.into_iter().partition(|path| evidence.present.contains(path));
        picture.found_again(&back);
        // Some may have been seen again by an event meanwhile.
        let gone: Vec<_> =
            gone.into_iter().filter(|path| picture.missing().contains_key(path)).collect();
        if self.accepting {
            self.accept_all(picture);
            return back;
        }
        let mut loss = self.loss(picture, now);
        if loss.depends_on_git() {
            match evidence.git {
                Some(git) => loss.git = self.moment(&git, now),
                // It grew while it was looked at: once more, with git.
                None if !matches!(loss.root, Root::OtherDevice | Root::Unreadable(_)) => {
                    self.retry_at = Some(now);
                    return back;
                }
                None => {}
            }
        }
        match vanish::judge(&loss, &self.folder, &self.project) {
            Verdict::Gone if self.home.root(true) == Root::Missing => {
                self.home.accept_absence();
                picture.believe_all_gone();
                self.halted = None;
            }
            Verdict::Gone => {
                self.lost.retain(|(at, _)| now < *at + COUNTED_TOGETHER);
                self.lost.push_back((now, gone.len()));
                picture.believe_gone(&gone);
                self.halted = None;
            }
            Verdict::Wait => self.retry_at = Some(now + BUSY_GIT_RETRY),
            Verdict::Halt(halt) => self.halted = Some(halt),
        }
        back
    }

    fn accept_all(&mut self, picture: &mut Picture) {
        self.accepting = false;
        if matches!(self.home.root(true), Root::Unreadable(_)) {
            return;
        }
        if self.home.accept_absence() {
            picture.believe_all_gone();
        } else {
            let missing: Vec<_> = picture.missing().keys().cloned().collect();
            picture.believe_gone(&missing);
        }
        self.halted = None;
    }

    fn moment(&mut self, git: &GitEvidence, now: Instant) -> GitMoment {
        if git.busy {
            self.git_busy_since.get_or_insert(now);
            return GitMoment::Busy;
        }
        self.git_busy_since = None;
        match &git.head {
            None => GitMoment::Absent,
            Some(head) if self.heads.moved_to(head) => GitMoment::Moved,
            Some(_) => GitMoment::Unmoved,
        }
    }

    /// Ends a halt whose reason has gone by itself.
    pub fn review(&mut self, picture: &Picture) {
        if picture.missing().is_empty() && self.home.bad_since().is_none() {
            self.halted = None;
            self.git_busy_since = None;
        }
    }

    /// Takes out what has to be told. `complete`: everything was read once.
    pub fn take_told(&mut self, complete: bool) -> Option<Told> {
        let many = self.too_many.then(|| Halt {
            code: HaltCode::TooManyFiles,
            reason: format!(
                "more than {FILES_PER_PROJECT_MAX} files in {}: name what is no spec under `ignore` in the config",
                self.folder
            ),
        });
        let state = match (self.halted.clone().or(many), complete) {
            (Some(halt), _) => (ProjectState::Halted, Some(halt)),
            (None, true) => (ProjectState::Live, None),
            (None, false) => (ProjectState::Indexing, None),
        };
        let mut told = Told::default();
        if self.told.as_ref() != Some(&state) {
            self.told = Some(state.clone());
            told.state = Some(state);
        }
        let accounted = self.accounted();
        if complete && self.told_baseline.as_ref() != Some(&accounted) {
            self.told_baseline = Some(accounted.clone());
            told.baseline = Some(accounted);
        }
        told.complete = complete && !std::mem::replace(&mut self.told_complete, complete);
        let nothing = told.state.is_none() && told.baseline.is_none() && !told.complete;
        (!nothing).then_some(told)
    }

    /// What to give to the next process.
    fn accounted(&self) -> Baseline {
        let (folder, head) = (self.home.accounted(), self.heads.accounted().clone());
        Baseline {
            device: folder.device,
            inode: folder.inode,
            commit: head.commit,
            branch: head.branch,
        }
    }
}
