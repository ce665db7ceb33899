//! The few things that differ between operating systems: file owners and modes, process groups, core dumps, exit
//! statuses. Everything else is written against the standard library alone.

#[cfg(not(unix))]
#[path = "other.rs"]
mod imp;
#[cfg(unix)]
#[path = "unix.rs"]
mod imp;
pub mod replace;
pub mod stream;

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::process::{Child, Command, ExitStatus};

/// Why a configuration file is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Neither the user nor root owns it.
    Owner,
    /// Anybody can write it, and what it says may start programs.
    Writable,
    /// Group or others can read or change it.
    Readable,
}

/// Keeps the secrets of this process out of core dumps and away from debuggers of the same user, where the system can.
pub fn protect_memory() {
    imp::protect_memory();
}

/// Whether somebody else could have written, or could read, a file that is to hold a secret.
pub fn distrust(metadata: &Metadata) -> Option<Distrust> {
    imp::distrust(metadata)
}

/// Creates a file that must not exist yet, readable by its owner alone from the first moment.
///
/// # Errors
/// Whatever the system says, `AlreadyExists` included.
pub fn create_private(path: &std::path::Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    imp::private(&mut options);
    options.open(path)
}

/// Makes a fresh folder that only its owner can enter, gone when it is dropped.
///
/// # Errors
/// Whatever the system says.
pub fn private_folder(prefix: &str) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    imp::private_folder(&mut builder);
    builder.tempdir()
}

/// Puts a command, once started, into a process group of its own.
pub fn own_group(command: &mut Command) {
    imp::own_group(command);
}

/// Lends the terminal to a child's process group until dropped, so that the child may ask there.
pub fn lend_terminal(child: &Child) -> impl Drop + use<> {
    imp::Terminal::lend(child)
}

/// Ends a child and everything in its process group.
pub fn kill_group(child: &mut Child) {
    imp::kill_group(child);
    // The group may already be gone; the child itself is waited for in any case, so that no zombie stays.
    let _ = child.kill();
    let _ = child.wait();
}

/// Turns the signal that ends a program at its file size limit into an error of the write that met it, which can be
/// reported, and after which no half-written file is left. A program started from here has the signal as it was.
pub fn report_size_limit() {
    imp::report_size_limit();
}

/// Runs a command to its end. Signals from the terminal are the command's to answer; one sent to us alone is passed on.
///
/// # Errors
/// Whatever the system says when the command cannot be started.
pub fn run_in_foreground(command: &mut Command) -> io::Result<ExitStatus> {
    imp::run_in_foreground(command)
}

/// The exit status as a shell would give it: the code, or 128 and the signal.
pub fn shell_status(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| imp::signal(status).map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// Whether a file may be run as a program.
pub fn is_executable(metadata: &Metadata) -> bool {
    metadata.is_file() && imp::is_executable(metadata)
}
