//! How bodies are encoded, and what is not taken.

use std::io::Write;

use leanspec_shared::change::encode_dcz;
use leanspec_shared::hash::ContentHash;

use crate::support::{Bridge, TestRelay};

fn dcz(body: &[u8], dictionary: &[u8]) -> Vec<u8> {
    let mut encoder =
        zstd::stream::write::Encoder::with_ref_prefix(Vec::new(), 3, dictionary).unwrap();
    encoder.write_all(body).unwrap();
    encode_dcz(&ContentHash::of(dictionary), &encoder.finish().unwrap())
}

async fn with_a_file(relay: &TestRelay, machine: &str, text: &[u8]) -> Bridge {
    let mut bridge = relay.bridge(machine).await;
    bridge.edit("001-a/README.md", text).await;
    bridge
}

#[tokio::test]
async fn a_change_of_a_known_file_travels_as_a_difference() {
    let relay = TestRelay::start().await;
    let old = b"A line of a spec that stays as it is.\n".repeat(200);
    let mut bridge = with_a_file(&relay, "m1", &old).await;
    let new = [&old[..], b"And one more.\n"].concat();
    let push = bridge.save(&[("001-a/README.md", &new)]);
    let body = dcz(&push.body(), &old);
    assert!(body.len() < 300, "{} bytes", body.len());
    bridge.send_bytes(body, Some("dcz")).await.expect(200);
    let file = relay.get(&bridge.of_project("/files/001-a/README.md"), &relay.admin).await;
    assert_eq!(file.body, new);
}

#[tokio::test]
async fn content_of_another_machine_is_no_dictionary() {
    let relay = TestRelay::start().await;
    let secret = b"A text that only the other machine holds.\n".repeat(50);
    with_a_file(&relay, "m1", &secret).await;
    let mut other = relay.bridge("m2").await;
    let push = other.save(&[("001-a/README.md", &secret)]);
    let body = dcz(&push.body(), &secret);
    other.send_bytes(body, Some("dcz")).await.expect_problem(415, "dictionary_unknown");
    let body = zstd::encode_all(&push.body()[..], 3).unwrap();
    other.send_bytes(body, Some("zstd")).await.expect(200);
}

#[tokio::test]
async fn gzip_and_plain_bodies_are_taken_too() {
    let relay = TestRelay::start().await;
    let mut bridge = with_a_file(&relay, "m1", b"plain").await;
    let push = bridge.save(&[("001-a/README.md", b"zipped")]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&push.body()).unwrap();
    bridge.send_bytes(gzip.finish().unwrap(), Some("gzip")).await.expect(200);
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_by_name() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let push = bridge.save(&[("a.md", b"a")]);
    let bomb = zstd::encode_all(&vec![b'x'; 100 << 20][..], 3).unwrap();
    assert!(bomb.len() < 20_000);
    let table: [(Vec<u8>, &str, u16, &str); 6] = [
        (push.body(), "zstd", 400, "body_malformed"),
        (push.body(), "dcz", 400, "body_malformed"),
        (bomb, "zstd", 413, "too_large"),
        (push.body(), "br", 415, "encoding_unsupported"),
        (b"{}".to_vec(), "identity", 400, "body_malformed"),
        (b"not JSON\n".to_vec(), "identity", 400, "body_malformed"),
    ];
    for (body, encoding, status, code) in table {
        bridge.send_bytes(body, Some(encoding)).await.expect_problem(status, code);
    }
    bridge.send(&push).await.expect(200);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let relay = TestRelay::start().await;
    let bridge = relay.bridge("m1").await;
    let path = bridge.of_project("/changes");
    let answer = relay.post(&path, &bridge.key, &serde_json::json!({})).await;
    answer.expect_problem(415, "media_type_unsupported");
}

#[tokio::test]
async fn paths_that_could_leave_the_specs_folder_or_stand_twice_are_refused() {
    let relay = TestRelay::start().await;
    let mut bridge = relay.bridge("m1").await;
    let good = String::from_utf8(bridge.save(&[("good.md", b"g")]).body()).unwrap();
    for bad in ["../x", "/etc/passwd", "a/../../b", "a\\\\b", "a//b", ""] {
        let body = good.replace("good.md", bad).into_bytes();
        bridge.send_bytes(body, None).await.expect_problem(422, "path_invalid");
    }
    let twice = bridge.save(&[("a.md", b"a"), ("a.md", b"a")]);
    bridge.send(&twice).await.expect_problem(422, "path_invalid");
    let both = bridge.save(&[("a.md", b"a")]).deleting("a.md");
    bridge.send(&both).await.expect_problem(422, "path_invalid");
    let mut manifest = bridge.manifest(&[]);
    manifest["specs"] = serde_json::json!(["../up"]);
    bridge.send_manifest(&manifest).await.expect_problem(422, "path_invalid");
}
