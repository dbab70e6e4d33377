//! This machine's id: made once, kept in the state folder.

use leanspec_shared::id::MachineId;
use serde::{Deserialize, Serialize};

use crate::random;
use crate::state::atomic::{self, Durability};
use crate::state::{StateError, StateFolder};

const FILE: &str = "machine.json";

#[derive(Debug, Serialize, Deserialize)]
struct Machine {
    id: MachineId,
}

/// The id; `None` before the first run.
///
/// # Errors
/// When the file cannot be read.
pub fn known(state: &StateFolder) -> Result<Option<MachineId>, StateError> {
    let machine: Option<Machine> = atomic::read_json(&state.file(FILE))?;
    Ok(machine.map(|machine| machine.id))
}

/// The id, made when there is none. `renew` makes another one: the computer becomes a machine of
/// its own.
///
/// # Errors
/// When the file cannot be read or written. A damaged one is an error and not replaced: with a new
/// id the relay would show this computer twice.
pub fn load_or_create(state: &StateFolder, renew: bool) -> Result<MachineId, StateError> {
    if !renew && let Some(id) = known(state)? {
        return Ok(id);
    }
    let id: MachineId = random::id();
    atomic::write_json(&state.file(FILE), &Machine { id: id.clone() }, Durability::Flushed)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_stays_until_it_is_renewed() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().to_owned()).expect("made");
        assert_eq!(known(&state).expect("readable"), None);
        let first = load_or_create(&state, false).expect("made");
        assert_eq!(load_or_create(&state, false).expect("kept"), first);
        assert_ne!(load_or_create(&state, true).expect("made"), first);
    }

    #[test]
    fn a_damaged_id_is_not_replaced_in_silence() {
        let temp = tempfile::tempdir().expect("a folder");
        let state = StateFolder::create(temp.path().to_owned()).expect("made");
        std::fs::write(state.file(FILE), "{").expect("written");
        let refused = load_or_create(&state, false).expect_err("damaged");
        assert!(matches!(refused, StateError::Damaged { .. }));
    }
}
