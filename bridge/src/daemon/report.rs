//! Shows the board to people: the status file, and the line `ready:` when all is equal for the
//! first time.

use std::io::Write;
use std::time::Duration;

use crate::daemon::board::{Board, StatusHead};
use crate::daemon::end::End;
use crate::state::StateFolder;
use crate::state::status::count;

/// Changes in quick succession are written together.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// Runs until the program ends. With `once`, ends it when relay and disk are equal.
pub async fn run(board: Board, head: StatusHead, state: StateFolder, once: bool, end: End) {
    let mut ready = false;
    loop {
        if !ready && board.is_in_sync() {
            ready = true;
            let (projects, specs) = board.counts();
            let counts = format!("{}, {}", count(projects, "project"), count(specs, "spec"));
            let _ = writeln!(std::io::stderr(), "ready: {counts}, {}", head.relay);
            if once {
                end.because(Ok(()));
            }
        }
        write(&board, &head, &state);
        tokio::select! {
            () = end.come() => break,
            () = board.changed() => {}
        }
        if !ready && board.is_in_sync() {
            // Whoever waits for the line has waited long enough.
            continue;
        }
        tokio::select! {
            () = end.come() => break,
            () = tokio::time::sleep(DEBOUNCE) => {}
        }
    }
    board.link(|link| link.connected = false);
    write(&board, &head, &state);
}

fn write(board: &Board, head: &StatusHead, state: &StateFolder) {
    if let Err(error) = board.status(head).write(state) {
        log::debug!("{error}");
    }
}
