//! Where commands come in from the feed: each goes to the inbox of its project, and what belongs to
//! none is answered here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use leanspec_shared::command::{Delivery, Reason, Report};
use leanspec_shared::id::{CommandId, ProjectId};
use tokio::sync::{mpsc, watch};

use super::report::Reporter;
use super::taken::Taken;
use super::verdict;
use crate::daemon::end::End;
use crate::daemon::link::LinkState;
use crate::uplink::heard::Heard;

/// Commands that wait between the feed and an inbox, which takes them in at once.
pub const ARRIVALS_MAX: usize = 256;
/// How long the feed waits for an inbox that does not take them in: its disk hangs, most likely. After
/// that the feed is opened anew, and what was not taken comes again.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an inbox is told.
#[derive(Debug)]
pub enum Arrival {
    /// A command for its project.
    Command(Box<Delivery>),
    /// A command is not wanted any more, wherever it is.
    Withdraw(CommandId),
}

/// Notes which commands need not come again. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Safe {
    taken: Arc<Mutex<Taken>>,
}

impl Safe {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A command is journalled and flushed, or answered for good.
    pub fn note(&self, id: &CommandId) {
        self.taken().safe(id);
    }
}

/// The way in.
#[derive(Debug)]
pub struct Door {
    inboxes: HashMap<ProjectId, mpsc::Sender<Arrival>>,
    strays: mpsc::Sender<(CommandId, Box<Report>)>,
    safe: Safe,
    patience: Duration,
}

/// An inbox did not take in what came for it.
#[derive(Debug, thiserror::Error)]
#[error("the inbox of a project does not take in its commands; is its disk hanging?")]
pub struct Stuck;

impl Door {
    /// A door to these inboxes; `strays` takes what belongs to none.
    #[must_use]
    pub fn new(
        inboxes: HashMap<ProjectId, mpsc::Sender<Arrival>>,
        strays: mpsc::Sender<(CommandId, Box<Report>)>,
        safe: Safe,
    ) -> Self {
        Self { inboxes, strays, safe, patience: PATIENCE }
    }

    /// The last command that need not come again, nor any before it.
    #[must_use]
    pub fn after(&self) -> Option<CommandId> {
        self.safe.taken().after()
    }

    /// Takes in what was heard, as far as it is about commands.
    ///
    /// # Errors
    /// When an inbox is stuck: open the feed anew, so that the command comes again.
    pub async fn hear(&self, heard: Heard) -> Result<(), Stuck> {
        match heard {
            Heard::Command(delivery) => {
                self.safe.taken().heard(&delivery.id);
                match self.inboxes.get(&delivery.project) {
                    Some(inbox) => self.pass(inbox, Arrival::Command(delivery)).await,
                    None => {
                        self.pass(&self.strays, (delivery.id, verdict::unknown_project())).await
                    }
                }
            }
            Heard::Withdraw(withdraw) => {
                for inbox in self.inboxes.values() {
                    self.pass(inbox, Arrival::Withdraw(withdraw.id.clone())).await?;
                }
                Ok(())
            }
            Heard::Unreadable { id: Some(id), why } => {
                log::warn!("command {id} cannot be read ({why}) and is refused");
                self.safe.taken().heard(&id);
                let message = format!("The bridge cannot read this command: {why}.");
                self.pass(&self.strays, (id, verdict::refused(Reason::Invalid, message))).await
            }
            Heard::Unreadable { id: None, why } => {
                log::warn!(
                    "an event of the command feed cannot be read ({why}) and is passed over"
                );
                Ok(())
            }
            Heard::Bye(_) | Heard::Other => Ok(()),
        }
    }

    async fn pass<T>(&self, to: &mpsc::Sender<T>, what: T) -> Result<(), Stuck> {
        match to.send_timeout(what, self.patience).await {
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => Err(Stuck),
            // The program is ending: what is not taken now comes again to the next process.
            Ok(()) | Err(mpsc::error::SendTimeoutError::Closed(_)) => Ok(()),
        }
    }
}

