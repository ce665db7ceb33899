//! What is said where the service refuses: which source the credentials came from, what is wrong if all kinds of token are
//! refused or only some, which address a 404 can be about, and which helper program has failed.

use predicates::str::contains;

use crate::credentials::{dev, refuse};
use crate::harness::{ADDRESS, API_TOKEN, CHAT, GUEST_COMMAND, PROJECT, Run, tokenmint};
use crate::server::{Answer, Server};
use crate::twilio::twilio;

fn refused(status: u16) -> Answer {
    Answer::json(status, r#"{"error":"Unauthorized"}"#)
}

/// What is said of a run that the service refuses.
fn said(run: Run) -> String {
    run.fails(4).run().stderr
}

#[test]
fn a_refusal_names_the_source_of_the_credentials() {
    for status in [401, 403] {
        let server = Server::answering([refused(status)]);
        let text = said(tokenmint(CHAT).credentials(&server));
        assert!(
            text.contains("from the environment (SIGNALWIRE_SPACE, SIGNALWIRE_PROJECT_ID, SIGNALWIRE_API_TOKEN)"),
            "{text}"
        );

        let server = Server::answering([refused(status)]);
        let run = tokenmint(CHAT).args(["-p", "dev"]).config(&dev(&server, &format!("api_token = \"{API_TOKEN}\"")));
        let place = run.path("xdg/tokenmint/config.toml").display().to_string();
        let text = said(run);
        assert!(text.contains(&format!("from profile 'dev' in {place}")), "{text}");
        assert!(status == 403 || text.contains("tokenmint profile check dev "), "{text}");
    }
    // The error in JSON and the end of a batch say it, too.
    let server = Server::answering([refused(401)]);
    let error = tokenmint(CHAT).args(["-o", "json"]).credentials(&server).fails(4).run().error();
    assert!(error["message"].as_str().is_some_and(|text| text.contains("from the environment")), "{error}");
    let server = Server::answering([refused(401)]);
    let run = tokenmint("chat --ttl 1h -c a=r --batch - --jobs 1").stdin("{}\n").credentials(&server);
    run.exits(4).stdout(contains("error")).says("from the environment").run();
}

#[cfg(unix)]
#[test]
fn a_refusal_names_the_helper_that_gave_the_secret() {
    let server = Server::answering([refused(401)]);
    let text = said(tokenmint(CHAT).config(&dev(&server, "api_token_command = ['echo', 'PTstale']")).hides("PTstale"));
    assert!(text.contains("profile 'dev'") && text.contains("api_token_command (echo)"), "{text}");
}

/// What `profile check` says where the endpoints answer with these.
fn check(answers: [u16; 5]) -> String {
    let server = Server::answering(answers.map(|status| match status {
        422 => Answer::complaint("ttl", "ttl is required"),
        _ => refused(status),
    }));
    let run = tokenmint("profile check --retries 0").credentials(&server);
    run.exits(4).stdout(contains("refused")).says("error").run().stderr
}

#[test]
fn all_kinds_refused_is_another_cause_than_some() {
    let text = check([401; 5]);
    assert!(text.contains("the project id, the API token or the space is wrong"), "{text}");
    assert!(!text.contains("alike"), "{text}");
    for status in [401, 403] {
        let text = check([422, 422, 422, status, 422]);
        assert!(text.contains("lacks a scope: add Video in"), "{text}");
        for cause in ["alike", "project id", "is wrong", "Chat"] {
            assert!(!text.contains(cause), "{cause} in {text}");
        }
    }
    let text = check([401, 403, 422, 401, 422]);
    assert!(text.contains("add Chat; PubSub; Video in"), "{text}");
}

#[test]
fn a_404_of_a_guest_names_the_address_and_the_space() {
    let server = Server::answering([Answer::json(404, r#"{"error":"Not Found"}"#)]);
    let text = tokenmint(GUEST_COMMAND).credentials(&server).fails(5).run().stderr;
    for part in [&format!("--allowed-address {ADDRESS}"), "404", "space name"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Another kind looks nothing up.
    let server = Server::answering([Answer::json(404, r#"{"error":"Not Found"}"#)]);
    let text = tokenmint(CHAT).credentials(&server).fails(5).run().stderr;
    assert!(text.contains("space name") && !text.contains("does not know"), "{text}");
}

#[cfg(unix)]
#[test]
fn the_program_of_a_helper_that_fails_is_named() {
    let server = Server::unused();
    let run = |command: &str| tokenmint(CHAT).config(&dev(&server, &format!("api_token_command = {command}")));
    refuse(run("['no-such-helper', 'read']"), &["api_token_command", "'no-such-helper' not found"]);
    refuse(run("['/no/such/helper']"), &["api_token_command", "'helper' not found"]);
    refuse(run("['false']"), &["api_token_command", "'false' failed with status 1"]);
    refuse(run("['true']"), &["api_token_command", "'true' printed nothing"]);
    // What may be the secret itself under the wrong key is not.
    for secret in [API_TOKEN, "abcdefghijklmnopqrstuvwxyz012345", "PTshort"] {
        refuse(run(&format!("['{secret}']")).hides(secret), &["api_token_command", "not found"]);
    }
}

#[test]
fn common_mistakes_in_the_file_are_answered_with_the_line_to_write() {
    let flat =
        format!("[profiles.dev]\nspace = \"example\"\nproject_id = \"{PROJECT}\"\napi_token = \"{API_TOKEN}\"\n");
    refuse(tokenmint(CHAT).config(&flat), &["unknown key", "move these under [profiles.dev.signalwire]"]);
    let flat = "[profiles.prod]\naccount_sid = \"AC1\"\n";
    refuse(tokenmint(CHAT).config(flat), &["line 2", "move these under [profiles.prod.twilio]"]);
    refuse(tokenmint(CHAT).config("[profiles.dev]\nspcae = \"x\"\n"), &["unknown key 'spcae'", "signalwire, twilio"]);
    let server = Server::unused();
    let run = tokenmint(CHAT).config(&dev(&server, "api_token_command = \"op read x\""));
    refuse(run, &["api_token_command", "[\"op\", \"read\", "]);
    refuse(tokenmint(CHAT).args(["-p", "dev"]), &["there is no configuration file", "tokenmint profile add NAME"]);
}

#[test]
fn a_region_that_the_environment_speaks_of_is_hinted_at_and_not_guessed() {
    const LINE: &str = "twilio --identity a --video --dry-run";
    for (name, value, flag) in [
        ("TWILIO_REGION", "ie1", "--region ie1"),
        ("TWILIO_EDGE", "sydney", "--region au1"),
        ("TWILIO_EDGE", "frankfurt", "--region"),
    ] {
        let outcome = twilio(LINE).env(name, value).stdout(contains("SK0123")).says_all(&["hint", name, flag]).run();
        assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
        assert!(!outcome.stdout.contains("twr"), "{}", outcome.stdout);
    }
    let run = twilio("twilio --identity a --chat=IS0123456789abcdef0123456789abcdef").env("TWILIO_REGION", "ie1");
    run.stdout(contains("eyJ")).says("--region ie1").run();
    // The default, a region that was given, and a profile that shuts the environment out need none.
    twilio(LINE).env("TWILIO_REGION", "us1").env("TWILIO_EDGE", "ashburn").stdout(contains("SK0123")).run();
    let run = twilio(LINE).args(["--region", "us1"]).env("TWILIO_REGION", "ie1");
    run.stdout(contains("us1")).run();
    let profile = "[profiles.dev.twilio]\naccount_sid = \"AC0123456789abcdef0123456789abcdef\"\n\
        api_key_sid = \"SK0123456789abcdef0123456789abcdef\"\napi_key_secret = \"abcdefghijklmnop\"\n";
    twilio(LINE).args(["-p", "dev"]).config(profile).env("TWILIO_REGION", "ie1").stdout(contains("SK0123")).run();
}
