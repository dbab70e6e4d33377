//! When to look at a path that may have changed. Pure: time is an argument.
//!
//! The first change of a quiet file is due at once. A busy file is due after it was quiet for
//! [`QUIET`], and after [`WAIT_MAX`] even when it never is. Floods collapse into listings.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use leanspec_shared::path::FilePath;

/// How long a busy file must rest before it is looked at.
pub const QUIET: Duration = Duration::from_millis(50);
/// The longest that a change waits, however busy its file is.
pub const WAIT_MAX: Duration = Duration::from_millis(300);
/// Paths that wait one by one; more become one listing of everything (Syncthing's number).
pub const PATHS_MAX: usize = 512;
/// Paths of one folder that wait one by one; more become one listing of it (Syncthing's number).
pub const PATHS_PER_FOLDER_MAX: usize = 128;

/// What is due.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Look at these.
    pub paths: Vec<FilePath>,
    /// List these folders.
    pub folders: Vec<FilePath>,
    /// List everything.
    pub everything: bool,
}

/// The paths that wait.
#[derive(Debug, Default)]
pub struct Coalescer {
    paths: BTreeMap<FilePath, Waiting>,
    folders: BTreeMap<FilePath, Waiting>,
    everything: Option<Waiting>,
    /// When paths were handed out lately: a change soon after makes a file busy.
    handed_out: BTreeMap<FilePath, Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    first: Instant,
    due: Instant,
}

impl Waiting {
    fn at_once(now: Instant) -> Self {
        Self { first: now, due: now }
    }

    fn for_quiet(now: Instant) -> Self {
        Self { first: now, due: now + QUIET }
    }

    fn touch(&mut self, now: Instant) {
        // What was due at once stays so: it only waits for its turn.
        if self.due > now {
            self.due = (now + QUIET).min(self.first + WAIT_MAX);
        }
    }
}

impl Coalescer {
    /// A path may have changed. `known`: it is a file that was there before; a new name waits for
    /// quiet first, since most new names are the temporary files of a save.
    pub fn note(&mut self, path: FilePath, known: bool, now: Instant) {
        if let Some(everything) = &mut self.everything {
            everything.touch(now);
            return;
        }
        if let Some(folder) = self.covering_folder(&path) {
            folder.touch(now);
            return;
        }
        let busy = self.handed_out.get(&path).is_some_and(|at| now < *at + WAIT_MAX);
        match self.paths.get_mut(&path) {
            Some(waiting) => waiting.touch(now),
            None if known && !busy => {
                self.paths.insert(path, Waiting::at_once(now));
            }
            None => {
                self.paths.insert(path, Waiting::for_quiet(now));
            }
        }
        self.collapse(now);
    }

    /// The next change of this path is due at once, since the last look came in the middle of one.
    pub fn expect(&mut self, path: &FilePath, now: Instant) {
        self.handed_out.remove(path);
        if let Some(waiting) = self.paths.get_mut(path) {
            waiting.due = now;
        }
    }

    /// A folder has to be listed.
    pub fn note_folder(&mut self, folder: FilePath, now: Instant) {
        if self.everything.is_none() {
            self.folders.entry(folder).or_insert(Waiting::at_once(now));
        }
    }

    /// Everything has to be listed; `now` is when it is due.
    pub fn note_everything(&mut self, now: Instant) {
        self.paths.clear();
        self.folders.clear();
        self.everything.get_or_insert(Waiting::at_once(now));
    }

    fn covering_folder(&mut self, path: &FilePath) -> Option<&mut Waiting> {
        let folder = path.parent()?;
        self.folders.get_mut(&folder)
    }

    fn collapse(&mut self, now: Instant) {
        if self.paths.len() > PATHS_MAX {
            self.note_everything(now);
            return;
        }
        // Counting is only worth it where one folder could have too many.
        if self.paths.len() <= PATHS_PER_FOLDER_MAX {
            return;
        }
        let mut counts: BTreeMap<FilePath, usize> = BTreeMap::new();
        for folder in self.paths.keys().filter_map(FilePath::parent) {
            *counts.entry(folder).or_default() += 1;
        }
        let full: BTreeSet<_> = counts
            .into_iter()
            .filter(|(_, count)| *count > PATHS_PER_FOLDER_MAX)
            .map(|(folder, _)| folder)
            .collect();
        for folder in full {
            self.paths.retain(|path, _| path.parent().as_ref() != Some(&folder));
            self.folders.insert(folder, Waiting::for_quiet(now));
        }
    }

