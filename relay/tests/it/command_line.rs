//! The program as it is typed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn relay(data: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leanspec-relay"))
        .args(args)
        .env_clear()
        .env("LEANSPEC_RELAY_DATA", data)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_new_key_stands_alone_on_standard_output_and_is_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let created = relay(folder.path(), &["key", "create", "--scope", "view", "--name", "wall"]);
    let key = text(&created.stdout);
    assert!(key.starts_with("lsr_view_") && key.trim_end().lines().count() == 1, "{key}");
    let id = key.split('_').nth(2).unwrap();
    let listed = text(&relay(folder.path(), &["key", "list"]).stdout);
    assert!(listed.contains(id) && listed.contains("wall") && listed.contains("valid"), "{listed}");
    assert!(!listed.contains(key.trim_end()), "{listed}");
    assert!(relay(folder.path(), &["key", "revoke", id]).status.success());
    let listed = text(&relay(folder.path(), &["key", "list", "--json"]).stdout);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert!(listed["keys"][0]["revoked_at"].is_string());
    let unknown = relay(folder.path(), &["key", "revoke", "nosuchkey"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("key list"));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let wrong: [&[&str]; 4] =
        [&["sing"], &["key", "create"], &["key", "create", "--scope", "root"], &[]];
    for args in wrong {
        assert_eq!(relay(folder.path(), args).status.code(), Some(2), "{args:?}");
    }
    let version = relay(folder.path(), &["--version"]);
    assert!(version.status.success());
    assert!(text(&version.stdout).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_link_stands_alone_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["link", "--scope", "view", "--public-url", "https://relay.example.org/"];
    let link = text(&relay(folder.path(), &args).stdout);
    let start = "https://relay.example.org/#/pair?relay=https%3A%2F%2Frelay.example.org&code=";
    assert!(link.starts_with(start) && link.trim_end().lines().count() == 1, "{link}");
}

#[cfg(unix)]
#[test]
fn serve_says_where_it_listens_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_leanspec-relay"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let link = lines.find(|line| line.starts_with("sign in: http://127.0.0.1:")).unwrap();
    assert!(link.contains("/#/pair?relay=http%3A%2F%2F127.0.0.1%3A"), "{link}");
    let listening = lines.find(|line| line.starts_with("listening on http://127.0.0.1:")).unwrap();
    let another = text(&relay(folder.path(), &["link"]).stdout);
    assert!(another.starts_with(listening.trim_start_matches("listening on ")), "{another}");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
