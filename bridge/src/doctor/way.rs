//! Which way out is taken, and whether the system knows another.

use crate::config::way_out::WayOut;
use crate::doctor::line::Line;

/// Judges the way out. `script` is the address of a PAC file that the system's settings name.
#[must_use]
pub fn judge(way: &WayOut, loopback: bool, script: Option<&str>) -> Line {
    let line = |result: String| Line::ok("proxy", "choosing the way out", result);
    match (way, script) {
        (WayOut::Through(proxy, said), _) => line(format!("through {proxy}, named by {said}")),
        (_, Some(script)) if !loopback => line(format!(
            "directly, although the system's settings name the PAC file {script}"
        ))
        .warn(
            "a PAC file is a script that chooses a proxy, and leanspec-bridge runs no scripts",
            "if the next lines fail: open that file, and write the host and port behind the word \
             PROXY into the config as proxy = \"http://host:port\"",
        ),
        (WayOut::Platform, _) => line("as the system's settings say".into()),
        (WayOut::Direct, _) if loopback => line("directly: the relay is on this computer".into()),
        (WayOut::Direct, _) => line("directly: no proxy is named".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::proxy::ProxyUrl;
    use crate::config::way_out::Said;
    use crate::doctor::line::Verdict;

    #[test]
    fn a_pac_file_is_named_unless_a_proxy_was_written_down() {
        let script = Some("http://wpad/wpad.dat");
        let proxy = ProxyUrl::parse("http://ann:secret@proxy:3128").expect("valid");
        let through = WayOut::Through(proxy, Said::Here);
        let cases = [
            (&WayOut::Direct, false, None, Verdict::Ok, "no proxy is named"),
            (&WayOut::Direct, true, script, Verdict::Ok, "on this computer"),
            (&WayOut::Direct, false, script, Verdict::Warn, "http://wpad/wpad.dat"),
            (&through, false, script, Verdict::Ok, "through http://proxy:3128"),
        ];
        for (way, loopback, script, verdict, wanted) in cases {
            let line = judge(way, loopback, script);
            assert_eq!(line.verdict, verdict, "{line}");
            assert!(line.result.contains(wanted) && !line.result.contains("secret"), "{line}");
        }
    }
}
