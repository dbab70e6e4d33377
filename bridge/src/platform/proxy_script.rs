//! Whether the system's settings name a PAC file, a script that chooses proxies.

use std::io::Read;
use std::process::{Command, Stdio};

/// The longest answer that is read, in bytes.
const ANSWER_MAX_BYTES: u64 = 16 * 1024;

/// Its address, where the system can be asked.
#[must_use]
pub fn address() -> Option<String> {
    let (program, arguments) = question();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut said = String::new();
    let stdout = child.stdout.take()?;
    let read = stdout.take(ANSWER_MAX_BYTES).read_to_string(&mut said);
    let ended = child.wait();
    read.ok()?;
    ended.ok()?.success().then(|| find(&said))?
}

#[cfg(target_os = "macos")]
fn question() -> (&'static str, &'static [&'static str]) {
    ("scutil", &["--proxy"])
}

#[cfg(windows)]
fn question() -> (&'static str, &'static [&'static str]) {
    const PLACE: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
    ("reg", &["query", PLACE, "/v", "AutoConfigURL"])
}

#[cfg(not(any(windows, target_os = "macos")))]
fn question() -> (&'static str, &'static [&'static str]) {
    ("gsettings", &["get", "org.gnome.system.proxy", "autoconfig-url"])
}

/// The first word that is an address.
fn find(said: &str) -> Option<String> {
    let mut words = said.split_whitespace().map(|word| word.trim_matches(['\'', '"']));
    words.find(|word| word.contains("://")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_what_each_system_says() {
        let cases = [
            ("'http://wpad/wpad.dat'\n", Some("http://wpad/wpad.dat")),
            ("''\n", None),
            (
                "<dictionary> {\n  ProxyAutoConfigURLString : http://a/p.pac\n}\n",
                Some("http://a/p.pac"),
            ),
            ("    AutoConfigURL    REG_SZ    http://a/p.pac\r\n", Some("http://a/p.pac")),
            ("<dictionary> {\n  FTPPassive : 1\n}\n", None),
        ];
        for (said, wanted) in cases {
            assert_eq!(find(said).as_deref(), wanted, "{said}");
        }
    }
}
