//! Reads every spec of a real collection, when its place is given in `LEANSPEC_CORPUS`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use leanspec_bridge::spec::summarize;
use leanspec_shared::path::FilePath;

#[test]
fn every_spec_of_a_real_collection_is_summarised_within_the_limit() {
    let Some(corpus) = std::env::var_os("LEANSPEC_CORPUS") else { return };
    let spec: FilePath = "001-spec".parse().expect("a path");
    let main: FilePath = "001-spec/README.md".parse().expect("a path");
    let (mut files, mut problems) = (0, BTreeMap::<String, usize>::new());
    let mut folders = vec![PathBuf::from(corpus)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == "README.md") {
                let bytes = std::fs::read(&path).expect("readable");
                let summary = summarize(&spec, Some((&main, &bytes)));
                let json = serde_json::to_vec(&summary).expect("JSON");
                assert!(json.len() <= leanspec_shared::limits::SUMMARY_MAX_BYTES);
                assert!(!summary.title.is_empty());
                files += 1;
                for problem in summary.problems {
                    let line = problem.line.unwrap_or(0);
                    println!("{}:{line}: {}", path.display(), problem.message);
                    *problems.entry(problem.code.to_string()).or_default() += 1;
                }
            }
        }
    }
    println!("{files} files, problems: {problems:?}");
    assert!(files > 0, "there is something to read");
}
