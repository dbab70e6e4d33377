//! A link as a QR code that a phone reads from a terminal.

use anyhow::{Context, Result};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// Black ink on the brightest white there is, and back to what was before.
const BLACK_ON_WHITE: &str = "\x1b[30;107m";
const AS_BEFORE: &str = "\x1b[0m";

/// The code of `link` in half blocks, with the quiet zone of four modules that the standard asks
/// for. A terminal may be dark, and not every phone reads a code in inverted colours: to one, black
/// on white is said outright.
pub(super) fn printed(link: &str, to_terminal: bool) -> Result<String> {
    let code = QrCode::new(link).context("the link as a QR code")?;
    let picture = code.render::<Dense1x2>().build();
    if !to_terminal {
        return Ok(picture);
    }
    let line = |line: &str| format!("{BLACK_ON_WHITE}{line}{AS_BEFORE}");
    Ok(picture.lines().map(line).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "http://192.168.178.23:4600/#/pair?relay=http%3A%2F%2F192.168.178.23%3A4600\
                        &code=2f8Kq0-Zr7yTn4Wc1XbJ5hLs9VdEa3Gu";
    /// The modules around a code that stay light, of ISO/IEC 18004.
    const QUIET_ZONE: usize = 4;
    /// Dots of the photograph for each module: a decoder does not read single dots.
    const SCALE: usize = 4;

    /// The modules that a printed line shows, dark or not: each character is two, one above the
    /// other.
    fn modules(printed: &str) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        for line in printed.lines() {
            let halves = |character| match character {
                ' ' => (false, false),
                '▀' => (true, false),
                '▄' => (false, true),
                '█' => (true, true),
                other => panic!("{other:?} is no half block"),
            };
            let (upper, lower): (Vec<_>, Vec<_>) = line.chars().map(halves).unzip();
            rows.extend([upper, lower]);
        }
        rows
    }

    /// What a decoder that is not ours reads from a photograph of these modules.
    fn scanned(modules: &[Vec<bool>]) -> String {
        let (width, height) = (modules[0].len() * SCALE, modules.len() * SCALE);
        let dot = |x: usize, y: usize| if modules[y / SCALE][x / SCALE] { 0 } else { 255 };
        let mut photograph = rqrr::PreparedImage::prepare_from_greyscale(width, height, dot);
        let codes = photograph.detect_grids();
        assert_eq!(codes.len(), 1, "one code in the picture");
        codes[0].decode().expect("readable").1
    }

    #[test]
    fn a_phone_reads_the_sign_in_link_from_a_terminal() {
        let printed = printed(LINK, true).expect("printed");
        let white = |line: &str| {
            let inside = line.strip_prefix(BLACK_ON_WHITE).expect("says its colours");
            inside.strip_suffix(AS_BEFORE).expect("gives them back").to_owned()
        };
        let lines: Vec<_> = printed.lines().map(white).collect();
        assert_eq!(scanned(&modules(&lines.join("\n"))), LINK);
    }

    #[test]
    fn a_file_gets_the_code_without_colours() {
        let printed = printed(LINK, false).expect("printed");
        assert_eq!(scanned(&modules(&printed)), LINK);
    }

    #[test]
    fn the_code_has_its_quiet_zone_and_fits_a_terminal_of_80_columns() {
        let modules = modules(&printed(LINK, false).expect("printed"));
        let (width, height) = (modules[0].len(), modules.len());
        assert!(width <= 80, "{width} columns");
        // A picture of an odd height has one light row more below.
        assert!(height == width || height == width + 1, "{width} by {height}");
        for (y, row) in modules.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                let inside = |at: usize| (QUIET_ZONE..width - QUIET_ZONE).contains(&at);
                assert!(!dark || (inside(x) && inside(y)), "({x}, {y}) is to stay light");
            }
        }
    }
}
