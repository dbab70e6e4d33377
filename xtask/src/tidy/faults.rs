//! The list of faults in the documents: every test it names is there.

use std::collections::BTreeSet;

/// The document.
pub(super) const DOCUMENT: &str = "docs/FAULTS.md";

/// The names of all functions in a Rust file.
pub(super) fn functions(text: &str) -> impl Iterator<Item = &str> {
    let names = text.lines().filter_map(|line| line.trim_start().split_once("fn "));
    names.filter_map(|(_, rest)| rest.split(['(', '<']).next())
}

/// Tests that the document names and nobody wrote.
pub(super) fn check(document: &str, functions: &BTreeSet<String>) -> Vec<String> {
    let mut findings = Vec::new();
    for (index, line) in document.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        // What stands in the odd places between backticks is code; a test's name has no space.
        let names = line.split('`').skip(1).step_by(2).filter(|name| name.contains('_'));
        for name in names.filter(|name| !functions.contains(*name)) {
            findings.push(format!("{DOCUMENT}:{}: no test is named {name}", index + 1));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_named_and_gone_is_found() {
        let code = "#[test]\nfn it_holds() {}\n    async fn it_holds_too() {}";
        let functions: BTreeSet<String> = functions(code).map(str::to_owned).collect();
        let document = "| fault | e2e `it_holds`, `it_holds_too` |\n| other | `it_is_gone` |";
        let findings = check(document, &functions);
        assert_eq!(findings, ["docs/FAULTS.md:2: no test is named it_is_gone"]);
    }
}
