//! `--curl` with a profile: the command uses the credentials of that profile from where they are stored, never others that
//! lie in the environment, and never shows a secret.
#![cfg(unix)]

#[cfg(target_os = "linux")]
use std::sync::Arc;

use predicates::str::contains;

use crate::credentials::dev;
use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, installed, tokenmint};
#[cfg(target_os = "linux")]
use crate::server::Answer;
use crate::server::Server;

const OTHER_PROJECT: &str = "11111111-2222-4333-8444-555555555555";

/// A run whose environment holds another set.
fn with_others(line: &str) -> Run {
    let run = tokenmint(line).env("SIGNALWIRE_SPACE", "others").env("SIGNALWIRE_PROJECT_ID", OTHER_PROJECT);
    run.env("SIGNALWIRE_API_TOKEN", "PTothers").hides("PTothers").hides(OTHER_PROJECT)
}

fn command(run: Run) -> String {
    run.args(["--curl"]).stdout(contains("curl")).run().stdout
}

/// Runs a printed command where the others are, with these variables too.
fn sh(command: &str, variables: &[(&str, &str)]) -> std::process::Output {
    let mut sh = std::process::Command::new("sh");
    sh.args(["-c", command]).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    sh.env("SIGNALWIRE_PROJECT_ID", OTHER_PROJECT).env("SIGNALWIRE_API_TOKEN", "PTothers");
    sh.envs(variables.iter().copied()).output().expect("sh starts")
}

#[test]
fn a_secret_in_the_profile_comes_from_a_variable_that_the_line_demands() {
    let server = Server::minting();
    let config = dev(&server, &format!("api_token = \"{API_TOKEN}\""));
    let run = || with_others(CHAT).args(["-p", "dev"]).config(&config);
    let text = command(run().says_all(&["hint", "set SIGNALWIRE_API_TOKEN_DEV before you run it"]));
    for part in [&format!("--user \"{PROJECT}:${{SIGNALWIRE_API_TOKEN_DEV:?"), server.url().as_str()] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("$SIGNALWIRE_API_TOKEN:") && !text.contains("$SIGNALWIRE_PROJECT_ID"), "{text}");
    command(run().env("SIGNALWIRE_API_TOKEN_DEV", API_TOKEN));
    if installed("curl") {
        let unset = sh(&text, &[]);
        assert!(!unset.status.success() && String::from_utf8_lossy(&unset.stderr).contains("SIGNALWIRE_API_TOKEN_DEV"));
        assert!(sh(&text, &[("SIGNALWIRE_API_TOKEN_DEV", API_TOKEN)]).status.success());
        assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
    } else {
        server.calls(0);
    }
}

#[test]
fn the_default_profile_and_odd_names_count_like_a_named_one() {
    let server = Server::unused();
    let config = dev(&server, &format!("api_token = \"{API_TOKEN}\""));
    let text = command(tokenmint(CHAT).config(&config).says("SIGNALWIRE_API_TOKEN_DEV"));
    assert!(text.contains("${SIGNALWIRE_API_TOKEN_DEV:?"), "{text}");
    let config =
        config.replace("profiles.dev.", "profiles.\"my-team $(id)\".").replace("default_profile = \"dev\"", "");
    let text = command(with_others(CHAT).args(["-p", "my-team $(id)"]).config(&config).says("SIGNALWIRE_API_TOKEN_MY"));
    assert!(text.contains("${SIGNALWIRE_API_TOKEN_MY_TEAM___ID_:?"), "{text}");
}

#[test]
fn a_helper_is_run_by_the_line_itself_whatever_its_words_are() {
    let server = Server::unused();
    let config = dev(&server, "api_token_command = [\"op\", \"read\", \"op://Private/SignalWire/api-token\"]");
    let text = command(with_others(CHAT).args(["-p", "dev"]).config(&config));
    assert!(text.contains(&format!("--user \"{PROJECT}:$(op read op://Private/SignalWire/api-token)\"")), "{text}");
    if !installed("curl") {
        return;
    }
    for word in ["PT$(touch sprung)", "PT`id`;x|y", "it's \"so\" \\ *?~", "$HOME${PATH}", "a)b(c}", "-n", "!x", "é 😀"]
    {
        let server = Server::minting();
        let quoted = word.replace('\\', r"\\").replace('"', "\\\"");
        let config = dev(&server, &format!("api_token_command = [\"printf\", \"%s\\\\n\", \"{quoted}\"]"));
        let text = command(with_others(CHAT).args(["-p", "dev"]).config(&config));
        let output = sh(&text, &[]);
        assert!(output.status.success(), "{text}\n{output:?}");
        assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{word}"));
    }
    // The words of the shell itself start no code here that the helper would not start.
    let folder = tempfile::tempdir().expect("a folder");
    let mark = folder.path().join("sprung");
    let server = Server::unused();
    for words in [
        format!("[\"eval\", \"touch {}\"]", mark.display()),
        format!("[\"(touch {})\"]", mark.display()),
        format!("[\"X=1\", \"touch\", \"{}\"]", mark.display()),
    ] {
        let config = dev(&server, &format!("api_token_command = {words}"));
        let text = command(with_others(CHAT).args(["-p", "dev"]).config(&config));
        let (start, _) = text.split_once(" \\\n").expect("lines");
        let (_, login) = start.split_once(" --user ").expect("credentials");
        sh(&format!(": {login}"), &[]);
        assert!(!mark.exists(), "{login}");
    }
}

