//! The things a reader sees: machine, project, spec, file, key.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::hash::{ContentHash, StateHash};
use crate::id::{KeyId, MachineId, ProjectId};
use crate::path::FilePath;
use crate::time::Timestamp;
use crate::word::words;

/// An installed bridge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Machine {
    /// Its id.
    pub id: MachineId,
    /// Its name: the host's name until somebody renames it.
    pub name: String,
    /// `linux`, `macos`, `windows`, …
    pub os: String,
    /// Version of its bridge.
    pub bridge_version: String,
    /// Whether a feed of it is open, or ended less than 45 s ago.
    pub online: bool,
    /// When it was last heard of.
    pub last_seen: Timestamp,
}

words! {
    /// Whether a project's picture can be trusted.
    ProjectState {
        /// The relay is told of every change.
        Live = "live",
        /// The bridge is still reading or sending.
        Indexing = "indexing",
        /// The bridge sends nothing until somebody looks: see `state_reason`.
        Halted = "halted",
    }
}

words! {
    /// Why a project is halted; `state_reason` says the same in a sentence.
    HaltCode {
        /// The specs folder is missing.
        FolderMissing = "folder_missing",
        /// The specs folder cannot be read.
        FolderUnreadable = "folder_unreadable",
        /// Another device stands where the specs folder was, and lacks files.
        OtherDevice = "other_device",
        /// So many files are missing that an accident is likelier than a wish.
        ManyMissing = "many_missing",
        /// The same, while git is in the middle of something.
        GitBusy = "git_busy",
        /// More files than a project may have.
        TooManyFiles = "too_many_files",
        /// Its bridge does not list it any more.
        Unlisted = "unlisted",
    }
}

words! {
    /// Why nobody may change anything of a project remotely; `read_only` says the same in a sentence.
    ReadOnlyCode {
        /// LeanSpec's own switch `security.readonly`.
        Leanspec = "leanspec",
        /// `allow = []` in the bridge's config.
        AllowsNothing = "allows_nothing",
    }
}

words! {
    /// What a remote user may do, decided by the machine's owner in the bridge's config.
    Permission {
        /// Change metadata: status, priority, tags, …
        Frontmatter = "frontmatter",
        /// Tick a task box.
        Tasks = "tasks",
        /// Change the text.
        Content = "content",
        /// Make new specs.
        Create = "create",
    }
}

words! {
    /// Why a file below the specs folder is not sent.
    SkipReason {
        /// Larger than the limit.
        TooLarge = "too_large",
        /// Neither text nor an image.
        Binary = "binary",
        /// Matched by the config's `ignore`.
        Ignored = "ignored",
        /// A symbolic link, or something that is no regular file.
        Link = "link",
        /// No permission, or a read error.
        Unreadable = "unreadable",
        /// A name that is not UTF-8, or cannot be a path on the wire.
        BadName = "bad_name",
    }
}

/// A file that is not sent, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Skipped {
    /// Where it is; bytes that are not UTF-8 are replaced for display.
    pub path: String,
    /// Why it is not sent.
    pub reason: SkipReason,
}

/// What git says of the folder a project stands in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Git {
    /// The branch; absent with a detached head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The full id of the commit; absent before the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Spec files that differ from the commit, at most [`crate::limits::DIRTY_LISTED_MAX`].
    pub dirty: Vec<FilePath>,
    /// Commits that the upstream branch lacks; absent without an upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u32>,
    /// Commits that the upstream branch has more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<u32>,
}

/// What a bridge says of one of its projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectFacts {
    /// Its id, random, kept by the bridge per canonical root.
    pub id: ProjectId,
    /// The same on every machine, for comparing: host and path of the git remote plus the folder
    /// inside the repository, or what the config says, or the folder's name.
    pub key: String,
    /// Tells apart two worktrees with one key.
    pub root_label: String,
    /// For people.
    pub name: String,
    /// The specs folder relative to the project, e.g. `specs`.
    pub specs_dir: String,
    /// Absent where there is no git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<Git>,
    /// Whether its picture can be trusted.
    pub state: ProjectState,
    /// A sentence: why it is halted and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// The same as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_code: Option<HaltCode>,
    /// What a remote user may do.
    #[serde(default)]
    pub allow: Vec<Permission>,
    /// A sentence: why nobody may change anything remotely, and where that is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
    /// The same as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_code: Option<ReadOnlyCode>,
    /// Always false for now: contents travel unsealed.
    #[serde(default)]
    pub sealed: bool,
    /// Files that are not sent, at most [`crate::limits::SKIPPED_LISTED_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

