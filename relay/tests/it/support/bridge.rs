//! Speaking for a bridge.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use leanspec_shared::change::{ChangesHead, Put, SpecChange, encode_changes};
use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::path::FilePath;
use leanspec_shared::time::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Feed, TestRelay, call, request};

/// A bridge with one project: what stands on its disk, and what it believes of the relay.
#[derive(Clone)]
pub(crate) struct Bridge {
    pub(super) router: Router,
    pub(crate) key: String,
    pub(crate) machine: String,
    pub(crate) instance: String,
    pub(crate) project: String,
    pub(crate) host: Vec<u8>,
    pub(crate) disk: BTreeMap<FilePath, Vec<u8>>,
    pub(crate) rev: u64,
}

/// A changes body in the making.
pub(crate) struct Push {
    pub(crate) head: ChangesHead,
    pub(crate) files: Vec<Vec<u8>>,
}

impl Push {
    pub(crate) fn body(&self) -> Vec<u8> {
        let files: Vec<&[u8]> = self.files.iter().map(Vec::as_slice).collect();
        encode_changes(&self.head, &files)
    }

    /// Adds the summary of a spec.
    pub(crate) fn with_spec(mut self, path: &str, title: &str) -> Self {
        let summary = json!({ "name": path, "title": title });
        let summary = summary.as_object().cloned();
        self.head.specs.push(SpecChange { path: path.parse().unwrap(), summary, patch: None });
        self
    }

    pub(crate) fn deleting(mut self, path: &str) -> Self {
        self.head.deletes.push(path.parse().unwrap());
        self
    }
}

impl Bridge {
    pub(crate) fn new(relay: &TestRelay, machine: &str, key: String) -> Self {
        Self {
            router: relay.router().clone(),
            key,
            machine: machine.to_owned(),
            instance: "i1".to_owned(),
            project: "p1".to_owned(),
            host: b"host".to_vec(),
            disk: BTreeMap::new(),
            rev: 0,
        }
    }

    /// The same bridge at a relay that was restarted.
    pub(crate) fn at(mut self, relay: &TestRelay) -> Self {
        self.router = relay.router().clone();
        self
    }

    pub(crate) fn address(&self) -> String {
        format!("/v1/machines/{}", self.machine)
    }

    /// The address of something of its project.
    pub(crate) fn of_project(&self, rest: &str) -> String {
        format!("{}/projects/{}{rest}", self.address(), self.project)
    }

    pub(crate) fn announcement(&self) -> Value {
        json!({
            "name": "MacBook", "os": "macos", "version": "0.1.0", "instance": self.instance,
            "host_mark": ContentHash::of(&self.host).to_string(),
            "projects": [{ "id": self.project, "key": "example.org/a", "root_label": "a",
                "name": "A", "specs_dir": "specs", "state": "live" }],
        })
    }

    pub(crate) async fn announce(&self) -> Answer {
        self.announce_as(&self.announcement()).await
    }

    pub(crate) async fn announce_as(&self, announcement: &Value) -> Answer {
        let request = request("PUT", &self.address(), &self.key);
        let body = Body::from(announcement.to_string());
        call(&self.router, request.body(body).unwrap()).await
    }

    pub(crate) async fn command_feed(&self) -> Feed {
        self.command_feed_with("").await
    }

    pub(crate) async fn command_feed_with(&self, query: &str) -> Feed {
        let path = format!("{}/commands{query}", self.address());
        let instance = [("leanspec-instance", self.instance.as_str())];
        Feed::open(&self.router, &path, &self.key, &instance).await
    }

    /// The check sum of what stands on the disk.
    pub(crate) fn state_hash(&self) -> StateHash {
        let hashes: Vec<_> =
            self.disk.iter().map(|(path, bytes)| (path, ContentHash::of(bytes))).collect();
        hashes.iter().map(|(path, hash)| (*path, hash)).collect()
    }

    /// Saves files and makes the push that tells of them.
    pub(crate) fn save(&mut self, files: &[(&str, &[u8])]) -> Push {
        let mut puts = Vec::new();
        for (path, bytes) in files {
            let path: FilePath = path.parse().unwrap();
            self.disk.insert(path.clone(), bytes.to_vec());
            let (mtime, check) = (Timestamp::from_unix_ms(5), ContentHash::of(bytes).check());
            puts.push(Put { path, len: bytes.len() as u64, mtime, check });
        }
        let head = self.head(puts);
        Push { head, files: files.iter().map(|(_, bytes)| bytes.to_vec()).collect() }
    }

    pub(crate) fn remove(&mut self, path: &str) -> Push {
        self.disk.remove(&path.parse::<FilePath>().unwrap());
        Push { head: self.head(vec![]), files: vec![] }.deleting(path)
    }

    fn head(&self, puts: Vec<Put>) -> ChangesHead {
        ChangesHead {
            base_rev: self.rev,
            push_id: self.push_id().parse().unwrap(),
            state_hash: self.state_hash(),
            summary_version: None,
            puts,
            deletes: vec![],
            specs: vec![],
            specs_gone: vec![],
        }
    }

    fn push_id(&self) -> String {
        static PUSHES: AtomicU64 = AtomicU64::new(0);
        format!("push-{}", PUSHES.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends a changes body as it is.
    pub(crate) async fn send(&self, push: &Push) -> Answer {
        self.send_bytes(push.body(), None).await
    }

    pub(crate) async fn send_bytes(&self, body: Vec<u8>, encoding: Option<&str>) -> Answer {
        let mut request = request("POST", &self.of_project("/changes"), &self.key)
            .header("content-type", "application/vnd.leanspec.changes")
            .header("leanspec-instance", &self.instance);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        call(&self.router, request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a changes body that has to be accepted.
    pub(crate) async fn push(&mut self, push: Push) -> Answer {
        let answer = self.send(&push).await.expect(200);
        self.rev = answer.json()["rev"].as_u64().unwrap();
        assert_eq!(answer.json()["state_hash"], self.state_hash().to_string());
        answer
    }

    /// Saves one file and pushes it.
    pub(crate) async fn edit(&mut self, path: &str, bytes: &[u8]) -> Answer {
        let push = self.save(&[(path, bytes)]);
        self.push(push).await
    }

    /// A manifest of the whole disk.
    pub(crate) fn manifest(&self, specs: &[&str]) -> Value {
        let file = |(path, bytes): (&FilePath, &Vec<u8>)| {
            json!({ "path": path, "hash": ContentHash::of(bytes), "size": bytes.len(),
                "mtime": "2026-01-01T00:00:00.000Z" })
        };
        let files: Vec<_> = self.disk.iter().map(file).collect();
        json!({ "base_rev": self.rev, "push_id": self.push_id(), "files": files, "specs": specs })
    }

    pub(crate) async fn send_manifest(&self, manifest: &Value) -> Answer {
        let request = request("POST", &self.of_project("/manifest"), &self.key)
            .header("content-type", "application/json")
            .header("leanspec-instance", &self.instance);
        call(&self.router, request.body(Body::from(manifest.to_string())).unwrap()).await
    }

    /// Sends the manifest of the whole disk, which has to be accepted.
    pub(crate) async fn name_all(&mut self, specs: &[&str]) -> Value {
        let manifest = self.manifest(specs);
        let answer = self.send_manifest(&manifest).await.expect(200).json();
        self.rev = answer["rev"].as_u64().unwrap();
        answer
    }
}
