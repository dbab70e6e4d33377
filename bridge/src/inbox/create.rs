//! A new spec: the next free number, the project's own template, one folder that appears whole.

use leanspec_shared::command::{CommandState, Delivery, Edit, Outcome, Reason, Report};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;

use super::run::{Bench, Ran, Stop, trouble_stop};
use super::templates;
use super::verdict::{failed, refused};
use crate::apply::{Created, Creation, Journal};
use crate::spec::edit::create::{
    Variables, check_name, folder_name, next_number, render, title_of,
};
use crate::spec::locate::MAIN_FILE;

/// How often another creator may be quicker: two of them can hardly meet more often.
const NUMBERS_TRIED_MAX: u32 = 100;

pub(super) fn create(
    bench: &Bench,
    journal: &mut Journal,
    delivery: &Delivery,
    edit: &Edit,
    now: Timestamp,
) -> Result<Ran, Stop> {
    let Edit::CreateSpec { name, title, template, fields } = edit else {
        return Err(refused(Reason::Invalid, "This command makes no new spec.").into());
    };
    let slug = check_name(name)?;
    let settings = templates::settings(&bench.root)?;
    let text = templates::find(&bench.root, &settings, template.as_deref())?;
    let mut others = templates::of_git(&bench.root, &settings, &text);
    others.insert("project_name".to_owned(), bench.name.clone());
    let variables = Variables { title: title.clone().unwrap_or_else(|| title_of(&slug)), others };
    let bytes = render(&text, &settings, &variables, fields, now)?;
    let files = [(MAIN_FILE.to_owned(), bytes)];
    let first = next_number(folders(bench)?.iter().map(String::as_str));
    for number in first..first.saturating_add(NUMBERS_TRIED_MAX) {
        let name = folder_name(number, &slug);
        let too_long = |_| refused(Reason::BadName, "No folder can have a name of this length.");
        let folder: FilePath = name.parse().map_err(too_long)?;
        let report = applied(&folder, &files)?;
        let creation =
            Creation { command: &delivery.id, folder: &folder, files: &files, report: &report };
        match bench.shop.create(journal, &creation) {
            Created::Applied => return Ok(Ran::Applied(Box::new(report), None)),
            Created::Taken => {}
            Created::Failed(trouble) => return Err(trouble_stop(trouble)),
        }
    }
    let message = format!(
        "The numbers {first:03} and the {NUMBERS_TRIED_MAX} after it were all taken while this was \
         tried. Nothing was made; try again."
    );
    Err(failed(Reason::Busy, message).into())
}

/// The names of the folders directly below the specs folder, skipped ones too: their numbers are
/// taken all the same.
fn folders(bench: &Bench) -> Result<Vec<String>, Stop> {
    let entries = std::fs::read_dir(&bench.specs)
        .map_err(|error| Stop::Busy(format!("the specs folder cannot be read: {error}")))?;
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    Ok(folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

fn applied(folder: &FilePath, files: &[(String, Vec<u8>)]) -> Result<Report, Stop> {
    let (name, bytes) = &files[0];
    let too_long = |_| refused(Reason::BadName, "No file can have a path of this length.");
    let outcome = Outcome {
        file: Some(format!("{folder}/{name}").parse().map_err(too_long)?),
        hash: Some(ContentHash::of(bytes)),
        spec: Some(folder.clone()),
        ..Outcome::default()
    };
    Ok(Report { state: CommandState::Applied, outcome })
}
