//! How a push ended, and what follows from it.

use std::sync::PoisonError;
use std::time::Duration;

use leanspec_shared::path::FilePath;
use tokio::time::Instant;

use super::Worker;
use crate::daemon::link::LinkState;
use crate::exit::{Exit, Failure};
use crate::random;
use crate::sync::build::{self, Body};
use crate::sync::plan::Plan;
use crate::sync::push::{Outcome, Prepared};
use crate::sync::shadow::Shadow;
use crate::sync::step::ChangesStep;
use crate::sync::verdict::{Kind, Verdict, judge};
use crate::uplink::http::CallError;

/// How long a file that changed under our hands is left alone before it is tried again.
const SET_ASIDE: Duration = Duration::from_secs(1);
/// How long to wait after the relay refused something that cannot be made smaller.
const REFUSED_BODY: Duration = Duration::from_secs(60);

impl Worker {
    pub(super) fn on_landing(
        &mut self,
        (outcome, changed): (Outcome, Vec<FilePath>),
        link: &LinkState,
    ) {
        if !changed.is_empty() {
            self.plan.set_aside(&changed);
            self.set_aside_until = Some(Instant::now() + SET_ASIDE);
            changed.into_iter().for_each(|path| self.source.recheck(path));
        }
        let compare = std::mem::take(&mut self.compare_after);
        match outcome {
            Outcome::Changed(body, accepted) => {
                self.disputes.reset();
                self.took_changes(&body, accepted.rev);
            }
            Outcome::Named(step, accepted) => {
                self.accepted_at = Some(Instant::now());
                self.retry.reset();
                let (rev, state_hash) = (accepted.rev, accepted.state_hash);
                self.plan.manifest_accepted(&step, rev, state_hash, &accepted.need);
                if step.to.is_none() {
                    self.remember(|shadow, plan| shadow.rewrite(plan.acked(), &[]));
                }
            }
            Outcome::Nothing(sent) => self.plan.changes_accepted(&sent, self.plan.acked().rev),
            Outcome::TooLarge(step) => self.smaller(&step, "it is too large for one body"),
            Outcome::Unbuildable(reason) => {
                log::error!("cannot make a body to send: {reason}");
                self.not_before = Some(Instant::now() + REFUSED_BODY);
            }
            Outcome::Failed(prepared, error) => {
                self.on_failure(prepared, &error);
                if compare {
                    self.on_link(link, false);
                }
            }
        }
    }

    pub(super) fn took_changes(&mut self, body: &Body, rev: u64) {
        self.accepted_at = Some(Instant::now());
        self.retry.reset();
        self.plan.changes_accepted(&body.sent, rev);
        self.board.project(self.index, |entry| entry.trouble = None);
        log::debug!(
            "pushed {} files, {} gone, {} bytes, revision {rev}",
            body.sent.puts.len(),
            body.sent.deletes.len(),
            body.wire.len()
        );
        self.remember(|shadow, plan| shadow.append(&body.sent, &body.frames, plan.acked()));
    }

    /// Writes to the shadow. A few kilobytes into the page cache; without it the next start costs
    /// a manifest, so a failure is no reason to stop.
    pub(super) fn remember(&self, write: impl FnOnce(&mut Shadow, &Plan) -> std::io::Result<()>) {
        let mut shadow = self.materials.shadow.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = write(&mut shadow, &self.plan) {
            log::warn!("cannot remember what the relay holds ({error}); is the disk full?");
        }
    }

    fn on_failure(&mut self, prepared: Prepared, error: &CallError) {
        match (judge(Kind::from(&prepared), error), prepared) {
            (Verdict::Again, prepared) => {
                let wait = self.retry.fail(random::fraction(), error.retry_after());
                log::debug!("a push failed ({error}); again in {} ms", wait.as_millis());
                if error.code().is_some() {
                    self.say_once(format!("pushes wait: {}; trying again", error.reason()));
                }
                self.pending = Some(prepared);
                self.not_before = Some(Instant::now() + wait);
            }
            (Verdict::WithoutDictionary, Prepared::Changes(step, body)) => {
                log::debug!("the relay lacks the dictionary; sending the file whole");
                let body = build::without_dictionary(*body).ok();
                self.pending = body.map(|body| Prepared::Changes(step, Box::new(body)));
            }
            (Verdict::Compare, _) => {
                self.slow_down();
                match error.held() {
                    Some((rev, state_hash)) => self.plan.compare(rev, state_hash, None),
                    None => self.doubt.raise(),
                }
            }
            (Verdict::Announce, _) => {
                // The link finds out, says so, and comes back when all is well.
                self.slow_down();
                self.up = false;
                self.doubt.raise();
            }
            (Verdict::Stop, _) => self.end.because(Err(Failure::new(
                Exit::Failed,
                "a newer leanspec-bridge speaks for this machine; this one stops",
            ))),
            (Verdict::Fewer, Prepared::Changes(step, _)) => {
                self.smaller(&step, &error.to_string());
            }
            (_, _) => self.refused(&error.to_string()),
        }
    }

    /// The first time at once, then ever slower, so that two sides that cannot agree do not spin.
    fn slow_down(&mut self) {
        let wait = self.disputes.fail(random::fraction(), None);
        self.not_before = Some(Instant::now() + wait);
    }

    fn smaller(&mut self, step: &ChangesStep, reason: &str) {
        if self.plan.shrink(step) {
            log::debug!("a push of {} rows was not taken ({reason}); trying fewer", step.rows());
            return;
        }
        match &step.puts[..] {
            [put] => {
                self.plan.refuse(&put.path);
                self.say_once(format!("the relay does not take {}: {reason}", put.path));
            }
            _ => self.refused(reason),
        }
    }

    fn refused(&mut self, reason: &str) {
        self.not_before = Some(Instant::now() + REFUSED_BODY);
        self.say_once(format!("the relay does not take a push: {reason}"));
    }

    /// Shows a trouble until a push is taken, and logs it once for as long as it stays the same.
    fn say_once(&self, trouble: String) {
        self.board.project(self.index, |entry| {
            if entry.trouble.as_ref() != Some(&trouble) {
                log::warn!("{trouble}");
            }
            entry.trouble = Some(trouble);
        });
    }
}
