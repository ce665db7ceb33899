//! Slips of people who know another tool, or who forget a flag or an at sign: the hint is what to type instead.

use predicates::prelude::*;
use serde_json::json;

use crate::harness::{CHAT, tokenmint};
use crate::server::{Answer, Server};

#[test]
fn a_word_alone_is_answered_with_the_flag_that_it_was_meant_for() {
    for (line, hint) in [
        ("video standup", "hint: use --room-name NAME; to run a command, write -- standup"),
        ("subscriber alice@example.com", "hint: use --reference NAME; to run a command, write -- COMMAND"),
        ("chat lobby", "hint: use -c lobby=rw; to run a command, write -- lobby"),
        ("chat lobby=rw", "hint: use -c lobby=rw; to run a command, write -- COMMAND"),
        ("twilio room", "hint: use --identity NAME; to run a command, write -- room"),
        ("chat -c lobby=rw echo", "hint: to run a command, write -- echo"),
        ("chat --channel lobby=rw echo", "hint: to run a command, write -- echo"),
        ("profile edit dev", "hint: it edits the whole file; leave out the name"),
        ("profile add --name dev", "hint: the name is an argument: tokenmint profile add NAME"),
        ("profile add dev --api-token X", "hint: leave it out: it is asked for, or read from stdin"),
    ] {
        tokenmint(line).fails(2).says(hint).run();
    }
}

#[cfg(feature = "emulator")]
#[test]
fn a_command_for_the_emulator_stands_after_two_dashes() {
    tokenmint("emulator chat").fails(2).says("hint: to run a command, write -- chat").run();
}

#[test]
fn the_commands_of_the_twilio_cli_are_known() {
    for grant in ["chat", "sync", "video", "voice"] {
        let run = tokenmint(&format!("token:{grant}")).fails(2).says(&format!("unknown command 'token:{grant}'"));
        run.says(&format!("hint: use tokenmint twilio --{grant}")).run();
    }
}

#[test]
fn a_file_without_its_at_sign_is_named_as_one() {
    let run = tokenmint("inspect t.txt").file("t.txt", "eyJh.eyJp.sig", 0o600).fails(2);
    run.says_all(&["error: 't.txt' is a file, not a token", "hint: run tokenmint inspect @t.txt"]).run();
    let run = tokenmint("refresh pair.json").file("pair.json", "{}", 0o600).fails(2);
    run.says_all(&["not the name of a file alone", "hint: write tokenmint refresh @pair.json"]).run();
    let run = tokenmint("inspect").arg("my secret file").file("my secret file", "x", 0o600).hides("secret");
    run.fails(2).says_all(&["is a file, not a token", "@FILE"]).run();
}

#[test]
fn a_422_with_a_code_that_explain_knows_leads_to_it() {
    for (code, hint) in [
        ("invalid_parameter", "hint: run tokenmint explain invalid_parameter, or see https://example.com/page"),
        ("of_no_list", "hint: see https://example.com/page"),
    ] {
        let body = json!({"errors": [{"code": code, "message": "It is wrong", "url": "https://example.com/page"}]});
        let server = Server::answering([Answer::json(422, body.to_string())]);
        tokenmint(CHAT).credentials(&server).fails(5).says(hint).run();
    }
}

#[test]
fn the_variable_that_chose_the_emulator_for_twilio_is_named() {
    let run = tokenmint("twilio --identity a --video r --ttl 1h").env("TOKENMINT_PROFILE", "emulator").fails(3);
    run.says_all(&["error: TOKENMINT_PROFILE: ", "SignalWire"]).run();
    let run = tokenmint("twilio --identity a --video r --ttl 1h -p emulator").fails(3);
    run.stderr(predicate::str::contains("TOKENMINT_PROFILE").not()).run();
}
