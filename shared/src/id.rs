//! Opaque identifiers. Nothing is ever read out of one.

use serde::{Deserialize, Serialize};

/// The longest identifier that is accepted, in bytes.
pub const ID_MAX_BYTES: usize = 64;

/// A text that cannot stand as an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to {ID_MAX_BYTES} letters, digits, '-' or '_'")]
pub struct InvalidId;

fn check(text: &str) -> Result<(), InvalidId> {
    let fits = (1..=ID_MAX_BYTES).contains(&text.len());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if fits && text.bytes().all(plain) { Ok(()) } else { Err(InvalidId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        crate::schema::text_schema!($name);

        impl $name {
            /// The identifier as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                check(&text)?;
                Ok(Self(text.into()))
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An installed bridge. Chosen once by the bridge, kept in its state folder.
    MachineId
}
id! {
    /// A project on one machine: sixteen of `[a-z0-9]`, kept per canonical root.
    ProjectId
}
id! {
    /// Names the body of one push, so that a repeated POST is recognised. Minted once per body.
    PushId
}
id! {
    /// One bridge process, random at its start.
    InstanceId
}
id! {
    /// A command. Chosen by the relay; names the temporary file on the machine, too.
    CommandId
}
id! {
    /// An access key, for listing and revoking it. Not the secret.
    KeyId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_leave_its_place_in_a_url_is_refused() {
        for text in ["", "a/b", "..", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(text.parse::<MachineId>(), Err(InvalidId), "{text:?}");
        }
        assert_eq!("mac-Book_1".parse::<MachineId>().map(String::from), Ok("mac-Book_1".into()));
    }
}
