//! What is known to be on the disk, and what of it has not been told yet. Pure: looks and listings
//! go in, an [`Update`] comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Instant;

use leanspec_shared::path::FilePath;

use super::filter::{Filter, Verdict};
use super::list::Listing;
use super::look::{Known, Look};
use super::skips::Skips;
use super::{SpecLocation, Update};
use crate::spec::locate::{self, locate};

/// The picture of one specs folder.
#[derive(Debug, Default)]
pub struct Picture {
    files: BTreeMap<FilePath, Known>,
    /// Files of an earlier process that this one has not come across yet.
    expected: BTreeSet<FilePath>,
    /// Known or expected files that were not there, since when.
    missing: BTreeMap<FilePath, Instant>,
    /// Only folders that could be specs.
    folders: BTreeSet<FilePath>,
    skips: Skips,
    specs: BTreeMap<FilePath, Option<FilePath>>,
    untold: Untold,
}

/// What changed since the last update.
#[derive(Debug, Default)]
struct Untold {
    files: BTreeSet<FilePath>,
    /// Folders and files directly below the specs folder in which files or folders came or went,
    /// so that specs may have.
    places: BTreeSet<FilePath>,
}

/// What to do after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Settled,
    /// List what is below the path.
    List,
    /// Look again once it has had time.
    Again,
    /// Shrunk to nothing: probably a writer between truncating and writing. Look again soon.
    Hold,
}

impl Picture {
    /// A picture that expects the files an earlier process knew.
    #[must_use]
    pub fn expecting(known: BTreeSet<FilePath>) -> Self {
        Self { expected: known, ..Self::default() }
    }

    /// Takes in what was seen at a path. With `hold_empty`, a file that lost all its bytes is not
    /// believed yet.
    pub fn saw(&mut self, path: &FilePath, look: Look, hold_empty: bool, now: Instant) -> After {
        match look {
            Look::File(known) => {
                let before = self.files.get(path);
                let shrunk = known.stat.size == 0 && before.is_some_and(|file| file.stat.size > 0);
                if shrunk && hold_empty {
                    return After::Hold;
                }
                self.put(path, known);
                After::Settled
            }
            Look::Folder => {
                // What was a file here is one no more.
                self.miss(path, now);
                After::List
            }
            Look::Absent => {
                self.miss_all_below(path, now);
                self.skips.clear(path);
                After::Settled
            }
            Look::Skipped(kind) => {
                self.drop_file(path);
                self.skips.set(path, kind);
                After::Settled
            }
            Look::Changing => After::Again,
        }
    }

    fn put(&mut self, path: &FilePath, known: Known) {
        self.missing.remove(path);
        self.expected.remove(path);
        self.skips.clear(path);
        let before = self.files.insert(path.clone(), known);
        if before.is_none() {
            self.untold.places.insert(top(path));
        }
        if before.is_none_or(|before| before.hash != known.hash) {
            self.untold.files.insert(path.clone());
        }
    }

    /// Takes in a listing of `scope` (everything when `None`). Answers the files whose bytes have
    /// to be looked at: all of them with `every_byte`, else those whose stat proves nothing.
    pub fn listed(
        &mut self,
        scope: Option<&FilePath>,
        listing: &Listing,
        every_byte: bool,
        filter: &Filter,
        now: Instant,
    ) -> Vec<FilePath> {
        let listed: BTreeSet<&FilePath> = listing.files.iter().map(|(path, _)| path).collect();
        let (filtered, lost): (Vec<_>, Vec<_>) = self
            .within(scope)
            .filter(|path| !listed.contains(path))
            .cloned()
            .partition(|path| filter.judge(path) != Verdict::Sent);
        // A changed filter makes files ignored, never deleted.
        filtered.iter().for_each(|path| self.drop_file(path));
        lost.iter().for_each(|path| self.miss(path, now));
        self.relist_folders(scope, &listing.folders);
        self.skips.relist(scope, &listing.skipped, &listed);
        let doubtful = |(path, stat): &(FilePath, _)| {
            every_byte || !self.files.get(path).is_some_and(|known| known.still(stat))
        };
        let to_read: Vec<_> = listing
            .files
            .iter()
            .filter(|file| doubtful(file))
            .map(|(path, _)| path.clone())
            .collect();
        for (path, _) in &listing.files {
            // Unchanged by its stat: it is back where it was.
            if !self.expected.contains(path) {
                self.missing.remove(path);
            }
        }
        to_read
    }

    fn relist_folders(&mut self, scope: Option<&FilePath>, folders: &[FilePath]) {
        let now: BTreeSet<_> =
            folders.iter().filter(|folder| locate::is_spec_folder(folder)).cloned().collect();
        let before: BTreeSet<_> =
            self.folders.iter().filter(|folder| is_within(folder, scope)).cloned().collect();
        self.untold.places.extend(now.symmetric_difference(&before).map(top));
        self.folders.retain(|folder| !before.contains(folder));
        self.folders.extend(now);
    }

    /// Not among the files that are sent any more, without having been deleted.
    fn drop_file(&mut self, path: &FilePath) {
        self.missing.remove(path);
        let was_expected = self.expected.remove(path);
        let was_known = self.files.remove(path).is_some();
        if was_expected || was_known {
            self.untold.files.insert(path.clone());
            self.untold.places.insert(top(path));
        }
    }

    fn miss(&mut self, path: &FilePath, now: Instant) {
        if self.knows(path) {
            self.missing.entry(path.clone()).or_insert(now);
        }
    }

