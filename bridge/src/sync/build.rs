//! Makes the body of a push: reads files, summarises specs, compresses. Blocks; runs off the loop.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use leanspec_shared::change::{ChangesHead, Put, SpecChange, encode_changes};
use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::id::PushId;
use leanspec_shared::limits::BODY_MAX_WIRE_BYTES;
use leanspec_shared::path::FilePath;
use leanspec_shared::spec::{Summary, summary_patch};
use serde_json::{Map, Value};

use crate::random;
use crate::source;
use crate::spec::{SUMMARY_VERSION, summarize};
use crate::sync::shadow::{Frame, Shadow};
use crate::sync::step::{ChangesStep, Sent, SpecStep};
use crate::uplink::calls::Encoding;
use crate::uplink::coding::Coding;
use crate::uplink::encode;
use crate::uplink::route::Route;

/// A body that is ready to be sent, as often as it takes: its push id stays.
#[derive(Debug, Clone)]
pub struct Body {
    /// As it travels.
    pub wire: Bytes,
    /// How it is compressed.
    pub encoding: Encoding,
    /// The body before compression, kept where a relay may lack the dictionary.
    pub plain: Option<Bytes>,
    /// What is in it.
    pub sent: Sent,
    /// Check sum of what the relay holds once it took this.
    pub state_hash: StateHash,
    /// Contents for the shadow, once the relay took them.
    pub frames: Vec<Frame>,
}

/// What came of building.
#[derive(Debug)]
pub enum Built {
    /// Something to send.
    Body(Box<Body>),
    /// Nothing that the relay does not know already.
    Nothing(Sent),
    /// More than may travel in one body: make smaller batches.
    TooLarge,
}

/// What building needs besides the step.
#[derive(Debug, Clone)]
pub struct Materials {
    /// The specs folder.
    pub specs: PathBuf,
    /// Contents that the relay acknowledged.
    pub shadow: Arc<Mutex<Shadow>>,
}

/// What of a body's size gets through.
#[derive(Debug, Clone, Copy)]
pub struct Passage {
    coding: Coding,
    body_max_bytes: usize,
}

impl Passage {
    /// As it is known now.
    #[must_use]
    pub fn on(route: &Route) -> Self {
        let known = route.body_max_bytes().unwrap_or(BODY_MAX_WIRE_BYTES);
        Self { coding: route.coding(), body_max_bytes: known.min(BODY_MAX_WIRE_BYTES) }
    }

    /// Whether a body of this size passes, which is compressed in another way only when it is sent.
    fn lets_through(self, zstd_bytes: usize, plain_bytes: usize) -> bool {
        let bytes = match self.coding {
            Coding::Zstd => zstd_bytes,
            // Text in gzip is seldom a third larger than in zstd.
            Coding::Gzip => (zstd_bytes + zstd_bytes / 2).min(plain_bytes),
            Coding::Plain => plain_bytes,
        };
        bytes <= self.body_max_bytes
    }
}

/// Makes the body of a step. Also returns the files that were not any more what the step says.
///
/// # Errors
/// When memory is short.
pub fn build(
    step: &ChangesStep,
    materials: &Materials,
    passage: Passage,
) -> std::io::Result<(Built, Vec<FilePath>)> {
    let mut reading = Reading { materials, contents: BTreeMap::new(), changed: Vec::new() };
    for put in &step.puts {
        if let Some(bytes) = reading.read(&put.path, &put.file.hash) {
            reading.contents.insert(put.path.clone(), bytes);
        }
    }
    let mut sent = Sent {
        deletes: step.deletes.iter().map(|delete| delete.path.clone()).collect(),
        specs_gone: step.specs_gone.clone(),
        ..Sent::default()
    };
    let mut specs = Vec::new();
    for spec in &step.specs {
        match reading.change(spec) {
            Summarised::Send(change) => specs.push(change),
            Summarised::Same => {}
            Summarised::NotNow => continue,
        }
        sent.specs.push(spec.touched.clone());
    }
    sent.completed_summaries = step.completes_summaries && sent.specs.len() == step.specs.len();
    let Reading { contents, changed, .. } = reading;
    let built = assemble(step, sent, specs, &contents, (materials, passage))?;
    Ok((built, changed))
}

