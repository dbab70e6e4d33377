//! What the kernel says of a running process (`proc(5)`): memory, processor time, wake-ups.

use std::collections::HashMap;
use std::ffi::OsString;
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
}

/// Counts how often the threads of a process gave up the processor to wait.
///
/// The kernel forgets a thread's count with the thread: whoever counts has to look more often than
/// threads end.
#[derive(Debug)]
pub(crate) struct WakeUps {
    pid: u32,
    before: u64,
    threads: HashMap<OsString, u64>,
}

impl WakeUps {
    /// Counts from now on.
    ///
    /// # Errors
    /// When the process is gone, or this is not Linux.
    pub(crate) fn count(pid: u32) -> Result<Self> {
        let mut counted = Self { pid, before: 0, threads: HashMap::new() };
        counted.look()?;
        counted.before = counted.threads.values().sum();
        Ok(counted)
    }

    /// Takes in what happened since the last look.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn look(&mut self) -> Result<()> {
        for thread in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let thread = thread?;
            let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            if let Some(count) = field(&status, "voluntary_ctxt_switches") {
                self.threads.insert(thread.file_name(), count);
            }
        }
        Ok(())
    }

    /// All of them since the count began, those of threads that have ended included.
    pub(crate) fn total(&self) -> u64 {
        self.threads.values().sum::<u64>().saturating_sub(self.before)
    }
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
    Ok(Look {
        rss: field(&status, "VmRSS").context("no VmRSS")? * 1024,
        rss_peak: field(&status, "VmHWM").context("no VmHWM")? * 1024,
        cpu_seconds: (user + system) / TICKS_PER_SECOND,
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

    #[test]
    fn the_wake_ups_of_a_thread_that_has_ended_still_count() {
        let mut wake_ups = WakeUps::count(std::process::id()).expect("this process runs");
        let (wake, woken) = std::sync::mpsc::sync_channel::<()>(0);
        let (answer, answered) = std::sync::mpsc::sync_channel::<()>(0);
        let thread = std::thread::spawn(move || {
            for () in woken {
                answer.send(()).expect("somebody waits");
            }
        });
        for _ in 0..100 {
            wake.send(()).expect("it waits");
            answered.recv().expect("it answers");
        }
        wake_ups.look().expect("this process runs");
        let before = wake_ups.total();
        drop(wake);
        thread.join().expect("it ended well");
        wake_ups.look().expect("this process runs");
        assert!(before > 0 && wake_ups.total() >= before);
    }
}