    fn miss_all_below(&mut self, path: &FilePath, now: Instant) {
        let lost: Vec<_> = self.within(Some(path)).cloned().collect();
        lost.iter().for_each(|path| self.miss(path, now));
        let gone = self.folders.extract_if(.., |folder| folder.is_within(path));
        self.untold.places.extend(gone.map(|folder| top(&folder)));
    }

    /// The second look found these to be there after all.
    pub fn found_again<'a>(&mut self, paths: impl IntoIterator<Item = &'a FilePath>) {
        for path in paths {
            self.missing.remove(path);
        }
    }

    /// These are gone for good.
    pub fn believe_gone<'a>(&mut self, paths: impl IntoIterator<Item = &'a FilePath>) {
        paths.into_iter().for_each(|path| self.drop_file(path));
    }

    /// The specs folder itself is gone for good.
    pub fn believe_all_gone(&mut self) {
        let all: Vec<_> = self.within(None).cloned().collect();
        self.believe_gone(&all);
        self.untold.places.extend(std::mem::take(&mut self.folders).iter().map(top));
        self.skips.clear_all();
    }

    /// Whether every file of an earlier process was found, or is believed to be gone.
    #[must_use]
    pub fn is_accounted_for(&self) -> bool {
        self.missing.is_empty() && self.expected.is_empty()
    }

    /// Whether something about a path waits to be told.
    #[must_use]
    pub fn has_untold(&self, path: &FilePath) -> bool {
        self.untold.files.contains(path)
    }

    /// Whether a path is known or expected to be there.
    #[must_use]
    pub fn knows(&self, path: &FilePath) -> bool {
        self.files.contains_key(path) || self.expected.contains(path)
    }

    /// Files that are known or expected, missing ones included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files.len() + self.expected.len()
    }

    /// Known files that are missing, since when.
    #[must_use]
    pub fn missing(&self) -> &BTreeMap<FilePath, Instant> {
        &self.missing
    }

    /// Known and expected paths that are `scope` or below it.
    fn within(&self, scope: Option<&FilePath>) -> impl Iterator<Item = &FilePath> {
        let from = scope.map_or(Bound::Unbounded, Bound::Included);
        let range = (from, Bound::Unbounded);
        let scoped = move |path: &&FilePath| is_near(path, scope);
        let files = self.files.range::<FilePath, _>(range).map(|(path, _)| path);
        let expected = self.expected.range::<FilePath, _>(range);
        files
            .take_while(scoped)
            .chain(expected.take_while(scoped))
            .filter(move |path| is_within(path, scope))
    }

    /// Takes out what was not told yet; `None` when there is nothing. Specs in places where files
    /// are still `unread` wait for them: else a folder would be told before its README.md.
    pub fn take_update(&mut self, unread: &BTreeSet<FilePath>) -> Option<Update> {
        let files = std::mem::take(&mut self.untold.files).into_iter();
        let local = |path| {
            let local = self.files.get(&path).map(Known::local);
            (path, local)
        };
        let files: Vec<_> = files.map(local).collect();
        let is_unread = |place: &FilePath| {
            let near = unread.range(place..).take_while(|path| is_near(path, Some(place)));
            near.into_iter().any(|path| path.is_within(place))
        };
        let read: Vec<_> = self.untold.places.extract_if(.., |place| !is_unread(place)).collect();
        let specs: Vec<_> = read.iter().flat_map(|place| self.relocate(place)).collect();
        let skipped = self.skips.take_told();
        let nothing = files.is_empty() && specs.is_empty() && skipped.is_none();
        (!nothing).then(|| Update { files, specs, skipped, ..Update::default() })
    }

    /// Finds the specs of one place anew. No spec reaches over two places, so that the cost does
    /// not grow with the number of specs.
    fn relocate(&mut self, place: &FilePath) -> Vec<(FilePath, Option<SpecLocation>)> {
        let folders = self.folders.range(place..).take_while(|path| is_near(path, Some(place)));
        let folders = folders.filter(|path| path.is_within(place)).cloned().collect();
        let files = self.within(Some(place)).filter(|path| self.files.contains_key(*path));
        let now = locate(files, &folders);
        let before = self.specs.range(place..).take_while(|(path, _)| is_near(path, Some(place)));
        let before = before.filter(|(path, _)| path.is_within(place)).map(|(path, _)| path.clone());
        let gone: Vec<_> = before.filter(|path| !now.contains_key(path)).collect();
        let mut changes = Vec::new();
        for path in gone {
            self.specs.remove(&path);
            changes.push((path, None));
        }
        for (path, main) in now {
            if self.specs.get(&path) != Some(&main) {
                changes.push((path.clone(), Some(SpecLocation { main: main.clone() })));
                self.specs.insert(path, main);
            }
        }
        changes
    }
}

/// The folder or file directly below the specs folder that a path stands in.
fn top(path: &FilePath) -> FilePath {
    let mut top = path.clone();
    while let Some(above) = top.parent() {
        top = above;
    }
    top
}

fn is_within(path: &FilePath, scope: Option<&FilePath>) -> bool {
    scope.is_none_or(|scope| path.is_within(scope))
}

/// Whether a path that sorts from `scope` on can still be followed by one within it: names such as
/// `a-b` and `a.md` sort between `a` and `a/x`.
fn is_near(path: &FilePath, scope: Option<&FilePath>) -> bool {
    scope.is_none_or(|scope| path.as_str().starts_with(scope.as_str()))
}
