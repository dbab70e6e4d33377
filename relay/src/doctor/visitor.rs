//! A key for the length of one look: the calls that probe the way want one, and none of those that
//! were given out is known here.

use std::path::Path;
use std::time::SystemTime;

use leanspec_shared::view::{NewKey, Scope};

use crate::auth;
use crate::store::{Identity, StoreError, access_key, account, open_identity};

/// What the key is called while it stands.
const NAME: &str = "leanspec-relay doctor";

/// Whoever looks. Its key, which may read and nothing more, goes with it.
pub(super) struct Visitor {
    identity: Identity,
    key: NewKey,
}

impl Visitor {
    /// Makes the key. The relay has made its account: it runs.
    pub(super) fn enter(folder: &Path) -> Result<Self, StoreError> {
        let identity = open_identity(folder)?;
        let now = SystemTime::now().into();
        let key = identity.write(|connection| {
            let account = account::only(connection)?.ok_or(StoreError::Closed)?;
            auth::key::create(connection, &account, Scope::View, NAME.to_owned(), now)
        })?;
        Ok(Self { identity, key })
    }

    /// The key's text.
    pub(super) fn key(&self) -> &str {
        &self.key.key
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let id = &self.key.info.id;
        let removed: Result<(), StoreError> =
            self.identity.write(|connection| access_key::remove(connection, id));
        if let Err(error) = removed {
            eprintln!(
                "the key {id} could not be removed ({error}): leanspec-relay key revoke {id}"
            );
        }
    }
}
