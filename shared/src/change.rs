//! What a bridge sends: who it is, the names of its files, and the changes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::hash::{ContentHash, StateHash};
use crate::id::{InstanceId, ProjectId, PushId};
use crate::path::FilePath;
use crate::time::Timestamp;
use crate::view::{File, ProjectFacts};

/// Body of `PUT /v1/machines/{machine}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Announce {
    /// The host's name, or what the config says.
    pub name: String,
    /// `linux`, `macos`, `windows`, …
    pub os: String,
    /// Version of the bridge, `major.minor.patch`.
    pub version: String,
    /// Random per process.
    pub instance: InstanceId,
    /// Hash of the OS's machine id and of the state folder's inode: tells a restart from a clone.
    pub host_mark: ContentHash,
    /// All its projects; one that is missing here is kept, as `halted`.
    pub projects: Vec<ProjectFacts>,
    /// The bridge stops on purpose: it is offline at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopping: bool,
    /// Speak for this machine although another `host_mark` did so before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub take_over: bool,
}

/// Answer to an [`Announce`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Announced {
    /// What the relay holds of each announced project, in the same order.
    pub projects: Vec<Held>,
}

/// What the relay holds of one project. When it equals the disk, nothing more is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Held {
    /// The project.
    pub id: ProjectId,
    /// The relay's `rev`; 0 for a project it has just met.
    pub rev: u64,
    /// Check sum of the contents it holds.
    pub state_hash: StateHash,
    /// Version of the parser whose summaries it holds; 0 for none.
    pub summary_version: u32,
}

/// Body of `POST …/manifest`: the names of the files in a half-open range of paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Manifest {
    /// The `rev` that this was made for.
    pub base_rev: u64,
    /// Names this body.
    pub push_id: PushId,
    /// First path of the range, in byte order; `null` = from the start.
    #[serde(default)]
    pub from: Option<FilePath>,
    /// First path after the range; `null` = to the end.
    #[serde(default)]
    pub to: Option<FilePath>,
    /// Every file in the range, by path. Files of the range that are not named are dropped.
    pub files: Vec<File>,
    /// Every spec in the range, by path. Specs of the range that are not named are dropped; the
    /// summaries of all that are named follow with the next changes.
    #[serde(default)]
    pub specs: Vec<FilePath>,
}

/// Answer to a [`Manifest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManifestAccepted {
    /// The new `rev`.
    pub rev: u64,
    /// Check sum of the contents the relay holds now.
    pub state_hash: StateHash,
    /// Files whose bytes it lacks.
    pub need: Vec<Need>,
}

/// A file whose bytes the relay lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Need {
    /// Which file.
    pub path: FilePath,
    /// The older content it holds of it, which can serve as a dictionary.
    pub have: Option<ContentHash>,
}

/// The head of a changes body: one line of JSON. The bytes of the puts follow, one after the
/// other, in the order of `puts`. All of it is applied, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesHead {
    /// The `rev` that this was made for.
    pub base_rev: u64,
    /// Names this body.
    pub push_id: PushId,
    /// Check sum of the contents the relay holds afterwards.
    pub state_hash: StateHash,
    /// Version of the parser, once every summary of it has been sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_version: Option<u32>,
    /// Files with new bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub puts: Vec<Put>,
    /// Files that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deletes: Vec<FilePath>,
    /// Specs whose summary is new or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specs: Vec<SpecChange>,
    /// Specs that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specs_gone: Vec<FilePath>,
}

/// One file with new bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Put {
    /// Relative to the specs folder.
    pub path: FilePath,
    /// How many of the bytes after the head are its.
    pub len: u64,
    /// When it was last written.
    pub mtime: Timestamp,
    /// The first 16 hex digits of the hash of those bytes.
    pub check: String,
}

/// The new summary of one spec: whole, or as a merge patch (RFC 7396) of what the relay holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecChange {
    /// The spec.
    pub path: FilePath,
    /// All of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::spec::Summary>))]
    pub summary: Option<Map<String, Value>>,
    /// Only the members that changed, `null` for those that went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub patch: Option<Map<String, Value>>,
}

/// Answer to a changes body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesAccepted {
    /// The new `rev`.
    pub rev: u64,
    /// Check sum of the contents the relay holds now.
    pub state_hash: StateHash,
}

