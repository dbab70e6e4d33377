//! A bridge says who it is: who may speak for a machine, and which projects it has.

use leanspec_shared::change::{Announce, Announced};
use leanspec_shared::feed::Event;
use leanspec_shared::id::{InstanceId, MachineId};
use leanspec_shared::view::{HaltCode, Machine, ProjectFacts, ProjectState};

use super::IngestError;
use crate::store::holder::{self, Holder};
use crate::store::project::{self, StoredProject};
use crate::store::{AccountId, StoreError, WriteTransaction, machine};

/// Superseded processes that are remembered: more than ever start within one of them's last breath.
const FORMER_INSTANCES_MAX: usize = 8;

/// Whether who announces itself may speak for the machine.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Nobody did so far, or the same process goes on.
    Holds,
    /// It takes over from another process.
    TakesOver,
    /// Another computer holds the machine.
    Taken,
    /// A newer process holds the machine.
    Superseded,
}

/// A process that was superseded never takes over by itself, and another computer only when told to:
/// a cloned disk is never silent, however long the other has not been seen.
fn judge(holder: Option<&Holder>, announce: &Announce) -> Verdict {
    let Some(holder) = holder else { return Verdict::Holds };
    if holder.instance == announce.instance && holder.host_mark == announce.host_mark {
        return Verdict::Holds;
    }
    if announce.take_over {
        return Verdict::TakesOver;
    }
    if holder.host_mark != announce.host_mark {
        return Verdict::Taken;
    }
    if holder.former_instances.contains(&announce.instance) {
        return Verdict::Superseded;
    }
    Verdict::TakesOver
}

/// Takes an announcement in.
pub(crate) fn announce(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    id: &MachineId,
    announce: &Announce,
) -> Result<Announced, IngestError> {
    let former = holder::find(transaction, account, id)?;
    match judge(former.as_ref(), announce) {
        Verdict::Taken => return Err(IngestError::MachineTaken),
        Verdict::Superseded => return Err(IngestError::Superseded),
        Verdict::Holds | Verdict::TakesOver => {}
    }
    let holder = new_holder(transaction, id, former, announce);
    holder::put(transaction, account, &holder)?;
    show_machine(transaction, account, &holder, announce.stopping)?;
    let mut held = Vec::with_capacity(announce.projects.len());
    for facts in &announce.projects {
        held.push(take_project(transaction, account, id, facts)?.held());
    }
    if !announce.stopping {
        halt_missing(transaction, account, id, announce)?;
    }
    Ok(Announced { projects: held })
}

fn new_holder(
    transaction: &WriteTransaction<'_>,
    id: &MachineId,
    former: Option<Holder>,
    announce: &Announce,
) -> Holder {
    let given_name = former.as_ref().and_then(|holder| holder.given_name.clone());
    Holder {
        machine: id.clone(),
        given_name,
        announced_name: announce.name.clone(),
        os: announce.os.clone(),
        bridge_version: announce.version.clone(),
        host_mark: announce.host_mark,
        instance: announce.instance.clone(),
        former_instances: former.map(|former| superseded(former, announce)).unwrap_or_default(),
        last_seen: transaction.now(),
    }
}

fn superseded(former: Holder, announce: &Announce) -> Vec<InstanceId> {
    let mut instances = former.former_instances;
    instances.insert(0, former.instance);
    instances.retain(|instance| *instance != announce.instance);
    instances.truncate(FORMER_INSTANCES_MAX);
    instances
}

/// Keeps the machine as readers see it, and tells them when something they see has changed.
fn show_machine(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    holder: &Holder,
    stopping: bool,
) -> Result<(), StoreError> {
    let before = machine::find(transaction, account, &holder.machine)?;
    let online = before.as_ref().is_some_and(|machine| machine.online) && !stopping;
    let now = Machine {
        id: holder.machine.clone(),
        name: holder.name().to_owned(),
        os: holder.os.clone(),
        bridge_version: holder.bridge_version.clone(),
        online,
        last_seen: holder.last_seen,
    };
    let same = |before: &Machine| Machine { last_seen: now.last_seen, ..before.clone() } == now;
    if before.as_ref().is_some_and(same) {
        return Ok(());
    }
    machine::put(transaction, account, &now)?;
    transaction.emit(account, &Event::Machine(now))
}

fn take_project(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    facts: &ProjectFacts,
) -> Result<StoredProject, StoreError> {
    match project::find(transaction, account, machine, &facts.id)? {
        None => {
            let project = project::insert(transaction, account, machine, facts)?;
            transaction.emit(account, &Event::Project(Box::new(project.view())))?;
            Ok(project)
        }
        Some(project) => set_facts(transaction, account, project, facts.clone()),
    }
}

fn set_facts(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    mut project: StoredProject,
    facts: ProjectFacts,
) -> Result<StoredProject, StoreError> {
    if project.facts != facts {
        project.facts = facts;
        project::update(transaction, &project)?;
        transaction.emit(account, &Event::Project(Box::new(project.view())))?;
    }
    Ok(project)
}

/// A project that the bridge does not list any more stays, and says so.
fn halt_missing(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    machine: &MachineId,
    announce: &Announce,
) -> Result<(), StoreError> {
    for project in project::list(transaction, account, machine)? {
        if announce.projects.iter().any(|facts| facts.id == project.facts.id) {
            continue;
        }
        let facts = ProjectFacts {
            state: ProjectState::Halted,
            state_code: Some(HaltCode::Unlisted),
            state_reason: Some(
                "The bridge of this machine does not list this project any more. Add it there \
                 again, or forget it here."
                    .into(),
            ),
            ..project.facts.clone()
        };
        set_facts(transaction, account, project, facts)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use leanspec_shared::hash::ContentHash;
    use leanspec_shared::time::Timestamp;

    use super::*;

    fn announce(instance: &str, host: &[u8], take_over: bool) -> Announce {
        Announce {
            name: "MacBook".into(),
            os: "macos".into(),
            version: "0.1.0".into(),
            instance: instance.parse().expect("valid"),
            host_mark: ContentHash::of(host),
            projects: vec![],
            stopping: false,
            take_over,
        }
    }

    #[test]
    fn the_same_computer_takes_over_another_only_when_told_to_and_the_old_process_never_again() {
        let holder = Holder {
            machine: "m1".parse().expect("valid"),
            given_name: None,
            announced_name: "MacBook".into(),
            os: "macos".into(),
            bridge_version: "0.1.0".into(),
            host_mark: ContentHash::of(b"host"),
            instance: "now".parse().expect("valid"),
            former_instances: vec!["before".parse().expect("valid")],
            last_seen: Timestamp::from_unix_ms(0),
        };
        let table = [
            (announce("now", b"host", false), Verdict::Holds),
            (announce("next", b"host", false), Verdict::TakesOver),
            (announce("before", b"host", false), Verdict::Superseded),
            (announce("before", b"host", true), Verdict::TakesOver),
            (announce("next", b"clone", false), Verdict::Taken),
            (announce("now", b"clone", false), Verdict::Taken),
            (announce("next", b"clone", true), Verdict::TakesOver),
        ];
        for (announce, wanted) in table {
            assert_eq!(judge(Some(&holder), &announce), wanted, "{announce:?}");
            assert_eq!(judge(None, &announce), Verdict::Holds);
        }
        let after = superseded(holder, &announce("next", b"host", false));
        assert_eq!(after.iter().map(InstanceId::as_str).collect::<Vec<_>>(), ["now", "before"]);
    }
}
