//! What the kernel says of a running process (`proc(5)`): memory, processor time, wake-ups.

use std::fs;

use anyhow::{Context, Result};

/// Clock ticks a second in `/proc/…/stat`; `sysconf(_SC_CLK_TCK)` is 100 on every Linux there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// One look at a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Resident memory now, in bytes.
    pub(crate) rss: u64,
    /// The most resident memory it ever had, in bytes.
    pub(crate) rss_peak: u64,
    /// Processor time used so far by all threads, in seconds.
    pub(crate) cpu_seconds: f64,
    /// Times a thread gave up the processor to wait.
    pub(crate) wake_ups: u64,
}

/// Looks at the process `pid`.
///
/// # Errors
/// When it is gone, or this is not Linux.
pub(crate) fn look(pid: u32) -> Result<Look> {
    let status = read(&format!("/proc/{pid}/status"))?;
    let stat = read(&format!("/proc/{pid}/stat"))?;
    // The name in brackets may hold blanks: the fields are counted from behind it.
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |field: usize| fields.get(field).and_then(|text| text.parse::<f64>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).context("a stat line without times")?;
    let mut wake_ups = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let status = fs::read_to_string(thread?.path().join("status")).unwrap_or_default();
        wake_ups += field(&status, "voluntary_ctxt_switches").unwrap_or(0);
    }
    Ok(Look {
        rss: field(&status, "VmRSS").context("no VmRSS")? * 1024,
        rss_peak: field(&status, "VmHWM").context("no VmHWM")? * 1024,
        cpu_seconds: (user + system) / TICKS_PER_SECOND,
        wake_ups,
    })
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {path}"))
}

fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.split(':').next() == Some(name))?;
    line.split(':').nth(1)?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_can_look_at_itself() {
        let look = look(std::process::id()).expect("this process runs");
        assert!(look.rss > 0 && look.rss_peak >= look.rss);
    }
}
