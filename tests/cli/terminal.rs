//! A run on a terminal: what it says is read as it comes, and answered once the question is there.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::pty::Winsize;
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

use crate::harness::{Run, holds_secret};

/// Nothing here takes longer, not even on a busy machine.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// A program with a terminal for its standard streams.
pub struct Terminal {
    run: Run,
    child: Child,
    keyboard: File,
    /// The other end, which keeps the terminal's modes when the program has ended.
    modes: File,
    screen: Arc<(Mutex<String>, Condvar)>,
    reader: Option<JoinHandle<()>>,
    /// How far the screen has been read.
    read: usize,
}

impl Terminal {
    /// Starts a run on a terminal of its own.
    pub fn start(run: Run) -> Self {
        Self::on(run, None)
    }

    /// Starts a run on a terminal with this many columns.
    #[cfg(feature = "emulator")]
    pub fn with_columns(run: Run, columns: u16) -> Self {
        Self::on(run, Some(Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }))
    }

    fn on(mut run: Run, size: Option<Winsize>) -> Self {
        let pty = nix::pty::openpty(&size, None).expect("a terminal");
        let end = || File::from(pty.slave.try_clone().expect("one more handle"));
        let mut command = run.command();
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().expect("the program starts");
        drop(command);
        let screen = Arc::<(Mutex<String>, Condvar)>::default();
        let (shown, mut output) = (Arc::clone(&screen), File::from(pty.master.try_clone().expect("a handle")));
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length) = output.read(&mut buffer) {
                if length == 0 {
                    break;
                }
                shown.0.lock().expect("the screen").push_str(&String::from_utf8_lossy(&buffer[..length]));
                shown.1.notify_all();
            }
        });
        let (keyboard, modes) = (File::from(pty.master), File::from(pty.slave));
        Terminal { run, child, keyboard, modes, screen, reader: Some(reader), read: 0 }
    }

    /// Waits until this is on the screen, after what was waited for before.
    #[track_caller]
    pub fn shows(&mut self, text: &str) -> &mut Self {
        let screen = self.screen.0.lock().expect("the screen");
        let (screen, timeout) = self
            .screen
            .1
            .wait_timeout_while(screen, TIME_LIMIT, |screen| !screen[self.read..].contains(text))
            .expect("the screen");
        assert!(!timeout.timed_out(), "{text:?} on the screen, got {screen:?}");
        self.read += screen[self.read..].find(text).expect("it is there") + text.len();
        drop(screen);
        self
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) -> &mut Self {
        self.keyboard.write_all(format!("{line}\n").as_bytes()).expect("a line typed");
        self
    }

    /// Types what ends the input.
    pub fn ends_input(&mut self) -> &mut Self {
        self.keyboard.write_all(&[4]).expect("a key pressed");
        self
    }

    /// Whether the terminal shows what is typed.
    pub fn echoes(&self) -> bool {
        tcgetattr(self.modes.as_fd()).expect("modes").local_flags.contains(LocalFlags::ECHO)
    }

    /// Sends the program a signal.
    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("a signal");
        self
    }

    /// Waits for its end: its status, and all that was on the screen. The API token must not have been.
    pub fn end(mut self) -> (ExitStatus, String, Run) {
        let status = self.child.wait().expect("an end");
        assert!(self.echoes(), "the terminal shows again what is typed");
        // The reader ends with the last handle of the other side.
        drop(self.modes);
        self.reader.take().expect("a reader").join().expect("the reader");
        let screen = self.screen.0.lock().expect("the screen").replace("\r\n", "\n");
        assert!(!holds_secret(&screen), "no secret on the screen: {screen:?}");
        (status, screen, self.run)
    }
}
