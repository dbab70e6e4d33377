//! Starting other programs without a trace on the screen.

use std::process::{Command, Stdio};

/// A command without input, whose complaints are not shown. On Windows it opens no console window.
#[must_use]
pub fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(CREATE_NO_WINDOW);
    }
    command
}
