//! Finds what a source file refers to: the paths of its `use` lines and those it writes out inline.
//!
//! Rust is read as tokens, so that comments and strings count for nothing and macro bodies are seen.
//! Code under `#[cfg(test)]` is left out: a test may use what the code beside it may not.

use std::str::FromStr;

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that a file refers to, e.g. `std::env::var`, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) path: String,
    pub(super) line: usize,
}

/// The paths in a Rust file. `crate`, `self` and `super` are resolved to `crate::…`.
pub(super) fn of_rust(file: &str, text: &str) -> Result<Vec<Import>> {
    // A byte-order mark and a `#!` line are none of the tokens.
    let tokens = TokenStream::from_str(text).map_err(|error| anyhow!("{error}"))?;
    let mut finder = Finder { module: module_of(file), imports: Vec::new() };
    finder.walk(tokens, "");
    Ok(finder.imports)
}

/// The module a file defines, below `crate`: `relay/src/store/files.rs` → `store`, `files`.
fn module_of(file: &str) -> Vec<String> {
    let inside = file.split_once("src/").map_or(file, |(_, inside)| inside);
    let inside = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    let root = matches!(inside, "lib" | "main" | "mod");
    if root { Vec::new() } else { inside.split('/').map(str::to_owned).collect() }
}

struct Finder {
    module: Vec<String>,
    imports: Vec<Import>,
}

impl Finder {
    /// Walks over tokens; `prefix` is what stands before the braces of a `use` tree.
    fn walk(&mut self, tokens: TokenStream, prefix: &str) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let Some(after) = skip_test_item(&tokens, at) {
                at = after;
                continue;
            }
            match &tokens[at] {
                TokenTree::Ident(first) => {
                    at = self.path(&tokens, at, prefix, first.span().start().line);
                }
                TokenTree::Group(group) => {
                    self.walk(group.stream(), "");
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Reads `a::b::c` or `a::b::{…}` from `start`; gives the place after it.
    fn path(&mut self, tokens: &[TokenTree], start: usize, prefix: &str, line: usize) -> usize {
        let mut path = prefix.to_owned();
        let mut at = start;
        while let Some(TokenTree::Ident(name)) = tokens.get(at) {
            if !path.is_empty() {
                path.push_str("::");
            }
            path.push_str(&name.to_string());
            at += 1;
            if !is_path_separator(tokens, at) {
                break;
            }
            at += 2;
            if let Some(TokenTree::Group(group)) = tokens.get(at)
                && group.delimiter() == Delimiter::Brace
            {
                self.walk(group.stream(), &path);
                return at + 1;
            }
        }
        // A single name inside a `use` tree is a path; anywhere else it may be anything.
        if path.contains("::") {
            let path = self.resolve(&path);
            self.imports.push(Import { path, line });
        }
        at.max(start + 1)
    }

    fn resolve(&self, path: &str) -> String {
        let mut module = self.module.clone();
        let mut rest = path;
        if let Some(after) = rest.strip_prefix("self::") {
            rest = after;
        } else if rest.starts_with("super::") {
            while let Some(after) = rest.strip_prefix("super::") {
                module.pop();
                rest = after;
            }
        } else {
            return path.to_owned();
        }
        std::iter::once("crate")
            .chain(module.iter().map(String::as_str))
            .chain([rest])
            .collect::<Vec<_>>()
            .join("::")
    }
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// The place after an item under `#[cfg(test)]` that starts here.
fn skip_test_item(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let TokenTree::Punct(hash) = &tokens[at] else { return None };
    let Some(TokenTree::Group(attribute)) = tokens.get(at + 1) else { return None };
    if hash.as_char() != '#' || attribute.stream().to_string().replace(' ', "") != "cfg(test)" {
        return None;
    }
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let length = tokens[at + 2..].iter().position(ends)?;
    Some(at + 2 + length + 1)
}

/// The modules that a TypeScript or Svelte file imports; relative ones as paths from the package's
/// root, e.g. `src/wire/feed`.
pub(super) fn of_typescript(file: &str, text: &str) -> Vec<Import> {
    let folder: Vec<&str> = file.split('/').skip(1).collect();
    let folder = &folder[..folder.len().saturating_sub(1)];
    let mut imports = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(module) = imported_module(line.trim()) else { continue };
        let mut path: Vec<&str> =
            if module.starts_with('.') { folder.to_vec() } else { Vec::new() };
        for name in module.split('/') {
            match name {
                "." => {}
                ".." => drop(path.pop()),
                name => path.push(name),
            }
        }
        imports.push(Import { path: path.join("/"), line: index + 1 });
    }
    imports
}

/// What stands between the quotes of `… from '…'`, `import '…'` and `import('…')`.
fn imported_module(line: &str) -> Option<&str> {
    let (_, rest) = ["from ", "import ", "import("].iter().find_map(|word| {
        line.rsplit_once(word).filter(|(_, rest)| rest.starts_with(['\'', '"']))
    })?;
    let quote = rest.chars().next()?;
    rest[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(file: &str, text: &str) -> Vec<String> {
        of_rust(file, text).expect("Rust").into_iter().map(|import| import.path).collect()
    }

    #[test]
    fn a_use_tree_is_taken_apart() {
        let text = "use std::{env, fs::{self, File}};\nuse reqwest::Client as Http;";
        let wanted = ["std::env", "std::fs::self", "std::fs::File", "reqwest::Client"];
        assert_eq!(paths("bridge/src/lib.rs", text), wanted);
    }

    #[test]
    fn a_path_written_out_and_one_inside_a_macro_are_found() {
        let text =
            "fn f() { select! { x = tokio::fs::read(y) => std::env::var(\"a::b\") } } // c::d";
        assert_eq!(paths("a/src/b.rs", text), ["tokio::fs::read", "std::env::var"]);
    }

    #[test]
    fn a_relative_path_is_resolved() {
        let text = "use super::hub::Hub; use super::super::feed::X; use self::rows::Row;";
        let wanted = ["crate::store::hub::Hub", "crate::feed::X", "crate::store::files::rows::Row"];
        assert_eq!(paths("relay/src/store/files.rs", text), wanted);
        assert_eq!(paths("relay/src/store/mod.rs", "use super::feed::X;"), ["crate::feed::X"]);
    }

    #[test]
    fn tests_may_use_what_the_code_beside_them_may_not() {
        let text =
            "#[cfg(test)]\nmod tests { use std::fs; }\n#[cfg(test)]\nuse std::env;\nuse a::b;";
        assert_eq!(paths("shared/src/lib.rs", text), ["a::b"]);
    }

    #[test]
    fn imports_of_typescript_are_found_wherever_they_are_spelt() {
        let text = "import { a } from '../wire/feed';\nimport './style.css';\nconst b = await import(\"idb\");";
        let found = of_typescript("ui-static/src/view/list.ts", text);
        let found: Vec<_> = found.iter().map(|import| import.path.as_str()).collect();
        assert_eq!(found, ["src/wire/feed", "src/view/style.css", "idb"]);
    }
}
