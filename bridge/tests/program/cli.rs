//! The command line of the real program, in an empty home: what it says and how it ends.

use std::io::{Read, Write};
use std::process::{Output, Stdio};

use crate::fake::bridge::Place;
use crate::fake::{Fake, KEY};

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn without_arguments_it_says_in_five_lines_what_it_found_and_what_to_type() {
    let place = Place::new();
    let output = place.output(&[]);
    let said = stdout(&output);
    assert_eq!((output.status.code(), said.lines().count()), (Some(0), 5), "{said}");
    assert!(said.contains("leanspec-bridge login --relay"), "{said}");

    let inside = place.command(&[]).current_dir(place.project()).output().expect("started");
    assert!(stdout(&inside).contains("1 project (project)"), "{}", stdout(&inside));
}

#[test]
fn usage_and_config_errors_exit_2_and_say_what_to_change() {
    let place = Place::new();
    for arguments in [&["dance"][..], &["run", "--relais", "x"], &["accept-deletes"]] {
        assert_eq!(place.output(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let no_relay = place.output(&["run", "--project", "."]);
    assert_eq!(no_relay.status.code(), Some(2));
    assert!(stderr(&no_relay).contains("leanspec-bridge login --relay"), "{}", stderr(&no_relay));

    let config = place.home().join("config.toml");
    std::fs::write(&config, "name = \"a\"\n\nrelais = \"x\"\n").expect("written");
    let path = config.to_string_lossy().into_owned();
    let unknown = place.output(&["status", "--config", &path]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("line 3"), "{}", stderr(&unknown));
    let missing = place.output(&["status", "--config", "nowhere.toml"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn cleartext_to_another_host_is_refused_unless_the_config_allows_it() {
    let place = Place::new();
    let project = place.project().to_string_lossy().into_owned();
    // TEST-NET-1 (RFC 5737): nobody answers there.
    let arguments = ["sync", "--relay", "http://192.0.2.1:4600", "--project", &project];
    let refused = place.output(&arguments);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("allow_cleartext"), "{}", stderr(&refused));

    let config = place.home().join("config.toml");
    std::fs::write(&config, "allow_cleartext = true\n").expect("written");
    let mut command = place.command(&arguments);
    command.env("LEANSPEC_BRIDGE_CONFIG", &config).env("LEANSPEC_BRIDGE_GIVE_UP_AFTER", "1");
    let allowed = command.env("LEANSPEC_BRIDGE_KEY", KEY).output().expect("started");
    assert_eq!(allowed.status.code(), Some(3), "{}", stderr(&allowed));
    assert!(stderr(&allowed).contains("not encrypted"), "it says so: {}", stderr(&allowed));
}

#[test]
fn login_takes_the_key_from_standard_input_and_stores_it_for_its_owner_only() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut command = place.command(&["login", "--relay", &fake.url()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("started");
    child.stdin.take().expect("piped").write_all(format!("{KEY}\n").as_bytes()).expect("written");
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success());
    assert!(!stdout(&output).contains(KEY), "the key is never shown");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let stored = std::fs::metadata(place.state().join("key.json")).expect("stored");
        assert_eq!(stored.permissions().mode() & 0o777, 0o600);
    }
    let remembered = stdout(&place.output(&[]));
    assert!(remembered.contains(&format!("{}, with a key", fake.url())), "{remembered}");

    assert!(place.output(&["logout"]).status.success());
    assert!(!place.state().join("key.json").exists());
}

#[test]
fn login_with_a_key_the_relay_does_not_know_exits_4_and_stores_nothing() {
    let (place, fake) = (Place::new(), Fake::start());
    let key = place.home().join("key");
    std::fs::write(&key, "lsr_bridge_wrong\n").expect("written");
    let mut command = place.command(&["login", "--relay", &fake.url(), "--key-file"]);
    let output = command.arg(&key).output().expect("started");
    assert_eq!(output.status.code(), Some(4));
    assert!(stderr(&output).contains("key create --scope bridge"), "{}", stderr(&output));
    assert!(!place.state().join("key.json").exists());
}

#[test]
fn login_at_a_relay_that_is_not_there_exits_3() {
    let place = Place::new();
    let url = Fake::start().url();
    let mut command = place.command(&["login", "--relay", &url]);
    let output = command.env("LEANSPEC_BRIDGE_KEY", KEY).output().expect("started");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

/// Without TLS nothing negotiates the version; HTTP/2 is tried first.
#[test]
fn a_relay_behind_a_server_that_knows_only_http_1_is_reached() {
    let place = Place::new();
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", server.local_addr().expect("bound"));
    let served = std::thread::spawn(move || {
        let me =
            r#"{"account":"a","key":"k1","name":"n","scope":"bridge","relay_version":"0.1.0"}"#;
        loop {
            let (mut connection, _) = server.accept().expect("a connection");
            let mut request = [0; 2048];
            let len = connection.read(&mut request).expect("readable");
            if request[..len].starts_with(b"GET ") {
                let head = format!("leanspec-relay: 0.1.0\r\ncontent-length: {}\r\n\r\n", me.len());
                let answer = format!("HTTP/1.1 200 OK\r\n{head}{me}");
                connection.write_all(answer.as_bytes()).expect("written");
                return;
            }
            connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").expect("written");
        }
    });
    let mut command = place.command(&["login", "--relay", &url]);
    let output = command.env("LEANSPEC_BRIDGE_KEY", KEY).output().expect("started");
    assert!(output.status.success(), "{}", stderr(&output));
    served.join().expect("served");
}

#[test]
fn init_writes_a_config_that_run_can_use_and_never_writes_over_one() {
    let place = Place::new();
    let mut command = place.command(&["init", "--relay", "https://relay.example.org"]);
    let output = command.current_dir(place.project()).output().expect("started");
    assert!(output.status.success(), "{}", stderr(&output));
    let projects = place.output(&["projects"]);
    assert!(stdout(&projects).contains("project"), "{}", stderr(&projects));
    let again = place.output(&["init"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("already"), "{}", stderr(&again));
}

#[test]
fn projects_says_what_was_found_and_why() {
    let place = Place::new();
    let project = place.project().to_string_lossy().into_owned();
    let output = place.output(&["projects", "--project", &project]);
    let said = stdout(&output);
    assert!(output.status.success() && said.contains("why:"), "{said}");
    assert!(said.contains("allow: frontmatter, tasks"), "{said}");
    let nothing = place.output(&["projects", "--project", "/nowhere"]);
    assert_eq!(nothing.status.code(), Some(2));
}

#[test]
fn status_without_a_running_bridge_says_how_to_start_one() {
    let place = Place::new();
    assert!(stdout(&place.output(&["status"])).contains("leanspec-bridge run"));
    let json = place.output(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&status["connected"], &status["mode"]), (&false.into(), &"offline".into()));
    let refused = place.output(&["accept-deletes", "x"]);
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn a_flag_can_be_given_in_the_environment() {
    let place = Place::new();
    let mut command = place.command(&["projects"]);
    let output = command.env("LEANSPEC_BRIDGE_PROJECT", place.project()).output().expect("started");
    assert!(stdout(&output).contains("why:"), "{}", stderr(&output));
    let mut command = place.command(&["status"]);
    let json = command.env("LEANSPEC_BRIDGE_JSON", "1").output().expect("started");
    assert!(stdout(&json).starts_with('{'));
}
