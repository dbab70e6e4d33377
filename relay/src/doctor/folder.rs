//! The folder of the databases: may it be written, is there room, are both databases whole and of
//! this version, who has keys.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

use leanspec_shared::doctor::line::Line;
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{KeyInfo, Scope};

use crate::random::random_word;
use crate::store::StoreError;
use crate::store::inspect::{self, IDENTITY, Inspected, MIRROR};

/// Below this the next pushes may be refused, in bytes.
const ROOM_LEAST: u64 = 32 * 1024 * 1024;
/// Below this somebody should look after it, in bytes: the logs of both databases and some growth.
const ROOM_SCARCE: u64 = 512 * 1024 * 1024;
/// A moment of the past that is so far ahead of the clock is no accident, in milliseconds.
const CLOCK_SLACK_MS: i64 = 60_000;

/// Looks into the folder. Bad when a relay could not work with it.
pub(super) fn look(folder: &Path) -> Vec<Line> {
    let mut lines = vec![judge_folder(folder, &try_to_write(folder))];
    if lines[0].advice.is_some() {
        return lines;
    }
    lines.extend(room(folder).map(judge_room));
    let identity = inspect::open(folder, IDENTITY);
    lines.push(judge_database(IDENTITY, &identity, &damage(&identity)));
    if let Ok(Some(identity)) = &identity {
        lines.push(judge_keys(&identity.keys()));
        lines.extend(judge_latest(identity.latest().ok().flatten(), SystemTime::now().into()));
    }
    lines.push(judge_database(MIRROR, &inspect::open(folder, MIRROR), &Ok(None)));
    lines.push(judge_running(folder, &inspect::is_in_use(folder)));
    lines
}

fn try_to_write(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!(".doctor-{}", random_word(8)));
    let mut options = OpenOptions::new();
    let written = options.write(true).create_new(true).open(&file).and_then(|mut open| {
        open.write_all(&[0; 4096])?;
        open.sync_all()
    });
    if written.is_ok() {
        fs::remove_file(&file)?;
    }
    written
}

