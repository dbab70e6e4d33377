//! Telling the system that a file will be read soon, so that the disk fetches many at once.
//!
//! A hint: where there is no such call, each read waits for the disk by itself, as it always did.

use std::fs::File;

/// The whole of this file will be read soon. Does not wait for it.
pub fn soon(file: &File) {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Advice, fadvise};
        // What cannot be fetched ahead is read in its turn.
        let _ = fadvise(file, 0, None, Advice::WillNeed);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}
