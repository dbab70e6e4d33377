//! What is told scan by scan adds up to what is on the disk: properties of the picture alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use proptest::prelude::*;

use super::filter::Filter;
use super::list::Listing;
use super::look::{Known, Look};
use super::picture::Picture;
use crate::platform::file_stat::Stat;
use crate::spec::locate::{is_spec_folder, locate};

type Disk = BTreeMap<FilePath, u8>;

fn known(content: u8) -> Known {
    let stat = Stat { size: 1, mtime_ns: i64::from(content), ..Stat::default() };
    Known { hash: ContentHash::of(&[content]), stat, racy: false }
}

fn disks() -> impl Strategy<Value = Disk> {
    let path = r"(001-a|002-b|x)/(README\.md|a\.md|deep/b\.md)|y\.md"
        .prop_map(|text| text.parse().expect("a path"));
    proptest::collection::btree_map(path, 0_u8..4, 0..12)
}

/// Lists `disk` below `scope`, reads what the picture wants, and believes every absence.
fn scan(picture: &mut Picture, disk: &Disk, scope: Option<&FilePath>, every_byte: bool) {
    let filter = Filter::new(&[], 1 << 20).expect("no globs");
    let now = Instant::now();
    let inside = disk.iter().filter(|(path, _)| scope.is_none_or(|scope| path.is_within(scope)));
    let files: Vec<_> =
        inside.map(|(path, content)| (path.clone(), known(*content).stat)).collect();
    let folders = files.iter().filter_map(|(path, _)| path.parent()).collect();
    let listing = Listing { files, folders, skipped: vec![] };
    for path in picture.listed(scope, &listing, every_byte, &filter, now) {
        picture.saw(&path, Look::File(known(disk[&path])), true, now);
    }
    let missing: Vec<_> = picture.missing().keys().cloned().collect();
    picture.believe_gone(&missing);
}

fn fold(picture: &mut Picture, told: &mut Disk, specs: &mut BTreeSet<FilePath>) {
    let Some(update) = picture.take_update(&BTreeSet::new()) else { return };
    for (path, file) in update.files {
        let content =
            (0..4).find(|content| file.map(|file| file.hash) == Some(known(*content).hash));
        match content {
            Some(content) => told.insert(path, content),
            None => told.remove(&path),
        };
    }
    for (path, location) in update.specs {
        if location.is_some() {
            specs.insert(path)
        } else {
            specs.remove(&path)
        };
    }
}

proptest! {
    #[test]
    fn what_is_told_scan_by_scan_adds_up_to_what_is_on_the_disk(
        rounds in proptest::collection::vec((disks(), any::<bool>()), 1..6))
    {
        let mut picture = Picture::default();
        let (mut told, mut specs) = (Disk::new(), BTreeSet::new());
        for (disk, every_byte) in rounds {
            scan(&mut picture, &disk, None, every_byte);
            fold(&mut picture, &mut told, &mut specs);
            prop_assert_eq!(&told, &disk);
            let folders = disk.keys().filter_map(FilePath::parent);
            let folders = folders.filter(is_spec_folder).collect();
            let wanted: BTreeSet<_> = locate(disk.keys(), &folders).into_keys().collect();
            prop_assert_eq!(&specs, &wanted);
            prop_assert!(picture.take_update(&BTreeSet::new()).is_none(), "told once");
        }
    }

    #[test]
    fn a_scan_of_one_folder_touches_nothing_beside_it(before in disks(), after in disks()) {
        let scope: FilePath = "001-a".parse().expect("a path");
        let mut picture = Picture::default();
        let (mut told, mut specs) = (Disk::new(), BTreeSet::new());
        scan(&mut picture, &before, None, true);
        scan(&mut picture, &after, Some(&scope), false);
        fold(&mut picture, &mut told, &mut specs);
        let outside = before.into_iter().filter(|(path, _)| !path.is_within(&scope));
        let inside = after.into_iter().filter(|(path, _)| path.is_within(&scope));
        prop_assert_eq!(told, outside.chain(inside).collect::<Disk>());
    }
}
