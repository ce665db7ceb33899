//! The example configuration that comes with the source is accepted as it stands, by every profile in it.

use std::path::Path;

use crate::harness::{CHAT, tokenmint};

/// The example's text and the names of its profiles that hold SignalWire credentials.
fn example() -> (String, Vec<String>) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let text = std::fs::read_to_string(place).expect("config.example.toml");
    let name_of = |line: &str| Some(line.trim().strip_prefix("[profiles.")?.strip_suffix(".signalwire]")?.to_owned());
    let names = text.lines().filter_map(name_of).collect();
    (text, names)
}

#[test]
fn each_profile_of_the_example_serves_a_dry_run() {
    let (text, names) = example();
    assert!(!names.is_empty(), "the example has a SignalWire profile");
    for name in names {
        let run = tokenmint(CHAT).args(["--config", "example.toml", "--dry-run", "-o", "json", "--profile", &name]);
        let request = run.file("example.toml", &text, 0o600).stdout(predicates::str::starts_with("{")).run().json();
        assert!(request["url"].as_str().is_some_and(|url| url.starts_with("https://")), "{name}: {request}");
    }
}

#[test]
fn the_example_works_in_its_usual_place() {
    let (text, _) = example();
    tokenmint(CHAT).arg("--dry-run").config(&text).stdout(predicates::str::contains("/api/chat/tokens")).run();
}
