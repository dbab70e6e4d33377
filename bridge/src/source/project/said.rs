//! What a project's own files say: where its specs are, whether they are here at all, its name.
//!
//! These files come with a clone, so what they say is believed only inside the project's folder.

use std::path::{Component, Path};

use serde_json::Value;

use crate::spec::frontmatter;

/// The folders that mark a LeanSpec project, newest name first.
pub const MARKERS: [&str; 3] = [".lean-spec", ".lspec", ".harnspec"];

/// Configuration files are small; what is larger is something else, in bytes.
const CONFIG_MAX_BYTES: u64 = 1024 * 1024;

/// What the project's own files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The specs folder and the file that names it.
    pub specs_dir: Option<(String, String)>,
    /// An adapter other than `markdown`, and the file that names it.
    pub elsewhere: Option<(String, String)>,
    /// The file that says `security.readonly`.
    pub read_only: Option<String>,
    /// Sentences about files that could not be read.
    pub warnings: Vec<String>,
}

/// The marker folder of a project, if it has one.
#[must_use]
pub fn marker(root: &Path) -> Option<&'static str> {
    MARKERS.into_iter().find(|name| root.join(name).is_dir())
}

/// Reads what the project's own files say.
#[must_use]
pub fn read(root: &Path) -> Said {
    let mut said = Said::default();
    read_adapter(root, &mut said);
    for folder in MARKERS {
        for name in ["config.json", "config.yaml"] {
            let name = format!("{folder}/{name}");
            let Some(config) = load(root, &name, &mut said.warnings) else { continue };
            let named = ["specsDir", "specs_dir"].into_iter().find_map(|key| text(&config[key]));
            said.specs_dir = said.specs_dir.or_else(|| named.map(|dir| (dir, name.clone())));
            if is_read_only(&config) {
                said.read_only.get_or_insert(name);
            }
        }
    }
    if let Some((dir, file)) = said.specs_dir.take_if(|(dir, _)| !stays_inside(dir)) {
        said.warnings.push(format!(
            "{file} names '{dir}' as specs folder, which is outside of the project, and is not followed; \
             name it yourself with `specs_dir` in the bridge's config if it is meant"
        ));
    }
    said
}

fn read_adapter(root: &Path, said: &mut Said) {
    const FILES: [&str; 4] = [
        "leanspec.adapter.yaml",
        ".lean-spec/adapter.yaml",
        "leanspec.provider.yaml",
        ".lean-spec/provider.yaml",
    ];
    let Some(file) = FILES.into_iter().find(|file| root.join(file).is_file()) else { return };
    let Some(config) = load(root, file, &mut said.warnings) else { return };
    let adapter = ["adapter", "provider"].into_iter().find_map(|key| text(&config[key]));
    match adapter.as_deref() {
        None | Some("markdown") => {
            let options = [&config["directory"], &config["options"]["directory"]];
            let directory = options.into_iter().find_map(text);
            said.specs_dir = directory.map(|dir| (dir, file.to_owned()));
        }
        Some(other) => said.elsewhere = Some((other.to_owned(), file.to_owned())),
    }
}

/// Whether LeanSpec's own data folder (`~/.lean-spec`) says `security.readonly`.
#[must_use]
pub fn user_read_only(data: &Path) -> Option<String> {
    let config = load(data, "config.json", &mut Vec::new())?;
    is_read_only(&config).then(|| data.join("config.json").display().to_string())
}

fn is_read_only(config: &Value) -> bool {
    ["readonly", "readOnly", "read_only"]
        .iter()
        .any(|key| config["security"][key] == Value::Bool(true))
}

/// JSON is read as the YAML that it is.
fn load(root: &Path, name: &str, warnings: &mut Vec<String>) -> Option<Value> {
    let text = load_text(&root.join(name))?;
    match frontmatter::parse(&text) {
        Ok(value) => Some(value),
        Err(unreadable) => {
            warnings.push(format!("{name} cannot be read ({}) and is passed over", unreadable.why));
            None
        }
    }
}

