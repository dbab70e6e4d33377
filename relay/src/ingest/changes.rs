//! A batch of puts, deletes and summaries: all of it is applied, or none.

use leanspec_shared::change::{ChangesAccepted, ChangesHead, SpecChange};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::FILES_PER_PROJECT_MAX;
use leanspec_shared::spec::apply_patch;

use super::touched::Touched;
use super::{IngestError, Opened, Pusher, accepted, check, ledger, open, repeat};
use crate::store::project::{self, StoredProject};
use crate::store::spec::StoredSpec;
use crate::store::{WriteTransaction, file, spec};

/// A changes body taken apart and checked: the head, and hash and bytes of each put.
#[derive(Debug)]
pub(crate) struct ReceivedChanges {
    pub(crate) head: ChangesHead,
    pub(crate) contents: Vec<(ContentHash, Vec<u8>)>,
}

/// Applies a changes body.
pub(crate) fn apply(
    transaction: &mut WriteTransaction<'_>,
    pusher: &Pusher,
    changes: &ReceivedChanges,
) -> Result<ChangesAccepted, IngestError> {
    let head = &changes.head;
    let mut project = match open(transaction, pusher, head.base_rev, &head.push_id)? {
        Opened::Repeated(answer) => return repeat(&answer),
        Opened::Fresh(project) => *project,
    };
    let before = IngestError::Resync { rev: project.rev, state_hash: project.state_hash };
    let mut touched = Touched::default();
    apply_files(transaction, &mut project, &mut touched, changes)?;
    if project.state_hash != head.state_hash {
        return Err(before);
    }
    project.rev += 1;
    for path in &head.specs_gone {
        if spec::delete(transaction, project.number, path)? {
            project.specs -= 1;
            touched.gone(path);
        }
    }
    for change in &head.specs {
        let Some(added) = apply_spec(transaction, &mut project, change)? else {
            return Err(before);
        };
        touched.spec(&change.path);
        if added {
            touched.border(&change.path);
        }
    }
    project.summary_version = head.summary_version.unwrap_or(project.summary_version);
    let answer = accepted(&project);
    let stored = serde_json::to_string(&answer).expect("plain data always becomes JSON");
    project.last_push = Some((head.push_id.clone(), stored));
    project::update(transaction, &project)?;
    touched.emit(transaction, pusher, &project)?;
    Ok(answer)
}

fn apply_files(
    transaction: &WriteTransaction<'_>,
    project: &mut StoredProject,
    touched: &mut Touched,
    changes: &ReceivedChanges,
) -> Result<(), IngestError> {
    for path in &changes.head.deletes {
        if let Some(file) = file::find(transaction, project.number, path)? {
            touched.file(path);
            ledger::remove(transaction, project, &file)?;
        }
    }
    for (put, (hash, content)) in changes.head.puts.iter().zip(&changes.contents) {
        touched.file(&put.path);
        ledger::put(transaction, project, &put.path, put.mtime, *hash, content)?;
    }
    Ok(())
}

/// Keeps the new summary of a spec; whether it is a new one. `None` for a patch of a spec that is
/// not there: the bridge's picture of the relay is wrong.
fn apply_spec(
    transaction: &WriteTransaction<'_>,
    project: &mut StoredProject,
    change: &SpecChange,
) -> Result<Option<bool>, IngestError> {
    let old = spec::find(transaction, project.number, &change.path)?;
    let added = old.is_none();
    let summary = match (&change.summary, &change.patch, old) {
        (Some(summary), _, _) => summary.clone(),
        (None, Some(patch), Some(old)) => {
            let mut summary = old.summary;
            apply_patch(&mut summary, patch);
            summary
        }
        (None, _, _) => return Ok(None),
    };
    check::summary_is_short(&change.path, &summary)?;
    if added && project.specs >= FILES_PER_PROJECT_MAX as u64 {
        let limit = FILES_PER_PROJECT_MAX as u64;
        return Err(IngestError::TooMany { what: "specs in one project", limit });
    }
    project.specs += u64::from(added);
    let stored = StoredSpec { path: change.path.clone(), rev: project.rev, summary };
    spec::put(transaction, project.number, &stored)?;
    Ok(Some(added))
}
