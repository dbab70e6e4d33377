//! One project's folder: may it be read and written, does the platform report changes in it, and
//! how does its file system take upper and lower case and composed letters.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::doctor::contents;
use crate::doctor::line::Line;
use crate::random;
use crate::source::canary::{self, CANARY_PREFIX, CANARY_WAIT_MS};
use crate::source::hint::Hint;
use crate::source::watch::{Subscription, Watcher};

/// What was found out about a folder by writing into it for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nature {
    /// `a` and `A` are two files.
    pub tells_case: bool,
    /// A letter written as one character and as two are two files.
    pub tells_composition: bool,
}

/// Looks into a project's specs folder; writes nothing where `may_write` is not.
pub async fn look(name: &str, specs: &Path, may_write: bool) -> Vec<Line> {
    let mut lines = vec![judge_reading(name, specs, &fs::read_dir(specs).map(Iterator::count))];
    if lines[0].advice.is_some() {
        return lines;
    }
    let (counted, folder) = (name.to_owned(), specs.to_owned());
    let looked = tokio::task::spawn_blocking(move || contents::look(&counted, &folder)).await;
    lines.extend(looked.into_iter().flatten());
    if !may_write {
        let tried = format!("{name}: writing for a moment");
        let why = "left out: this project is read-only, and nothing is written into it";
        lines.push(Line::ok("watch", tried, why).note());
        return lines;
    }
    let armed = arm(specs).await;
    let heard = match armed {
        Ok(mut subscription) => Ok(hears(specs, &mut subscription).await),
        Err(why) => Err(why),
    };
    lines.push(judge_watching(name, &heard));
    lines.push(judge_nature(name, &nature(specs)));
    lines
}

async fn arm(specs: &Path) -> Result<Subscription, String> {
    let subscription = Watcher::start().subscribe(specs);
    let arm = subscription.arm();
    let armed = tokio::task::spawn_blocking(move || {
        arm.arm()?;
        arm.settle();
        Ok::<_, String>(())
    });
    armed.await.map_err(|error| error.to_string())??;
    Ok(subscription)
}

/// Whether the platform reports a canary.
async fn hears(specs: &Path, subscription: &mut Subscription) -> io::Result<bool> {
    let name = format!("{CANARY_PREFIX}{}", random::id::<String>());
    canary::sing(specs, &name)?;
    let heard = tokio::time::timeout(Duration::from_millis(CANARY_WAIT_MS), async {
        loop {
            if matches!(subscription.next().await, Hint::Own(seen) if seen == name) {
                return;
            }
        }
    });
    Ok(heard.await.is_ok())
}

fn nature(specs: &Path) -> io::Result<Nature> {
    let stem = format!("{CANARY_PREFIX}{}", random::id::<String>());
    let two = |one: &str, other: &str| {
        let (one, other) =
            (specs.join(format!("{stem}{one}")), specs.join(format!("{stem}{other}")));
        OpenOptions::new().write(true).create_new(true).open(&one)?;
        let both = OpenOptions::new().write(true).create_new(true).open(&other);
        fs::remove_file(&one)?;
        match both {
            Ok(_) => fs::remove_file(&other).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    };
    Ok(Nature { tells_case: two("-a", "-A")?, tells_composition: two("-\u{e9}", "-e\u{301}")? })
}

fn judge_reading(name: &str, specs: &Path, entries: &io::Result<usize>) -> Line {
    let tried = format!("{name}: reading {}", specs.display());
    match entries {
        Ok(count) => Line::ok("folder", tried, format!("{count} entries")),
        Err(error) => Line::ok("folder", tried, error.to_string()).bad(
            "the folder is gone, or belongs to somebody else",
            "correct `dir` in the config, or the folder's permissions",
        ),
    }
}

fn judge_watching(name: &str, heard: &Result<io::Result<bool>, String>) -> Line {
    let line = |result: &str| Line::ok("watch", format!("{name}: writing a canary"), result);
    match heard {
        Ok(Ok(true)) => line("its change was reported at once"),
        Ok(Ok(false)) => line("nobody reported it").warn(
            "a network file system, a mount from another system, or a container",
            "nothing: the folder is read again and again instead",
        ),
        Ok(Err(error)) => line(&error.to_string()).warn(
            "the folder may not be written by this account",
            "give this account write permission if specs are to be edited from elsewhere",
        ),
        Err(why) => line(why).warn(
            "the system's limit on watches",
            "sudo sysctl fs.inotify.max_user_watches=524288 (Linux); until then the folder is read \
             again and again",
        ),
    }
}

fn judge_nature(name: &str, nature: &io::Result<Nature>) -> Line {
    let line = |result: &str| Line::ok("names", format!("{name}: comparing names"), result);
    match nature {
        Ok(Nature { tells_case: true, tells_composition: true }) => {
            line("A and a, and composed letters, are told apart")
        }
        Ok(Nature { tells_case, .. }) => {
            let what = if *tells_case { "composed letters" } else { "A and a" };
            let mut line = line(&format!("{what} are one and the same here")).note();
            line.advice = Some("nothing: avoid names that differ in that only".to_owned());
            line
        }
        Err(error) => line(&error.to_string()).note(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::line::{Verdict, worst};

    #[tokio::test]
    async fn a_folder_is_looked_into_and_nothing_is_left_in_it() {
        let temp = tempfile::tempdir().expect("a folder");
        let lines = look("app", temp.path(), true).await;
        assert!(worst(&lines) <= Verdict::Note, "{lines:?}");
        assert_eq!(fs::read_dir(temp.path()).expect("there").count(), 0);
    }

    #[tokio::test]
    async fn nothing_is_written_into_a_read_only_project() {
        let temp = tempfile::tempdir().expect("a folder");
        let before = fs::metadata(temp.path()).and_then(|folder| folder.modified()).expect("told");
        let lines = look("app", temp.path(), false).await;
        let after = fs::metadata(temp.path()).and_then(|folder| folder.modified()).expect("told");
        assert_eq!((before, lines[3].verdict), (after, Verdict::Note));
        let gone = look("app", &temp.path().join("gone"), true).await;
        assert_eq!(worst(&gone), Verdict::Bad);
    }

    #[test]
    fn a_folder_that_reports_nothing_is_read_again_and_again() {
        let cases = [
            (Ok(Ok(true)), Verdict::Ok),
            (Ok(Ok(false)), Verdict::Warn),
            (Ok(Err(io::Error::other("no"))), Verdict::Warn),
            (Err("no space left".to_owned()), Verdict::Warn),
        ];
        for (heard, verdict) in cases {
            assert_eq!(judge_watching("app", &heard).verdict, verdict);
        }
        let mac = Nature { tells_case: false, tells_composition: false };
        assert_eq!(judge_nature("app", &Ok(mac)).verdict, Verdict::Note);
    }
}
