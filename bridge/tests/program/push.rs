//! The whole program against a relay that answers well, badly, or not at all.

use crate::fake::bridge::Place;
use crate::fake::{Fake, Fault, Inner};
use leanspec_shared::problem::Code;

/// Whether the fake holds exactly what is on the disk.
fn equal(place: &Place, inner: &Inner) -> bool {
    let Some(project) = inner.projects.values().next() else { return false };
    let held: Vec<_> = project
        .files
        .iter()
        .map(|(path, bytes)| {
            let text = bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            (path.to_string(), text)
        })
        .collect();
    let disk: Vec<_> = place.files().into_iter().map(|(path, text)| (path, Some(text))).collect();
    held == disk
}

async fn become_equal(place: &Place, fake: &Fake) {
    fake.until("relay and disk become equal", |inner| equal(place, inner)).await;
}

#[tokio::test]
async fn a_saved_file_is_at_the_relay_with_its_summary() {
    let (place, fake) = (Place::new(), Fake::start());
    let running = place.run(&fake);
    running.says("ready: 1 project, 2 specs").await;
    become_equal(&place, &fake).await;
    place.write("001-first/README.md", "---\nstatus: complete\n---\n\n# First\n\nText.\n");
    become_equal(&place, &fake).await;
    let inner = fake.inner();
    let project = inner.projects.values().next().expect("one");
    let spec = project.specs.iter().find(|(path, _)| path.as_str() == "001-first").expect("there");
    assert_eq!(spec.1["status"], "complete");
    let last = inner.seen.last().expect("a push");
    assert_eq!(last.encoding, "dcz", "a change of a known file goes with a dictionary");
    assert!(
        inner.seen.iter().all(|seen| seen.call == "changes"),
        "an empty relay needs no manifest"
    );
}

#[tokio::test]
async fn sync_once_ends_when_relay_and_disk_are_equal() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut running = place.start(place.against(&fake, "sync"));
    assert_eq!(running.ends().await, Some(0), "{}", running.said());
    assert!(equal(&place, &fake.inner()));
    let stopping = fake.inner().announced.last().expect("announced").stopping;
    assert!(stopping, "it says good-bye");
}

#[tokio::test]
async fn a_restart_with_nothing_changed_sends_no_content_and_one_announcement() {
    let (place, fake) = (Place::new(), Fake::start());
    assert_eq!(place.start(place.against(&fake, "sync")).ends().await, Some(0));
    let (pushes, announced) = {
        let inner = fake.inner();
        (inner.seen.len(), inner.announced.len())
    };
    let running = place.run(&fake);
    running.says("ready:").await;
    assert_eq!(fake.inner().seen.len(), pushes);
    assert_eq!(fake.inner().announced.len(), announced + 1);
}

#[tokio::test]
async fn what_changed_while_nobody_watched_is_all_that_is_sent() {
    let (place, fake) = (Place::new(), Fake::start());
    assert_eq!(place.start(place.against(&fake, "sync")).ends().await, Some(0));
    let pushes = fake.inner().seen.len();
    place.write("002-second/README.md", "---\nstatus: draft\n---\n\n# Second\n\n- [x] do it\n");
    assert_eq!(place.start(place.against(&fake, "sync")).ends().await, Some(0));
    assert!(equal(&place, &fake.inner()));
    let inner = fake.inner();
    assert_eq!(inner.seen.len(), pushes + 1);
    assert_eq!(inner.seen[pushes].encoding, "dcz", "the shadow outlives the process");
}