fn assemble(
    step: &ChangesStep,
    mut sent: Sent,
    specs: Vec<SpecChange>,
    contents: &BTreeMap<FilePath, Vec<u8>>,
    (materials, passage): (&Materials, Passage),
) -> std::io::Result<Built> {
    let mut state_hash = step.base_state;
    let (mut puts, mut files, mut frames) = (Vec::new(), Vec::new(), Vec::new());
    for put in &step.puts {
        let Some(bytes) = contents.get(&put.path) else { continue };
        if let Some(old) = &put.old {
            state_hash.remove(&put.path, old);
        }
        state_hash.insert(&put.path, &put.file.hash);
        puts.push(Put {
            path: put.path.clone(),
            len: bytes.len() as u64,
            mtime: put.file.mtime,
            check: put.file.hash.check(),
        });
        files.push(bytes.as_slice());
        frames.push(Frame::of(put.file.hash, bytes)?);
        sent.puts.push((put.path.clone(), put.file.hash));
    }
    for delete in &step.deletes {
        if let Some(old) = &delete.old {
            state_hash.remove(&delete.path, old);
        }
    }
    let nothing = puts.is_empty()
        && specs.is_empty()
        && sent.deletes.is_empty()
        && sent.specs_gone.is_empty()
        && !sent.completed_summaries;
    if nothing {
        return Ok(Built::Nothing(sent));
    }
    let head = ChangesHead {
        base_rev: step.base_rev,
        push_id: random::id::<PushId>(),
        state_hash,
        summary_version: sent.completed_summaries.then_some(SUMMARY_VERSION),
        puts,
        deletes: sent.deletes.clone(),
        specs,
        specs_gone: sent.specs_gone.iter().map(|spec| spec.path.clone()).collect(),
    };
    let plain = encode_changes(&head, &files);
    drop(files);
    let body = Body {
        wire: Bytes::new(),
        encoding: Encoding::Zstd,
        plain: None,
        sent,
        state_hash,
        frames,
    };
    compress(step, plain, body, (materials, passage))
}

/// A change of one known file goes with its previous content as dictionary, which also covers the
/// head's words that stand in the file.
fn compress(
    step: &ChangesStep,
    plain: Vec<u8>,
    mut body: Body,
    (materials, passage): (&Materials, Passage),
) -> std::io::Result<Built> {
    let only = match (&body.sent.puts[..], &step.puts[..]) {
        ([_], [put]) => put.old,
        _ => None,
    };
    let only = only.filter(|_| passage.coding == Coding::Zstd);
    let dictionary = only.and_then(|hash| Some((hash, shadow_content(materials, &hash)?)));
    if let Some((hash, old)) = dictionary {
        body.wire = encode::dcz_body(&plain, &hash, &old)?.into();
        body.encoding = Encoding::Dcz;
        body.plain = Some(plain.into());
        return Ok(Built::Body(Box::new(body)));
    }
    body.wire = encode::zstd_body(&plain)?.into();
    let passes = passage.lets_through(body.wire.len(), plain.len());
    if !passes && body.sent.puts.len() > 1 {
        return Ok(Built::TooLarge);
    }
    Ok(Built::Body(Box::new(body)))
}

/// The same body, same push id, without the dictionary that the relay lacks.
///
/// # Errors
/// When memory is short.
pub fn without_dictionary(body: Body) -> std::io::Result<Body> {
    let Some(plain) = body.plain else { return Ok(body) };
    let wire = encode::zstd_body(&plain)?.into();
    Ok(Body { wire, encoding: Encoding::Zstd, plain: None, ..body })
}

fn shadow_content(materials: &Materials, hash: &ContentHash) -> Option<Vec<u8>> {
    materials.shadow.lock().unwrap_or_else(PoisonError::into_inner).content(hash)
}

enum Summarised {
    Send(SpecChange),
    /// The relay has this summary already.
    Same,
    /// Its main file changed while it was read.
    NotNow,
}

struct Reading<'a> {
    materials: &'a Materials,
    contents: BTreeMap<FilePath, Vec<u8>>,
    changed: Vec<FilePath>,
}

impl Reading<'_> {
    fn read(&mut self, path: &FilePath, hash: &ContentHash) -> Option<Vec<u8>> {
        match source::read_file(&self.materials.specs, path, hash) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                log::debug!("{path} is left for later: {error}");
                self.changed.push(path.clone());
                None
            }
        }
    }

    fn change(&mut self, spec: &SpecStep) -> Summarised {
        let path = spec.touched.path.clone();
        let Some((main, hash)) = &spec.main else {
            let summary = Some(object(&summarize(&path, None)));
            return Summarised::Send(SpecChange { path, summary, patch: None });
        };
        if self.changed.contains(main) {
            return Summarised::NotNow;
        }
        let read = match self.contents.contains_key(main) {
            true => None,
            false => match self.read(main, hash) {
                Some(bytes) => Some(bytes),
                None => return Summarised::NotNow,
            },
        };
        let bytes =
            read.as_ref().or_else(|| self.contents.get(main)).map_or(&[][..], Vec::as_slice);
        let new = summarize(&path, Some((main, bytes)));
        let old = spec.patch_from.and_then(|hash| shadow_content(self.materials, &hash));
        let Some(old) = old else {
            return Summarised::Send(SpecChange { path, summary: Some(object(&new)), patch: None });
        };
        match summary_patch(&summarize(&path, Some((main, &old))), &new) {
            Some(patch) => Summarised::Send(SpecChange { path, summary: None, patch: Some(patch) }),
            None => Summarised::Same,
        }
    }
}

fn object(summary: &Summary) -> Map<String, Value> {
    match serde_json::to_value(summary) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}
