//! What an event of the command feed says. Pure.
//!
//! Nothing that a relay sends ends the feed or stops what comes after it: an event that cannot be
//! read is answered where its id can be, and passed over where not.

use leanspec_shared::command::{Delivery, Withdraw};
use leanspec_shared::feed::Bye;
use leanspec_shared::id::CommandId;
use serde_json::Value;

/// What the relay says on the feed.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// It closes on purpose, and why.
    Bye(Bye),
    /// A command for one of this machine's projects.
    Command(Box<Delivery>),
    /// A delivered command is not wanted any more.
    Withdraw(Withdraw),
    /// A command that this version cannot read.
    Unreadable {
        /// Which, where that much can be read.
        id: Option<CommandId>,
        /// What is wrong with it.
        why: String,
    },
    /// Everything else: heartbeats, and events of a newer relay.
    Other,
}

/// Reads one event.
#[must_use]
pub fn read(name: &str, data: &str) -> Heard {
    match name {
        "bye" => serde_json::from_str(data).map_or(Heard::Other, Heard::Bye),
        "withdraw" => match serde_json::from_str(data) {
            Ok(withdraw) => Heard::Withdraw(withdraw),
            Err(error) => Heard::Unreadable { id: None, why: error.to_string() },
        },
        "command" => match serde_json::from_str(data) {
            Ok(delivery) => Heard::Command(Box::new(delivery)),
            Err(error) => Heard::Unreadable { id: id_of(data), why: error.to_string() },
        },
        _ => Heard::Other,
    }
}

fn id_of(data: &str) -> Option<CommandId> {
    let value: Value = serde_json::from_str(data).ok()?;
    value["id"].as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAND: &str = concat!(
        r#"{"id":"c1","project":"p1","type":"update_frontmatter","base":null,"force":false,"#,
        r#""spec":"001-a","fields":{"status":"planned"},"expires_in_ms":1000,"#,
        r#""by":{"key":"k1","name":"phone"}}"#
    );

    #[test]
    fn a_command_is_read_with_all_that_was_posted() {
        let Heard::Command(delivery) = read("command", COMMAND) else { panic!("a command") };
        assert_eq!((delivery.id.as_str(), delivery.expires_in_ms), ("c1", 1000));
        assert_eq!(delivery.posted.kind, "update_frontmatter");
        let withdraw = read("withdraw", r#"{"id":"c1"}"#);
        assert!(matches!(withdraw, Heard::Withdraw(withdraw) if withdraw.id.as_str() == "c1"));
    }

    #[test]
    fn an_event_of_a_newer_relay_is_passed_over() {
        assert_eq!(read("heartbeat", "{}"), Heard::Other);
        assert_eq!(read("bye", "no JSON"), Heard::Other);
    }

    /// One poison command of the predecessor blocked all later ones for ever.
    #[test]
    fn a_command_that_cannot_be_read_is_named_where_its_id_can_be() {
        let cases = [
            (r#"{"id":"c7","project":"..","expires_in_ms":"soon"}"#, Some("c7")),
            (r#"{"id":"c7"}"#, Some("c7")),
            (r#"{"id":"../c7"}"#, None),
            (r#"["c7"]"#, None),
            ("not JSON", None),
            ("", None),
        ];
        for (data, wanted) in cases {
            let Heard::Unreadable { id, .. } = read("command", data) else { panic!("{data}") };
            assert_eq!(id.as_ref().map(CommandId::as_str), wanted, "{data}");
        }
        assert!(matches!(read("withdraw", "{}"), Heard::Unreadable { id: None, .. }));
    }
}
