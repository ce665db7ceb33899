//! How a program ended, and why a call failed, in the terms of a shell and of people.

use std::process::ExitStatus;

use super::imp;

/// The exit status as a shell would give it: the code, or 128 and the signal.
pub fn shell_status(status: ExitStatus) -> u8 {
    let code = imp::signal(status).map(|signal| 128 + signal).or_else(|| status.code());
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// Ends this process at once, whatever its other threads do.
#[allow(clippy::exit, reason = "the end of the process is what is asked for")]
pub fn end(status: u8) -> ! {
    std::process::exit(status.into())
}

/// What the system says of an error, without the number that means nothing to the user.
pub fn reason(error: &std::io::Error) -> String {
    let text = match error.kind() {
        std::io::ErrorKind::WouldBlock => "the process or thread limit is reached".to_owned(),
        _ => error.to_string(),
    };
    let text = text.split(" (os error").next().unwrap_or_default();
    let first = text.chars().next().map_or_else(String::new, |first| first.to_lowercase().to_string());
    first + &text.chars().skip(1).collect::<String>()
}
