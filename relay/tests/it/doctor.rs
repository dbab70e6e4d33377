//! `leanspec-relay doctor`, beside a relay that runs and without one.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A relay as a process; killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn program(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leanspec-relay"));
    command.args(args).env_clear().env("LEANSPEC_RELAY_DATA", data);
    command
}

fn serve(data: &Path) -> Running {
    let mut command = program(data, &["serve", "--listen", "127.0.0.1:0"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    lines.find(|line| line.starts_with("listening on ")).unwrap();
    Running(child)
}

fn doctor(data: &Path, args: &[&str]) -> (Value, Option<i32>) {
    let output = program(data, &["doctor", "--json"]).args(args).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (report.unwrap_or_else(|_| panic!("{output:?}")), output.status.code())
}

fn verdict<'a>(report: &'a Value, check: &str, tried: &str) -> &'a str {
    let lines = report["lines"].as_array().unwrap();
    let is =
        |line: &&Value| line["check"] == check && line["tried"].as_str().unwrap().contains(tried);
    let line = lines.iter().find(is).unwrap_or_else(|| panic!("no line {check}: {report:#}"));
    line["verdict"].as_str().unwrap()
}

#[test]
fn a_relay_that_runs_is_looked_into_and_neither_disturbed_nor_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = serve(folder.path());
    assert!(program(folder.path(), &["key", "create", "--scope", "bridge"]).output().is_ok());
    let keys = || program(folder.path(), &["key", "list", "--json"]).output().unwrap().stdout;
    let before = keys();
    let (report, code) = doctor(folder.path(), &[]);
    assert_eq!((code, &report["worst"]), (Some(0), &"ok".into()), "{report:#}");
    for check in ["data", "room", "running", "listen", "reach", "clock", "http", "body", "stream"] {
        assert_eq!(verdict(&report, check, ""), "ok", "{check}");
    }
    for (check, tried) in [("database", "identity.db"), ("database", "mirror.db"), ("keys", "")] {
        assert_eq!(verdict(&report, check, tried), "ok", "{check} {tried}");
    }
    assert_eq!(verdict(&report, "size", "1088 KiB"), "ok");
    assert_eq!(keys(), before);
    assert!(relay.0.try_wait().unwrap().is_none());
}

#[test]
fn where_no_relay_runs_that_is_said_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (report, code) = doctor(&data, &["--listen", "127.0.0.1:9"]);
    assert_eq!((code, verdict(&report, "data", "")), (Some(1), "bad"), "{report:#}");
    assert_eq!(verdict(&report, "listen", ""), "bad");
    assert!(!data.exists());

    drop(serve(&data));
    let (report, code) = doctor(&data, &[]);
    assert_eq!((code, verdict(&report, "running", "")), (Some(1), "bad"), "{report:#}");
    assert_eq!(verdict(&report, "database", "identity.db"), "ok");
}

#[test]
fn addresses_that_nobody_can_use_are_named_before_anybody_tries() {
    let folder = tempfile::tempdir().unwrap();
    let _relay = serve(folder.path());
    let wrong = ["--public-url", "relay.example.org", "--allow-origin", "https://page.org/app"];
    let (report, code) = doctor(folder.path(), &wrong);
    assert_eq!(verdict(&report, "public", ""), "bad");
    assert_eq!(verdict(&report, "origins", "page.org"), "bad");
    assert_eq!(verdict(&report, "origins", "stranger"), "ok");
    assert_eq!(code, Some(1), "{report:#}");
}

#[test]
fn another_relay_at_the_public_address_is_told_from_this_one() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (_relay, _other) = (serve(folder.path()), serve(other.path()));
    let public = std::fs::read_to_string(other.path().join("public-url")).unwrap();
    let (report, code) = doctor(folder.path(), &["--public-url", &public]);
    assert_eq!((code, verdict(&report, "reach", "")), (Some(3), "bad"), "{report:#}");
}
