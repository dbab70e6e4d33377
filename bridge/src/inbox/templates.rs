//! The project's own templates and what its configuration says of new specs. Read only, and only
//! below the project's folder: these files come with a clone.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use leanspec_shared::command::Reason;

use crate::platform::confined;
use crate::source::git;
use crate::source::project::said;
use crate::spec::edit::Refusal;
use crate::spec::edit::create::{FALLBACK_TEMPLATE, Settings, template_candidates};

/// A template is a short text; what is larger is something else, in bytes.
const TEMPLATE_MAX_BYTES: u64 = 256 * 1024;
/// The address that a repository was cloned from, in git's settings.
const REMOTE: &str = "remote.origin.url";
/// LeanSpec's names for what git knows, and git's own.
const OF_GIT: [(&str, &str); 4] = [
    ("author", "user.name"),
    ("git_user", "user.name"),
    ("git_email", "user.email"),
    ("git_repo", REMOTE),
];

/// What the project's configuration says of new specs; what it does not say is LeanSpec's default.
///
/// # Errors
/// When it cannot be read as what it is.
pub fn settings(root: &Path) -> Result<Settings, Refusal> {
    let Some(marker) = said::marker(root) else { return Ok(Settings::default()) };
    let config = |name: &str| read(root, &format!("{marker}/{name}"));
    Settings::read(config("config.json").as_deref(), config("config.yaml").as_deref())
}

/// The template that was asked for, else the project's default, else what LeanSpec ships.
///
/// # Errors
/// When the one that was asked for is not there.
pub fn find(root: &Path, settings: &Settings, wanted: Option<&str>) -> Result<String, Refusal> {
    let candidates = template_candidates(settings, wanted)?;
    let found = said::marker(root).and_then(|marker| {
        candidates.iter().find_map(|path| read(root, &format!("{marker}/{path}")))
    });
    match (found, wanted) {
        (Some(text), _) => Ok(text),
        (None, None) => Ok(FALLBACK_TEMPLATE.to_owned()),
        (None, Some(wanted)) => {
            let message = format!(
                "the project has no template '{wanted}' (looked for {}): name another one, or none",
                candidates.join(", ")
            );
            Err(Refusal::new(Reason::Template, message))
        }
    }
}

/// What a template asks of git, by the names that LeanSpec has for it. Git is asked only for what
/// stands in the text; what it does not know stays as it is, and what the project's configuration
/// says by the same name goes before.
#[must_use]
pub fn of_git(root: &Path, settings: &Settings, text: &str) -> BTreeMap<String, String> {
    let asked = |(name, _): &(&str, _)| {
        text.contains(&format!("{{{name}}}")) && !settings.variables.contains_key(*name)
    };
    let answer = |(name, setting): (&str, &str)| {
        let answer = git::setting(root, setting)?;
        let value = if setting == REMOTE { repository(&answer)? } else { answer };
        Some((name.to_owned(), value))
    };
    OF_GIT.into_iter().filter(asked).filter_map(answer).collect()
}

/// The name of a repository by its address, of which nothing else is told: it may hold a key.
fn repository(address: &str) -> Option<String> {
    let path = address.trim_end_matches('/').trim_end_matches(".git");
    let (_, name) = path.rsplit_once(['/', ':'])?;
    (!name.is_empty() && !name.contains('@')).then(|| name.to_owned())
}

/// The text of a file below the project's folder; `None` for a folder, a link, what is too large or
/// no text.
fn read(root: &Path, path: &str) -> Option<String> {
    let file = confined::open(root, Path::new(path)).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    file.take(TEMPLATE_MAX_BYTES + 1).read_to_string(&mut text).ok()?;
    (text.len() as u64 <= TEMPLATE_MAX_BYTES).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::process::quiet;

    #[test]
    fn a_template_gets_from_git_what_it_asks_for_and_the_configuration_goes_before() {
        let (_dir, root) = project(&[]);
        let git = |arguments: &[&str]| {
            let done = quiet("git").arg("-C").arg(&root).args(arguments).output();
            assert!(done.is_ok_and(|done| done.status.success()), "git {arguments:?}");
        };
        git(&["init", "-q"]);
        git(&["config", "user.name", "Ada"]);
        git(&["config", "user.email", "ada@example.org"]);
        let mut settings = Settings::default();
        let of_git = |settings: &Settings, text| {
            let found = of_git(&root, settings, text).into_iter();
            found.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
        };
        let text = "by {author} <{git_email}> in {git_repo}";
        assert_eq!(of_git(&settings, text), ["author=Ada", "git_email=ada@example.org"]);
        git(&["config", "remote.origin.url", "https://key@host.example/team/app.git"]);
        settings.variables.insert("author".into(), "the team".into());
        assert_eq!(of_git(&settings, text), ["git_email=ada@example.org", "git_repo=app"]);
        assert!(of_git(&settings, "# {title}").is_empty(), "git is not asked");
    }

    #[test]
    fn nothing_but_its_name_is_told_of_a_repositorys_address() {
        let table = [
            ("git@host.example:team/app.git", Some("app")),
            ("git@host.example:app", Some("app")),
            ("https://key@host.example/team/app/", Some("app")),
            ("/srv/git/app.git", Some("app")),
            ("https://key@host.example", None),
            ("app", None),
        ];
        for (address, wanted) in table {
            assert_eq!(repository(address).as_deref(), wanted, "{address}");
        }
    }

    fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("a path").join("app");
        std::fs::create_dir_all(root.join(".lean-spec/templates")).expect("made");
        for (name, text) in files {
            std::fs::write(root.join(name), text).expect("written");
        }
        (dir, root)
    }

    #[test]
    fn the_configuration_says_which_template_and_how_a_spec_begins() {
        let (_dir, root) = project(&[
            (
                ".lean-spec/config.json",
                r#"{"template": "own.md", "draftStatus": {"enabled": true}, "variables": {"team": "x"}}"#,
            ),
            (".lean-spec/templates/own.md", "# {title}\n"),
        ]);
        let settings = settings(&root).expect("readable");
        assert!(settings.begins_as_draft);
        assert_eq!(settings.variables.get("team").map(String::as_str), Some("x"));
        assert_eq!(find(&root, &settings, None).expect("found"), "# {title}\n");
    }

    #[test]
    fn a_project_without_templates_gets_the_shipped_one() {
        let (_dir, root) = project(&[]);
        let settings = settings(&root).expect("readable");
        let text = find(&root, &settings, None).expect("found");
        assert_eq!(text, FALLBACK_TEMPLATE);
    }

    #[test]
    fn a_template_that_is_not_there_is_refused_and_its_place_is_named() {
        let (_dir, root) = project(&[]);
        let refusal = find(&root, &Settings::default(), Some("bug")).expect_err("refused");
        assert_eq!(refusal.reason, Reason::Template);
        assert!(refusal.message.contains("templates/bug.md"), "{}", refusal.message);
    }

    #[cfg(unix)]
    #[test]
    fn a_template_that_links_out_of_the_project_is_not_read() {
        let (dir, root) = project(&[]);
        std::fs::write(dir.path().join("secret"), "outside").expect("written");
        let link = root.join(".lean-spec/templates/spec-template.md");
        std::os::unix::fs::symlink("../../../secret", link).expect("linked");
        assert_eq!(find(&root, &Settings::default(), None).expect("found"), FALLBACK_TEMPLATE);
        assert!(find(&root, &Settings::default(), Some("../../../secret")).is_err());
    }
}
