//! The platform's file events as hints: the only importer of notify.
//!
//! One watcher (one inotify instance, one thread) serves all projects. Its callback converts and
//! enqueues, nothing else. A hint says that something may have changed, never what.
//!
//! notify is a pre-release because it can tell the kernel which events to leave out. The stable
//! line asks for every opening of a file: there our own scan, and every `git status` of anybody,
//! woke its thread several times a second. Whatever it gets wrong, the scans find: bytes decide.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use notify::event::{AccessKind, AccessMode};
use notify::{
    Config, Event, EventKind, EventKindMask, RecommendedWatcher, RecursiveMode, Watcher as _,
};
use tokio::sync::mpsc;

use super::hint::{Hint, to_hint};

/// Hints that may wait for one project. Beyond, one bit says "look at everything".
const HINTS_MAX: usize = 4096;

/// What the kernel is asked to tell: every change, and that a writer closed a file. Opening and
/// reading are left out where they arise: our own reading would wake us for ever.
const TOLD: EventKindMask = EventKindMask::CORE.union(EventKindMask::ACCESS_CLOSE);

/// The one file watcher of the process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Watcher {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    native: Mutex<Option<RecommendedWatcher>>,
    routes: Arc<RwLock<Vec<Route>>>,
}

/// Where the events of one project go.
#[derive(Debug)]
struct Route {
    specs: PathBuf,
    hints: mpsc::Sender<Hint>,
    overflowed: Arc<AtomicBool>,
}

/// The hints of one project. Its watches end when it is dropped.
#[derive(Debug)]
pub struct Subscription {
    watcher: Watcher,
    specs: PathBuf,
    hints: mpsc::Receiver<Hint>,
    overflowed: Arc<AtomicBool>,
}

impl Watcher {
    /// Starts the watcher, which watches nothing yet. Where the platform refuses one, every
    /// project polls and says why.
    #[must_use]
    pub fn start() -> Self {
        Self::default()
    }

    /// Takes hints for one specs folder from now on; [`Arm::arm`] sets the watches.
    #[must_use]
    pub fn subscribe(&self, specs: &Path) -> Subscription {
        let (sender, hints) = mpsc::channel(HINTS_MAX);
        let overflowed = Arc::new(AtomicBool::new(false));
        let route =
            Route { specs: specs.to_owned(), hints: sender, overflowed: Arc::clone(&overflowed) };
        let mut routes = self.inner.routes.write().unwrap_or_else(PoisonError::into_inner);
        routes.push(route);
        Subscription { watcher: self.clone(), specs: specs.to_owned(), hints, overflowed }
    }
}

impl Subscription {
    /// The next hint. Cancel safe.
    pub async fn next(&mut self) -> Hint {
        match self.hints.recv().await {
            Some(hint) => hint,
            // The route is dropped only together with this subscription.
            None => std::future::pending().await,
        }
    }

    /// One more hint, if one waits already.
    pub fn try_next(&mut self) -> Option<Hint> {
        self.hints.try_recv().ok()
    }

    /// Whether hints were lost since the last call. Looked at after taking hints: a full queue
    /// always has some to take.
    #[must_use]
    pub fn overflowed(&self) -> bool {
        self.overflowed.swap(false, Ordering::AcqRel)
    }

    /// What sets the watches; it blocks, so it runs on another thread.
    #[must_use]
    pub fn arm(&self) -> Arm {
        Arm {
            watcher: self.watcher.clone(),
            specs: self.specs.clone(),
            route: Arc::clone(&self.overflowed),
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut routes = self.watcher.inner.routes.write().unwrap_or_else(PoisonError::into_inner);
        // By the flag: two subscriptions may share a folder.
        routes.retain(|route| !Arc::ptr_eq(&route.overflowed, &self.overflowed));
        drop(routes);
        self.arm().release();
    }
}

/// Sets and settles the watches of one project. Every call blocks.
#[derive(Debug, Clone)]
pub struct Arm {
    watcher: Watcher,
    specs: PathBuf,
    /// Tells our own route from those of others.
    route: Arc<AtomicBool>,
}

impl Arm {
    /// Watches the specs folder with all below it, and the folder it stands in, so that its own
    /// coming and going is seen. Old watches of a folder that was replaced are dropped first.
    ///
    /// # Errors
    /// A sentence for the user: why native events do not cover it.
    pub fn arm(&self) -> Result<(), String> {
        let mut native = self.native();
        let watcher = self.alive(&mut native)?;
        let parent = self.parent();
        // Watching a folder once more without what is below it would take away what it has.
        if !self.any_other(|specs| parent.starts_with(specs)) {
            watcher.watch(parent, RecursiveMode::NonRecursive).map_err(|error| in_words(&error))?;
        }
        // Not watched yet, or gone with the folder: both are fine.
        let _ = watcher.unwatch(&self.specs);
        watcher.watch(&self.specs, RecursiveMode::Recursive).map_err(|error| in_words(&error))
    }

