//! The feeds that are open: counted, limited, and told when they have to end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leanspec_shared::feed::ByeReason;
use leanspec_shared::id::{InstanceId, KeyId, MachineId};
use tokio::sync::oneshot;

use crate::store::AccountId;

/// A limit that is reached: how many may be open.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Limit(pub(crate) u64);

/// Whose feed it is.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) key: KeyId,
    pub(crate) account: AccountId,
    /// For a command feed: the machine.
    pub(crate) machine: Option<MachineId>,
    /// For a command feed: the process that reads it.
    pub(crate) instance: Option<InstanceId>,
}

impl Opening {
    /// Whether it is a command feed of this machine.
    pub(crate) fn is_of(&self, (account, machine): &(AccountId, MachineId)) -> bool {
        self.account == *account && self.machine.as_ref() == Some(machine)
    }
}

struct Entry {
    opening: Opening,
    end: Option<oneshot::Sender<ByeReason>>,
}

#[derive(Default)]
struct Entries {
    next: u64,
    by_number: HashMap<u64, Entry>,
    closed: bool,
}

/// The feeds that are open.
pub(crate) struct OpenFeeds {
    entries: Arc<Mutex<Entries>>,
    max: usize,
    max_per_key: usize,
}

/// Takes a feed out of the list when it is dropped.
pub(crate) struct FeedGuard {
    number: u64,
    entries: Arc<Mutex<Entries>>,
}

impl Drop for FeedGuard {
    fn drop(&mut self) {
        locked(&self.entries).by_number.remove(&self.number);
    }
}

fn locked(entries: &Mutex<Entries>) -> MutexGuard<'_, Entries> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OpenFeeds {
    pub(crate) fn new(max: usize, max_per_key: usize) -> Self {
        Self { entries: Arc::default(), max, max_per_key }
    }

    /// Lists a feed. The receiver says when and why it has to end.
    pub(crate) fn register(
        &self,
        opening: Opening,
    ) -> Result<(FeedGuard, oneshot::Receiver<ByeReason>), Limit> {
        let mut entries = locked(&self.entries);
        let of_key = |entry: &&Entry| entry.opening.key == opening.key;
        if entries.by_number.len() >= self.max {
            return Err(Limit(self.max as u64));
        }
        if entries.by_number.values().filter(of_key).count() >= self.max_per_key {
            return Err(Limit(self.max_per_key as u64));
        }
        let (end, ended) = oneshot::channel();
        let mut end = Some(end);
        if entries.closed
            && let Some(end) = end.take()
        {
            let _ = end.send(ByeReason::Shutdown);
        }
        entries.next += 1;
        let number = entries.next;
        entries.by_number.insert(number, Entry { opening, end });
        Ok((FeedGuard { number, entries: Arc::clone(&self.entries) }, ended))
    }

    /// Ends the feeds that `concerned` picks.
    pub(crate) fn end(&self, reason: &ByeReason, concerned: impl Fn(&Opening) -> bool) {
        for entry in locked(&self.entries).by_number.values_mut() {
            if concerned(&entry.opening)
                && let Some(end) = entry.end.take()
            {
                // Fails only when the feed has just ended by itself.
                let _ = end.send(reason.clone());
            }
        }
    }

    /// Whether a command feed of this machine is open, and was not told to end.
    pub(crate) fn listens(&self, who: &(AccountId, MachineId)) -> bool {
        let entries = locked(&self.entries);
        entries.by_number.values().any(|entry| entry.end.is_some() && entry.opening.is_of(who))
    }

    /// Ends all, and each that comes later at once.
    pub(crate) fn shut_down(&self) {
        locked(&self.entries).closed = true;
        self.end(&ByeReason::Shutdown, |_| true);
    }

    /// The keys of the feeds that are open, each once.
    pub(crate) fn keys(&self) -> Vec<KeyId> {
        let entries = locked(&self.entries);
        let keys = entries.by_number.values().map(|entry| entry.opening.key.clone());
        let mut keys: Vec<_> = keys.collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// How many are open: of people, of bridges.
    pub(crate) fn count(&self) -> (usize, usize) {
        let entries = locked(&self.entries);
        let of_bridge = |entry: &&Entry| entry.opening.machine.is_some();
        let bridges = entries.by_number.values().filter(of_bridge).count();
        (entries.by_number.len() - bridges, bridges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(key: &str) -> Opening {
        Opening {
            key: key.parse().expect("valid"),
            account: AccountId::from("a".to_owned()),
            machine: None,
            instance: None,
        }
    }

    #[test]
    fn a_limit_holds_for_all_and_for_each_key_and_a_closed_feed_makes_room() {
        let feeds = OpenFeeds::new(3, 2);
        let first = feeds.register(opening("k1")).expect("room");
        let _second = feeds.register(opening("k1")).expect("room");
        assert_eq!(feeds.register(opening("k1")).err(), Some(Limit(2)));
        let _third = feeds.register(opening("k2")).expect("room");
        assert_eq!(feeds.register(opening("k3")).err(), Some(Limit(3)));
        drop(first);
        assert!(feeds.register(opening("k1")).is_ok());
    }

    #[test]
    fn only_the_feeds_concerned_are_told_and_a_late_one_is_told_at_once() {
        let feeds = OpenFeeds::new(9, 9);
        let (_guard, mut ended) = feeds.register(opening("k1")).expect("room");
        let (_other_guard, mut other) = feeds.register(opening("k2")).expect("room");
        feeds.end(&ByeReason::Revoked, |opening| opening.key.as_str() == "k1");
        assert_eq!(ended.try_recv(), Ok(ByeReason::Revoked));
        assert!(other.try_recv().is_err());
        feeds.shut_down();
        assert_eq!(other.try_recv(), Ok(ByeReason::Shutdown));
        let (_late_guard, mut late) = feeds.register(opening("k3")).expect("room");
        assert_eq!(late.try_recv(), Ok(ByeReason::Shutdown));
    }
}
