//! Taking a command in: once for each named request, and only for a project that is there.

use std::time::Duration;

use leanspec_shared::command::{Base, By, Command, CommandState, NewCommand};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::limits::{COMMANDS_OPEN_MAX, IDEMPOTENCY_DAYS};
use leanspec_shared::time::Timestamp;

use super::CommandError;
use super::record::{tell, told, without_texts};
use crate::random::random_word;
use crate::store::command::{self, Request, StoredCommand};
use crate::store::{AccountId, WriteTransaction, command_queue, command_text, holder, project};

/// Letters of a command's id: none is ever guessed.
const ID_LETTERS: usize = 16;

/// Where something is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) machine: MachineId,
    pub(crate) project: ProjectId,
}

/// What a person asks for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) place: Place,
    pub(crate) by: By,
    pub(crate) posted: NewCommand,
    /// The name of the request, where it has one.
    pub(crate) request: Option<Request>,
}

/// What holds for a command from its acceptance.
pub(crate) struct Terms {
    /// How long it waits for its machine.
    pub(crate) life: Duration,
    /// Whether a machine's command feed is open: then a command counts as handed over with its
    /// acceptance, which spares a second commit before its first byte is sent.
    pub(crate) listens: Box<dyn Fn(&MachineId) -> bool + Send>,
}

fn later(now: Timestamp, duration: Duration) -> Timestamp {
    let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_unix_ms(now.unix_ms().saturating_add(ms))
}

/// Takes a command in; a request of the same name and content gets the first command again.
pub(crate) fn accept(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
    asked: Asked,
    terms: &Terms,
) -> Result<Command, CommandError> {
    if let Some(repeated) = repeated(transaction, account, asked.request.as_ref())? {
        return Ok(told(&repeated.command));
    }
    may_be_asked(transaction, account, &asked)?;
    let (now, listens) = (transaction.now(), (terms.listens)(&asked.place.machine));
    let command = Command {
        id: random_word(ID_LETTERS).parse().expect("a random word is an id"),
        machine: asked.place.machine,
        project: asked.place.project,
        state: if listens { CommandState::Delivered } else { CommandState::Queued },
        posted: asked.posted,
        by: asked.by,
        created_at: now,
        expires_at: later(now, terms.life),
        delivered_at: listens.then_some(now),
        ended_at: None,
        withdraw_requested: false,
        outcome: None,
        rebased_as: None,
    };
    let (command, texts) = without_texts(command);
    let event_seq = tell(transaction, account, &command)?;
    let stored = StoredCommand { number: 0, command, event_seq };
    let number = command::insert(transaction, account, &stored, asked.request)?;
    command_text::add(transaction, number, texts)?;
    Ok(told(&stored.command))
}

/// The command that a request of this name made before.
pub(super) fn repeated(
    transaction: &WriteTransaction<'_>,
    account: &AccountId,
    request: Option<&Request>,
) -> Result<Option<StoredCommand>, CommandError> {
    let Some(request) = request else { return Ok(None) };
    repeated_at(transaction, account, request, transaction.now())
}

fn repeated_at(
    transaction: &WriteTransaction<'_>,
    account: &AccountId,
    request: &Request,
    now: Timestamp,
) -> Result<Option<StoredCommand>, CommandError> {
    let Some((stored, hash)) = command::of_request(transaction, account, &request.key)? else {
        return Ok(None);
    };
    let kept = Duration::from_secs(IDEMPOTENCY_DAYS * 24 * 3600);
    if later(stored.command.created_at, kept) < now {
        command::forget_request(transaction, stored.number)?;
        return Ok(None);
    }
    if hash == request.hash { Ok(Some(stored)) } else { Err(CommandError::IdempotencyMismatch) }
}

