//! Which folder stands at the path of the specs folder, and whether it is the one it was. Pure.

use std::io;
use std::time::Instant;

use super::Baseline;
use super::vanish::Root;
use crate::platform::file_stat::FolderId;

/// The specs folder's identity.
#[derive(Debug)]
pub struct Home {
    root: Root,
    bad_since: Option<Instant>,
    /// The folder as it was last seen.
    seen: Option<FolderId>,
    /// The folder in which everything was last accounted for; zeros before that.
    accounted: FolderId,
    /// `accounted` stems from an earlier process: devices may have been renumbered since.
    is_from_before: bool,
    /// The user said that its absence is meant.
    absence_accepted: bool,
}

impl Home {
    /// Before anything was seen; `baseline` comes from an earlier process.
    #[must_use]
    pub fn new(baseline: Option<&Baseline>) -> Self {
        let accounted = baseline.map(|known| FolderId { device: known.device, inode: known.inode });
        Self {
            root: Root::Same,
            bad_since: None,
            seen: None,
            accounted: accounted.unwrap_or_default(),
            is_from_before: baseline.is_some(),
            absence_accepted: false,
        }
    }

    /// Takes in which folder is there now. Answers whether it came back or is another.
    pub fn saw(&mut self, root: io::Result<FolderId>, now: Instant) -> bool {
        match root {
            Ok(id) => {
                let news = self.bad_since.take().is_some() || self.seen != Some(id);
                self.seen = Some(id);
                self.absence_accepted = false;
                self.root = self.compare(id);
                news
            }
            Err(error) => {
                self.bad_since.get_or_insert(now);
                self.root = match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Root::Missing,
                    _ => Root::Unreadable(error.to_string()),
                };
                false
            }
        }
    }

    fn compare(&self, id: FolderId) -> Root {
        let home = self.accounted;
        // After a restart of the machine the same device may have another number.
        let same_inode = home.inode == id.inode;
        let same_device = home.device == id.device || (self.is_from_before && same_inode);
        match (same_device, same_inode) {
            _ if home == FolderId::default() => Root::Same,
            (true, true) => Root::Same,
            (true, false) => Root::Replaced,
            (false, _) => Root::OtherDevice,
        }
    }

    /// What to make of the folder for a loss that is `massive` or not. Disks are renumbered
    /// between two starts: by itself that is no reason to halt.
    #[must_use]
    pub fn root(&self, massive: bool) -> Root {
        match &self.root {
            _ if self.absence_accepted => Root::Same,
            Root::OtherDevice if self.is_from_before && !massive => Root::Replaced,
            root => root.clone(),
        }
    }

    /// Since when the folder is missing or unreadable, unless that is meant.
    #[must_use]
    pub fn bad_since(&self) -> Option<Instant> {
        self.bad_since.filter(|_| !self.absence_accepted)
    }

    /// The user says that what is missing is meant. Answers whether the folder itself is missing.
    pub fn accept_absence(&mut self) -> bool {
        self.absence_accepted = self.root == Root::Missing;
        self.absence_accepted
    }

    /// Everything is accounted for in the folder as it was last seen.
    pub fn account(&mut self) {
        let Some(seen) = self.seen else { return };
        self.is_from_before = false;
        self.accounted = seen;
        if self.root == Root::OtherDevice {
            self.root = Root::Same;
        }
    }

    /// The folder in which everything was last accounted for.
    #[must_use]
    pub fn accounted(&self) -> FolderId {
        self.accounted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: FolderId = FolderId { device: 1, inode: 10 };

    fn settled() -> Home {
        let mut home = Home::new(None);
        home.saw(Ok(HOME), Instant::now());
        home.account();
        home
    }

    #[test]
    fn a_folder_made_anew_and_one_on_another_device_are_told_apart() {
        let table = [
            (HOME, Root::Same),
            (FolderId { inode: 11, ..HOME }, Root::Replaced),
            (FolderId { device: 2, ..HOME }, Root::OtherDevice),
        ];
        for (id, wanted) in table {
            let mut home = settled();
            assert_eq!(home.saw(Ok(id), Instant::now()), id != HOME);
            assert_eq!(home.root(false), wanted);
        }
    }

    #[test]
    fn after_a_restart_a_device_with_another_number_matters_for_a_massive_loss_only() {
        let baseline = Baseline { device: 1, inode: 10, ..Baseline::default() };
        let mut home = Home::new(Some(&baseline));
        home.saw(Ok(FolderId { device: 7, inode: 10 }), Instant::now());
        assert_eq!(home.root(true), Root::Same, "the inode still tells");
        home.saw(Ok(FolderId { device: 7, inode: 99 }), Instant::now());
        assert_eq!((home.root(false), home.root(true)), (Root::Replaced, Root::OtherDevice));
    }

    #[test]
    fn a_missing_folder_is_bad_until_it_returns_or_its_absence_is_accepted() {
        let (mut home, now) = (settled(), Instant::now());
        home.saw(Err(io::ErrorKind::NotFound.into()), now);
        assert_eq!((home.bad_since(), home.root(false)), (Some(now), Root::Missing));
        assert!(home.accept_absence());
        assert_eq!((home.bad_since(), home.root(false)), (None, Root::Same));
        assert!(home.saw(Ok(HOME), now), "its return is news");
        home.saw(Err(io::ErrorKind::PermissionDenied.into()), now);
        assert!(matches!(home.root(false), Root::Unreadable(_)) && !home.accept_absence());
    }
}
