//! The matrix as a table for the documents, and whether it holds what the product promises. Pure.

use std::fmt::Write;

use super::outcome::{Outcome, percentile};
use super::rows::{self, ROWS, Row};

/// Back in touch after a cut, 95 of 100 times, in milliseconds.
const RECOVERED_MS: u64 = 5000;
/// Back in touch after a restart of the relay, with nothing in the way.
const RESTARTED_MS: u64 = 1000;
/// From a save to its event, through the worst way.
const SEEN_MS: u64 = 3000;
/// Idling for a day, in bytes: on a stream, and with polls.
const STREAM_IDLE_BYTES: u64 = 3_000_000;
const POLL_IDLE_BYTES: u64 = 8_000_000;

/// The table with its summary below, as Markdown.
#[must_use]
pub fn markdown(outcomes: &[Outcome]) -> String {
    let mut text =
        "| in the way | mode | save → seen, ms | command → done, ms | back after a cut, s \
                    | after a restart of the relay, s | idle, MB a day |\n\
                    |---|---|---|---|---|---|---|\n"
            .to_owned();
    for outcome in outcomes {
        text += &line(outcome);
    }
    text.push('\n');
    for Goal { words, value, holds } in goals(outcomes) {
        let verdict = if holds { "holds" } else { "**does not hold**" };
        let _ = writeln!(text, "* {words}: {value}, {verdict}.");
    }
    text
}

fn line(outcome: &Outcome) -> String {
    let Outcome { name, mode, http, seen_ms, done_ms, recovered_ms, restarted_ms, .. } = outcome;
    if !outcome.failure.is_empty() {
        let why = outcome.failure.lines().next().unwrap_or_default().replace('|', "/");
        return format!("| {name} | **failed**: {why} | | | | | |\n");
    }
    let idle = match outcome.idle_bytes {
        0 => "–".to_owned(),
        bytes => format!("{:.1}", bytes as f64 / 1e6),
    };
    format!(
        "| {name} | {mode}, {http} | {} | {} | {} | {} | {idle} |\n",
        spread(seen_ms, 1.0, 0),
        spread(done_ms, 1.0, 0),
        spread(recovered_ms, 1000.0, 1),
        spread(restarted_ms, 1000.0, 1)
    )
}

/// Median and worst.
fn spread(values: &[u64], unit: f64, digits: usize) -> String {
    let value = |hundredths| percentile(values, hundredths).map(|value| value as f64 / unit);
    match (value(50), value(100)) {
        (Some(median), Some(worst)) if values.len() > 1 => {
            format!("{median:.digits$} to {worst:.digits$}")
        }
        (Some(only), _) => format!("{only:.digits$}"),
        _ => "–".to_owned(),
    }
}

/// Something that is promised of all rows together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// What is promised.
    pub words: String,
    /// What was measured.
    pub value: String,
    /// Whether that is enough.
    pub holds: bool,
}

/// All goals, with what was measured.
#[must_use]
pub fn goals(outcomes: &[Outcome]) -> Vec<Goal> {
    let all = |of: fn(&Outcome) -> &Vec<u64>| -> Vec<u64> {
        outcomes.iter().flat_map(|outcome| of(outcome).iter().copied()).collect()
    };
    let seconds = |words: &str, value: Option<u64>, most: u64| Goal {
        words: format!("{words} ≤ {:.0} s", most as f64 / 1000.0),
        value: value
            .map_or("nothing measured".to_owned(), |ms| format!("{:.2} s", ms as f64 / 1000.0)),
        holds: value.is_some_and(|ms| ms <= most),
    };
    let idle = |mode: &str, most: u64| {
        let cut = |name: &str| rows::named(name).is_some_and(Row::cuts_connections);
        let costs = outcomes.iter().filter(|outcome| outcome.mode == mode && !cut(&outcome.name));
        let worst = costs.map(|outcome| outcome.idle_bytes).max().unwrap_or_default();
        Goal {
            words: format!(
                "Idle in the mode {mode}, where connections live longer than seconds, ≤ {:.0} MB a day",
                most as f64 / 1e6
            ),
            value: format!("{:.1} MB", worst as f64 / 1e6),
            holds: worst <= most,
        }
    };
    let recovered = all(|outcome| &outcome.recovered_ms);
    let restarted = all(|outcome| &outcome.restarted_ms);
    let direct = outcomes.iter().find(|outcome| outcome.name == ROWS[0].name);
    let direct = direct.map(|outcome| outcome.restarted_ms.clone()).unwrap_or_default();
    let cuts = format!("Back in touch after a cut, p95 of {}", recovered.len());
    let restarts =
        format!("After a restart of the relay through all of them, p95 of {}", restarted.len());
    let failed = outcomes.iter().filter(|outcome| !outcome.failure.is_empty()).count();
    vec![
        Goal {
            words: "Everything saved arrived, each command was applied once".to_owned(),
            value: format!("{} of {} rows", outcomes.len() - failed, outcomes.len()),
            holds: failed == 0,
        },
        seconds(&cuts, percentile(&recovered, 95), RECOVERED_MS),
        seconds(&restarts, percentile(&restarted, 95), RECOVERED_MS),
        seconds(
            "After a restart of the relay with nothing in the way",
            percentile(&direct, 100),
            RESTARTED_MS,
        ),
        seconds(
            "Save → seen, the worst of all",
            percentile(&all(|outcome| &outcome.seen_ms), 100),
            SEEN_MS,
        ),
        idle("stream", STREAM_IDLE_BYTES),
        idle("poll", POLL_IDLE_BYTES),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &str, seen: u64, recovered: u64) -> Outcome {
        Outcome {
            name: name.to_owned(),
            mode: "stream".to_owned(),
            http: "HTTP/2".to_owned(),
            seen_ms: vec![seen, 2],
            recovered_ms: vec![recovered],
            restarted_ms: vec![400],
            idle_bytes: 400_000,
            ..Outcome::default()
        }
    }

    #[test]
    fn a_row_shows_its_figures_or_why_it_has_none() {
        let failed = Outcome::failed("b", &anyhow::anyhow!("no | way\nmore"));
        let text = markdown(&[outcome("a", 40, 1200), failed]);
        let rows: Vec<_> = text.lines().skip(2).take(2).collect();
        assert_eq!(rows[0], "| a | stream, HTTP/2 | 2 to 40 | – | 1.2 | 0.4 | 0.4 |");
        assert_eq!(rows[1], "| b | **failed**: no / way | | | | | |");
        assert!(text.contains("1 of 2 rows, **does not hold**"), "{text}");
    }

    #[test]
    fn a_goal_holds_or_not_by_the_figures() {
        let broken = |outcomes: &[Outcome]| -> Vec<usize> {
            let goals = goals(outcomes).into_iter().enumerate();
            goals.filter(|(_, goal)| !goal.holds).map(|(at, _)| at).collect()
        };
        // Restarts are promised for the way with nothing in it.
        let direct = ROWS[0].name;
        assert_eq!(broken(&[outcome(direct, 3000, 5000)]), [0; 0]);
        assert_eq!(broken(&[outcome(direct, 3001, 5001)]), [1, 4]);
        let idle =
            Outcome { idle_bytes: 3_000_001, restarted_ms: vec![1001], ..outcome(direct, 1, 1) };
        assert_eq!(broken(&[idle]), [3, 5]);
    }
}
