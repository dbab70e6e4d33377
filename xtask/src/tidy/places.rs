//! Files and folders: how long a file is, how it opens, where things stand, and that no path of
//! somebody's machine has crept in.

/// What stands at the top level; nothing else does.
const ENTRIES: &[&str] = &[
    ".cargo",
    ".ci",
    ".dockerignore",
    ".gitattributes",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "LICENSE",
    "README.md",
    "bench",
    "bridge",
    "clippy.toml",
    "deny.toml",
    "docs",
    "e2e",
    "fly.toml",
    "relay",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "shared",
    "ui-static",
    "xtask",
];

/// Past this a file does more than one thing. Generated ones excepted.
const LINES_MAX: usize = 400;

/// Kinds of files that are source.
const SOURCES: &[&str] = &[".rs", ".ts", ".svelte", ".mjs", ".js", ".css"];

/// Beginnings of paths that exist on one machine only. Each is cut in two here, so that this file
/// does not find itself.
const MACHINE_PATHS: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/tmp/tar", "get"),
    ("/home/", "runner"),
    ("/Use", "rs/"),
    ("../sha", "red/"),
];

/// Top-level entries that the architecture does not know.
pub(super) fn check_entries(files: &[String]) -> Vec<String> {
    let mut entries: Vec<&str> = files.iter().filter_map(|file| file.split('/').next()).collect();
    entries.dedup();
    let unknown = entries.into_iter().filter(|entry| !ENTRIES.contains(entry));
    unknown.map(|entry| format!("{entry}: no place for it at the top level")).collect()
}

/// What is wrong with one file.
pub(super) fn check_file(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let lines = text.lines().count();
    let source = SOURCES.iter().any(|kind| file.ends_with(kind)) && !file.contains(".gen.");
    if source && lines > LINES_MAX {
        findings.push(format!("{file}: {lines} lines, more than {LINES_MAX}: take it apart"));
    }
    if file.ends_with(".rs") && file.contains("src/") && !text.starts_with("//!") {
        findings.push(format!("{file}:1: does not open with //! and what it is for"));
    }
    for (index, line) in text.lines().enumerate() {
        for (start, end) in MACHINE_PATHS {
            if line.match_indices(start).any(|(at, _)| is_path(line, at, start, end)) {
                findings.push(format!("{file}:{}: a path of one machine: {start}{end}", index + 1));
            }
        }
    }
    findings
}

/// Whether the whole beginning stands here, and not as the tail of a longer path or address.
fn is_path(line: &str, at: usize, start: &str, end: &str) -> bool {
    let before = line[..at].chars().next_back();
    let inside = before.is_some_and(|before| before.is_alphanumeric() || "._-/$}".contains(before));
    !inside && line[at + start.len()..].starts_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_entry_at_the_top_level_is_found() {
        let files = ["README.md", "bridge/src/lib.rs", "notes/plan.md"].map(str::to_owned);
        assert_eq!(check_entries(&files), ["notes: no place for it at the top level"]);
    }

    #[test]
    fn a_long_file_is_found_and_a_generated_one_is_not() {
        let text = "//! x\n".repeat(LINES_MAX + 1);
        assert_eq!(check_file("bridge/src/lib.rs", &text).len(), 1);
        assert_eq!(check_file("ui-static/src/wire/types.gen.ts", &text).len(), 0);
        assert_eq!(check_file("docs/PROTOCOL.md", &text).len(), 0);
    }

    #[test]
    fn a_module_that_does_not_say_what_it_is_for_is_found() {
        assert_eq!(check_file("relay/src/state.rs", "use std::fmt;\n").len(), 1);
        assert_eq!(check_file("relay/tests/feeds.rs", "use std::fmt;\n").len(), 0);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for (start, end) in MACHINE_PATHS {
            let text = format!("see `{start}{end}x`");
            assert_eq!(check_file("README.md", &text).len(), 1, "{text}");
        }
        assert_eq!(check_file("README.md", "https://example.org/work/1 and frame/work/").len(), 0);
    }
}
