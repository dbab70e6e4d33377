//! The platform's file events as hints: the only importer of notify.
//!
//! One watcher (one inotify instance, one thread) serves all projects. Its callback converts and
//! enqueues, nothing else. A hint says that something may have changed, never what.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use leanspec_shared::path::FilePath;
use notify::event::{AccessKind, AccessMode};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::filter::OWN_PREFIX;
use super::list::wire_path;

/// Hints that may wait for one project. Beyond, one bit says "look at everything".
const HINTS_MAX: usize = 4096;

/// What the platform says may have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Something at this path, or below it.
    Path {
        /// Below the specs folder.
        path: FilePath,
        /// A writer closed it: what is there now is meant to be there.
        closed: bool,
    },
    /// One of our own files, by its name: the canary was seen.
    Own(String),
    /// The specs folder itself came, went or was replaced.
    Root,
    /// Anything: events were lost.
    Everything,
    /// The watcher cannot cover all of it, with the system's words.
    Trouble(String),
}

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
        if !self.others().any(|specs| parent.starts_with(specs)) {
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
        if !self.others().any(|specs| specs == self.specs) {
            let _ = watcher.unwatch(&self.specs);
        }
        let parent = self.parent();
        let wanted = |specs: &Path| specs == parent || specs.parent() == Some(parent);
        if !self.others().any(|specs| wanted(&specs)) {
            let _ = watcher.unwatch(parent);
        }
    }

    fn parent(&self) -> &Path {
        self.specs.parent().unwrap_or(&self.specs)
    }

    /// The specs folders of other subscriptions.
    fn others(&self) -> impl Iterator<Item = PathBuf> {
        let routes = self.watcher.inner.routes.read().unwrap_or_else(PoisonError::into_inner);
        let others = routes.iter().filter(|route| !Arc::ptr_eq(&route.overflowed, &self.route));
        others.map(|route| route.specs.clone()).collect::<Vec<_>>().into_iter()
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
            let config = Config::default().with_follow_symlinks(false);
            let watcher = RecommendedWatcher::new(move |event| dispatch(&routes, event), config)
                .map_err(|error| in_words(&error))?;
            *native = Some(watcher);
        }
        native.as_mut().ok_or_else(|| "the watcher could not be started".to_owned())
    }
}

/// A watcher whose thread has died refuses to be configured; asked to watch, it would panic.
/// Since the thread answers in turn, this also waits for what it is doing.
fn is_alive(native: &mut Option<RecommendedWatcher>) -> bool {
    native.as_mut().is_some_and(|watcher| watcher.configure(Config::default()).is_ok())
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
            routes.iter().for_each(|route| route.send(Hint::Everything))
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
            let words = in_words(&error);
            for route in routes.iter() {
                let concerned = error.paths.is_empty()
                    || error.paths.iter().any(|path| path.starts_with(&route.specs));
                if concerned {
                    route.send(Hint::Trouble(words.clone()));
                }
            }
        }
    }
}

/// Whether an event can mean a change, and if so whether a writer closed the file. Opening and
/// reading are not: our own reading would wake us for ever.
fn matters(kind: EventKind) -> Option<bool> {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(true),
        EventKind::Access(_) => None,
        _ => Some(false),
    }
}

fn to_hint(specs: &Path, path: &Path, closed: bool) -> Option<Hint> {
    let Ok(relative) = path.strip_prefix(specs) else { return None };
    let mut found: Option<FilePath> = None;
    for component in relative.components() {
        match wire_path(found.as_ref(), component.as_os_str()) {
            Some(path) => found = Some(path),
            // A name that cannot travel: its folder is listed, which lists it as skipped.
            None => {
                return Some(
                    found.map_or(Hint::Everything, |path| Hint::Path { path, closed: false }),
                );
            }
        }
    }
    Some(match found {
        None => Hint::Root,
        Some(path) if path.file_name().starts_with(OWN_PREFIX) => {
            Hint::Own(path.file_name().to_owned())
        }
        Some(path) => Hint::Path { path, closed },
    })
}

impl Route {
    fn send(&self, hint: Hint) {
        if self.hints.try_send(hint).is_err() {
            self.overflowed.store(true, Ordering::Release);
        }
    }
}
