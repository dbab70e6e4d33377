//! What git says of the folder a project stands in: the only place that runs git.
//!
//! One process per question, with a time limit and without locks, so that nothing the user does
//! with git is disturbed. When to ask is decided in `git_watch`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use leanspec_shared::limits::DIRTY_LISTED_MAX;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::Git;
use tokio::io::AsyncReadExt;

use super::filter::is_passing;
use super::list::wire_path;
use crate::platform::file_stat::Stat;
use crate::platform::process::quiet;

/// How long git may take, before its answer is done without. Cold disks and huge repositories
/// take seconds; a hanging network file system takes for ever.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// The longest answer that is read, in bytes: some 10,000 changed files.
const ANSWER_MAX_BYTES: u64 = 2 * 1024 * 1024;

/// A question that git did not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Git could not be run or read.
    #[error("git could not be run: {0}")]
    Io(#[from] std::io::Error),
    /// It took too long.
    #[error("git took more than {} s", TIME_LIMIT.as_secs())]
    TimedOut,
    /// It refused, as for a folder of another owner.
    #[error("git refused to answer ({0}): run `git status` in that folder to see why")]
    Refused(std::process::ExitStatus),
}

/// A repository, seen from one specs folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Where the working tree begins.
    pub top: PathBuf,
    git_dir: PathBuf,
    common_dir: PathBuf,
    /// The specs folder relative to `top`, as git names it: empty, or with a slash at its end.
    prefix: String,
}

/// The facts and where their next change would show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What is told.
    pub git: Git,
    /// The upstream branch, `origin/main`.
    upstream: Option<String>,
}

/// What HEAD, index and refs looked like: equal marks mean that git has nothing new to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark(Vec<Option<Stat>>);

fn git(folder: &Path) -> Command {
    let mut command = quiet("git");
    command.arg("-C").arg(folder).args(["--no-optional-locks", "-c", "core.fsmonitor=false"]);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"] {
        // The bridge may have been started by a git hook.
        command.env_remove(name);
    }
    command
}

/// The standard output of a quick question about files of the repository's own; `None` when git is
/// not there or has no answer. Blocks.
fn ask(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = git(folder).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

/// What git is told by this name, `user.name`, for work in a folder; `None` where it is told nothing,
/// or is not there. Blocks for some milliseconds.
#[must_use]
pub fn setting(folder: &Path, name: &str) -> Option<String> {
    let answer = ask(folder, &["config", "--get", name])?;
    Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty())
}

impl Repository {
    /// The repository that holds `specs` (or `root`, while there are no specs); `None` where there
    /// is no git. Blocks for some milliseconds.
    #[must_use]
    pub fn find(root: &Path, specs: &Path) -> Option<Self> {
        let folder = if specs.is_dir() { specs } else { root };
        let question = [
            "rev-parse",
            "--path-format=absolute",
            "--show-toplevel",
            "--git-dir",
            "--git-common-dir",
        ];
        let answer = ask(folder, &question)?;
        let mut lines = answer.lines().map(PathBuf::from);
        let (top, git_dir, common_dir) = (lines.next()?, lines.next()?, lines.next()?);
        let canonical_top = top.canonicalize().unwrap_or_else(|_| top.clone());
        let relative = specs.strip_prefix(&canonical_top).ok()?.to_str()?.replace('\\', "/");
        let prefix = if relative.is_empty() { relative } else { relative + "/" };
        Some(Self { top, git_dir, common_dir, prefix })
    }

    /// The address of `origin`, or of the first remote there is. Blocks.
    #[must_use]
    pub fn remote_url(&self) -> Option<String> {
        let answer = ask(&self.top, &["config", "--get-regexp", r"^remote\..*\.url$"])?;
        let mut remotes = answer.lines().filter_map(|line| line.split_once(' '));
        let first = remotes.clone().next();
        remotes
            .find(|(name, _)| *name == "remote.origin.url")
            .or(first)
            .map(|(_, url)| url.to_owned())
    }

    /// The folder of the repository that all its working trees share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The specs folder relative to the top of the repository, without a slash at its end.
    #[must_use]
    pub fn specs_prefix(&self) -> &str {
        self.prefix.trim_end_matches('/')
    }

    /// Asks git for branch, commit and what differs.
    ///
    /// # Errors
    /// When git does not answer in time, or refuses.
    pub async fn facts(&self) -> Result<Facts, GitError> {
        let mut command = git(&self.top);
        command.args(["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--"]);
        command.arg(format!(":(top,literal){}", self.specs_prefix()));
        command.stdout(std::process::Stdio::piped());
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let mut answer = Vec::new();
        let reading = async {
            if let Some(output) = child.stdout.take() {
                output.take(ANSWER_MAX_BYTES).read_to_end(&mut answer).await?;
            }
            child.wait().await
        };
        let status =
            tokio::time::timeout(TIME_LIMIT, reading).await.map_err(|_| GitError::TimedOut)??;
        // An answer cut at the limit ends git with a broken pipe, and is good enough.
        if !status.success() && (answer.len() as u64) < ANSWER_MAX_BYTES {
            return Err(GitError::Refused(status));
        }
        Ok(parse(&answer, &self.prefix))
    }

