//! The echo of the terminal, switched off for as long as a secret is typed.

use std::io::{self, Write as _};

use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};

use super::signals;
use super::stream::Stderr;

/// Calls a function while the terminal that is standard input shows nothing of what is typed but the end of the line.
///
/// # Errors
/// Whatever the system says; the function was then not called.
pub fn without_echo<T>(read: impl FnOnce() -> T) -> io::Result<T> {
    let modes = tcgetattr(io::stdin())?;
    let before = modes.clone();
    // Watched before the echo is off: a signal in between would leave the user's shell without one.
    let watch = signals::watch(move |signal| {
        restore(&before);
        let _ = Stderr.write_all(b"\n");
        signals::end_by(signal)
    })?;
    let mut hidden = modes.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    hidden.local_flags.insert(LocalFlags::ECHONL);
    // Stopped by Ctrl-Z the terminal would stay without its echo, and with it after `fg`.
    hidden.control_chars[SpecialCharacterIndices::VSUSP as usize] = nix::libc::_POSIX_VDISABLE;
    tcsetattr(io::stdin(), SetArg::TCSANOW, &hidden)?;
    let result = read();
    restore(&modes);
    drop(watch);
    Ok(result)
}

fn restore(modes: &Termios) {
    let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, modes);
}
