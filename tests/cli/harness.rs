//! One run of the built binary: everything it may see is written down first, and so is everything it must say. What a
//! test does not mention must be empty, and no run may show the API token in any form.

use std::ffi::{OsStr, OsString};
use std::io::Write;
#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, mem, process, thread};

use predicates::BoxPredicate;
use predicates::prelude::*;
use serde_json::Value;
#[cfg(target_os = "linux")]
use {
    signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    std::sync::Arc,
};

use crate::server::Server;

/// The project id of the standard credentials.
pub const PROJECT: &str = "7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f";
/// The API token of the standard credentials; no output may hold it.
pub const API_TOKEN: &str = "PTca9a47c0ffee5ec2e7d15ea5e0ddba11badcab1e0f1ce2d4";
/// `printf %s "$PROJECT:$API_TOKEN" | base64 -w0`
pub const BASIC: &str = "N2I5ODFjMDYtM2U0Zi00ZDVhLTljMWItMmEzYjRjNWQ2ZTdmOlBUY2E5YTQ3YzBmZmVlNWVjMmU3ZDE1ZWE1ZTBkZGJhMTFiYWRjYWIxZTBmMWNlMmQ0";
/// `printf %s "$API_TOKEN" | base64 -w0`, without its padding
const TOKEN_BASE64: &str = "UFRjYTlhNDdjMGZmZWU1ZWMyZTdkMTVlYTVlMGRkYmExMWJhZGNhYjFlMGYxY2UyZDQ";
/// `printf %s "$API_TOKEN" | xxd -p -c0`
const TOKEN_HEX: &str =
    "5054636139613437633066666565356563326537643135656135653064646261313162616463616231653066316365326434";

/// A chat token: header `{"alg":"HS512","typ":"CRT"}`, claims `{"iat":4000000000,"t":60}`, and a signature as long as
/// HS512 makes one.
pub const TOKEN: &str = concat!(
    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCJ9.eyJpYXQiOjQwMDAwMDAwMDAsInQiOjYwfQ.",
    "c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlcw"
);
/// A guest token: header `{"alg":"dir","enc":"A256GCM","typ":"SAT"}`, nonce and tag as long as AES-GCM makes them.
pub const GUEST: &str =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2aXZpdml2.Y2lwaGVy.dGFndGFndGFndGFndGFndA";
/// A refresh token: the same header with typ `Refresh`.
pub const REFRESH: &str =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCJ9..aXZpdml2aXZpdml2.Y2lwaGVy.dGFndGFndGFndGFndGFndA";
/// The refresh token that it is exchanged for: the same header with other parts after it.
pub const REFRESHED: &str =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCJ9..c2Vjb25kc2Vjb25k.bmV3.bmV3bmV3bmV3bmV3bmV3bg";
/// An invite or embed token: the header of a guest token, another text.
pub const CALL: &str =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2aXZpdml2.aW52aXRlZA.dGFndGFndGFndGFndGFndA";
/// The id of a subscriber.
pub const SUBSCRIBER_ID: &str = "68f5a72e-9b3c-4d1e-8f20-7a6b5c4d3e2f";
/// A Fabric address.
pub const ADDRESS: &str = "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0";

/// The least that each command needs.
pub const CHAT: &str = "chat --ttl 1h -c lobby=rw";
/// The least that `pubsub` needs.
pub const PUBSUB: &str = "pubsub --ttl 1h -c lobby=rw";
/// The least that `guest` needs.
pub const GUEST_COMMAND: &str = "guest -a 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0";
/// The least that `video` needs.
pub const VIDEO: &str = "video --room r";
/// The least that `subscriber` needs.
pub const SUBSCRIBER: &str = "subscriber --reference alice@example.com";
/// The least that `refresh` needs besides a token on stdin.
pub const REFRESH_COMMAND: &str = "refresh";
/// A refresh token that the emulator takes, made with Python's cryptography under the emulator's documented key: AESGCM,
/// nonce 0 to 11, claims `{"iat":1700000000,"jti":"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0",
/// "sub":"00000000-0000-4000-8000-000000008793","exp":4000000000,"reference":"alice@example.com"}`.
pub const EMULATED_REFRESH: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCIsImtpZCI6InRva2VubWludC1lbXVsYXRvciJ9..AAECAwQFBgcICQoL.eCSCa1zLP2mZWcBlVjIMnr1ByTS_aD7tWd5cdEWInVhXb5dDgqoey46bPHJAMLMOznL_B-bkKIaFue0tIdvIR-5wD1IA7tQWSBjlcBN_shevmGgzb8OOhCNNI5CfSFrJ8SLp82kByUgbMgLB3BmPyIIcSU-stMOCm5KlBZkINomgfBWHNPoftECZ46Haodv9J0wlRdOUjV4YiS6lHA.XnEFaLG304f2Tdmnqnj6eA";

