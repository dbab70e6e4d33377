//! What an intent without an outcome means, from what the disk holds. Pure.
//!
//! The complete temporary file only ever holds our new bytes or what an exchange displaced, so its
//! bytes tell whether the exchange happened. When in doubt, bytes are preserved: that loses nothing.

use leanspec_shared::hash::ContentHash;

use super::journal::Undoing;

/// What a name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// There is no such name.
    Nothing,
    /// A file with these bytes.
    Bytes(ContentHash),
    /// What is no regular file, or cannot be read.
    Special,
}

/// The two names of a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) temporary: Held,
    pub(super) target: Held,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The change did not happen, or was put back.
    NotDone,
    /// The change happened: journal it, then remove the temporary file.
    Done,
    /// The temporary file belongs where the target is; the bytes that we placed there last.
    PutBack(ContentHash),
    /// Somebody's save was displaced, and somebody saved again: the older is preserved.
    Preserve,
}

/// Judges a replacement without an outcome.
pub(super) fn replacement(
    names: Names,
    base: ContentHash,
    wanted: ContentHash,
    undoing: Option<Undoing>,
) -> Verdict {
    let Names { temporary, target } = names;
    match temporary {
        // Nobody else makes our bytes, with our time stamps: somebody removed the temporary file.
        Held::Nothing if target == Held::Bytes(wanted) => Verdict::Done,
        Held::Nothing => Verdict::NotDone,
        Held::Bytes(hash) if hash == wanted => Verdict::NotDone,
        _ => match undoing {
            Some(undoing) => half_undone(names, undoing),
            None if temporary == Held::Bytes(base) => Verdict::Done,
            None => leftover(names, base, wanted),
        },
    }
}

/// What came out when something was put back is either what we had placed, and then all is well,
/// or a newer save, which has to go back in its turn.
fn half_undone(names: Names, undoing: Undoing) -> Verdict {
    let Names { temporary, target } = names;
    let is = |held, hash: Option<ContentHash>| hash.is_some_and(|hash| held == Held::Bytes(hash));
    match undoing {
        // It was not placed yet.
        Undoing { placed: Some(placed), placing }
            if is(temporary, placing) && !is(target, placing) =>
        {
            Verdict::PutBack(placed)
        }
        // It was, and what came out is newer.
        Undoing { placed, placing: Some(placing) }
            if target == Held::Bytes(placing) && !is(temporary, placed) =>
        {
            Verdict::PutBack(placing)
        }
        _ => Verdict::Preserve,
    }
}

/// Judges what an ended command left: what it displaced, perhaps written into since, or such a
/// write on its way back.
pub(super) fn leftover(names: Names, base: ContentHash, wanted: ContentHash) -> Verdict {
    match names.temporary {
        Held::Nothing => Verdict::NotDone,
        Held::Bytes(hash) if hash == base || hash == wanted => Verdict::NotDone,
        _ if names.target == Held::Bytes(wanted) => Verdict::PutBack(wanted),
        _ => Verdict::Preserve,
    }
}

/// Whether a new folder got its name. `naming`: it was complete; `known_file`: a file in the folder
/// of that name has the bytes that were meant for it.
pub(super) fn creation_happened(temporary_is_there: bool, naming: bool, known_file: bool) -> bool {
    !temporary_is_there && (naming || known_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> Held {
        if text == "-" { Held::Nothing } else { Held::Bytes(ContentHash::of(text.as_bytes())) }
    }

    fn names(temporary: &str, target: &str) -> Names {
        Names { temporary: held(temporary), target: held(target) }
    }

    fn put_back(text: &str) -> Verdict {
        Verdict::PutBack(ContentHash::of(text.as_bytes()))
    }

    #[test]
    fn the_bytes_of_the_temporary_file_tell_what_happened() {
        use Verdict::{Done, NotDone, Preserve};
        // temporary, target → verdict
        let table = [
            ("-", "base", NotDone),
            ("-", "ours", Done),
            ("-", "-", NotDone),
            ("ours", "base", NotDone),
            ("ours", "ours", NotDone),
            ("ours", "newer", NotDone),
            ("base", "ours", Done),
            ("base", "newer", Done),
            ("base", "-", Done),
            ("save", "ours", put_back("ours")),
            ("save", "newer", Preserve),
            ("save", "-", Preserve),
        ];
        let (base, ours) = (ContentHash::of(b"base"), ContentHash::of(b"ours"));
        for (temporary, target, wanted) in table {
            let seen = replacement(names(temporary, target), base, ours, None);
            assert_eq!(seen, wanted, "{temporary}, {target}");
        }
    }

    #[test]
    fn putting_back_goes_on_where_it_was() {
        use Verdict::{NotDone, Preserve};
        // temporary, target, placed, placing → verdict
        let table = [
            ("save", "ours", "ours", "save", put_back("ours")),
            ("save", "newer", "ours", "save", put_back("ours")),
            ("ours", "save", "ours", "save", NotDone),
            ("newer", "save", "ours", "save", put_back("save")),
            ("newer", "newest", "ours", "save", Preserve),
            ("newer", "save", "save", "newer", put_back("save")),
            ("save", "newer", "save", "newer", Preserve),
            ("base", "ours", "ours", "base", put_back("ours")),
            ("base", "save", "ours", "save", put_back("save")),
            ("-", "save", "ours", "save", NotDone),
        ];
        let (base, ours) = (ContentHash::of(b"base"), ContentHash::of(b"ours"));
        for (temporary, target, placed, placing, wanted) in table {
            let hash = |text: &str| Some(ContentHash::of(text.as_bytes()));
            let undoing = Some(Undoing { placed: hash(placed), placing: hash(placing) });
            let seen = replacement(names(temporary, target), base, ours, undoing);
            assert_eq!(seen, wanted, "{temporary}, {target}, {placed}, {placing}");
        }
    }

    #[test]
    fn what_an_ended_command_left_is_removed_only_when_it_is_base_or_ours() {
        let (base, ours) = (ContentHash::of(b"base"), ContentHash::of(b"ours"));
        for target in ["-", "ours", "newer"] {
            for plain in ["-", "base", "ours"] {
                assert_eq!(leftover(names(plain, target), base, ours), Verdict::NotDone);
            }
        }
        assert_eq!(leftover(names("save", "ours"), base, ours), put_back("ours"));
        assert_eq!(leftover(names("save", "newer"), base, ours), Verdict::Preserve);
    }

    #[test]
    fn a_new_folder_got_its_name_when_its_temporary_one_is_gone() {
        // temporary is there, naming, known file → happened
        let table = [
            (true, false, false, false),
            (true, true, true, false),
            (false, true, false, true),
            (false, false, true, true),
            (false, false, false, false),
        ];
        for (there, naming, known, wanted) in table {
            assert_eq!(creation_happened(there, naming, known), wanted, "{there} {naming} {known}");
        }
    }
}
