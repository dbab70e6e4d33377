//! What is known of a project's git, and what of it was told. Pure.

use std::path::Path;

use leanspec_shared::view::Git;

use super::git::{Facts, Mark, Repository};
use super::heads::Head;
use super::perform::{GitAnswer, head};

/// The state of the questions to git.
#[derive(Debug, Default)]
pub struct GitReport {
    repository: Option<Repository>,
    facts: Facts,
    mark: Mark,
    answered: bool,
    complained: bool,
    told: Option<Option<Git>>,
}

impl GitReport {
    /// What the next question starts from.
    #[must_use]
    pub fn known(&self) -> (Option<Repository>, Facts) {
        (self.repository.clone(), self.facts.clone())
    }

    /// Takes in an answer; what is checked out now, if git said so. Trouble is logged once.
    pub fn answered(&mut self, answer: GitAnswer, folder: &Path) -> Option<Head> {
        self.answered = true;
        self.repository = answer.repository;
        self.mark = answer.mark;
        match answer.facts {
            Some(Ok(facts)) => {
                self.complained = false;
                self.facts = facts;
                Some(head(&self.facts))
            }
            Some(Err(error)) => {
                if !std::mem::replace(&mut self.complained, true) {
                    log::warn!("{}: {error}", folder.display());
                }
                // It may have moved or gone: found anew at the next question.
                self.repository = None;
                None
            }
            None => {
                self.facts = Facts::default();
                None
            }
        }
    }

    /// Whether HEAD, index or refs look otherwise than when git was asked.
    #[must_use]
    pub fn is_outdated(&self, mark: &Mark) -> bool {
        self.mark != *mark
    }

    /// Takes out what is to be told. Before the first answer nothing is known, not even that there
    /// is no git.
    pub fn take_told(&mut self) -> Option<Option<Git>> {
        let git = self.repository.as_ref().map(|_| self.facts.git.clone());
        (self.answered && self.told.as_ref() != Some(&git)).then(|| {
            self.told = Some(git.clone());
            git
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_there_is_no_git_is_told_once_and_only_when_it_was_asked() {
        let mut report = GitReport::default();
        assert_eq!(report.take_told(), None);
        let answer = GitAnswer { repository: None, facts: None, mark: Mark::default() };
        assert_eq!(report.answered(answer, Path::new("x")), None);
        assert_eq!(report.take_told(), Some(None));
        assert_eq!(report.take_told(), None);
    }
}