/// A project as the relay holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    /// The machine it is on.
    pub machine: MachineId,
    /// See [`ProjectFacts::id`].
    pub id: ProjectId,
    /// See [`ProjectFacts::key`].
    pub key: String,
    /// See [`ProjectFacts::root_label`].
    pub root_label: String,
    /// For people.
    pub name: String,
    /// The specs folder relative to the project.
    pub specs_dir: String,
    /// Absent where there is no git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<Git>,
    /// Raised with every accepted manifest or changes call.
    pub rev: u64,
    /// The check sum of the files whose content the relay holds.
    pub state_hash: StateHash,
    /// Whether the picture can be trusted.
    pub state: ProjectState,
    /// A sentence: why it is halted and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// The same as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_code: Option<HaltCode>,
    /// What a remote user may do.
    pub allow: Vec<Permission>,
    /// A sentence: why nobody may change anything remotely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
    /// The same as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_code: Option<ReadOnlyCode>,
    /// Always false for now.
    pub sealed: bool,
    /// Files that are not sent, with reasons.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// How many specs it has.
    pub specs: u64,
    /// How many files it has.
    pub files: u64,
}

/// One file as a manifest or a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct File {
    /// Relative to the specs folder.
    pub path: FilePath,
    /// Hash of its exact bytes.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
    /// When the machine's file system says it was last written.
    pub mtime: Timestamp,
}

/// One file of a spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecFile {
    /// Relative to the specs folder.
    pub path: FilePath,
    /// Hash of the bytes that the relay holds.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
    /// When the machine's file system says it was last written.
    pub mtime: Timestamp,
    /// The machine has newer bytes, which are still on their way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
}

/// A spec as the relay holds it, and as the event `spec` carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spec {
    /// The machine it is on.
    pub machine: MachineId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Its folder, or its file where a spec is one flat file.
    pub path: FilePath,
    /// The project's `rev` that last touched it.
    pub rev: u64,
    /// What the bridge parsed: see [`crate::spec::Summary`]. Kept as JSON, since the relay never
    /// needs to understand it.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::spec::Summary))]
    pub summary: Map<String, Value>,
    /// Its files, by path.
    pub files: Vec<SpecFile>,
}

/// Answer to `GET /v1/machines`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Machines {
    /// All machines of the account, by name.
    pub machines: Vec<Machine>,
}

/// Answer to `GET /v1/machines/{machine}/projects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Projects {
    /// All projects of the machine, by name.
    pub projects: Vec<Project>,
}

/// Answer to `GET …/projects/{project}/specs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Specs {
    /// All specs of the project, by path.
    pub specs: Vec<Spec>,
}

words! {
    /// What a key may do. Each scope of a person includes those before it.
    Scope {
        /// Speak for one machine.
        Bridge = "bridge",
        /// Read.
        View = "view",
        /// Read, and send edits to machines.
        Edit = "edit",
        /// Everything, keys included.
        Admin = "admin",
    }
}

/// Answer to `GET /v1/me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The account.
    pub account: String,
    /// The key that asked.
    pub key: KeyId,
    /// The key's name.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// The machine a bridge's key is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineId>,
    /// The relay's version.
    pub relay_version: String,
}

/// A key as it is listed: never with its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyInfo {
    /// Its id, for revoking.
    pub id: KeyId,
    /// For people.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// The machine a bridge's key is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// Answer to `GET /v1/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Keys {
    /// All keys of the account, newest first.
    pub keys: Vec<KeyInfo>,
}

/// Body of `POST /v1/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateKey {
    /// What it may do.
    pub scope: Scope,
    /// For people.
    #[serde(default)]
    pub name: String,
}

/// Answer to `POST /v1/keys` and `POST /v1/session/exchange`: the only time a secret is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewKey {
    /// The secret, for `Authorization: Bearer …`.
    pub key: String,
    /// What is listed of it.
    pub info: KeyInfo,
}

/// Body of `POST /v1/session/exchange`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exchange {
    /// The one-time code of a sign-in link.
    pub code: String,
}

/// Body of `PATCH /v1/machines/{machine}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenameMachine {
    /// Its new name; it stays when the bridge announces itself with another.
    pub name: String,
}
