//! A program that prints a secret, such as `op read …`: run without a shell, watched, and never quoted. What the secret
//! is for is decided by the callers.

use std::ffi::OsStr;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{Secret, environment};
use crate::error::{Failure, Result};
use crate::system;
use crate::world::Environment;
use zeroize::Zeroizing;

/// Set in the environment of a helper, so that a tokenmint it starts knows where it is.
pub const MARK: &str = "TOKENMINT_HELPER";

const TIME_LIMIT: Duration = Duration::from_secs(30);
const MAX_OUTPUT: u64 = 64 * 1024;

/// Runs a helper program and takes the one line that it prints.
///
/// Its standard input is ours; its error output reaches the terminal if there is one and nothing else. It has 30 s,
/// after which its whole process group is ended.
///
/// # Errors
/// Exit 3, naming the key of the configuration and how the program failed, never what it printed.
pub fn run(argv: &[String], key: &str, env: &Environment) -> Result<Secret> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Failure::configuration(format!("{key} names no program")));
    };
    let name = crate::sanitize::clip(program, 60);
    let path = find(program, env.get("PATH")).ok_or_else(|| {
        Failure::configuration(format!("{key}: the program '{name}' is not found"))
            .hint("give its absolute path, or a name that is in a folder of PATH")
    })?;
    let mut command = Command::new(path);
    command.args(arguments).stdout(Stdio::piped()).env(MARK, "1");
    if !std::io::stderr().is_terminal() {
        command.stderr(Stdio::null());
    }
    for variable in environment::SECRET_VARIABLES {
        command.env_remove(variable);
    }
    system::own_group(&mut command);
    let failed = |how: String| Failure::configuration(format!("{key}: the program '{name}' {how}"));
    let mut child = command.spawn().map_err(|error| failed(format!("cannot be started: {}", error.kind())))?;
    let output = watch(&mut child, TIME_LIMIT).map_err(failed)?;
    one_line(&output).map_err(failed)
}

/// The program's path. A bare name is looked up in the absolute folders of PATH only: a relative one, or the empty one,
/// would mean whatever folder the user happens to stand in.
fn find(program: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let direct = Path::new(program);
    if direct.components().count() > 1 {
        return direct.is_absolute().then(|| direct.to_owned()).filter(|path| path.exists());
    }
    let folders = std::env::split_paths(path?).filter(|folder| folder.is_absolute());
    folders
        .flat_map(|folder| [folder.join(program), folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX))])
        .find(|candidate| candidate.metadata().is_ok_and(|metadata| system::is_executable(&metadata)))
}

/// Reads the program's output and waits for its end, both within the time limit.
fn watch(child: &mut Child, limit: Duration) -> std::result::Result<Zeroizing<Vec<u8>>, String> {
    let deadline = Instant::now() + limit;
    let terminal = system::lend_terminal(child);
    let output = child.stdout.take().map(read_in_background);
    let received = output.and_then(|output| output.recv_timeout(limit).ok());
    let output = match received {
        Some(output) if output.len() as u64 <= MAX_OUTPUT => output,
        Some(_) => {
            system::kill_group(child);
            return Err("prints more than 64 KiB".to_owned());
        }
        None => {
            system::kill_group(child);
            return Err(too_slow(limit));
        }
    };
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                system::kill_group(child);
                return Err(too_slow(limit));
            }
        }
    };
    drop(terminal);
    if status.success() { Ok(output) } else { Err(format!("failed with status {}", system::shell_status(status))) }
}

fn too_slow(limit: Duration) -> String {
    format!("did not finish within {} s and was ended", limit.as_secs())
}

fn read_in_background(pipe: ChildStdout) -> mpsc::Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = Zeroizing::new(Vec::new());
        // An error in the middle leaves less than was printed; the line check or the exit status will tell.
        let _ = pipe.take(MAX_OUTPUT + 1).read_to_end(&mut output);
        let _ = sender.send(output);
    });
    receiver
}

/// Exactly one line, its line break cut off.
pub(super) fn one_line(output: &[u8]) -> std::result::Result<Secret, String> {
    let text = std::str::from_utf8(output).map_err(|_| "gives text that is not UTF-8".to_owned())?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err("gives nothing".to_owned());
    }
    if line.contains('\n') {
        return Err("gives more than one line".to_owned());
    }
    Ok(Secret::new(line.to_owned()))
}