/// The least that `invite` needs of the emulator, credentials being there.
pub const INVITE: &str = "invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --reference alice";
/// The least that `embed` needs.
pub const EMBED: &str = "embed --token c2c_0123456789abcdef0123456789abcdef";

/// Nothing here takes longer, not even on a busy machine; a run that does has hung.
const TIME_LIMIT: Duration = Duration::from_mins(2);

/// A run of the program with these arguments, divided at blanks. The environment is empty but for PATH, HOME and
/// XDG_CONFIG_HOME, which point into a folder of its own.
pub fn tokenmint(line: &str) -> Run {
    let root = temporary_folder();
    let mut run = Run {
        args: line.split_whitespace().map(OsString::from).collect(),
        env: Vec::new(),
        root,
        folder: None,
        stdin: Vec::new(),
        shell: None,
        code: 0,
        stdout: Stdout::Empty,
        stderr: Vec::new(),
        whole_stderr: None,
        hidden: Vec::new(),
        done: false,
    };
    let (home, xdg) = (run.path("home"), run.path("xdg"));
    fs::create_dir_all(&home).expect("a home folder");
    fs::create_dir_all(&xdg).expect("a configuration folder");
    run.set("PATH", std::env::var_os("PATH").unwrap_or_default());
    run.set("HOME", home.as_os_str());
    run.set("XDG_CONFIG_HOME", xdg.as_os_str());
    // Without it there are no sockets on Windows.
    if let Some(root) = std::env::var_os("SystemRoot") {
        run.set("SystemRoot", root);
    }
    run
}

/// The same, with a token that the emulator takes on stdin where the command reads one.
pub fn tokenmint_with_input(line: &str) -> Run {
    let run = tokenmint(line);
    if line.starts_with(REFRESH_COMMAND) { run.stdin(EMULATED_REFRESH) } else { run }
}

/// A folder that is removed when it is dropped. Without one no test can run, and to skip it would hide that: the test fails
/// and says what to do.
#[track_caller]
pub fn temporary_folder() -> tempfile::TempDir {
    /// Whether there has been room once.
    static ROOM: AtomicBool = AtomicBool::new(false);
    let folder = tempfile::tempdir().and_then(|folder| {
        // On a disk that is full there is often room for a folder, and none for what goes into it.
        if !ROOM.load(Ordering::Relaxed) {
            let room = folder.path().join("room");
            fs::write(&room, [0; 16 * 1024])?;
            fs::remove_file(room)?;
            ROOM.store(true, Ordering::Relaxed);
        }
        Ok(folder)
    });
    folder.unwrap_or_else(|error| {
        let place = std::env::temp_dir();
        panic!("no room for temporary files in {}: {error}; point TMPDIR to a folder with room", place.display())
    })
}

/// A run in the making.
#[must_use = "a run says nothing until it is run"]
pub struct Run {
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    root: tempfile::TempDir,
    folder: Option<PathBuf>,
    stdin: Vec<u8>,
    shell: Option<String>,
    code: i32,
    stdout: Stdout,
    stderr: Vec<BoxPredicate<str>>,
    whole_stderr: Option<String>,
    hidden: Vec<String>,
    done: bool,
}

enum Stdout {
    Empty,
    Exact(String),
    Matching(BoxPredicate<str>),
}

