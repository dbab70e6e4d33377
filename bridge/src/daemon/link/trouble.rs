//! What is wrong with the link, said once, with what to do; and how long to wait for that.

use std::time::Duration;

use tokio::time::Instant;

use super::{KEY_TICK, Link};
use crate::exit::{Exit, Failure};
use crate::random;
use crate::state::status::Mode;
use crate::uplink::auth::Login;
use crate::uplink::http::CallError;
use crate::uplink::retry::{Backoff, Lost, REFUSED};

/// How often a wait looks whether the network is back or another one.
const NETWORK_TICK: Duration = Duration::from_secs(1);

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

    /// Waits before the next try; not longer than until the network is back, or another one. `life`
    /// is how long the link was up, where it was.
    pub(super) async fn wait(
        &self,
        error: &CallError,
        life: Option<Duration>,
        backoff: &mut Backoff,
    ) {
        let lost = match (life, error) {
            (Some(_), CallError::Absent(_)) => Lost::Stopped,
            (Some(life), _) => Lost::Cut { life },
            (None, CallError::Absent(_)) => Lost::Absent,
            (None, error) if error.is_of_a_gateway() => Lost::Absent,
            (None, _) => Lost::Unreached,
        };
        let wait = match error.retry_after() {
            Some(asked) => backoff.fail(random::fraction(), Some(asked)),
            None => backoff.away(random::fraction(), lost),
        };
        log::debug!("{error}; again in {} ms", wait.as_millis());
        let until = Instant::now() + wait;
        while Instant::now() < until {
            tokio::time::sleep_until(until.min(Instant::now() + NETWORK_TICK)).await;
            if self.relay.route().look_around() {
                log::info!("this computer is on another network; trying at once");
                self.relay.leave_connections();
                return backoff.reset();
            }
        }
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
