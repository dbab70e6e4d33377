//! The program `leanspec-relay`.

use std::process::ExitCode;

fn main() -> ExitCode {
    leanspec_relay::cli::run()
}
