//! Where a feed starts: whether the history still holds what a reader has seen.

use leanspec_shared::feed::{Cursor, ResetReason};

use crate::store::{AccountId, Connection, StoreError, event};

/// Where a feed starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resume {
    /// After this event, which stands in the history.
    From(Cursor),
    /// No cursor was given: from now on.
    Fresh(Cursor),
    /// The gap cannot be filled. The cursor is the head, for the `hello`.
    Reset(Cursor, ResetReason),
}

/// What the history says of a cursor.
struct Known {
    head: Cursor,
    floor: Cursor,
    /// The tag that stands at the cursor's number.
    tag: Option<String>,
}

/// Decides. A number alone proves nothing: a relay that was restored from an older copy has given
/// the same numbers to other events, and only the tag tells.
fn decide(after: Option<Result<Cursor, ()>>, known: Known) -> Resume {
    let Known { head, floor, tag } = known;
    match after {
        None => Resume::Fresh(head),
        Some(Ok(cursor)) if cursor == floor || tag.as_deref() == Some(&*cursor.tag) => {
            Resume::From(cursor)
        }
        Some(Ok(cursor)) if cursor.seq < floor.seq => Resume::Reset(head, ResetReason::TooOld),
        Some(_) => Resume::Reset(head, ResetReason::UnknownCursor),
    }
}

/// Looks up where a feed starts. A text that is no cursor is one that this relay never gave.
pub(crate) fn resume(
    connection: &Connection,
    account: &AccountId,
    after: Option<&str>,
) -> Result<Resume, StoreError> {
    let after = after.map(|text| text.parse::<Cursor>().map_err(|_| ()));
    let tag = match &after {
        Some(Ok(cursor)) => event::tag_of(connection, account, cursor.seq)?,
        _ => None,
    };
    let head = event::head(connection, account)?;
    let floor = event::floor(connection, account)?.unwrap_or_else(|| head.clone());
    Ok(decide(after, Known { head, floor, tag }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(text: &str) -> Cursor {
        text.parse().expect("a cursor")
    }

    #[test]
    fn a_feed_resumes_only_from_what_stands_in_the_history_or_is_its_floor() {
        let known = |tag: Option<&str>| Known {
            head: cursor("90.b"),
            floor: cursor("40.a"),
            tag: tag.map(str::to_owned),
        };
        let reset = |reason| Resume::Reset(cursor("90.b"), reason);
        let table = [
            (None, None, Resume::Fresh(cursor("90.b"))),
            (Some("50.a"), Some("a"), Resume::From(cursor("50.a"))),
            (Some("40.a"), None, Resume::From(cursor("40.a"))),
            (Some("50.x"), Some("a"), reset(ResetReason::UnknownCursor)),
            (Some("95.b"), None, reset(ResetReason::UnknownCursor)),
            (Some("39.a"), None, reset(ResetReason::TooOld)),
            (Some("40.z"), None, reset(ResetReason::UnknownCursor)),
        ];
        for (after, tag, wanted) in table {
            let found = decide(after.map(|text| Ok(cursor(text))), known(tag));
            assert_eq!(found, wanted, "{after:?}");
        }
        assert_eq!(decide(Some(Err(())), known(None)), reset(ResetReason::UnknownCursor));
    }
}