/// What a run said, after all that was expected of it has held.
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// One more argument, whatever is in it.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// More arguments, whatever is in them.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// A variable of the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.set(name, value);
        self
    }

    /// The environment without this variable.
    pub fn unset(mut self, name: &str) -> Self {
        self.env.retain(|(known, _)| known != name);
        self
    }

    /// Whether a variable has been given.
    #[cfg(unix)]
    pub fn has(&self, name: &str) -> bool {
        self.env.iter().any(|(known, _)| known == name)
    }

    /// What is typed after the program's name.
    #[cfg(unix)]
    pub fn words(&self) -> &[OsString] {
        &self.args
    }

    /// The standard credentials in the environment, for this server.
    pub fn credentials(self, server: &Server) -> Self {
        self.env("SIGNALWIRE_SPACE", server.space())
            .env("SIGNALWIRE_PROJECT_ID", PROJECT)
            .env("SIGNALWIRE_API_TOKEN", API_TOKEN)
    }

    /// The configuration file, readable by its owner alone.
    pub fn config(self, text: &str) -> Self {
        self.file("xdg/tokenmint/config.toml", text, 0o600)
    }

    /// A file with this mode, in the run's own folder; `home` and `xdg` are there.
    pub fn file(self, place: &str, text: &str, mode: u32) -> Self {
        write(&self.path(place), text, mode);
        self
    }

    /// A place in the run's own folder, its parts divided as the system does.
    pub fn path(&self, place: &str) -> PathBuf {
        self.root.path().join(place.split('/').collect::<PathBuf>())
    }

    /// The working directory.
    pub fn in_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// What stands on stdin.
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// Run by `sh`, in whose script the program and its arguments are `"$@"`.
    #[cfg(unix)]
    pub fn shell(mut self, script: &str) -> Self {
        self.shell = Some(script.to_owned());
        self
    }

    /// stdout is exactly this.
    pub fn prints(mut self, text: impl Into<String>) -> Self {
        self.stdout = Stdout::Exact(text.into());
        self
    }

    /// stdout is like this.
    pub fn stdout(mut self, predicate: impl Predicate<str> + Send + Sync + 'static) -> Self {
        self.stdout = Stdout::Matching(BoxPredicate::new(predicate));
        self
    }

    /// stderr holds this.
    pub fn says(self, part: &str) -> Self {
        self.stderr(predicate::str::contains(part.to_owned()))
    }

    /// stderr is exactly this, from its first byte to its last.
    pub fn says_exactly(mut self, text: impl Into<String>) -> Self {
        self.whole_stderr = Some(text.into());
        self
    }

    /// stderr holds all of these.
    pub fn says_all(self, parts: &[&str]) -> Self {
        parts.iter().fold(self, |run, part| run.says(part))
    }

    /// stderr holds at least one of these.
    pub fn says_one_of(self, parts: &[&str]) -> Self {
        let parts: Vec<String> = parts.iter().map(|&part| part.to_owned()).collect();
        self.stderr(predicate::function(move |text: &str| parts.iter().any(|part| text.contains(part.as_str()))))
    }

    /// stderr is like this.
    pub fn stderr(mut self, predicate: impl Predicate<str> + Send + Sync + 'static) -> Self {
        self.stderr.push(BoxPredicate::new(predicate));
        self
    }

    /// This stands on neither stream.
    pub fn hides(mut self, text: &str) -> Self {
        self.hidden.push(text.to_owned());
        self
    }

    /// Ends with this status, whatever stdout is said to be.
    pub fn exits(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    /// Fails with this status: stdout is empty and stderr has an error.
    pub fn fails(self, code: i32) -> Self {
        assert!(matches!(self.stdout, Stdout::Empty), "a failure leaves stdout empty");
        self.exits(code).stderr(predicate::str::contains("error"))
    }

    /// Runs it and holds it to all of the above.
    #[track_caller]
    pub fn run(mut self) -> Outcome {
        let output = self.finish();
        self.judge(output)
    }

    /// Runs it, and reads a file of the run's own folder afterwards.
    #[track_caller]
    pub fn run_and_read(mut self, place: &str) -> (Outcome, String) {
        let output = self.finish();
        let outcome = self.judge(output);
        let text = fs::read_to_string(self.path(place)).unwrap_or_else(|error| panic!("{place}: {error}"));
        (outcome, text)
    }

    /// Runs it with these lines on stdin, each given only once the output line of the one before is there and `between`
    /// has returned. The output lines are the outcome's stdout.
    #[cfg(unix)]
    #[track_caller]
    pub fn run_line_by_line(mut self, lines: &str, mut between: impl FnMut()) -> Outcome {
        let piped = process::Stdio::piped;
        let mut child =
            self.command().stdin(piped()).stdout(piped()).stderr(piped()).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("its stdin");
        let mut stdout = BufReader::new(child.stdout.take().expect("its stdout"));
        let (said, answers) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut line = String::new();
            while stdout.read_line(&mut line).is_ok_and(|length| length > 0) {
                let _ = said.send(mem::take(&mut line));
            }
        });
        let mut printed = String::new();
        for line in lines.lines() {
            writeln!(stdin, "{line}").expect("the program reads on");
            match answers.recv_timeout(TIME_LIMIT) {
                Ok(answer) => printed += &answer,
                Err(_) => break,
            }
            between();
        }
        drop(stdin);
        // Whatever hangs is ended here, and then fails for its status.
        if let Ok(more) = answers.recv_timeout(TIME_LIMIT) {
            printed += &more;
        }
        let _ = child.kill();
        reader.join().expect("the reader");
        let mut output = child.wait_with_output().expect("its end");
        output.stdout = printed.into_bytes();
        self.judge(output)
    }

    /// Runs it to its end. At the time limit it is killed, with all that a shell has started, and the test fails.
    #[track_caller]
    fn finish(&mut self) -> process::Output {
        self.finish_within(TIME_LIMIT)
            .unwrap_or_else(|| panic!("still running after {} s, killed: {:?}", TIME_LIMIT.as_secs(), self.args))
    }

    /// The same with another limit, and nothing where it was reached.
    fn finish_within(&mut self, limit: Duration) -> Option<process::Output> {
        let input = mem::take(&mut self.stdin);
        let mut command = self.command();
        // Whatever a shell starts can then be killed with it. The program alone stays in the group of the tests, where
        // Ctrl-C reaches it.
        #[cfg(unix)]
        if self.shell.is_some() {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        let piped = process::Stdio::piped;
        let mut child = command.stdin(piped()).stdout(piped()).stderr(piped()).spawn().expect("the program starts");
        let (id, mut stdin) = (child.id(), child.stdin.take().expect("its stdin"));
        // A program may end without having read its input.
        thread::spawn(move || stdin.write_all(&input));
        let (ended, end) = mpsc::channel();
        thread::spawn(move || ended.send(child.wait_with_output()));
        if let Ok(output) = end.recv_timeout(limit) {
            return Some(output.expect("its end"));
        }
        kill(id, self.shell.is_some());
        let _ = end.recv();
        None
    }

    #[track_caller]
    fn judge(&self, output: process::Output) -> Outcome {
        let outcome = Outcome {
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        };
        let mut faults = self.faults(&outcome);
        if output.status.code() != Some(self.code) {
            faults.insert(0, format!("exit {}, got {}", self.code, output.status));
        }
        assert!(
            faults.is_empty(),
            "expected {}\n--- command\n{:?}\n--- stdout\n{}\n--- stderr\n{}\n---",
            faults.join("\nand "),
            self.args,
            shorten(&outcome.stdout),
            shorten(&outcome.stderr),
        );
        outcome
    }

    /// Not run: this machine cannot, and the test has said why.
    #[cfg(unix)]
    pub fn leave_out(mut self) {
        self.done = true;
    }

    /// What stands on stdin, for tests that feed it themselves.
    #[cfg(unix)]
    pub fn input(&self) -> Vec<u8> {
        self.stdin.clone()
    }

    /// Runs it and hands everything back unjudged, except that the API token must not be in it. The run's folder stays
    /// until the run is dropped.
    #[track_caller]
    pub fn output(&mut self) -> process::Output {
        let output = self.finish();
        for text in [&output.stdout, &output.stderr] {
            assert!(
                !holds_secret(&String::from_utf8_lossy(text)),
                "no secret anywhere, got {output:?} of {:?}",
                self.args
            );
        }
        output
    }

    /// The process to start, for tests that keep it running.
    pub fn command(&mut self) -> process::Command {
        self.done = true;
        #[cfg(target_os = "linux")]
        restore_signals();
        let binary = assert_cmd::cargo::cargo_bin!("tokenmint");
        let mut command = match &self.shell {
            None => process::Command::new(binary),
            Some(script) => {
                let mut shell = process::Command::new("sh");
                shell.arg("-c").arg(script).arg("sh").arg(binary);
                shell
            }
        };
        command.args(&self.args).env_clear().envs(self.env.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.as_deref().unwrap_or(self.root.path()));
        command
    }

    fn set(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) {
        let name = name.as_ref();
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.as_ref().to_owned()));
    }

    fn faults(&self, outcome: &Outcome) -> Vec<String> {
        let mut faults = Vec::new();
        match &self.stdout {
            Stdout::Empty if !outcome.stdout.is_empty() => faults.push("an empty stdout".to_owned()),
            Stdout::Exact(text) if *text != outcome.stdout => faults.push(format!("stdout {text:?}")),
            Stdout::Matching(predicate) if !predicate.eval(&outcome.stdout) => {
                faults.push(format!("stdout with {predicate}"));
            }
            _ => {}
        }
        match &self.whole_stderr {
            Some(text) if *text != outcome.stderr => faults.push(format!("exactly this on stderr:\n{text}")),
            None if self.stderr.is_empty() && !outcome.stderr.is_empty() => faults.push("an empty stderr".to_owned()),
            _ => {}
        }
        let unmet = self.stderr.iter().filter(|predicate| !predicate.eval(&outcome.stderr));
        faults.extend(unmet.map(|predicate| format!("stderr with {predicate}")));
        for text in [&outcome.stdout, &outcome.stderr] {
            let hidden = self.hidden.iter().filter(|part| text.contains(part.as_str()));
            faults.extend(hidden.map(|part| format!("no {part:?} anywhere")));
            if holds_secret(text) {
                faults.push("no secret anywhere".to_owned());
            }
        }
        faults
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        assert!(self.done || thread::panicking(), "a run was described and never run: {:?}", self.args);
    }
}

