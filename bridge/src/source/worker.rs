//! The loop around one project: hints and requests in, jobs done one at a time, updates out.
//!
//! It decides nothing itself: what to do is `survey`, whether events can be trusted `coverage`,
//! when to ask git `git_watch`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::coverage::Coverage;
use super::doubt::Doubt;
use super::filter::Filter;
use super::git_report::GitReport;
use super::git_watch::GitWatch;
use super::hint::Hint;
use super::perform::{GitAnswer, Ground, ask_git, blocking};
use super::survey::{Done, Survey};
use super::tick::{Tick, TickClock, look_around};
use super::watch::Subscription;
use super::{Request, Requests, SourceError, SourceSettings, Update, canary};

/// Hints taken in one go before something is done about them.
const HINTS_AT_ONCE: usize = 1024;

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Work that is under way beside the main job.
enum Side {
    Ticked(Box<Tick>),
    Sung(bool),
}

struct Worker {
    ground: Arc<Ground>,
    survey: Survey,
    coverage: Coverage,
    hints: Subscription,
    clock: TickClock,
    git_watch: GitWatch,
    git: GitReport,
    job: Option<Work<Done>>,
    asking_git: Option<Work<GitAnswer>>,
    side: Option<Work<Side>>,
}

/// Watches one project until cancelled: says what is on the disk, then every change of it.
///
/// # Errors
/// Only what makes it pointless to go on; trouble with files or folders is reported in updates.
pub async fn run(
    settings: SourceSettings,
    updates: mpsc::Sender<Update>,
    mut requests: Requests,
    cancel: CancellationToken,
) -> Result<(), SourceError> {
    let mut worker = Worker::new(settings)?;
    loop {
        if let Some(update) = worker.step() {
            tokio::select! {
                () = cancel.cancelled() => return Ok(()),
                sent = updates.send(update) => if sent.is_err() { return Ok(()) },
            }
            continue;
        }
        let wake = worker.next_due().into();
        tokio::select! {
            () = cancel.cancelled() => return Ok(()),
            done = next(&mut worker.job) => worker.job_done(done),
            hint = worker.hints.next() => worker.take_hints(hint),
            request = requests.receiver.recv() => match request {
                Some(request) => worker.request(request, &requests),
                None => return Ok(()),
            },
            answer = next(&mut worker.asking_git) => worker.git_answered(answer),
            side = next(&mut worker.side) => worker.side_done(side),
            () = tokio::time::sleep_until(wake) => {}
        }
    }
}

/// The outcome of work under way; pending for ever when there is none.
async fn next<T>(work: &mut Option<Work<T>>) -> T {
    match work {
        Some(running) => {
            let done = running.await;
            *work = None;
            done
        }
        None => std::future::pending().await,
    }
}

impl Worker {
    fn new(settings: SourceSettings) -> Result<Self, SourceError> {
        let filter = Filter::new(&settings.ignore, settings.file_max_bytes)?;
        let project = settings.project;
        let may_write = settings.may_write && project.read_only.is_none();
        let hints = settings.watcher.subscribe(&project.specs);
        let now = Instant::now();
        let doubt = Doubt::new(project.specs_dir, project.name, settings.baseline.as_ref());
        let ground = Ground {
            root: project.root,
            specs: project.specs,
            filter: filter.clone(),
            arm: hints.arm(),
            may_write,
        };
        Ok(Self {
            ground: Arc::new(ground),
            survey: Survey::new(filter, settings.known, doubt, now),
            coverage: Coverage::new(may_write, rand::random()),
            hints,
            clock: TickClock::new(settings.beat, now, SystemTime::now()),
            git_watch: GitWatch::new(now),
            git: GitReport::default(),
            job: None,
            asking_git: None,
            side: None,
        })
    }

    /// Starts what is due. Answers what is to be told first.
    fn step(&mut self) -> Option<Update> {
        let now = Instant::now();
        if self.coverage.pass(now) {
            self.survey.rearm();
        }
        self.survey.set_polling(self.coverage.is_polling(), now);
        if let Some(update) = self.take_update(now) {
            return Some(update);
        }
        if self.job.is_none()
            && let Some(job) = self.survey.next_job(now)
        {
            self.job = Some(Box::pin(Arc::clone(&self.ground).perform(job)));
        }
        if self.asking_git.is_none() && self.git_watch.take_due(now) {
            let (known, before) = self.git.known();
            let asking = ask_git(Arc::clone(&self.ground), known, before);
            self.asking_git = Some(Box::pin(asking));
        }
        if self.side.is_none() {
            self.start_side(now);
        }
        None
    }

