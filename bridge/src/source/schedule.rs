//! When everything is listed again. Pure: time and chance are arguments.

use std::time::{Duration, Instant};

/// Between two scans that read every byte: this, and up to half of it more by chance, so that
/// many bridges do not scan at one moment.
pub const FULL_SCAN_EVERY: Duration = Duration::from_secs(600);

/// Between two listings that were asked for out of doubt, at first. Without it, listings that
/// cause the events that cause them would feed themselves.
const GAP_MIN: Duration = Duration::from_millis(200);
/// The same, at most.
const GAP_MAX: Duration = Duration::from_secs(30);

/// Between two rounds of polling, at least.
const POLL_MIN: Duration = Duration::from_secs(2);
/// The same, at most.
const POLL_MAX: Duration = Duration::from_secs(60);
/// A round of polling takes at most one part in this many of the time.
const POLL_SHARE: u32 = 50;

/// One listing of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// Read every file, whatever its stat says.
    pub every_byte: bool,
    /// Nobody asked for it: what it finds was missed by the watcher.
    pub routine: bool,
}

/// The scans to come.
#[derive(Debug)]
pub struct Schedule {
    asked: Option<Instant>,
    routine_at: Instant,
    poll: bool,
    gap: Duration,
    ended: Option<Instant>,
}

impl Schedule {
    /// The first scan is due at once and reads every byte.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { asked: None, routine_at: now, poll: false, gap: GAP_MIN, ended: None }
    }

    /// Something may have been missed. Scans out of doubt keep a growing distance; the last doubt
    /// always has a scan after it.
    pub fn ask(&mut self, now: Instant) {
        let earliest = self.ended.map_or(now, |ended| (ended + self.gap).max(now));
        self.asked = Some(self.asked.map_or(earliest, |asked| asked.min(earliest)));
    }

    /// A scan is due now whatever went before, as when the folder was replaced.
    pub fn ask_at_once(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    /// Whether routine scans poll.
    pub fn set_polling(&mut self, poll: bool, now: Instant) {
        if poll && !self.poll {
            self.routine_at = now + POLL_MIN;
        }
        self.poll = poll;
    }

    /// The scan that is due, which counts as begun.
    pub fn take_due(&mut self, now: Instant) -> Option<Scan> {
        if self.routine_at <= now {
            // It answers every doubt so far as well.
            let asked = self.asked.take().is_some();
            // Until it has ended: see `ended`.
            self.routine_at = now + FULL_SCAN_EVERY;
            return Some(Scan { every_byte: true, routine: !asked && !self.poll });
        }
        (self.asked? <= now).then(|| {
            self.asked = None;
            Scan { every_byte: self.poll, routine: false }
        })
    }

    /// A scan has ended, after `took`. `chance` is anywhere from 0 to 1.
    pub fn ended(&mut self, scan: Scan, took: Duration, chance: f64, now: Instant) {
        let restless = self.ended.is_some_and(|ended| now < ended + self.gap * 3);
        self.gap = if restless { (self.gap * 2).min(GAP_MAX) } else { GAP_MIN };
        self.ended = Some(now);
        if self.poll {
            self.routine_at = now + (took * POLL_SHARE).clamp(POLL_MIN, POLL_MAX);
        } else if scan.every_byte {
            self.routine_at = now + FULL_SCAN_EVERY.mul_f64(1.0 + chance.clamp(0.0, 1.0) / 2.0);
        }
    }

    /// When the next scan is due.
    #[must_use]
    pub fn next_due(&self) -> Instant {
        self.asked.map_or(self.routine_at, |asked| asked.min(self.routine_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Scan = Scan { every_byte: false, routine: false };

    #[test]
    fn the_first_scan_is_due_at_once_and_full_scans_follow_in_10_to_15_minutes() {
        let start = Instant::now();
        let mut schedule = Schedule::new(start);
        let scan = schedule.take_due(start).expect("due");
        assert!(scan.every_byte);
        for (chance, minutes) in [(0.0, 10.0), (1.0, 15.0), (7.0, 15.0)] {
            schedule.ended(scan, Duration::ZERO, chance, start);
            assert_eq!(schedule.next_due(), start + Duration::from_secs_f64(minutes * 60.0));
        }
        assert_eq!(schedule.take_due(start), None);
    }

    #[test]
    fn doubts_during_a_scan_get_a_trailing_scan_and_do_not_feed_themselves() {
        let mut now = Instant::now();
        let mut schedule = Schedule::new(now);
        let scan = schedule.take_due(now).expect("due");
        schedule.ended(scan, Duration::ZERO, 0.0, now);
        let mut scans = 0;
        // Every scan causes a doubt, for ten minutes less one second.
        let end = now + FULL_SCAN_EVERY - Duration::from_secs(1);
        while now < end {
            schedule.ask(now);
            assert!(schedule.next_due() <= now + GAP_MAX, "the last doubt has its scan");
            now = schedule.next_due();
            if schedule.take_due(now).is_some() {
                scans += 1;
                schedule.ended(ASKED, Duration::ZERO, 0.0, now);
            }
        }
        assert!(scans < 40, "{scans} scans in ten minutes");
    }

    #[test]
    fn after_a_rest_a_doubt_is_answered_quickly_again() {
        let start = Instant::now();
        let mut schedule = Schedule::new(start);
        let scan = schedule.take_due(start).expect("due");
        schedule.ended(scan, Duration::ZERO, 0.0, start);
        let later = start + Duration::from_secs(60);
        schedule.ask(later);
        assert_eq!(schedule.next_due(), later);
    }

    #[test]
    fn polling_reads_every_byte_and_takes_little_of_the_time() {
        let start = Instant::now();
        let mut schedule = Schedule::new(start);
        schedule.set_polling(true, start);
        let now = start + POLL_MIN;
        let scan = schedule.take_due(now).expect("due");
        assert!(scan.every_byte);
        schedule.ended(scan, Duration::from_millis(200), 0.0, now);
        assert_eq!(schedule.next_due(), now + Duration::from_secs(10));
        schedule.ended(scan, Duration::from_millis(1), 0.0, now);
        assert_eq!(schedule.next_due(), now + POLL_MIN);
    }
}
