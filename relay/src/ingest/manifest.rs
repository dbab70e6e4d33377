//! A manifest: the names of the files and specs in a range of paths. What is not named goes; what
//! differs is asked for and kept, marked stale, until its bytes arrive.

use std::collections::{BTreeMap, BTreeSet};

use leanspec_shared::change::{Manifest, ManifestAccepted, Need};
use leanspec_shared::path::FilePath;
use leanspec_shared::view::File;

use super::touched::Touched;
use super::{IngestError, Opened, Pusher, ledger, open, repeat};
use crate::store::file::{self, StoredFile};
use crate::store::project::{self, StoredProject};
use crate::store::{WriteTransaction, spec};

/// What is to be done about one file of the range.
#[derive(Debug, PartialEq)]
enum Step {
    /// It is not named any more.
    Drop(StoredFile),
    /// It is held as it is named, at most its times changed.
    Confirm { file: StoredFile, changed: bool },
    /// Other content of it is held.
    Outdated(StoredFile),
    /// It is new, or its content never arrived.
    Missing { file: StoredFile, known: bool },
}

/// Compares what is held with what is named. Both are ordered by path in the result.
fn plan(held: Vec<StoredFile>, named: &[File]) -> Vec<Step> {
    let mut held: BTreeMap<FilePath, StoredFile> =
        held.into_iter().map(|file| (file.path.clone(), file)).collect();
    let mut steps: Vec<Step> = Vec::with_capacity(named.len());
    for file in named {
        steps.push(match held.remove(&file.path) {
            Some(old) if old.hash == Some(file.hash) => {
                let changed = old.mtime != file.mtime || old.promised.is_some();
                let file = StoredFile { mtime: file.mtime, promised: None, ..old };
                Step::Confirm { file, changed }
            }
            // The size and time shown stay those of the content that is shown.
            Some(old) if old.hash.is_some() => {
                Step::Outdated(StoredFile { promised: Some(file.hash), ..old })
            }
            old => {
                let File { path, hash, size, mtime } = file.clone();
                let file = StoredFile { path, hash: None, size, mtime, promised: Some(hash) };
                Step::Missing { file, known: old.is_some() }
            }
        });
    }
    steps.extend(held.into_values().map(Step::Drop));
    steps
}

/// Applies a manifest.
pub(crate) fn apply(
    transaction: &mut WriteTransaction<'_>,
    pusher: &Pusher,
    manifest: &Manifest,
) -> Result<ManifestAccepted, IngestError> {
    let mut project = match open(transaction, pusher, manifest.base_rev, &manifest.push_id)? {
        Opened::Repeated(answer) => return repeat(&answer),
        Opened::Fresh(project) => *project,
    };
    let mut touched = Touched::default();
    let (from, to) = (manifest.from.as_ref(), manifest.to.as_ref());
    let held = file::range(transaction, project.number, from, to)?;
    let mut steps = plan(held, &manifest.files);
    // Drops last: a renamed file finds its content under the old name.
    steps.sort_by_key(|step| matches!(step, Step::Drop(_)));
    let mut need = Vec::new();
    for step in steps {
        need.extend(take(transaction, &mut project, &mut touched, step)?);
    }
    drop_unnamed_specs(transaction, &mut project, &mut touched, manifest)?;
    project.rev += 1;
    let answer = ManifestAccepted { rev: project.rev, state_hash: project.state_hash, need };
    let stored = serde_json::to_string(&answer).expect("plain data always becomes JSON");
    project.last_push = Some((manifest.push_id.clone(), stored));
    project::update(transaction, &project)?;
    touched.emit(transaction, pusher, &project)?;
    Ok(answer)
}

