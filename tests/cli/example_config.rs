//! The example configuration that comes with the source: refused as it stands, whichever value was forgotten, and right
//! once all of them are filled in.

use std::path::Path;

use crate::harness::{API_TOKEN, CHAT, PROJECT, TOKEN, tokenmint};
use crate::server::Server;
use crate::twilio::{ACCOUNT, KEY, SECRET};

/// The example's text.
fn example() -> String {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    std::fs::read_to_string(place).expect("config.example.toml")
}

/// The example with its commented lines in force, but for the second and third way to give the secret.
fn in_full() -> String {
    let is_setting = |line: &str| line.starts_with('[') || line.contains(" = \"");
    let keep = |line: &&str| {
        !line.starts_with("# api_token_command") && *line != "# api_token_file = \"/run/secrets/signalwire\""
    };
    let (dev, ci) = {
        let text = example();
        let (dev, ci) =
            text.split_once("# A second profile").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("two parts");
        (dev, ci)
    };
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if is_setting(rest) => rest.to_owned(),
        _ => line.to_owned(),
    };
    let dev: Vec<String> = dev.lines().filter(keep).map(uncomment).collect();
    let ci: Vec<String> = ci.lines().skip(1).map(uncomment).collect();
    [dev, ci].concat().join("\n")
}

/// The example with values in the place of all placeholders.
fn filled(text: &str) -> String {
    text.replace("<your-space>", "example")
        .replace("00000000-0000-4000-8000-000000000000", PROJECT)
        .replace("PT…", API_TOKEN)
        .replace("AC…", ACCOUNT)
        .replace("SK…", KEY)
        .replace("api_key_secret = \"…\"", &format!("api_key_secret = \"{SECRET}\""))
        .replace("IS…", "IS0123456789abcdef0123456789abcdef")
        .replace("AP…", "AP0123456789abcdef0123456789abcdef")
}

#[test]
fn each_profile_of_the_example_serves_a_dry_run_once_it_is_filled_in() {
    let text = filled(&in_full());
    let name_of = |line: &str| Some(line.strip_prefix("[profiles.")?.strip_suffix(".signalwire]")?.to_owned());
    let names: Vec<String> = text.lines().filter_map(name_of).collect();
    assert_eq!(names, ["dev", "ci"], "{text}");
    for name in names {
        let run = tokenmint(CHAT).args(["--config", "example.toml", "--dry-run", "-o", "json", "--profile", &name]);
        let request = run.file("example.toml", &text, 0o600).stdout(predicates::str::starts_with("{")).run().json();
        assert_eq!(request["url"], "https://example.signalwire.com/api/chat/tokens", "{name}");
    }
    let run = tokenmint("twilio --identity a --chat --voice --sync -p dev").config(&text).hides(SECRET);
    run.stdout(predicates::str::starts_with("eyJ")).run();
}

#[test]
fn the_preset_of_the_example_works_once_it_is_in_force() {
    let server = Server::minting();
    let text = filled(&in_full()).replace("# channels = {", "channels = {");
    let text = text.replace("space = \"example\"", &format!("space = \"{}\"", server.space()));
    tokenmint("chat --preset lobby").config(&text).prints(format!("{TOKEN}\n")).run();
    let request = server.request();
    assert_eq!(request.text(), r#"{"ttl":60,"channels":{"lobby":{"read":true,"write":true}}}"#);
}

#[test]
fn the_example_works_in_its_usual_place_once_it_is_filled_in() {
    let server = Server::minting();
    let text = filled(&example()).replace("space = \"example\"", &format!("space = \"{}\"", server.space()));
    tokenmint(CHAT).config(&text).prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
}

#[test]
fn a_line_of_the_example_that_was_forgotten_is_named() {
    let server = Server::unused();
    let text = filled(&example()).replace("space = \"example\"", &format!("space = \"{}\"", server.space()));
    for (key, value, placeholder) in [
        ("space", server.space(), "<your-space>"),
        ("project_id", PROJECT.to_owned(), "00000000-0000-4000-8000-000000000000"),
        ("api_token", API_TOKEN.to_owned(), "PT…"),
    ] {
        let forgotten = text.replace(&format!("\n{key} = \"{value}\""), &format!("\n{key} = \"{placeholder}\""));
        assert_ne!(forgotten, text, "{key}");
        let said = format!("{key} of profile 'dev' is still the placeholder");
        tokenmint(CHAT).config(&forgotten).fails(3).says(&said).run();
    }
    tokenmint(CHAT).config(&example()).fails(3).says("space of profile 'dev' is still the placeholder").run();
    tokenmint("profile check").config(&example()).fails(3).says("placeholder").run();
    // It can be looked at all the same.
    tokenmint("profile show").config(&example()).stdout(predicates::str::contains("<your-space>")).run();
    // Twilio's own check knows what is missing.
    let twilio = in_full();
    tokenmint("twilio --identity a --video -p dev").config(&twilio).fails(3).says("account_sid of profile 'dev'").run();
}
