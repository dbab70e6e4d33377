//! What may happen to a command in which state: the whole table. A final state never changes; from
//! `queued` only the relay ends a command, from `delivered` only its machine, unless the machine is
//! forgotten.

use leanspec_shared::command::CommandState;

/// Something that happens to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happening {
    /// It is about to be sent to its machine.
    HandedOver,
    /// A person wants it back.
    Withdrawn,
    /// Its time is up.
    TimeIsUp,
    /// Its machine says what came of it.
    Reported(CommandState),
    /// Its machine or project is forgotten.
    Forgotten,
    /// Its machine says that another program wrote into the file afterwards.
    Overtaken,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is in this state from now on.
    Becomes(CommandState),
    /// It stays as it is, and its machine is asked to let go of it.
    AskMachine,
    /// It stays in its state, with a remark.
    Remark,
    /// Nothing.
    Nothing,
    /// It has ended already.
    Ended,
    /// Its machine cannot know of it yet.
    NotDelivered,
    /// What was reported is no end.
    NoEnd,
}

/// Decides.
pub(super) fn judge(state: &CommandState, happening: Happening) -> Verdict {
    use CommandState::{Applied, Delivered, Expired, Queued, Withdrawn};
    match (state, happening) {
        (Queued, Happening::HandedOver) => Verdict::Becomes(Delivered),
        (Queued, Happening::Withdrawn) => Verdict::Becomes(Withdrawn),
        (Queued, Happening::TimeIsUp) => Verdict::Becomes(Expired),
        (Queued, Happening::Reported(_) | Happening::Overtaken) => Verdict::NotDelivered,
        (Delivered, Happening::Withdrawn) => Verdict::AskMachine,
        (Delivered, Happening::Reported(end)) if end.is_final() => Verdict::Becomes(end),
        (Delivered, Happening::Reported(_) | Happening::Overtaken) => Verdict::NoEnd,
        // Handed over again, or late: its machine counts the time of what it was handed.
        (Delivered, Happening::HandedOver | Happening::TimeIsUp) => Verdict::Nothing,
        (Queued | Delivered, Happening::Forgotten) => Verdict::Becomes(Expired),
        (Applied, Happening::Overtaken) => Verdict::Remark,
        (_, Happening::Withdrawn | Happening::Reported(_) | Happening::Overtaken) => Verdict::Ended,
        (_, Happening::HandedOver | Happening::TimeIsUp | Happening::Forgotten) => Verdict::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use CommandState::{
        Applied, Conflict, Delivered, Expired, Failed, Other, Queued, Refused, Withdrawn,
    };

    fn happenings() -> [Happening; 7] {
        [
            Happening::HandedOver,
            Happening::Withdrawn,
            Happening::TimeIsUp,
            Happening::Reported(Applied),
            Happening::Reported(Queued),
            Happening::Forgotten,
            Happening::Overtaken,
        ]
    }

    /// Every state and everything that can happen: nothing leads out of an end.
    #[test]
    fn each_state_takes_each_happening_as_the_table_says() {
        use Verdict::{AskMachine, Becomes, Ended, NoEnd, NotDelivered, Nothing, Remark};
        let ended = [Nothing, Ended, Nothing, Ended, Ended, Nothing, Ended];
        let table = [
            (
                Queued,
                [
                    Becomes(Delivered),
                    Becomes(Withdrawn),
                    Becomes(Expired),
                    NotDelivered,
                    NotDelivered,
                    Becomes(Expired),
                    NotDelivered,
                ],
            ),
            (
                Delivered,
                [Nothing, AskMachine, Nothing, Becomes(Applied), NoEnd, Becomes(Expired), NoEnd],
            ),
            (Applied, [Nothing, Ended, Nothing, Ended, Ended, Nothing, Remark]),
            (Conflict, ended.clone()),
            (Refused, ended.clone()),
            (Failed, ended.clone()),
            (Expired, ended.clone()),
            (Withdrawn, ended.clone()),
            (Other("of a newer bridge".into()), ended),
        ];
        for (state, verdicts) in table {
            for (happening, wanted) in happenings().into_iter().zip(verdicts) {
                let found = judge(&state, happening.clone());
                assert_eq!(found, wanted, "{state}: {happening:?}");
            }
        }
    }

    #[test]
    fn a_machine_may_end_what_it_was_handed_in_every_way_there_is() {
        for end in [Applied, Conflict, Refused, Failed, Expired, Withdrawn, Other("new".into())] {
            let verdict = judge(&Delivered, Happening::Reported(end.clone()));
            assert_eq!(verdict, Verdict::Becomes(end));
        }
        assert_eq!(judge(&Delivered, Happening::Reported(Delivered)), Verdict::NoEnd);
    }
}
