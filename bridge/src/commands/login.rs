//! `login`: takes a key, asks the relay whether it is good, and stores it for its owner only.
//!
//! The key comes from LEANSPEC_BRIDGE_KEY, `--key-file`, a prompt or standard input; never from the
//! command line, where every user of the machine could read it.

use std::io::{IsTerminal, Read};

use leanspec_shared::view::{Me, Scope};

use crate::cli::LoginFlags;
use crate::commands::{say, state};
use crate::config::Settings;
use crate::config::relay_url::RelayUrl;
use crate::daemon::runtime;
use crate::exit::{Exit, Failure};
use crate::random;
use crate::uplink::auth::{Key, Login};
use crate::uplink::calls;
use crate::uplink::http::{CallError, Relay};

/// The longest text that is read as a key, in bytes: a wrong file is noticed and not swallowed.
const INPUT_MAX_BYTES: u64 = 4096;

pub(super) fn run(settings: &Settings, flags: &LoginFlags) -> Result<(), Failure> {
    let state = state(settings)?;
    let remembered = Login::read(&state)?;
    let relay = super::relay(settings, remembered.as_ref())?;
    let key = Key::parse(&input(settings, flags, &relay)?)
        .map_err(|invalid| Failure::new(Exit::Usage, invalid.to_string()))?;
    let me = check(settings, &relay, &key)?;
    Login { relay: relay.clone(), key }.write(&state)?;
    let called = if me.name.is_empty() { me.key.as_str() } else { &me.name };
    say(format_args!(
        "Logged in to {} (relay {}, key {called}). Next: leanspec-bridge run",
        relay.label(),
        me.relay_version
    ));
    Ok(())
}

fn input(settings: &Settings, flags: &LoginFlags, relay: &RelayUrl) -> Result<String, Failure> {
    if let Some(path) = &flags.key_file {
        let file = std::fs::File::open(path);
        let text = file.and_then(read_bounded).map_err(|error| {
            Failure::new(Exit::Usage, format!("cannot read {}: {error}", path.display()))
        })?;
        return Ok(text);
    }
    if let Some(key) = &settings.key {
        return Ok(key.clone());
    }
    if std::io::stdin().is_terminal() {
        let asked = rpassword::prompt_password(format!("Key for {}: ", relay.label()));
        return asked.map_err(|error| Failure::other(format!("no key was read: {error}")));
    }
    read_bounded(std::io::stdin())
        .map_err(|error| Failure::other(format!("no key was read: {error}")))
}

fn read_bounded(from: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    from.take(INPUT_MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Asks the relay who this key is. A key that cannot do a bridge's work is refused here, where the
/// person with the right one still sits at the keyboard.
fn check(settings: &Settings, relay: &RelayUrl, key: &Key) -> Result<Me, Failure> {
    let network = settings.network(relay)?;
    let client = Relay::new(relay.clone(), network, Some(key.clone()), random::id(), None);
    let client = client.map_err(Failure::other)?;
    let me = runtime()?.block_on(calls::me(&client)).map_err(|error| {
        let exit = match &error {
            CallError::Refused { .. } if error.is_about_the_key() => Exit::KeyRefused,
            error if error.is_about_the_way() => Exit::Unreachable,
            _ => Exit::Failed,
        };
        let next = match exit {
            Exit::KeyRefused => {
                "make a new one on the relay with `leanspec-relay key create --scope bridge`"
            }
            _ => "check --relay and try again",
        };
        Failure::new(exit, format!("{}: {}; {next}", relay.label(), error.reason()))
    })?;
    if me.scope != Scope::Bridge {
        return Err(Failure::new(
            Exit::KeyRefused,
            format!(
                "this key has scope {}, a bridge needs one of scope bridge: \
                 `leanspec-relay key create --scope bridge`",
                me.scope
            ),
        ));
    }
    Ok(me)
}
