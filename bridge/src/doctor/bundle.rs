//! The support file: what the doctor found and what the bridge knows, without secrets.

use serde_json::{Value, json};

use crate::doctor::line::{Line, worst};
use crate::platform::host;
use crate::uplink::auth::Key;

/// What stands where a secret stood.
const REDACTED: &str = "…";

/// What goes into the file beside the lines.
#[derive(Debug)]
pub struct Known<'a> {
    /// The relay's address.
    pub relay: &'a str,
    /// The way out, without secrets.
    pub way: String,
    /// The state folder's `status.json`.
    pub status: Option<Value>,
    /// The state folder's `routes.json`.
    pub routes: Option<Value>,
    /// The home folder, whose name is somebody's.
    pub home: Option<String>,
}

/// The lines for programs.
#[must_use]
pub fn report(relay: &str, lines: &[Line]) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "os": host::OS,
        "relay": relay,
        "worst": worst(lines),
        "lines": lines,
    })
}

/// The file's text. Whatever is put in, neither the key nor the home folder's name comes out.
#[must_use]
pub fn text(known: &Known<'_>, lines: &[Line], key: Option<&Key>) -> String {
    let all = json!({
        "report": report(known.relay, lines),
        "way": known.way,
        "status": known.status,
        "routes": known.routes,
    });
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    if let Some(key) = key {
        text = text.replace(key.secret(), REDACTED);
    }
    match known.home.as_deref().filter(|home| home.len() > 1) {
        Some(home) => text.replace(home, "~"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_the_key_nor_the_home_folder_stands_in_the_file() {
        let key = Key::parse("lsr_bridge_secret").expect("valid");
        let known = Known {
            relay: "https://relay.example.org",
            way: "directly".into(),
            status: Some(json!({ "projects": [{ "dir": "/home/ann/app" }] })),
            routes: None,
            home: Some("/home/ann".into()),
        };
        let lines = [Line::ok("key", "x", "the relay said lsr_bridge_secret")];
        let text = text(&known, &lines, Some(&key));
        assert!(!text.contains("secret") && !text.contains("ann"), "{text}");
        let read: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["status"]["projects"][0]["dir"], "~/app");
        assert_eq!(read["report"]["worst"], "ok");
    }
}
