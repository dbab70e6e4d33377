//! A child process whose standard error is kept, line by line.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long anything may take before a test gives up. Generous: it bounds a hang, it measures
/// nothing.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A running child; killed when dropped.
pub struct Process {
    name: &'static str,
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    grown: watch::Receiver<usize>,
    _reader: JoinSet<()>,
}

impl Process {
    /// Starts it with no standard input and its standard error kept.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        Self::start_with_input(name, command, Stdio::null())
    }

    /// The same with something on its standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_with_input(
        name: &'static str,
        command: &mut Command,
        input: impl Into<Stdio>,
    ) -> Result<Self> {
        let mut child = command
            .stdin(input)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        let stderr = child.stderr.take().context("standard error is piped")?;
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (grow, grown) = watch::channel(0);
        let mut reader = JoinSet::new();
        let kept = Arc::clone(&lines);
        reader.spawn(async move {
            let mut stderr = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = stderr.next_line().await {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                grow.send_modify(|count| *count += 1);
            }
        });
        Ok(Self { name, child, lines, grown, _reader: reader })
    }

    /// The process id.
    ///
    /// # Errors
    /// When it has ended.
    pub fn id(&self) -> Result<u32> {
        self.child.id().with_context(|| format!("{} has ended:\n{}", self.name, self.said()))
    }

    /// All it has said on standard error so far.
    #[must_use]
    pub fn said(&self) -> String {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// Waits until it says a line that holds `text`, and gives that line back. Lines said before
    /// count too.
    ///
    /// # Errors
    /// When the deadline passes, or it ends without having said it.
    pub async fn says(&self, text: &str) -> Result<String> {
        self.says_after(0, text).await
    }

    /// How many lines it has said: a mark for [`Process::says_after`].
    #[must_use]
    pub fn mark(&self) -> usize {
        *self.grown.borrow()
    }

    /// Waits for a line that holds `text`, said after the mark.
    ///
    /// # Errors
    /// When the deadline passes, or it ends without having said it.
    pub async fn says_after(&self, mark: usize, text: &str) -> Result<String> {
        let mut grown = self.grown.clone();
        let found = || {
            let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.iter().skip(mark).find(|line| line.contains(text)).cloned()
        };
        let waited = tokio::time::timeout(DEADLINE, async {
            loop {
                grown.borrow_and_update();
                if let Some(line) = found() {
                    return Some(line);
                }
                if grown.changed().await.is_err() {
                    return found();
                }
            }
        });
        match waited.await {
            Ok(Some(line)) => Ok(line),
            Ok(None) => bail!("{} ended without saying {text:?}:\n{}", self.name, self.said()),
            Err(_) => bail!("{} never said {text:?}:\n{}", self.name, self.said()),
        }
    }

    /// Waits for it to end by itself.
    ///
    /// # Errors
    /// When the deadline passes.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        match tokio::time::timeout(DEADLINE, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => bail!("{} did not end:\n{}", self.name, self.said()),
        }
    }

    /// `kill -9`, and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("killing {}", self.name))
    }

    /// Asks it to end (`SIGTERM`), and waits until it has.
    ///
    /// # Errors
    /// When it does not end within the deadline.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        self.signal("TERM").await?;
        self.ended().await
    }

    /// Sends a signal by name, e.g. `STOP`.
    ///
    /// # Errors
    /// When it has ended.
    pub async fn signal(&self, signal: &str) -> Result<()> {
        let id = self.id()?.to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &id]).status().await?;
        if !sent.success() {
            bail!("kill -{signal} {id} failed");
        }
        Ok(())
    }
}
