//! `logout`: forgets the stored key. The key itself stays good until it is revoked at the relay.

use crate::commands::say;
use crate::config::Settings;
use crate::exit::Failure;
use crate::state::StateFolder;
use crate::uplink::auth::Login;

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    if Login::remove(&StateFolder::at(settings.state.clone()))? {
        say(
            "Forgot the key. To make it worthless, revoke it at the relay: leanspec-relay key revoke",
        );
    } else {
        say("No key is stored.");
    }
    Ok(())
}
