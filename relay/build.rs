//! Puts the built UI where it is embedded from: `ui-static/dist` when it is there, else one page that
//! says how to build it, so that the relay builds without node.

use std::path::Path;
use std::{env, fs, io};

const INSTEAD: &str = "<!doctype html>
<html lang=\"en\"><meta charset=\"utf-8\"><title>LeanSpec Relay</title>
<body><h1>LeanSpec Relay</h1>
<p>This relay was built without its UI. Run <code>cargo xtask ui</code> and build it again, or start
it with <code>--ui-dir DIR</code>.</p></body></html>
";

fn main() -> io::Result<()> {
    let built = Path::new("../ui-static/dist");
    let embedded = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("ui");
    if embedded.exists() {
        fs::remove_dir_all(&embedded)?;
    }
    if built.join("index.html").exists() {
        println!("cargo::rerun-if-changed=../ui-static/dist");
        copy(built, &embedded)
    } else {
        // The folder around it: cargo would run this every time for one that does not exist.
        println!("cargo::rerun-if-changed=../ui-static");
        fs::create_dir_all(&embedded)?;
        fs::write(embedded.join("index.html"), INSTEAD)
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
