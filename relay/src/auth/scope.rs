//! Which scope covers which calls: the whole table.

use leanspec_shared::view::Scope;

/// What a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed {
    /// Any key that is valid.
    Any,
    /// Speaking for a machine.
    Bridge,
    /// Reading.
    View,
    /// Changing what people may change.
    Edit,
    /// Keys, and forgetting.
    Admin,
}

impl Needed {
    /// As a message names it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Bridge => "bridge",
            Self::View => "view",
            Self::Edit => "edit",
            Self::Admin => "admin",
        }
    }
}

/// Whether a key of this scope may make a call that needs that. People's scopes include each other
/// upwards; a bridge's key stands apart: it lies on a machine's disk and must not read the others.
pub(crate) fn covers(scope: &Scope, needed: Needed) -> bool {
    match needed {
        Needed::Any => matches!(scope, Scope::Bridge | Scope::View | Scope::Edit | Scope::Admin),
        Needed::Bridge => matches!(scope, Scope::Bridge),
        Needed::View => matches!(scope, Scope::View | Scope::Edit | Scope::Admin),
        Needed::Edit => matches!(scope, Scope::Edit | Scope::Admin),
        Needed::Admin => matches!(scope, Scope::Admin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_of_a_person_includes_those_before_it_and_a_bridge_stands_apart() {
        let table = [
            (Scope::Bridge, [true, true, false, false, false]),
            (Scope::View, [true, false, true, false, false]),
            (Scope::Edit, [true, false, true, true, false]),
            (Scope::Admin, [true, false, true, true, true]),
            (Scope::Other("of-a-newer-version".into()), [false; 5]),
        ];
        let needed = [Needed::Any, Needed::Bridge, Needed::View, Needed::Edit, Needed::Admin];
        for (scope, wanted) in table {
            let found = needed.map(|needed| covers(&scope, needed));
            assert_eq!(found, wanted, "{scope}");
        }
    }
}
