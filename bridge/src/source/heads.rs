//! What git has checked out now, and had when everything was last accounted for. Pure.

use super::Baseline;

/// Branch and commit that git has checked out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Absent with a detached head.
    pub branch: Option<String>,
    /// Absent before the first commit.
    pub commit: Option<String>,
}

/// The heads of one project over time.
#[derive(Debug, Default)]
pub struct Heads {
    now: Head,
    at_begin: Head,
    listed: Head,
    accounted: Head,
}

impl Heads {
    /// Before git was asked; `baseline` comes from an earlier process.
    #[must_use]
    pub fn new(baseline: Option<&Baseline>) -> Self {
        let accounted = baseline
            .map(|known| Head { branch: known.branch.clone(), commit: known.commit.clone() });
        Self { accounted: accounted.unwrap_or_default(), ..Self::default() }
    }

    /// What git has checked out now. Answers whether that is news.
    pub fn saw(&mut self, head: Head) -> bool {
        // The first answer comes while the first listing is under way, and counts for it: else a
        // checkout right after the start would have nothing to be compared with.
        if self.now == Head::default() {
            self.at_begin.clone_from(&head);
            self.listed.clone_from(&head);
            if self.accounted == Head::default() {
                self.accounted.clone_from(&head);
            }
        }
        let news = self.now != head;
        self.now = head;
        news
    }

    /// A listing of everything begins: what git checks out from now on may escape it.
    pub fn listing_begins(&mut self) {
        self.at_begin.clone_from(&self.now);
    }

    /// A listing of everything ended well.
    pub fn listing_ended(&mut self) {
        self.listed.clone_from(&self.at_begin);
    }

    /// Everything that was listed is accounted for.
    pub fn account(&mut self) {
        self.accounted.clone_from(&self.listed);
    }

    /// What was checked out when everything was last accounted for.
    #[must_use]
    pub fn accounted(&self) -> &Head {
        &self.accounted
    }

    /// Whether `head` is another than when everything was last accounted for. What was never known
    /// has not moved.
    #[must_use]
    pub fn moved_to(&self, head: &Head) -> bool {
        self.accounted != Head::default() && self.accounted != *head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(commit: &str) -> Head {
        Head { branch: None, commit: Some(commit.to_owned()) }
    }

    #[test]
    fn a_checkout_counts_as_moved_until_a_listing_that_began_after_it_is_accounted_for() {
        let mut heads = Heads::default();
        assert!(!heads.moved_to(&head("a")), "nothing is known yet");
        assert!(heads.saw(head("a")));
        assert!(!heads.moved_to(&head("a")) && heads.moved_to(&head("b")));
        heads.listing_begins();
        assert!(heads.saw(head("b")), "checked out while it is listed");
        heads.listing_ended();
        heads.account();
        assert!(heads.moved_to(&head("b")));
        heads.listing_begins();
        heads.listing_ended();
        heads.account();
        assert!(!heads.moved_to(&head("b")) && !heads.saw(head("b")));
    }
}
