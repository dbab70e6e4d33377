//! Every test there is, in groups, built once.
//!
//! `executables` builds and runs the Rust tests; `crate::gates` runs what looks at the built UI in a
//! browser. A group that fails does not stop the next: the summary at the end names them all.

mod executables;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use self::executables::{Counted, Executable};
use crate::workspace::{self, Workspace};
use crate::{codegen, gates, readers, tools, ui};

/// Options of `test`.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave these groups out, separated by commas; the last line says so.
    #[arg(long, value_name = "GROUP,…", value_delimiter = ',')]
    without: Vec<Group>,
}

/// Tests that belong together, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Each crate's own tests.
    Rust,
    /// The examples in the documentation of the crates.
    Doc,
    /// The generated files are fresh.
    Types,
    /// The UI's checks and tests.
    Ui,
    /// Relay and bridges as real processes.
    E2e,
    /// The same through real proxies and middleboxes.
    Networks,
    /// The same over lines that lose, slow down, cut and forget, in networks of their own.
    Namespaces,
    /// The relay's feed, read by programs of others.
    Readers,
    /// The same with a page open in a real Chromium.
    Browser,
}

impl Group {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Doc => "doc",
            Self::Types => "types",
            Self::Ui => "ui",
            Self::E2e => "e2e",
            Self::Networks => "networks",
            Self::Namespaces => "namespaces",
            Self::Readers => "readers",
            Self::Browser => "browser",
        }
    }
}

/// Those of `e2e` that are groups of their own.
const ALONE: [&str; 4] = ["browser", "networks", "namespaces", "readers"];

struct Outcome {
    group: Group,
    failure: Option<String>,
    counted: Counted,
    took: Duration,
}

/// Runs the groups and sums up.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let wanted = |group: &Group| !options.without.contains(group);
    let groups: Vec<Group> = Group::value_variants().iter().copied().filter(wanted).collect();
    let (groups, impossible) = without_the_impossible(groups);
    tools::check_node()?;
    tools::provide(|tool| groups.iter().any(|group| tool.groups.contains(&group.name())))?;
    if groups.contains(&Group::Readers) {
        ui::install(workspace)?; // It brings what drives the browser.
        readers::install(workspace)?;
    }
    if groups.iter().any(|group| matches!(group, Group::Ui | Group::Browser)) {
        ui::build(workspace)?; // Before the relay is compiled: it embeds the UI.
    }
    let executables = executables::build(workspace)?;
    let outcomes: Vec<Outcome> = groups
        .into_iter()
        .map(|group| {
            println!("\n── {} ──", group.name());
            let start = Instant::now();
            let mut counted = Counted::default();
            let failure = run_group(workspace, group, &executables, &mut counted)
                .err()
                .map(|error| format!("{error:#}"));
            Outcome { group, failure, counted, took: start.elapsed() }
        })
        .collect();
    let mut left_out = options.without.clone();
    if let Some(reason) = impossible {
        println!("\nnamespaces cannot be tried: {reason}");
        left_out.push(Group::Namespaces);
    }
    sum_up(&outcomes, &left_out)
}

/// Where the system lets nobody make networks, their tests are left out, with what it said; where it
/// does, they run or fail.
fn without_the_impossible(mut groups: Vec<Group>) -> (Vec<Group>, Option<String>) {
    let reason = groups.contains(&Group::Namespaces).then(tools::no_namespaces).flatten();
    if reason.is_some() {
        groups.retain(|group| *group != Group::Namespaces);
    }
    (groups, reason)
}

fn run_group(
    workspace: &Workspace,
    group: Group,
    executables: &[Executable],
    counted: &mut Counted,
) -> Result<()> {
    let npm = |script: &str| workspace::run(&mut workspace.npm(&["run", "--silent", script]));
    match group {
        Group::Rust => run_all(executables, |one| one.package != "e2e", counted),
        Group::E2e => run_all(
            executables,
            |one| one.package == "e2e" && !ALONE.contains(&one.name.as_str()),
            counted,
        ),
        Group::Networks | Group::Namespaces | Group::Readers => {
            run_all(executables, |one| one.is_e2e(group.name()), counted)
        }
        Group::Browser => {
            let through = run_all(executables, |one| one.is_e2e("browser"), counted);
            let gates = executables::run_counting(&mut gates::command(workspace), counted);
            through.and(gates)
        }
        Group::Doc => {
            let mut command =
                workspace.cargo(&["test", "--workspace", "--exclude", "xtask", "--doc", "--quiet"]);
            executables::run_counting(&mut command, counted)
        }
        Group::Types => codegen::check(workspace),
        Group::Ui => npm("check").and_then(|()| npm("test")),
    }
}

fn run_all(
    executables: &[Executable],
    wanted: impl Fn(&Executable) -> bool,
    counted: &mut Counted,
) -> Result<()> {
    let mut failed = Vec::new();
    for executable in executables.iter().filter(|executable| wanted(executable)) {
        println!("{} {}", executable.package, executable.name);
        let mut command = executable.command();
        command.envs(tools::browser().map(|browser| ("CHROMIUM", browser)));
        command.envs(tools::path().map(|path| ("PATH", path)));
        if let Err(error) = executables::run_counting(&mut command, counted) {
            eprintln!("{error:#}; alone: {}", executable.alone());
            failed.push(format!("{} {}", executable.package, executable.name));
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    if *counted == Counted::default() {
        bail!("not one of its tests ran");
    }
    Ok(())
}

fn sum_up(outcomes: &[Outcome], left_out: &[Group]) -> Result<()> {
    println!("\n── summary ──");
    let mut all = Counted::default();
    for outcome in outcomes {
        let state = outcome.failure.as_deref().unwrap_or("passed");
        let tests = match outcome.counted {
            Counted { passed: 0, failed: 0 } => String::new(),
            Counted { passed, failed } => format!("{} of {} tests", passed, passed + failed),
        };
        let took = outcome.took.as_secs_f64();
        println!("{:<10} {took:>6.1} s  {tests:<18} {state}", outcome.group.name());
        all.add(outcome.counted);
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    let names = |groups: &mut dyn Iterator<Item = Group>| {
        groups.map(Group::name).collect::<Vec<_>>().join(", ")
    };
    if !left_out.is_empty() {
        println!("left out: {}", names(&mut left_out.iter().copied()));
    }
    let failed = names(&mut outcomes.iter().filter(|o| o.failure.is_some()).map(|o| o.group));
    if !failed.is_empty() {
        bail!("groups that failed: {failed}");
    }
    if left_out.is_empty() {
        println!("all groups passed");
    }
    Ok(())
}
