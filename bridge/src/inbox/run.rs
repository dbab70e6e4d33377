//! One command, from its words to the file: whether it may, what it stands on, what stands in its
//! way, and what it does. Blocks. The bytes are `spec::edit`'s work, the file is `apply`'s.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use leanspec_shared::command::{
    Base, CommandState, Delivery, Edit, Outcome, Reason, Report, UnreadableEdit,
};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;
use serde_json::{Map, Value};

use super::permit::Rights;
use super::verdict::{failed, refused};
use super::{conflict, create, lane, others};
use crate::apply::{AfterLife, Found, Journal, Lasts, Left, Replaced, Replacement, Shop, Trouble};
use crate::source::filter::Filter;
use crate::spec::edit::{self, Edited, Refusal, rules};
use crate::spec::{diff, field};
use crate::sync::shadow::Shadow;

/// What commands of one project are carried out with.
#[derive(Debug)]
pub struct Bench {
    /// Reads and changes files.
    pub shop: Shop,
    /// The project's folder.
    pub root: PathBuf,
    /// The specs folder, canonical.
    pub specs: PathBuf,
    /// What is sent of it.
    pub filter: Filter,
    /// Who may change what.
    pub rights: Rights,
    /// The project's name.
    pub name: String,
    /// Versions that the relay acknowledged, for the differences of conflicts.
    pub shadow: Arc<Mutex<Shadow>>,
}

/// What came of a command.
#[derive(Debug)]
pub enum Ran {
    /// It is applied and journalled; the journal says whether that is flushed. The file that was displaced is to be looked at again.
    Applied(Box<Report>, Option<AfterLife>),
    /// It ends so, and changed nothing; to be journalled.
    Ended(Box<Report>),
    /// It cannot be done now.
    Busy(String),
}

/// Why a command goes no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// It ends so.
    End(Box<Report>),
    /// Not now.
    Busy(String),
}

impl From<Box<Report>> for Stop {
    fn from(report: Box<Report>) -> Self {
        Self::End(report)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        let outcome = refusal.outcome();
        Self::End(Box::new(Report { state: CommandState::Refused, outcome }))
    }
}

impl From<Stop> for Ran {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::End(report) => Self::Ended(report),
            Stop::Busy(why) => Self::Busy(why),
        }
    }
}

/// Carries out a command. `now` is the one moment of all that it writes.
#[must_use]
pub fn run(
    bench: &Bench,
    journal: &mut Journal,
    (delivery, lasts): (&Delivery, Lasts),
    now: Timestamp,
) -> Ran {
    try_run(bench, journal, (delivery, lasts), now).unwrap_or_else(Ran::from)
}

fn try_run(
    bench: &Bench,
    journal: &mut Journal,
    (delivery, lasts): (&Delivery, Lasts),
    now: Timestamp,
) -> Result<Ran, Stop> {
    let edit = delivery.posted.edit().map_err(|error| unreadable(&error))?;
    bench.rights.permit(&edit)?;
    if let Edit::CreateSpec { .. } = edit {
        return create::create(bench, journal, delivery, &edit, now);
    }
    let too_long = || refused(Reason::BadName, "No file can have a path of this length.");
    let path = lane::place(&edit).ok_or_else(too_long)?;
    let base = base(journal, delivery)?;
    let found = match bench.shop.read(&path) {
        Ok(found) => found,
        Err(Trouble::Gone) if bench.specs.is_dir() => {
            return Err(conflict::gone(bench, base.hash()).into());
        }
        Err(trouble) => return Err(trouble_stop(trouble)),
    };
    let Basis::Hash(base) = base else {
        return Err(conflict::predecessor(&edit, found).into());
    };
    if found.hash != base {
        return Err(conflict::changed(bench, &edit, &base, found.bytes).into());
    }
    let edited = change(bench, delivery, &edit, &found, now)?;
    let report = applied(&path, &found, &edited);
    let replacement = Replacement {
        command: &delivery.id,
        path: &path,
        base,
        bytes: &edited.bytes,
        report: &report,
        lasts,
    };
    match bench.shop.replace(journal, &replacement) {
        Replaced::Applied(displaced) => Ok(Ran::Applied(Box::new(report), displaced)),
        Replaced::Conflict { current } => {
            Err(conflict::changed(bench, &edit, &base, current).into())
        }
        Replaced::Failed(Trouble::Gone) => Err(conflict::gone(bench, Some(&base)).into()),
        Replaced::Failed(trouble) => Err(trouble_stop(trouble)),
    }
}

