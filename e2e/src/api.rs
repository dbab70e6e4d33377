//! The relay as a reader sees it: REST with a key.

use anyhow::{Context, Result, ensure};
use leanspec_shared::http as paths;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{Machine, Machines, Project, Projects, Spec, Specs};
use serde::de::DeserializeOwned;

use crate::process::DEADLINE;

/// A client with a key.
#[derive(Debug, Clone)]
pub struct Api {
    /// The HTTP client, for calls that are not listed here.
    pub client: reqwest::Client,
    url: String,
    key: String,
}

impl Api {
    /// For the relay at `url`, with a key of a person.
    ///
    /// # Errors
    /// When no client can be built.
    pub fn new(url: &str, key: &str) -> Result<Self> {
        // The client asks for one although it never speaks TLS here; the second call finds the first's.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build()?;
        Ok(Self { client, url: url.to_owned(), key: key.to_owned() })
    }

    /// A GET that has not been sent yet.
    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    /// A POST that has not been sent yet.
    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    /// A DELETE that has not been sent yet.
    pub fn delete(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.delete(format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    /// GETs some JSON.
    ///
    /// # Errors
    /// When the answer is not a 200 with readable JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let answer = self.request(path).timeout(DEADLINE).send().await?;
        ensure!(answer.status().is_success(), "GET {path}: {}", answer.status());
        answer.json().await.with_context(|| format!("GET {path}: the JSON"))
    }

    /// All machines.
    ///
    /// # Errors
    /// See [`Api::get`].
    pub async fn machines(&self) -> Result<Vec<Machine>> {
        Ok(self.get::<Machines>(paths::MACHINES).await?.machines)
    }

    /// All projects of all machines.
    ///
    /// # Errors
    /// See [`Api::get`].
    pub async fn projects(&self) -> Result<Vec<Project>> {
        let mut projects = Vec::new();
        for machine in self.machines().await? {
            projects.extend(self.get::<Projects>(&paths::projects(&machine.id)).await?.projects);
        }
        Ok(projects)
    }

    /// The only project there is.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn only_project(&self) -> Result<Project> {
        let mut projects = self.projects().await?;
        ensure!(projects.len() == 1, "one project expected, found {}", projects.len());
        projects.pop().context("one was counted")
    }

    /// All specs of a project.
    ///
    /// # Errors
    /// See [`Api::get`].
    pub async fn specs(&self, project: &Project) -> Result<Vec<Spec>> {
        Ok(self.get::<Specs>(&paths::specs(&project.machine, &project.id)).await?.specs)
    }

    /// The exact bytes of a file.
    ///
    /// # Errors
    /// When the answer is not a 200.
    pub async fn file(&self, project: &Project, path: &FilePath) -> Result<Vec<u8>> {
        let address = paths::file(&project.machine, &project.id, path);
        let answer = self.request(&address).timeout(DEADLINE).send().await?;
        ensure!(answer.status().is_success(), "GET {address}: {}", answer.status());
        Ok(answer.bytes().await?.to_vec())
    }
}
