//! How a turn ended, and what follows from it.

use std::sync::Arc;
use std::time::Instant;

use leanspec_shared::command::{CommandState, Delivery, Reason, Report};

use super::{AGAIN, Worker};
use crate::apply::AfterLife;
use crate::inbox::desk::Desk;
use crate::inbox::turn::{Came, Received, Turned};

impl Worker {
    pub(super) fn landed(&mut self, (desk, turned): (Box<Desk>, Turned), deadlines: Vec<Instant>) {
        self.desk = Some(desk);
        self.received(turned.received, deadlines);
        if let Some(warning) = turned.warning {
            self.board.project(self.index, |entry| {
                if !entry.warnings.contains(&warning) {
                    entry.warnings.push(warning);
                }
            });
        }
        let now = Instant::now();
        match turned.came {
            None => {}
            Some(Came::Ended { delivery, report, displaced }) => {
                self.ended(&delivery, report);
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
    }

    fn ended(&mut self, delivery: &Delivery, report: Box<Report>) {
        let outcome = &report.outcome;
        self.queue.ended(outcome.reason != Some(Reason::Busy));
        if let Some(path) = outcome.file.clone().filter(|_| report.state == CommandState::Applied) {
            // The push of the new bytes is the confirmation; it need not wait for the watcher.
            self.source.recheck(path);
        }
        log::debug!("command {}: {}", delivery.id, report.state);
        self.reporter.result(delivery.id.clone(), Arc::from(report));
    }
}
