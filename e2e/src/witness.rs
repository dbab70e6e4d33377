//! A reader of the feed that was there all the while: what it saw of every command.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use leanspec_shared::command::{Command, CommandState};
use leanspec_shared::feed::Cursor;
use leanspec_shared::http as paths;
use leanspec_shared::id::CommandId;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::feed::{Feed, Received};
use crate::wait;

#[derive(Default)]
struct Seen {
    commands: Vec<Command>,
    cursor: Option<Cursor>,
    resets: usize,
}

/// Reads the feed from its start on, and resumes where it stopped when the relay goes away.
pub struct Witness {
    api: Api,
    seen: Arc<Mutex<Seen>>,
    _reader: JoinSet<()>,
}

impl Witness {
    /// Starts to read, and returns when nothing can be missed any more.
    ///
    /// # Errors
    /// When the feed does not open.
    pub async fn start(api: &Api) -> Result<Self> {
        let head = head(api).await?;
        let mut feed = Feed::open(api, &format!("?after={head}")).await?;
        let hello = feed.next().await?;
        ensure!(hello.event == "hello", "{hello:?}");
        let seen = Arc::new(Mutex::new(Seen { cursor: Some(head), ..Seen::default() }));
        let mut reader = JoinSet::new();
        reader.spawn(read_on(api.clone(), feed, Arc::clone(&seen)));
        Ok(Self { api: api.clone(), seen, _reader: reader })
    }

    /// Every state of a command that was told, in order. A remark after the end is no state: that it
    /// was applied to the newer version, or overtaken by a program on the machine.
    #[must_use]
    pub fn states(&self, id: &CommandId) -> Vec<CommandState> {
        let remark = |command: &Command| {
            command.rebased_as.is_some()
                || command.outcome.as_ref().is_some_and(|outcome| outcome.overtaken)
        };
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let told = seen.commands.iter().filter(|command| command.id == *id && !remark(command));
        told.map(|command| command.state.clone()).collect()
    }

    /// Waits until everything was read that the relay had written when this was called.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn caught_up(&self) -> Result<()> {
        let head = wait::until(|| head(&self.api)).await?;
        wait::until(|| async {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let read = seen.cursor.as_ref().map_or(0, |cursor| cursor.seq);
            ensure!(read >= head.seq, "the feed was read up to {read}, the relay is at {head}");
            Ok(())
        })
        .await
    }

    /// Checks that each of these commands ended on the feed once, and as its relay says.
    ///
    /// # Errors
    /// The first that did not.
    pub async fn saw_one_end_of_each<'a>(
        &self,
        commands: impl IntoIterator<Item = &'a CommandId>,
    ) -> Result<()> {
        let commands: Vec<_> = commands.into_iter().collect();
        let ends = |id: &CommandId| {
            let mut ends = self.states(id);
            ends.retain(CommandState::is_final);
            ends
        };
        for id in &commands {
            // An answer may know of the end a moment before the feed tells it.
            wait::until(|| async {
                ensure!(!ends(id).is_empty(), "no end of {id} in {:?}", self.states(id));
                Ok(())
            })
            .await?;
        }
        self.caught_up().await?;
        let resets = self.seen.lock().unwrap_or_else(PoisonError::into_inner).resets;
        ensure!(resets == 0, "the feed could not be resumed {resets} times");
        for id in commands {
            let ends = ends(id);
            let stored = self.api.look(id).await?.state;
            ensure!(ends == [stored.clone()], "{id} is {stored}; told were {:?}", self.states(id));
        }
        Ok(())
    }
}

/// Where the feed is now.
async fn head(api: &Api) -> Result<Cursor> {
    let answer = api.request(paths::MACHINES).send().await?;
    let header = answer.headers().get(paths::CURSOR_HEADER).context("a cursor")?;
    Ok(header.to_str()?.parse()?)
}

async fn read_on(api: Api, mut feed: Feed, seen: Arc<Mutex<Seen>>) {
    loop {
        while let Ok(received) = feed.next().await {
            note(&received, &mut seen.lock().unwrap_or_else(PoisonError::into_inner));
        }
        let cursor = || seen.lock().unwrap_or_else(PoisonError::into_inner).cursor.clone();
        let opened = wait::until(|| async {
            let after = cursor().map(|cursor| format!("?after={cursor}")).unwrap_or_default();
            Feed::open(&api, &after).await
        });
        match opened.await {
            Ok(again) => feed = again,
            Err(_) => return,
        }
    }
}

fn note(received: &Received, seen: &mut Seen) {
    if received.event == "reset" {
        seen.resets += 1;
        seen.cursor = None;
    }
    if let Some(Ok(cursor)) = received.id.as_deref().map(str::parse) {
        seen.cursor = Some(cursor);
    }
    if received.event == "command"
        && let Ok(command) = received.json()
    {
        seen.commands.push(command);
    }
}
