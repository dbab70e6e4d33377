//! What is wrong with the link, said once, with what to do; and how long to wait for that.

use tokio::time::Instant;

use super::{KEY_TICK, Link};
use crate::exit::{Exit, Failure};
use crate::state::status::Mode;
use crate::uplink::auth::Login;
use crate::uplink::http::CallError;
use crate::uplink::retry::REFUSED;

impl Link {
    /// Says once what is wrong, for as long as it stays the same.
    pub(super) fn explain(&self, error: &CallError) {
        let url = self.relay.url();
        let trouble = if error.is_about_the_key() {
            let reason = error.reason();
            format!(
                "{reason}. Make a key on the relay with `leanspec-relay key create --scope bridge`, \
                 then type: leanspec-bridge login --relay {url} (the specs go on being watched; \
                 the next try is in 5 minutes, or at once after the login)"
            )
        } else {
            error.to_string()
        };
        self.board.link(|link| {
            if link.trouble.as_deref() != Some(&trouble) {
                log::warn!("{}: {trouble}", url.label());
            }
            link.connected = false;
            link.mode = Mode::Offline;
            link.http = None;
            link.trouble = Some(trouble);
        });
    }

    /// Waits five minutes, or until `login` stored another key beside us.
    pub(super) async fn wait_for_another_key(&self, error: &CallError) {
        if self.once {
            let message = format!("{}: {error}", self.relay.url().label());
            self.end.because(Err(Failure::new(Exit::KeyRefused, message)));
            return;
        }
        let stored = || Login::read(&self.state).ok().flatten();
        let (before, until) = (stored(), Instant::now() + REFUSED);
        while Instant::now() < until && stored() == before {
            tokio::time::sleep(KEY_TICK).await;
        }
    }
}

/// Another computer speaks for this machine: only a person can say which of the two is meant.
pub(super) fn taken(error: &CallError) -> Failure {
    Failure::new(
        Exit::KeyRefused,
        format!(
            "{error} Is this a cloned disk or a copied state folder? Then type \
             `leanspec-bridge run --new-machine`. Did the machine move here? Then type \
             `leanspec-bridge run --take-over`"
        ),
    )
}
