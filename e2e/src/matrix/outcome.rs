//! What was measured in one row.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One row's figures. Times are in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The row's name.
    pub name: String,
    /// `stream` or `poll`.
    pub mode: String,
    /// `HTTP/2` or `HTTP/1.1`.
    pub http: String,
    /// From each save to its event at a reader of the relay.
    pub seen_ms: Vec<u64>,
    /// From each accepted command to its end.
    pub done_ms: Vec<u64>,
    /// From the end of each cut until what was saved and asked for meanwhile had arrived.
    pub recovered_ms: Vec<u64>,
    /// The same after the relay was killed, from its listening again.
    pub restarted_ms: Vec<u64>,
    /// What idling would cost in a day, in bytes.
    pub idle_bytes: u64,
    /// What did not hold; empty when all did.
    pub failure: String,
}

impl Outcome {
    /// A row that could not be driven to its end.
    #[must_use]
    pub fn failed(name: &str, failure: &anyhow::Error) -> Self {
        Self { name: name.to_owned(), failure: format!("{failure:#}"), ..Self::default() }
    }
}

/// A time as the figures carry it.
#[must_use]
pub fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The value that so many hundredths of all do not exceed (nearest rank); `None` of nothing.
#[must_use]
pub fn percentile(values: &[u64], hundredths: usize) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * hundredths).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(percentile(&hundred, 95), Some(95));
        assert_eq!(percentile(&[7, 3], 50), Some(3));
        assert_eq!(percentile(&[7, 3], 95), Some(7));
        assert_eq!(percentile(&[], 95), None);
    }
}
