//! The command feed when the way to the relay misbehaves.

use crate::fake::bridge::Place;
use crate::fake::{Fake, Inner};

#[tokio::test]
async fn a_feed_that_went_silent_is_noticed_however_often_the_program_looks_around_meanwhile() {
    let (place, fake) = (Place::new(), Fake::start());
    // The silence that is borne is longer than the beat at which the link compares its clocks.
    fake.inner().heartbeat_s = Some(4);
    let running = place.run(&fake);
    running.says("its feed went silent").await;
    let announced = fake.inner().announced.len();
    fake.until("announced again", |inner| inner.announced.len() > announced).await;
}

#[tokio::test]
async fn behind_something_that_holds_streams_back_the_bridge_polls_and_says_so() {
    let (place, fake) = (Place::new(), Fake::start());
    fake.inner().holds_back = true;
    let running = place.run(&fake);
    running.says("polling instead").await;
    running.says("ready:").await;
    // The stream, the poll that is answered at once, one that is held, and the one after it.
    fake.until("polls that are held", |inner| inner.opened_after.len() >= 4).await;
    let json = place.output(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&status["connected"], &status["mode"]), (&true.into(), &"poll".into()));
    assert_eq!(fake.inner().announced.len(), 1, "one session all along:\n{}", running.said());
    place.write("001-first/README.md", "# Saved while polling\n");
    let saved = |inner: &Inner| {
        let mut texts =
            inner.projects.values().flat_map(|project| project.files.values().flatten());
        texts.any(|text| text.starts_with(b"# Saved while polling"))
    };
    fake.until("the save", saved).await;
}

#[tokio::test]
async fn where_streams_are_cut_while_they_rest_the_bridge_asks_for_more_heartbeats() {
    let (place, fake) = (Place::new(), Fake::start());
    fake.inner().cuts_at_rest = true;
    let running = place.run(&fake);
    running.says("asking for more heartbeats").await;
    fake.until("a feed with heartbeats", |inner| !inner.asked_heartbeats.is_empty()).await;
    assert_eq!(fake.inner().asked_heartbeats, [3]);
    // The next process knows it from the start.
    drop(running);
    let before = fake.inner().opened_after.len();
    let _again = place.run(&fake);
    fake.until("its feed", |inner| inner.opened_after.len() > before).await;
    assert_eq!(fake.inner().asked_heartbeats, [3, 3]);
}
