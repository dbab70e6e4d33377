//! Who may import what: the dependency arrows of the architecture, as one table.
//!
//! A rule names files by the start of their path, the paths they may not refer to, and why. Files
//! that are excepted are the one place for that thing.

use super::imports::Import;

/// One arrow that must not exist.
struct Rule {
    /// Starts of the paths of the files it binds.
    files: &'static [&'static str],
    /// Starts of the paths of files it does not bind.
    except: &'static [&'static str],
    /// Modules or crates that they do not refer to, nor to anything inside them.
    forbidden: &'static [&'static str],
    /// Shown with each finding.
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        files: &["shared/src/"],
        except: &[],
        forbidden: &[
            "leanspec_bridge",
            "leanspec_relay",
            "tokio",
            "axum",
            "hyper",
            "reqwest",
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::time::Instant::now",
            "std::time::SystemTime::now",
            "Instant::now",
            "SystemTime::now",
        ],
        why: "shared is plain data: no runtime, server, file, clock or environment",
    },
    Rule {
        files: &["bridge/"],
        except: &[],
        forbidden: &["leanspec_relay"],
        why: "the bridge never knows the relay, only the wire they share",
    },
    Rule {
        files: &["bridge/src/"],
        except: &[],
        forbidden: &["axum", "libsql"],
        why: "the bridge serves nothing and has no database",
    },
    Rule {
        files: &["relay/"],
        except: &[],
        forbidden: &["leanspec_bridge", "notify", "eventsource_client"],
        why: "the relay never knows the bridge, only the wire they share",
    },
    Rule {
        files: &["bench/", "e2e/", "xtask/"],
        except: &["e2e/examples/"],
        forbidden: &["leanspec_bridge", "leanspec_relay"],
        why: "measurements, whole-path tests and chores see the programs from outside only",
    },
    Rule {
        files: &["bridge/src/"],
        except: &["bridge/src/source/watch.rs"],
        forbidden: &["notify"],
        why: "file events come from source/watch.rs alone, so that the watcher can be exchanged",
    },
    Rule {
        files: &["bridge/src/"],
        except: &["bridge/src/uplink/http"],
        forbidden: &["reqwest"],
        why: "one HTTP client, in uplink/http",
    },
    Rule {
        files: &["bridge/src/"],
        except: &["bridge/src/uplink/feed"],
        forbidden: &["eventsource_client", "launchdarkly_sdk_transport"],
        why: "the crate's traps are wrapped in one place, uplink/feed",
    },
    Rule {
        files: &["bridge/src/"],
        except: &["bridge/src/spec/frontmatter.rs"],
        forbidden: &["yaml_serde"],
        why: "frontmatter is read in one place, spec/frontmatter.rs",
    },
    Rule {
        files: &["bridge/src/"],
        except: &["bridge/src/spec/edit/outline.rs"],
        forbidden: &["yaml_edit"],
        why: "places in frontmatter are found in one place, spec/edit/outline.rs",
    },
    Rule {
        files: &["bridge/src/"],
        except: &["bridge/src/spec/diff.rs"],
        forbidden: &["similar"],
        why: "differences are made in one place, spec/diff.rs",
    },
    Rule {
        files: &["bridge/src/"],
        except: &["bridge/src/platform/"],
        forbidden: &["rustix"],
        why: "calls that not every system has stand in platform alone, with all their arms",
    },
    Rule {
        files: &["bridge/src/", "relay/src/"],
        except: &["bridge/src/config", "bridge/src/cli", "relay/src/config", "relay/src/cli"],
        forbidden: &[
            "std::env::var",
            "std::env::var_os",
            "std::env::vars",
            "std::env::vars_os",
            "env::var",
            "env::var_os",
            "env::vars",
            "env::vars_os",
        ],
        why: "settings are read once, in config and cli",
    },
    Rule {
        files: &["bridge/src/source/", "bridge/src/spec/", "bridge/src/apply/"],
        except: &[],
        forbidden: &[
            "crate::uplink",
            "crate::sync",
            "crate::daemon",
            "crate::commands",
            "reqwest",
            "http",
            "leanspec_shared::http",
        ],
        why: "reading and changing files knows nothing of HTTP",
    },
    Rule {
        files: &["bridge/src/uplink/"],
        except: &["bridge/src/uplink/auth"],
        forbidden: &[
            "crate::source",
            "crate::spec",
            "crate::sync",
            "crate::daemon",
            "std::fs",
            "tokio::fs",
        ],
        why: "talking to the relay knows no files, but for the key's own",
    },
    Rule {
        files: &["relay/src/"],
        except: &["relay/src/store"],
        forbidden: &["libsql"],
        why: "SQL stands in the store alone",
    },
    Rule {
        files: &["relay/src/"],
        except: &["relay/src/doctor/client.rs"],
        forbidden: &["reqwest"],
        why: "the relay asks nobody, but for its doctor, in doctor/client.rs",
    },
    Rule {
        files: &["relay/src/store"],
        except: &[],
        forbidden: &[
            "axum",
            "hyper",
            "crate::feed",
            "crate::routes",
            "crate::router",
            "crate::server",
        ],
        why: "the store knows no HTTP and no hub",
    },
    Rule {
        files: &["relay/src/feed/hub"],
        except: &[],
        forbidden: &[
            "crate::store::Store",
            "crate::store::readers",
            "crate::store::sql",
            "crate::store::writer",
            "axum",
        ],
        why: "the hub knows no SQL and no HTTP",
    },
    Rule {
        files: &["relay/src/auth", "relay/src/commands", "relay/src/feed/", "relay/src/ingest"],
        except: &[],
        forbidden: &["crate::routes", "crate::router", "crate::server"],
        why: "routes call the parts, never the other way round",
    },
    Rule {
        files: &["ui-static/src/wire/"],
        except: &[],
        forbidden: &["src/state", "src/view", "src/words", "svelte"],
        why: "the wire knows nothing of what is kept or shown",
    },
    Rule {
        files: &["ui-static/src/words/"],
        except: &[],
        forbidden: &["src/wire", "src/state", "src/view"],
        why: "words know nothing but the language",
    },
    Rule {
        files: &["ui-static/src/state/"],
        except: &[],
        forbidden: &["src/view"],
        why: "what is kept knows nothing of what is shown",
    },
    Rule {
        files: &["ui-static/src/"],
        except: &["ui-static/src/wire/"],
        forbidden: &["eventsource-parser"],
        why: "the feed is read in src/wire alone",
    },
    Rule {
        files: &["ui-static/src/"],
        except: &["ui-static/src/state/database.ts"],
        forbidden: &["idb"],
        why: "what this device keeps is opened in one file",
    },
];

