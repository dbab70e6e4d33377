//! Keys: making one, and telling whose a presented one is.

use axum::extract::{FromRequestParts, RawPathParams};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use leanspec_shared::http::{BRIDGE_HEADER, INSTANCE_HEADER};
use leanspec_shared::id::{InstanceId, KeyId, MachineId};
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{KeyInfo, NewKey, Scope};

use super::scope::{Needed, covers};
use super::{secret, version};
use crate::error::ApiError;
use crate::state::{RELAY_VERSION, Relay};
use crate::store::access_key::{self, StoredKey};
use crate::store::{AccountId, Connection, StoreError};

/// Why a call is not let through.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    /// No `Authorization: Bearer …`.
    #[error("the call carries no key")]
    Missing,
    /// No such key, or not with this secret.
    #[error("the relay does not know this key")]
    Unknown,
    /// It was revoked.
    #[error("the key was revoked")]
    Revoked,
    /// It may not do this.
    #[error("a key of scope {has} cannot make a call that needs {needed}")]
    Scope {
        /// The key's.
        has: Scope,
        /// The call's.
        needed: &'static str,
    },
    /// It speaks for another machine.
    #[error("the key speaks for another machine")]
    OtherMachine,
    /// The bridge is too old or too new.
    #[error("a bridge of version {0} is not served")]
    Version(String),
    /// The machine's id in the address is none.
    #[error("the address names no machine")]
    Address,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a key and keeps its hash.
pub(crate) fn create(
    connection: &Connection,
    account: &AccountId,
    scope: Scope,
    name: String,
    now: Timestamp,
) -> Result<NewKey, StoreError> {
    let (id, text) = secret::new_key(&scope);
    let info = KeyInfo { id, name, scope, machine: None, created_at: now, revoked_at: None };
    let secret_hash = secret::hash(&text);
    let stored = StoredKey { account: account.clone(), secret_hash, info };
    access_key::insert(connection, &stored)?;
    Ok(NewKey { key: text, info: stored.info })
}

/// Whoever presents a valid key.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    pub(crate) key: KeyInfo,
}

fn bearer(headers: &HeaderMap) -> Result<&str, AuthError> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, key) = header.and_then(|text| text.split_once(' ')).ok_or(AuthError::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(key.trim()) } else { Err(AuthError::Missing) }
}

/// Whether a key still stands.
pub(crate) fn is_revoked(connection: &Connection, id: &KeyId) -> Result<bool, StoreError> {
    let found = access_key::find(connection, id)?;
    Ok(found.is_none_or(|key| key.info.revoked_at.is_some()))
}

fn check(connection: &Connection, id: &KeyId, text: &str) -> Result<Caller, AuthError> {
    let stored = access_key::find(connection, id)?.ok_or(AuthError::Unknown)?;
    if !secret::matches(text, &stored.secret_hash) {
        return Err(AuthError::Unknown);
    }
    if stored.info.revoked_at.is_some() {
        return Err(AuthError::Revoked);
    }
    Ok(Caller { account: stored.account, key: stored.info })
}

/// The caller of a request. Keys are looked up every time: a revoked one ends at once, also when
/// another process revoked it.
fn caller(parts: &Parts, relay: &Relay, needed: Needed) -> Result<Caller, AuthError> {
    let text = bearer(&parts.headers)?;
    let id = secret::key_id(text).ok_or(AuthError::Unknown)?;
    let caller = relay.store.look(|connection| check(connection, &id, text))?;
    if !covers(&caller.key.scope, needed) {
        return Err(AuthError::Scope { has: caller.key.scope, needed: needed.as_str() });
    }
    Ok(caller)
}

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident => $needed:ident;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone)]
            pub(crate) struct $name(pub(crate) Caller);

            impl FromRequestParts<Relay> for $name {
                type Rejection = ApiError;
                async fn from_request_parts(
                    parts: &mut Parts,
                    relay: &Relay,
                ) -> Result<Self, ApiError> {
                    Ok(Self(caller(parts, relay, Needed::$needed)?))
                }
            }
        )+
    };
}

callers! {
    /// Anybody with a valid key.
    Anyone => Any;
    /// A person who may read.
    Viewer => View;
    /// A person who may change things.
    Editor => Edit;
    /// A person who may do everything.
    Admin => Admin;
}

/// A bridge that speaks for the machine in the address.
#[derive(Debug, Clone)]
pub(crate) struct Bridge {
    pub(crate) caller: Caller,
    pub(crate) machine: MachineId,
    /// The process, where it says so.
    pub(crate) instance: Option<InstanceId>,
}

impl FromRequestParts<Relay> for Bridge {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, relay: &Relay) -> Result<Self, ApiError> {
        let caller = bridge(parts, relay)?;
        let instance = text(parts, INSTANCE_HEADER).and_then(|text| text.parse().ok());
        let machine = machine_of_address(parts, relay).await?;
        match &caller.key.machine {
            Some(bound) if *bound == machine => {}
            Some(_) => return Err(AuthError::OtherMachine.into()),
            None => bind(relay, &caller.key.id, &machine).await?,
        }
        Ok(Self { caller, machine, instance })
    }
}

/// A bridge whose key is bound to a machine, where the address names none.
#[derive(Debug, Clone)]
pub(crate) struct BoundBridge {
    pub(crate) account: AccountId,
    pub(crate) machine: MachineId,
}

impl FromRequestParts<Relay> for BoundBridge {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, relay: &Relay) -> Result<Self, ApiError> {
        let caller = bridge(parts, relay)?;
        let machine = caller.key.machine.ok_or(AuthError::OtherMachine)?;
        Ok(Self { account: caller.account, machine })
    }
}

fn text<'a>(parts: &'a Parts, header: &str) -> Option<&'a str> {
    parts.headers.get(header).and_then(|value| value.to_str().ok())
}

/// A caller with a bridge's key and a bridge that is served.
fn bridge(parts: &Parts, relay: &Relay) -> Result<Caller, AuthError> {
    let caller = caller(parts, relay, Needed::Bridge)?;
    if let Some(bridge) = text(parts, BRIDGE_HEADER)
        && !version::is_served(bridge, RELAY_VERSION)
    {
        return Err(AuthError::Version(bridge.to_owned()));
    }
    Ok(caller)
}

async fn machine_of_address(parts: &mut Parts, relay: &Relay) -> Result<MachineId, AuthError> {
    let names = RawPathParams::from_request_parts(parts, relay).await;
    let names = names.map_err(|_| AuthError::Address)?;
    let machine = names.iter().find(|(name, _)| *name == "machine").map(|(_, id)| id.parse());
    machine.and_then(Result::ok).ok_or(AuthError::Address)
}

/// Binds a key to the first machine that uses it, or finds that another was faster.
async fn bind(relay: &Relay, id: &KeyId, machine: &MachineId) -> Result<(), AuthError> {
    let (id, machine) = (id.clone(), machine.clone());
    let bound = relay.store.write(move |transaction| -> Result<bool, StoreError> {
        if access_key::bind(transaction, &id, &machine)? {
            return Ok(true);
        }
        let key = access_key::find(transaction, &id)?;
        Ok(key.is_some_and(|key| key.info.machine == Some(machine)))
    });
    if bound.await? { Ok(()) } else { Err(AuthError::OtherMachine) }
}
