//! Presets: what `--preset` lays under the command line, what one may hold, and how they are listed.

use predicates::str::{contains, starts_with};
use serde_json::{Value, json};

use crate::harness::{ADDRESS, API_TOKEN, PROJECT, Run, TOKEN, tokenmint};
use crate::server::Server;
use crate::twilio::{ACCOUNT, KEY, SECRET};

const PRESETS: &str = "\
[presets.lobby]
command = \"chat\"
ttl = \"1h\"
channels = { lobby = { read = true, write = true } }
member_id = \"alice\"
state = { b = 1.0, a = [1, \"x\"] }

[presets.standup]
command = \"video\"
room_name = \"standup\"
join_until = \"2096-10-02T07:06:40Z\"

[presets.ring]
command = \"twilio\"
identity = \"alice\"
voice_incoming = true
ttl = \"10m\"
";

fn with_presets(line: &str) -> Run {
    tokenmint(line).config(PRESETS)
}

/// What arrives at the service.
fn sent(run: Run) -> String {
    let server = Server::minting();
    run.credentials(&server).prints(format!("{TOKEN}\n")).run();
    server.request().text()
}

#[test]
fn a_preset_is_sent_as_it_stands_in_the_order_of_the_file() {
    assert_eq!(
        sent(with_presets("chat --preset lobby")),
        r#"{"ttl":60,"channels":{"lobby":{"read":true,"write":true}},"member_id":"alice","state":{"b":1.0,"a":[1,"x"]}}"#
    );
    assert_eq!(
        sent(with_presets("video --preset standup")),
        r#"{"room_name":"standup","join_until":"2096-10-02T07:06:40Z"}"#
    );
}

#[test]
fn a_body_overrides_a_preset_and_a_flag_overrides_both() {
    let body = |run: Run| serde_json::from_str::<Value>(&sent(run)).expect("JSON");
    let typed = body(with_presets("chat --preset lobby --ttl 5m -c news=r --member-id bob"));
    assert_eq!((&typed["ttl"], &typed["member_id"]), (&json!(5), &json!("bob")));
    assert_eq!(typed["channels"], json!({ "news": { "read": true, "write": false } }));
    let run = with_presets("chat --preset lobby --member-id carol --body");
    let both = body(run.arg(r#"{"ttl":"90m","member_id":"bob","state":{}}"#));
    assert_eq!((&both["ttl"], &both["member_id"]), (&json!(90), &json!("carol")));
    assert_eq!((&both["state"], &both["channels"]["lobby"]["write"]), (&json!({}), &json!(true)));
}

#[test]
fn times_of_a_preset_are_counted_from_the_run() {
    let config = format!(
        "[presets.g]\ncommand = \"guest\"\nexpire_at = \"+2h\"\nallowed_addresses = [\"{ADDRESS}\"]\n\
         [presets.d]\ncommand = \"guest\"\nexpire_at = \"@4000000000\"\nallowed_addresses = [\"{ADDRESS}\"]\n"
    );
    let request = |name: &str| {
        let run = tokenmint(&format!("guest --dry-run -o json --preset {name}")).config(&config);
        run.stdout(starts_with("{")).run().json()["body"]["expire_at"].as_i64().expect("seconds")
    };
    let now = || jiff::Timestamp::now().as_second();
    let (before, expires, after) = (now(), request("g"), now());
    assert!((before + 7_200..=after + 7_200).contains(&expires), "{expires} of a run between {before} and {after}");
    assert_eq!(request("d"), 4_000_000_000);
    // A flag for the same field wins, although it has another name.
    let run = tokenmint("guest --dry-run -o json --preset d --ttl 1h").config(&config);
    let body = run.stdout(starts_with("{")).run().json()["body"].clone();
    assert!(body["expire_at"].as_i64().expect("seconds") < 4_000_000_000);
}

#[test]
fn a_preset_is_for_every_way_to_mint() {
    let server = Server::minting();
    let lines = "{\"member_id\":\"a\"}\n{\"ttl\":5}\n";
    let run = with_presets("chat --preset lobby --batch - --jobs 1").credentials(&server).stdin(lines).says("2 minted");
    run.stdout(contains(TOKEN)).run();
    let bodies: Vec<Value> =
        server.requests().iter().map(|request| serde_json::from_str(&request.text()).expect("JSON")).collect();
    assert_eq!((&bodies[0]["ttl"], &bodies[0]["member_id"]), (&json!(60), &json!("a")));
    assert_eq!((&bodies[1]["ttl"], &bodies[1]["member_id"]), (&json!(5), &json!("alice")));
    let curl = with_presets("chat --preset lobby --curl").says("SIGNALWIRE_API_TOKEN");
    curl.stdout(contains(r#""channels":{"lobby":{"read":true,"write":true}}"#)).run();
    let run = with_presets("twilio --preset ring --dry-run -o json --identity bob").stdout(starts_with("{"));
    let claims = run.run().json()["claims"].clone();
    let grants = json!({ "identity": "bob", "voice": { "incoming": { "allow": true } } });
    assert_eq!(claims["grants"], grants);
    assert_eq!(claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat"), 600);
}

/// A preset of each kind that authenticates in another way, or not with the fields of the request alone.
const FABRIC: &str = "\
[presets.alice]
command = \"subscriber\"
reference = \"alice\"
expire_at = \"+1h\"

[presets.call]
command = \"invite\"
address_id = \"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0\"

[presets.widget]
command = \"embed\"
token = \"c2c_0123456789abcdef0123456789abcdef\"

[presets.renew]
command = \"refresh\"
";

#[test]
fn a_preset_is_for_every_kind() {
    use crate::harness::{CALL, GUEST, REFRESH};
    for (line, path, token) in [
        ("subscriber --preset alice", "/api/fabric/subscribers/tokens", GUEST),
        ("invite --preset call", "/api/fabric/subscriber/invites", CALL),
        ("embed --preset widget", "/api/fabric/embeds/tokens", CALL),
        ("refresh --preset renew -q", "/api/fabric/subscribers/tokens/refresh", GUEST),
    ] {
        let server = Server::minting();
        let run = tokenmint(line).config(FABRIC).credentials(&server);
        let run = if line.starts_with("refresh") { run.stdin(REFRESH) } else { run };
        let run = if line.starts_with("invite") { run.env("SIGNALWIRE_SUBSCRIBER_TOKEN", GUEST) } else { run };
        run.prints(format!("{token}\n")).run();
        assert_eq!(server.request().target, path);
    }
    for (command, key, parts) in [
        ("invite", "reference = \"a\"", &["'reference' is not part of the request", "add --reference NAME"][..]),
        (
            "invite",
            "subscriber_token = \"canary\"",
            &["'subscriber_token' is not part", "add --subscriber-token @FILE"],
        ),
        ("refresh", "refresh_token = \"canary\"", &["'refresh_token' is a secret", "give it as @FILE"]),
        ("subscriber", "expire_at = \"1h\"", &["'expire_at'", "write expire_at = \"+1h\""]),
    ] {
        let config = format!("[presets.x]\ncommand = \"{command}\"\n{key}\n");
        let run = tokenmint(&format!("{command} --preset x")).config(&config).hides("canary");
        run.fails(3).says_all(parts).run();
    }
    // What is missing goes beside the preset.
    let run = tokenmint("twilio --preset ring").config("[presets.ring]\ncommand = \"twilio\"\nvideo = \"r\"\n");
    run.fails(2).says_all(&["missing --identity", "hint: add --identity NAME"]).run();
}

#[cfg(all(unix, feature = "emulator"))]
#[test]
fn a_server_with_a_preset_counts_its_times_from_each_call() {
    let server = Server::minting();
    let run = tokenmint("subscriber --preset alice --serve 127.0.0.1:0").config(FABRIC).credentials(&server);
    let running = crate::running::Running::start(run);
    let ask = || running.ask("GET", "/token", "", "").json()["expiry_at"].as_i64().expect("milliseconds");
    let first = ask();
    let start = jiff::Timestamp::now().as_second();
    while jiff::Timestamp::now().as_second() == start {
        std::thread::yield_now();
    }
    assert!(ask() > first, "a token that lasts as long as the first, from now");
}

#[test]
fn a_command_gets_the_token_of_a_preset() {
    let server = Server::minting();
    let run = with_presets("chat --preset lobby -- printenv SIGNALWIRE_CHAT_TOKEN").credentials(&server);
    run.prints(format!("{TOKEN}\n")).run();
    server.calls(1);
}

#[test]
fn credentials_come_from_where_they_always_do_unless_the_preset_names_a_profile() {
    let server = Server::minting();
    let space = server.space();
    let profile = |name: &str| {
        format!(
            "[profiles.{name}.signalwire]\nspace = \"{space}\"\nproject_id = \"{PROJECT}\"\napi_token = \"{API_TOKEN}\"\n"
        )
    };
    let config =
        format!("{PRESETS}[presets.own]\ncommand = \"chat\"\nprofile = \"dev\"\nttl = \"1h\"\n{}", profile("dev"));
    // The environment is that of nobody: had it been read, the run would have failed.
    let run = |line: &str| tokenmint(line).config(&config).env("SIGNALWIRE_SPACE", "elsewhere");
    run("chat --preset own -c a=r -v").prints(format!("{TOKEN}\n")).says("fields from preset 'own' in ").run();
    run("chat --preset own -c a=r").env("TOKENMINT_PROFILE", "nosuch").prints(format!("{TOKEN}\n")).run();
    run("chat --preset lobby").fails(3).says("SIGNALWIRE_PROJECT_ID").run();
    run("chat --preset own -c a=r --profile other").fails(3).says("no profile 'other'").run();
    server.calls(2);
    let other = format!("[presets.own]\ncommand = \"chat\"\nprofile = \"hidden-name\"\n{}", profile("dev"));
    let run = tokenmint("chat --preset own -c a=r").config(&other).hides("hidden-name");
    run.fails(3).says_all(&["profile of preset 'own' is not defined", "profiles: dev, emulator"]).run();
}

#[test]
fn a_preset_of_another_command_is_refused_with_the_right_command() {
    with_presets("video --preset lobby").fails(2).says("run tokenmint chat --preset lobby").run();
    with_presets("pubsub --preset lobby --ttl 1h").fails(2).says_all(&["chat", "pubsub"]).run();
    with_presets("chat --preset loby").fails(3).says_all(&["'loby'", "'lobby'", "standup"]).run();
    with_presets("chat --preset=").fails(2).says("--preset is empty").run();
    tokenmint("chat --preset lobby").fails(3).says_all(&["preset 'lobby'", "no configuration file"]).run();
    tokenmint("chat --preset lobby").config("").fails(3).says("[presets.lobby]").run();
}

/// A file with one preset of this text; nothing of `hidden` may be said.
fn refused(line: &str, preset: &str, hidden: &str, parts: &[&str]) {
    let server = Server::unused();
    let run = tokenmint(line).config(&format!("[presets.p]\n{preset}\n")).credentials(&server).hides(hidden);
    run.fails(3).says_all(parts).run();
}

#[test]
fn what_a_preset_cannot_mean_is_named_and_never_repeated() {
    for (preset, parts) in [
        ("command = 'chat'\nchanels = 'zq9'", &["preset 'p'", "'chanels'", "did you mean 'channels'?"][..]),
        ("command = 'chat'\nchannel = 'zq9'", &["'channel'", "did you mean 'channels'?"]),
        ("command = 'chat'\nttl = 'zq9'", &["preset 'p'", "'ttl'", "minutes", "1h"]),
        ("command = 'chat'\nttl = '900d'", &["'ttl'", "1 to 43200 minutes"]),
        ("command = 'chat'\nchannels = { zq9 = 'zq9' }", &["'channels'"]),
        ("command = 'chat'\nttl = inf", &["line 3", "'ttl'"]),
        ("command = 'chat'\napi_token = 'zq9'", &["'api_token'"]),
        ("command = 'chat'\n'zq9 x' = 1", &["unknown key"]),
        ("command = 'zq9'", &["'command'", "expected one of: chat, pubsub"]),
        ("command = 'caht'", &["did you mean 'chat'?"]),
        ("command = 7", &["line 2", "'command'"]),
        ("ttl = '1h'", &["line 1", "preset 'p'", "command"]),
    ] {
        refused("chat --preset p", preset, "zq9", parts);
        refused("profile presets", preset, "zq9", parts);
    }
    refused("guest --preset p", "command = 'guest'\nttl = '1h'", "1h", &["did you mean 'expire_at'?"]);
    refused("guest --preset p", "command = 'guest'\nexpire_at = '2001-01-01'", "2001", &["'expire_at'"]);
    refused("video --preset p", "command = 'video'\nroom_name = 'zq 9'", "zq 9", &["'room_name'"]);
    refused("twilio --preset p", "command = 'twilio'\nchat = 'ISzq9'", "zq9", &["'chat'", "--chat"]);
    refused("twilio --preset p", "command = 'twilio'\nttl = 3600", "3600", &["'ttl'"]);
    tokenmint("profile list").config("[presets]\np = 'zq9'").hides("zq9").fails(3).says("'p' must be a table").run();
}

#[test]
fn no_secret_stands_in_a_preset() {
    let preset = "command = 'subscriber'\nreference = 'alice'\npassword = 'zq9zq9zq9'";
    refused("subscriber --preset p", preset, "zq9", &["'password'", "secret", "--password @FILE"]);
    refused("profile presets", preset, "zq9", &["'password'", "secret"]);
}

#[test]
fn a_value_that_is_not_documented_is_sent_with_a_warning_that_does_not_repeat_it() {
    let config = format!("[presets.g]\ncommand = \"guest\"\nregion = \"zq9\"\nallowed_addresses = [\"{ADDRESS}\"]\n");
    let run = tokenmint("guest --preset g --curl").config(&config).stdout(contains("\"region\":\"zq9\""));
    let stderr = run.says_all(&["warning: preset 'g'", "region"]).run().stderr;
    assert!(!stderr.contains("zq9"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn the_rules_for_the_file_hold_for_a_preset_too() {
    let server = Server::unused();
    let profile =
        format!("[profiles.x.signalwire]\nspace = \"x\"\nproject_id = \"{PROJECT}\"\napi_token = \"{API_TOKEN}\"\n");
    let run =
        tokenmint("chat --preset lobby").file("xdg/tokenmint/config.toml", &(PRESETS.to_owned() + &profile), 0o644);
    run.credentials(&server).fails(3).says("chmod 600").run();
}

#[test]
fn presets_are_listed_in_columns_and_as_json() {
    with_presets("profile presets")
        .prints(
            "lobby    chat    -  ttl, channels, member_id, state\n\
             standup  video   -  room_name, join_until\n\
             ring     twilio  -  identity, voice_incoming, ttl\n",
        )
        .run();
    let config = format!(
        "{PRESETS}[presets.own]\ncommand = \"twilio\"\nprofile = \"dev\"\n[profiles.dev.twilio]\n\
         account_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret = \"{SECRET}\"\n"
    );
    let run = tokenmint("profile presets -o json").config(&config).hides(SECRET).stdout(starts_with("{"));
    let object = run.run().json();
    let lobby = json!({
        "name": "lobby", "command": "chat", "profile": null, "fields": ["ttl", "channels", "member_id", "state"]
    });
    assert_eq!(object["presets"][0], lobby);
    assert_eq!(object["presets"][3], json!({ "name": "own", "command": "twilio", "profile": "dev", "fields": [] }));
    assert!(object["path"].as_str().is_some_and(|path| path.ends_with("config.toml")), "{object}");
    tokenmint("profile presets").says("no presets").run();
    assert_eq!(tokenmint("profile presets -o json").stdout(starts_with("{")).run().json()["presets"], json!([]));
}

#[test]
fn a_line_that_does_not_go_with_a_preset_fails_alone_and_repeats_nothing_of_it() {
    let config = "[presets.p]\ncommand = \"video\"\nroom_name = \"r\"\njoin_until = \"2096-10-02T07:06:40Z\"\n";
    let lines = "{\"join_from\":\"2097-01-01\"}\n{\"join_from\":\"2096-01-01\"}\n";
    let server = Server::minting();
    let run = tokenmint("video --preset p --batch - --jobs 1").config(config).credentials(&server).stdin(lines);
    let stdout = run.says("1 minted, 1 failed").exits(7).stdout(contains(TOKEN)).run().stdout;
    let first: Value = serde_json::from_str(stdout.lines().next().expect("a line")).expect("JSON");
    let message = first["error"]["message"].as_str().expect("a message");
    assert!(!message.contains("2096-10-02") && message.contains("join_"), "{message}");
    server.calls(1);
}
