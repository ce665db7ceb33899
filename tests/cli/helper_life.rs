//! What a credential helper may use of ours, and when it is ended.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use predicates::prelude::*;

use crate::child_process::IGNORING_CHILDREN;
use crate::credentials::{dev, refuse};
#[cfg(target_os = "linux")]
use crate::harness::Run;
use crate::harness::{CHAT, PROJECT, TOKEN, tokenmint};
use crate::server::Server;

/// A helper that is this script.
fn helper(script: &str) -> String {
    format!("api_token_command = [\"sh\", \"-c\", '''{script}''']")
}

/// A Twilio profile whose secret comes from this script.
fn twilio(script: &str) -> String {
    format!(
        "default_profile = \"dev\"\n[profiles.dev.twilio]\naccount_sid = \"AC0123456789abcdef0123456789abcdef\"\n\
         api_key_sid = \"SK0123456789abcdef0123456789abcdef\"\napi_key_secret_command = [\"sh\", \"-c\", '''{script}''']\n"
    )
}

/// A profile whose space nothing listens on, for helpers that never get so far.
fn nowhere(script: &str) -> String {
    format!(
        "default_profile = \"dev\"\n[profiles.dev.signalwire]\nspace = \"127.0.0.1:1\"\nproject_id = \"{PROJECT}\"\n{}\n",
        helper(script)
    )
}

#[test]
fn a_helper_does_not_eat_the_lines_of_a_batch() {
    for script in ["cat >/dev/null; echo PThelper", "read x; echo PThelper", "head -c 10 >/dev/null; echo PThelper"] {
        let lines = "{\"identity\":\"a\"}\n{\"identity\":\"b\"}\n{\"identity\":\"c\"}\n";
        let run = tokenmint("twilio --video --batch -").config(&twilio(script)).stdin(lines);
        let outcome = run.stdout(predicate::str::contains("token")).says("3 minted, 0 failed").run();
        assert_eq!(outcome.stdout.lines().count(), 3, "{script}");

        let server =
            Server::answering([1, 2].map(|_| crate::server::Answer::json(200, format!("{{\"token\":\"{TOKEN}\"}}"))));
        let run = tokenmint("chat --ttl 1h --jobs 1 --batch -").config(&dev(&server, &helper(script)));
        let lines = "{\"channels\":{\"a\":{\"read\":true}}}\n{\"channels\":{\"b\":{\"read\":true}}}\n";
        run.stdin(lines).stdout(predicate::str::contains("\"line\":2")).says("2 minted, 0 failed").run();
    }
}

#[test]
fn a_helper_does_not_eat_the_value_of_a_flag() {
    let server = Server::minting();
    let run = tokenmint("chat --ttl 1h --channels -").config(&dev(&server, &helper("cat; echo PThelper")));
    run.stdin("{\"lobby\":{\"read\":true}}").prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:PThelper"));
    // Of --grant KEY=JSON the JSON may come from there.
    let run = tokenmint("twilio --identity a --grant x=-").config(&twilio("cat; echo PThelper"));
    run.stdin("{\"y\":1}").stdout(predicate::str::starts_with("eyJ")).run();
}

#[test]
fn a_helper_takes_no_longer_than_the_mint_may() {
    let server = Server::unused();
    for line in [CHAT, "profile check"] {
        let run = tokenmint(line).args(["--timeout", "1s"]).config(&dev(&server, &helper("sleep 60; echo PThidden")));
        refuse(run.hides("PThidden"), &["api_token_command", "within 1s"]);
    }
}

#[test]
fn a_helper_that_is_stopped_is_an_error_at_once() {
    let server = Server::unused();
    let run = tokenmint(CHAT).config(&dev(&server, &helper("kill -STOP $$; echo PThidden")));
    refuse(run.hides("PThidden"), &["api_token_command", "stopped"]);
}

/// The helper and a program that it started hold a pipe open; it ends when both are gone.
#[test]
fn a_helper_ends_with_us_and_with_all_that_it_started() {
    for (signal, number) in [("HUP", 1), ("INT", 2), ("QUIT", 3), ("TERM", 15)] {
        let script = "exec 9>alive; (sleep 20; echo survived >&9) & echo up >&9; sleep 20; echo survived >&9";
        let mut run = tokenmint(CHAT).config(&nowhere(script));
        let pipe = run.path("alive");
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let mut us =
            run.command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a run");
        let mut alive = BufReader::new(std::fs::File::open(&pipe).expect("the pipe"));
        let mut line = String::new();
        alive.read_line(&mut line).expect("a line");
        assert_eq!(line, "up\n");
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &us.id().to_string()]).status().expect("kill").success()
        );
        let status = us.wait().expect("its end");
        assert_eq!(status.signal(), Some(number), "{signal}: {status}");
        let mut rest = String::new();
        alive.read_to_string(&mut rest).expect("the end of the pipe");
        assert_eq!(rest, "", "{signal}");
    }
}

