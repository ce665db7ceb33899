//! `explain`: codes of both services with cause and remedy, in words and as JSON, and that no code of our own is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use predicates::str::{contains, starts_with};
use serde_json::json;

use crate::harness::tokenmint;

/// The codes of the documents: Twilio's of an Access Token, SignalWire's of its token endpoints, of tokens in use, and of
/// its WebSocket.
const DOCUMENTED: &[&str] = &[
    "20101",
    "20102",
    "20103",
    "20104",
    "20105",
    "20106",
    "20107",
    "20151",
    "20153",
    "20156",
    "20157",
    "20160",
    "31202",
    "31204",
    "31205",
    "50207",
    "51003",
    "51007",
    "51105",
    "53000",
    "53200",
    "53201",
    "54351",
    "channel_has_missing_properties",
    "channel_name_is_reserved",
    "channel_name_size_limit_exceeded",
    "channel_size_limit_exceeded",
    "no_channel_specified",
    "state_size_limit_exceeded",
    "not_a_hash",
    "not_a_valid_json",
    "not_a_boolean",
    "allowed_address_limit_exceeded",
    "must_belong_to_project",
    "unrecognized_fabric_addresses",
    "list_contains_invalid_entries",
    "invalid_list_items",
    "unsupported_region",
    "invalid_join_until_date",
    "not_a_datetime",
    "not_an_array_of_strings",
    "not_alphanumeric",
    "unsupported_option",
    "token_expired",
    "token_invalid",
    "token_has_invalid_prefix",
    "invalid_token_format",
    "not_a_refresh_token",
    "sat_must_have_application",
    "missing_required_parameter",
    "invalid_parameter",
    "value_not_unique",
    "feature_not_available",
    "account_limit_exceeded",
    "insufficient_balance",
    "rate_limit_exceeded",
    "chat_token_is_invalid",
    "chat_token_invalid_for_session",
    "room_token_invalid_for_session",
    "authblock_is_expired",
    "authblock_is_invalid",
    "-32002",
    "-32003",
    "-32602",
];

#[test]
fn every_documented_code_has_a_cause_and_a_remedy() {
    let run = tokenmint("explain -o json").args(DOCUMENTED).stdout(starts_with("{"));
    let object = run.run().json();
    let entries = object["codes"].as_array().expect("entries");
    assert_eq!(entries.len(), DOCUMENTED.len());
    for (entry, code) in entries.iter().zip(DOCUMENTED) {
        assert_eq!(entry["code"], json!(code));
        for key in ["service", "title", "cause", "fix"] {
            assert!(entry[key].as_str().is_some_and(|text| !text.is_empty()), "{key} of {code}");
        }
    }
}

#[test]
fn a_code_is_explained_in_words_with_the_flag_that_mends_it() {
    for (code, parts) in [
        ("20102", ["Twilio", "cty"]),
        ("20157", ["24", "--ttl"]),
        ("51105", ["identity", "--identity"]),
        ("31205", ["expired", "--ttl"]),
        ("missing_required_parameter", ["SignalWire", "required"]),
        ("Must_Belong_To_Project", ["project", "--allowed-address"]),
        ("-32002", ["WebSocket", "tokenmint inspect"]),
        ("-32602", ["WebSocket", "without a token"]),
    ] {
        let text = tokenmint("explain").arg(code).stdout(contains("Cause")).run().stdout;
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    let text = tokenmint("explain 20104 -32003").stdout(starts_with("20104")).run().stdout;
    assert!(text.contains("\n\n-32003"), "{text}");
}

#[test]
fn an_unknown_code_is_2_with_what_is_near() {
    tokenmint("explain 20108").fails(2).says_all(&["'20108'", "20107", "tokenmint explain"]).run();
    tokenmint("explain 32002").fails(2).says("-32002").run();
    tokenmint("explain mising_required_parameter").fails(2).says("missing_required_parameter").run();
    // One unknown code among known ones prints nothing.
    tokenmint("explain 20101 99999").fails(2).says("'99999'").run();
    let error = tokenmint("explain -o json 99999").exits(2).stderr(starts_with("{")).run().error();
    assert_eq!(error["code"], json!("usage"));
    // It may be a secret.
    tokenmint("explain hunter2Hunter2").fails(2).hides("hunter2").says("unknown code").run();
    tokenmint("explain").arg("").fails(2).says("unknown code").run();
}

#[test]
fn without_a_code_the_known_ones_are_listed() {
    let text = tokenmint("explain").stdout(starts_with("Twilio\n")).run().stdout;
    for code in DOCUMENTED {
        assert!(text.lines().any(|line| line.split_whitespace().next() == Some(code)), "{code} in {text}");
    }
    let object = tokenmint("explain -o json").stdout(starts_with("{")).run().json();
    assert!(object["codes"].as_array().is_some_and(|codes| codes.len() >= DOCUMENTED.len()), "{object}");
}

/// Every file of these folders of the source.
fn source(folders: &[&str]) -> String {
    let mut text = String::new();
    for folder in folders {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                text += &fs::read_to_string(&path).expect("text");
            }
        }
    }
    text
}

#[test]
fn every_code_that_the_program_names_is_explained() {
    let is_twilio = |word: &&str| {
        let known = ["201", "312", "502", "510", "511", "531", "532", "543"];
        word.len() == 5 && known.iter().any(|start| word.starts_with(start))
    };
    let text = source(&["inspect", "twilio"]);
    let numbers = text.split(|character: char| !character.is_ascii_digit()).filter(is_twilio);
    let text = source(&["catalog", "signalwire", "emulator"]);
    let is_code = |word: &&str| {
        let parts = ["missing_", "invalid_", "not_a", "_limit_exceeded", "_reserved", "unsupported_", "must_belong"];
        let parts = [&parts[..], &["no_channel", "unrecognized_", "token_expired", "_token"]].concat();
        let letters = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        letters
            && !word.ends_with("_token")
            && !word.ends_with("_tokens")
            && parts.iter().any(|part| word.contains(part))
    };
    let words = text.split('"').filter(is_code);
    let codes: BTreeSet<&str> = numbers.chain(words).collect();
    assert!(codes.len() > 25, "{codes:?}");
    let run = tokenmint("explain -o json").args(&codes).stdout(starts_with("{"));
    assert_eq!(run.run().json()["codes"].as_array().map(Vec::len), Some(codes.len()));
}
