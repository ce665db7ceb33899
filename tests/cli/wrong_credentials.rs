//! Credentials that are certainly wrong: refused before anything is sent, with the variable or key and what to do. What is
//! only unlikely is sent.

use crate::credentials::{dev, refuse};
use crate::harness::{API_TOKEN, CHAT, PROJECT, TOKEN, tokenmint};
use crate::server::Server;
use crate::twilio::{ACCOUNT, KEY, SECRET, twilio};

const SPACE: &str = "SIGNALWIRE_SPACE";
const ID: &str = "SIGNALWIRE_PROJECT_ID";
const API: &str = "SIGNALWIRE_API_TOKEN";

#[test]
fn project_id_and_api_token_that_are_swapped_are_named_in_one_sentence() {
    let server = Server::unused();
    let run = || tokenmint(CHAT).credentials(&server).env(ID, API_TOKEN).env(API, PROJECT);
    let sentence = "SIGNALWIRE_PROJECT_ID is an API token and SIGNALWIRE_API_TOKEN a project id: swap them";
    refuse(run(), &[sentence]);
    refuse(run().env(API, format!(" {PROJECT} ")), &[sentence]);
    let config = dev(&server, &format!("api_token = \"{PROJECT}\""))
        .replace(&format!("project_id = \"{PROJECT}\""), &format!("project_id = \"{API_TOKEN}\""));
    let sentence = "project_id of profile 'dev' is an API token and api_token of profile 'dev' a project id: swap them";
    refuse(tokenmint(CHAT).config(&config), &[sentence]);
    refuse(tokenmint(CHAT).credentials(&server).env(API, PROJECT), &["SIGNALWIRE_API_TOKEN is the project id itself"]);
}

#[test]
fn a_value_in_quotes_is_refused_and_the_quotes_are_named() {
    for (name, plain) in [(SPACE, "example"), (ID, PROJECT), (API, API_TOKEN)] {
        for (open, close) in [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201c}', '\u{201d}')] {
            let server = Server::unused();
            let run = tokenmint(CHAT).credentials(&server).env(name, format!("{open}{plain}{close}"));
            refuse(run, &[&format!("{name} has quotes around it; they are part of the value here")]);
        }
    }
    let server = Server::unused();
    let config = dev(&server, &format!("api_token = '\"{API_TOKEN}\"'"));
    refuse(tokenmint(CHAT).config(&config), &["api_token of profile 'dev' has quotes around it"]);
    let run = tokenmint(CHAT).config(&dev(&server, "api_token_file = \"secret\""));
    let run = run.file("xdg/tokenmint/secret", &format!("'{API_TOKEN}'\n"), 0o600);
    refuse(run, &["api_token_file of profile 'dev' has quotes around it"]);
}

#[test]
fn a_variable_that_was_not_expanded_is_refused() {
    for (name, value) in [
        (SPACE, "$SPACE"),
        (SPACE, "https://${SPACE}.signalwire.com"),
        (SPACE, "${{ vars.SPACE }}"),
        (ID, "$PROJECT_ID"),
        (ID, "${PROJECT_ID}"),
        (API, "$TOKEN"),
        (API, "${TOKEN}"),
        (API, "${TOKEN:-none}"),
        (API, "${{ secrets.TOKEN }}"),
    ] {
        let server = Server::unused();
        let run = tokenmint(CHAT).credentials(&server).env(name, value);
        refuse(run, &[&format!("{name} contains a variable that was not expanded")]);
    }
    for literal in ["$SIGNALWIRE_API_TOKEN", "${SIGNALWIRE_API_TOKEN}"] {
        let server = Server::unused();
        let run = tokenmint(CHAT).args(["-p", "dev"]).env(API, API_TOKEN);
        let run = run.config(&dev(&server, &format!("api_token = \"{literal}\"")));
        refuse(run, &["variables are not expanded here; use api_token_command or api_token_file"]);
    }
}

#[test]
fn the_placeholders_of_the_documentation_are_refused() {
    let all_zero = "00000000-0000-4000-8000-000000000000";
    let tokens = ["PT…", "PT...", "PTxxxxxxxxxxxxxxxx", "PT0000000000000000"];
    let values = tokens.map(|token| (API, token)).into_iter().chain([(ID, all_zero), (SPACE, "<your-space>")]);
    for (name, value) in values {
        let server = Server::unused();
        let run = tokenmint(CHAT).credentials(&server).env(name, value);
        refuse(run, &[&format!("{name} is still the placeholder")]);
    }
    let server = Server::unused();
    refuse(tokenmint(CHAT).credentials(&server).env(API, "PT1234…"), &["SIGNALWIRE_API_TOKEN ends in an ellipsis"]);
}

#[test]
fn a_project_id_that_is_no_uuid_is_refused_with_what_to_do() {
    for value in ["abc", "7b981c06", API_TOKEN] {
        let server = Server::unused();
        refuse(
            tokenmint(CHAT).credentials(&server).env(ID, value),
            &["SIGNALWIRE_PROJECT_ID is not a project id", "UUID"],
        );
    }
}

#[test]
fn an_api_token_of_any_other_form_is_sent() {
    for token in ["ca9a47c0ffee", "PT$HOME-x", "a\"b", "$", "xxxxxxxx", "00000000-1111-4222-8333-444444444444"] {
        let server = Server::minting();
        tokenmint(CHAT).credentials(&server).env(API, token).prints(format!("{TOKEN}\n")).run();
        assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{token}"));
    }
}

#[cfg(feature = "emulator")]
#[test]
fn the_set_of_the_emulator_is_no_placeholder() {
    tokenmint(CHAT).args(["-p", "emulator"]).stdout(predicates::str::starts_with("eyJ")).says("not valid").run();
}

#[test]
fn a_twilio_secret_that_is_the_key_sid_is_refused() {
    let line = "twilio --identity a --video";
    let sentence = "TWILIO_API_SECRET is the API key SID itself";
    refuse(twilio(line).env("TWILIO_API_SECRET", KEY), &[sentence]);
    refuse(twilio(line).arg("--dry-run").env("TWILIO_API_SECRET", KEY), &[sentence]);
    let swapped = twilio(line).env("TWILIO_API_SECRET", KEY).env("TWILIO_API_KEY", SECRET);
    refuse(swapped, &["TWILIO_API_SECRET is an API key SID and TWILIO_API_KEY is not: swap them"]);
    let config = format!(
        "[profiles.dev.twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret_file = \"secret\"\n"
    );
    let run = tokenmint(line).args(["-p", "dev"]).config(&config).file("xdg/tokenmint/secret", KEY, 0o600);
    refuse(run, &["api_key_secret_file of profile 'dev' is the API key SID itself"]);
    for (name, value) in
        [("TWILIO_API_SECRET", "\"quoted\""), ("TWILIO_API_SECRET", "${SECRET}"), ("TWILIO_API_KEY", "$KEY")]
    {
        refuse(twilio(line).env(name, value), &[name]);
    }
}

#[test]
fn the_values_of_the_readme_are_refused_as_they_stand() {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split_once("\n```"));
    let mut count = 0;
    for (text, _) in blocks {
        let names = text.lines().filter_map(|line| line.strip_prefix("[profiles.")?.strip_suffix(".signalwire]"));
        for name in names {
            refuse(tokenmint(CHAT).args(["-p", name]).config(text), &["project_id", "placeholder"]);
            count += 1;
        }
    }
    assert_eq!(count, 1);
}
