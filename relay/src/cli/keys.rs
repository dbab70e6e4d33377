//! `leanspec-relay key …` and `link`: on the identity database, whether a relay runs or not.

use std::time::SystemTime;

use anyhow::bail;
use clap::{Args, Subcommand};
use leanspec_shared::id::KeyId;
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{KeyInfo, Keys};

use super::{Place, ScopeArg, print, recalled};
use crate::auth::{self, sign_in_link};
use crate::store::{
    AccountId, Connection, Identity, StoreError, access_key, account, open_identity,
};

/// `leanspec-relay key …`
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Print a new key: it is shown this once
    Create {
        /// What it may do
        #[arg(long, value_enum)]
        scope: ScopeArg,
        /// For people
        #[arg(long, default_value = "")]
        name: String,
        /// Print the key with its id as JSON
        #[arg(long)]
        json: bool,
    },
    /// List the keys, newest first
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key: its open feeds end within a second
    Revoke {
        /// Its id, as listed
        key: String,
        /// Print what became of it as JSON
        #[arg(long)]
        json: bool,
    },
}

/// `leanspec-relay link`
#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// What whoever signs in with it may do
    #[arg(long, value_enum, default_value = "admin")]
    scope: ScopeArg,
}

pub(super) fn run(place: &Place, command: &KeyCommand) -> anyhow::Result<()> {
    let identity = open_identity(&place.folder()?)?;
    match command {
        KeyCommand::Create { scope, name, json } => create(&identity, *scope, name, *json),
        KeyCommand::List { json } => list(&identity, *json),
        KeyCommand::Revoke { key, json } => revoke(&identity, key, *json),
    }
}

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}

/// The relay's account; made when the command line comes before the first start.
fn the_account(connection: &Connection) -> Result<AccountId, StoreError> {
    match account::only(connection)? {
        Some(account) => Ok(account),
        None => account::create(connection, now()),
    }
}

fn create(identity: &Identity, scope: ScopeArg, name: &str, json: bool) -> anyhow::Result<()> {
    let new = identity.write(|connection| {
        let account = the_account(connection)?;
        auth::key::create(connection, &account, scope.into(), name.to_owned(), now())
    })?;
    if json { print(&serde_json::to_string(&new)?) } else { print(&new.key) }
}

fn list(identity: &Identity, json: bool) -> anyhow::Result<()> {
    let keys = identity.read(|connection| match account::only(connection)? {
        Some(account) => access_key::list(connection, &account),
        None => Ok(Vec::new()),
    })?;
    if json {
        return print(&serde_json::to_string(&Keys { keys })?);
    }
    print(&format!("{:<14}{:<8}{:<26}{:<20}{}", "ID", "SCOPE", "CREATED", "STATE", "NAME"))?;
    keys.iter().try_for_each(|key| print(&row(key)))
}

fn row(key: &KeyInfo) -> String {
    let state = match (&key.revoked_at, &key.machine) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(machine)) => format!("for {machine}"),
        (None, None) => "valid".to_owned(),
    };
    let (id, scope) = (key.id.as_str(), key.scope.as_str());
    format!("{id:<14}{scope:<8}{:<26}{state:<20}{}", key.created_at.to_string(), key.name)
}

fn revoke(identity: &Identity, key: &str, json: bool) -> anyhow::Result<()> {
    let Ok(id) = key.parse::<KeyId>() else {
        bail!("'{key}' is not the id of a key; 'leanspec-relay key list' shows them");
    };
    let revoked = identity.write(|connection| -> Result<_, StoreError> {
        let Some(account) = account::only(connection)? else { return Ok(None) };
        access_key::revoke(connection, &account, &id, now())?;
        Ok(access_key::find(connection, &id)?.map(|key| key.info))
    })?;
    match revoked {
        None => bail!("there is no key '{id}'; 'leanspec-relay key list' shows them"),
        Some(info) if json => print(&serde_json::to_string(&info)?),
        Some(_) => Ok(()),
    }
}

pub(super) fn link(place: &Place, args: &LinkArgs) -> anyhow::Result<()> {
    let folder = place.folder()?;
    let identity = open_identity(&folder)?;
    let scope = args.scope.into();
    let code = identity.write(|connection| -> Result<String, StoreError> {
        let account = the_account(connection)?;
        auth::issue_code(connection, &account, &scope, now())
    })?;
    let url = place.public_url.clone().or_else(|| recalled::public_url(&folder));
    let Some(url) = url else {
        bail!(
            "this relay never ran: start it with 'leanspec-relay serve', or say --public-url URL"
        );
    };
    print(&sign_in_link(&url, &code))
}
