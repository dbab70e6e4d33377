//! The loop of one project's inbox: takes in what comes, hands the desk one turn at a time, tells
//! what became of it. Never blocks: a withdrawal is heard while a command is being carried out.

mod landing;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use leanspec_shared::command::Delivery;
use leanspec_shared::id::CommandId;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::desk::{Desk, Materials};
use super::door::{Arrival, Safe};
use super::queue::{Next, Queue};
use super::report::Reporter;
use super::turn::{Opened, Turn, Turned, Work};
use super::untold::Untold;
use crate::apply::{AfterLife, Lasts};
use crate::daemon::board::Board;
use crate::daemon::end::End;
use crate::daemon::link::LinkState;
use crate::source::SourceHandle;
use crate::source::perform::blocking;

/// Displaced files that are held open at most: each costs a descriptor, of which a process has about
/// a thousand. With more, the oldest is looked at before its time.
const DISPLACED_MAX: usize = 256;
/// When what could not be journalled, or a journal that could not be opened, is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// Commands that wait for the journal at most. Only a disk that cannot be written makes it so many.
const ARRIVED_MAX: usize = 1024;
/// How long a turn may go on after the program was asked to end.
const LAST_TURN: Duration = Duration::from_secs(2);
/// How long reports on their way may go on after the program was asked to end.
const LAST_REPORTS: Duration = Duration::from_secs(2);

/// What one project's inbox works with.
#[derive(Debug)]
pub struct Parts {
    /// Its place on the board.
    pub index: usize,
    /// What its desk is made of.
    pub materials: Materials,
    /// What comes from the feed.
    pub arrivals: mpsc::Receiver<Arrival>,
    /// Whether the project is halted.
    pub halted: watch::Receiver<bool>,
    /// Whether the relay is there.
    pub link: watch::Receiver<LinkState>,
    /// Tells what came of commands.
    pub reporter: Reporter,
    /// To have a changed file looked at.
    pub source: SourceHandle,
    /// Notes what need not come again.
    pub safe: Safe,
    /// What others show.
    pub board: Board,
    /// The end of the program.
    pub end: End,
}

/// A turn on its way, with the deadlines of what it receives.
struct Flight {
    turn: JoinHandle<(Box<Desk>, Turned)>,
    deadlines: Vec<Instant>,
    /// The command that is carried out in the turn in which it is received.
    first: Option<CommandId>,
}

/// A turn that is over.
type Landed = (Box<Desk>, Turned);

struct Worker {
    index: usize,
    /// `None` while it is out for a turn.
    desk: Option<Box<Desk>>,
    queue: Queue,
    reporter: Reporter,
    /// What came and is not journalled yet, with its deadline.
    arrived: Vec<(Delivery, Instant)>,
    /// What the relay knows and the journal does not yet.
    acknowledged: Vec<CommandId>,
    displaced: VecDeque<(Instant, Arc<Delivery>, AfterLife)>,
    untold: Untold,
    /// What was taken back while the desk was out, and may stand in no queue yet.
    withdrawn: Vec<CommandId>,
    /// Nothing is received before, since the journal could not be written.
    receive_at: Option<Instant>,
    source: SourceHandle,
    safe: Safe,
    board: Board,
}

