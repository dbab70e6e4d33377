//! Leaves the tables for unwinding out of the shipped binary: it aborts on a panic, so that nothing
//! ever reads them. The standard library and the C libraries bring theirs ready-made, which is why
//! no compiler flag can do it.

use std::env;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=no-unwind-tables.ld");
    // Of all profiles only `dist-bridge` optimises for size, and it alone aborts on a panic.
    let aborts = env::var("OPT_LEVEL").as_deref() == Ok("z");
    let gnu_ld = env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux");
    if aborts && gnu_ld {
        let folder = env::var("CARGO_MANIFEST_DIR").expect("Cargo says where the package is");
        let script = Path::new(&folder).join("no-unwind-tables.ld");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
}
