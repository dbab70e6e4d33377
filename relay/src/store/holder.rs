//! Who speaks for a machine: kept in identity, so that neither a deleted mirror nor a restart lets a
//! second computer slip in, and names that people gave survive.

use leanspec_shared::hash::ContentHash;
use leanspec_shared::id::{InstanceId, MachineId};
use leanspec_shared::time::Timestamp;

use super::account::AccountId;
use super::sql::{Row, values};
use super::{Connection, StoreError};

/// The computer and the process that speak for a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) machine: MachineId,
    /// What a person called it; wins over what the bridge says.
    pub(crate) given_name: Option<String>,
    pub(crate) announced_name: String,
    pub(crate) os: String,
    pub(crate) bridge_version: String,
    pub(crate) host_mark: ContentHash,
    pub(crate) instance: InstanceId,
    /// Processes that were superseded, newest first: they may not come back by themselves.
    pub(crate) former_instances: Vec<InstanceId>,
    pub(crate) last_seen: Timestamp,
}

impl Holder {
    /// The name to show.
    pub(crate) fn name(&self) -> &str {
        self.given_name.as_deref().unwrap_or(&self.announced_name)
    }
}

fn read(row: &Row) -> Result<Holder, StoreError> {
    Ok(Holder {
        machine: row.parse(0)?,
        given_name: row.get(1)?,
        announced_name: row.get(2)?,
        os: row.get(3)?,
        bridge_version: row.get(4)?,
        host_mark: row.get(5)?,
        instance: row.parse(6)?,
        former_instances: row.json(7)?,
        last_seen: row.get(8)?,
    })
}

/// Who speaks for this machine; `None` when it never announced itself, or was forgotten.
pub(crate) fn find(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
) -> Result<Option<Holder>, StoreError> {
    let sql = "SELECT machine, given_name, announced_name, os, bridge_version, host_mark, instance,
            former_instances, last_seen
        FROM holder WHERE account = ?1 AND machine = ?2";
    connection.one(sql, values![account.to_string(), machine.to_string()], read)
}

/// All machines of an account.
pub(crate) fn list(
    connection: &Connection,
    account: &AccountId,
) -> Result<Vec<Holder>, StoreError> {
    let sql = "SELECT machine, given_name, announced_name, os, bridge_version, host_mark, instance,
            former_instances, last_seen
        FROM holder WHERE account = ?1";
    connection.rows(sql, values![account.to_string()], read)
}

/// Keeps a holder in the place of the former one.
pub(crate) fn put(
    connection: &Connection,
    account: &AccountId,
    holder: &Holder,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO holder (account, machine, given_name, announced_name, os,
            bridge_version, host_mark, instance, former_instances, last_seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let former = serde_json::to_string(&holder.former_instances).expect("ids become JSON");
    let values = values![
        account.to_string(),
        holder.machine.to_string(),
        holder.given_name.clone(),
        holder.announced_name.clone(),
        holder.os.clone(),
        holder.bridge_version.clone(),
        holder.host_mark,
        holder.instance.to_string(),
        former,
        holder.last_seen,
    ];
    connection.execute(sql, values).map(drop)
}

/// Forgets a machine; its key stays bound to it.
pub(crate) fn delete(
    connection: &Connection,
    account: &AccountId,
    machine: &MachineId,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM holder WHERE account = ?1 AND machine = ?2";
    Ok(connection.execute(sql, values![account.to_string(), machine.to_string()])? > 0)
}
