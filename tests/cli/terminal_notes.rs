//! What only a person at a terminal sees: after a mint for whom, how long, and until when by the local clock; and that
//! input is awaited. A script sees neither.
#![cfg(target_os = "linux")]

use crate::batch::on_a_terminal;
use crate::harness::{Run, tokenmint};
use crate::server::Server;
use crate::twilio::{ACCOUNT, KEY, SECRET};

fn twilio(line: &str) -> Run {
    let run = tokenmint(line).env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY);
    run.env("TWILIO_API_SECRET", SECRET).env("NO_COLOR", "1")
}

#[test]
fn a_terminal_is_told_for_whom_and_until_when() {
    let said = on_a_terminal(twilio("twilio --identity alice --video --ttl 1h"));
    assert!(said.starts_with("twilio token for alice: expires in 1h ("), "{said:?}");
    let (_, end) = said.split_once(" (").expect("the time");
    // `14:05`, or with its date where that is tomorrow's.
    let end = end.trim_end().strip_suffix(')').expect("its end");
    let clock = end.rsplit(' ').next().expect("a time");
    assert!(clock.len() == 5 && clock.as_bytes()[2] == b':' && clock.replace(':', "").parse::<u32>().is_ok(), "{end}");
}

/// The token ends at 2096-10-02 08:06:40 UTC: `date -u -d @4000003600`.
#[test]
fn the_time_is_that_of_the_local_zone() {
    for (zone, end) in [("UTC0", "2096-10-02 08:06"), ("<+05>-5", "2096-10-02 13:06"), ("<-10>10", "2096-10-01 22:06")]
    {
        let server = Server::minting();
        let run = tokenmint("chat --ttl 1h -c lobby=rw").credentials(&server).env("TZ", zone).env("NO_COLOR", "1");
        let said = on_a_terminal(run);
        assert!(
            said.starts_with("chat token for lobby=rw: expires in ") && said.contains(&format!(" ({end})")),
            "{said:?}"
        );
    }
}

#[test]
fn no_script_sees_it() {
    for flags in ["-q", "-o json"] {
        let said = on_a_terminal(twilio(&format!("twilio --identity alice --video {flags}")));
        assert!(!said.contains("expires"), "{flags}: {said:?}");
    }
    // stderr is a pipe, and must be empty.
    twilio("twilio --identity alice --video").stdout(predicates::str::contains("eyJ")).run();
}

/// Without the note the program would seem to hang.
#[test]
fn a_terminal_that_is_read_is_told_how_to_end_the_input() {
    use std::io::{Read as _, Write as _};
    use std::process::Stdio;

    for (flags, note) in [("", "note: reading standard input from the terminal; end it with Ctrl-D\n"), ("-q", "")] {
        let server = Server::minting();
        let line = format!("chat --ttl 1h -c a=r --state - --retries 0 {flags}");
        let mut run = tokenmint(&line).credentials(&server);
        let pty = nix::pty::openpty(None, None).expect("a terminal");
        let mut terminal = std::fs::File::from(pty.master);
        let mut command = run.command();
        let child = command.stdin(pty.slave).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the program starts");
        drop(command);
        // A line, and the end of the input.
        terminal.write_all(b"{}\n\x04").expect("typed");
        let mut said = String::new();
        child.stderr.take().expect("its stderr").read_to_string(&mut said).expect("UTF-8");
        assert!(child.wait().expect("an end").success(), "{said}");
        assert_eq!(said, note, "{flags}");
    }
}
