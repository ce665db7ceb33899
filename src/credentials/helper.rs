//! A program that prints a secret, such as `op read …`: run without a shell, watched, and never quoted. What the secret
//! is for is decided by the callers.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use crate::app::Environment;
use crate::error::{Category, Failure, Result};
use crate::os::{self, Change, Group, signals};
use crate::secret::Secret;
use zeroize::Zeroizing;

/// Set in the environment of a helper, so that a tokenmint it starts knows where it is.
pub const MARK: &str = "TOKENMINT_HELPER";

const TIME_LIMIT: Duration = Duration::from_secs(30);
const MAX_OUTPUT: u64 = 64 * 1024;

/// What a helper may use of ours, and for how long.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Whether something else reads our standard input: the lines of a batch, or the JSON of a flag.
    pub stdin_taken: bool,
    /// The longest that it may take, at most [`TIME_LIMIT`].
    pub limit: Duration,
    /// The variables that are not for it to see.
    pub hidden: Vec<&'static str>,
}

impl Terms {
    /// The terms of a run with this time limit.
    pub fn new(stdin_taken: bool, timeout: Option<Duration>, hidden: Vec<&'static str>) -> Self {
        Terms { stdin_taken, limit: timeout.map_or(TIME_LIMIT, |timeout| timeout.min(TIME_LIMIT)), hidden }
    }
}

/// Runs a helper program and takes the one line that it prints.
///
/// Its standard input is ours unless that is taken, its error output reaches the terminal if there is one and nothing
/// else. When its time is over, or a signal ends us, its whole process group is ended.
///
/// # Errors
/// Exit 3, naming the key of the configuration, the program, and how it failed. What it printed is never shown.
pub fn run(argv: &[String], key: &str, terms: &Terms, env: &Environment) -> Result<Secret> {
    let mut command = command(argv, key, env)?;
    for variable in &terms.hidden {
        command.env_remove(variable);
    }
    let stdin = io::stdin();
    if terms.stdin_taken && !stdin.is_terminal() {
        command.stdin(Stdio::null());
    }
    let named = shown_program(argv).map_or_else(String::new, |program| format!(" '{program}'"));
    let failed = |how: String| Failure::configuration(format!("{key}: the command{named} {how}"));
    let output = watch(&mut command, terms.limit).map_err(|fault| {
        let failure = failed(fault.to_string());
        match fault {
            // A file that is no program may be one with the secret in it, under the wrong key.
            Fault::NotStarted(_) => Failure::configuration(format!("{key}: the command {fault}")),
            // Our own status for such a case, seen from outside.
            Fault::Status(status) if status == Category::Configuration.exit() => {
                failure.with_hint("if it runs tokenmint: tokenmint refuses to run inside its own credential helper")
            }
            Fault::Stopped => {
                failure.with_hint("run tokenmint in the foreground, and do not press Ctrl-Z while it asks")
            }
            Fault::Status(_) | Fault::TooSlow(_) => failure.with_hint("run it in a shell to see why"),
            Fault::TooMuch => failure,
        }
    })?;
    one_line(&output).map_err(|fault| failed(fault.of_command().to_owned()))
}

/// The program with its arguments.
pub(super) fn command(argv: &[String], key: &str, env: &Environment) -> Result<Command> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Failure::configuration(format!("{key} is empty")));
    };
    let path = find(program, env.get("PATH"), env.get("PATHEXT")).ok_or_else(|| {
        let named = shown_program(argv).map_or_else(String::new, |program| format!(" '{program}'"));
        Failure::configuration(format!("{key}: command{named} not found"))
            .with_hint("use an absolute path, or the name of a program in a folder of PATH")
    })?;
    if is_ourselves(&path) {
        return Err(Failure::configuration(format!("{key} runs tokenmint itself, which would loop"))
            .with_hint("use the program that stores the secret"));
    }
    let mut command = Command::new(path);
    command.args(arguments).stdout(Stdio::piped()).env(MARK, "1");
    if !io::stderr().is_terminal() {
        command.stderr(Stdio::null());
    }
    Ok(command)
}

/// The program's file name for messages, unless it could be the secret itself under the wrong key.
pub fn shown_program(argv: &[String]) -> Option<String> {
    let path = Path::new(argv.first()?);
    let name = path.file_name()?.to_str()?;
    let harmless = (path.is_absolute() || path.components().count() == 1)
        && name.len() <= 24
        && !name.starts_with("PT")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte));
    harmless.then(|| name.to_owned())
}

