//! Windows: what has no meaning there does nothing.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Change;
use super::UnsafePermissions;

// Values of the Windows headers.
const GENERIC_WRITE: u32 = 0x4000_0000;
const DELETE: u32 = 0x0001_0000;
const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_SHARING_VIOLATION: i32 = 32;

/// How often a program is asked whether it has ended: the standard library cannot wait for and end one at a time.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Nothing to do here.
pub fn protect_memory() {}

/// Nothing to find here: Windows keeps the profile folder of a user from others by its access lists.
pub fn distrust(_: &Metadata) -> Option<UnsafePermissions> {
    None
}

pub(super) fn without_waiting(_: &mut OpenOptions) {}

pub(super) fn without_following(_: &mut OpenOptions) {}

pub(super) fn private(_: &mut OpenOptions) {}

pub(super) fn private_folders(_: &mut DirBuilder) {}

pub(super) fn private_folder(_: &mut tempfile::Builder) {}

pub fn report_size_limit() {}

/// Refused: the standard library cannot switch off the echo of a console.
pub fn without_echo<T>(_: impl FnOnce() -> T) -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Nothing to do here: a folder is not flushed.
pub(super) fn sync_folder(_: &Path) {}

/// Locks a folder until the file is dropped; `WouldBlock` while another program has it. A folder has no lock here; a file
/// in it that cannot be opened twice and is gone when it is closed does the same.
pub(super) fn try_lock_folder(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.access_mode(GENERIC_WRITE | DELETE).create(true).share_mode(0).custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
    options.write(true).open(folder.join(".tokenmint.lock")).map_err(|error| match error.raw_os_error() {
        Some(ERROR_SHARING_VIOLATION) => io::ErrorKind::WouldBlock.into(),
        _ => error,
    })
}

/// A file must be closed before another can take its name.
pub(super) const LOCK_LASTS: bool = false;

/// Whether an error may be that of a file that another program has open. "Access denied" is said of others, too.
pub(super) fn is_in_use(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(ERROR_ACCESS_DENIED | ERROR_SHARING_VIOLATION))
}

/// Why no file can have a name, which the system says only when the file is created: until then it is "not found".
pub(super) fn bad_name(name: &OsStr) -> Option<&'static str> {
    const MAX_UNITS: usize = 255;
    const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
    let text = name.to_string_lossy();
    let stem = text.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    if name.encode_wide().count() > MAX_UNITS {
        Some("file name too long")
    } else if text.contains(|character: char| character < ' ' || "<>:\"|?*".contains(character)) {
        Some("a file name cannot hold < > : \" | ? * or control characters")
    } else if text.ends_with(['.', ' ']) {
        Some("a file name cannot end in a dot or a space")
    } else if DEVICES.contains(&stem.as_str()) || port.is_some_and(|port| matches!(port.as_bytes(), [b'1'..=b'9'])) {
        Some("it is the name of a device")
    } else {
        None
    }
}

/// A command that runs in our place. Ctrl-C reaches it from the console, and is its to answer.
pub struct Foreground {
    child: Arc<Mutex<Child>>,
}

impl Foreground {
    /// Starts a command.
    ///
    /// # Errors
    /// Whatever the system says when the command cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        // The flag is not read: any handler keeps this process alive until the command has ended.
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::default())?;
        Ok(Foreground { child: Arc::new(Mutex::new(command.spawn()?)) })
    }

    /// Tells a function, on a thread, when the command has ended.
    ///
    /// # Errors
    /// Whatever the system says where it gives no thread.
    pub fn on_end(&self, tell: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let child = Arc::clone(&self.child);
        std::thread::Builder::new().name("command".to_owned()).spawn(move || {
            while let Ok(None) = locked(&child).try_wait() {
                std::thread::sleep(POLL_INTERVAL);
            }
            tell();
        })?;
        Ok(())
    }

    /// Ends the command: there is no way to ask.
    pub fn terminate(&mut self) {
        let _ = locked(&self.child).kill();
    }

    /// Waits for the end of the command and gives its status.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn wait(self) -> io::Result<ExitStatus> {
        locked(&self.child).wait()
    }
}

/// A program that is ended when this is dropped before its status was taken.
pub struct Group {
    child: Arc<Mutex<Child>>,
    reaped: bool,
}

/// A terminal is not lent here: every program of a console may read from it.
pub struct Terminal;

impl Terminal {
    /// Nothing to do here.
    #[allow(clippy::unused_self, reason = "elsewhere it has the terminal")]
    pub fn take_back_with_input(self) {}
}

impl Drop for Terminal {
    fn drop(&mut self) {}
}

