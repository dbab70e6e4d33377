//! The relay's feed, read by programs of others: curl, Python's httpx-sse, the npm package
//! `eventsource` and a browser's `EventSource`. Each reads what our own reader reads, event by event.

use anyhow::{Context, Result, ensure};
use e2e::bridge::Bridge;
use e2e::disk;
use e2e::feed::{Feed, Received};
use e2e::middlebox::nginx;
use e2e::reader::{Maker, Reader};
use e2e::scene::{Machine, Scene};
use e2e::wait;

/// A relay with a machine whose bridge runs.
struct Stand {
    scene: Scene,
    machine: Machine,
    key: String,
    _bridge: Bridge,
}

impl Stand {
    async fn start() -> Result<Self> {
        let scene = Scene::start().await?;
        let machine = scene.machine("one").await?;
        disk::write_specs(&machine.specs, 3)?;
        let bridge = machine.ready(&scene).await?;
        let key = scene.relay.create_key("view").await?;
        Ok(Self { scene, machine, key, _bridge: bridge })
    }

    fn reader(&self, maker: Maker, after: Option<&str>) -> Result<Reader> {
        Reader::start(maker, &self.scene.relay.url(), &self.key, after)
    }

    /// Saves specs one after the other; what our own reader is told from `after` on.
    async fn saves(&self, name: &str, after: &str) -> Result<Vec<Received>> {
        let mut feed = Feed::open(&self.scene.api, &format!("?after={after}")).await?;
        let mut told = Vec::new();
        for number in 0..4 {
            let title = format!("{name} {number}");
            self.machine.write("0001-spec/README.md", disk::spec(&title, "planned"))?;
            // After a push come its specs, then its project.
            for (last, text) in [("spec", title.as_str()), ("project", "")] {
                loop {
                    let received = feed.next().await?;
                    let is_it = received.event == last && received.data.contains(text);
                    told.extend(moves(received));
                    if is_it {
                        break;
                    }
                }
            }
        }
        Ok(told)
    }
}

/// An event that moves the cursor.
fn moves(received: Received) -> Option<Received> {
    let silent = ["hello", "heartbeat", "reset", "bye"].contains(&received.event.as_str());
    (!silent).then_some(received)
}

/// Waits for its hello; the cursor it starts from.
async fn greeted(reader: &Reader) -> Result<String> {
    reader.process.says("event: hello").await?;
    wait::until(|| async {
        let read = reader.read();
        let hello = read.iter().find(|received| received.event == "hello").context("no hello")?;
        hello.id.clone().context("a hello without a cursor")
    })
    .await
}

/// Waits until it has read exactly that.
async fn reads(reader: &Reader, told: &[Received]) -> Result<()> {
    wait::until(|| async {
        let read: Vec<_> = reader.read().into_iter().filter_map(moves).collect();
        ensure!(read == told, "{read:#?}\ninstead of\n{told:#?}");
        Ok(())
    })
    .await
}

/// Reads; is away while more is saved; and reads on from its last event.
async fn reads_and_resumes(maker: Maker) -> Result<()> {
    let stand = Stand::start().await?;
    let reader = stand.reader(maker, None)?;
    let told = stand.saves("While it read", &greeted(&reader).await?).await?;
    reads(&reader, &told).await?;
    drop(reader);

    let last = told.last().and_then(|last| last.id.as_deref()).context("an event")?;
    let missed = stand.saves("While it was away", last).await?;
    let reader = stand.reader(maker, Some(last))?;
    reads(&reader, &missed).await
}

#[tokio::test]
async fn curl_reads_the_feed_and_resumes_from_its_last_event() -> Result<()> {
    reads_and_resumes(Maker::Curl).await
}

#[tokio::test]
async fn pythons_httpx_sse_reads_the_feed_and_resumes_from_its_last_event() -> Result<()> {
    reads_and_resumes(Maker::HttpxSse).await
}

#[tokio::test]
async fn the_npm_eventsource_comes_back_after_a_restart_of_the_relay_and_misses_nothing()
-> Result<()> {
    let mut stand = Stand::start().await?;
    let reader = stand.reader(Maker::Npm, None)?;
    let mut told = stand.saves("Before", &greeted(&reader).await?).await?;
    reads(&reader, &told).await?;
    stand.scene.relay.process.stop().await?;
    stand.scene.relay_again().await?;
    let last = told.last().and_then(|last| last.id.clone()).context("an event")?;
    told.extend(stand.saves("After", &last).await?);
    reads(&reader, &told).await
}

/// It sends no header of one's own, so that the server in front adds the key; that one cuts a stream
/// after two silent seconds, and the browser comes back by itself.
#[tokio::test]
async fn a_browsers_eventsource_reads_the_feed_through_a_server_that_adds_the_key() -> Result<()> {
    let stand = Stand::start().await?;
    let adds = format!("proxy_set_header Authorization \"Bearer {}\";", stand.key);
    let directives = format!("{adds} proxy_read_timeout 2s; {}", nginx::STREAMS);
    let relay = &stand.scene.relay;
    let nginx = nginx::start(stand.scene.folder(), relay.address, None, &directives).await?;
    let reader = Reader::start(Maker::Browser, &format!("http://{}", nginx.address), "", None)?;
    let mut told = stand.saves("Before", &greeted(&reader).await?).await?;
    reads(&reader, &told).await?;
    wait::until(|| async {
        let hellos = reader.read().iter().filter(|received| received.event == "hello").count();
        ensure!(hellos >= 2, "it was not cut");
        Ok(())
    })
    .await?;
    let last = told.last().and_then(|last| last.id.clone()).context("an event")?;
    told.extend(stand.saves("After", &last).await?);
    reads(&reader, &told).await
}