/// Bytes that may still be written; `None` where the system is not asked.
fn room(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let told = rustix::fs::statvfs(folder).ok()?;
        Some(told.f_bavail.saturating_mul(told.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Of identity only: it is small, and the bridges fill the other one again.
fn damage(identity: &Result<Option<Inspected>, StoreError>) -> Result<Option<String>, StoreError> {
    match identity {
        Ok(Some(identity)) => identity.damage(),
        _ => Ok(None),
    }
}

fn judge_folder(folder: &Path, written: &io::Result<()>) -> Line {
    let tried = format!("writing into {}", folder.display());
    match written {
        Ok(()) => Line::ok("data", tried, "written and removed"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Line::ok("data", tried, "there is no such folder").bad(
                "no relay ran with this folder yet, or it runs with another --data",
                "start it: leanspec-relay serve; or say the same --data as there",
            )
        }
        Err(error) => Line::ok("data", tried, error.to_string()).bad(
            "the folder belongs to somebody else, or the disk is full or read-only",
            "run this as the account that runs the relay; give that account the folder",
        ),
    }
}

fn judge_room(bytes: u64) -> Line {
    let line = Line::ok("room", "asking how much may still be written", size(bytes));
    if bytes >= ROOM_SCARCE {
        return line;
    }
    let advice = "make room; bound the mirror with --mirror-max-mib";
    if bytes >= ROOM_LEAST {
        line.warn("the disk is nearly full", advice)
    } else {
        line.bad("the disk is full: pushes are refused until there is room", advice)
    }
}

fn size(bytes: u64) -> String {
    let mib = bytes / 1024 / 1024;
    if mib >= 10 * 1024 { format!("{} GiB", mib / 1024) } else { format!("{mib} MiB") }
}

fn judge_database(
    file: &str,
    opened: &Result<Option<Inspected>, StoreError>,
    damage: &Result<Option<String>, StoreError>,
) -> Line {
    let version = opened.as_ref().map(|found| found.as_ref().map(|it| (it.version, it.known)));
    judge_version(file, &version, damage)
}

fn judge_version(
    file: &str,
    version: &Result<Option<(u32, u32)>, &StoreError>,
    damage: &Result<Option<String>, StoreError>,
) -> Line {
    let line = |result: String| Line::ok("database", format!("reading {file}"), result);
    let restore = "stop the relay and restore the last backup of it";
    match (version, damage) {
        (Err(error), _) => line(error.to_string()).bad("not a database, or not readable", restore),
        (_, Err(error)) => line(error.to_string()).bad("the file is damaged", restore),
        (_, Ok(Some(damage))) => line(damage.clone()).bad("the file is damaged", restore),
        (Ok(None), _) if file == MIRROR => {
            let mut line = line("it is not there".into()).note();
            line.cause = Some("it was deleted, or no relay ran yet".to_owned());
            line.advice = Some("nothing: it is made, and the bridges fill it again".to_owned());
            line
        }
        (Ok(None), _) => line("it is not there".into())
            .bad("no relay ran with this folder yet", "start it: leanspec-relay serve"),
        (Ok(Some((found, known))), _) if found > known => line(format!(
            "version {found}, this program knows up to {known}"
        ))
        .bad("a newer leanspec-relay has written it", "update the older of the two programs"),
        (Ok(Some((found, known))), _) if found < known => {
            line(format!("version {found} of {known}")).warn(
                "the relay that runs is older than this program",
                "restart the relay with this version: it brings the database up to date",
            )
        }
        (Ok(Some((found, _))), _) => line(format!("version {found}, whole")),
    }
}

fn judge_keys(keys: &Result<Vec<KeyInfo>, StoreError>) -> Line {
    let line = |result: String| Line::ok("keys", "counting the keys that stand", result);
    let keys = match keys {
        Ok(keys) => keys,
        Err(error) => {
            return line(error.to_string()).bad("an older database", "start the relay once");
        }
    };
    let valid = |scope: Scope| {
        keys.iter().filter(|key| key.revoked_at.is_none() && key.scope == scope).count()
    };
    let revoked = keys.iter().filter(|key| key.revoked_at.is_some()).count();
    let scopes = [Scope::Bridge, Scope::View, Scope::Edit, Scope::Admin];
    let counted: Vec<_> =
        scopes.into_iter().map(|scope| format!("{} {scope}", valid(scope.clone()))).collect();
    let line = line(format!("{}; {revoked} revoked", counted.join(", ")));
    if keys.len() == revoked {
        line.warn(
            "nobody was let in yet",
            "leanspec-relay key create --scope bridge for each machine; leanspec-relay link for a \
             browser",
        )
    } else if valid(Scope::Bridge) == 0 {
        let mut line = line.note();
        line.advice = Some("for each machine: leanspec-relay key create --scope bridge".to_owned());
        line
    } else {
        line
    }
}

/// Says something only where the clock went back.
fn judge_latest(latest: Option<Timestamp>, now: Timestamp) -> Option<Line> {
    let ahead_ms = latest?.unix_ms() - now.unix_ms();
    (ahead_ms > CLOCK_SLACK_MS).then(|| {
        let result = format!("the latest entry is {} s in the future", ahead_ms / 1000);
        Line::ok("clock", "comparing the clock with what was written", result).warn(
            "this computer's clock was wrong then, or is wrong now",
            "set the clock; sign-in codes and waiting commands run out by it",
        )
    })
}

fn judge_running(folder: &Path, used: &Result<bool, StoreError>) -> Line {
    let line = |result: &str| {
        Line::ok("running", format!("looking who uses {}", folder.display()), result)
    };
    match used {
        Ok(true) => line("a relay runs on it"),
        Ok(false) => line("no relay runs on it").bad(
            "it was stopped, did not start, or runs with another --data",
            "start it: leanspec-relay serve; its log says why it does not start",
        ),
        Err(error) => line(&error.to_string())
            .bad("the folder belongs to somebody else", "run this as the relay's account"),
    }
}

#[cfg(test)]
mod tests {
    use leanspec_shared::doctor::line::Verdict;

    use super::*;

    #[test]
    fn a_folder_in_which_no_relay_ran_is_named_and_nothing_is_made_in_it() {
        let temp = tempfile::tempdir().expect("a folder");
        let missing = look(&temp.path().join("gone"));
        assert_eq!((missing.len(), missing[0].verdict), (1, Verdict::Bad));
        let empty = look(temp.path());
        let identity = empty.iter().find(|line| line.tried.contains(IDENTITY)).expect("a line");
        assert_eq!(identity.verdict, Verdict::Bad);
        assert!(!temp.path().join(IDENTITY).exists() && !temp.path().join(MIRROR).exists());
    }

    #[test]
    fn databases_of_other_versions_and_damaged_ones_are_told_apart() {
        let whole = || Ok(None);
        let cases = [
            (IDENTITY, Ok(Some((2, 2))), whole(), Verdict::Ok),
            (IDENTITY, Ok(Some((1, 2))), whole(), Verdict::Warn),
            (IDENTITY, Ok(Some((3, 2))), whole(), Verdict::Bad),
            (IDENTITY, Ok(Some((2, 2))), Ok(Some("page 4".into())), Verdict::Bad),
            (IDENTITY, Ok(None), whole(), Verdict::Bad),
            (MIRROR, Ok(None), whole(), Verdict::Note),
            (MIRROR, Err(&StoreError::Full), whole(), Verdict::Bad),
        ];
        for (file, version, damage, verdict) in cases {
            let line = judge_version(file, &version, &damage);
            assert_eq!(line.verdict, verdict, "{line}");
        }
    }

    #[test]
    fn keys_are_counted_by_what_they_may_do_and_their_absence_is_warned_of() {
        let key = |scope, revoked| KeyInfo {
            id: "k1".parse().expect("an id"),
            name: String::new(),
            scope,
            machine: None,
            created_at: Timestamp::from_unix_ms(0),
            revoked_at: revoked,
        };
        let gone = Some(Timestamp::from_unix_ms(1));
        let line = judge_keys(&Ok(vec![key(Scope::Bridge, None), key(Scope::Admin, gone)]));
        assert_eq!(line.result, "1 bridge, 0 view, 0 edit, 0 admin; 1 revoked");
        assert_eq!(line.verdict, Verdict::Ok);
        assert_eq!(judge_keys(&Ok(vec![key(Scope::View, None)])).verdict, Verdict::Note);
        assert_eq!(judge_keys(&Ok(vec![key(Scope::View, gone)])).verdict, Verdict::Warn);
    }

    #[test]
    fn a_full_disk_and_a_clock_that_went_back_are_named() {
        let verdicts = [10, 100, 1000].map(|mib| judge_room(mib * 1024 * 1024).verdict);
        assert_eq!(verdicts, [Verdict::Bad, Verdict::Warn, Verdict::Ok]);
        let at = |seconds: i64| Timestamp::from_unix_ms(seconds * 1000);
        assert_eq!(judge_latest(Some(at(100)), at(90)), None);
        assert_eq!(judge_latest(None, at(90)), None);
        assert!(judge_latest(Some(at(4000)), at(90)).is_some());
    }
}
