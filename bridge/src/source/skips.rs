//! What below a specs folder is not sent, and why. Pure.

use std::collections::{BTreeMap, BTreeSet};

use leanspec_shared::limits::SKIPPED_LISTED_MAX;
use leanspec_shared::path::FilePath;
use leanspec_shared::view::{SkipReason, Skipped};

use super::look::SkipKind;

/// The list of one specs folder. Names that cannot travel stand in it as they are shown.
#[derive(Debug, Default)]
pub struct Skips {
    reasons: BTreeMap<String, SkipReason>,
    untold: bool,
}

impl Skips {
    /// A look found a reason.
    pub fn set(&mut self, path: &FilePath, kind: SkipKind) {
        let reason = kind.reason();
        if self.reasons.get(path.as_str()) == reason.as_ref() {
            return;
        }
        self.untold = true;
        match reason {
            Some(reason) => self.reasons.insert(path.as_str().to_owned(), reason),
            None => self.reasons.remove(path.as_str()),
        };
    }

    /// There is no reason any more.
    pub fn clear(&mut self, path: &FilePath) {
        self.untold |= self.reasons.remove(path.as_str()).is_some();
    }

    /// The whole folder is gone.
    pub fn clear_all(&mut self) {
        self.untold |= !std::mem::take(&mut self.reasons).is_empty();
    }

    /// Takes what a listing of `scope` found, and keeps the reasons that reading a listed file
    /// gave: a listing opens none.
    pub fn relist(
        &mut self,
        scope: Option<&FilePath>,
        found: &[(String, SkipReason)],
        listed: &BTreeSet<&FilePath>,
    ) {
        let below = scope.map(|scope| format!("{scope}/"));
        let listed: BTreeSet<&str> = listed.iter().map(|path| path.as_str()).collect();
        let in_scope = |path: &str| below.as_ref().is_none_or(|below| path.starts_with(below));
        let before = self.reasons.clone();
        self.reasons.retain(|path, reason| {
            !in_scope(path) || (listed.contains(path.as_str()) && is_by_reading(reason))
        });
        self.reasons.extend(found.iter().cloned());
        self.untold |= before != self.reasons;
    }

    /// Takes out the list if it was not told yet; what is beyond the limit is left out.
    pub fn take_told(&mut self) -> Option<Vec<Skipped>> {
        std::mem::take(&mut self.untold).then(|| {
            let reasons = self.reasons.iter().take(SKIPPED_LISTED_MAX);
            reasons
                .map(|(path, reason)| Skipped { path: path.clone(), reason: reason.clone() })
                .collect()
        })
    }
}

fn is_by_reading(reason: &SkipReason) -> bool {
    matches!(reason, SkipReason::Binary | SkipReason::TooLarge | SkipReason::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> FilePath {
        text.parse().expect("a path")
    }

    #[test]
    fn a_reason_is_told_once_and_its_end_too() {
        let mut skips = Skips::default();
        skips.set(&path("a.bin"), SkipKind::Binary);
        assert_eq!(skips.take_told().map(|told| told.len()), Some(1));
        skips.set(&path("a.bin"), SkipKind::Binary);
        skips.set(&path("b.md~"), SkipKind::Passing);
        assert_eq!(skips.take_told(), None);
        skips.clear(&path("a.bin"));
        assert_eq!(skips.take_told(), Some(vec![]));
    }

    #[test]
    fn a_listing_keeps_what_only_reading_can_know_and_replaces_the_rest() {
        let mut skips = Skips::default();
        skips.set(&path("x/a.bin"), SkipKind::Binary);
        skips.set(&path("x/gone.bin"), SkipKind::Binary);
        skips.set(&path("x/old-link"), SkipKind::Link);
        skips.set(&path("y/link"), SkipKind::Link);
        let (scope, a) = (path("x"), path("x/a.bin"));
        let found = [("x/hidden".to_owned(), SkipReason::Ignored)];
        skips.relist(Some(&scope), &found, &BTreeSet::from([&a]));
        let told = skips.take_told().expect("it changed");
        let paths: Vec<_> = told.iter().map(|skipped| skipped.path.as_str()).collect();
        assert_eq!(paths, ["x/a.bin", "x/hidden", "y/link"]);
    }

    #[test]
    fn the_list_is_bounded() {
        let mut skips = Skips::default();
        for number in 0..SKIPPED_LISTED_MAX + 50 {
            skips.set(&path(&format!("{number}.bin")), SkipKind::Binary);
        }
        assert_eq!(skips.take_told().map(|told| told.len()), Some(SKIPPED_LISTED_MAX));
    }
}