#[test]
fn after_a_helper_a_batch_still_answers_signals_itself() {
    // The handlers of the helper's time must not end the batch on the spot.
    let run = tokenmint("twilio --video --batch -").config(&twilio("echo PThelper"));
    let script = "(echo '{\"identity\":\"a\"}'; until [ -s out ]; do sleep 0.01; done; kill -TERM \"$(cat pid)\"; \
                  echo '{\"identity\":\"b\"}') | (\"$@\" >out 2>err & echo $! >pid; wait $!; echo $?); cat err >&2";
    // A background program of sh has /dev/null for its stdin, so the pipe is handed on as another descriptor.
    let script = script.replace("(\"$@\" >out", "(exec 3<&0; \"$@\" <&3 >out");
    run.shell(&script).prints("143\n").says("interrupted").exits(0).run();
}

#[test]
fn a_parent_that_ignores_its_children_changes_nothing() {
    let server = Server::minting();
    let run = tokenmint(CHAT).config(&dev(&server, &helper("echo PThelper")));
    run.shell(IGNORING_CHILDREN).prints(format!("{TOKEN}\n")).run();
    server.request();
    let server = Server::unused();
    let run = tokenmint(CHAT).config(&dev(&server, &helper("exit 9"))).shell(IGNORING_CHILDREN);
    refuse(run, &["api_token_command", "status 9"]);
}

/// A run on a terminal of its own, on which this is typed once the file `ready` exists. The script sees the program and
/// its arguments as `$RUN`. `None` where there is nothing to make terminals with.
#[cfg(target_os = "linux")]
fn on_a_terminal(run: Run, script: &str, typed_first: &str, typed_later: &str) -> Option<Run> {
    if Command::new("script").arg("--version").stdout(Stdio::null()).status().is_err() {
        crate::harness::skipped("there is no script(1) to make a terminal with");
        return None;
    }
    let folder = run.path(".");
    let run =
        run.in_folder(folder).env("TYPED_FIRST", typed_first).env("TYPED_LATER", typed_later).env("SCRIPT", script);
    Some(run.shell(
        "export RUN=\"$*\"; (printf \"$TYPED_FIRST\"; until [ -e ready ]; do sleep 0.01; done; printf \"$TYPED_LATER\"; \
         until [ -e done ]; do sleep 0.01; done) | script -qec \"$SCRIPT\" /dev/null",
    ))
}

#[cfg(target_os = "linux")]
#[test]
fn a_helper_asks_on_the_terminal_while_stdin_is_a_pipe() {
    let run = tokenmint("twilio --video --batch -").config(&twilio("touch ready; read pin </dev/tty; echo \"$pin\""));
    let script = "echo '{\"identity\":\"a\"}' | $RUN >out 2>err; echo status=$?; touch done";
    let Some(run) = on_a_terminal(run, script, "", "PTtyped\\n") else { return };
    run.stdout(predicate::str::contains("status=0")).run();
}

#[cfg(target_os = "linux")]
#[test]
fn a_helper_that_is_stopped_from_the_terminal_is_ended_and_the_terminal_is_as_before() {
    // The first line shows that the terminal is the helper's; then it turns the echo off and is stopped by Ctrl-Z.
    let helper = "read x </dev/tty; stty -echo </dev/tty; touch ready; read y </dev/tty; echo PThidden";
    let run = tokenmint("twilio --identity a --video").config(&twilio(helper)).hides("PThidden");
    let script = "$RUN 2>err; echo status=$?; stty -a | grep -o ' echo '; cat err; touch done";
    let Some(run) = on_a_terminal(run, script, "first\\n", "half a PIN\\032") else { return };
    let shown = predicate::str::contains("status=3").and(predicate::str::contains(" echo "));
    run.stdout(shown.and(predicate::str::contains("was stopped"))).run();
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_typed_for_a_helper_does_not_stay_for_the_shell() {
    // It is ended by its time limit with a line typed that it has not read.
    let helper = "read x </dev/tty; touch ready; sleep 60; echo PThidden";
    let run = tokenmint(CHAT).args(["--timeout", "2s"]).config(&nowhere(helper)).hides("PThidden");
    let script = "$RUN 2>err; echo status=$?; touch typed; read left; echo \"left=$left\"; touch done";
    let Some(run) = on_a_terminal(run, script, "first\\n", "touch sprung\\n") else { return };
    // Something has to end the read: a line that is typed when the run is over.
    let run = run.shell(
        "export RUN=\"$*\"; (printf \"$TYPED_FIRST\"; until [ -e ready ]; do sleep 0.01; done; printf \"$TYPED_LATER\"; \
         until [ -e typed ]; do sleep 0.01; done; printf 'for the shell\\n'; until [ -e done ]; do sleep 0.01; done) | \
         script -qec \"$SCRIPT\" /dev/null",
    );
    let shown = predicate::str::contains("status=3").and(predicate::str::contains("left=for the shell"));
    run.stdout(shown).run();
}
