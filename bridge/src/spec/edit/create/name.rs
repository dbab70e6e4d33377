//! The number and name of a new spec's folder. Pure.

use leanspec_shared::command::Reason;

use super::super::Refusal;

/// The longest name after the number, in bytes: leaves room for number and temporary names within
/// what common file systems allow.
const SLUG_MAX_BYTES: usize = 200;

/// Numbers from here on are dates (`20251103-…`) and count for nothing, where LeanSpec's own tool
/// would go on with 20251104.
const NUMBER_END: u32 = 1_000_000;

/// Names that Windows keeps for devices.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The cleaned form of a name: lower case, everything but letters and digits becomes `-`, and a
/// leading number of three digits is dropped, since the next free one is given.
///
/// # Errors
/// When nothing is left, when it stands for another place, or is too long.
pub fn check_name(name: &str) -> Result<String, Refusal> {
    let bad = |why: &str| {
        Err(Refusal::new(Reason::BadName, format!("This cannot be a spec's name: {why}.")))
    };
    if name.contains(['/', '\\']) || name.contains("..") || name.contains(char::is_control) {
        return bad("leave out slashes, `..` and control characters");
    }
    let name = without_number(name.trim());
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        return bad("it holds no letter and no digit");
    }
    if slug.len() > SLUG_MAX_BYTES {
        return bad(&format!("it is longer than {SLUG_MAX_BYTES} bytes"));
    }
    let is_port = ["com", "lpt"].iter().any(|port| {
        slug.strip_prefix(port).is_some_and(|digit| matches!(digit.as_bytes(), [b'0'..=b'9']))
    });
    if is_port || RESERVED.contains(&slug) {
        return bad("Windows keeps it for a device");
    }
    Ok(slug.to_owned())
}

fn without_number(name: &str) -> &str {
    match name.as_bytes() {
        [a, b, c, b'-', _, ..] if [a, b, c].iter().all(|byte| byte.is_ascii_digit()) => &name[4..],
        _ => name,
    }
}

/// One more than the highest number among the folders directly below the specs folder; gaps are not
/// filled.
#[must_use]
pub fn next_number<'a>(direct_sub_folders: impl Iterator<Item = &'a str>) -> u32 {
    let numbers = direct_sub_folders.filter_map(|name| name.split('-').next()?.parse::<u32>().ok());
    numbers.filter(|number| *number < NUMBER_END).max().unwrap_or(0) + 1
}

/// `042-login`.
#[must_use]
pub fn folder_name(number: u32, slug: &str) -> String {
    format!("{number:03}-{slug}")
}

/// The title that a name gives: `login-by-link` becomes `Login By Link`.
#[must_use]
pub fn title_of(slug: &str) -> String {
    let words = slug.split('-').filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cleaned() {
        let table = [
            ("login-by-link", Some("login-by-link")),
            ("Login by  Link!", Some("login-by-link")),
            ("007-login", Some("login")),
            ("2fa", Some("2fa")),
            ("  größe__x ", Some("größe-x")),
            ("v1.2", Some("v1-2")),
            ("a/b", None),
            ("a\\b", None),
            ("..", None),
            ("a..b", None),
            ("a\0b", None),
            ("---", None),
            ("", None),
            ("CON", None),
            ("com1", None),
            ("common", Some("common")),
        ];
        for (name, wanted) in table {
            assert_eq!(check_name(name).ok().as_deref(), wanted, "{name:?}");
        }
        let long = check_name(&"x".repeat(201)).expect_err("too long");
        assert_eq!(long.reason, Reason::BadName);
    }

    #[test]
    fn the_next_number_is_one_above_the_highest() {
        let table = [
            (vec![], 1),
            (vec!["001-a", "007-b", "archived", "x-9"], 8),
            (vec!["12-a"], 13),
            (vec!["20251103-001-x", "003-c"], 4),
            (vec!["20251103-001-x"], 1),
            (vec!["999-a"], 1000),
        ];
        for (folders, wanted) in table {
            assert_eq!(next_number(folders.iter().copied()), wanted, "{folders:?}");
        }
        assert_eq!(
            (folder_name(7, "a"), folder_name(1000, "a")),
            ("007-a".into(), "1000-a".into())
        );
    }

    #[test]
    fn a_title_is_made_from_the_name() {
        assert_eq!(title_of("login-by-link"), "Login By Link");
        assert_eq!(title_of("größe"), "Größe");
    }
}