/// Runs until the program ends.
pub async fn run(parts: Parts) {
    let Parts { mut arrivals, mut halted, mut link, end, materials, .. } = parts;
    let (desk, opened) = tokio::select! {
        opened = open(materials) => opened,
        () = end.come() => return,
    };
    let mut worker = Worker {
        index: parts.index,
        desk: Some(desk),
        queue: Queue::default(),
        reporter: parts.reporter,
        arrived: Vec::new(),
        acknowledged: Vec::new(),
        displaced: VecDeque::new(),
        untold: Untold::default(),
        withdrawn: Vec::new(),
        receive_at: None,
        source: parts.source,
        safe: parts.safe,
        board: parts.board,
    };
    worker.reporter.link(link.borrow_and_update().is_up());
    worker.begin(opened);
    let mut flight: Option<Flight> = None;
    loop {
        let is_halted = *halted.borrow_and_update();
        let wake = if flight.is_none() { worker.take_off(is_halted, &mut flight) } else { None };
        tokio::select! {
            () = end.come() => break,
            arrival = arrivals.recv(), if worker.arrived.len() < ARRIVED_MAX => {
                let Some(arrival) = arrival else { break };
                worker.take_in(arrival);
                // All that is there is journalled with one flush.
                while worker.arrived.len() < ARRIVED_MAX
                    && let Ok(arrival) = arrivals.try_recv()
                {
                    worker.take_in(arrival);
                }
            }
            (landed, deadlines, first) = landing(&mut flight) => {
                flight = None;
                worker.landed(landed, deadlines, first);
            }
            id = worker.reporter.told() => worker.acknowledged.push(id),
            Ok(()) = link.changed() => worker.reporter.link(link.borrow_and_update().is_up()),
            Ok(()) = halted.changed() => {}
            () = at(wake) => {}
        }
    }
    worker.finish(flight).await;
}

