//! The listening side: bind, accept, and an ordered, bounded end.

mod connection;
mod signal;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use signal::StopSignals;

use crate::config::Config;
use crate::state::Relay;
use crate::store::{StoreError, open_identity};
use crate::{jobs, router};

/// Connections that may be open; who comes later waits in the system's queue.
const CONNECTIONS_MAX: usize = 10_000;
/// After an error of `accept`, such as no descriptor left: time for one to become free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why a relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}: {error}; choose another with --listen")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// The databases cannot be used.
    #[error("cannot open the data in {folder}: {error}")]
    Store {
        /// Where.
        folder: String,
        /// Why not.
        error: StoreError,
    },
}

/// A relay that listens.
pub struct Server {
    relay: Relay,
    address: SocketAddr,
    /// Nothing new is accepted.
    stop: CancellationToken,
    jobs_stop: CancellationToken,
    jobs: JoinSet<()>,
    accepting: JoinSet<()>,
    connections: TaskTracker,
    /// What is still open is dropped.
    abandon: CancellationToken,
}

impl Server {
    /// Opens the store, listens, and starts to serve.
    ///
    /// # Errors
    /// When the address or the databases cannot be used.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let (address, folder) = (config.listen, config.data.clone());
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| StartError::Listen { address, error })?;
        let address =
            listener.local_addr().map_err(|error| StartError::Listen { address, error })?;
        let failed = |error| StartError::Store { folder: folder.display().to_string(), error };
        let relay = Relay::open(config).await.map_err(failed)?;
        let identity = open_identity(&folder).map_err(failed)?;
        let (stop, jobs_stop) = (CancellationToken::new(), CancellationToken::new());
        let abandon = CancellationToken::new();
        let mut jobs = JoinSet::new();
        jobs::start(&relay, identity, &jobs_stop, &mut jobs);
        let connections = TaskTracker::new();
        let accept = Accept {
            listener,
            router: router::router(&relay),
            stop: stop.clone(),
            abandon: abandon.clone(),
            connections: connections.clone(),
        };
        let mut accepting = JoinSet::new();
        accepting.spawn(accept.run());
        Ok(Self { relay, address, stop, jobs_stop, jobs, accepting, connections, abandon })
    }

    /// Where it listens: the port is the one the system chose when port 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// How browsers reach it.
    #[must_use]
    pub fn public_url(&self) -> String {
        let configured = self.relay.config.public_url.clone();
        configured.unwrap_or_else(|| format!("http://{}", self.address))
    }

    /// What its calls share.
    #[must_use]
    pub fn relay(&self) -> &Relay {
        &self.relay
    }

    /// Stops in order, within `grace` and the time of a last commit: accept nothing more, say so in
    /// `/readyz`, end the feeds with `bye`, let calls under way finish, write everything down.
    pub async fn shutdown(mut self, grace: Duration) {
        let deadline = Instant::now() + grace;
        self.relay.drain();
        self.stop.cancel();
        self.accepting.shutdown().await;
        self.connections.close();
        if tokio::time::timeout_at(deadline, self.connections.wait()).await.is_err() {
            tracing::warn!(open = self.connections.len(), "connections did not end in time");
            self.abandon.cancel();
            self.connections.wait().await;
        }
        self.jobs_stop.cancel();
        while self.jobs.join_next().await.is_some() {}
        self.relay.store.close().await;
    }
}

struct Accept {
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    abandon: CancellationToken,
    connections: TaskTracker,
}

impl Accept {
    async fn run(self) {
        let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = self.listener.accept() => accepted,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let (router, stop, abandon) =
                (self.router.clone(), self.stop.clone(), self.abandon.clone());
            let streams = self.connections.clone();
            self.connections.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = abandon.cancelled() => {}
                    () = connection::serve(stream, router, stop, streams) => {}
                }
            });
        }
    }
}