fn unreadable(error: &UnreadableEdit) -> Box<Report> {
    match error {
        UnreadableEdit::UnknownType(_) => {
            refused(Reason::Unsupported, format!("This bridge is too old: {error}. Update it."))
        }
        UnreadableEdit::Malformed { .. } => refused(Reason::Invalid, error.to_string()),
    }
}

/// What a file must hold for a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    Hash(ContentHash),
    /// Nothing can be right: the command that this one stands on was not applied.
    NotApplied,
}

impl Basis {
    fn hash(&self) -> Option<&ContentHash> {
        match self {
            Self::Hash(hash) => Some(hash),
            Self::NotApplied => None,
        }
    }
}

fn base(journal: &Journal, delivery: &Delivery) -> Result<Basis, Stop> {
    match &delivery.posted.base {
        Some(Base::Hash { hash }) => Ok(Basis::Hash(*hash)),
        Some(Base::After { after }) => match journal.hash_left_by(after) {
            Left::Applied(hash) => Ok(Basis::Hash(hash)),
            Left::Otherwise => Ok(Basis::NotApplied),
            Left::Waiting => Err(Stop::Busy("the change that it stands on has not ended".into())),
            Left::Unknown => Ok(delivery.base_hash.map_or(Basis::NotApplied, Basis::Hash)),
        },
        None => {
            let message = "A change of a file names what it stands on: `base` is missing.";
            Err(refused(Reason::Invalid, message).into())
        }
    }
}

fn change(
    bench: &Bench,
    delivery: &Delivery,
    edit: &Edit,
    found: &Found,
    now: Timestamp,
) -> Result<Edited, Stop> {
    match edit {
        Edit::UpdateFrontmatter { spec, fields, .. } => {
            check_rules(bench, delivery, spec, fields, &found.bytes)?;
            Ok(edit::update_frontmatter(&found.bytes, fields, now)?)
        }
        Edit::ToggleTask { line, seen_line, checked, .. } => {
            Ok(edit::toggle_task(&found.bytes, *line, seen_line, *checked)?)
        }
        Edit::UpdateContent { content, .. } => {
            Ok(Edited { bytes: content.clone().into_bytes(), changes: Vec::new() })
        }
        Edit::CreateSpec { .. } => {
            Err(refused(Reason::Invalid, "A new spec changes no file.").into())
        }
    }
}

/// LeanSpec's own rules.
fn check_rules(
    bench: &Bench,
    delivery: &Delivery,
    spec: &FilePath,
    fields: &Map<String, Value>,
    bytes: &[u8],
) -> Result<(), Refusal> {
    rules::check_relations(spec.file_name(), fields)?;
    let Some(to) = fields.get("status").and_then(Value::as_str) else { return Ok(()) };
    let from = rules::status_of(bytes);
    let completes = field::status(to) == Some("complete") && from.as_deref() != Some("complete");
    let looks = completes && !delivery.posted.force;
    let open_tasks = if looks { rules::open_tasks(bytes) } else { Vec::new() };
    // Every other spec is read for this, so it comes last.
    let open_children = if looks && open_tasks.is_empty() {
        rules::open_children(spec.file_name(), others::summaries(bench).iter())
    } else {
        Vec::new()
    };
    rules::check(&rules::StatusChange {
        from: from.as_deref(),
        to,
        force: delivery.posted.force,
        open_tasks: &open_tasks,
        open_children: &open_children,
    })
}

fn applied(path: &FilePath, found: &Found, edited: &Edited) -> Report {
    let outcome = Outcome {
        file: Some(path.clone()),
        hash: Some(ContentHash::of(&edited.bytes)),
        changes: edited.changes.clone(),
        diff: diff::unified(&found.bytes, &edited.bytes),
        ..Outcome::default()
    };
    Report { state: CommandState::Applied, outcome }
}

pub(super) fn trouble_stop(trouble: Trouble) -> Stop {
    match trouble {
        Trouble::Refused(why) => refused(why.reason, why.message).into(),
        Trouble::Busy(why) => Stop::Busy(why),
        Trouble::Gone => Stop::Busy("the specs folder is not there".into()),
        Trouble::Disk(why) => {
            let message = format!("The file could not be written: {why}. It is as it was.");
            failed(Reason::Disk, message).into()
        }
    }
}

impl Bench {
    /// A version of a file that the relay acknowledged once, if it was kept.
    pub(super) fn remembered(&self, hash: &ContentHash) -> Option<Vec<u8>> {
        self.shadow.lock().unwrap_or_else(PoisonError::into_inner).content(hash)
    }
}
