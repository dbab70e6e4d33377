//! The shadow over restarts, kills and damage.

use tempfile::TempDir;

use super::*;
use crate::sync::step::Touched;

fn path(text: &str) -> FilePath {
    text.parse().expect("a valid path")
}

/// Notes that the relay took these contents.
fn take(shadow: &mut Shadow, acked: &mut Acked, contents: &[(&str, &[u8])]) {
    let mut sent = Sent::default();
    let mut frames = Vec::new();
    for (name, content) in contents {
        let hash = ContentHash::of(content);
        sent.puts.push((path(name), hash));
        sent.specs.push(Touched { path: path("001-a"), generation: 1 });
        frames.push(Frame::of(hash, content).expect("compressed"));
        acked.put(path(name), Some(hash));
        acked.specs.insert(path("001-a"));
    }
    acked.rev += 1;
    shadow.append(&sent, &frames, acked).expect("written");
}

fn filled(folder: &TempDir) -> Acked {
    let (mut shadow, mut acked) = Shadow::open(folder.path());
    take(&mut shadow, &mut acked, &[("001-a/README.md", b"one"), ("b.md", b"two")]);
    take(&mut shadow, &mut acked, &[("b.md", b"two, changed")]);
    acked
}

#[test]
fn what_the_relay_took_is_known_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let acked = filled(&folder);
    let (shadow, again) = Shadow::open(folder.path());
    assert_eq!(again, acked);
    assert_eq!(shadow.content(&ContentHash::of(b"one")).as_deref(), Some(&b"one"[..]));
    assert_eq!(shadow.content(&ContentHash::of(b"three")), None);
}

#[test]
fn a_manifest_under_way_puts_the_memory_in_doubt_until_it_is_through() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut shadow, mut acked) = Shadow::open(folder.path());
    acked.summary_version = 1;
    take(&mut shadow, &mut acked, &[("a.md", b"one")]);
    shadow.doubt().expect("written");
    let (mut shadow, doubted) = Shadow::open(folder.path());
    assert_eq!((doubted.rev, doubted.summary_version), (acked.rev, 0));
    assert_eq!(doubted.state_hash(), acked.state_hash(), "the names stay, for the source");
    shadow.rewrite(&acked, &[]).expect("written");
    assert_eq!(Shadow::open(folder.path()).1, acked);
}

#[test]
fn a_file_cut_by_a_kill_counts_up_to_its_last_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut acked = filled(&folder);
    let file = folder.path().join(FILE);
    let whole = std::fs::metadata(&file).expect("there").len();
    let (mut shadow, _) = Shadow::open(folder.path());
    let before = acked.clone();
    take(&mut shadow, &mut acked, &[("c.md", b"three")]);
    drop(shadow);
    let bytes = std::fs::read(&file).expect("readable");
    for len in whole..bytes.len() as u64 {
        std::fs::write(&file, &bytes[..len as usize]).expect("written");
        let (mut shadow, again) = Shadow::open(folder.path());
        assert_eq!(again, before, "cut at {len}");
        // And it can be gone on with.
        let mut next = again;
        take(&mut shadow, &mut next, &[("d.md", b"four")]);
        assert_eq!(Shadow::open(folder.path()).1, next, "cut at {len}");
    }
}

#[test]
fn a_damaged_file_counts_as_empty_and_a_damaged_content_as_absent() {
    let folder = tempfile::tempdir().expect("a folder");
    let acked = filled(&folder);
    let file = folder.path().join(FILE);
    let bytes = std::fs::read(&file).expect("readable");
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x20;
        std::fs::write(&file, &damaged).expect("written");
        let (shadow, again) = Shadow::open(folder.path());
        let believed =
            again.rev == 0 || again.state_hash() == acked.state_hash() || again.rev < acked.rev;
        assert!(believed, "byte {at}");
        for content in [&b"one"[..], b"two, changed"] {
            let kept = shadow.content(&ContentHash::of(content));
            assert!(kept.is_none_or(|kept| kept == content), "byte {at}");
        }
    }
}

/// A week of edits must not fill the disk.
#[test]
fn the_file_stays_near_the_size_of_what_is_alive() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut shadow, mut acked) = Shadow::open(folder.path());
    let mut noise = 1_u64;
    for _ in 0..400 {
        let mut content = Vec::with_capacity(20_000);
        while content.len() < 20_000 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            content.extend_from_slice(&noise.to_le_bytes());
        }
        take(&mut shadow, &mut acked, &[("a.md", &content)]);
    }
    let len = std::fs::metadata(folder.path().join(FILE)).expect("there").len();
    assert!(len < 2 * SLACK_BYTES, "{len} bytes for one file of 20,000");
    assert_eq!(Shadow::open(folder.path()).1, acked);
}

#[cfg(unix)]
#[test]
fn the_contents_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    filled(&folder);
    let mode = std::fs::metadata(folder.path().join(FILE)).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
