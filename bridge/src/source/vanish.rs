//! Is what is missing really gone? The rules that keep a passing absence from becoming a deletion.
//!
//! Pure: what was seen goes in, a verdict comes out. The second look itself is the worker's.

use std::time::Duration;

use leanspec_shared::view::HaltCode;

use super::Halt;

/// How long a path must be missing before it is looked at a second time. Editors that save by
/// backup and rename, and git, bring it back within milliseconds.
pub const SECOND_LOOK: Duration = Duration::from_millis(1500);

/// Losses within this time count together, so that a slow `rm -r` is still seen as one.
pub const COUNTED_TOGETHER: Duration = Duration::from_secs(10);

/// How long git may be in the middle of something before the project says that it waits.
pub const GIT_PATIENCE: Duration = Duration::from_secs(10);

/// A loss of more files than this, and of more than half of all, is not believed by itself.
const MANY: usize = 20;

/// What the second look saw of the specs folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    /// The folder that it was.
    Same,
    /// On the same device, but made anew (git does that).
    Replaced,
    /// Something else is mounted there, or it stands somewhere else.
    OtherDevice,
    /// Not there.
    Missing,
    /// There, but not readable: the system's words.
    Unreadable(String),
}

/// What git says at the second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitMoment {
    /// No git here, or it cannot be asked.
    Absent,
    /// The same commit and branch as when everything was last accounted for.
    Unmoved,
    /// Another commit or branch was checked out since then.
    Moved,
    /// An `index.lock`, a rebase or a merge: it is not done yet.
    Busy,
}

/// A loss to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Files that were still missing at the second look, and those lost shortly before.
    pub missing: usize,
    /// Files before all of that.
    pub of: usize,
    /// The specs folder.
    pub root: Root,
    /// Git.
    pub git: GitMoment,
    /// How long git has been busy.
    pub git_busy_for: Duration,
}

/// What to make of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// They were deleted: say so.
    Gone,
    /// Look again soon.
    Wait,
    /// Say nothing of them, and this sentence of the project.
    Halt(Halt),
}

impl Loss {
    /// Whether the loss is so large that an accident is likelier than a wish. The last remaining
    /// file of a project may go by itself; an emptied folder of several may not.
    #[must_use]
    pub fn is_massive(&self) -> bool {
        let emptied = self.missing >= self.of && self.of >= 2;
        emptied || (self.missing > MANY && self.missing * 2 > self.of)
    }

    /// Whether the verdict depends on what git says.
    #[must_use]
    pub fn depends_on_git(&self) -> bool {
        self.root == Root::Missing || self.is_massive()
    }
}

/// Judges a loss. `folder` is named to the user, `project` is what `accept-deletes` takes.
#[must_use]
pub fn judge(loss: &Loss, folder: &str, project: &str) -> Verdict {
    let accept = format!("if that is meant, run `leanspec-bridge accept-deletes {project}`");
    match &loss.root {
        // Git takes a folder away with its last file: a branch without specs has no specs folder.
        Root::Missing => {
            return match loss.git {
                GitMoment::Moved => Verdict::Gone,
                GitMoment::Busy if loss.git_busy_for < GIT_PATIENCE => Verdict::Wait,
                GitMoment::Busy | GitMoment::Unmoved | GitMoment::Absent => halt(
                    HaltCode::FolderMissing,
                    format!("the specs folder {folder} is missing: bring it back, or, {accept}"),
                ),
            };
        }
        Root::Unreadable(why) => {
            return halt(
                HaltCode::FolderUnreadable,
                format!(
                    "the specs folder {folder} cannot be read ({why}): make it readable for this user"
                ),
            );
        }
        Root::OtherDevice if loss.missing > 0 => {
            return halt(
                HaltCode::OtherDevice,
                format!(
                    "the specs folder {folder} is on another device now and lacks {}: mount the right one, or, {accept}",
                    files(loss.missing)
                ),
            );
        }
        Root::Same | Root::Replaced | Root::OtherDevice => {}
    }
    if !loss.is_massive() {
        return Verdict::Gone;
    }
    match loss.git {
        GitMoment::Moved => Verdict::Gone,
        GitMoment::Busy if loss.git_busy_for < GIT_PATIENCE => Verdict::Wait,
        GitMoment::Busy => halt(
            HaltCode::GitBusy,
            format!(
                "{} of {} missing while git is in the middle of something: finish it (see `git status`), or, {accept}",
                files(loss.missing),
                loss.of
            ),
        ),
        GitMoment::Unmoved | GitMoment::Absent => halt(
            HaltCode::ManyMissing,
            format!(
                "{} of {} missing: bring them back, or, {accept}",
                files(loss.missing),
                loss.of
            ),
        ),
    }
}

