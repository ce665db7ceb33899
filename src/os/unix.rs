//! Unix: file owners and modes, and what stdout held.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::process::ExitStatus;
use std::sync::Arc;

use nix::fcntl::OFlag;

use super::Distrust;

/// Whether another user could have written, or could read, a file that is to hold a secret.
pub fn distrust(metadata: &Metadata) -> Option<Distrust> {
    let me = nix::unistd::geteuid().as_raw();
    if metadata.uid() != me && metadata.uid() != 0 {
        return Some(Distrust::Owner);
    }
    match metadata.permissions().mode() {
        mode if mode & 0o002 != 0 => Some(Distrust::Writable),
        mode if mode & 0o066 != 0 => Some(Distrust::Readable),
        _ => None,
    }
}

pub(super) fn without_waiting(options: &mut OpenOptions) {
    // Without the first, opening a pipe waits for a writer; without the second, a terminal could become ours.
    options.custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
}

pub(super) fn private(options: &mut OpenOptions) {
    options.mode(0o600);
}

pub(super) fn private_folders(builder: &mut DirBuilder) {
    builder.mode(0o700);
}

pub(super) fn private_folder(builder: &mut tempfile::Builder) {
    builder.permissions(PermissionsExt::from_mode(0o700));
}

/// Whether a file may be run as a program.
pub fn is_executable(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
}

pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

pub(super) fn report_size_limit() {
    // Nobody reads the flag: it is enough that the signal has somewhere to go.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

pub(super) struct Mark(Option<(File, u64)>);

impl Mark {
    pub(super) fn of_stdout() -> Self {
        let file = io::stdout().as_fd().try_clone_to_owned().map(File::from).ok();
        let length = |file: &File| file.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len());
        Mark(file.and_then(|file| length(&file).map(|length| (file, length))))
    }

    pub(super) fn take_back(&self) {
        if let Some((file, length)) = &self.0 {
            let _ = file.set_len(*length);
        }
    }
}
