//! Figures: percentiles, the table on the terminal, and the JSON beside it.

use serde::Serialize;

/// A row of the report: one figure, its budget where there is one.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// The value in `unit`.
    pub(crate) value: f64,
    /// `ms`, `bytes`, `MB`, `%`, `x`, …
    pub(crate) unit: &'static str,
    /// The most it may be, in `unit`.
    pub(crate) budget: Option<f64>,
}

/// All figures of one command.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// The bench command, e.g. `latency`.
    pub(crate) bench: &'static str,
    /// What it was run on, in words.
    pub(crate) on: String,
    /// The rows.
    pub(crate) figures: Vec<Figure>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub(crate) fn new(bench: &'static str, on: impl Into<String>) -> Self {
        Self { bench, on: on.into(), figures: Vec::new() }
    }

    /// Adds a figure without a budget.
    pub(crate) fn note(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.figures.push(Figure { name: name.into(), value, unit, budget: None });
    }

    /// Adds a figure with the most it may be.
    pub(crate) fn held(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        budget: f64,
    ) {
        self.figures.push(Figure { name: name.into(), value, unit, budget: Some(budget) });
    }

    /// Adds p50, p95, p99 and max of samples in milliseconds, and gives the median back.
    pub(crate) fn spread(&mut self, name: &str, samples_ms: &mut [f64]) -> f64 {
        samples_ms.sort_by(f64::total_cmp);
        for (label, share) in [("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)] {
            self.note(format!("{name} {label}"), percentile(samples_ms, share), "ms");
        }
        percentile(samples_ms, 0.50)
    }

    /// The table for a terminal.
    #[must_use]
    pub(crate) fn table(&self) -> String {
        let width = self.figures.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
        let mut table = format!("{} on {}\n", self.bench, self.on);
        for figure in &self.figures {
            let verdict = match figure.budget {
                Some(budget) if figure.value <= budget => format!("≤ {}", number(budget)),
                Some(budget) => format!("OVER {}", number(budget)),
                None => String::new(),
            };
            let line = format!(
                "  {:width$}  {:>12} {:<6} {verdict}",
                figure.name,
                number(figure.value),
                figure.unit
            );
            table.push_str(line.trim_end());
            table.push('\n');
        }
        table
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 || value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

/// The value below which `share` (0 to 1) of sorted samples lie, by the nearest-rank method; NaN
/// for no samples.
#[must_use]
pub(crate) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).or(sorted.last()).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let samples: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!(percentile(&samples, 0.50), 100.0);
        assert_eq!(percentile(&samples, 0.95), 190.0);
        assert_eq!(percentile(&samples, 1.0), 200.0);
        assert!(percentile(&[], 0.5).is_nan());
    }

    #[test]
    fn a_figure_over_its_budget_says_so() {
        let mut report = Report::new("size", "this machine");
        report.held("bridge", 6.0e6, "bytes", 5.0e6);
        assert!(report.table().contains("OVER 5000000"));
    }
}
