//! Commands from the feed to the file and back, against a relay that keeps to the protocol or not.

use leanspec_shared::hash::ContentHash;
use leanspec_shared::problem::Code;
use leanspec_shared::view::ProjectState;
use serde_json::{Value, json};

use crate::fake::bridge::{Place, Running};
use crate::fake::{Fake, Fault};

const FIRST: &str = "001-first/README.md";

/// A running bridge that has told the relay everything.
async fn ready() -> (Place, Fake, Running) {
    let (place, fake) = (Place::new(), Fake::start());
    let running = place.run(&fake);
    running.says("ready:").await;
    (place, fake, running)
}

/// The same, with what a config says of the project.
async fn ready_with(project: &str) -> (Place, Fake, Running) {
    let (place, fake) = (Place::new(), Fake::start());
    let running = start_with(&place, &fake, project);
    running.says("ready:").await;
    (place, fake, running)
}

fn start_with(place: &Place, fake: &Fake, project: &str) -> Running {
    let config = place.home().join("config.toml");
    let dir = place.project().to_string_lossy().into_owned();
    std::fs::write(&config, format!("[[project]]\ndir = {dir:?}\n{project}\n")).expect("written");
    let mut command = place.against(fake, "run");
    command.env("LEANSPEC_BRIDGE_CONFIG", &config);
    place.start(command)
}

fn hash(place: &Place, path: &str) -> Value {
    let bytes = std::fs::read(place.spec(path)).expect("readable");
    json!({ "hash": ContentHash::of(&bytes) })
}

fn status(place: &Place, spec: &str, word: &str) -> Value {
    let base = hash(place, &format!("{spec}/README.md"));
    json!({"type": "update_frontmatter", "spec": spec, "fields": {"status": word}, "base": base})
}

