//! `sync --once`: makes the relay equal to the disk, then ends.

use std::time::Duration;

use crate::cli::SyncFlags;

use crate::config::Settings;
use crate::exit::Failure;

pub(super) fn run(settings: &Settings, flags: SyncFlags) -> Result<(), Failure> {
    super::run::start(settings, flags.identity, Some(Duration::from_secs(flags.give_up_after)))
}
