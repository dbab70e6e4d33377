//! Why the program ends: the first cause counts, and every task learns of it by the token.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::exit::Failure;

/// The end of the program. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct End {
    cause: Arc<OnceLock<Result<(), Failure>>>,
    token: CancellationToken,
}

impl End {
    /// Ends everything, well or not.
    pub fn because(&self, cause: Result<(), Failure>) {
        let _ = self.cause.set(cause);
        self.token.cancel();
    }

    /// Returns when the end has come.
    pub async fn come(&self) {
        self.token.cancelled().await;
    }

    /// Whether the end has come.
    #[must_use]
    pub fn has_come(&self) -> bool {
        self.token.is_cancelled()
    }

    /// For tasks that take a token.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// The cause; well when there was none.
    ///
    /// # Errors
    /// What went wrong.
    pub fn cause(&self) -> Result<(), Failure> {
        self.cause.get().cloned().unwrap_or(Ok(()))
    }
}
