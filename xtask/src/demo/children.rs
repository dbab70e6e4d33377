//! The demo's processes: started, listened to, and ended in order and within bounds.
//!
//! Everything that happens (a line said, a process ended, Ctrl-C pressed) arrives on one channel, and
//! one thread acts on it. The children stay in our process group: a signal to the group reaches them
//! even when this program is killed outright.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a child may take to say that it is ready: its own time-outs come before this.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long a child may take to end after it was asked to; then it is killed.
const STOPPED_WITHIN: Duration = Duration::from_secs(6);
/// Events that wait to be acted on. Readers block when it is full: a log line is never worth memory.
const EVENTS_MAX: usize = 256;
/// Lines of a child's log that its failure report quotes.
const QUOTED_LINES: usize = 8;

enum Event {
    Line { name: &'static str, line: String },
    Silent { name: &'static str },
    CtrlC,
}

/// Why the demo is over.
pub(super) enum Ended {
    /// Ctrl-C, or a request to terminate.
    ByUser,
    /// A child ended by itself: what to tell the user.
    Child(String),
}

/// All processes of the demo, in the order in which they were started.
pub(super) struct Children {
    running: Vec<Child>,
    logs: PathBuf,
    events: Receiver<Event>,
    sender: SyncSender<Event>,
    /// Lines that were said while another child was waited for.
    early: Vec<(&'static str, String)>,
}

impl Children {
    /// No children yet; their logs will stand in `folder`. From now on Ctrl-C is an event.
    pub(super) fn listening_for_ctrl_c(folder: &Path) -> Result<Self> {
        let (sender, events) = sync_channel(EVENTS_MAX);
        let interrupt = sender.clone();
        // A full channel drops the second Ctrl-C at worst: the first one is in it already.
        ctrlc::set_handler(move || drop(interrupt.try_send(Event::CtrlC)))
            .context("listening for Ctrl-C")?;
        Ok(Self { running: Vec::new(), logs: folder.to_owned(), events, sender, early: Vec::new() })
    }

    /// Starts one. What it says goes to `<name>.log`.
    pub(super) fn start(&mut self, name: &'static str, command: &mut Command) -> Result<()> {
        let log = File::create(self.log(name)).context("creating a log")?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("starting the {name}"))?;
        let stderr = child.stderr.take().context("standard error is piped")?;
        self.running.push(child);
        let sender = self.sender.clone();
        std::thread::spawn(move || read_lines(name, stderr, log, &sender));
        Ok(())
    }

    /// Waits until a child says a line that starts with, or holds, `wanted`.
    pub(super) fn wait_for_line(&mut self, name: &'static str, wanted: &str) -> Result<()> {
        if self.early.iter().any(|(from, line)| *from == name && line.contains(wanted)) {
            return Ok(());
        }
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Event::Line { name: from, line }) if from == name && line.contains(wanted) => {
                    return Ok(());
                }
                Ok(Event::Line { name: from, line }) => self.early.push((from, line)),
                Ok(Event::Silent { name }) => bail!("{}", self.report(name)),
                Ok(Event::CtrlC) => bail!("interrupted"),
                Err(_) => bail!("{name} did not become ready. {}", self.quote(name)),
            }
        }
    }

    /// Waits for Ctrl-C or for the end of a child.
    pub(super) fn until_one_ends(&mut self) -> Ended {
        self.early.clear();
        loop {
            match self.events.recv() {
                Ok(Event::Line { .. }) => {}
                Ok(Event::Silent { name }) => return self.one_ended(name),
                Ok(Event::CtrlC) | Err(_) => return Ended::ByUser,
            }
        }
    }

    /// Ctrl-C in a terminal reaches the children too, and one of them may be noticed first.
    fn one_ended(&self, name: &'static str) -> Ended {
        let grace = Instant::now() + Duration::from_millis(300);
        loop {
            match self.events.recv_timeout(grace.saturating_duration_since(Instant::now())) {
                Ok(Event::CtrlC) => return Ended::ByUser,
                Ok(_) => {}
                Err(_) => return Ended::Child(self.report(name)),
            }
        }
    }

    /// Ends all, the last started first, so that the relay sees its bridges leave.
    pub(super) fn stop(&mut self) {
        for child in self.running.iter().rev() {
            ask_to_end(child);
        }
        let deadline = Instant::now() + STOPPED_WITHIN;
        for child in self.running.iter_mut().rev() {
            while child.try_wait().is_ok_and(|status| status.is_none()) {
                // A reader's end-of-file wakes this at once; the short limit is for the moment
                // between a closed pipe and an ended process.
                let wait = self.events.recv_timeout(Duration::from_millis(20));
                let late = Instant::now() > deadline;
                if late || matches!(wait, Err(RecvTimeoutError::Disconnected)) {
                    // Killing fails only for a process that has just ended.
                    drop(child.kill());
                    drop(child.wait());
                }
            }
        }
        self.running.clear();
    }

    fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{}.log", name.to_lowercase()))
    }

    fn report(&self, name: &str) -> String {
        format!("the {name} ended by itself. {}", self.quote(name))
    }

    fn quote(&self, name: &str) -> String {
        let log = std::fs::read_to_string(self.log(name)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(QUOTED_LINES)..];
        format!("It said last:\n  {}", last.join("\n  "))
    }
}

impl Drop for Children {
    /// Also when starting failed half-way: nothing stays behind.
    fn drop(&mut self) {
        self.stop();
    }
}

fn read_lines(name: &'static str, stderr: impl Read, mut log: File, events: &SyncSender<Event>) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        // The log is a convenience: a full disk must not stop the demo from being ended in order.
        drop(writeln!(log, "{line}"));
        if events.send(Event::Line { name, line }).is_err() {
            return;
        }
    }
    drop(events.send(Event::Silent { name }));
}

#[cfg(unix)]
fn ask_to_end(child: &Child) {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    if let Ok(id) = i32::try_from(child.id()) {
        // Fails only for a process that has just ended. The id is still ours: nobody waited for it.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
}

/// Windows has no signal for it: the console's Ctrl-C has reached the children, or they are killed
/// when their time is over.
#[cfg(not(unix))]
fn ask_to_end(_child: &Child) {}
