//! Does the jobs that `survey` asks for, on threads that may block.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use super::doubt::{Evidence, GitEvidence};
use super::filter::Filter;
use super::git::{Facts, GitError, Mark, Repository};
use super::heads::Head;
use super::survey::{Done, Job};
use super::watch::Arm;
use super::{canary, list};
use super::{look, read};
use crate::platform::file_stat::FolderId;

/// What jobs need to know of the folder they work on.
#[derive(Debug)]
pub struct Ground {
    /// The project's folder.
    pub root: PathBuf,
    /// Its specs folder, canonical.
    pub specs: PathBuf,
    /// What of it is sent.
    pub filter: Filter,
    /// Sets the watches.
    pub arm: Arm,
    /// Whether old canaries are swept.
    pub may_write: bool,
}

/// Runs something that blocks and waits for it without blocking the loop.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is going down, and with it whoever waits here.
        Err(_) => std::future::pending().await,
    }
}

impl Ground {
    /// Does one job.
    pub async fn perform(self: std::sync::Arc<Self>, job: Job) -> Done {
        match job {
            Job::Arm => blocking(move || self.set_watches()).await,
            Job::Look(paths) => {
                blocking(move || {
                    if paths.len() > 1 {
                        read::fetch_ahead(&self.specs, &paths);
                    }
                    let look = |path| {
                        let look = look::look(&self.specs, &path, &self.filter);
                        (path, look)
                    };
                    Done::Looked(paths.into_iter().map(look).collect())
                })
                .await
            }
            Job::List(scope) => {
                blocking(move || {
                    let started = Instant::now();
                    self.arm.settle();
                    let result = list::list(&self.specs, scope.as_ref(), &self.filter);
                    Done::Listed { scope, took: started.elapsed(), result }
                })
                .await
            }
            Job::SecondLook { missing, ask_git } => {
                let git = if ask_git { Some(self.clone().git_evidence().await) } else { None };
                blocking(move || {
                    let present = list::present(&self.specs, &missing, &self.filter);
                    // After the absence was seen: else the folder may have gone in between.
                    let root = self.probe(true);
                    Done::SecondLooked(Evidence { asked: missing, present, root, git })
                })
                .await
            }
        }
    }

    fn set_watches(&self) -> Done {
        let root = self.probe(true);
        if root.is_err() {
            return Done::Armed { root, watch: Ok(()) };
        }
        if self.may_write {
            canary::sweep(&self.specs);
        }
        let watch = self.arm.arm();
        Done::Armed { root, watch }
    }

    /// Which folder stands at the path of the specs folder; `thorough` also tries to read it.
    ///
    /// # Errors
    /// When it is not there, is a link, or cannot be read.
    pub fn probe(&self, thorough: bool) -> io::Result<FolderId> {
        let metadata = self.specs.symlink_metadata()?;
        if !metadata.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        if thorough {
            std::fs::read_dir(&self.specs)?;
        }
        Ok(FolderId::of(&metadata))
    }

    /// The repository, if there is one.
    pub async fn repository(self: std::sync::Arc<Self>) -> Option<Repository> {
        blocking(move || Repository::find(&self.root, &self.specs)).await
    }

    async fn git_evidence(self: std::sync::Arc<Self>) -> GitEvidence {
        let Some(repository) = self.repository().await else {
            return GitEvidence { head: None, busy: false };
        };
        let head = repository.facts().await.ok().map(|facts| head(&facts));
        let busy = blocking(move || repository.is_busy()).await;
        GitEvidence { head, busy }
    }
}

/// What the facts say is checked out.
#[must_use]
pub fn head(facts: &Facts) -> Head {
    Head { branch: facts.git.branch.clone(), commit: facts.git.commit.clone() }
}

/// The answer to a round of questions to git.
#[derive(Debug)]
pub struct GitAnswer {
    /// Absent where there is no git.
    pub repository: Option<Repository>,
    /// What it says; `None` without a repository.
    pub facts: Option<Result<Facts, GitError>>,
    /// What HEAD, index and refs looked like before it was asked.
    pub mark: Mark,
}

/// Asks git, finding the repository first where it is not known yet.
pub async fn ask_git(
    ground: std::sync::Arc<Ground>,
    known: Option<Repository>,
    before: Facts,
) -> GitAnswer {
    let repository = match known {
        Some(repository) => Some(repository),
        None => ground.repository().await,
    };
    let Some(asked) = repository.clone() else {
        return GitAnswer { repository, facts: None, mark: Mark::default() };
    };
    let marked = asked.clone();
    let mark = blocking(move || marked.mark(&before)).await;
    let facts = asked.facts().await;
    GitAnswer { repository, facts: Some(facts), mark }
}