/// Answers what belongs to no inbox, until the program ends. Nothing of it is journalled: after a
/// restart the relay sends it again, and it is answered again.
pub async fn answer_strays(
    mut strays: mpsc::Receiver<(CommandId, Box<Report>)>,
    mut link: watch::Receiver<LinkState>,
    mut reporter: Reporter,
    safe: Safe,
    end: End,
) {
    reporter.link(link.borrow_and_update().is_up());
    loop {
        tokio::select! {
            () = end.come() => return,
            Some((id, report)) = strays.recv() => reporter.result(id, report.into()),
            Ok(()) = link.changed() => reporter.link(link.borrow_and_update().is_up()),
            id = reporter.told() => safe.note(&id),
            else => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use leanspec_shared::command::Withdraw;

    use super::*;

    struct House {
        door: Door,
        inbox: mpsc::Receiver<Arrival>,
        strays: mpsc::Receiver<(CommandId, Box<Report>)>,
    }

    fn house() -> House {
        let (sender, inbox) = mpsc::channel(4);
        let (stray, strays) = mpsc::channel(4);
        let inboxes = HashMap::from([("p1".parse().expect("an id"), sender)]);
        House { door: Door::new(inboxes, stray, Safe::default()), inbox, strays }
    }

    fn command(id: &str, project: &str) -> Heard {
        let data = format!(
            r#"{{"id":"{id}","project":"{project}","type":"fly","expires_in_ms":1,"by":{{"key":"k","name":"n"}}}}"#
        );
        crate::uplink::heard::read("command", &data)
    }

    #[tokio::test]
    async fn a_command_goes_to_its_project_and_a_stray_one_is_refused() {
        let mut house = house();
        house.door.hear(command("c1", "p1")).await.expect("taken");
        house.door.hear(command("c2", "p2")).await.expect("taken");
        let arrived = house.inbox.try_recv().expect("arrived");
        assert!(matches!(arrived, Arrival::Command(delivery) if delivery.id.as_str() == "c1"));
        let (id, report) = house.strays.try_recv().expect("answered");
        assert_eq!((id.as_str(), report.outcome.reason), ("c2", Some(Reason::UnknownProject)));
    }

    #[tokio::test]
    async fn a_command_that_cannot_be_read_is_refused_by_its_id_and_stops_no_other() {
        let mut house = house();
        let poison = crate::uplink::heard::read("command", r#"{"id":"c1","project":7}"#);
        house.door.hear(poison).await.expect("taken");
        house.door.hear(crate::uplink::heard::read("command", "{")).await.expect("passed over");
        house.door.hear(command("c2", "p1")).await.expect("taken");
        let (id, report) = house.strays.try_recv().expect("answered");
        assert_eq!((id.as_str(), report.outcome.reason), ("c1", Some(Reason::Invalid)));
        assert!(house.inbox.try_recv().is_ok());
    }

    #[tokio::test]
    async fn a_withdrawal_reaches_every_inbox() {
        let mut house = house();
        let withdraw = Withdraw { id: "c1".parse().expect("an id") };
        house.door.hear(Heard::Withdraw(withdraw)).await.expect("taken");
        assert!(matches!(house.inbox.try_recv(), Ok(Arrival::Withdraw(_))));
    }

    #[tokio::test]
    async fn a_command_that_waits_in_a_channel_is_not_claimed() {
        let house = house();
        house.door.hear(command("c1", "p1")).await.expect("taken");
        assert_eq!(house.door.after(), None);
        house.door.safe.note(&"c1".parse().expect("an id"));
        assert_eq!(house.door.after().map(String::from).as_deref(), Some("c1"));
    }

    #[tokio::test]
    async fn an_inbox_that_takes_nothing_in_does_not_hold_up_the_feed_for_ever() {
        let mut house = house();
        house.door.patience = Duration::from_millis(1);
        for number in 0..4 {
            house.door.hear(command(&format!("c{number}"), "p1")).await.expect("room");
        }
        assert!(house.door.hear(command("c9", "p1")).await.is_err());
    }
}
