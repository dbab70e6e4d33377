//! Who is there: a machine is online while a feed of it is open, and for a while after the last one
//! has ended. Decided here, in memory and with the time as an argument; written by the job.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use leanspec_shared::id::MachineId;
use leanspec_shared::time::Timestamp;

use crate::store::AccountId;

/// A machine of an account.
pub(crate) type Who = (AccountId, MachineId);

/// A change of presence that is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) who: Who,
    pub(crate) online: bool,
    /// When it was last heard of.
    pub(crate) at: Timestamp,
}

#[derive(Default)]
struct Entry {
    open: HashSet<u64>,
    online: bool,
    /// When it goes offline, unless a feed opens; and when its last one ended.
    leaving: Option<(Instant, Timestamp)>,
}

/// The machines that are there, or were a moment ago.
pub(crate) struct Presence {
    machines: HashMap<Who, Entry>,
    /// Nobody goes offline before: after a restart of the relay all feeds are gone at once.
    patience_until: Instant,
    offline_after: Duration,
    changes: Vec<Change>,
    next_connection: u64,
}

impl Presence {
    pub(crate) fn new(started: Instant, grace: Duration, offline_after: Duration) -> Self {
        Self {
            machines: HashMap::new(),
            patience_until: started + grace,
            offline_after,
            changes: Vec::new(),
            next_connection: 0,
        }
    }

    /// A machine that was online when the relay stopped: it is given time to come back.
    pub(crate) fn was_online(&mut self, who: Who, last_seen: Timestamp) {
        let leaving = Some((self.patience_until, last_seen));
        self.machines.insert(who, Entry { online: true, leaving, ..Entry::default() });
    }

    /// A feed of a machine opened; the number by which it closes.
    pub(crate) fn opened(&mut self, who: &Who, at: Timestamp) -> u64 {
        self.next_connection += 1;
        let entry = self.machines.entry(who.clone()).or_default();
        entry.open.insert(self.next_connection);
        entry.leaving = None;
        if !entry.online {
            entry.online = true;
            self.changes.push(Change { who: who.clone(), online: true, at });
        }
        self.next_connection
    }

    /// A feed of a machine closed. Only the last one starts the countdown: a late close of an old
    /// connection ends nothing.
    pub(crate) fn closed(&mut self, who: &Who, connection: u64, now: Instant, at: Timestamp) {
        let Some(entry) = self.machines.get_mut(who) else { return };
        if entry.open.remove(&connection) && entry.open.is_empty() && entry.online {
            let leaves = (now + self.offline_after).max(self.patience_until);
            entry.leaving = Some((leaves, at));
        }
    }

    /// A machine said that it stops, or was forgotten: what is still open of it counts no more. The
    /// change is stored again after whatever is on its way, so that no older one is the last.
    pub(crate) fn left(&mut self, who: &Who, at: Timestamp) {
        self.machines.remove(who);
        self.changes.push(Change { who: who.clone(), online: false, at });
    }

    /// The changes up to now, in order.
    pub(crate) fn take_changes(&mut self, now: Instant) -> Vec<Change> {
        let due = |entry: &Entry| entry.leaving.filter(|(leaves, _)| *leaves <= now);
        let gone: Vec<_> = self
            .machines
            .iter()
            .filter_map(|(who, entry)| due(entry).map(|(_, at)| (who.clone(), at)))
            .collect();
        for (who, at) in gone {
            self.machines.remove(&who);
            self.changes.push(Change { who, online: false, at });
        }
        std::mem::take(&mut self.changes)
    }

    /// When the next machine goes offline, unless something happens.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.machines.values().filter_map(|entry| entry.leaving).map(|(leaves, _)| leaves).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_unix_ms(0)
    }

    fn who() -> Who {
        (AccountId::from("a".to_owned()), "m1".parse().expect("valid"))
    }

    fn presence(started: Instant) -> Presence {
        Presence::new(started, Duration::from_secs(60), Duration::from_secs(45))
    }

    fn words(changes: &[Change]) -> Vec<bool> {
        changes.iter().map(|change| change.online).collect()
    }

    #[test]
    fn a_machine_is_offline_45_seconds_after_its_last_feed_and_not_before() {
        let start = Instant::now();
        let mut presence = presence(start);
        let connection = presence.opened(&who(), at());
        assert_eq!(words(&presence.take_changes(start)), [true]);
        let closed = start + Duration::from_secs(100);
        presence.closed(&who(), connection, closed, at());
        assert!(presence.take_changes(closed + Duration::from_secs(44)).is_empty());
        assert_eq!(presence.next_due(), Some(closed + Duration::from_secs(45)));
        assert_eq!(words(&presence.take_changes(closed + Duration::from_secs(45))), [false]);
        assert_eq!(presence.next_due(), None);
    }

    /// The predecessor removed the new connection when the old one's close came late, and showed a
    /// machine online to which nothing was delivered.
    #[test]
    fn a_late_close_of_an_old_connection_ends_nothing() {
        let start = Instant::now();
        let mut presence = presence(start);
        let old = presence.opened(&who(), at());
        let new = presence.opened(&who(), at());
        presence.closed(&who(), old, start, at());
        presence.closed(&who(), old, start, at());
        let later = start + Duration::from_secs(1000);
        assert_eq!(words(&presence.take_changes(later)), [true]);
        presence.closed(&who(), new, later, at());
        assert_eq!(words(&presence.take_changes(later + Duration::from_secs(46))), [false]);
    }

    #[test]
    fn nobody_goes_offline_in_the_first_minute_after_a_restart() {
        let start = Instant::now();
        let mut presence = presence(start);
        presence.was_online(who(), at());
        let connection = presence.opened(&who(), at());
        presence.closed(&who(), connection, start, at());
        assert!(presence.take_changes(start + Duration::from_secs(59)).is_empty());
        assert_eq!(words(&presence.take_changes(start + Duration::from_secs(60))), [false]);
    }

    #[test]
    fn who_stops_on_purpose_is_gone_and_its_late_close_changes_nothing() {
        let start = Instant::now();
        let mut presence = presence(start);
        let connection = presence.opened(&who(), at());
        presence.take_changes(start);
        presence.left(&who(), at());
        assert_eq!(words(&presence.take_changes(start)), [false]);
        presence.closed(&who(), connection, start, at());
        assert!(presence.take_changes(start + Duration::from_secs(1000)).is_empty());
        presence.opened(&who(), at());
        assert_eq!(words(&presence.take_changes(start)), [true]);
    }
}
