//! The platform's file events as hints: the only importer of notify.

/// The one file watcher of the process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Watcher {}

impl Watcher {
    /// Starts the watcher, which watches nothing yet. Where the platform refuses one, every
    /// project polls and says why.
    #[must_use]
    pub fn start() -> Self {
        Self {}
    }
}
