//! Which specs a push has touched, and the events that say so. A spec's files are those at or below
//! its path whose nearest enclosing spec it is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use leanspec_shared::feed::{Event, SpecGone};
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{Spec, SpecFile};

use super::Pusher;
use crate::store::file::{self, StoredFile};
use crate::store::project::StoredProject;
use crate::store::spec::{self, StoredSpec};
use crate::store::{Connection, StoreError, WriteTransaction};

/// Paths that a push has touched, collected while it is applied.
#[derive(Debug, Default)]
pub(super) struct Touched {
    files: BTreeSet<FilePath>,
    specs: BTreeSet<FilePath>,
    gone: BTreeSet<FilePath>,
}

impl Touched {
    pub(super) fn file(&mut self, path: &FilePath) {
        self.files.insert(path.clone());
    }

    pub(super) fn spec(&mut self, path: &FilePath) {
        self.specs.insert(path.clone());
    }

    /// A spec that appeared or went: the spec around it loses or gains its files.
    pub(super) fn border(&mut self, path: &FilePath) {
        self.files.extend(path.parent());
    }

    pub(super) fn gone(&mut self, path: &FilePath) {
        self.gone.insert(path.clone());
        self.border(path);
    }

    /// Stores the events of a push: what went, what is new or changed, then the project.
    pub(super) fn emit(
        mut self,
        transaction: &mut WriteTransaction<'_>,
        pusher: &Pusher,
        project: &StoredProject,
    ) -> Result<(), StoreError> {
        for path in std::mem::take(&mut self.files) {
            self.specs.extend(owner(transaction, project.number, &path)?);
        }
        for path in self.gone {
            let (machine, id, rev) = (pusher.machine.clone(), pusher.project.clone(), project.rev);
            let gone = SpecGone { machine, project: id, path, rev };
            transaction.emit(&pusher.account, &Event::SpecGone(gone))?;
        }
        for path in self.specs {
            spec::touch(transaction, project.number, &path, project.rev)?;
            if let Some(spec) = spec::find(transaction, project.number, &path)? {
                let files = files_of(transaction, project.number, &path)?;
                let spec = view(pusher, spec, files);
                transaction.emit(&pusher.account, &Event::Spec(spec))?;
            }
        }
        transaction.emit(&pusher.account, &Event::Project(Box::new(project.view())))
    }
}

fn view(pusher: &Pusher, spec: StoredSpec, files: Vec<SpecFile>) -> Spec {
    let (machine, project) = (pusher.machine.clone(), pusher.project.clone());
    let StoredSpec { path, rev, summary } = spec;
    Spec { machine, project, path, rev, summary, files }
}

/// A path, and every folder around it, from the inside out.
fn outwards(path: &FilePath) -> impl Iterator<Item = FilePath> {
    std::iter::successors(Some(path.clone()), FilePath::parent)
}

/// The nearest spec around a path.
fn owner(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<Option<FilePath>, StoreError> {
    for candidate in outwards(path) {
        if spec::exists(connection, project, &candidate)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// The files of one spec, by path.
pub(crate) fn files_of(
    connection: &Connection,
    project: i64,
    path: &FilePath,
) -> Result<Vec<SpecFile>, StoreError> {
    let inner = spec::paths_below(connection, project, path)?;
    let own = |file: &StoredFile| !inner.iter().any(|inner| file.path.is_within(inner));
    let flat = file::find(connection, project, path)?;
    let below = file::below(connection, project, path)?;
    Ok(flat.into_iter().chain(below).filter(own).filter_map(seen).collect())
}

/// The files of each spec of a project, by path; files that belong to none are left out.
pub(crate) fn files_by_spec(
    specs: &[StoredSpec],
    files: Vec<StoredFile>,
) -> BTreeMap<FilePath, Vec<SpecFile>> {
    let known: HashSet<&FilePath> = specs.iter().map(|spec| &spec.path).collect();
    let mut found = BTreeMap::<FilePath, Vec<SpecFile>>::new();
    for file in files {
        let owner = outwards(&file.path).find(|path| known.contains(path));
        if let Some((owner, file)) = owner.zip(seen(file)) {
            found.entry(owner).or_default().push(file);
        }
    }
    found
}

/// A file as readers see it; `None` while nothing of it is held.
fn seen(file: StoredFile) -> Option<SpecFile> {
    let StoredFile { path, hash, size, mtime, promised } = file;
    Some(SpecFile { path, hash: hash?, size, mtime, stale: promised.is_some() })
}

#[cfg(test)]
mod tests {
    use leanspec_shared::hash::ContentHash;
    use leanspec_shared::time::Timestamp;

    use super::*;

    fn path(text: &str) -> FilePath {
        text.parse().expect("a valid path")
    }

    fn stored(text: &str) -> StoredFile {
        let hash = Some(ContentHash::of(text.as_bytes()));
        let mtime = Timestamp::from_unix_ms(0);
        StoredFile { path: path(text), hash, size: 1, mtime, promised: None }
    }

    #[test]
    fn a_file_belongs_to_the_nearest_spec_around_it_and_to_no_other() {
        let spec = |text| StoredSpec { path: path(text), rev: 1, summary: serde_json::Map::new() };
        let specs = ["001-a", "001-a/002-inner", "003-flat.md"].map(spec);
        let files = [
            "001-a/002-inner/README.md",
            "001-a/README.md",
            "001-a/docs/x.png",
            "001-ab/README.md",
            "003-flat.md",
            "notes.md",
        ];
        let found = files_by_spec(&specs, files.map(stored).into());
        let names = |owner: &str| -> Vec<&str> {
            found[&path(owner)].iter().map(|file| file.path.as_str()).collect()
        };
        assert_eq!(names("001-a"), ["001-a/README.md", "001-a/docs/x.png"]);
        assert_eq!(names("001-a/002-inner"), ["001-a/002-inner/README.md"]);
        assert_eq!(names("003-flat.md"), ["003-flat.md"]);
        assert_eq!(found.len(), 3);
    }
}
