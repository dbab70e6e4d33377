//! How a turn ended, and what follows from it.

use std::sync::Arc;
use std::time::Instant;

use leanspec_shared::command::{CommandState, Delivery, Reason, Report};
use leanspec_shared::id::CommandId;

use super::{AGAIN, Landed, Worker};
use crate::apply::AfterLife;
use crate::inbox::turn::{Came, Received};

impl Worker {
    pub(super) fn landed(
        &mut self,
        (desk, turned): Landed,
        deadlines: Vec<Instant>,
        first: Option<CommandId>,
    ) {
        self.desk = Some(desk);
        self.received(turned.received, deadlines);
        if let Some(warning) = turned.warning {
            self.board.project(self.index, |entry| {
                if !entry.warnings.contains(&warning) {
                    entry.warnings.push(warning);
                }
            });
        }
        self.told_as_far_as_it_lasts(turned.flushed);
        self.came(turned.came, first);
    }

    fn told_as_far_as_it_lasts(&mut self, flushed: bool) {
        if flushed {
            for (id, report) in self.untold.take() {
                self.reporter.result(id, report);
            }
        }
    }

    fn came(&mut self, came: Option<Came>, first: Option<CommandId>) {
        if let Some(first) = first.filter(|_| came.is_some()) {
            self.queue.was_out(first);
        }
        let now = Instant::now();
        match came {
            None => {}
            Some(Came::Ended { lasts, delivery, report, displaced }) => {
                self.ended(&delivery, report, lasts);
                let due = now + AfterLife::LENGTH;
                self.displaced.extend(displaced.map(|displaced| (due, delivery, displaced)));
            }
            Some(Came::Busy(why)) => {
                log::debug!("a command is held back: {why}");
                self.queue.busy(why, now);
            }
            Some(Came::Unwritten(why)) => {
                log::warn!("what came of a command cannot be journalled ({why}); trying again");
                self.queue.unwritten(now);
            }
            Some(Came::TooLate) => self.queue.too_late_to_withdraw(),
            Some(Came::Settled(_, None, _)) => {}
            Some(Came::Settled(id, Some(message), path)) => {
                self.source.recheck(path);
                self.reporter.overtaken(id, message);
            }
        }
    }

    fn received(&mut self, received: Received, deadlines: Vec<Instant>) {
        match received {
            Received::Kept(kept) => {
                self.receive_at = None;
                for ((delivery, outcome), deadline) in kept.into_iter().zip(deadlines) {
                    self.safe.note(&delivery.id);
                    match outcome {
                        Some(_) if self.untold.holds(&delivery.id) => {}
                        Some(report) => self.reporter.result(delivery.id, report.into()),
                        None => self.queue.accept(delivery, deadline),
                    }
                }
            }
            Received::NotKept(deliveries, why) => {
                log::warn!("commands cannot be journalled ({why}); they wait");
                self.receive_at = Some(Instant::now() + AGAIN);
                self.arrived.splice(0..0, deliveries.into_iter().zip(deadlines));
            }
        }
        for id in std::mem::take(&mut self.withdrawn) {
            self.withdraw(&id);
        }
    }

