//! Projects: what the bridge says of them, and the counts and check sum that every push carries on.

use leanspec_shared::change::Held;
use leanspec_shared::hash::StateHash;
use leanspec_shared::id::{MachineId, ProjectId, PushId};
use leanspec_shared::view::{Project, ProjectFacts};

use super::account::AccountId;
use super::sql::{Row, values};
use super::{Connection, StoreError};

/// A project with all that a push needs to know of it.
#[derive(Debug, Clone)]
pub(crate) struct StoredProject {
    /// The number its files and specs carry.
    pub(crate) number: i64,
    pub(crate) machine: MachineId,
    pub(crate) facts: ProjectFacts,
    pub(crate) rev: u64,
    pub(crate) state_hash: StateHash,
    pub(crate) summary_version: u32,
    /// Files with content.
    pub(crate) files: u64,
    /// Files that were named, with content or not.
    pub(crate) names: u64,
    pub(crate) specs: u64,
    /// The last accepted push and its answer as JSON: a repeated push gets it again.
    pub(crate) last_push: Option<(PushId, String)>,
}

impl StoredProject {
    /// As readers see it.
    pub(crate) fn view(&self) -> Project {
        let facts = self.facts.clone();
        Project {
            machine: self.machine.clone(),
            id: facts.id,
            key: facts.key,
            root_label: facts.root_label,
            name: facts.name,
            specs_dir: facts.specs_dir,
            git: facts.git,
            rev: self.rev,
            state_hash: self.state_hash,
            state: facts.state,
            state_reason: facts.state_reason,
            state_code: facts.state_code,
            allow: facts.allow,
            read_only: facts.read_only,
            read_only_code: facts.read_only_code,
            sealed: facts.sealed,
            skipped: facts.skipped,
            specs: self.specs,
            files: self.files,
        }
    }

    /// As its bridge is answered.
    pub(crate) fn held(&self) -> Held {
        Held {
            id: self.facts.id.clone(),
            rev: self.rev,
            state_hash: self.state_hash,
            summary_version: self.summary_version,
        }
    }
}

fn read(row: &Row) -> Result<StoredProject, StoreError> {
    let push = row.get::<Option<String>>(9)?;
    let push = push.map(|id| id.parse()).transpose().map_err(|_| StoreError::Row { column: 9 })?;
    Ok(StoredProject {
        number: row.get(0)?,
        machine: row.parse(1)?,
        facts: row.json(2)?,
        rev: row.get(3)?,
        state_hash: row.get(4)?,
        summary_version: row.get(5)?,
        files: row.get(6)?,
        names: row.get(7)?,
        specs: row.get(8)?,
        last_push: push.zip(row.get::<Option<String>>(10)?),
    })
}

/// One project.
pub(crate) fn find(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
    id: &ProjectId,
) -> Result<Option<StoredProject>, StoreError> {
    let sql =
        "SELECT number, machine, facts, rev, state_hash, summary_version, files, names, specs,
            last_push, last_answer
        FROM mirror.project WHERE account = ?1 AND machine = ?2 AND id = ?3";
    let values = values![account.to_string(), machine.to_string(), id.to_string()];
    connection.one(sql, values, read)
}

/// All projects of a machine.
pub(crate) fn list(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
) -> Result<Vec<StoredProject>, StoreError> {
    let sql =
        "SELECT number, machine, facts, rev, state_hash, summary_version, files, names, specs,
            last_push, last_answer
        FROM mirror.project WHERE account = ?1 AND machine = ?2";
    connection.rows(sql, values![account.to_string(), machine.to_string()], read)
}

/// Keeps a new, empty project and returns it with its number.
pub(crate) fn insert(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
    facts: &ProjectFacts,
) -> Result<StoredProject, StoreError> {
    let sql = "INSERT INTO mirror.project (account, machine, id, facts, rev, state_hash,
            summary_version, files, names, specs)
        VALUES (?1, ?2, ?3, ?4, 0, ?5, 0, 0, 0, 0)";
    let values = values![
        account.to_string(),
        machine.to_string(),
        facts.id.to_string(),
        json(facts),
        StateHash::default(),
    ];
    connection.execute(sql, values)?;
    find(connection, account, machine, &facts.id)?
        .ok_or_else(|| StoreError::Database("a project just stored is not there".into()))
}

/// Keeps what a push or an announcement has changed.
pub(crate) fn update(connection: &Connection, project: &StoredProject) -> Result<(), StoreError> {
    let sql = "UPDATE mirror.project SET facts = ?2, rev = ?3, state_hash = ?4,
            summary_version = ?5, files = ?6, names = ?7, specs = ?8, last_push = ?9,
            last_answer = ?10
        WHERE number = ?1";
    let (push, answer) = project.last_push.clone().unzip();
    let values = values![
        project.number,
        json(&project.facts),
        project.rev,
        project.state_hash,
        project.summary_version,
        project.files,
        project.names,
        project.specs,
        push.map(String::from),
        answer,
    ];
    connection.execute(sql, values).map(drop)
}

/// Removes a project with all it holds.
pub(crate) fn delete(connection: &Connection, number: i64) -> Result<(), StoreError> {
    connection.execute("DELETE FROM mirror.file WHERE project = ?1", values![number])?;
    connection.execute("DELETE FROM mirror.spec WHERE project = ?1", values![number])?;
    connection.execute("DELETE FROM mirror.project WHERE number = ?1", values![number]).map(drop)
}

fn json(facts: &ProjectFacts) -> String {
    serde_json::to_string(facts).expect("plain data always becomes JSON")
}