    /// Whether an index lock, a rebase or a merge is under way. Blocks.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        ["index.lock", "rebase-merge", "rebase-apply", "MERGE_HEAD"]
            .iter()
            .any(|name| self.git_dir.join(name).symlink_metadata().is_ok())
    }

    /// What tells that there may be something new since `facts`. Blocks.
    #[must_use]
    pub fn mark(&self, facts: &Facts) -> Mark {
        let branch =
            facts.git.branch.as_ref().map(|name| self.common_dir.join("refs/heads").join(name));
        let upstream =
            facts.upstream.as_ref().map(|name| self.common_dir.join("refs/remotes").join(name));
        let fixed = [
            self.git_dir.join("HEAD"),
            self.git_dir.join("index"),
            self.common_dir.join("packed-refs"),
            self.common_dir.join("reftable/tables.list"),
        ];
        let files = fixed.into_iter().chain(branch).chain(upstream);
        Mark(files.map(|file| file.symlink_metadata().ok().map(|found| Stat::of(&found))).collect())
    }
}

/// Reads `git status --porcelain=v2 --branch -z`. Lines it does not know are passed over.
fn parse(answer: &[u8], prefix: &str) -> Facts {
    let mut facts = Facts::default();
    let mut dirty = BTreeSet::new();
    let mut fields = answer.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    while let Some(field) = fields.next() {
        let Some((kind, rest)) = field.split_once(' ') else { continue };
        let path = match kind {
            "#" => {
                parse_header(rest, &mut facts);
                continue;
            }
            "1" => rest.splitn(8, ' ').nth(7),
            "u" => rest.splitn(10, ' ').nth(9),
            "2" => {
                // The name it had before stands in a field of its own.
                dirty.extend(fields.next().and_then(|from| spec_path(&from, prefix)));
                rest.splitn(9, ' ').nth(8)
            }
            "?" => Some(rest),
            _ => None,
        };
        dirty.extend(path.and_then(|path| spec_path(path, prefix)));
    }
    facts.git.dirty = dirty.into_iter().take(DIRTY_LISTED_MAX).collect();
    facts
}

fn parse_header(header: &str, facts: &mut Facts) {
    match header.split_once(' ') {
        Some(("branch.oid", "(initial)") | ("branch.head", "(detached)")) | None => {}
        Some(("branch.oid", commit)) => facts.git.commit = Some(commit.to_owned()),
        Some(("branch.head", branch)) => facts.git.branch = Some(branch.to_owned()),
        Some(("branch.upstream", upstream)) => facts.upstream = Some(upstream.to_owned()),
        Some(("branch.ab", counts)) => {
            let mut counts = counts.split(' ').map(|count| count.get(1..)?.parse().ok());
            facts.git.ahead = counts.next().flatten();
            facts.git.behind = counts.next().flatten();
        }
        Some(_) => {}
    }
}

/// The wire's name of a path below the specs folder; `None` for others, and for what comes and goes
/// while somebody saves: git may answer in the moment of a probe or of an editor's temporary.
fn spec_path(path: &str, prefix: &str) -> Option<FilePath> {
    let path = wire_path(None, path.strip_prefix(prefix)?.as_ref())?;
    (!is_passing(path.file_name())).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(lines: &[&str]) -> Facts {
        parse((lines.join("\0") + "\0").as_bytes(), "docs/specs/")
    }

    #[test]
    fn branch_commit_and_distance_are_read() {
        let facts = parsed(&[
            "# branch.oid 1234567890",
            "# branch.head feature/x",
            "# branch.upstream origin/feature/x",
            "# branch.ab +3 -14",
        ]);
        assert_eq!(facts.git.commit.as_deref(), Some("1234567890"));
        assert_eq!(facts.git.branch.as_deref(), Some("feature/x"));
        assert_eq!((facts.git.ahead, facts.git.behind), (Some(3), Some(14)));
        assert_eq!(facts.upstream.as_deref(), Some("origin/feature/x"));
    }

    #[test]
    fn before_the_first_commit_and_on_a_detached_head_both_are_absent() {
        let facts = parsed(&["# branch.oid (initial)", "# branch.head (detached)"]);
        assert_eq!(facts, Facts::default());
    }

    #[test]
    fn changed_renamed_unmerged_and_untracked_specs_are_dirty_once_each() {
        let facts = parsed(&[
            "1 .M N... 100644 100644 100644 aaa bbb docs/specs/001-a/README.md",
            "2 R. N... 100644 100644 100644 aaa bbb R100 docs/specs/002-new name/README.md",
            "docs/specs/002-old/README.md",
            "u UU N... 100644 100644 100644 100644 aaa bbb ccc docs/specs/003-c/README.md",
            "? docs/specs/004-d/ü.md",
            "? docs/specs/.leanspec-canary-1",
            "? docs/specs/004-d/.README.md.swp",
            "? elsewhere/file.md",
            "! ignored",
        ]);
        let dirty: Vec<_> = facts.git.dirty.iter().map(FilePath::as_str).collect();
        assert_eq!(
            dirty,
            [
                "001-a/README.md",
                "002-new name/README.md",
                "002-old/README.md",
                "003-c/README.md",
                "004-d/ü.md"
            ]
        );
    }

    #[test]
    fn nothing_git_could_say_makes_the_reader_panic() {
        for odd in
            ["#", "# branch.ab", "# branch.ab x", "# branch.ab  ", "1", "1 a b", "2 x", "\u{fffd}"]
        {
            let _ = parsed(&[odd]);
        }
    }
}
