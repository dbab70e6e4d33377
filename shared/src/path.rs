//! Paths of files and specs, relative to a project's specs folder.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest path that is accepted, in bytes.
pub const PATH_MAX_BYTES: usize = 1024;
/// The longest name of one file or folder, in bytes: what common file systems allow.
pub const SEGMENT_MAX_BYTES: usize = 255;

/// Why a text cannot stand as a path below the specs folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// Empty, or an empty name between two slashes, or a leading or trailing slash.
    #[error("a path below the specs folder has no empty name in it and no slash at its ends")]
    EmptyName,
    /// `.` or `..`.
    #[error("'.' and '..' are not names of files below the specs folder")]
    Dots,
    /// A backslash, a NUL or another control character.
    #[error("a backslash or a control character is not allowed in a name")]
    Character,
    /// Too long.
    #[error("a name has at most {SEGMENT_MAX_BYTES} bytes, a path {PATH_MAX_BYTES}")]
    TooLong,
}

/// A path below the specs folder: names joined by `/`, compared byte by byte, e.g.
/// `042-login/README.md`. Never absolute, never `..`, no backslash, no control character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(Box<str>);

crate::schema::text_schema!(FilePath);

impl FilePath {
    /// The path as it travels.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name of the path.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder the path stands in; `None` directly below the specs folder.
    #[must_use]
    pub fn parent(&self) -> Option<FilePath> {
        self.0.rsplit_once('/').map(|(folder, _)| Self(folder.into()))
    }

    /// Whether this path is `folder` or stands anywhere below it.
    #[must_use]
    pub fn is_within(&self, folder: &FilePath) -> bool {
        self.0
            .strip_prefix(folder.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn check(text: &str) -> Result<(), InvalidPath> {
    if text.len() > PATH_MAX_BYTES {
        return Err(InvalidPath::TooLong);
    }
    for name in text.split('/') {
        match name {
            "" => return Err(InvalidPath::EmptyName),
            "." | ".." => return Err(InvalidPath::Dots),
            _ if name.len() > SEGMENT_MAX_BYTES => return Err(InvalidPath::TooLong),
            _ if name.chars().any(|c| c == '\\' || c.is_control()) => {
                return Err(InvalidPath::Character);
            }
            _ => {}
        }
    }
    Ok(())
}

impl FromStr for FilePath {
    type Err = InvalidPath;
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        check(text)?;
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for FilePath {
    type Error = InvalidPath;
    fn try_from(text: String) -> Result<Self, InvalidPath> {
        check(&text)?;
        Ok(Self(text.into()))
    }
}

impl From<FilePath> for String {
    fn from(path: FilePath) -> Self {
        path.0.into()
    }
}

impl std::fmt::Display for FilePath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_cannot_leave_the_specs_folder() {
        use InvalidPath::{Character, Dots, EmptyName, TooLong};
        let cases = [
            ("", EmptyName),
            ("/etc/passwd", EmptyName),
            ("a//b", EmptyName),
            ("a/", EmptyName),
            ("..", Dots),
            ("a/../../b", Dots),
            ("./a", Dots),
            ("a\\..\\b", Character),
            ("a\0b", Character),
            ("a\nb", Character),
            (&"x".repeat(256), TooLong),
            (&"x/".repeat(600), TooLong),
        ];
        for (text, why) in cases {
            assert_eq!(text.parse::<FilePath>(), Err(why), "{text:?}");
        }
    }

    #[test]
    fn within_a_folder_is_decided_by_whole_names() {
        let path = |text: &str| text.parse::<FilePath>().expect("a valid path");
        assert!(path("001-a/README.md").is_within(&path("001-a")));
        assert!(path("001-a").is_within(&path("001-a")));
        assert!(!path("001-ab/README.md").is_within(&path("001-a")));
        assert_eq!(path("a/b/c").parent(), Some(path("a/b")));
        assert_eq!(path("a").parent(), None);
        assert_eq!(path("a/ü.md").file_name(), "ü.md");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_decoder_panic_or_lets_dots_through(text in ".{0,60}") {
            if let Ok(path) = text.parse::<FilePath>() {
                prop_assert!(path.as_str().split('/').all(|name| !matches!(name, "" | "." | "..")));
            }
        }
    }
}
