//! Sizes of the shipped binaries.

use anyhow::Result;
use e2e::binaries::Binaries;

use crate::figures::Report;

pub(crate) fn measure(binaries: &Binaries) -> Result<Report> {
    let mut report = Report::new("size", "the shipped binaries");
    report.held("leanspec-bridge", binaries.bridge.metadata()?.len() as f64, "bytes", 5e6);
    report.note("leanspec-relay", binaries.relay.metadata()?.len() as f64, "bytes");
    Ok(report)
}
