//! Signals that reach tokenmint while a command after `--` runs: the command gets those that the terminal does not send
//! to it as well, and its status is handed on.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{CHAT, tokenmint};
use crate::server::Server;

/// Runs this script after `--`, sends the signal once the script has printed `ready`, and gives the rest of stdout with
/// the exit status.
fn signalled(signal: Signal, script: &str) -> (String, Option<i32>) {
    let server = Server::minting();
    let mut run = tokenmint(CHAT).credentials(&server).args(["--", "sh", "-c", script]);
    let mut child = run.command().stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("its stdout"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a process id")), signal).expect("a signal");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("the rest");
    (rest, child.wait().expect("its end").code())
}

/// A script that says `ready`, waits, and ends with 9 after it has said which signal came.
fn trapping(name: &str) -> String {
    // Waiting for something in the background is what a shell lets a signal interrupt.
    format!("trap 'kill $p; echo got {name}; exit 9' {name}; sleep 20 >/dev/null & p=$!; echo ready; wait")
}

#[test]
fn a_command_gets_the_signals_that_reach_tokenmint_alone() {
    for (signal, name) in [(Signal::SIGTERM, "TERM"), (Signal::SIGHUP, "HUP")] {
        assert_eq!(signalled(signal, &trapping(name)), (format!("got {name}\n"), Some(9)));
    }
}

#[test]
fn a_command_that_such_a_signal_ends_gives_128_and_its_number() {
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        assert_eq!(signalled(signal, "echo ready; exec sleep 20 >/dev/null"), (String::new(), Some(code)));
    }
}

#[test]
fn an_interrupt_is_left_to_the_terminal() {
    // Ctrl-C reaches the command by itself. One sent to tokenmint alone changes nothing: the command ends as it would.
    let script = "echo ready; read line; exit 7";
    for signal in [Signal::SIGINT, Signal::SIGQUIT] {
        let server = Server::minting();
        let mut run = tokenmint(CHAT).credentials(&server).args(["--", "sh", "-c", script]);
        let mut child = run.command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its stdout")).read_line(&mut line).expect("a line");
        kill(Pid::from_raw(i32::try_from(child.id()).expect("a process id")), signal).expect("a signal");
        child.stdin.take().expect("its stdin").write_all(b"go on\n").expect("the command reads");
        assert_eq!(child.wait().expect("its end").code(), Some(7), "{signal}");
    }
}