    /// Hands out what is due.
    pub fn take_due(&mut self, now: Instant) -> Due {
        self.handed_out.retain(|_, at| now < *at + WAIT_MAX);
        let is_due = |waiting: &Waiting| waiting.due <= now;
        let everything = self.everything.as_ref().is_some_and(is_due);
        if everything {
            self.everything = None;
        }
        let paths: Vec<_> = self.paths.extract_if(.., |_, waiting| is_due(waiting)).collect();
        let folders = self.folders.extract_if(.., |_, waiting| is_due(waiting));
        let folders = folders.map(|(folder, _)| folder).collect();
        self.handed_out.extend(paths.iter().map(|(path, _)| (path.clone(), now)));
        Due { paths: paths.into_iter().map(|(path, _)| path).collect(), folders, everything }
    }

    /// When something is due next; `None` when nothing waits.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        let waiting = self.paths.values().chain(self.folders.values()).chain(&self.everything);
        waiting.map(|waiting| waiting.due).min()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> FilePath {
        text.parse().expect("a path")
    }

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn the_first_change_of_a_quiet_file_is_due_at_once_and_a_new_name_after_it_rested() {
        let now = Instant::now();
        let mut waiting = Coalescer::default();
        waiting.note(path("a/known.md"), true, now);
        waiting.note(path("a/sedXYZ"), false, now);
        assert_eq!(waiting.take_due(now).paths, [path("a/known.md")]);
        assert_eq!(waiting.next_due(), Some(now + QUIET));
        assert_eq!(waiting.take_due(now + QUIET).paths, [path("a/sedXYZ")]);
        assert_eq!(waiting.next_due(), None, "no timer for nothing");
    }

    #[test]
    fn a_busy_file_is_due_after_50_ms_of_quiet() {
        let now = Instant::now();
        let mut waiting = Coalescer::default();
        waiting.note(path("a"), true, now);
        waiting.take_due(now);
        waiting.note(path("a"), true, now + ms(10));
        waiting.note(path("a"), true, now + ms(20));
        assert_eq!(waiting.next_due(), Some(now + ms(70)));
    }

    #[test]
    fn a_file_written_to_without_end_is_due_every_300_ms() {
        let start = Instant::now();
        let mut waiting = Coalescer::default();
        let mut looks = Vec::new();
        for at in (0..3000).step_by(10) {
            waiting.note(path("a"), true, start + ms(at));
            if !waiting.take_due(start + ms(at)).paths.is_empty() {
                looks.push(at);
            }
        }
        assert!((9..=12).contains(&looks.len()), "{looks:?}");
        assert!(looks.windows(2).all(|pair| pair[1] - pair[0] <= 310), "{looks:?}");
    }

    #[test]
    fn a_change_that_is_expected_is_due_at_once_although_the_file_is_busy() {
        let now = Instant::now();
        let mut waiting = Coalescer::default();
        waiting.note(path("a"), true, now);
        waiting.take_due(now);
        waiting.note(path("a"), true, now + ms(1));
        waiting.expect(&path("a"), now + ms(2));
        assert_eq!(waiting.take_due(now + ms(2)).paths, [path("a")]);
    }

    #[test]
    fn floods_become_listings_of_a_folder_or_of_everything() {
        let now = Instant::now();
        let mut waiting = Coalescer::default();
        for number in 0..=PATHS_PER_FOLDER_MAX {
            waiting.note(path(&format!("a/{number}")), true, now);
        }
        let due = waiting.take_due(now + QUIET);
        assert_eq!((due.paths, due.folders), (vec![], vec![path("a")]));
        for number in 0..=PATHS_MAX {
            waiting.note(path(&format!("{number}/x")), true, now);
        }
        let due = waiting.take_due(now + QUIET);
        assert!(due.everything && due.paths.is_empty() && due.folders.is_empty());
    }

    proptest! {
        #[test]
        fn no_path_is_lost_and_none_waits_longer_than_the_maximum(
            notes in proptest::collection::vec((0_u8..12, 0_u8..3, any::<bool>(), 0_u64..120), 1..200))
        {
            let mut now = Instant::now();
            let mut waiting = Coalescer::default();
            let mut owed: BTreeMap<FilePath, Instant> = BTreeMap::new();
            for (file, folder, known, pause) in notes {
                let noted = path(&format!("{folder}/{file}"));
                owed.entry(noted.clone()).or_insert(now);
                waiting.note(noted, known, now);
                let later = now + ms(pause);
                // As the worker does: wakes when something is due.
                while let Some(due) = waiting.next_due().filter(|due| *due <= later) {
                    now = now.max(due);
                    for path in waiting.take_due(now).paths {
                        let since = owed.remove(&path).expect("it was noted");
                        prop_assert!(now <= since + WAIT_MAX);
                    }
                }
                now = later;
            }
            let rest = waiting.take_due(now + WAIT_MAX).paths;
            prop_assert!(rest.iter().all(|path| owed.remove(path).is_some()));
            prop_assert!(owed.is_empty(), "lost: {owed:?}");
        }
    }
}
