//! What a user is told whose change does not fit: what is there now, how it differs from what they
//! saw, whether their change would fit that too.

use leanspec_shared::command::{Edit, Reason, Report};
use leanspec_shared::hash::ContentHash;

use super::others;
use super::run::Bench;
use super::verdict;
use crate::apply::Found;
use crate::spec::diff;
use crate::spec::edit::rebasable;

/// The file is not what the user saw.
pub(super) fn changed(
    bench: &Bench,
    edit: &Edit,
    base: &ContentHash,
    current: Vec<u8>,
) -> Box<Report> {
    let message = "The file was changed since you saw it. Nothing was overwritten.";
    let mut report = verdict::conflict(Reason::Changed, message);
    report.outcome.diff = bench.remembered(base).and_then(|old| diff::unified(&old, &current));
    show(&mut report, edit, current);
    report
}

/// The change that this one stands on was not made.
pub(super) fn predecessor(edit: &Edit, found: Found) -> Box<Report> {
    let message =
        "The change that this one stands on was not made, so this one was not made either.";
    let mut report = verdict::conflict(Reason::Predecessor, message);
    show(&mut report, edit, found.bytes);
    report
}

fn show(report: &mut Report, edit: &Edit, current: Vec<u8>) {
    report.outcome.rebasable = rebasable(edit, &current);
    report.outcome.current_hash = Some(ContentHash::of(&current));
    // Bytes that are no text cannot travel in JSON; the mirror holds them.
    report.outcome.current = String::from_utf8(current).ok();
}

/// The file is not there any more. Where it went is said, and nothing is changed there: moved is not
/// the same as meant.
pub(super) fn gone(bench: &Bench, base: Option<&ContentHash>) -> Box<Report> {
    let mut report = verdict::conflict(
        Reason::Gone,
        "There is no such file on the machine any more. Nothing was changed.",
    );
    report.outcome.moved_to = base.and_then(|base| others::only_holder(bench, base));
    report
}
