//! How many folders this system lets one user watch.

/// The limit; `None` where there is none to read.
#[must_use]
pub fn folders() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let text = std::fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok()?;
        text.trim().parse().ok()
    }
    #[cfg(not(target_os = "linux"))]
    None
}
