//! What the fake relay keeps of one project.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use leanspec_shared::change::{ChangesHead, Manifest, Need, decode_changes, decode_dcz};
use leanspec_shared::hash::{ContentHash, StateHash};
use leanspec_shared::path::FilePath;
use leanspec_shared::problem::{Code, Problem};
use leanspec_shared::spec::apply_patch;
use serde_json::{Map, Value, json};
use zstd::zstd_safe::DCtx;

/// The answer to a push, or the problem.
pub(crate) type Pushed = Result<Value, Box<Problem>>;

const DECOMPRESSED_MAX: usize = 8 * 1024 * 1024;

/// One project.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeProject {
    /// Raised with every push.
    pub(crate) rev: u64,
    /// Contents; `None` = the name only.
    pub(crate) files: BTreeMap<FilePath, Option<Vec<u8>>>,
    /// Summaries.
    pub(crate) specs: BTreeMap<FilePath, Map<String, Value>>,
    /// Version of the parser whose summaries are all there.
    pub(crate) summary_version: u32,
    last: Option<(String, Value)>,
}

/// The plain bytes of a body.
pub(crate) fn decode(
    headers: &HeaderMap,
    body: &[u8],
    dictionary: impl Fn(&ContentHash) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, Box<Problem>> {
    let malformed = |_| Box::new(Problem::new(Code::BodyMalformed, "not zstd"));
    let mut plain = Vec::with_capacity(DECOMPRESSED_MAX);
    match headers.get("content-encoding").map(|value| value.as_bytes()) {
        None => return Ok(body.to_vec()),
        Some(b"zstd") => {
            DCtx::create().decompress(&mut plain, body).map_err(malformed)?;
        }
        Some(_) => {
            let (hash, frame) = decode_dcz(body).expect("a dcz body");
            let lacking = || Box::new(Problem::new(Code::DictionaryUnknown, "send it as zstd"));
            let dictionary = dictionary(&hash).ok_or_else(lacking)?;
            let mut context = DCtx::create();
            context.ref_prefix(&dictionary).map_err(malformed)?;
            context.decompress(&mut plain, frame).map_err(malformed)?;
        }
    }
    Ok(plain)
}

impl FakeProject {
    /// Check sum of the contents.
    pub(crate) fn state_hash(&self) -> StateHash {
        let hashes: Vec<_> = self
            .files
            .iter()
            .filter_map(|(path, bytes)| Some((path, ContentHash::of(bytes.as_ref()?))))
            .collect();
        hashes.iter().map(|(path, hash)| (*path, hash)).collect()
    }

    fn guard(&self, push_id: &str, base_rev: u64) -> Option<Pushed> {
        if let Some((last, answer)) = &self.last
            && last == push_id
        {
            return Some(Ok(answer.clone()));
        }
        let resync = || Box::new(Problem::resync(self.rev, self.state_hash()));
        (base_rev != self.rev).then(|| Err(resync()))
    }

    fn done(&mut self, push_id: &str, mut answer: Value) -> Pushed {
        self.rev += 1;
        answer["rev"] = json!(self.rev);
        answer["state_hash"] = json!(self.state_hash().to_string());
        self.last = Some((push_id.to_owned(), answer.clone()));
        Ok(answer)
    }

    /// Takes a manifest.
    pub(crate) fn name(&mut self, manifest: &Manifest) -> Pushed {
        if let Some(answer) = self.guard(manifest.push_id.as_str(), manifest.base_rev) {
            return answer;
        }
        let inside = |path: &FilePath| {
            manifest.from.as_ref().is_none_or(|from| path >= from)
                && manifest.to.as_ref().is_none_or(|to| path < to)
        };
        let named: Vec<_> = manifest.files.iter().map(|file| &file.path).collect();
        self.files.retain(|path, _| !inside(path) || named.contains(&path));
        self.specs.retain(|path, _| !inside(path) || manifest.specs.contains(path));
        let mut need = Vec::new();
        for file in &manifest.files {
            let held = self.files.entry(file.path.clone()).or_default();
            let have = held.as_ref().map(|bytes| ContentHash::of(bytes));
            if have != Some(file.hash) {
                need.push(Need { path: file.path.clone(), have });
            }
        }
        self.done(manifest.push_id.as_str(), json!({ "need": need }))
    }

    /// Takes a changes body apart.
    pub(crate) fn read(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(ChangesHead, Vec<Vec<u8>>), Box<Problem>> {
        let by_hash = |hash: &ContentHash| {
            let mut contents = self.files.values().flatten();
            contents.find(|bytes| ContentHash::of(bytes) == *hash).cloned()
        };
        let plain = decode(headers, body, by_hash)?;
        let (head, files) = decode_changes(&plain)
            .map_err(|error| Box::new(Problem::new(Code::BodyMalformed, error.to_string())))?;
        Ok((head, files.into_iter().map(<[u8]>::to_vec).collect()))
    }

    /// Takes a changes body.
    pub(crate) fn change(&mut self, headers: &HeaderMap, body: &[u8]) -> Pushed {
        let (head, files) = self.read(headers, body)?;
        if let Some(answer) = self.guard(head.push_id.as_str(), head.base_rev) {
            return answer;
        }
        let mut next = self.clone();
        for (put, bytes) in head.puts.iter().zip(files) {
            assert_eq!(put.check, ContentHash::of(&bytes).check(), "{}", put.path);
            next.files.insert(put.path.clone(), Some(bytes));
        }
        for path in &head.deletes {
            next.files.remove(path);
        }
        for spec in &head.specs {
            match (&spec.summary, &spec.patch) {
                (Some(whole), _) => {
                    next.specs.insert(spec.path.clone(), whole.clone());
                }
                (None, Some(patch)) => match next.specs.get_mut(&spec.path) {
                    Some(summary) => apply_patch(summary, patch),
                    None => return Err(Box::new(Problem::resync(self.rev, self.state_hash()))),
                },
                (None, None) => {}
            }
        }
        for path in &head.specs_gone {
            next.specs.remove(path);
        }
        assert_eq!(next.state_hash(), head.state_hash, "the sum that the bridge promised");
        next.summary_version = head.summary_version.unwrap_or(next.summary_version);
        *self = next;
        self.done(head.push_id.as_str(), json!({}))
    }
}