/// Takes one step; what is needed for it.
fn take(
    transaction: &WriteTransaction<'_>,
    project: &mut StoredProject,
    touched: &mut Touched,
    step: Step,
) -> Result<Option<Need>, IngestError> {
    match step {
        Step::Confirm { file, changed } => {
            if changed {
                file::put_name(transaction, project.number, &file)?;
                touched.file(&file.path);
            }
            Ok(None)
        }
        Step::Drop(file) => {
            touched.file(&file.path);
            ledger::remove(transaction, project, &file)?;
            Ok(None)
        }
        Step::Outdated(file) | Step::Missing { file, known: _ }
            if fill(transaction, project, &file)? =>
        {
            touched.file(&file.path);
            Ok(None)
        }
        Step::Outdated(file) => {
            touched.file(&file.path);
            file::put_name(transaction, project.number, &file)?;
            Ok(Some(Need { path: file.path, have: file.hash }))
        }
        Step::Missing { file, known } => {
            if known {
                file::put_name(transaction, project.number, &file)?;
            } else {
                ledger::put_name(transaction, project, &file)?;
            }
            Ok(Some(Need { path: file.path, have: None }))
        }
    }
}

/// Content that the project holds under another name, such as that of a renamed file, needs not be
/// sent; whether there was any.
fn fill(
    transaction: &WriteTransaction<'_>,
    project: &mut StoredProject,
    file: &StoredFile,
) -> Result<bool, IngestError> {
    let Some(hash) = file.promised else { return Ok(false) };
    let Some(content) = file::content_by_hash(transaction, project.number, hash)? else {
        return Ok(false);
    };
    ledger::put(transaction, project, &file.path, file.mtime, hash, &content)?;
    Ok(true)
}

fn drop_unnamed_specs(
    transaction: &WriteTransaction<'_>,
    project: &mut StoredProject,
    touched: &mut Touched,
    manifest: &Manifest,
) -> Result<(), IngestError> {
    let named: BTreeSet<&FilePath> = manifest.specs.iter().collect();
    let (from, to) = (manifest.from.as_ref(), manifest.to.as_ref());
    for path in spec::paths(transaction, project.number, from, to)? {
        if !named.contains(&path) && spec::delete(transaction, project.number, &path)? {
            project.specs -= 1;
            touched.gone(&path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use leanspec_shared::hash::ContentHash;
    use leanspec_shared::time::Timestamp;

    use super::*;

    fn named(path: &str, content: &str) -> File {
        let hash = ContentHash::of(content.as_bytes());
        let mtime = Timestamp::from_unix_ms(9);
        File { path: path.parse().expect("valid"), hash, size: content.len() as u64, mtime }
    }

    fn held(path: &str, content: Option<&str>, promised: Option<&str>) -> StoredFile {
        let hash = |text: &str| ContentHash::of(text.as_bytes());
        StoredFile {
            path: path.parse().expect("valid"),
            hash: content.map(hash),
            size: 3,
            mtime: Timestamp::from_unix_ms(1),
            promised: promised.map(hash),
        }
    }

    #[test]
    fn what_differs_is_asked_for_and_what_is_not_named_goes() {
        let before = vec![
            held("a", Some("same"), None),
            held("b", Some("old"), None),
            held("c", None, Some("never came")),
            held("d", Some("gone"), None),
            held("e", Some("back again"), Some("other")),
        ];
        let names = [
            File { mtime: Timestamp::from_unix_ms(1), ..named("a", "same") },
            named("b", "new"),
            named("c", "never came"),
            named("e", "back again"),
            named("f", "fresh"),
        ];
        let words: Vec<_> = plan(before, &names)
            .into_iter()
            .map(|step| match step {
                Step::Drop(file) => format!("drop {}", file.path),
                Step::Confirm { file, changed } => {
                    format!("confirm {} changed={changed}", file.path)
                }
                Step::Outdated(file) => format!("outdated {} size={}", file.path, file.size),
                Step::Missing { file, known } => format!("missing {} known={known}", file.path),
            })
            .collect();
        let wanted = [
            "confirm a changed=false",
            "outdated b size=3",
            "missing c known=true",
            "confirm e changed=true",
            "missing f known=false",
            "drop d",
        ];
        assert_eq!(words, wanted);
    }
}
