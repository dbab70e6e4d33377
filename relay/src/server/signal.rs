//! How the system asks a process to stop.

/// Returns when it does: Ctrl-C everywhere, and SIGTERM where there is one.
///
/// # Errors
/// When the system does not let itself be listened to.
#[cfg(unix)]
pub async fn stop_requested() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

/// Returns when it does: Ctrl-C, the closing of the console, or the end of the session.
///
/// # Errors
/// When the system does not let itself be listened to.
#[cfg(windows)]
pub async fn stop_requested() -> std::io::Result<()> {
    use tokio::signal::windows::{ctrl_close, ctrl_shutdown};
    let (mut close, mut shutdown) = (ctrl_close()?, ctrl_shutdown()?);
    tokio::select! {
        _ = close.recv() => Ok(()),
        _ = shutdown.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}