/// Whether a path is that of the program that runs.
fn is_ourselves(path: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    std::env::current_exe().ok().and_then(|own| real(&own)).is_some_and(|own| real(path) == Some(own))
}

/// The program's path. A bare name is looked up in the absolute folders of PATH only: a relative one, or the empty one,
/// would mean whatever folder the user happens to stand in.
fn find(program: &str, path: Option<&OsStr>, endings: Option<&OsStr>) -> Option<PathBuf> {
    let direct = Path::new(program);
    if direct.components().count() > 1 {
        let files = direct.is_absolute().then(|| os::program_files(direct.to_owned(), endings));
        return files.into_iter().flatten().find(|path| path.exists());
    }
    let folders = std::env::split_paths(path?).filter(|folder| folder.is_absolute());
    folders
        .flat_map(|folder| os::program_files(folder.join(program), endings))
        .find(|candidate| os::is_executable(candidate))
}

/// How a program has failed, in words that follow its name.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    NotStarted(String),
    TooMuch,
    TooSlow(Duration),
    Stopped,
    Status(u8),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotStarted(why) => write!(formatter, "cannot be started: {why}"),
            Fault::TooMuch => formatter.write_str("printed more than 64 KiB"),
            Fault::TooSlow(limit) => write!(formatter, "did not finish within {limit:?} and was killed"),
            Fault::Stopped => formatter.write_str("was stopped while using or waiting for the terminal"),
            Fault::Status(status) => write!(formatter, "failed with status {status}"),
        }
    }
}

/// What the threads that look after a helper report.
enum Event {
    Printed(Zeroizing<Vec<u8>>),
    Changed(Change),
    Signal(i32),
}

/// Runs a program to its end and gives what it printed. Its group does not outlive this call, whatever happens.
pub(super) fn watch(command: &mut Command, limit: Duration) -> std::result::Result<Zeroizing<Vec<u8>>, Fault> {
    let (sender, events) = mpsc::channel();
    let signal_sender = sender.clone();
    // Watched before the program starts: a signal in between would leave it behind.
    let signals = signals::watch(move |signal| drop(signal_sender.send(Event::Signal(signal))))
        .map_err(|error| not_started(&error))?;
    let mut group = Group::start(command).map_err(|error| not_started(&error))?;
    let terminal = group.lend_terminal();
    let ended = supervise(&mut group, &sender, &events, terminal.is_some(), limit);
    // Ended before the terminal is taken back, so that it cannot change the modes of that once more.
    drop(group);
    match (terminal, &ended) {
        (Some(terminal), Ok(Ended::Well(_))) => terminal.take_back_with_input(),
        (terminal, _) => drop(terminal),
    }
    drop(signals);
    let late = events.try_iter().find_map(|event| if let Event::Signal(signal) = event { Some(signal) } else { None });
    match (ended?, late) {
        (Ended::BySignal(signal), _) | (_, Some(signal)) => signals::end_by(signal),
        (Ended::Well(output), None) => Ok(output),
    }
}

/// How a helper has come to its end without a fault of its own.
enum Ended {
    Well(Zeroizing<Vec<u8>>),
    BySignal(i32),
}

/// Waits for the output and the end of a program, for a signal, or for the time limit, whichever comes first.
fn supervise(
    group: &mut Group,
    sender: &Sender<Event>,
    events: &Receiver<Event>,
    mut may_resume: bool,
    limit: Duration,
) -> std::result::Result<Ended, Fault> {
    let deadline = Instant::now() + limit;
    let change_sender = sender.clone();
    group.watch(move |change| drop(change_sender.send(Event::Changed(change)))).map_err(|error| not_started(&error))?;
    if let Some(pipe) = group.take_output() {
        read_in_background(pipe, sender.clone()).map_err(|error| not_started(&error))?;
    }
    let (mut output, mut has_ended) = (None, false);
    while output.is_none() || !has_ended {
        match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Event::Printed(bytes)) if bytes.len() as u64 > MAX_OUTPUT => return Err(Fault::TooMuch),
            Ok(Event::Printed(bytes)) => output = Some(bytes),
            Ok(Event::Changed(Change::Ended)) => has_ended = true,
            // It may have asked for the terminal in the moment before that was lent to it.
            Ok(Event::Changed(Change::WantsTerminal)) if may_resume => {
                may_resume = false;
                group.resume();
            }
            Ok(Event::Changed(Change::WantsTerminal | Change::Stopped)) => return Err(Fault::Stopped),
            Ok(Event::Signal(signal)) => return Ok(Ended::BySignal(signal)),
            Err(_) => return Err(Fault::TooSlow(limit)),
        }
    }
    let status = group.status().map_err(|error| not_started(&error))?;
    if status.success() {
        Ok(Ended::Well(output.unwrap_or_default()))
    } else {
        Err(Fault::Status(os::shell_status(status)))
    }
}

