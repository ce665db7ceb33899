//! Values of a batch line and of `--body`: durations and times as flags take them, minutes that were meant as seconds, and
//! fields that are not known.

use predicates::str::{contains, ends_with};
use serde_json::{Value, json};

use crate::harness::{ADDRESS, Run, tokenmint};
use crate::server::Server;

/// What arrives when this runs, line for line.
fn sent(run: Run, status: i32) -> (Vec<Value>, String, String) {
    let server = Server::minting();
    let outcome = run.credentials(&server).exits(status).stdout(ends_with("\n")).run();
    let bodies = server.requests().iter().map(|request| serde_json::from_str(&request.text()).expect("JSON")).collect();
    (bodies, outcome.stdout, outcome.stderr)
}

fn batch(line: &str, lines: &str) -> Run {
    tokenmint(&format!("{line} --batch - --jobs 1")).stdin(lines).says("minted")
}

#[test]
fn a_line_may_write_durations_and_times_as_flags_do() {
    let (bodies, ..) = sent(batch("chat -c a=r", "{\"ttl\":\"1h\"}\n{\"ttl\":90}\n"), 0);
    assert_eq!((&bodies[0]["ttl"], &bodies[1]["ttl"]), (&json!(60), &json!(90)));
    let before = jiff::Timestamp::now().as_second();
    let (bodies, ..) = sent(batch(&format!("guest -a {ADDRESS}"), "{\"expire_at\":\"+2h\"}\n"), 0);
    let expiry = bodies[0]["expire_at"].as_i64().expect("seconds");
    assert!((before + 7_200..=jiff::Timestamp::now().as_second() + 7_200).contains(&expiry), "{expiry}");
    let lines =
        "{\"join_until\":\"@4000000000\",\"remove_after_seconds_elapsed\":\"45m\"}\n{\"join_until\":\"2096-10-02\"}\n";
    let (bodies, ..) = sent(batch("video --room r", lines), 0);
    assert_eq!(bodies[0]["join_until"], json!("2096-10-02T07:06:40Z"));
    assert_eq!(bodies[0]["remove_after_seconds_elapsed"], json!(2_700));
    assert_eq!(bodies[1]["join_until"], json!("2096-10-02"));
}

#[test]
fn a_duration_of_a_line_keeps_the_limits_of_its_flag() {
    let lines = "{\"ttl\":\"31d\"}\n{\"ttl\":\"60\"}\n{\"ttl\":\"90s\"}\n{\"ttl\":\"1h\"}\n";
    let (bodies, stdout, _) = sent(batch("chat -c a=r", lines), 7);
    assert_eq!(bodies.len(), 1);
    let lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for (line, said) in lines.iter().zip(["ttl must be at most 30d, got '31d'", "60m or 60s?", "whole minutes"]) {
        assert!(line["error"]["message"].as_str().is_some_and(|message| message.contains(said)), "{said}: {line}");
    }
}

#[test]
fn a_body_may_do_the_same_and_a_flag_overrides_it() {
    let (bodies, ..) = sent(tokenmint("chat -c a=r --body").arg(r#"{"ttl":"1h30m"}"#), 0);
    assert_eq!(bodies[0]["ttl"], json!(90));
    let (bodies, ..) = sent(tokenmint("chat -c a=r --ttl 5m --body").arg(r#"{"ttl":"1h30m"}"#), 0);
    assert_eq!(bodies[0]["ttl"], json!(5));
    tokenmint("chat -c a=r --body").arg(r#"{"ttl":"soon"}"#).fails(2).says_all(&["--body", "ttl", "duration"]).run();
}

#[test]
fn many_minutes_draw_one_note_that_says_them_in_hours() {
    let (_, stdout, stderr) = sent(batch("chat -c a=r", "{\"ttl\":3600}\n{\"ttl\":3600}\n{\"ttl\":1440}\n"), 0);
    assert_eq!(format!("{stdout}{stderr}").matches("60h").count(), 1, "{stdout}{stderr}");
    let run = tokenmint("chat -c a=r --body").arg(r#"{"ttl":1500}"#).says_all(&["note", "25h", "minutes"]);
    sent(run, 0);
    // With its unit there is no doubt, and what is refused needs no note.
    sent(tokenmint("chat -c a=r --ttl 60h"), 0);
    sent(tokenmint("chat -c a=r --body").arg(r#"{"ttl":"60h"}"#), 0);
    let (_, stdout, _) = sent(batch("chat -c a=r", "{\"ttl\":360000}\n{\"ttl\":1}\n"), 7);
    assert!(!stdout.contains("6000h"), "{stdout}");
}

#[test]
fn a_field_that_is_not_known_is_sent_with_a_warning_that_names_the_nearest() {
    let run = tokenmint("chat --ttl 1h -c a=r --body").arg(r#"{"member_di":"x"}"#);
    let (bodies, ..) = sent(run.says_all(&["warning", "--body: member_di", "member_id"]), 0);
    assert_eq!(bodies[0]["member_di"], json!("x"));
    let (bodies, stdout, _) = sent(batch("video --room r", "{\"user_nmae\":\"x\"}\n"), 0);
    assert_eq!(bodies[0]["user_nmae"], json!("x"));
    let line: Value = serde_json::from_str(stdout.trim()).expect("JSON");
    assert!(line["warnings"][0].as_str().is_some_and(|text| text.contains("user_name")), "{line}");
    // Ten are named, the others are counted.
    let many: Vec<String> = (0..500).map(|number| format!("\"zz{number}\":1")).collect();
    let body = format!("{{{}}}", many.join(","));
    let run = tokenmint("chat --ttl 1h -c a=r --dry-run --body").arg(body).stdout(contains("zz499"));
    let stderr = run.says("490 more").run().stderr;
    assert_eq!(stderr.lines().count(), 11, "{stderr}");
}
