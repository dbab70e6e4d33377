//! Finding projects: what counts as one, which folder holds its specs, what it is called.

use std::path::{Path, PathBuf};

use leanspec_bridge::source::project::discover_with;
use leanspec_bridge::source::{DiscoverError, Discovery, ProjectSetting};

use crate::support::git;

struct Disk {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Disk {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path").join("home");
        std::fs::create_dir(&root).expect("made");
        let disk = Self { _folder: folder, root };
        for (name, text) in files {
            let path = disk.root.join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        disk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn discover(&self, name: &str) -> Result<Discovery, DiscoverError> {
        discover_with(&setting(&self.at(name)), None)
    }
}

fn setting(dir: &Path) -> ProjectSetting {
    ProjectSetting { dir: dir.to_owned(), ..ProjectSetting::default() }
}

#[test]
fn a_folder_with_specs_needs_no_marker() {
    let disk = Disk::with(&[("app/specs/001-a/README.md", "")]);
    let found = disk.discover("app").expect("found");
    let [project] = &found.projects[..] else { panic!("one: {found:?}") };
    assert_eq!(
        (project.root.clone(), project.specs.clone()),
        (disk.at("app"), disk.at("app/specs"))
    );
    assert_eq!((project.name.as_str(), project.key.as_str()), ("app", "app"));
    assert_eq!((project.specs_dir.as_str(), project.root_label.as_str()), ("specs", "home/app"));
    assert!(project.why.contains("specs/"), "{}", project.why);
    assert_eq!((project.warnings.len(), project.read_only.clone()), (0, None));
}

#[test]
fn the_usual_folders_are_tried_in_order_and_an_explicit_setting_wins_with_a_warning() {
    let disk = Disk::with(&[
        ("one/docs/specs/001-a/README.md", ""),
        ("two/.lean-spec/specs/001-a/README.md", ""),
        ("two/docs/specs/001-a/README.md", ""),
        ("three/specs/001-a/README.md", ""),
        ("three/plans/001-a/README.md", ""),
        ("three/.lean-spec/config.json", r#"{"specsDir": "plans"}"#),
        ("four/specs/001-a/README.md", ""),
        ("four/.lean-spec/config.json", r#"{"specsDir": "nowhere"}"#),
    ]);
    for (name, wanted, warnings) in [
        ("one", "docs/specs", 0),
        ("two", ".lean-spec/specs", 0),
        ("three", "plans", 1),
        ("four", "specs", 1),
    ] {
        let project = disk.discover(name).expect("found").projects.remove(0);
        assert_eq!(
            (project.specs_dir.as_str(), project.warnings.len()),
            (wanted, warnings),
            "{project:?}"
        );
    }
    let mine = ProjectSetting { specs_dir: Some("specs".into()), ..setting(&disk.at("three")) };
    let project = discover_with(&mine, None).expect("found").projects.remove(0);
    assert_eq!(project.specs_dir, "specs");
    let wrong = ProjectSetting { specs_dir: Some("none".into()), ..setting(&disk.at("three")) };
    let error = discover_with(&wrong, None).expect_err("not there").to_string();
    assert!(error.contains("'none'") && error.contains("specs_dir"), "{error}");
}

#[test]
fn marked_projects_below_a_folder_are_found_and_others_are_left_alone() {
    let disk = Disk::with(&[
        ("code/a/.lean-spec/config.json", "{}"),
        ("code/a/specs/001-a/README.md", ""),
        ("code/a/nested/.lean-spec/config.json", "{}"),
        ("code/a/nested/specs/001-a/README.md", ""),
        ("code/deep/er/b/.lspec/config.json", "{}"),
        ("code/deep/er/b/specs/001-b/README.md", ""),
        ("code/no-marker/specs/001-c/README.md", ""),
        ("code/node_modules/x/.lean-spec/config.json", "{}"),
        ("code/node_modules/x/specs/001-d/README.md", ""),
        ("code/.hidden/x/.lean-spec/config.json", "{}"),
        ("code/1/2/3/4/5/6/.lean-spec/config.json", "{}"),
        ("code/1/2/3/4/5/6/specs/001-e/README.md", ""),
        ("code/empty/.lean-spec/config.json", "{}"),
        ("code/tracker/leanspec.adapter.yaml", "adapter: jira\n"),
        ("code/tracker/.lean-spec/config.json", "{}"),
    ]);
    let found = disk.discover("code").expect("found");
    let roots: Vec<_> = found.projects.iter().map(|project| project.root.clone()).collect();
    assert_eq!(roots, [disk.at("code/a"), disk.at("code/deep/er/b")]);
    assert_eq!(found.notes.len(), 2, "{:?}", found.notes);
    assert!(found.notes.iter().any(|note| note.contains("jira")), "{:?}", found.notes);
}

#[test]
fn nothing_found_says_where_it_looked_and_what_to_do() {
    let disk = Disk::with(&[
        ("empty/x.txt", ""),
        ("app/.lean-spec/config.json", "{}"),
        ("app/src/x.rs", ""),
    ]);
    let error = disk.discover("empty").expect_err("nothing").to_string();
    assert!(error.contains("empty") && error.contains("--project"), "{error}");
    let error = disk.discover("app/src").expect_err("nothing").to_string();
    assert!(error.contains(&format!("--project {}", disk.at("app").display())), "{error}");
    let error = disk.discover("none").expect_err("nothing").to_string();
    assert!(error.contains("none") && error.contains("cannot be read"), "{error}");
}

#[test]
fn a_project_whose_specs_are_kept_elsewhere_is_refused_with_the_reason() {
    let disk = Disk::with(&[
        ("app/specs/001-a/README.md", ""),
        ("app/.lean-spec/adapter.yaml", "adapter: github\n"),
    ]);
    let error = disk.discover("app").expect_err("elsewhere");
    assert!(
        matches!(error, DiscoverError::NotLocal(_)) && error.to_string().contains("github"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_the_specs_folder_is_resolved_once_and_named() {
    let disk = Disk::with(&[("plans/001-a/README.md", ""), ("app/x", "")]);
    std::os::unix::fs::symlink(disk.at("plans"), disk.at("app/specs")).expect("linked");
    let project = disk.discover("app").expect("found").projects.remove(0);
    assert_eq!((project.specs.clone(), project.specs_dir.as_str()), (disk.at("plans"), "specs"));
    assert!(project.warnings[0].contains("plans"), "{:?}", project.warnings);
}

#[test]
fn the_key_is_the_remote_with_the_folder_inside_the_repository() {
    let disk = Disk::with(&[
        ("repo/packages/one/specs/001-a/README.md", ""),
        ("repo/specs/001-b/README.md", ""),
    ]);
    git(&disk.at("repo"), &["init", "-q"]);
    assert_eq!(
        disk.discover("repo").expect("found").projects[0].key,
        "repo",
        "no remote: the folder"
    );
    git(&disk.at("repo"), &["remote", "add", "backup", "https://backup.example/x.git"]);
    git(&disk.at("repo"), &["remote", "add", "origin", "git@GitHub.com:Team/Repo.git"]);
    assert_eq!(disk.discover("repo").expect("found").projects[0].key, "github.com/Team/Repo");
    let nested = disk.discover("repo/packages/one").expect("found").projects.remove(0);
    assert_eq!(nested.key, "github.com/Team/Repo/packages/one");
    let named = ProjectSetting {
        key: Some("mine".into()),
        name: Some("Mine".into()),
        ..setting(&disk.at("repo"))
    };
    let project = discover_with(&named, None).expect("found").projects.remove(0);
    assert_eq!((project.key.as_str(), project.name.as_str()), ("mine", "Mine"));
}

#[test]
fn two_worktrees_share_a_key_and_differ_in_their_label() {
    let disk = Disk::with(&[("main/specs/001-a/README.md", "a")]);
    let main = disk.at("main");
    git(&main, &["init", "-q"]);
    git(&main, &["remote", "add", "origin", "https://host.example/team/repo"]);
    git(&main, &["add", "-A"]);
    git(&main, &["commit", "-q", "-m", "one"]);
    git(&main, &["worktree", "add", "-q", "../side"]);
    let (one, two) = (disk.discover("main").expect("found"), disk.discover("side").expect("found"));
    assert_eq!(one.projects[0].key, two.projects[0].key);
    assert_ne!(one.projects[0].root_label, two.projects[0].root_label);
}

#[test]
fn leanspecs_own_readonly_switch_makes_every_project_read_only_with_the_reason() {
    let disk = Disk::with(&[
        ("app/specs/001-a/README.md", ""),
        ("data/config.json", r#"{"security": {"readonly": true}}"#),
    ]);
    let found = discover_with(&setting(&disk.at("app")), Some(&disk.at("data"))).expect("found");
    let reason = found.projects[0].read_only.clone().expect("read only");
    assert!(reason.contains("security.readonly") && reason.contains("config.json"), "{reason}");
}
