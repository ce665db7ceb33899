//! Reports on a real terminal: colours, and lines that fit its width. `script` of util-linux lends one.

use std::fmt::Write as _;

use predicates::str::contains;

use crate::harness::{Run, TOKEN, installed, tokenmint};

/// What a command line prints on a terminal of so many columns; `None` where there is no `script` that knows `-E`.
fn on_terminal(columns: u16, line: &str, set: impl Fn(Run) -> Run) -> Option<String> {
    let is_known = installed("script")
        && std::process::Command::new("script")
            .arg("--help")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("--echo"));
    if !is_known {
        return None;
    }
    // The program's path is $0 and its arguments are the rest, which reach the inner shell as variables.
    let script = format!(
        "PROGRAM=$1; shift; export PROGRAM; ARGUMENTS=$*; export ARGUMENTS; \
         exec script -qec 'stty cols {columns} rows 24; exec $PROGRAM $ARGUMENTS' /dev/null </dev/null"
    );
    let run = set(tokenmint(line).shell(&script)).env("TERM", "xterm").env("SHELL", "/bin/sh");
    Some(run.stdout(contains("")).run().stdout.replace("\r\n", "\n"))
}

fn columns(text: &str) -> usize {
    let plain = anstream::adapter::strip_str(text).to_string();
    plain.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

#[test]
fn a_report_on_a_terminal_is_in_colour_and_fits_its_width() {
    for width in [60, 80, 120] {
        let Some(text) = on_terminal(width, &format!("inspect {TOKEN}"), |run| run) else { return };
        assert!(text.starts_with("\u{1b}[1m\u{1b}[32m✓ valid, expires in "), "{text:?}");
        let (report, raw) = text.split_once("Raw").expect("the raw parts");
        assert!(columns(report) <= usize::from(width), "{report}");
        assert!(raw.contains("{\"iat\":4000000000,\"t\":60}"), "{raw}");
        for black_or_white in ["\u{1b}[30m", "\u{1b}[37m", "\u{1b}[97m", "\u{1b}[40m", "\u{1b}[47m"] {
            assert!(!text.contains(black_or_white), "{text:?}");
        }
    }
}

#[test]
fn variables_and_the_flag_take_the_colours_of_a_terminal_away() {
    for (line, variable) in [("inspect", "NO_COLOR"), ("inspect --color never", "X"), ("inspect -o json", "X")] {
        let Some(text) = on_terminal(80, &format!("{line} {TOKEN}"), |run| run.env(variable, "1")) else { return };
        assert!(!text.contains('\u{1b}'), "{line} {text:?}");
    }
    let Some(text) = on_terminal(80, &format!("inspect {TOKEN}"), |run| run.env("CLICOLOR", "0")) else { return };
    assert!(!text.contains('\u{1b}'), "{text:?}");
    // A token that is printed is no report.
    let line = "twilio --identity a --video --dry-run -o json --color always";
    let Some(text) = on_terminal(80, line, |run| run) else { return };
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn tables_on_a_terminal_have_a_heading_and_fit() {
    let long = "a-profile-with-a-name-that-is-not-short";
    let mut config = format!("default_profile = \"{long}\"\n");
    let _ = write!(
        config,
        "[profiles.{long}.signalwire]\nspace = \"example\"\nproject_id = \"7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f\"\n\
         api_token_command = [\"secret-tool\", \"lookup\", \"service\", \"tokenmint\"]\n"
    );
    let Some(text) = on_terminal(80, "profile list", |run| run.config(&config)) else { return };
    assert!(text.contains("PROFILE") && text.contains("✓ default") && columns(&text) <= 80, "{text}");
    for line in ["profile show", "explain 20101 must_belong_to_project -32002"] {
        let Some(text) = on_terminal(80, line, |run| run.config(&config)) else { return };
        let body: String =
            text.lines().filter(|line| line.starts_with(' ')).fold(String::new(), |all, line| all + line + "\n");
        assert!(text.contains("\u{1b}[36m") && columns(&body) <= 80, "{text}");
    }
}