    fn ended(&mut self, delivery: &Delivery, report: Box<Report>, lasts: bool) {
        let outcome = &report.outcome;
        self.queue.ended(outcome.reason != Some(Reason::Busy));
        if let Some(path) = outcome.file.clone().filter(|_| report.state == CommandState::Applied) {
            // The push of the new bytes is the confirmation; it need not wait for the watcher.
            self.source.recheck(path);
        }
        log::debug!("command {}: {}", delivery.id, report.state);
        let (id, report) = (delivery.id.clone(), Arc::from(report));
        if lasts {
            self.reporter.result(id, report);
        } else {
            self.untold.hold(id, report);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::time::Duration;

    use super::*;
    use crate::config::Network;
    use crate::config::relay_url::RelayUrl;
    use crate::config::trust::Trust;
    use crate::config::way_out::WayOut;
    use crate::daemon::board::Board;
    use crate::daemon::link::Doubt;
    use crate::inbox::door::{Arrival, Safe};
    use crate::inbox::queue::{Ending, Next, Queue};
    use crate::inbox::report::Reporter;
    use crate::inbox::untold::Untold;
    use crate::inbox::verdict;
    use crate::uplink::http::Relay;

    /// A worker whose desk is out.
    fn worker() -> Worker {
        let url = RelayUrl::parse("http://127.0.0.1:9").expect("an address");
        let network = Network { way: WayOut::Direct, trust: Trust::default() };
        let relay = Relay::new(url, network, None, crate::random::id(), None).expect("a client");
        Worker {
            index: 0,
            desk: None,
            queue: Queue::default(),
            reporter: Reporter::new(relay, Doubt::default()),
            arrived: Vec::new(),
            acknowledged: Vec::new(),
            displaced: VecDeque::new(),
            untold: Untold::default(),
            withdrawn: Vec::new(),
            receive_at: None,
            source: crate::source::requests().0,
            safe: Safe::default(),
            board: Board::new(Vec::new()),
        }
    }

    fn delivery(id: &str) -> Delivery {
        let members = serde_json::json!({"id": id, "project": "p1", "type": "fly",
            "expires_in_ms": 1000, "by": {"key": "k1", "name": "phone"}});
        serde_json::from_value(members).expect("a delivery")
    }

    #[test]
    fn a_command_is_carried_out_in_its_first_turn_when_it_would_be_its_turn_anyway() {
        let now = Instant::now();
        let (soon, late) = (now + Duration::from_secs(1), now);
        let unwanted = Delivery { withdraw: true, ..delivery("c1") };
        let first = |worker: &Worker, delivery: Delivery, deadline, halted| {
            worker.first_at_once(&[(delivery, deadline)], halted, now).is_some()
        };
        let mut worker = worker();
        assert!(first(&worker, delivery("c1"), soon, false));
        assert!(!first(&worker, delivery("c1"), soon, true), "the project is halted");
        assert!(!first(&worker, delivery("c1"), late, false), "its time is up");
        assert!(!first(&worker, unwanted, soon, false), "nobody wants it");
        worker.queue.accept(delivery("c0"), soon);
        assert!(!first(&worker, delivery("c1"), soon, false), "another one came before it");
    }

    #[test]
    fn a_command_that_was_held_back_in_its_first_turn_waits_and_is_tried_again() {
        let (mut worker, now) = (worker(), Instant::now());
        let deadline = now + Duration::from_secs(60);
        worker.received(Received::Kept(vec![(delivery("c1"), None)]), vec![deadline]);
        worker.came(Some(Came::Busy("it is open".into())), Some("c1".parse().expect("an id")));
        let Next::Wait(Some(again)) = worker.queue.next(false, now) else { panic!("it waits") };
        assert!(matches!(worker.queue.next(false, again), Next::Run(_)));
    }

    /// Whatever the relay asks meanwhile: a power loss would make another outcome of it.
    #[test]
    fn nobody_is_told_what_came_of_a_command_before_it_lasts() {
        let ended = |lasts| {
            let (delivery, report) = (Arc::new(delivery("c1")), verdict::expired());
            Came::Ended { lasts, delivery, report, displaced: None }
        };
        let (mut worker, now) = (worker(), Instant::now());
        worker.came(Some(ended(false)), None);
        assert!(worker.reporter.is_done() && worker.untold.is_due(now));
        let known = Received::Kept(vec![(delivery("c1"), Some(*verdict::expired()))]);
        worker.received(known, vec![now]);
        assert!(worker.reporter.is_done(), "asked for again");
        worker.told_as_far_as_it_lasts(false);
        assert!(worker.reporter.is_done(), "a turn without a flush");
        worker.told_as_far_as_it_lasts(true);
        assert!(!worker.reporter.is_done() && worker.untold.is_empty());
    }

    /// It stood neither among what had arrived nor in the queue, and was forgotten.
    #[test]
    fn a_command_taken_back_while_it_is_being_journalled_is_withdrawn() {
        for kept in [true, false] {
            let (mut worker, now) = (worker(), Instant::now());
            worker.take_in(Arrival::Withdraw("c1".parse().expect("an id")));
            let deadline = now + Duration::from_secs(60);
            let received = match kept {
                true => Received::Kept(vec![(delivery("c1"), None)]),
                false => Received::NotKept(vec![delivery("c1")], "no room".into()),
            };
            worker.received(received, vec![deadline]);
            if kept {
                let next = worker.queue.next(false, now);
                assert!(matches!(next, Next::End(_, Ending::Withdrawn)), "{next:?}");
            } else {
                assert!(worker.arrived[0].0.withdraw);
            }
        }
    }
}
