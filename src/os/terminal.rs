//! The controlling terminal, lent to a program that asks its user something.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;

use nix::fcntl::OFlag;
use nix::sys::signal::{SigSet, Signal, killpg};
use nix::sys::termios::{FlushArg, SetArg, Termios, tcflush, tcgetattr, tcsetattr};
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};

/// The terminal in the hands of another process group, until this is dropped.
pub struct Terminal {
    device: File,
    modes: Option<Termios>,
    keep_input: bool,
}

impl Terminal {
    /// Lends the terminal to a process group, if it is ours to lend. Opened by its name, since stdin may be a pipe while
    /// the program asks on the terminal all the same.
    pub(super) fn lend(group: Pid) -> Option<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits());
        let device = options.open("/dev/tty").ok().filter(|device| tcgetpgrp(device) == Ok(getpgrp()))?;
        let modes = tcgetattr(&device).ok();
        tcsetpgrp(&device, group).ok()?;
        // It may have asked, and been stopped for it, before the terminal was its own.
        let _ = killpg(group, Signal::SIGCONT);
        Some(Terminal { device, modes, keep_input: false })
    }

    /// Takes the terminal back from a program that has ended well: what else has been typed is for whoever reads next.
    pub fn take_back_with_input(mut self) {
        self.keep_input = true;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Taking the terminal back from the background would stop us unless this signal is held off.
        let mut held = SigSet::empty();
        held.add(Signal::SIGTTOU);
        let _ = held.thread_block();
        let _ = tcsetpgrp(&self.device, getpgrp());
        if !self.keep_input {
            // A program that was ended may have switched the echo off, and the shell would run a PIN typed for it.
            if let Some(modes) = &self.modes {
                let _ = tcsetattr(&self.device, SetArg::TCSANOW, modes);
            }
            let _ = tcflush(&self.device, FlushArg::TCIFLUSH);
        }
        let _ = held.thread_unblock();
    }
}