/// The push id stays with the body, so that the relay knows it again.
#[tokio::test]
async fn a_push_whose_answer_is_lost_is_sent_again_as_it_was() {
    let (place, fake) = (Place::new(), Fake::start());
    fake.inner().faults.extend([Fault::LoseAnswer, Fault::BlockPage]);
    let running = place.run(&fake);
    running.says("ready:").await;
    become_equal(&place, &fake).await;
    let inner = fake.inner();
    let ids: Vec<_> = inner.seen.iter().map(|seen| &seen.push_id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[tokio::test]
async fn a_relay_that_lacks_the_dictionary_gets_the_file_whole() {
    let (place, fake) = (Place::new(), Fake::start());
    let running = place.run(&fake);
    running.says("ready:").await;
    fake.inner().faults.push_back(Fault::Refuse(Code::DictionaryUnknown));
    place.write("001-first/README.md", "# Another\n");
    become_equal(&place, &fake).await;
    let inner = fake.inner();
    let encodings: Vec<_> = inner.seen.iter().map(|seen| seen.encoding.as_str()).collect();
    assert_eq!(encodings[encodings.len() - 2..], ["dcz", "zstd"]);
}

/// The predecessor stayed empty until the bridge was restarted.
#[tokio::test]
async fn a_relay_that_lost_everything_is_filled_again() {
    let (place, fake) = (Place::new(), Fake::start());
    let running = place.run(&fake);
    running.says("ready:").await;
    fake.inner().projects.clear();
    fake.cut_feeds();
    become_equal(&place, &fake).await;
}

#[tokio::test]
async fn a_relay_restored_from_an_older_copy_becomes_equal_again() {
    let (place, fake) = (Place::new(), Fake::start());
    let running = place.run(&fake);
    running.says("ready:").await;
    become_equal(&place, &fake).await;
    let old = fake.inner().projects.clone();
    place.write("003-third/README.md", "# Third\n");
    std::fs::remove_dir_all(place.spec("001-first")).expect("removed");
    become_equal(&place, &fake).await;
    fake.inner().projects = old;
    place.write("002-second/README.md", "# Changed after the restore\n");
    become_equal(&place, &fake).await;
    let inner = fake.inner();
    assert!(inner.seen.iter().any(|seen| seen.call == "manifest"));
    let specs = inner.projects.values().next().expect("one").specs.keys();
    assert_eq!(specs.map(|path| path.as_str()).collect::<Vec<_>>(), ["002-second", "003-third"]);
}

/// The predecessor lost edits while the relay was away, and flushed nothing when it came back.
#[tokio::test]
async fn edits_made_while_the_relay_is_away_arrive_when_it_is_back() {
    let (place, fake) = (Place::new(), Fake::start());
    let running = place.run(&fake);
    running.says("ready:").await;
    let (address, inner) = (fake.address, std::mem::take(&mut *fake.inner()));
    drop(fake);
    running.says("is not reached").await;
    for round in 0..20 {
        place.write("002-second/README.md", &format!("# Second, {round}\n"));
        place.write(&format!("{:03}-new/README.md", 10 + round), "# New\n");
    }
    // What is noticed after the relay's return is a push of its own, and says nothing about this.
    place.is_noticed().await;
    let pushes = inner.seen.len();
    let fake = Fake::start_at(address, inner);
    become_equal(&place, &fake).await;
    assert!(fake.inner().seen.len() <= pushes + 3, "the difference, not the history");
}

#[tokio::test]
async fn a_refused_key_is_said_once_and_watching_goes_on_until_a_good_one_comes() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut command = place.against(&fake, "run");
    command.env_remove("LEANSPEC_BRIDGE_KEY");
    let running = place.start(command);
    running.says("leanspec-bridge login").await;
    place.write("001-first/README.md", "# Saved while nobody listens\n");
    let mut login = place.against(&fake, "login");
    let output = login.output().expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    running.says("ready:").await;
    become_equal(&place, &fake).await;
    assert_eq!(running.said().matches("leanspec-bridge login").count(), 1, "{}", running.said());
}

#[tokio::test]
async fn a_key_revoked_while_running_does_not_end_the_bridge() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut running = place.run(&fake);
    running.says("ready:").await;
    fake.inner().key_revoked = true;
    place.write("001-first/README.md", "# Changed\n");
    running.says("This key was revoked").await;
    assert_eq!(running.child.try_wait().expect("asked"), None);
}

