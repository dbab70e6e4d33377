//! What an intent without an outcome means, from what the disk holds. Pure.
//!
//! The complete temporary file only ever holds our new bytes or what an exchange displaced, so its
//! bytes tell whether the exchange happened. When in doubt, bytes are preserved: that loses nothing.

/// What the temporary name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Temporary {
    /// There is none.
    Absent,
    /// Our new bytes.
    Ours,
    /// The bytes that the command stands on.
    Base,
    /// Somebody's.
    Other,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The change did not happen, or was put back: no temporary file stays.
    NotDone,
    /// The change happened: journal it, then remove the temporary file.
    Done,
    /// Somebody's save was displaced, and the target is still ours: it goes back.
    PutBack,
    /// Somebody's save was displaced, and somebody saved again: the older is preserved.
    Preserve,
}

/// Judges a replacement without an outcome. `undoing`: what was displaced was not the base.
pub(super) fn replacement(temporary: Temporary, target_is_ours: bool, undoing: bool) -> Verdict {
    match temporary {
        // Nobody else makes our bytes, with our time stamps: somebody removed the temporary file.
        Temporary::Absent if target_is_ours => Verdict::Done,
        Temporary::Absent | Temporary::Ours => Verdict::NotDone,
        Temporary::Base if !undoing => Verdict::Done,
        Temporary::Base | Temporary::Other if target_is_ours => Verdict::PutBack,
        Temporary::Base | Temporary::Other => Verdict::Preserve,
    }
}

/// Judges what an ended command left: what it displaced, perhaps written into since, or such a
/// write on its way back.
pub(super) fn leftover(temporary: Temporary, target_is_ours: bool) -> Verdict {
    match temporary {
        Temporary::Absent | Temporary::Ours | Temporary::Base => Verdict::NotDone,
        Temporary::Other if target_is_ours => Verdict::PutBack,
        Temporary::Other => Verdict::Preserve,
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

    #[test]
    fn the_bytes_of_the_temporary_file_tell_what_happened() {
        use Temporary::{Absent, Base, Other, Ours};
        use Verdict::{Done, NotDone, Preserve, PutBack};
        // temporary, target is ours, undoing → verdict
        let table = [
            (Absent, false, false, NotDone),
            (Absent, true, false, Done),
            (Absent, false, true, NotDone),
            (Ours, false, false, NotDone),
            (Ours, true, false, NotDone),
            (Ours, false, true, NotDone),
            (Base, true, false, Done),
            (Base, false, false, Done),
            (Base, true, true, PutBack),
            (Base, false, true, Preserve),
            (Other, true, false, PutBack),
            (Other, false, false, Preserve),
            (Other, true, true, PutBack),
            (Other, false, true, Preserve),
        ];
        for (temporary, ours, undoing, wanted) in table {
            let seen = replacement(temporary, ours, undoing);
            assert_eq!(seen, wanted, "{temporary:?}, ours {ours}, undoing {undoing}");
        }
    }

    #[test]
    fn what_an_ended_command_left_is_removed_only_when_it_is_base_or_ours() {
        use Temporary::{Absent, Base, Other, Ours};
        for ours in [false, true] {
            for plain in [Absent, Ours, Base] {
                assert_eq!(leftover(plain, ours), Verdict::NotDone);
            }
        }
        assert_eq!(leftover(Other, true), Verdict::PutBack);
        assert_eq!(leftover(Other, false), Verdict::Preserve);
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
