//! Programs that are started from here: in a process group that ends with us, or in our place.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::{OnceLock, mpsc};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::Change;
use super::signals;
use super::terminal::Terminal;

/// The size limit of core dumps as it was when the program started.
static CORE_LIMIT: OnceLock<u64> = OnceLock::new();

/// Keeps the secrets of this process out of core dumps and away from debuggers of the same user, where the system can.
pub fn protect_memory() {
    // Best effort: a process that may not lower its own limit is no worse off than before.
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_CORE) {
        let _ = CORE_LIMIT.set(soft);
        let _ = setrlimit(Resource::RLIMIT_CORE, 0, hard);
    }
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_dumpable(false);
}

/// Starts a command with the core limit that we were started with: it may want to leave a core dump.
fn spawn_with_core_limit(command: &mut Command) -> io::Result<Child> {
    let hard = getrlimit(Resource::RLIMIT_CORE).map_or(0, |(_, hard)| hard);
    let _ = setrlimit(Resource::RLIMIT_CORE, CORE_LIMIT.get().copied().unwrap_or(0), hard);
    let child = command.spawn();
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, hard);
    child
}

/// A command that runs in our place. Ctrl-C already reaches it from the terminal; signals sent only to us are passed on.
pub struct Foreground {
    child: Child,
    _watch: signals::Watch,
}

impl Foreground {
    /// Starts a command.
    ///
    /// # Errors
    /// Whatever the system says when the command cannot be started. Everything that is needed to look after it is there
    /// before it starts, so a command that runs is never abandoned.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        signals::keep_child_status();
        let (started, start) = mpsc::channel::<Pid>();
        let mut receiver = None;
        let watch = signals::watch(move |signal| {
            if receiver.is_none() {
                receiver = start.recv().ok();
            }
            let passed =
                Signal::try_from(signal).ok().filter(|signal| !matches!(signal, Signal::SIGINT | Signal::SIGQUIT));
            if let (Some(pid), Some(signal)) = (receiver, passed) {
                let _ = kill(pid, signal);
            }
        })?;
        let child = spawn_with_core_limit(command);
        if let Ok(child) = &child {
            let _ = started.send(pid_of(child));
        }
        // A signal may be waiting for the command; without one it waits no longer.
        drop(started);
        Ok(Foreground { child: child?, _watch: watch })
    }

    /// Tells a function, on a thread, when the command has ended. Its status stays there to be taken.
    ///
    /// # Errors
    /// Whatever the system says where it gives no thread.
    pub fn on_end(&self, tell: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        std::thread::Builder::new().name("command".to_owned()).spawn(move || {
            let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), ended) {}
            tell();
        })?;
        Ok(())
    }

    /// Asks the command to end, as `kill` does.
    pub fn terminate(&mut self) {
        let _ = kill(pid_of(&self.child), Signal::SIGTERM);
    }

    /// Waits for the end of the command and gives its status.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}

/// A program in a process group of its own.
pub struct Group {
    child: Child,
    reaped: bool,
}

impl Group {
    /// Starts a command in a process group of its own.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        signals::keep_child_status();
        Ok(Group { child: command.process_group(0).spawn()?, reaped: false })
    }

    /// The pipe that its output goes to.
    pub fn take_output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Lends it the terminal.
    pub fn lend_terminal(&self) -> Option<Terminal> {
        Terminal::lend(pid_of(&self.child))
    }

    /// Lets it go on after it was stopped.
    pub fn resume(&self) {
        let _ = killpg(pid_of(&self.child), Signal::SIGCONT);
    }

    /// Tells each change of the program to a function, on a thread, until it has ended.
    ///
    /// # Errors
    /// Whatever the system says where it gives no thread.
    pub fn watch(&self, mut tell: impl FnMut(Change) + Send + 'static) -> io::Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        std::thread::Builder::new().name("helper".to_owned()).spawn(move || {
            loop {
                // Looked at first with its status left in place: as long as that is there, nothing else has its number.
                let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
                match waitid(WaitId::Pid(pid), ended | WaitIdOptions::STOPPED) {
                    Ok(Some(status)) if status.stopped() => {
                        let signal = status.stopping_signal();
                        let for_terminal = [Signal::SIGTTIN, Signal::SIGTTOU].map(|stop| Some(stop as i32));
                        tell(if for_terminal.contains(&signal) { Change::WantsTerminal } else { Change::Stopped });
                        let _ = waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG);
                    }
                    Err(rustix::io::Errno::INTR) => {}
                    _ => break tell(Change::Ended),
                }
            }
        })?;
        Ok(())
    }

    /// Waits for the end of the program and gives its status.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn status(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait();
        self.reaped = true;
        status
    }
}

impl Drop for Group {
    /// Ends the program and all of its group, unless its status has been taken.
    fn drop(&mut self) {
        if !self.reaped {
            let _ = killpg(pid_of(&self.child), Signal::SIGKILL);
            // The group may not be there yet; the child itself is waited for in any case, so that no zombie stays.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}
