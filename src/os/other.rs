//! Systems that are not Unix: what has no meaning there does nothing.

use std::fs::{Metadata, OpenOptions};
use std::process::{Child, Command, ExitStatus};

use super::Distrust;

pub(super) fn protect_memory() {}

// Windows keeps the profile folder of a user from others by its access lists; there are no mode bits to read.
pub(super) fn distrust(_: &Metadata) -> Option<Distrust> {
    None
}

pub(super) fn private(_: &mut OpenOptions) {}

pub(super) fn private_folder(_: &mut tempfile::Builder) {}

pub(super) fn own_group(_: &mut Command) {}

pub(super) struct Terminal;

impl Terminal {
    pub(super) fn lend(_: &Child) -> Self {
        Terminal
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {}
}

pub(super) fn kill_group(_: &mut Child) {}

pub(super) fn report_size_limit() {}

pub(super) fn run_in_foreground(command: &mut Command) -> std::io::Result<ExitStatus> {
    command.status()
}

pub(super) fn signal(_: ExitStatus) -> Option<i32> {
    None
}

pub(super) fn is_executable(_: &Metadata) -> bool {
    true
}
