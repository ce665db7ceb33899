//! The few things that differ between operating systems: file owners and modes, process groups, signals, the terminal,
//! core dumps, exit statuses. Everything else is written against the standard library alone.

mod files;
pub mod identity;
#[cfg(not(unix))]
#[path = "other.rs"]
mod imp;
#[cfg(unix)]
#[path = "unix.rs"]
mod imp;
#[cfg(unix)]
mod process;
pub mod replace;
#[cfg(unix)]
pub mod signals;
pub mod stream;
#[cfg(unix)]
mod terminal;

use std::process::ExitStatus;

#[cfg(test)]
pub use files::temporary_folder;
pub use files::{Distrust, create_private, create_private_folders, open_regular, private_folder, read_limited};
#[cfg(not(unix))]
pub use imp::{Change, Group, protect_memory, run_in_foreground, signals};
pub use imp::{distrust, is_executable};
#[cfg(unix)]
pub use process::{Change, Group, protect_memory, run_in_foreground};

/// Turns the signal that ends a program at its file size limit into an error of the write that met it, which can be
/// reported, and after which no half-written file is left. A program started from here has the signal as it was.
pub fn report_size_limit() {
    imp::report_size_limit();
}

/// The exit status as a shell would give it: the code, or 128 and the signal.
pub fn shell_status(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| imp::signal(status).map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// What the system says of an error, without the number that means nothing to the user.
pub fn reason(error: &std::io::Error) -> String {
    let text = match error.kind() {
        std::io::ErrorKind::WouldBlock => "the limit of processes or threads is reached".to_owned(),
        _ => error.to_string(),
    };
    let text = text.split(" (os error").next().unwrap_or_default();
    let first = text.chars().next().map_or_else(String::new, |first| first.to_lowercase().to_string());
    first + &text.chars().skip(1).collect::<String>()
}