impl Outcome {
    /// stdout as the one JSON object that it is, in one line.
    pub fn json(&self) -> Value {
        one_object(&self.stdout)
    }

    /// What stands in the JSON error on stderr, which is one line, with the parts that are promised.
    pub fn error(&self) -> Value {
        let object = one_object(&self.stderr);
        let error = object["error"].as_object().unwrap_or_else(|| panic!("an error in {object}"));
        assert_eq!(object.as_object().map(serde_json::Map::len), Some(1), "{object}");
        for key in error.keys() {
            assert!(
                ["code", "exit", "message", "hint", "status", "details"].contains(&key.as_str()),
                "{key} in {object}"
            );
        }
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "a message in {object}");
        object["error"].clone()
    }
}

/// A JSON object in exactly one line.
pub fn one_object(text: &str) -> Value {
    assert!(text.ends_with('\n') && text.lines().count() == 1, "one line, got {text:?}");
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("JSON, got {text:?}: {error}"));
    assert!(value.is_object(), "an object, got {text}");
    value
}

/// Writes a file with this mode, folders included.
pub fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of a file");
    fs::write(path, text).expect("a file");
    set_mode(path, mode);
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a file mode");
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

/// Gives programs the default signals. `nohup` and `command &` in a script have the tests ignore some, which every
/// program would inherit and rightly keep.
#[cfg(target_os = "linux")]
fn restore_signals() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let status = fs::read_to_string("/proc/self/status").expect("the status of the tests");
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("what is ignored");
        let ignored = u64::from_str_radix(ignored.trim(), 16).expect("a bit set");
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 1) {
            // The flag is not read: the tests still ignore the signal, and a handler is not inherited.
            signal_hook::flag::register(signal, Arc::default()).expect("a handler");
        }
    });
}

