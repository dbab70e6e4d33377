//! Addresses, headers and media types.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::id::{CommandId, MachineId, ProjectId};
use crate::path::FilePath;

/// On every answer of a relay: its version. A block page of something in between lacks it.
pub const RELAY_HEADER: &str = "leanspec-relay";
/// On every answer that carries state: the cursor to resume the feed from.
pub const CURSOR_HEADER: &str = "leanspec-cursor";
/// On a bridge's calls: the version of the bridge, `major.minor.patch`.
pub const BRIDGE_HEADER: &str = "leanspec-bridge";
/// On a bridge's feed: the instance that reads it, so that an older one can be told to go.
pub const INSTANCE_HEADER: &str = "leanspec-instance";

/// On a posted command: names it, so that a repeated POST is the same command. Per account, kept for
/// [`crate::limits::IDEMPOTENCY_DAYS`], bound to the body.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// The media type of a changes body.
pub const CHANGES_MEDIA_TYPE: &str = "application/vnd.leanspec.changes";

/// Content-Encoding: zstd (RFC 8878).
pub const ENCODING_ZSTD: &str = "zstd";
/// Content-Encoding: dictionary-compressed zstd (RFC 9842).
pub const ENCODING_DCZ: &str = "dcz";
/// Content-Encoding: gzip.
pub const ENCODING_GZIP: &str = "gzip";

/// `POST`: a one-time code becomes a key.
pub const SESSION_EXCHANGE: &str = "/v1/session/exchange";
/// `GET`: who am I.
pub const ME: &str = "/v1/me";
/// `GET`, `POST`: keys.
pub const KEYS: &str = "/v1/keys";
/// `GET`: machines.
pub const MACHINES: &str = "/v1/machines";
/// `GET`: commands that are known.
pub const COMMANDS: &str = "/v1/commands";
/// `GET`: what happened.
pub const ACTIVITY: &str = "/v1/activity";
/// `POST`: what arrived of a body. `GET`: so many bytes.
pub const PROBE: &str = "/v1/probe";
/// `GET`: events with gaps between them.
pub const PROBE_STREAM: &str = "/v1/probe/stream";
/// `GET`: the feed of a UI.
pub const FEED: &str = "/v1/feed";

/// What stands unescaped in one segment of a path (RFC 3986 `unreserved`).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `PUT`, `PATCH`, `DELETE`: one machine.
#[must_use]
pub fn machine(machine: &MachineId) -> String {
    format!("{MACHINES}/{machine}")
}

/// `GET`: the command feed of one machine.
#[must_use]
pub fn commands(machine: &MachineId) -> String {
    format!("{MACHINES}/{machine}/commands")
}

/// `GET`, `DELETE`: one command.
#[must_use]
pub fn command(command: &CommandId) -> String {
    format!("{COMMANDS}/{command}")
}

/// `POST`: what came of a command.
#[must_use]
pub fn result(command: &CommandId) -> String {
    format!("{COMMANDS}/{command}/result")
}

/// `POST`: a command that was applied was overtaken by a program on the machine.
#[must_use]
pub fn overtaken(command: &CommandId) -> String {
    format!("{COMMANDS}/{command}/overtaken")
}

/// `POST`: apply a conflicted change to the newer version.
#[must_use]
pub fn rebase(command: &CommandId) -> String {
    format!("{COMMANDS}/{command}/rebase")
}

/// `GET`: the projects of one machine.
#[must_use]
pub fn projects(machine: &MachineId) -> String {
    format!("{MACHINES}/{machine}/projects")
}

/// `DELETE`: one project. The prefix of all that is inside it.
#[must_use]
pub fn project(machine: &MachineId, project: &ProjectId) -> String {
    format!("{MACHINES}/{machine}/projects/{project}")
}

/// `POST`: the names of files.
#[must_use]
pub fn manifest(machine: &MachineId, project_id: &ProjectId) -> String {
    format!("{}/manifest", project(machine, project_id))
}

/// `POST`: change a file of this project.
#[must_use]
pub fn project_commands(machine: &MachineId, project_id: &ProjectId) -> String {
    format!("{}/commands", project(machine, project_id))
}

/// `POST`: puts, deletes and summaries.
#[must_use]
pub fn changes(machine: &MachineId, project_id: &ProjectId) -> String {
    format!("{}/changes", project(machine, project_id))
}

/// `GET`: the specs of one project.
#[must_use]
pub fn specs(machine: &MachineId, project_id: &ProjectId) -> String {
    format!("{}/specs", project(machine, project_id))
}

/// `GET`: one spec.
#[must_use]
pub fn spec(machine: &MachineId, project_id: &ProjectId, path: &FilePath) -> String {
    format!("{}/{}", specs(machine, project_id), escape_path(path))
}

/// `GET`: the exact bytes of one file.
#[must_use]
pub fn file(machine: &MachineId, project_id: &ProjectId, path: &FilePath) -> String {
    format!("{}/files/{}", project(machine, project_id), escape_path(path))
}

/// A path with each of its names percent-encoded (RFC 3986 §2.1), slashes kept.
#[must_use]
pub fn escape_path(path: &FilePath) -> String {
    let names = path.as_str().split('/').map(|name| utf8_percent_encode(name, SEGMENT).to_string());
    names.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_of_a_path_is_escaped_and_the_slashes_stay() {
        let path: FilePath = "042-a b/ü?#%.md".parse().expect("valid");
        let (machine, project) = ("m1".parse().expect("valid"), "p1".parse().expect("valid"));
        assert_eq!(
            file(&machine, &project, &path),
            "/v1/machines/m1/projects/p1/files/042-a%20b/%C3%BC%3F%23%25.md"
        );
    }
}
