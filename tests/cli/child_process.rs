//! The command after `--`: signals, limits and environment that it gets, and that it is never left behind.

use predicates::prelude::*;

use crate::harness::Run;
use crate::twilio::{SECRET, twilio};

/// A script that starts the program with SIGCHLD ignored, which dash cannot.
pub(crate) const IGNORING_CHILDREN: &str = r#"exec bash -c "trap '' CHLD; exec \"\$@\"" bash "$@""#;

/// A Twilio run with this script as its command.
fn with_command(script: &str) -> Run {
    twilio("twilio --identity a --video --").args(["sh", "-c", script])
}

#[test]
fn signals_that_were_ignored_stay_ignored_for_us_and_for_the_command() {
    for signal in ["HUP", "INT", "QUIT", "TERM"] {
        let run = with_command(&format!("kill -{signal} $PPID; kill -{signal} $$; echo alive"));
        run.shell(&format!("trap '' {signal}; exec \"$@\"")).prints("alive\n").run();
    }
}

#[test]
fn a_signal_sent_to_us_alone_reaches_the_command() {
    for signal in ["TERM", "HUP"] {
        let run = with_command(&format!(
            "sleep 15 >/dev/null 2>&1 & trap \"kill $!; exit 7\" {signal}; kill -{signal} $PPID; wait"
        ));
        run.exits(7).run();
        // Without an answer of its own it ends as the signal says.
        let status = if signal == "TERM" { 143 } else { 129 };
        with_command(&format!("kill -{signal} $PPID; exec sleep 15")).exits(status).run();
    }
}

#[test]
fn a_signal_of_the_terminal_is_the_commands_to_answer() {
    // The terminal sends it to both; here only we get it, and the command goes on.
    for signal in ["INT", "QUIT"] {
        with_command(&format!("kill -{signal} $PPID; sleep 0.1; exit 7")).exits(7).run();
    }
}

#[test]
fn the_status_is_kept_where_our_parent_ignores_its_children() {
    for status in [0, 5] {
        let run = with_command(&format!("echo ran; exit {status}")).shell(IGNORING_CHILDREN);
        run.prints("ran\n").exits(status).run();
    }
    // The command's own children can be waited for, too.
    let run = with_command("(exit 6) & wait $!; exit $?").shell(IGNORING_CHILDREN);
    run.exits(6).run();
}

#[test]
fn the_command_has_the_core_limit_that_we_were_started_with() {
    let script = "ulimit -S -c \"$(ulimit -H -c)\"; ulimit -S -c >before; exec \"$@\"";
    let run = with_command("ulimit -S -c >after; cmp before after && echo same");
    let folder = run.path(".");
    run.in_folder(folder).shell(script).prints("same\n").run();
}

#[test]
fn the_command_does_not_get_the_secrets_that_mint_tokens() {
    let names =
        ["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN", "TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET", "TWILIO_AUTH_TOKEN"];
    let script = format!(
        "env | grep -c '^TWILIO_ACCESS_TOKEN=eyJ'; env | grep -c '^KEPT=kept$'; env | grep -c '{SECRET}'; exit 0"
    );
    let run = names.iter().fold(with_command(&script).env("KEPT", "kept"), |run, name| run.env(name, SECRET));
    run.prints("1\n1\n0\n").run();
}

/// With any number of processes that the system grants, the command either runs to its end or has not been started.
/// Root has no such limit, so that this says something for other users only.
#[test]
fn a_command_is_never_started_and_then_abandoned() {
    for limit in 1..=6 {
        let run = with_command("touch started; exit 9");
        let folder = run.path(".");
        let script = format!("ulimit -u {limit} 2>/dev/null; \"$@\" 2>err; code=$?; ls; echo $code");
        // The shell itself may find no room for `ls`; it is the last line that counts, where there is one.
        let script =
            script.replace("ls; echo $code", "if [ -e started ]; then echo started $code; else echo not $code; fi");
        let shown = predicate::in_iter(["started 9\n", "not 1\n", "not 126\n", ""].map(str::to_owned));
        let run = run.in_folder(folder).shell(&format!("{script}; exit 0"));
        run.stdout(predicate::function(move |text: &str| shown.eval(&text.to_owned())))
            .stderr(predicate::always())
            .run();
    }
}
