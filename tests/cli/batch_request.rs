//! `request`, the mark of what a batch line asked for: equal requests have equal marks in every run, and a token of an
//! earlier run is kept for no other request.

use predicates::prelude::*;
use serde_json::Value;

use crate::batch::{lines, minting_by_member, token_of};
use crate::harness::{GUEST_COMMAND, PUBSUB, Run, temporary_folder, tokenmint};
use crate::server::Server;
use crate::twilio::{KEY, SERVICE, twilio};

/// The output lines of a run that may have failed in part.
fn output(run: Run) -> Vec<Value> {
    lines(&run.stdout(predicate::always()).stderr(predicate::always()).run().stdout)
}

fn marks(lines: &[Value]) -> Vec<String> {
    let mark = |line: &Value| line["request"].as_str().unwrap_or_else(|| panic!("a mark in {line}")).to_owned();
    let marks: Vec<String> = lines.iter().map(mark).collect();
    for mark in &marks {
        assert!(mark.len() == 16 && mark.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{mark}");
    }
    marks
}

#[test]
fn every_output_line_has_the_mark_of_its_request() {
    let server = Server::answering([minting_by_member()]);
    let input = "{\"member_id\":\"a\"}\n{\"ttl\":0}\nno json\n{\"id\":1,\"member_id\":\"a\"}\n{\"member_id\":\"b\"}\n";
    let run = || tokenmint("chat --ttl 1h -c a=r --batch -").credentials(&server).stdin(input).exits(7);
    let first = marks(&output(run()));
    assert_eq!(first.len(), 5);
    assert_eq!(first[0], first[3], "the id is no part of a request");
    let distinct: std::collections::BTreeSet<&String> = first.iter().collect();
    assert_eq!(distinct.len(), 4);
    assert_eq!(marks(&output(run())), first, "the same in every run");
    let input = "{\"identity\":\"a\"}\n{\"ttl\":\"0s\"}\nno json\n{}\n";
    let run = || twilio("twilio --video --identity a --batch -").stdin(input).exits(7);
    let first = marks(&output(run()));
    assert_eq!((first.len(), &first[0]), (4, &first[3]));
    assert_eq!(marks(&output(run())), first, "the same in every run");
}

/// What is counted from now is another time in each run, and yet the same request.
#[test]
fn a_time_that_is_counted_from_now_is_the_same_request_later() {
    let server = Server::minting();
    let folder = temporary_folder();
    for (number, command) in [
        format!("{GUEST_COMMAND} --ttl 2h"),
        format!("{GUEST_COMMAND} --expire-at +2h"),
        "video --room r --join-until +2h".to_owned(),
        "video --room r --join-from +1h --join-until 2099-01-01".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let out = folder.path().join(number.to_string());
        let run = || tokenmint(command).credentials(&server).args(["--batch", "-", "--resume"]).arg(&out).stdin("{}\n");
        run().says("1 minted").run();
        let seconds = || std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_secs();
        let before = seconds();
        // The clock must have moved on for this to mean anything.
        while seconds() == before {
            std::thread::yield_now();
        }
        run().says("0 minted, 0 failed, 1 kept").run();
    }
    let out = folder.path().join("twilio");
    let command = "twilio --video --identity a --ttl 1h --not-before +5m --batch -";
    let run = || twilio(command).stdin("{}\n").arg("--resume").arg(&out);
    run().says("1 minted").run();
    run().says("1 kept").run();
}

#[test]
fn it_does_not_matter_whether_a_flag_or_the_line_asks() {
    let server = Server::answering([minting_by_member()]);
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let run = |flags: &str, input: &str| {
        let run = tokenmint("chat -c a=r --batch - --resume").arg(&out).args(flags.split_whitespace());
        run.credentials(&server).stdin(format!("{input}\n"))
    };
    run("--ttl 60m --member-id m", "{}").says("1 minted").run();
    for (flags, input) in [
        ("--ttl 1h", r#"{"member_id":"m"}"#),
        ("--ttl 5m", r#"{"member_id":"m","ttl":60}"#),
        ("--member-id other", r#"{"ttl":60,"member_id":"m"}"#),
        ("--ttl 1h", r#"{ "id" : null, "member_id" : "m" }"#),
    ] {
        // `null` as an id is an id, and another one.
        if input.contains("id\" :") {
            run(flags, input).says("id of input line 1 differs").fails(3).run();
        } else {
            run(flags, input).says("0 minted, 0 failed, 1 kept").run();
        }
    }
    server.calls(1);
}

/// An inserted line, another member, another kind of token, another space: none of them may get the old token.
#[test]
fn a_token_is_kept_for_its_own_request_only() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let (dev, prod) = (Server::answering([minting_by_member()]), Server::answering([minting_by_member()]));
    let run = |command: &str, server: &Server, input: &str| {
        tokenmint(command).credentials(server).args(["--batch", "-", "--resume"]).arg(&out).stdin(input)
    };
    let held = || {
        let text = std::fs::read_to_string(&out).expect("the result");
        let mut held: Vec<(u64, String)> = lines(&text)
            .iter()
            .map(|line| (line["line"].as_u64().expect("a number"), line["token"].as_str().expect("a token").to_owned()))
            .collect();
        held.sort();
        held
    };
    let chat = "chat --ttl 1h -c lobby=rw";
    run(chat, &dev, "{\"member_id\":\"a\"}\n{\"member_id\":\"b\"}\n").says("2 minted").run();
    let inserted = "{\"member_id\":\"new\"}\n{\"member_id\":\"a\"}\n{\"member_id\":\"b\"}\n";
    let again = "2 lines of the --resume file had other requests; minted again";
    run(chat, &dev, inserted).says_all(&["3 minted, 0 failed", again]).run();
    assert_eq!(held(), [(1, token_of("new")), (2, token_of("a")), (3, token_of("b"))]);
    run(chat, &prod, inserted).says("3 minted, 0 failed").run();
    run(PUBSUB, &prod, inserted).says("3 minted, 0 failed").run();
    run("pubsub --ttl 2h -c lobby=rw", &prod, inserted).says("3 minted, 0 failed").run();
    run("pubsub --ttl 2h -c lobby=r", &prod, inserted).says("3 minted, 0 failed").run();
    run("pubsub --ttl 2h -c lobby=r", &prod, inserted).says("0 minted, 0 failed, 3 kept").run();
    assert_eq!(held().len(), 3, "one line for each line of the input");
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing beside it");
    dev.calls(5);
    prod.calls(12);
}

#[test]
fn a_line_whose_new_request_fails_holds_the_failure_and_not_the_old_token() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let run = |input: &str| twilio("twilio --video --batch - --resume").arg(&out).stdin(input);
    run("{\"identity\":\"a\"}\n{\"identity\":\"b\"}\n").says("2 minted").run();
    let run = run("{\"identity\":\"a\"}\n{\"identity\":\"c\",\"ttl\":\"99d\"}\n").exits(7);
    run.says("0 minted, 1 failed, 1 kept").run();
    let held = lines(&std::fs::read_to_string(&out).expect("the result"));
    assert_eq!(held.len(), 2);
    assert!(held[0]["token"].is_string() && held[1]["error"]["exit"] == 2, "{held:?}");
}

#[test]
fn another_key_or_another_default_is_another_request() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let run = || twilio("twilio --chat --identity a --batch - --resume").arg(&out).stdin("{}\n{\"chat\":true}\n");
    run().env("TWILIO_CHAT_SERVICE_SID", SERVICE).says("2 minted").run();
    run().env("TWILIO_CHAT_SERVICE_SID", SERVICE).says("2 kept").run();
    let other = SERVICE.replace('f', "e");
    run().env("TWILIO_CHAT_SERVICE_SID", &other).says("2 minted").run();
    let key = KEY.replace('f', "e");
    run().env("TWILIO_CHAT_SERVICE_SID", &other).env("TWILIO_API_KEY", key).says("2 minted").run();
}

/// `date -u -d 2020-01-01 +%s` is 1577836800: the token has ended, whatever the clock says.
#[test]
fn tokens_that_have_ended_are_minted_again_and_told() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let run = || twilio("twilio --video --identity a --batch - --resume").arg(&out).stdin("{}\n{}\n{}\n");
    run().says("3 minted").run();
    let text = std::fs::read_to_string(&out).expect("the result");
    let year = text.split("\"expires_at\":\"").nth(1).and_then(|end| end.get(..4)).expect("a year").to_owned();
    let ended: String = text
        .lines()
        .enumerate()
        .map(|(place, line)| {
            let line = if place < 2 { line.replace(&format!("at\":\"{year}"), "at\":\"2020") } else { line.to_owned() };
            line + "\n"
        })
        .collect();
    std::fs::write(&out, ended).expect("an earlier result");
    run().says_all(&["2 tokens of the --resume file had expired", "2 minted, 0 failed, 1 kept"]).run();
    let held = lines(&std::fs::read_to_string(&out).expect("the result"));
    assert_eq!(held.len(), 3);
    assert!(held.iter().all(|line| !line["expires_at"].as_str().expect("an end").starts_with("2020")), "{held:?}");
}

/// Version 0.1.0 wrote no mark: such a file is taken, and its tokens are minted again.
#[test]
fn lines_without_a_mark_are_ours_and_agree_with_nothing() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let old = "{\"line\":1,\"id\":7,\"token\":\"old\",\"expires_at\":null}\n";
    std::fs::write(&out, old).expect("an earlier result");
    let run = |input: &str| twilio("twilio --video --identity a --batch - --resume").arg(&out).stdin(input);
    run("{\"id\":8}\n").says("id of input line 1 differs").fails(3).run();
    assert_eq!(std::fs::read_to_string(&out).expect("the result"), old);
    run("{\"id\":7}\n").says("1 minted, 0 failed").run();
    let held = lines(&std::fs::read_to_string(&out).expect("the result"));
    assert!(held.len() == 1 && held[0]["token"] != "old", "{held:?}");
}

/// The emulator has another port in every run.
#[cfg(feature = "emulator")]
#[test]
fn the_emulator_is_the_same_place_in_every_run() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let run = || tokenmint("chat -p emulator --ttl 1h -c a=r --batch - --resume").arg(&out).stdin("{}\n");
    run().says("1 minted").run();
    run().says("0 minted, 0 failed, 1 kept").run();
}