fn load_text(path: &Path) -> Option<String> {
    let is_small =
        path.metadata().is_ok_and(|found| found.is_file() && found.len() <= CONFIG_MAX_BYTES);
    is_small.then(|| std::fs::read_to_string(path).ok()).flatten()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn stays_inside(dir: &str) -> bool {
    let path = Path::new(dir);
    path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// The project's name: `name` of package.json, else the first of Cargo.toml, else its folder's.
#[must_use]
pub fn name(root: &Path) -> String {
    let package = load_text(&root.join("package.json"))
        .and_then(|json| serde_json::from_str::<Value>(&json).ok())
        .and_then(|package| text(&package["name"]));
    let name = package.or_else(|| cargo_name(&load_text(&root.join("Cargo.toml"))?));
    name.unwrap_or_else(|| folder_name(root))
}

/// The last name of a path.
#[must_use]
pub fn folder_name(root: &Path) -> String {
    root.file_name()
        .map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn cargo_name(manifest: &str) -> Option<String> {
    let value = manifest.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "name").then(|| value.trim())
    })?;
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    value[1..].split(quote).next().filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        dir
    }

    fn specs_dir(files: &[(&str, &str)]) -> Option<String> {
        read(project(files).path()).specs_dir.map(|(dir, _)| dir)
    }

    #[test]
    fn the_specs_folder_is_read_from_every_era_of_configuration() {
        let table: [(&str, &str, &str); 6] = [
            (".lean-spec/config.json", r#"{"specsDir": "a"}"#, "a"),
            (".lean-spec/config.json", r#"{"specs_dir": "b"}"#, "b"),
            (".lean-spec/config.yaml", "specs_dir: c\n", "c"),
            (".lspec/config.json", r#"{"specsDir": "d"}"#, "d"),
            (".harnspec/config.json", r#"{"specsDir": "e"}"#, "e"),
            ("leanspec.adapter.yaml", "adapter: markdown\ndirectory: f\n", "f"),
        ];
        for (file, text, wanted) in table {
            assert_eq!(specs_dir(&[(file, text)]).as_deref(), Some(wanted), "{file}");
        }
    }

    #[test]
    fn a_configuration_that_came_with_a_clone_cannot_point_out_of_the_project() {
        for outside in ["/etc", "../other", "a/../../b"] {
            let text = format!("specs_dir: {outside}\n");
            let said = read(project(&[(".lean-spec/config.yaml", &text)]).path());
            assert_eq!(said.specs_dir, None);
            assert!(said.warnings[0].contains(outside), "{:?}", said.warnings);
        }
    }

    #[test]
    fn specs_that_are_kept_elsewhere_are_noticed() {
        for (file, key) in
            [("leanspec.adapter.yaml", "adapter"), (".lean-spec/provider.yaml", "provider")]
        {
            let said = read(project(&[(file, &format!("{key}: github\n"))]).path());
            assert_eq!(said.elsewhere, Some(("github".into(), file.into())));
        }
    }

    #[test]
    fn a_broken_configuration_is_told_and_passed_over() {
        let said = read(project(&[(".lean-spec/config.json", "{oops")]).path());
        assert_eq!(said.specs_dir, None);
        assert!(said.warnings[0].contains("config.json"), "{:?}", said.warnings);
    }

    #[test]
    fn readonly_is_found_in_the_project_and_in_the_users_own_folder() {
        let readonly = r#"{"security": {"readonly": true}}"#;
        let dir = project(&[(".lean-spec/config.json", readonly), ("config.json", readonly)]);
        assert_eq!(read(dir.path()).read_only.as_deref(), Some(".lean-spec/config.json"));
        assert!(user_read_only(dir.path()).is_some());
        assert_eq!(user_read_only(&dir.path().join("none")), None);
    }

    #[test]
    fn a_project_is_named_after_its_package_crate_or_folder() {
        let package = ("package.json", r#"{"name": "@team/app"}"#);
        let workspace = ("Cargo.toml", "[workspace]\n[package]\nname = \"crate-name\" # x\n");
        assert_eq!(name(project(&[package, workspace]).path()), "@team/app");
        assert_eq!(name(project(&[workspace]).path()), "crate-name");
        let plain = project(&[("package.json", "{}")]);
        assert_eq!(name(plain.path()), folder_name(plain.path()));
    }
}