/// Opens the desk, as often as it takes: without its journal no command is safe.
async fn open(materials: Materials) -> (Box<Desk>, Opened) {
    let mut said = false;
    loop {
        let materials = materials.clone();
        let error = match blocking(move || Desk::open(materials)).await {
            Ok((desk, opened)) => return (Box::new(desk), opened),
            Err(error) => error,
        };
        if !std::mem::replace(&mut said, true) {
            log::error!("commands wait until the journal can be used: {error}");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

impl Worker {
    /// What an earlier process left.
    fn begin(&mut self, opened: Opened) {
        let (now, today) = (Instant::now(), SystemTime::now());
        for (delivery, received) in opened.pending {
            let whole = Duration::from_millis(delivery.expires_in_ms);
            // The monotonic clock does not outlive a process: in between the wall clock counts.
            let rest = whole.saturating_sub(today.duration_since(received).unwrap_or_default());
            self.queue.accept(delivery, later(now, rest));
        }
        for (id, report) in opened.unreported {
            self.reporter.result(id, report.into());
        }
    }

    fn take_in(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Command(delivery) => {
                let rest = Duration::from_millis(delivery.expires_in_ms);
                self.arrived.push((*delivery, later(Instant::now(), rest)));
            }
            Arrival::Withdraw(id) => {
                self.withdraw(&id);
                // It may be about the very command that is being journalled now.
                self.withdrawn.extend(self.desk.is_none().then_some(id));
            }
        }
    }

    fn withdraw(&mut self, id: &CommandId) {
        match self.arrived.iter_mut().find(|(delivery, _)| delivery.id == *id) {
            Some((delivery, _)) => delivery.withdraw = true,
            None => self.queue.withdraw(id),
        }
    }

    /// Starts a turn if there is anything to do; else says until when there is not.
    fn take_off(&mut self, halted: bool, flight: &mut Option<Flight>) -> Option<Instant> {
        let mut desk = self.desk.take()?;
        let now = Instant::now();
        let may_receive = self.receive_at.is_none_or(|moment| moment <= now);
        let arrived = if may_receive { std::mem::take(&mut self.arrived) } else { Vec::new() };
        let first = self.first_at_once(&arrived, halted, now);
        let (received, deadlines) = arrived.into_iter().unzip();
        let (work, wake) = match first {
            Some(_) => (Some(Work::RunFirst), None),
            None => self.next_work(halted, now),
        };
        let flush = work.is_none() && self.untold.is_due(now);
        if flush {
            self.untold.tried(now + AGAIN);
        }
        let acknowledged = std::mem::take(&mut self.acknowledged);
        let turn = Turn { acknowledged, received, work, flush };
        if turn.is_empty() {
            self.desk = Some(desk);
            let receive = self.receive_at.filter(|_| !self.arrived.is_empty());
            return [wake, receive, self.untold.wake()].into_iter().flatten().min();
        }
        let turn = tokio::task::spawn_blocking(move || {
            let turned = desk.perform(turn);
            (desk, turned)
        });
        *flight = Some(Flight { turn, deadlines, first });
        None
    }

    /// A command that nothing stands in the way of is carried out in the turn in which it is
    /// received: what the queue would say of it is plain, and whoever tapped waits.
    fn first_at_once(
        &self,
        arrived: &[(Delivery, Instant)],
        halted: bool,
        now: Instant,
    ) -> Option<CommandId> {
        let (first, deadline) = arrived.first()?;
        let idle = self.queue.is_empty() && self.displaced.len() <= DISPLACED_MAX && !halted;
        (idle && !first.withdraw && *deadline > now).then(|| first.id.clone())
    }

    /// Commands come first: a displaced file may be looked at a little later than it is due, not
    /// earlier, unless there are too many of them.
    fn next_work(&mut self, halted: bool, now: Instant) -> (Option<Work>, Option<Instant>) {
        if self.displaced.len() > DISPLACED_MAX {
            return (self.settle_next(), None);
        }
        match self.queue.next(halted, now) {
            Next::Run(delivery) => {
                // Of several each flushes the outcome of the one before with its own intent.
                let lasts = if self.queue.has_several() { Lasts::Soon } else { Lasts::Now };
                (Some(Work::Run(delivery, lasts)), None)
            }
            Next::End(delivery, ending) => (Some(Work::End(delivery, ending)), None),
            Next::Wait(wake) => match self.displaced.front() {
                Some((due, ..)) if *due <= now && self.untold.is_empty() => {
                    (self.settle_next(), None)
                }
                front => (None, wake.into_iter().chain(front.map(|(due, ..)| *due)).min()),
            },
        }
    }

    fn settle_next(&mut self) -> Option<Work> {
        let (_, delivery, displaced) = self.displaced.pop_front()?;
        Some(Work::Settle(delivery, displaced))
    }

    /// Brings to an end what can be within a short time. What cannot is in the journal.
    async fn finish(mut self, mut flight: Option<Flight>) {
        if flight.is_some() {
            let landed = tokio::time::timeout(LAST_TURN, landing(&mut flight)).await;
            let Ok((landed, deadlines, first)) = landed else { return };
            self.landed(landed, deadlines, first);
        }
        if !self.untold.is_empty()
            && let Some(mut desk) = self.desk.take()
        {
            let turn = Turn { flush: true, ..Turn::default() };
            let landed = blocking(move || {
                let turned = desk.perform(turn);
                (desk, turned)
            });
            self.landed(landed.await, Vec::new(), None);
        }
        let reports = async {
            while !self.reporter.is_done() {
                let id = self.reporter.told().await;
                self.acknowledged.push(id);
            }
        };
        let _ = tokio::time::timeout(LAST_REPORTS, reports).await;
        let Some(mut desk) = self.desk else { return };
        let (acknowledged, displaced) = (self.acknowledged, self.displaced);
        blocking(move || {
            desk.perform(Turn { acknowledged, ..Turn::default() });
            // Before their time, which is better than not at all.
            for (_, delivery, displaced) in displaced {
                let work = Some(Work::Settle(delivery, displaced));
                desk.perform(Turn { work, ..Turn::default() });
            }
        })
        .await;
    }
}

/// A moment that lies in the future as far as the clock can say.
fn later(now: Instant, rest: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    now.checked_add(rest).unwrap_or(now + FAR)
}

async fn landing(flight: &mut Option<Flight>) -> (Landed, Vec<Instant>, Option<CommandId>) {
    match flight {
        Some(Flight { turn, deadlines, first }) => match turn.await {
            Ok(landed) => (landed, std::mem::take(deadlines), first.take()),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is going down.
            Err(_) => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
