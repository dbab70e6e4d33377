//! Commands as a person sends and follows them.

use anyhow::{Context, Result, bail, ensure};
use leanspec_shared::command::{ActivityPage, Command, CommandState, NewCommand};
use leanspec_shared::http as paths;
use leanspec_shared::id::CommandId;
use leanspec_shared::problem::Problem;
use leanspec_shared::view::Project;
use serde_json::Value;

use crate::api::Api;
use crate::process::DEADLINE;
use crate::wait;

/// What the relay answered, whatever it was.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, when it was JSON.
    pub body: Value,
}

impl Answer {
    async fn of(request: reqwest::RequestBuilder) -> Result<Self> {
        let answer = request.timeout(DEADLINE).send().await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await?;
        Ok(Self { status, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    /// The command that it carries.
    ///
    /// # Errors
    /// When it is no 2xx with a command.
    pub fn command(self) -> Result<Command> {
        ensure!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        serde_json::from_value(self.body).context("a command")
    }

    /// The code of the problem that it is.
    ///
    /// # Errors
    /// When it is none.
    pub fn problem(&self) -> Result<String> {
        ensure!(self.status >= 400, "no problem: {} {}", self.status, self.body);
        Ok(serde_json::from_value::<Problem>(self.body.clone()).context("a problem")?.code)
    }
}

/// A new `Idempotency-Key`.
#[must_use]
pub fn new_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

impl Api {
    /// Posts any JSON as a command under a key.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post_command(&self, project: &Project, key: &str, body: &Value) -> Result<Answer> {
        let address = paths::project_commands(&project.machine, &project.id);
        Answer::of(self.post(&address).header(paths::IDEMPOTENCY_HEADER, key).json(body)).await
    }

    /// Posts a command, which is accepted.
    ///
    /// # Errors
    /// When it is not accepted with 202.
    pub async fn command(&self, project: &Project, wanted: &NewCommand) -> Result<Command> {
        let answer = self.post_command(project, &new_key(), &serde_json::to_value(wanted)?).await?;
        ensure!(answer.status == 202, "{} {}", answer.status, answer.body);
        answer.command()
    }

    /// Posts a command and waits for its end.
    ///
    /// # Errors
    /// When it is not accepted, or does not end.
    pub async fn done(&self, project: &Project, wanted: &NewCommand) -> Result<Command> {
        let command = self.command(project, wanted).await?;
        self.ended(&command.id).await
    }

    /// A command as it is now.
    ///
    /// # Errors
    /// See [`Api::get`].
    pub async fn look(&self, id: &CommandId) -> Result<Command> {
        self.get(&paths::command(id)).await
    }

    /// Waits until a command has ended.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ended(&self, id: &CommandId) -> Result<Command> {
        wait::until(|| async {
            let command = self.look(id).await?;
            ensure!(command.state.is_final(), "still {}: {command:?}", command.state);
            Ok(command)
        })
        .await
    }

    /// Waits until a command is in a state that does not last.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn reaches(&self, id: &CommandId, state: CommandState) -> Result<Command> {
        wait::until(|| async {
            let command = self.look(id).await?;
            ensure!(command.state == state, "{} is {}", id, command.state);
            Ok(command)
        })
        .await
    }

    /// Takes a command back.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn withdraw(&self, id: &CommandId) -> Result<Answer> {
        Answer::of(self.delete(&paths::command(id))).await
    }

    /// Asks for a conflicted change to be applied to the newer version.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn rebase(&self, id: &CommandId) -> Result<Answer> {
        Answer::of(self.post(&paths::rebase(id)).header(paths::IDEMPOTENCY_HEADER, new_key())).await
    }

    /// One page of what happened, newest first; the query as it stands in the address.
    ///
    /// # Errors
    /// See [`Api::get`].
    pub async fn activity(&self, query: &str) -> Result<ActivityPage> {
        self.get(&format!("{}{query}", paths::ACTIVITY)).await
    }
}

/// Checks how a command ended; the error tells all of it.
///
/// # Errors
/// When it ended otherwise, or has not ended.
pub fn ended_as(command: &Command, state: &CommandState) -> Result<()> {
    if command.state != *state {
        bail!("{} was expected: {}", state, serde_json::to_string_pretty(command)?);
    }
    Ok(())
}