    fn start_side(&mut self, now: Instant) {
        let ground = Arc::clone(&self.ground);
        if let Some(name) = self.coverage.take_canary(now) {
            self.side = Some(Box::pin(async move {
                Side::Sung(blocking(move || canary::sing(&ground.specs, &name).is_ok()).await)
            }));
        } else if let Some(slept) = self.clock.take_due(now, SystemTime::now()) {
            if slept {
                log::info!("this computer slept: comparing {} again", self.ground.specs.display());
                self.survey.request(Request::Rescan, now);
            }
            let (repository, facts) = self.git.known();
            let thorough = self.survey.is_doubtful();
            self.side = Some(Box::pin(async move {
                let tick = look_around(ground, repository, facts, thorough).await;
                Side::Ticked(Box::new(tick))
            }));
        }
    }

    fn next_due(&self) -> Instant {
        let mut due = self.clock.next_due();
        if self.job.is_none() {
            due = due.min(self.survey.next_due());
        }
        if self.asking_git.is_none() {
            due = self.git_watch.next_due().map_or(due, |git| due.min(git));
        }
        let due = self.coverage.next_due().map_or(due, |coverage| due.min(coverage));
        // A tick under way is not due again: without this the loop would spin until it is done.
        if self.side.is_some() { due.max(Instant::now() + Duration::from_millis(1)) } else { due }
    }

    fn take_hints(&mut self, first: Hint) {
        let now = Instant::now();
        let mut hint = Some(first);
        for _ in 0..HINTS_AT_ONCE {
            let Some(taken) = hint.take() else { break };
            match &taken {
                Hint::Own(name) => self.coverage.saw_own(name),
                Hint::Trouble(why) => {
                    log::warn!("{}: {why}; polling instead", self.ground.specs.display());
                    self.coverage.trouble(why, now);
                }
                Hint::Everything => self.coverage.doubt(),
                Hint::Path { .. } | Hint::Root => {}
            }
            self.survey.hint(taken, now);
            hint = self.hints.try_next();
        }
        if let Some(last) = hint {
            self.survey.hint(last, now);
        }
        if self.hints.overflowed() {
            self.survey.hint(Hint::Everything, now);
        }
    }

    fn request(&mut self, request: Request, requests: &Requests) {
        let now = Instant::now();
        if request == Request::RefreshGit {
            self.git_watch.ask_now(now);
        }
        self.survey.request(request, now);
        if requests.overflowed.swap(false, Ordering::AcqRel) {
            self.survey.request(Request::Rescan, now);
        }
    }

    fn job_done(&mut self, done: Done) {
        let now = Instant::now();
        if let Done::Armed { root: Ok(_), watch } = &done {
            if let Err(why) = watch {
                log::warn!("{}: {why}; polling instead", self.ground.specs.display());
            }
            self.coverage.armed(watch, now);
        }
        self.survey.done(done, rand::random(), now);
        if self.survey.take_unannounced() {
            self.coverage.doubt();
        }
    }

    fn git_answered(&mut self, answer: GitAnswer) {
        let now = Instant::now();
        self.git_watch.answered(now);
        let Some(head) = self.git.answered(answer, &self.ground.root) else { return };
        if self.survey.saw_head(head) {
            // A checkout in a folder without events shows here first.
            self.survey.request(Request::Rescan, now);
        }
    }

    fn side_done(&mut self, side: Side) {
        let now = Instant::now();
        match side {
            Side::Sung(true) => {}
            Side::Sung(false) => self.coverage.could_not_sing(),
            Side::Ticked(tick) => {
                self.survey.ticked(tick.root, now);
                if tick.mark.is_some_and(|mark| self.git.is_outdated(&mark)) {
                    self.git_watch.ask_now(now);
                }
            }
        }
    }

    fn take_update(&mut self, now: Instant) -> Option<Update> {
        // While files are being read, what is known of their folder is half of the truth.
        let settled = if self.job.is_none() { self.survey.take_update() } else { None };
        let mut update = settled.unwrap_or_default();
        if !update.files.is_empty() {
            self.git_watch.specs_changed(now);
        }
        update.watch = self.coverage.take_told();
        update.git = self.git.take_told();
        (update != Update::default()).then_some(update)
    }
}