impl Group {
    /// Starts a command.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        Ok(Group { child: Arc::new(Mutex::new(command.spawn()?)), reaped: false })
    }

    /// The pipe that its output goes to.
    pub fn take_output(&mut self) -> Option<ChildStdout> {
        locked(&self.child).stdout.take()
    }

    /// There is none to lend.
    #[allow(clippy::unused_self, reason = "elsewhere its process group gets it")]
    pub fn lend_terminal(&self) -> Option<Terminal> {
        None
    }

    /// Nothing to do here.
    #[allow(clippy::unused_self, reason = "elsewhere its process group goes on")]
    pub fn resume(&self) {}

    /// Tells the end of the program to a function, on a thread.
    ///
    /// # Errors
    /// Whatever the system says where it gives no thread.
    pub fn watch(&self, mut tell: impl FnMut(Change) + Send + 'static) -> io::Result<()> {
        let child = Arc::clone(&self.child);
        std::thread::Builder::new().name("helper".to_owned()).spawn(move || {
            while let Ok(None) = locked(&child).try_wait() {
                std::thread::sleep(POLL_INTERVAL);
            }
            tell(Change::Ended);
        })?;
        Ok(())
    }

    /// Waits for the end of the program and gives its status.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn status(&mut self) -> io::Result<ExitStatus> {
        self.reaped = true;
        locked(&self.child).wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            let mut child = locked(&self.child);
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn locked(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Signals, as far as there are any.
pub mod signals {
    use std::io;

    use signal_hook::consts::{SIGINT, SIGTERM};

    /// The signals that end a batch run in good order, each with its exit status.
    pub const ENDS_A_RUN: [(i32, u8); 2] = [(SIGINT, 130), (SIGTERM, 143)];

    /// No signal is ignored at the start here.
    pub fn take(wanted: &[i32]) -> Vec<i32> {
        wanted.to_vec()
    }

    /// Stands in for the watch of a Unix: Ctrl-C ends every program of the console by itself.
    pub struct Watch;

    impl Drop for Watch {
        fn drop(&mut self) {}
    }

    /// Nothing to watch here.
    ///
    /// # Errors
    /// None.
    #[allow(clippy::unnecessary_wraps, reason = "the same call as on Unix")]
    pub fn watch(_: impl FnMut(i32) + Send + 'static) -> io::Result<Watch> {
        Ok(Watch)
    }

    /// Ends this process.
    #[allow(clippy::exit, reason = "the end of the process is what is asked for")]
    pub fn end_by(signal: i32) -> ! {
        std::process::exit(128 + signal)
    }
}

/// Ctrl-C is a status here, `STATUS_CONTROL_C_EXIT`.
pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    const CONTROL_C_EXIT: i32 = 0xc000_013a_u32.cast_signed();
    (status.code() == Some(CONTROL_C_EXIT)).then_some(signal_hook::consts::SIGINT)
}

/// Devices have no files here.
pub fn is_character_device(_: &Metadata) -> bool {
    false
}

/// A command line of the user, of `VISUAL` or `EDITOR`, with a file behind it. The command interpreter finds what is no
/// `.exe`, too (`code` is a script), and takes a quoted path with blanks.
pub fn editor_command(line: &str, file: &Path) -> Command {
    let mut command = Command::new("cmd");
    // A path has no quotes here. With /S those around the whole are dropped, and no others.
    command.raw_arg(format!("/D /S /C \"{line} \"{}\"\"", file.display()));
    command
}

/// The files that the path of a program may mean, by the endings of `PATHEXT`. A file without one of them is a script for
/// another shell, as `npm` is next to `npm.cmd`.
pub fn program_files(path: PathBuf, endings: Option<&OsStr>) -> Vec<PathBuf> {
    let endings = endings.map_or(".COM;.EXE;.BAT;.CMD".into(), OsStr::to_string_lossy);
    let mut endings =
        endings.split(';').filter_map(|ending| ending.strip_prefix('.')).filter(|ending| !ending.is_empty());
    let has = |ending: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending));
    if endings.clone().any(has) {
        return vec![path];
    }
    endings
        .by_ref()
        .map(|ending| {
            let mut name = path.clone().into_os_string();
            name.push(".");
            name.push(ending);
            name.into()
        })
        .collect()
}

/// Whether a file may be run as a program, as far as the file system tells. A program of the Microsoft Store is a link
/// that cannot be followed.
pub fn is_executable(path: &Path) -> bool {
    path.metadata().or_else(|_| path.symlink_metadata()).is_ok_and(|metadata| !metadata.is_dir())
}

/// The name under which a variable of the environment is kept: `Path` and `PATH` are one.
pub fn variable_key(name: &OsStr) -> Cow<'_, OsStr> {
    Cow::Owned(name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_one_of_the_endings() {
        let files = |path: &str, endings: Option<&str>| {
            let files = program_files(path.into(), endings.map(OsStr::new));
            files.into_iter().map(|path| path.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(files(r"C:\n\npm", None), [r"C:\n\npm.COM", r"C:\n\npm.EXE", r"C:\n\npm.BAT", r"C:\n\npm.CMD"]);
        assert_eq!(files("npm.cmd", None), ["npm.cmd"]);
        assert_eq!(files("a.b", Some(".EXE;;.PS1")), ["a.b.EXE", "a.b.PS1"]);
        assert_eq!(files("a.ps1", Some(".EXE;.PS1")), ["a.ps1"]);
    }

    #[test]
    fn names_that_no_file_can_have_are_known_beforehand() {
        for name in
            ["a<b", "a:b", "what?", "a\"b", "a|b", "a\tb", "token.", "token ", "con", "NUL.txt", "Com1", "lpt9.a.b"]
        {
            assert!(bad_name(OsStr::new(name)).is_some(), "{name}");
        }
        for name in ["token", ".env", "a b", "console", "com10", "com", "nul1", "comX", "con-1"] {
            assert_eq!(bad_name(OsStr::new(name)), None, "{name}");
        }
        assert_eq!(bad_name(OsStr::new(&"n".repeat(255))), None);
        assert_eq!(bad_name(OsStr::new(&"n".repeat(256))), Some("file name too long"));
    }
}