fn end(state: &str, reason: &str) -> (String, String) {
    (state.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn a_delivered_command_is_in_the_file_and_its_result_is_told() {
    let (place, fake, _running) = ready().await;
    fake.command("c1", status(&place, "001-first", "in-progress"));
    assert_eq!(fake.ended("c1").await, end("applied", ""));
    let text = place.read(FIRST);
    assert!(text.contains("status: in-progress") && text.ends_with("# First\n\nText.\n"), "{text}");
    let report = fake.inner().command("c1").report().clone();
    assert_eq!(report["hash"], json!(ContentHash::of(text.as_bytes())));
    assert_eq!(report["file"], FIRST);
    let pushed = |inner: &crate::fake::Inner| {
        let project = inner.projects.values().next().expect("one");
        let file = project.files.get(&FIRST.parse().expect("a path"));
        file.cloned().flatten() == Some(text.clone().into_bytes())
    };
    fake.until("the push confirms it", pushed).await;
}

#[tokio::test]
async fn a_result_whose_answer_is_lost_is_told_again_until_the_relay_knows() {
    let (place, fake, _running) = ready().await;
    fake.inner().report_faults.extend([Fault::LoseAnswer, Fault::BlockPage]);
    fake.inner().report_faults.push_back(Fault::Refuse(Code::Unavailable));
    fake.command("c1", status(&place, "001-first", "in-progress"));
    fake.until("it is told twice", |inner| inner.command("c1").reports.len() == 2).await;
    let inner = fake.inner();
    assert_eq!(inner.command("c1").reports[0], inner.command("c1").reports[1]);
    assert!(inner.report_faults.is_empty());
}

#[tokio::test]
async fn a_command_that_comes_again_after_a_restart_is_told_of_and_not_run_again() {
    let (place, fake, running) = ready().await;
    fake.inner().report_faults.extend(std::iter::repeat_n(Fault::BlockPage, 1000));
    fake.command("c1", status(&place, "001-first", "in-progress"));
    running.says("command c1: applied").await;
    let text = place.read(FIRST);
    drop(running);
    fake.inner().report_faults.clear();
    let _running = place.run(&fake);
    assert_eq!(fake.ended("c1").await, end("applied", ""));
    assert_eq!(place.read(FIRST), text, "changed once, with one transition");
    let inner = fake.inner();
    assert_eq!(inner.command("c1").delivered, 2, "the relay sent it again");
    assert_eq!(inner.command("c1").report()["hash"], json!(ContentHash::of(text.as_bytes())));
}

/// Relay and bridge of the predecessor disagreed on the JSON of a command, and one poison command
/// blocked all later ones for ever.
#[tokio::test]
async fn a_poison_command_is_refused_and_blocks_no_other() {
    let (place, fake, _running) = ready().await;
    fake.event("command", "c1", r#"{"id":"c1","project":["no id"],"spec":7}"#.into());
    fake.event("command", "", "not even JSON".into());
    fake.event("of_a_newer_relay", "", "{}".into());
    fake.command("c2", json!({"type": "update_frontmatter", "spec": 7, "base": null}));
    fake.command("c3", json!({"type": "fly", "spec": "001-first", "base": null}));
    fake.command("c4", status(&place, "001-first", "in-progress"));
    assert_eq!(fake.ended("c4").await, end("applied", ""));
    assert_eq!(fake.ended("c1").await, end("refused", "invalid"));
    assert_eq!(fake.ended("c2").await, end("refused", "invalid"));
    assert_eq!(fake.ended("c3").await, end("refused", "unsupported"));
}

/// A crafted event made the predecessor rewrite a file outside the project; names matched by
/// 'contains', so a command for a spec that does not exist edited another one.
#[tokio::test]
async fn a_command_for_a_spec_that_does_not_exist_changes_no_other() {
    let (place, fake, _running) = ready_with("allow = [\"frontmatter\", \"content\"]").await;
    let before = place.files();
    let base = hash(&place, FIRST);
    let specs = ["001", "first", "001-firs", "1-first", "001-FIRST", "specs/001-first"];
    for (number, spec) in specs.into_iter().enumerate() {
        let fields = json!({"status": "planned"});
        let command =
            json!({"type": "update_frontmatter", "spec": spec, "fields": fields, "base": base});
        fake.command(&format!("c{number}"), command);
        let (state, _) = fake.ended(&format!("c{number}")).await;
        assert_ne!(state, "applied", "{spec}");
    }
    let outside = ["../../home/x", "/etc/passwd", "001-first/../../x", "001-first\\..\\x", "a\0b"];
    for (number, path) in outside.into_iter().enumerate() {
        let (content, id) = (json!("evil"), format!("d{number}"));
        let command =
            json!({"type": "update_content", "spec": path, "content": content, "base": base});
        fake.command(&id, command);
        assert_eq!(fake.ended(&id).await, end("refused", "invalid"), "{path:?}");
    }
    assert_eq!(place.files(), before);
}

#[tokio::test]
async fn a_command_for_a_project_that_is_not_here_is_refused() {
    let (place, fake, _running) = ready().await;
    let mut command = status(&place, "001-first", "in-progress");
    command["project"] = json!("of-another-time");
    fake.command("c1", command);
    assert_eq!(fake.ended("c1").await, end("refused", "unknown_project"));
}

#[tokio::test]
async fn two_quick_edits_that_stand_on_each_other_are_both_applied() {
    let (place, fake, _running) = ready().await;
    fake.command("c1", status(&place, "001-first", "in-progress"));
    for (id, after, fields) in [
        ("c2", "c1", json!({"priority": "high"})),
        ("c3", "c2", json!({"tags": ["a"], "assignee": "ann"})),
    ] {
        let base = json!({ "after": after });
        let command = json!({"type": "update_frontmatter", "spec": "001-first", "fields": fields, "base": base});
        fake.command(id, command);
    }
    for id in ["c1", "c2", "c3"] {
        assert_eq!(fake.ended(id).await, end("applied", ""), "{id}");
    }
    let text = place.read(FIRST);
    for wanted in ["status: in-progress", "priority: high", "assignee: ann"] {
        assert!(text.contains(wanted), "{text}");
    }
}

#[tokio::test]
async fn an_edit_that_stands_on_one_that_was_not_made_is_a_conflict() {
    let (place, fake, _running) = ready().await;
    fake.command("c1", status(&place, "001-first", "no such status"));
    let fields = json!({"priority": "high"});
    let base = json!({"after": "c1"});
    let command = json!({"type": "update_frontmatter", "spec": "001-first", "fields": fields,
        "seen": {"priority": null}, "base": base});
    fake.command("c2", command);
    assert_eq!(fake.ended("c1").await, end("refused", "rule"));
    assert_eq!(fake.ended("c2").await, end("conflict", "predecessor"));
    let report = fake.inner().command("c2").report().clone();
    assert_eq!(report["current"], place.read(FIRST));
    assert_eq!(report["rebasable"], true);
}

/// The conflict check of the predecessor covered the body only: a priority changed on disk was
/// overwritten.
#[tokio::test]
async fn a_file_that_changed_is_a_conflict_with_its_difference_and_stays_as_it_is() {
    let (place, fake, _running) = ready().await;
    let mut command = status(&place, "001-first", "in-progress");
    command["seen"] = json!({"status": "planned"});
    let newer = "---\nstatus: planned\npriority: high\n---\n\n# First\n\nText.\n";
    place.write(FIRST, newer);
    fake.command("c1", command);
    assert_eq!(fake.ended("c1").await, end("conflict", "changed"));
    assert_eq!(place.read(FIRST), newer);
    let report = fake.inner().command("c1").report().clone();
    assert_eq!(report["current"], newer);
    assert_eq!(report["current_hash"], json!(ContentHash::of(newer.as_bytes())));
    assert!(report["diff"].as_str().expect("a diff").contains("+priority: high"), "{report}");
    assert_eq!(report["rebasable"], true);
}

#[tokio::test]
async fn a_file_that_moved_is_gone_and_the_place_it_moved_to_is_only_named() {
    let (place, fake, _running) = ready().await;
    let command = status(&place, "001-first", "in-progress");
    let text = place.read(FIRST);
    std::fs::rename(place.spec("001-first"), place.spec("007-moved")).expect("renamed");
    fake.command("c1", command);
    assert_eq!(fake.ended("c1").await, end("conflict", "gone"));
    assert_eq!(fake.inner().command("c1").report()["moved_to"], "007-moved/README.md");
    assert_eq!(place.read("007-moved/README.md"), text);
}

#[tokio::test]
async fn what_the_machines_owner_does_not_allow_is_refused() {
    let (place, fake, _running) = ready().await;
    let base = hash(&place, FIRST);
    let content =
        json!({"type": "update_content", "spec": "001-first", "content": "# New\n", "base": base});
    fake.command("c1", content);
    assert_eq!(fake.ended("c1").await, end("refused", "not_allowed"));
    fake.command("c2", json!({"type": "create_spec", "name": "x", "base": null}));
    assert_eq!(fake.ended("c2").await, end("refused", "not_allowed"));
    let message = fake.inner().command("c2").report()["message"].clone();
    assert!(message.as_str().expect("said").contains("\"create\""), "{message}");
}

#[tokio::test]
async fn a_read_only_project_refuses_with_its_reason_and_nothing_is_written_in_it() {
    for (config, wanted) in [("allow = []", "allow = []"), ("", "security.readonly")] {
        let (place, fake) = (Place::new(), Fake::start());
        let own = place.project().join(".lean-spec");
        std::fs::create_dir_all(&own).expect("made");
        let readonly = config.is_empty();
        let text = json!({"security": {"readonly": readonly}}).to_string();
        std::fs::write(own.join("config.json"), text).expect("written");
        std::fs::create_dir_all(place.project().join(".git/info")).expect("made");
        let before = place.everything();
        let running = start_with(&place, &fake, config);
        running.says("ready:").await;
        fake.command("c1", status(&place, "001-first", "in-progress"));
        assert_eq!(fake.ended("c1").await, end("refused", "read_only"));
        let message = fake.inner().command("c1").report()["message"].to_string();
        assert!(message.contains(wanted), "{message}");
        drop(running);
        assert_eq!(place.everything(), before, "names and times of all files and folders");
    }
}

#[tokio::test]
async fn a_withdrawn_command_that_has_not_begun_changes_nothing() {
    let (place, fake, _running) = ready().await;
    let mut command = status(&place, "001-first", "in-progress");
    command["withdraw"] = json!(true);
    fake.command("c1", command);
    assert_eq!(fake.ended("c1").await, end("withdrawn", ""));
    fake.command("c2", status(&place, "001-first", "in-progress"));
    assert_eq!(fake.ended("c2").await, end("applied", ""));
    fake.withdraw("c2");
    fake.command("c3", status(&place, "001-first", "planned"));
    assert_eq!(fake.ended("c3").await, end("applied", ""));
    assert_eq!(fake.inner().command("c2").reports.len(), 1, "what ended stays ended");
}

#[tokio::test]
async fn a_halted_project_holds_commands_until_it_recovers_and_lets_them_be_withdrawn() {
    let (place, fake, _running) = ready().await;
    let (here, away) = (place.project().join("specs"), place.project().join("away"));
    let commands =
        [status(&place, "001-first", "in-progress"), status(&place, "002-second", "planned")];
    std::fs::rename(&here, &away).expect("moved");
    fake.until("the project is halted", |inner| {
        let last = inner.announced.last().and_then(|announce| announce.projects.first());
        last.is_some_and(|project| project.state == ProjectState::Halted)
    })
    .await;
    for (id, command) in ["c1", "c2"].into_iter().zip(commands) {
        fake.command(id, command);
    }
    fake.withdraw("c2");
    assert_eq!(fake.ended("c2").await, end("withdrawn", ""));
    assert!(fake.inner().command("c1").reports.is_empty(), "it is held back");
    std::fs::rename(&away, &here).expect("moved back");
    assert_eq!(fake.ended("c1").await, end("applied", ""));
}

#[tokio::test]
async fn a_command_whose_time_ran_out_on_the_way_is_expired() {
    let (place, fake, _running) = ready().await;
    let mut command = status(&place, "001-first", "in-progress");
    command["expires_in_ms"] = json!(0);
    let before = place.read(FIRST);
    fake.command("c1", command);
    assert_eq!(fake.ended("c1").await, end("expired", "late"));
    assert_eq!(place.read(FIRST), before);
}

#[tokio::test]
async fn new_specs_get_the_next_free_numbers_from_the_projects_own_template() {
    let (place, fake) = (Place::new(), Fake::start());
    let templates = place.project().join(".lean-spec/templates");
    std::fs::create_dir_all(&templates).expect("made");
    let template = "---\nstatus: planned\ncreated: '{date}'\n---\n\n# {title}\n\nOur own.\n";
    std::fs::write(templates.join("spec-template.md"), template).expect("written");
    // Somebody took the number a moment ago: not a folder yet, but the name is not free.
    place.write("003-login-by-link", "");
    let _running = {
        let running = start_with(&place, &fake, "allow = [\"create\"]");
        running.says("ready:").await;
        running
    };
    for id in ["c1", "c2"] {
        let fields = json!({"priority": "high"});
        fake.command(
            id,
            json!({"type": "create_spec", "name": "Login by link", "fields": fields, "base": null}),
        );
    }
    for (id, folder) in [("c1", "004-login-by-link"), ("c2", "005-login-by-link")] {
        assert_eq!(fake.ended(id).await, end("applied", ""));
        assert_eq!(fake.inner().command(id).report()["spec"], folder);
        let text = place.read(&format!("{folder}/README.md"));
        assert!(text.contains("# Login By Link\n\nOur own."), "{text}");
        assert!(text.contains("priority: high"), "{text}");
    }
    fake.command(
        "c3",
        json!({"type": "create_spec", "name": "x", "template": "none", "base": null}),
    );
    assert_eq!(fake.ended("c3").await, end("refused", "template"));
    let folders = std::fs::read_dir(place.project().join("specs")).expect("readable").count();
    assert_eq!(folders, 5, "no folder is left behind by a failure");
}

#[tokio::test]
async fn a_feed_that_is_opened_again_names_the_last_command_that_is_safe_and_a_new_process_none() {
    let (place, fake, running) = ready().await;
    fake.command("c1", status(&place, "001-first", "in-progress"));
    fake.command("c2", status(&place, "002-second", "planned"));
    assert_eq!(fake.ended("c2").await, end("applied", ""));
    let opened = fake.inner().opened_after.len();
    fake.cut_feeds();
    fake.until("the feed is opened again", |inner| inner.opened_after.len() > opened).await;
    assert_eq!(fake.inner().opened_after[opened].as_deref(), Some("c2"));
    drop(running);
    let opened = fake.inner().opened_after.len();
    let _running = place.run(&fake);
    fake.until("the feed is opened again", |inner| inner.opened_after.len() > opened).await;
    assert_eq!(fake.inner().opened_after[opened], None);
}

#[tokio::test]
async fn complete_is_refused_with_what_stands_in_its_way_unless_it_is_forced() {
    let (place, fake, _running) = ready().await;
    place.write("002-second/README.md", "---\nstatus: planned\n---\n\n# S\n\n- [ ] do it\n");
    place.write("003-child/README.md", "---\nstatus: planned\nparent: 001-first\n---\n\n# C\n");
    fake.command("c1", status(&place, "002-second", "complete"));
    assert_eq!(fake.ended("c1").await, end("refused", "rule"));
    assert_eq!(fake.inner().command("c1").report()["rule"], "open_tasks");
    fake.command("c2", status(&place, "001-first", "complete"));
    assert_eq!(fake.ended("c2").await, end("refused", "rule"));
    let report = fake.inner().command("c2").report().clone();
    assert_eq!(
        (&report["rule"], &report["details"]),
        (&json!("open_children"), &json!(["003-child"]))
    );
    let mut forced = status(&place, "001-first", "complete");
    forced["force"] = json!(true);
    fake.command("c3", forced);
    assert_eq!(fake.ended("c3").await, end("applied", ""));
}

#[tokio::test]
async fn the_log_says_who_changed_what_and_how_it_ended_while_the_bridge_runs() {
    let (place, fake, _running) = ready().await;
    let empty = place.output(&["log"]);
    assert!(String::from_utf8_lossy(&empty.stdout).contains("No command"), "{empty:?}");
    fake.command("c1", status(&place, "001-first", "in-progress"));
    fake.ended("c1").await;
    fake.command("c2", json!({"type": "create_spec", "name": "x", "base": null}));
    fake.ended("c2").await;
    let said = place.output(&["log", "-n", "5"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    let wanted = "  phone  project  001-first  status planned → in-progress  applied";
    assert!(lines[0].ends_with(wanted), "{said}");
    assert!(lines[1].contains("new spec x  refused (not_allowed)"), "{said}");
    let json = place.output(&["log", "--json", "-n", "1"]);
    let log: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&log["commands"][0]["command"], &log["commands"][1]), (&json!("c2"), &Value::Null));
    assert_eq!(log["preserved"], json!([]));
}
