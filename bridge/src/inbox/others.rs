//! What the other files of the project say, read from the disk when a command needs it.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::Path;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::spec::Summary;

use super::run::Bench;
use crate::platform::confined;
use crate::source::list::{self, Listing};
use crate::source::read_file;
use crate::spec::frontmatter::{self, Cut};
use crate::spec::locate::{is_spec_folder, locate};
use crate::spec::summarize;

/// The specs of a project, with parent and status where one has a parent. Those that cannot be read
/// have no parent: an unreadable spec keeps nobody from finishing another.
#[must_use]
pub fn summaries(bench: &Bench) -> Vec<Summary> {
    let Ok(listing) = list::list(&bench.specs, None, &bench.filter) else { return Vec::new() };
    let folders: BTreeSet<FilePath> = listing.folders.into_iter().filter(is_spec_folder).collect();
    let specs = locate(listing.files.iter().map(|(path, _)| path), &folders);
    let summary = |(spec, main): (FilePath, Option<FilePath>)| {
        let child = main.and_then(|main| Some((read_if_child(bench, &main)?, main)));
        summarize(&spec, child.as_ref().map(|(bytes, main)| (main, bytes.as_slice())))
    };
    specs.into_iter().map(summary).collect()
}

/// The bytes of a main file whose frontmatter speaks of a parent. Few do, and parsing all of them
/// would cost more than everything else that a command does.
fn read_if_child(bench: &Bench, main: &FilePath) -> Option<Vec<u8>> {
    let bytes = read(&bench.specs, main, bench.filter.file_max_bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_child =
        matches!(frontmatter::cut(text), Cut::Block { yaml, .. } if yaml.contains("parent"));
    is_child.then_some(bytes)
}

fn read(specs: &Path, path: &FilePath, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    confined::open(specs, Path::new(path.as_str()))?.take(max_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The one file that holds exactly these bytes; `None` when there are several, or none.
#[must_use]
pub fn only_holder(bench: &Bench, hash: &ContentHash) -> Option<FilePath> {
    let Listing { files, .. } = list::list(&bench.specs, None, &bench.filter).ok()?;
    let size = bench.remembered(hash).map(|bytes| bytes.len() as u64);
    let fits = |file: &&(FilePath, _)| has_size(&file.1, size);
    let mut holders = files
        .iter()
        .filter(fits)
        .map(|(path, _)| path)
        .filter(|path| read_file(&bench.specs, path, hash).is_ok());
    let first = holders.next()?;
    holders.next().is_none().then(|| first.clone())
}

fn has_size(stat: &crate::platform::file_stat::Stat, size: Option<u64>) -> bool {
    size.is_none_or(|size| stat.size == size)
}
