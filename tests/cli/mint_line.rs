//! The line that a person at a terminal sees after a mint: for whom, how long, and until when by the local clock. A script
//! never sees it.
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
