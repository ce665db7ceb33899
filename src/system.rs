//! The few things that differ between operating systems: file owners and modes, process groups, core dumps, exit
//! statuses. Everything else is written against the standard library alone.

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

/// What stdout held before something was written to it, where it is a file.
pub struct Mark(imp::Mark);

impl Mark {
    /// Looks at stdout as it is now.
    pub fn of_stdout() -> Self {
        Mark(imp::Mark::of_stdout())
    }

    /// Takes back what has been written since: half a token at the end of a file looks like a whole one.
    pub fn take_back(&self) {
        self.0.take_back();
    }
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

#[cfg(unix)]
mod imp {
    use std::fs::{File, Metadata, OpenOptions};
    use std::io::{self, IsTerminal};
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::{Child, Command, ExitStatus};
    use std::sync::Arc;

    use nix::sys::signal::{SigSet, Signal, killpg};
    use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::Distrust;

    pub(super) fn protect_memory() {
        // Best effort: a process that may not lower its own limit is no worse off than before.
        let core = nix::sys::resource::Resource::RLIMIT_CORE;
        let hard = nix::sys::resource::getrlimit(core).map_or(0, |(_, hard)| hard);
        let _ = nix::sys::resource::setrlimit(core, 0, hard);
        #[cfg(target_os = "linux")]
        let _ = nix::sys::prctl::set_dumpable(false);
    }

    pub(super) fn distrust(metadata: &Metadata) -> Option<Distrust> {
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

    pub(super) fn private(options: &mut OpenOptions) {
        options.mode(0o600);
    }

    pub(super) fn private_folder(builder: &mut tempfile::Builder) {
        builder.permissions(PermissionsExt::from_mode(0o700));
    }

    pub(super) fn own_group(command: &mut Command) {
        command.process_group(0);
    }

    pub(super) struct Terminal {
        lent: bool,
    }

    impl Terminal {
        pub(super) fn lend(child: &Child) -> Self {
            let input = io::stdin();
            let ours = input.is_terminal() && tcgetpgrp(&input) == Ok(getpgrp());
            let group = group_of(child);
            let lent = ours && group.is_some_and(|group| tcsetpgrp(&input, group).is_ok());
            if let Some(group) = group.filter(|_| lent) {
                // It may have asked, and been stopped for it, before the terminal was its own.
                let _ = killpg(group, Signal::SIGCONT);
            }
            Terminal { lent }
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            if self.lent {
                // Taking the terminal back from the background would stop us unless this signal is held off.
                let mut held = SigSet::empty();
                held.add(Signal::SIGTTOU);
                let _ = held.thread_block();
                let _ = tcsetpgrp(io::stdin(), getpgrp());
                let _ = held.thread_unblock();
            }
        }
    }

    pub(super) fn kill_group(child: &mut Child) {
        if let Some(group) = group_of(child) {
            let _ = killpg(group, Signal::SIGKILL);
        }
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

    pub(super) fn run_in_foreground(command: &mut Command) -> io::Result<ExitStatus> {
        let mut signals = Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP])?;
        let mut child = command.spawn()?;
        let pid = group_of(&child);
        std::thread::spawn(move || {
            for signal in signals.forever() {
                // The terminal sends the first two to the child as well; the others reached us alone.
                let passed =
                    Signal::try_from(signal).ok().filter(|signal| !matches!(signal, Signal::SIGINT | Signal::SIGQUIT));
                if let (Some(pid), Some(signal)) = (pid, passed) {
                    let _ = nix::sys::signal::kill(pid, signal);
                }
            }
        });
        child.wait()
    }

    pub(super) fn signal(status: ExitStatus) -> Option<i32> {
        status.signal()
    }

    pub(super) fn is_executable(metadata: &Metadata) -> bool {
        metadata.permissions().mode() & 0o111 != 0
    }

    fn group_of(child: &Child) -> Option<Pid> {
        i32::try_from(child.id()).ok().map(Pid::from_raw)
    }
}

#[cfg(not(unix))]
mod imp {
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

    pub(super) struct Mark;

    impl Mark {
        pub(super) fn of_stdout() -> Self {
            Mark
        }

        #[allow(clippy::unused_self, reason = "elsewhere it has what stdout held")]
        pub(super) fn take_back(&self) {}
    }

    pub(super) fn run_in_foreground(command: &mut Command) -> std::io::Result<ExitStatus> {
        command.status()
    }

    pub(super) fn signal(_: ExitStatus) -> Option<i32> {
        None
    }

    pub(super) fn is_executable(_: &Metadata) -> bool {
        true
    }
}