    /// Waits until the watcher has set the watches for everything it has told of: a folder that is
    /// listed after this has no file that is neither listed nor told of later.
    pub fn settle(&self) {
        // Whether it answers makes no difference here: a dead watcher is noticed by the canary.
        let _ = is_alive(&mut self.native());
    }

    fn release(&self) {
        let mut native = self.native();
        if !is_alive(&mut native) {
            return;
        }
        let Some(watcher) = native.as_mut() else { return };
        if !self.any_other(|specs| specs == self.specs) {
            let _ = watcher.unwatch(&self.specs);
        }
        let parent = self.parent();
        if !self.any_other(|specs| specs == parent || specs.parent() == Some(parent)) {
            let _ = watcher.unwatch(parent);
        }
    }

    fn parent(&self) -> &Path {
        self.specs.parent().unwrap_or(&self.specs)
    }

    fn for_others(&self, visit: impl FnMut(&Route)) {
        let routes = self.watcher.inner.routes.read().unwrap_or_else(PoisonError::into_inner);
        let others = routes.iter().filter(|route| !Arc::ptr_eq(&route.overflowed, &self.route));
        others.for_each(visit);
    }

    /// Whether the specs folder of any other subscription is such.
    fn any_other(&self, is_such: impl Fn(&Path) -> bool) -> bool {
        let mut any = false;
        self.for_others(|route| any |= is_such(&route.specs));
        any
    }

    fn native(&self) -> MutexGuard<'_, Option<RecommendedWatcher>> {
        self.watcher.inner.native.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The running watcher; a new one when there is none yet or its thread has died.
    fn alive<'a>(
        &self,
        native: &'a mut Option<RecommendedWatcher>,
    ) -> Result<&'a mut RecommendedWatcher, String> {
        if !is_alive(native) {
            // Dropping a watcher whose thread has died would panic: it talks to the thread.
            std::mem::forget(native.take());
            let routes = Arc::clone(&self.watcher.inner.routes);
            let config = Config::default().with_follow_symlinks(false).with_event_kinds(TOLD);
            let watcher = RecommendedWatcher::new(move |event| dispatch(&routes, event), config)
                .map_err(|error| in_words(&error))?;
            *native = Some(watcher);
            // The watches of the others died with the old one.
            self.for_others(|route| route.send(Hint::Root));
        }
        native.as_mut().ok_or_else(|| "the watcher could not be started".to_owned())
    }
}

/// A watcher whose thread has died refuses to be configured; asked to watch, it would panic.
/// Since the thread answers in turn, this also waits for what it is doing.
fn is_alive(native: &mut Option<RecommendedWatcher>) -> bool {
    native.as_mut().is_some_and(|watcher| watcher.configure(Config::default()).is_ok())
}

/// A limit lasts; every other trouble is over when everything was compared again.
fn is_limit(error: &notify::Error) -> bool {
    matches!(error.kind, notify::ErrorKind::MaxFilesWatch)
}

fn in_words(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the limit of watched folders is reached: raise fs.inotify.max_user_watches with sysctl"
                .to_owned()
        }
        notify::ErrorKind::Io(io) if io.raw_os_error() == Some(EMFILE) => {
            "the limit of file watchers is reached: raise fs.inotify.max_user_instances with sysctl"
                .to_owned()
        }
        _ => format!("the system refuses to watch it: {error}"),
    }
}

/// "Too many open files", the same number on every Unix; on Windows 24 is another error, for which
/// the general words would do as well.
const EMFILE: i32 = 24;

fn dispatch(routes: &RwLock<Vec<Route>>, event: notify::Result<Event>) {
    let routes = routes.read().unwrap_or_else(PoisonError::into_inner);
    match event {
        // Before any loop over paths: this one has none.
        Ok(event) if event.need_rescan() => {
            routes.iter().for_each(|route| route.send(Hint::Everything));
        }
        Ok(event) => {
            let Some(closed) = matters(event.kind) else { return };
            for path in &event.paths {
                for route in routes.iter() {
                    if let Some(hint) = to_hint(&route.specs, path, closed) {
                        route.send(hint);
                    }
                }
            }
        }
        Err(error) => {
            let hint = if is_limit(&error) {
                Hint::Trouble(in_words(&error))
            } else {
                log::warn!("the file watcher stumbled ({error}): comparing everything again");
                Hint::Everything
            };
            for route in routes.iter() {
                let concerned = |path: &PathBuf| path.starts_with(&route.specs);
                if error.paths.is_empty() || error.paths.iter().any(concerned) {
                    route.send(hint.clone());
                }
            }
        }
    }
}

/// Whether an event can mean a change, and if so whether a writer closed the file.
fn matters(kind: EventKind) -> Option<bool> {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(true),
        EventKind::Access(_) => None,
        _ => Some(false),
    }
}

impl Route {
    fn send(&self, hint: Hint) {
        if self.hints.try_send(hint).is_err() {
            self.overflowed.store(true, Ordering::Release);
        }
    }
}
