//! The program `leanspec-bridge`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    leanspec_bridge::cli::main().into()
}