#[tokio::test]
async fn sync_with_a_refused_key_exits_4() {
    let (place, fake) = (Place::new(), Fake::start());
    fake.inner().key_revoked = true;
    let mut running = place.start(place.against(&fake, "sync"));
    assert_eq!(running.ends().await, Some(4));
}

/// It once span for ever, so busy that not even its own patience ended it.
#[tokio::test]
async fn sync_without_any_key_exits_4_at_once() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut command = place.against(&fake, "sync");
    command.env_remove("LEANSPEC_BRIDGE_KEY");
    let mut running = place.start(command);
    assert_eq!(running.ends().await, Some(4), "{}", running.said());
}

#[tokio::test]
async fn a_taken_machine_exits_4_and_names_the_remedy() {
    let (place, fake) = (Place::new(), Fake::start());
    fake.inner().machine_taken = true;
    let mut running = place.run(&fake);
    assert_eq!(running.ends().await, Some(4));
    let said = running.said();
    assert!(said.contains("--new-machine") && said.contains("--take-over"), "{said}");
}

#[tokio::test]
async fn a_superseded_bridge_stops_and_does_not_announce_itself_again() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut running = place.run(&fake);
    running.says("ready:").await;
    fake.inner().faults.push_back(Fault::Refuse(Code::Superseded));
    place.write("001-first/README.md", "# Changed\n");
    assert_eq!(running.ends().await, Some(1));
    assert!(fake.inner().announced.iter().all(|announce| !announce.stopping));
}

#[tokio::test]
async fn sync_without_a_relay_exits_3_within_its_patience() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut command = place.against(&fake, "sync");
    drop(fake);
    command.env("LEANSPEC_BRIDGE_GIVE_UP_AFTER", "1");
    let mut running = place.start(command);
    assert_eq!(running.ends().await, Some(3), "{}", running.said());
}

#[tokio::test]
async fn a_second_process_on_the_same_state_exits_5_and_leaves_the_first_alone() {
    let (place, fake) = (Place::new(), Fake::start());
    let mut first = place.run(&fake);
    first.says("ready:").await;
    let second = place.against(&fake, "run").output().expect("started");
    assert_eq!(second.status.code(), Some(5));
    assert_eq!(first.child.try_wait().expect("asked"), None);
}

#[tokio::test]
async fn a_bridge_killed_at_any_moment_leaves_a_state_that_can_be_used() {
    let (place, fake) = (Place::new(), Fake::start());
    for round in 0..8 {
        place.write("001-first/README.md", &format!("# Round {round}\n"));
        place.write(&format!("{:03}-more/README.md", 20 + round), "# More\n");
        let running = place.run(&fake);
        let pushes = fake.inner().seen.len();
        // Killed as soon as something new arrived, wherever the bridge stands then.
        fake.until("a push", |inner| inner.seen.len() > pushes).await;
        drop(running);
    }
    assert_eq!(place.start(place.against(&fake, "sync")).ends().await, Some(0));
    assert!(equal(&place, &fake.inner()));
    let machines: Vec<_> = fake.inner().announced.iter().map(|a| a.host_mark).collect();
    assert!(machines.windows(2).all(|pair| pair[0] == pair[1]), "one machine all along");
}

#[tokio::test]
async fn status_says_what_the_running_bridge_knows() {
    let (place, fake) = (Place::new(), Fake::start());
    let running = place.run(&fake);
    running.says("ready:").await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    let sentence = loop {
        let output = place.output(&["status"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if text.starts_with("In sync") || tokio::time::Instant::now() > deadline {
            break text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let wanted = format!("In sync: 1 project, 2 specs, {}, streaming over HTTP/2", fake.address);
    assert!(sentence.starts_with(&wanted), "{sentence}");
    let json = place.output(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&status["connected"], &status["mode"]), (&true.into(), &"stream".into()));
    assert_eq!(status["key_store"], "environment");
    assert_eq!(status["projects"][0]["in_sync"], true);
}