#[test]
fn a_file_is_read_by_the_line_itself() {
    let server = Server::minting();
    let run = with_others(CHAT).args(["-p", "dev"]).file("it's here/secret", "PTfile\n", 0o600).hides("PTfile");
    let path = run.path("it's here/secret");
    let text = command(run.config(&dev(&server, &format!("api_token_file = \"{}\"", path.display()))));
    assert!(text.contains(&format!("--user \"{PROJECT}:$(cat '")), "{text}");
    let run = with_others(CHAT).args(["-p", "dev"]).file("xdg/tokenmint/key", "PTkey\n", 0o600).hides("PTkey");
    let place = run.path("xdg/tokenmint/key");
    let text = command(run.config(&dev(&server, "api_token_file = \"key\"")));
    assert!(text.contains(&format!("$(cat {})", place.display())), "{text}");
    // The folder of that run is gone; its file is written once more.
    crate::harness::write(&place, "PTkey\n", 0o600);
    if installed("curl") {
        assert!(sh(&text, &[]).status.success(), "{text}");
        assert_eq!(server.request().user_and_password(), format!("{PROJECT}:PTkey"));
    } else {
        server.calls(0);
    }
    let _ = std::fs::remove_dir_all(place.ancestors().nth(3).expect("the folder of the run"));
}

#[test]
fn the_environment_is_named_by_the_variables_that_hold_the_set() {
    let server = Server::unused();
    let text = command(tokenmint(CHAT).credentials(&server));
    assert!(text.contains("--user \"$SIGNALWIRE_PROJECT_ID:$SIGNALWIRE_API_TOKEN\""), "{text}");
    let run = tokenmint(CHAT).credentials(&server).unset("SIGNALWIRE_API_TOKEN").env("SIGNALWIRE_TOKEN", API_TOKEN);
    let text = command(run);
    assert!(text.contains("--user \"$SIGNALWIRE_PROJECT_ID:$SIGNALWIRE_TOKEN\""), "{text}");
    let text = command(tokenmint(CHAT).says_all(&["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "replace SPACE"]));
    assert!(text.contains("https://SPACE.signalwire.com"), "{text}");
}

#[test]
fn a_project_id_that_is_a_secret_is_not_printed() {
    let server = Server::unused();
    let config = dev(&server, "api_token_file = \"secret\"").replace(PROJECT, API_TOKEN);
    tokenmint(CHAT).args(["-p", "dev", "--curl"]).config(&config).fails(3).says("project_id").run();
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_has_its_public_set_and_a_hint_to_start_it() {
    let text = command(with_others(CHAT).args(["-p", "emulator"]).says("tokenmint emulator"));
    for part in [
        "--user \"00000000-0000-4000-8000-000000008793:PTdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef\"",
        "http://127.0.0.1:8793/api/chat/tokens",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

/// The processes in whose arguments this text is, seen while curl waits for its answer.
#[cfg(target_os = "linux")]
fn seen_in_arguments(text: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("a list of processes").flatten();
    let arguments = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    let arguments = arguments.map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "));
    arguments.filter(|line| line.contains(text)).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn no_secret_is_in_the_arguments_of_curl() {
    if !installed("curl") {
        return;
    }
    let sat = concat!(
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0",
        "..aXZpdml2aXZpdml2.Y3VybA.dGFndGFndGFndGFndGFndA"
    );
    let refresh = sat.replace("U0FUIn0", "UmVmcmVzaCJ9");
    for (line, variable, secret) in [
        ("invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0", "SIGNALWIRE_SUBSCRIBER_TOKEN", sat),
        ("refresh -", "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN", refresh.as_str()),
        ("subscriber --reference a --password -", "SIGNALWIRE_SUBSCRIBER_PASSWORD", "\"canary-of-curl\""),
        (CHAT, "SIGNALWIRE_API_TOKEN", "PTcanary-of-curl"),
    ] {
        let own = secret.to_owned();
        let server = Server::answering([Answer::With(Arc::new(move |_| {
            let seen = seen_in_arguments(&own);
            Answer::json(if seen.is_empty() { 200 } else { 500 }, seen.join("\n"))
        }))]);
        let run = tokenmint(line).credentials(&server).env("SIGNALWIRE_SUBSCRIBER_TOKEN", sat).stdin(secret);
        let run = if line.starts_with("invite") { run } else { run.unset("SIGNALWIRE_SUBSCRIBER_TOKEN") };
        let text = command(run.args(["-q"]));
        let run = sh(&text, &[(variable, secret)]);
        assert_eq!(String::from_utf8_lossy(&run.stdout), "", "{text}");
        let request = server.request();
        let authorization = request.header("authorization").expect("a login");
        assert!(
            request.text().contains(secret) || authorization == format!("Bearer {secret}") || line == CHAT,
            "{text}"
        );
    }
}
