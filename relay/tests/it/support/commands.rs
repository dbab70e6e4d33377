//! Posting commands as a person and ending them as a bridge.

use axum::body::Body;
use leanspec_shared::hash::ContentHash;
use serde_json::{Value, json};

use super::{Answer, Bridge, SseEvent, TestRelay, call, request};

/// A change of the status of a spec, as it was seen with this text.
pub(crate) fn set_status(status: &str) -> Value {
    json!({ "type": "update_frontmatter", "spec": "001-a",
        "base": { "hash": ContentHash::of(b"seen") }, "fields": { "status": status },
        "seen": { "status": "planned" } })
}

/// The ids of some commands, in order.
pub(crate) fn ids(commands: &Value) -> Vec<String> {
    let ids = commands.as_array().unwrap().iter().map(|command| &command["id"]);
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// The ids of some events, in order.
pub(crate) fn sent_ids(events: &[SseEvent]) -> Vec<String> {
    events.iter().filter_map(|event| event.id.clone()).collect()
}

impl TestRelay {
    /// Posts a command to the project of a bridge.
    pub(crate) async fn command(&self, bridge: &Bridge, command: &Value) -> Answer {
        self.post(&bridge.of_project("/commands"), &self.admin, command).await
    }

    /// Posts a command that has to be accepted; its id.
    pub(crate) async fn accepted(&self, bridge: &Bridge, command: &Value) -> String {
        let answer = self.command(bridge, command).await.expect(202);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// The same under a name.
    pub(crate) async fn named(&self, path: &str, name: &str, command: &Value) -> Answer {
        let request = request("POST", path, &self.admin)
            .header("content-type", "application/json")
            .header("idempotency-key", name);
        self.call(request.body(Body::from(command.to_string())).unwrap()).await
    }

    /// A command as it is now.
    pub(crate) async fn state_of(&self, id: &str) -> Value {
        self.get(&format!("/v1/commands/{id}"), &self.admin).await.expect(200).json()
    }

    /// Takes a command back.
    pub(crate) async fn withdraw(&self, id: &str) -> Answer {
        self.delete(&format!("/v1/commands/{id}"), &self.admin).await
    }

    /// All that has happened, newest first.
    pub(crate) async fn activity(&self, query: &str) -> Value {
        self.get(&format!("/v1/activity{query}"), &self.admin).await.expect(200).json()
    }
}

impl Bridge {
    /// Says what came of a command.
    pub(crate) async fn report(&self, id: &str, report: &Value) -> Answer {
        self.say(&format!("/v1/commands/{id}/result"), report).await
    }

    /// Says that another program wrote into the file afterwards.
    pub(crate) async fn overtaken(&self, id: &str, message: &str) -> Answer {
        self.say(&format!("/v1/commands/{id}/overtaken"), &json!({ "message": message })).await
    }

    async fn say(&self, path: &str, body: &Value) -> Answer {
        let request = request("POST", path, &self.key).header("content-type", "application/json");
        call(&self.router, request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// One answer of the command feed in its long-poll form.
    pub(crate) async fn poll_commands(&self, query: &str) -> Vec<SseEvent> {
        let path = format!("{}/commands?mode=poll{query}", self.address());
        let request = request("GET", &path, &self.key).header("leanspec-instance", &self.instance);
        let answer = call(&self.router, request.body(Body::empty()).unwrap()).await.expect(200);
        super::parse(std::str::from_utf8(&answer.body).unwrap())
    }
}
