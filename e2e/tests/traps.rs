//! What must not stop anything: files that are not sent, and specs that are broken.

use std::fs;

use anyhow::{Context, Result, ensure};
use e2e::disk;
use e2e::scene::Scene;
use e2e::wait;
use leanspec_shared::view::Spec;

/// Files that are not sent, each with the reason that is given for it.
const UNSENT: [(&str, &str); 3] =
    [("001-a/huge.md", "too_large"), ("001-a/program.md", "binary"), ("001-a/outside.md", "link")];

#[cfg(unix)]
#[tokio::test]
async fn what_is_not_sent_is_listed_with_its_reason_and_all_else_arrives() -> Result<()> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 3)?;
    machine.write("001-a/README.md", disk::spec("Beside the traps", "planned"))?;
    machine.write("001-a/picture.png", [0x89, b'P', b'N', b'G', 0, 1, 2])?;
    machine.write("001-a/huge.md", vec![b'a'; 20 * 1024 * 1024])?;
    machine.write("001-a/program.md", b"\x7fELF\0\0\0")?;
    let secret = disk::write(scene.folder(), "secret.txt", "outside of the project")?;
    symlink(secret, machine.specs.join("001-a/outside.md"))?;
    fs::write(machine.specs.join(OsStr::from_bytes(b"001-a/bad\xffname.md")), "x")?;

    let bridge = machine.ready(&scene).await?;
    let unsent = ["001-a/huge.md", "001-a/program.md", "001-a/bad\u{fffd}name.md"];
    scene.equal_except(&machine, &unsent).await?;
    let project = scene.project_of("one").await?;
    let reason = |path: &str| {
        let found = project.skipped.iter().find(|skipped| skipped.path == path);
        found.map(|skipped| skipped.reason.as_str().to_owned())
    };
    for (path, wanted) in UNSENT {
        ensure!(reason(path).as_deref() == Some(wanted), "{path}: {:?}", project.skipped);
    }
    let bad_name = project.skipped.iter().any(|skipped| skipped.reason.as_str() == "bad_name");
    ensure!(bad_name, "{:?}", project.skipped);
    let status = machine.status(&scene).await?;
    let listed = status["projects"][0]["skipped"].as_array().context("a list")?.len();
    ensure!(listed == UNSENT.len() + 1, "{status}");
    ensure!(bridge.process.id().is_ok(), "{}", bridge.process.said());
    Ok(())
}

/// A 20 MB spec cost the predecessor 155 MB on both sides.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_huge_file_costs_the_bridge_no_memory() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    machine.write("001-a/README.md", disk::spec("Small", "planned"))?;
    machine.write("001-a/huge.md", vec![b'a'; 20 * 1024 * 1024])?;
    let bridge = machine.ready(&scene).await?;
    let status = fs::read_to_string(format!("/proc/{}/status", bridge.process.id()?))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    ensure!(peak < 50_000, "{peak} kB at its peak");
    Ok(())
}

/// Broken specs: the main file's bytes, and the problem that is reported.
fn broken() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let healthy = disk::spec("Healthy", "planned");
    vec![
        (
            "010-invalid-utf8",
            b"---\nstatus: planned\ncreated: 2026-01-01\n---\n\n# Caf\xe9\n".to_vec(),
            "invalid_utf8",
        ),
        (
            "011-malformed",
            b"---\nstatus: planned\ntitle: a: b: c\n  - x\n---\n\n# Malformed\n".to_vec(),
            "malformed_yaml",
        ),
        ("012-no-frontmatter", b"# Just text\n".to_vec(), "no_frontmatter"),
        ("013-bom", [b"\xef\xbb\xbf".as_slice(), healthy.as_bytes()].concat(), "byte_order_mark"),
        ("014-empty", Vec::new(), "empty"),
        (
            "015-unclosed",
            b"---\nstatus: planned\n\n# Never closed\n".to_vec(),
            "unclosed_frontmatter",
        ),
        (
            "016-duplicate",
            b"---\nstatus: planned\nstatus: complete\ncreated: 2026-01-01\n---\n\n# Twice\n"
                .to_vec(),
            "duplicate_key",
        ),
    ]
}

/// One file with bad YAML, bad UTF-8 or no frontmatter kept the predecessor's bridge from starting.
#[tokio::test]
async fn a_broken_spec_is_shown_with_its_problem_and_stops_no_other() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    disk::write_specs(&machine.specs, 3)?;
    for (spec, bytes, _) in broken() {
        machine.write(&format!("{spec}/README.md"), bytes)?;
    }
    machine.write("017-crlf/README.md", disk::spec("CRLF", "planned").replace('\n', "\r\n"))?;
    machine.write("018-no-readme/DESIGN.md", "# Design alone\n")?;
    let _bridge = machine.ready(&scene).await?;
    scene.equal(&machine).await?;
    let project = scene.project_of("one").await?;
    for (path, _, problem) in broken() {
        let spec = scene.spec(&project, path).await?;
        ensure!(has_problem(&spec, problem), "{path}: {:?}", spec.summary);
    }
    let crlf = scene.spec(&project, "017-crlf").await?;
    ensure!(crlf.summary["title"] == "CRLF" && crlf.summary["status"] == "planned", "{crlf:?}");
    let bare = scene.spec(&project, "018-no-readme").await?;
    ensure!(has_problem(&bare, "no_readme"), "{bare:?}");
    Ok(())
}

fn has_problem(spec: &Spec, code: &str) -> bool {
    let problems = spec.summary.get("problems").and_then(|problems| problems.as_array());
    problems.is_some_and(|problems| {
        problems.iter().any(|problem| problem["code"] == code && problem["message"].is_string())
    })
}

/// At run time the predecessor ignored such a file without a word.
#[tokio::test]
async fn a_spec_that_breaks_while_the_bridge_runs_is_reported_and_heals() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    let file = machine.write("001-a/README.md", disk::spec("Whole", "planned"))?;
    let _bridge = machine.ready(&scene).await?;
    let problems = |wanted: bool| {
        let scene = &scene;
        wait::until(move || async move {
            let spec = scene.spec(&scene.project_of("one").await?, "001-a").await?;
            ensure!(has_problem(&spec, "malformed_yaml") == wanted, "{:?}", spec.summary);
            Ok(())
        })
    };
    fs::write(&file, "---\nstatus: [planned\n---\n\n# Broken\n")?;
    problems(true).await?;
    fs::write(&file, disk::spec("Healed", "planned"))?;
    problems(false).await?;
    scene.equal(&machine).await
}

#[tokio::test]
async fn temporary_files_of_editors_and_hidden_ones_are_never_sent() -> Result<()> {
    let scene = Scene::start().await?;
    let machine = scene.machine("one").await?;
    machine.write("001-a/README.md", disk::spec("Alone", "planned"))?;
    let unsent = [
        "001-a/.README.md.swp",
        "001-a/README.md~",
        "001-a/4913",
        "001-a/#README.md#",
        "001-a/.hidden",
        "001-a/x___jb_tmp___",
        ".git-like/x.md",
        "001-a/.leanspec-x",
    ];
    for path in unsent.iter().filter(|path| !path.ends_with("___jb_tmp___")) {
        machine.write(path, "temporary")?;
    }
    let _bridge = machine.ready(&scene).await?;
    scene.check_equal_except(&machine, &unsent).await
}
