//! Who calls, and may they: keys, scopes, the machine a bridge's key speaks for, one-time codes.

pub(crate) mod code;
pub(crate) mod key;
pub(crate) mod link;
pub(crate) mod scope;
pub(crate) mod secret;
pub(crate) mod version;

pub(crate) use code::issue as issue_code;
pub(crate) use link::sign_in_link;