/// A changes body that cannot be taken apart.
#[derive(Debug, thiserror::Error)]
pub enum MalformedChanges {
    /// No line end after the head.
    #[error("the head of JSON is not ended by a line feed")]
    NoHead,
    /// The head is not what it should be.
    #[error("the head is not readable: {0}")]
    Head(#[from] serde_json::Error),
    /// The lengths do not add up to the bytes that came.
    #[error("the head promises {promised} bytes of files, {came} came")]
    Length {
        /// Sum of the `len` of the puts.
        promised: u64,
        /// Bytes after the head.
        came: u64,
    },
}

/// Writes a changes body: head, LF, and the bytes of each put.
///
/// # Panics
/// When a put's `len` is not the length of its bytes: the caller made both.
#[must_use]
pub fn encode_changes(head: &ChangesHead, files: &[&[u8]]) -> Vec<u8> {
    assert_eq!(head.puts.len(), files.len(), "one slice of bytes for each put");
    let mut body = serde_json::to_vec(head).expect("plain data always becomes JSON");
    body.reserve(1 + files.iter().map(|file| file.len()).sum::<usize>());
    body.push(b'\n');
    for (put, bytes) in head.puts.iter().zip(files) {
        assert_eq!(put.len, bytes.len() as u64, "the length of {}", put.path);
        body.extend_from_slice(bytes);
    }
    body
}

/// Takes a changes body apart: its head and the bytes of each put, in order.
///
/// # Errors
/// When there is no head, it is not readable, or the lengths do not add up.
pub fn decode_changes(body: &[u8]) -> Result<(ChangesHead, Vec<&[u8]>), MalformedChanges> {
    let end = body.iter().position(|byte| *byte == b'\n').ok_or(MalformedChanges::NoHead)?;
    let head: ChangesHead = serde_json::from_slice(&body[..end])?;
    let mut rest = &body[end + 1..];
    let promised = head.puts.iter().fold(0_u64, |sum, put| sum.saturating_add(put.len));
    if promised != rest.len() as u64 {
        return Err(MalformedChanges::Length { promised, came: rest.len() as u64 });
    }
    let mut files = Vec::with_capacity(head.puts.len());
    for put in &head.puts {
        let (file, after) = rest.split_at(usize::try_from(put.len).unwrap_or(rest.len()));
        files.push(file);
        rest = after;
    }
    Ok((head, files))
}

/// The first eight bytes of a dictionary-compressed zstd body (`dcz`, RFC 9842 §5): a skippable
/// frame. The SHA-256 of the dictionary follows, then an ordinary zstd frame.
pub const DCZ_MAGIC: [u8; 8] = [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0x00, 0x00, 0x00];

/// Writes a `dcz` body around a zstd frame that was made with `dictionary`.
#[must_use]
pub fn encode_dcz(dictionary: &ContentHash, frame: &[u8]) -> Vec<u8> {
    [&DCZ_MAGIC[..], dictionary.as_bytes(), frame].concat()
}

/// Takes a `dcz` body apart: the dictionary's hash and the zstd frame; `None` when it is not one.
#[must_use]
pub fn decode_dcz(body: &[u8]) -> Option<(ContentHash, &[u8])> {
    let rest = body.strip_prefix(&DCZ_MAGIC[..])?;
    let (hash, frame) = rest.split_first_chunk::<32>()?;
    Some((ContentHash::from_bytes(*hash), frame))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(puts: Vec<Put>) -> ChangesHead {
        ChangesHead {
            base_rev: 7,
            push_id: "p1".parse().expect("valid"),
            state_hash: StateHash::default(),
            summary_version: None,
            puts,
            deletes: vec!["b.md".parse().expect("valid")],
            specs: vec![],
            specs_gone: vec![],
        }
    }

    fn put(path: &str, bytes: &[u8]) -> Put {
        Put {
            path: path.parse().expect("valid"),
            len: bytes.len() as u64,
            mtime: Timestamp::from_unix_ms(0),
            check: ContentHash::of(bytes).check(),
        }
    }

    /// Golden: a change of the head's form is a change of the protocol.
    #[test]
    fn the_head_is_one_line_of_json_and_the_bytes_follow_raw() {
        let (first, second) = (b"a\nb\xff".as_slice(), b"".as_slice());
        let body =
            encode_changes(&head(vec![put("a.md", first), put("c.md", second)]), &[first, second]);
        let wanted = concat!(
            r#"{"base_rev":7,"push_id":"p1","#,
            r#""state_hash":"0000000000000000000000000000000000000000000000000000000000000000","#,
            r#""puts":[{"path":"a.md","len":4,"mtime":"1970-01-01T00:00:00.000Z","check":"b990b1a16b4c91cc"},"#,
            r#"{"path":"c.md","len":0,"mtime":"1970-01-01T00:00:00.000Z","check":"e3b0c44298fc1c14"}],"#,
            r#""deletes":["b.md"]}"#,
            "\na\nb",
        );
        assert_eq!(String::from_utf8_lossy(&body[..body.len() - 1]), wanted);
        let (decoded, files) = decode_changes(&body).expect("well-formed");
        assert_eq!(files, [first, second]);
        assert_eq!(decoded.puts[0].path.as_str(), "a.md");
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let mut body = encode_changes(&head(vec![put("a.md", b"abc")]), &[b"abc"]);
        body.pop();
        assert!(matches!(
            decode_changes(&body),
            Err(MalformedChanges::Length { promised: 3, came: 2 })
        ));
        assert!(matches!(decode_changes(b"{}"), Err(MalformedChanges::NoHead)));
    }

    #[test]
    fn a_dcz_body_names_its_dictionary() {
        let dictionary = ContentHash::of(b"old");
        let body = encode_dcz(&dictionary, b"frame");
        assert_eq!(decode_dcz(&body), Some((dictionary, b"frame".as_slice())));
        assert_eq!(decode_dcz(&body[..39]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoders_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode_changes(&body);
            let _ = decode_dcz(&body);
        }

        #[test]
        fn a_huge_length_is_refused_before_anything_is_split(len in any::<u64>()) {
            let body = format!(
                r#"{{"base_rev":1,"push_id":"p","state_hash":"{}","puts":[{{"path":"a","len":{len},"mtime":"1970-01-01T00:00:00Z","check":""}},{{"path":"b","len":{len},"mtime":"1970-01-01T00:00:00Z","check":""}}]}}
    abc"#,
                StateHash::default()
            );
            let refused = matches!(decode_changes(body.as_bytes()), Err(MalformedChanges::Length { .. }));
            prop_assert!(refused);
        }
    }
}