fn halt(code: HaltCode, reason: String) -> Verdict {
    Verdict::Halt(Halt { code, reason })
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(missing: usize, of: usize, root: Root, git: GitMoment) -> Verdict {
        let loss = Loss { missing, of, root, git, git_busy_for: Duration::ZERO };
        judge(&loss, "specs", "demo")
    }

    fn halts(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Halt(_))
    }

    #[test]
    fn a_few_deleted_files_are_believed_without_git() {
        for (missing, of) in [(1, 1), (1, 2), (20, 30), (20, 400), (199, 400), (30, 60)] {
            assert_eq!(
                judged(missing, of, Root::Same, GitMoment::Absent),
                Verdict::Gone,
                "{missing}/{of}"
            );
        }
    }

    #[test]
    fn losing_more_than_half_and_more_than_twenty_or_everything_halts() {
        for (missing, of) in [(2, 2), (21, 41), (5, 5), (400, 400), (201, 400)] {
            for git in [GitMoment::Absent, GitMoment::Unmoved] {
                assert!(halts(&judged(missing, of, Root::Same, git)), "{missing}/{of}");
            }
        }
        let Verdict::Halt(Halt { code, reason }) = judged(300, 400, Root::Same, GitMoment::Absent)
        else {
            panic!("halts")
        };
        assert_eq!(code, HaltCode::ManyMissing);
        assert!(reason.contains("300 files of 400"), "{reason}");
        assert!(reason.contains("accept-deletes demo"), "{reason}");
    }

    #[test]
    fn a_checkout_of_a_branch_without_specs_is_believed_once_git_is_done() {
        assert_eq!(judged(400, 400, Root::Same, GitMoment::Moved), Verdict::Gone);
        assert_eq!(judged(400, 400, Root::Same, GitMoment::Busy), Verdict::Wait);
        let loss = Loss {
            missing: 400,
            of: 400,
            root: Root::Same,
            git: GitMoment::Busy,
            git_busy_for: GIT_PATIENCE,
        };
        assert!(halts(&judge(&loss, "specs", "demo")));
    }

    #[test]
    fn a_root_that_is_missing_is_believed_only_when_git_moved_and_is_done() {
        assert_eq!(judged(400, 400, Root::Missing, GitMoment::Moved), Verdict::Gone);
        assert_eq!(judged(400, 400, Root::Missing, GitMoment::Busy), Verdict::Wait);
        for git in [GitMoment::Absent, GitMoment::Unmoved] {
            assert!(halts(&judged(1, 400, Root::Missing, git)));
        }
    }

    #[test]
    fn a_root_that_is_unreadable_or_elsewhere_halts_whatever_git_says() {
        for root in [Root::Unreadable("no".into()), Root::OtherDevice] {
            assert!(halts(&judged(1, 400, root, GitMoment::Moved)));
        }
        assert_eq!(judged(0, 400, Root::OtherDevice, GitMoment::Absent), Verdict::Gone);
    }

    #[test]
    fn a_root_that_git_made_anew_is_judged_like_the_old_one() {
        assert_eq!(judged(3, 400, Root::Replaced, GitMoment::Unmoved), Verdict::Gone);
        assert!(halts(&judged(300, 400, Root::Replaced, GitMoment::Unmoved)));
    }

    proptest! {
        #[test]
        fn without_git_moving_never_more_than_half_is_believed_beyond_twenty(
            missing in 0_usize..1000, more in 0_usize..1000)
        {
            if judged(missing, missing + more, Root::Same, GitMoment::Absent) == Verdict::Gone {
                prop_assert!(missing <= 20 || missing <= more);
            }
        }
    }
}