/// Kills a process, or its whole group. That it has ended meanwhile is no fault.
#[cfg(unix)]
fn kill(id: u32, group: bool) {
    use nix::sys::signal::{Signal, kill, killpg};
    let id = nix::unistd::Pid::from_raw(id.try_into().expect("a process id"));
    let _ = if group { killpg(id, Signal::SIGKILL) } else { kill(id, Signal::SIGKILL) };
}

#[cfg(not(unix))]
fn kill(id: u32, _: bool) {
    let _ = process::Command::new("taskkill").args(["/F", "/T", "/PID", &id.to_string()]).output();
}

/// Whether a text holds the API token or the Basic pair: plain, in base64, in hexadecimal. Neither has a character that
/// URLs or JSON would escape.
pub fn holds_secret(text: &str) -> bool {
    let lower = text.to_lowercase();
    [API_TOKEN, BASIC, TOKEN_BASE64].iter().any(|form| text.contains(form)) || lower.contains(TOKEN_HEX)
}

/// The variable that names, separated by blanks, the programs without which a test may be skipped in CI; `all` is any.
#[cfg(unix)]
const MAY_SKIP: &str = "TOKENMINT_MAY_SKIP";

/// Whether this machine has a program that a test needs. If not, the test is skipped and prints why; in CI, where a
/// skipped test would go unnoticed, it fails.
#[cfg(unix)]
#[track_caller]
pub fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        let optional = std::env::var(MAY_SKIP).unwrap_or_default();
        may_skip_without(program, std::env::var("CI").is_ok_and(|ci| ci == "true"), &optional);
        skipped(&format!("{program} is not installed"));
    }
    found
}

