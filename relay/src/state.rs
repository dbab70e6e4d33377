//! What all calls share.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{Machine, Scope};
use tokio::sync::{Notify, Semaphore};

use crate::auth;
use crate::commands;
use crate::config::Config;
use crate::feed::hub::{Hub, LocalHub};
use crate::feed::open_feeds::OpenFeeds;
use crate::metrics::Metrics;
use crate::presence::{Presence, Who};
use crate::store::{
    AccountId, Store, StoreError, StoreOptions, WriteTransaction, account, event, holder, machine,
};

/// The version of this relay.
pub const RELAY_VERSION: &str = env!("CARGO_PKG_VERSION");
/// How this relay names itself in `hello`.
pub(crate) const SERVER_NAME: &str = concat!("leanspec-relay/", env!("CARGO_PKG_VERSION"));

/// Bodies that are decoded at the same time: each may take some megabytes.
const BODIES_DECODED_MAX: usize = 4;

/// The relay, as its handlers and jobs see it; clones share it.
#[derive(Clone)]
pub struct Relay(Arc<Shared>);

/// See [`Relay`].
pub struct Shared {
    pub(crate) config: Config,
    pub(crate) account: AccountId,
    pub(crate) store: Store,
    pub(crate) hub: Arc<dyn Hub>,
    pub(crate) open_feeds: OpenFeeds,
    pub(crate) presence_changed: Notify,
    /// A command waits for its machine: wakes the job that ends it when its time is up.
    pub(crate) command_queued: Notify,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) bodies: Semaphore,
    presence: Mutex<Presence>,
    draining: AtomicBool,
    first_code: Option<String>,
}

impl Deref for Relay {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What is read and made before the first call.
struct Start {
    account: AccountId,
    online: Vec<Machine>,
    first_code: Option<String>,
}

impl Relay {
    /// Opens the store, makes the account on the very first start, and brings the mirror to where
    /// the first call finds it.
    ///
    /// # Errors
    /// When the store cannot be opened or written.
    pub async fn open(config: Config) -> Result<Self, StoreError> {
        let options =
            StoreOptions { folder: config.data.clone(), mirror_max_bytes: config.mirror_max_bytes };
        let (hub, metrics) = (Arc::new(LocalHub::default()), Arc::new(Metrics::default()));
        let (live, counted) = (Arc::clone(&hub), Arc::clone(&metrics));
        let on_commit = Box::new(move |events: Vec<_>| {
            counted.events.inc_by(events.len() as u64);
            live.publish(&events);
        });
        let store = Store::open(&options, on_commit)?;
        let start: Start = store.write::<_, StoreError, _>(prepare).await?;
        let mut presence = Presence::new(Instant::now(), config.start_grace, config.offline_after);
        for machine in start.online {
            presence.was_online((start.account.clone(), machine.id), machine.last_seen);
        }
        Ok(Self(Arc::new(Shared {
            open_feeds: OpenFeeds::new(config.feeds_max, config.feeds_per_key_max),
            config,
            account: start.account,
            store,
            hub,
            presence_changed: Notify::new(),
            command_queued: Notify::new(),
            metrics,
            bodies: Semaphore::new(BODIES_DECODED_MAX),
            presence: Mutex::new(presence),
            draining: AtomicBool::new(false),
            first_code: start.first_code,
        })))
    }
}

impl Shared {
    /// The code of the first sign-in link, when this start made the account.
    #[must_use]
    pub fn first_code(&self) -> Option<&str> {
        self.first_code.as_deref()
    }

    /// Who is there.
    pub(crate) fn presence(&self) -> MutexGuard<'_, Presence> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A machine is gone for good, or said that it stops.
    pub(crate) fn left(&self, who: &Who) {
        self.presence().left(who, Timestamp::from(SystemTime::now()));
        self.presence_changed.notify_one();
    }

    /// Whether the relay is stopping.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// The relay stops: no more traffic is to be sent, and feeds end.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.open_feeds.shut_down();
    }
}

fn prepare(transaction: &mut WriteTransaction<'_>) -> Result<Start, StoreError> {
    let (account, first_code) = match account::only(transaction)? {
        Some(account) => (account, None),
        None => {
            let account = account::create(transaction, transaction.now())?;
            let now = Timestamp::from(SystemTime::now());
            let code = auth::issue_code(transaction, &account, &Scope::Admin, now)?;
            (account, Some(code))
        }
    };
    if event::floor(transaction, &account)?.is_none() {
        fill_new_mirror(transaction, &account)?;
    }
    let untold = commands::tell_untold(transaction, &account)?;
    if untold > 0 {
        tracing::info!(untold, "events of commands were missing and are told again");
    }
    let machines = machine::list(transaction, &account)?;
    let online = machines.into_iter().filter(|machine| machine.online).collect();
    Ok(Start { account, online, first_code })
}

/// A mirror that is new, or was deleted: its history starts above every number ever given, and the
/// machines that identity knows are there at once, before their bridges come back.
fn fill_new_mirror(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
) -> Result<(), StoreError> {
    let floor = transaction.unused_cursor(account)?;
    event::set_floor(transaction, account, &floor)?;
    for holder in holder::list(transaction, account)? {
        let known = Machine {
            id: holder.machine.clone(),
            name: holder.name().to_owned(),
            os: holder.os.clone(),
            bridge_version: holder.bridge_version.clone(),
            online: false,
            last_seen: holder.last_seen,
        };
        machine::put(transaction, account, &known)?;
    }
    Ok(())
}
