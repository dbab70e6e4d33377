//! One-time codes of sign-in links: made by the command line or the first start, traded for a key.

use leanspec_shared::limits::SIGN_IN_CODE_SECONDS;
use leanspec_shared::time::Timestamp;
use leanspec_shared::view::{NewKey, Scope};

use super::{key, secret};
use crate::random::random_hex;
use crate::store::{AccountId, Connection, StoreError, sign_in_code};

/// A code that cannot be traded, or a store that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// Unknown, used, or too old.
    #[error("the code is unknown, used up or older than ten minutes")]
    Invalid,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a code that is good once and for ten minutes.
///
/// # Errors
/// When the store fails.
pub(crate) fn issue(
    connection: &Connection,
    account: &AccountId,
    scope: &Scope,
    now: Timestamp,
) -> Result<String, StoreError> {
    // 128 random bits: short enough for a QR code, far too many to guess within ten minutes.
    let code = random_hex::<16>();
    let lifetime_ms = i64::try_from(SIGN_IN_CODE_SECONDS * 1000).unwrap_or(i64::MAX);
    let expires_at = Timestamp::from_unix_ms(now.unix_ms() + lifetime_ms);
    sign_in_code::insert(connection, account, &secret::hash(&code), scope, now, expires_at)?;
    Ok(code)
}

/// Trades a code for a key with the code's scope.
pub(crate) fn exchange(
    connection: &Connection,
    code: &str,
    now: Timestamp,
) -> Result<NewKey, ExchangeError> {
    let taken = sign_in_code::take(connection, &secret::hash(code), now)?;
    let (account, scope) = taken.ok_or(ExchangeError::Invalid)?;
    Ok(key::create(connection, &account, scope, "signed in by link".into(), now)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{account, open_identity};

    #[test]
    fn a_code_is_good_once_and_for_ten_minutes() {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = open_identity(folder.path()).expect("opens");
        let at = |seconds: i64| Timestamp::from_unix_ms(seconds * 1000);
        let traded = identity.write(|connection| -> Result<_, StoreError> {
            let account = account::create(connection, at(0))?;
            let in_time = issue(connection, &account, &Scope::Edit, at(0))?;
            let too_late = issue(connection, &account, &Scope::Edit, at(0))?;
            let trade = |code: &str, seconds| exchange(connection, code, at(seconds)).ok();
            Ok([trade(&in_time, 599), trade(&in_time, 599), trade(&too_late, 601)])
        });
        let [first, second, late] = traded.expect("the store works");
        assert_eq!(first.expect("in time").info.scope, Scope::Edit);
        assert_eq!((second, late), (None, None));
    }
}