/// What a file refers to against the rules.
pub(super) fn check(file: &str, imports: &[Import]) -> Vec<String> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| file.starts_with(prefix));
    let mut findings = Vec::new();
    for rule in RULES.iter().filter(|rule| starts(rule.files) && !starts(rule.except)) {
        for import in imports {
            if rule.forbidden.iter().any(|module| is_within(&import.path, module)) {
                let Import { path, line } = import;
                findings.push(format!("{file}:{line}: refers to {path}: {}", rule.why));
            }
        }
    }
    findings
}

fn is_within(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::super::imports;
    use super::*;

    fn findings(file: &str, text: &str) -> usize {
        if file.ends_with(".rs") {
            check(file, &imports::of_rust(file, text).expect("Rust")).len()
        } else {
            check(file, &imports::of_typescript(file, text)).len()
        }
    }

    /// One violation for each rule, in the order of the table.
    const VIOLATIONS: &[(&str, &str)] = &[
        ("shared/src/feed.rs", "use std::{fmt, fs};"),
        ("bridge/src/sync/push.rs", "use leanspec_relay::store::Store;"),
        ("bridge/src/uplink/http.rs", "use axum::Router;"),
        ("relay/tests/feeds.rs", "fn f() { leanspec_bridge::run(); }"),
        ("bench/src/main.rs", "use leanspec_bridge::spec::summarize;"),
        ("bridge/src/source/worker.rs", "use notify::Watcher;"),
        ("bridge/src/sync/push.rs", "fn f() { reqwest::Client::new(); }"),
        (
            "bridge/src/uplink/http.rs",
            "use eventsource_client as sse; use eventsource_client::Client;",
        ),
        ("bridge/src/spec/summary.rs", "use yaml_serde::Value;"),
        ("bridge/src/spec/edit/write.rs", "use yaml_edit::Document;"),
        ("bridge/src/sync/inbox.rs", "use similar::TextDiff;"),
        ("bridge/src/apply/place.rs", "use rustix::fs::openat2;"),
        ("relay/src/state.rs", "fn f() { let x = std::env::var(\"HOME\"); }"),
        ("bridge/src/spec/summary.rs", "use crate::uplink::http::Client;"),
        ("bridge/src/uplink/http.rs", "use std::fs::File;"),
        ("relay/src/ingest/mod.rs", "use libsql::Connection;"),
        ("relay/src/routes/me.rs", "use reqwest::Client;"),
        ("relay/src/store/files.rs", "use super::super::feed::hub::Hub;"),
        ("relay/src/feed/hub.rs", "use crate::store::Store;"),
        ("relay/src/auth/keys.rs", "use crate::routes::keys;"),
        ("ui-static/src/wire/api.ts", "import { list } from '../state/machines';"),
        ("ui-static/src/words/list.ts", "import { view } from '../view/list';"),
        ("ui-static/src/state/machines.ts", "import List from '../view/List.svelte';"),
        ("ui-static/src/view/list.ts", "import { createParser } from 'eventsource-parser';"),
        ("ui-static/src/state/kept.ts", "import { openDB } from 'idb';"),
    ];

    #[test]
    fn each_rule_finds_its_violation() {
        assert_eq!(RULES.len(), VIOLATIONS.len(), "one violation for each rule");
        for ((file, text), rule) in VIOLATIONS.iter().zip(RULES) {
            assert_eq!(findings(file, text), 1, "{file}: {}", rule.why);
        }
    }

    #[test]
    fn the_one_place_for_a_thing_may_use_it() {
        assert_eq!(findings("bridge/src/source/watch.rs", "use notify::Watcher;"), 0);
        assert_eq!(findings("relay/src/store/writer.rs", "use libsql::Connection;"), 0);
        assert_eq!(findings("bridge/src/config/mod.rs", "fn f() { std::env::var(\"HOME\"); }"), 0);
        assert_eq!(findings("relay/src/state.rs", "use std::env::consts::OS;"), 0);
    }

    #[test]
    fn a_name_that_only_starts_alike_is_something_else() {
        assert_eq!(findings("relay/src/state.rs", "use libsql_types::X; use notify_me::Y;"), 0);
    }
}