fn not_started(error: &io::Error) -> Fault {
    Fault::NotStarted(os::reason(error))
}

fn read_in_background(pipe: ChildStdout, sender: Sender<Event>) -> io::Result<()> {
    std::thread::Builder::new().name("helper-output".to_owned()).spawn(move || {
        let mut output = Zeroizing::new(Vec::new());
        // An error in the middle leaves less than was printed; the line check or the exit status will tell.
        let _ = pipe.take(MAX_OUTPUT + 1).read_to_end(&mut output);
        let _ = sender.send(Event::Printed(output));
    })?;
    Ok(())
}

/// Why a text is not one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFault {
    /// It is not text.
    NotUtf8,
    /// It is empty.
    Empty,
    /// It has more lines.
    Several,
}

impl LineFault {
    /// The rest of a sentence about the command that printed it.
    fn of_command(self) -> &'static str {
        match self {
            LineFault::NotUtf8 => "printed text that is not UTF-8",
            LineFault::Empty => "printed nothing",
            LineFault::Several => "printed more than one line",
        }
    }

    /// The rest of a sentence about the file that holds it.
    pub fn of_file(self) -> &'static str {
        match self {
            LineFault::NotUtf8 => "is not UTF-8 text",
            LineFault::Empty => "is empty",
            LineFault::Several => "has more than one line",
        }
    }
}

/// The secret in a helper's output or a file: exactly one line, its line break cut off.
///
/// # Errors
/// What is wrong with the text, which holds nothing of it.
pub fn one_line(output: &[u8]) -> std::result::Result<Secret, LineFault> {
    let text = std::str::from_utf8(output).map_err(|_| LineFault::NotUtf8)?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err(LineFault::Empty);
    }
    if line.contains('\n') {
        return Err(LineFault::Several);
    }
    Ok(Secret::new(line.to_owned()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Fault, TIME_LIMIT, Terms, one_line, watch};
    use crate::os;

    /// Runs this script as a helper. The word "survived" is what it, or anything that it started, says too late.
    fn run(script: &str, limit: Duration) -> (Result<String, Fault>, String) {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
        let (mut words, theirs) = std::io::pipe().unwrap();
        command.stderr(theirs);
        let result = watch(&mut command, limit);
        drop(command);
        // The pipe ends when the last of them is gone.
        let words = os::read_limited(&mut words, 1_000).unwrap().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (result.map(|output| text(&output)), text(&words))
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
            let (result, words) = run(script, Duration::from_millis(300));
            assert_eq!(result, Err(Fault::TooSlow(Duration::from_millis(300))), "{script}");
            assert_eq!(words, "", "{script}");
        }
    }

    #[test]
    fn a_helper_without_end_is_ended() {
        let (result, words) = run("while :; do printf PThidden; done", Duration::from_secs(30));
        assert_eq!((result, words.as_str()), (Err(Fault::TooMuch), ""));
    }

    #[test]
    fn a_helper_that_is_stopped_is_ended_at_once() {
        for script in ["kill -STOP $$; echo survived >&2", "(sleep 60; echo survived >&2) & kill -TSTP $$"] {
            let (result, words) = run(script, Duration::from_secs(30));
            assert_eq!((result, words.as_str()), (Err(Fault::Stopped), ""), "{script}");
        }
    }

    #[test]
    fn a_helper_that_ends_well_gives_its_output_and_another_its_status() {
        let limit = Duration::from_secs(30);
        assert_eq!(run("echo PThelper", limit).0, Ok("PThelper\n".to_owned()));
        assert_eq!(run("echo PThidden; exit 7", limit).0, Err(Fault::Status(7)));
        assert_eq!(run("kill -KILL $$", limit).0, Err(Fault::Status(137)));
    }

    #[test]
    fn the_time_limit_is_the_promised_one() {
        assert_eq!(TIME_LIMIT, Duration::from_secs(30));
        let limit = |timeout| Terms::new(false, timeout, Vec::new()).limit;
        assert_eq!(limit(None), Duration::from_secs(30));
        assert_eq!(limit(Some(Duration::from_secs(2))), Duration::from_secs(2));
        assert_eq!(limit(Some(Duration::from_secs(90))), Duration::from_secs(30));
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
