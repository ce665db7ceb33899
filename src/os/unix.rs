//! Unix: file owners and modes, process groups, signals, the terminal.

use std::fs::{Metadata, OpenOptions};
use std::io::{self, IsTerminal};
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
