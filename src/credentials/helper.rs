//! A program that prints a secret, such as `op read …`: run without a shell, watched, and never quoted. What the secret
//! is for is decided by the callers.

use std::ffi::OsStr;
use std::fmt;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{Secret, environment};
use crate::app::Environment;
use crate::error::{Category, Failure, Result};
use crate::os;
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
/// Exit 3, naming the key of the configuration and how the program failed. Neither what it printed is shown nor the
/// program's name, which may be the secret itself under the wrong key.
pub fn run(argv: &[String], key: &str, env: &Environment) -> Result<Secret> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Failure::configuration(format!("{key} names no program")));
    };
    let path = find(program, env.get("PATH")).ok_or_else(|| {
        Failure::configuration(format!("{key}: the program that it names is not found"))
            .hint("give its absolute path, or a name that is in a folder of PATH")
    })?;
    if is_ourselves(&path) {
        return Err(Failure::configuration(format!(
            "{key}: the program that it names is tokenmint itself, which would ask for the secret again"
        ))
        .hint("name the program that keeps the secret"));
    }
    let mut command = Command::new(path);
    command.args(arguments).stdout(Stdio::piped()).env(MARK, "1");
    if !std::io::stderr().is_terminal() {
        command.stderr(Stdio::null());
    }
    for variable in environment::SECRET_VARIABLES {
        command.env_remove(variable);
    }
    os::own_group(&mut command);
    let failed = |how: String| Failure::configuration(format!("{key}: the program that it names {how}"));
    let mut child = command.spawn().map_err(|error| failed(format!("cannot be started: {}", error.kind())))?;
    let output = watch(&mut child, TIME_LIMIT).map_err(|fault| {
        let failure = failed(fault.to_string());
        // Our own status for such a case, seen from outside.
        let hint = "if it starts tokenmint again: that is refused, since it would ask for the secret again";
        if fault == Fault::Status(Category::Configuration.exit()) { failure.hint(hint) } else { failure }
    })?;
    one_line(&output).map_err(failed)
}

/// Whether a path is that of the program that runs.
fn is_ourselves(path: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    std::env::current_exe().ok().and_then(|own| real(&own)).is_some_and(|own| real(path) == Some(own))
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
        .find(|candidate| candidate.metadata().is_ok_and(|metadata| os::is_executable(&metadata)))
}

/// How a program has failed, in words that follow its name.
#[derive(Debug, PartialEq)]
enum Fault {
    TooMuch,
    TooSlow(Duration),
    Status(u8),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::TooMuch => formatter.write_str("prints more than 64 KiB"),
            Fault::TooSlow(limit) => {
                write!(formatter, "did not finish within {} s and was ended", limit.as_secs())
            }
            Fault::Status(status) => write!(formatter, "failed with status {status}"),
        }
    }
}

/// Reads the program's output and waits for its end, both within the time limit.
fn watch(child: &mut Child, limit: Duration) -> std::result::Result<Zeroizing<Vec<u8>>, Fault> {
    let deadline = Instant::now() + limit;
    let terminal = os::lend_terminal(child);
    let output = child.stdout.take().map(read_in_background);
    let received = output.and_then(|output| output.recv_timeout(limit).ok());
    let output = match received {
        Some(output) if output.len() as u64 <= MAX_OUTPUT => output,
        Some(_) => {
            os::kill_group(child);
            return Err(Fault::TooMuch);
        }
        None => {
            os::kill_group(child);
            return Err(Fault::TooSlow(limit));
        }
    };
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                os::kill_group(child);
                return Err(Fault::TooSlow(limit));
            }
        }
    };
    drop(terminal);
    if status.success() { Ok(output) } else { Err(Fault::Status(os::shell_status(status))) }
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

/// The secret in a helper's output: exactly one line, its line break cut off.
///
/// # Errors
/// What is wrong with the output, in words that hold nothing of it.
pub fn one_line(output: &[u8]) -> std::result::Result<Secret, String> {
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::Read as _;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Fault, one_line, watch};
    use crate::os;

    /// A helper that runs this script, with its error output held open by all that it starts.
    fn helper(script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        os::own_group(&mut command);
        command.spawn().unwrap()
    }

    /// What the helper and all that it started have said by the time that the last of them is gone.
    fn last_words(mut child: Child) -> String {
        let mut words = String::new();
        child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        words
    }

    #[test]
    fn a_helper_that_takes_too_long_is_ended_with_all_that_it_started() {
        for script in [
            // The program itself, a child of it, a child that has lost its parent, one that hears no polite signal.
            "sleep 60; echo survived >&2",
            "(sleep 60; echo survived >&2) & wait",
            "((sleep 60; echo survived >&2) &); sleep 60; echo survived >&2",
            "trap '' TERM INT HUP; sleep 60; echo survived >&2",
            // It has nothing more to say, or has said it, and does not end.
            "exec >&-; sleep 60; echo survived >&2",
            "echo PThelper; sleep 60; echo survived >&2",
            "echo PThelper; (sleep 60; echo survived >&2) &",
        ] {
            let mut child = helper(script);
            let failure = watch(&mut child, Duration::from_millis(300)).unwrap_err();
            assert!(matches!(failure, Fault::TooSlow(_)), "{script}: {failure}");
            assert_eq!(last_words(child), "", "{script}");
        }
    }

    #[test]
    fn a_helper_without_end_is_ended() {
        let mut child = helper("while :; do printf PThidden; done");
        let failure = watch(&mut child, Duration::from_secs(30)).unwrap_err();
        assert_eq!(failure, Fault::TooMuch);
        assert_eq!(last_words(child), "");
    }

    #[test]
    fn the_time_limit_is_the_promised_one() {
        assert_eq!(super::TIME_LIMIT, Duration::from_secs(30));
    }

    proptest! {
        // What was found once is written down as a test, not kept in files of the library's own.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn one_line_is_the_output_without_its_line_break_or_nothing(output in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(secret) = one_line(&output) {
                let line = secret.expose();
                prop_assert!(!line.is_empty() && !line.contains('\n'));
                let ends = ["", "\n", "\r\n"];
                prop_assert!(ends.iter().any(|end| [line.as_bytes(), end.as_bytes()].concat() == output));
            }
        }

        #[test]
        fn a_line_of_text_is_read_back_however_it_ends(line in "[^\n\r]{1,40}") {
            for end in ["", "\n", "\r\n"] {
                let secret = one_line(format!("{line}{end}").as_bytes()).unwrap();
                prop_assert_eq!(secret.expose(), line.as_str());
            }
            for several in [format!("{line}\n\n"), format!("{line}\n{line}")] {
                prop_assert!(one_line(several.as_bytes()).is_err());
            }
        }
    }
}
