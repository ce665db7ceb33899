//! SignalWire's own command line (`pip install swsh`) against the emulator: it mints each kind that it can, and is refused
//! where it authenticates an invite with the project's credentials instead of the subscriber's token.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::emulator::Emulator;
use crate::harness::temporary_folder;

/// What `sw` says to these words, with `input` on stdin.
fn sw(emulator: &Emulator, home: &std::path::Path, words: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let names = ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "SSL_CERT_FILE"];
    let mut command = Command::new("sw");
    command.args(words).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home);
    command.envs(names.map(|name| (name, emulator.exported(name))));
    command.env("REQUESTS_CA_BUNDLE", emulator.exported("SSL_CERT_FILE"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("sw starts");
    child.stdin.take().expect("stdin").write_all(input.as_bytes()).expect("stdin is read");
    child.wait_with_output().expect("an end")
}

#[test]
fn it_mints_every_kind_that_it_authenticates_as_documented() {
    // No distribution has it, so that its absence is no mistake of a machine, not even in CI.
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder.join("sw").is_file()) {
        crate::harness::skipped("sw is not installed (pip install swsh)");
        return;
    }
    let (emulator, home) = (Emulator::with_tls(), temporary_folder());
    let channels = r#"{"ttl":60,"channels":{"lobby":{"read":true}}}"#;
    let address = "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0";
    let key = "c2c_0123456789abcdef0123456789abcdef";
    for (words, input) in [
        (&["subtokens", "create", "--set", "reference=alice", "--json"][..], ""),
        (&["subtokens", "mint-guest-token", "--allowed-addresses", address, "--json"], ""),
        (&["subtokens", "mint-embed-token", "--token", key, "--json"], ""),
        (&["api", "create_chat_token", "--force", "--input", "-"], channels),
        (&["api", "/api/pubsub/tokens", "-X", "POST", "--force", "--input", "-"], channels),
        (&["api", "create_room_token", "--force", "-F", "room_name=standup"], ""),
    ] {
        let output = sw(&emulator, home.path(), words, input);
        assert!(output.status.success(), "{words:?}: {output:?}");
        let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let object = value.get(0).unwrap_or(&value);
        assert!(object["token"].as_str().is_some_and(|token| token.starts_with("eyJ")), "{words:?}: {value}");
    }
    let output = sw(&emulator, home.path(), &["subtokens", "mint-invite-token", "--address-id", address], "");
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("401"), "{output:?}");
}
