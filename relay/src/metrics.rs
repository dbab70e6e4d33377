//! Figures for Prometheus. No label carries anything of a user: routes are named by their pattern.

use leanspec_shared::command::CommandState;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// A kind of call and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Call {
    /// The pattern of the route, or `other`.
    pub(crate) route: String,
    /// `read`, `write` or `other`.
    pub(crate) method: &'static str,
    /// The HTTP status.
    pub(crate) status: u16,
}

/// Whose feeds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Readers {
    of: &'static str,
}

/// Commands of one state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: String,
}

/// What is read at the moment it is asked for.
pub(crate) struct Now {
    /// Feeds that are open: of people, of bridges.
    pub(crate) feeds: (usize, usize),
    /// Commands that are kept, by state; `queued` and `delivered` are the queue.
    pub(crate) commands: Vec<(CommandState, u64)>,
}

/// What is counted.
#[derive(Default)]
pub(crate) struct Metrics {
    pub(crate) calls: Family<Call, Counter>,
    pub(crate) body_bytes: Counter,
    pub(crate) events: Counter,
}

impl Metrics {
    /// The figures as OpenMetrics text.
    pub(crate) fn text(&self, now: &Now) -> String {
        let mut registry = Registry::with_prefix("leanspec_relay");
        registry.register("calls", "Calls that were answered", self.calls.clone());
        let help = "Bytes of pushed bodies as they came";
        registry.register("pushed_body_bytes", help, self.body_bytes.clone());
        registry.register("events", "Events that were stored", self.events.clone());
        let open = Family::<Readers, Gauge>::default();
        for (of, count) in [("people", now.feeds.0), ("bridges", now.feeds.1)] {
            open.get_or_create(&Readers { of }).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        registry.register("feeds_open", "Feeds that are open", open);
        let commands = Family::<InState, Gauge>::default();
        for (state, count) in &now.commands {
            // Words of newer bridges are one figure: nobody else chooses labels.
            let state = if let CommandState::Other(_) = state { "other" } else { state.as_str() };
            let state = InState { state: state.to_owned() };
            commands.get_or_create(&state).inc_by(i64::try_from(*count).unwrap_or(i64::MAX));
        }
        registry.register("commands", "Commands that are kept, by state", commands);
        let mut text = String::new();
        encode(&mut text, &registry).expect("writing to a string does not fail");
        text
    }
}
