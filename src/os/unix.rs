//! Unix: file owners and modes.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use nix::fcntl::OFlag;

use super::UnsafePermissions;

/// Whether another user could have written, or could read, a file that is to hold a secret.
pub fn distrust(metadata: &Metadata) -> Option<UnsafePermissions> {
    let me = nix::unistd::geteuid().as_raw();
    if metadata.uid() != me && metadata.uid() != 0 {
        return Some(UnsafePermissions::Owner);
    }
    match metadata.permissions().mode() {
        mode if mode & 0o002 != 0 => Some(UnsafePermissions::Writable),
        mode if mode & 0o066 != 0 => Some(UnsafePermissions::Readable),
        _ => None,
    }
}

pub(super) fn without_waiting(options: &mut OpenOptions) {
    // Without the first, opening a pipe waits for a writer; without the second, a terminal could become ours.
    options.custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
}

pub(super) fn without_following(options: &mut OpenOptions) {
    options.custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_NOFOLLOW).bits());
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

/// Writes the names of a folder to the disk, where its file system can be asked for that.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Locks a folder until the file is dropped; `WouldBlock` while another program has it.
pub(super) fn try_lock_folder(folder: &Path) -> io::Result<File> {
    let folder = File::open(folder)?;
    folder.try_lock()?;
    Ok(folder)
}

/// A file stays locked while another takes its name.
pub(super) const LOCK_LASTS: bool = true;

/// A file that is open can be replaced.
pub(super) fn is_in_use(_: &io::Error) -> bool {
    false
}

/// Any name that the file system takes will do; what it does not, it says when the name is looked up.
pub(super) fn bad_name(_: &OsStr) -> Option<&'static str> {
    None
}

/// Whether a file is a device such as /dev/null or a terminal.
pub fn is_character_device(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device()
}

/// A command line of the user, of `VISUAL` or `EDITOR`, with a file behind it.
pub fn editor_command(line: &str, file: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{line} \"$@\""), "editor"]).arg(file);
    command
}

/// The files that the path of a program may mean: the one that it names.
pub fn program_files(path: PathBuf, _: Option<&OsStr>) -> Vec<PathBuf> {
    vec![path]
}

/// Whether a file may be run as a program.
pub fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// The name under which a variable of the environment is kept.
pub fn variable_key(name: &OsStr) -> Cow<'_, OsStr> {
    Cow::Borrowed(name)
}

pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

pub fn report_size_limit() {
    // Nobody reads the flag: it is enough that the signal has somewhere to go.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}
