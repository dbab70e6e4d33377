//! One push: from a step to the relay's answer. A single attempt; what to do with a failure is
//! decided in [`crate::sync::worker`].

use bytes::Bytes;
use http::HeaderMap;
use leanspec_shared::change::{ChangesAccepted, Manifest, ManifestAccepted};
use leanspec_shared::id::{MachineId, ProjectId};
use leanspec_shared::path::FilePath;

use crate::random;
use crate::sync::build::{self, Body, Built, Materials, Passage};
use crate::sync::step::{ChangesStep, ManifestStep, Sent, Step};
use crate::uplink::calls;
use crate::uplink::coding::Coding;
use crate::uplink::http::{CallError, Relay};

/// Where a project's pushes go.
#[derive(Debug, Clone)]
pub struct Target {
    /// The relay.
    pub relay: Relay,
    /// This machine.
    pub machine: MachineId,
    /// The project.
    pub project: ProjectId,
}

/// A body with the step it was made from. Sent again as it is when its fate is unknown, so that
/// the relay recognises it.
#[derive(Debug, Clone)]
pub enum Prepared {
    /// Names.
    Manifest(ManifestStep, Bytes, HeaderMap),
    /// Differences.
    Changes(ChangesStep, Box<Body>),
}

/// What to push.
#[derive(Debug)]
pub enum Job {
    /// A body is to be made.
    Fresh(Step),
    /// A body that was sent before.
    Again(Prepared),
}

/// How a push ended.
#[derive(Debug)]
pub enum Outcome {
    /// The relay took the names.
    Named(ManifestStep, ManifestAccepted),
    /// The relay took the differences.
    Changed(Box<Body>, ChangesAccepted),
    /// There was nothing in it that the relay lacks.
    Nothing(Sent),
    /// More than may travel at once.
    TooLarge(ChangesStep),
    /// No answer, or a no.
    Failed(Prepared, CallError),
    /// No body could be made.
    Unbuildable(String),
}

/// Makes the body where there is none yet, and sends it once. Also returns the files that were not
/// any more what the step says.
pub async fn attempt(target: Target, job: Job, materials: Materials) -> (Outcome, Vec<FilePath>) {
    let made = match job {
        Job::Again(prepared) => Ok((prepared, Vec::new())),
        Job::Fresh(Step::Manifest(step)) => name(step).await.map(|prepared| (prepared, Vec::new())),
        Job::Fresh(Step::Changes(step)) => {
            let passage = Passage::on(target.relay.route());
            read(step, materials, passage).await
        }
    };
    match made {
        Ok((prepared, changed)) => (send(&target, prepared).await, changed),
        Err((outcome, changed)) => (outcome, changed),
    }
}

type Failed = (Outcome, Vec<FilePath>);

async fn name(step: ManifestStep) -> Result<Prepared, Failed> {
    let made = tokio::task::spawn_blocking(move || {
        let manifest = Manifest {
            base_rev: step.base_rev,
            push_id: random::id(),
            from: step.from.clone(),
            to: step.to.clone(),
            files: step.files.clone(),
            specs: step.specs.clone(),
        };
        calls::manifest_body(&manifest)
            .map(|(body, headers)| Prepared::Manifest(step, body, headers))
    });
    match made.await {
        Ok(Ok(prepared)) => Ok(prepared),
        Ok(Err(error)) => Err((Outcome::Unbuildable(error.to_string()), Vec::new())),
        Err(error) => Err((Outcome::Unbuildable(error.to_string()), Vec::new())),
    }
}

async fn read(
    step: ChangesStep,
    materials: Materials,
    passage: Passage,
) -> Result<(Prepared, Vec<FilePath>), Failed> {
    let work = move || (build::build(&step, &materials, passage), step);
    let made = tokio::task::spawn_blocking(work).await;
    let (built, step) =
        made.map_err(|error| (Outcome::Unbuildable(error.to_string()), Vec::new()))?;
    let (built, changed) =
        built.map_err(|error| (Outcome::Unbuildable(error.to_string()), Vec::new()))?;
    match built {
        Built::Body(body) => Ok((Prepared::Changes(step, body), changed)),
        Built::Nothing(sent) => Err((Outcome::Nothing(sent), changed)),
        Built::TooLarge => Err((Outcome::TooLarge(step), changed)),
    }
}

async fn send(target: &Target, prepared: Prepared) -> Outcome {
    let Target { relay, machine, project } = target;
    match prepared {
        Prepared::Manifest(step, body, headers) => {
            let sent = (body.clone(), headers.clone());
            match calls::manifest(relay, machine, project, sent).await {
                Ok(accepted) => Outcome::Named(step, accepted),
                Err(error) => Outcome::Failed(Prepared::Manifest(step, body, headers), error),
            }
        }
        Prepared::Changes(step, body) => {
            let body = match relay.route().coding() {
                Coding::Zstd => body,
                // What does not let zstd pass lets no dictionary pass either.
                Coding::Gzip | Coding::Plain => match build::without_dictionary(*body) {
                    Ok(body) => Box::new(body),
                    Err(error) => return Outcome::Unbuildable(error.to_string()),
                },
            };
            let answer = calls::changes(relay, machine, project, body.encoding, body.wire.clone());
            match answer.await {
                Ok(accepted) => Outcome::Changed(body, accepted),
                Err(error) => Outcome::Failed(Prepared::Changes(step, body), error),
            }
        }
    }
}