/// Fails where a test may not be skipped.
#[cfg(unix)]
#[track_caller]
fn may_skip_without(program: &str, in_ci: bool, optional: &str) {
    let allowed = !in_ci || optional.split_whitespace().any(|name| name == program || name == "all");
    assert!(allowed, "{program} is not installed: install it, or set {MAY_SKIP}={program} to skip its tests in CI");
}

/// Tells the person who runs the tests that the rest of one was skipped, and why. What a passing test prints is captured,
/// but not what is written to stderr itself.
#[track_caller]
pub fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped in {}: {why}", std::panic::Location::caller());
}

/// A run that says more or less than it should is noticed, in the line that describes it.
#[test]
fn the_whole_of_stderr_is_compared() {
    let holds = |text: &str| {
        let run = || tokenmint("completions tcsh").says_exactly(text).exits(2).run();
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_ok()
    };
    let said = String::from_utf8(tokenmint("completions tcsh").output().stderr).expect("UTF-8");
    assert!(!said.is_empty() && holds(&said));
    assert!(!holds(&said[1..]) && !holds(&format!("{said}\n")) && !holds(""));
}

/// The background process holds stdout open, so that the end of the run is its end as well.
#[cfg(unix)]
#[test]
fn the_time_limit_of_a_run_kills_what_its_shell_has_started() {
    let mut run = tokenmint("--version").shell("(sleep 20; touch survived) & wait");
    assert!(run.finish_within(Duration::from_millis(200)).is_none());
    assert!(!run.path("survived").exists());
}

#[cfg(unix)]
#[test]
fn a_missing_program_fails_a_test_in_ci_unless_it_may_be_skipped() {
    let outcome =
        |in_ci, optional: &'static str| std::panic::catch_unwind(|| may_skip_without("nu", in_ci, optional)).is_ok();
    assert!(outcome(false, "") && outcome(true, "ksh nu") && outcome(true, "all"));
    assert!(!outcome(true, "") && !outcome(true, "ksh"));
}

fn shorten(text: &str) -> String {
    const SHOWN: usize = 4_000;
    text.char_indices().nth(SHOWN).map_or_else(|| text.to_owned(), |(end, _)| format!("{}…", &text[..end]))
}