fn may_be_asked(
    transaction: &WriteTransaction<'_>,
    account: &AccountId,
    asked: &Asked,
) -> Result<(), CommandError> {
    let Place { machine, project } = &asked.place;
    if holder::find(transaction, account, machine)?.is_none()
        || project::find(transaction, account, machine, project)?.is_none()
    {
        return Err(CommandError::PlaceUnknown);
    }
    if let Some(Base::After { after }) = &asked.posted.base {
        let base = command::find(transaction, account, after)?.map(|stored| stored.command);
        let here = |base: &Command| base.machine == *machine && base.project == *project;
        if !base.as_ref().is_some_and(here) {
            return Err(CommandError::BaseUnknown);
        }
    }
    if command_queue::count_open(transaction, account, machine)? >= COMMANDS_OPEN_MAX as u64 {
        return Err(CommandError::QueueFull { limit: COMMANDS_OPEN_MAX as u64 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use leanspec_shared::hash::ContentHash;
    use serde_json::json;

    use super::*;
    use crate::ingest;
    use crate::store::holder::Holder;
    use crate::store::{Store, StoreError, StoreOptions, account};

    const HOUR: Duration = Duration::from_secs(3600);

    /// A machine with one project; returns its account.
    fn machine(transaction: &mut WriteTransaction<'_>) -> Result<AccountId, StoreError> {
        let account = account::create(transaction, transaction.now())?;
        let holder = Holder {
            machine: "m1".parse().expect("valid"),
            given_name: None,
            announced_name: "MacBook".into(),
            os: "macos".into(),
            bridge_version: "0.1.0".into(),
            host_mark: ContentHash::of(b"host"),
            instance: "i1".parse().expect("valid"),
            former_instances: vec![],
            last_seen: transaction.now(),
        };
        holder::put(transaction, &account, &holder)?;
        let facts = json!({ "id": "p1", "key": "k", "root_label": "r", "name": "n",
            "specs_dir": "specs", "state": "live" });
        let facts = serde_json::from_value(facts).expect("facts");
        project::insert(transaction, &account, &holder.machine, &facts)?;
        Ok(account)
    }

    fn asked(request: Option<Request>) -> Asked {
        let posted = json!({ "type": "create_spec", "name": "login" });
        Asked {
            place: Place {
                machine: "m1".parse().expect("valid"),
                project: "p1".parse().expect("valid"),
            },
            by: By { key: "k1".parse().expect("valid"), name: "phone".into() },
            posted: serde_json::from_value(posted).expect("a command"),
            request,
        }
    }

    async fn open() -> (tempfile::TempDir, Store, AccountId) {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions { folder: folder.path().to_owned(), mirror_max_bytes: None };
        let store = Store::open(&options, Box::new(|_| {})).expect("opens");
        let account = store.write(machine).await.expect("written");
        (folder, store, account)
    }

    #[tokio::test]
    async fn a_machine_has_so_many_open_commands_and_no_more() {
        let (_folder, store, account) = open().await;
        let terms = Terms { life: HOUR, listens: Box::new(|_| false) };
        let fill = move |transaction: &mut WriteTransaction<'_>| {
            let command = accept(transaction, &account, asked(None), &terms)?;
            for _ in 1..COMMANDS_OPEN_MAX {
                let id = random_word(ID_LETTERS).parse().expect("a random word is an id");
                let command = Command { id, ..command.clone() };
                let stored = StoredCommand { number: 0, command, event_seq: 0 };
                command::insert(transaction, &account, &stored, None)?;
            }
            accept(transaction, &account, asked(None), &terms)
        };
        let refused = store.write(fill).await.expect_err("one too many");
        assert!(matches!(refused, CommandError::QueueFull { limit: 10_000 }), "{refused}");
        store.close().await;
    }

    /// All at once they held up what everybody else wrote.
    #[tokio::test]
    async fn the_commands_of_a_machine_that_is_forgotten_end_some_at_a_time() {
        let (_folder, store, account) = open().await;
        let terms = Terms { life: HOUR, listens: Box::new(|_| false) };
        let forget = move |transaction: &mut WriteTransaction<'_>| -> Result<_, CommandError> {
            let machine = asked(None).place.machine;
            for _ in 0..250 {
                accept(transaction, &account, asked(None), &terms)?;
            }
            let mut left = Vec::new();
            let mut more = true;
            while more {
                more = ingest::forget_commands(transaction, &account, &machine, None)?;
                left.push(command_queue::count_open(transaction, &account, &machine)?);
            }
            let nobody = "m2".parse().expect("valid");
            Ok((left, ingest::forget_commands(transaction, &account, &nobody, None)?))
        };
        assert_eq!(store.write(forget).await.expect("written"), (vec![50, 0], false));
        store.close().await;
    }

    #[tokio::test]
    async fn the_name_of_a_request_may_be_used_again_after_a_week() {
        let (_folder, store, account) = open().await;
        let terms = Terms { life: HOUR, listens: Box::new(|_| false) };
        let request = Request { key: "tap-1".into(), hash: ContentHash::of(b"complete") };
        let again = move |transaction: &mut WriteTransaction<'_>| -> Result<_, CommandError> {
            let other = Request { hash: ContentHash::of(b"archived"), ..request.clone() };
            accept(transaction, &account, asked(Some(request.clone())), &terms)?;
            let week = Duration::from_secs(IDEMPOTENCY_DAYS * 24 * 3600);
            let within = repeated_at(transaction, &account, &other, transaction.now());
            let after = later(transaction.now(), week + Duration::from_millis(1));
            Ok((within.is_err(), repeated_at(transaction, &account, &other, after)?.is_none()))
        };
        assert_eq!(store.write(again).await.expect("written"), (true, true));
        store.close().await;
    }
}
