//! At the start: commands stand in identity, their events in the mirror. The logs of the two may be
//! cut apart by a power failure, and the mirror may be gone; then the events are told again.

use std::time::Duration;

use leanspec_shared::time::Timestamp;

use super::record::tell;
use crate::store::{AccountId, StoreError, WriteTransaction, command, command_queue};

/// How long after its end a command is still told of again: whoever was reading when the power went
/// is back by then.
const RECENTLY: Duration = Duration::from_secs(24 * 3600);

/// Tells of the commands that have not ended, or ended recently, and whose event is missing; how many.
pub(crate) fn tell_untold(
    transaction: &mut WriteTransaction<'_>,
    account: &AccountId,
) -> Result<usize, StoreError> {
    let recently = i64::try_from(RECENTLY.as_millis()).unwrap_or(i64::MAX);
    let since = Timestamp::from_unix_ms(transaction.now().unix_ms().saturating_sub(recently));
    let untold = command_queue::untold(transaction, account, since)?;
    let count = untold.len();
    for mut stored in untold {
        stored.event_seq = tell(transaction, account, &stored.command)?;
        command::update(transaction, &stored)?;
    }
    Ok(count)
}
