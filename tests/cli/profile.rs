//! `profile`: what is listed, shown and masked, what `check` concludes from the service's answers, and a file that `init`
//! writes once.

use std::fs;

use predicates::str::{contains, ends_with, starts_with};
use serde_json::{Value, json};

use crate::harness::{API_TOKEN, PROJECT, Run, tokenmint};
use crate::server::{Answer, Server};
use crate::twilio::{ACCOUNT, KEY, SECRET, twilio};

const PATHS: [&str; 5] = [
    "/api/chat/tokens",
    "/api/pubsub/tokens",
    "/api/fabric/guests/tokens",
    "/api/video/room_tokens",
    "/api/fabric/subscribers/tokens",
];

fn config() -> String {
    format!(
        "default_profile = \"dev\"\n\
         [profiles.dev.signalwire]\nspace = \"example\"\nproject_id = \"{PROJECT}\"\napi_token = \"{API_TOKEN}\"\n\
         [profiles.dev.twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret = \"{SECRET}\"\n\
         chat_service_sid = \"IS0123456789abcdef0123456789abcdef\"\n\
         [profiles.ci.signalwire]\nspace = \"ci.signalwire.com\"\nproject_id = \"{PROJECT}\"\n\
         api_token_command = [\"false\", \"--never-run\"]\n"
    )
}

fn with_config(line: &str) -> Run {
    tokenmint(line).config(&config()).hides(SECRET)
}

#[test]
fn list_names_every_profile_and_what_it_holds() {
    let text = with_config("profile list").stdout(contains("dev")).run().stdout;
    for name in ["dev", "ci", "emulator"] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name} in {text}");
    }
    let marked: Vec<&str> = text.lines().filter(|line| line.contains("✓ default")).collect();
    assert!(marked.len() == 1 && marked[0].starts_with("dev "), "{text}");
    assert!(text.lines().all(|line| !line.starts_with("PROFILE")), "a pipe gets no heading: {text}");
    let object = with_config("profile list -o json").stdout(starts_with("{")).run().json();
    let profiles = object["profiles"].as_array().expect("profiles");
    let of = |name: &str| profiles.iter().find(|profile| profile["name"] == json!(name)).expect("a profile");
    assert_eq!((&of("dev")["default"], &of("ci")["default"]), (&json!(true), &json!(false)));
    assert_eq!(of("dev")["services"], json!(["signalwire", "twilio"]));
    assert_eq!(of("ci")["services"], json!(["signalwire"]));
    assert_eq!((&of("emulator")["built_in"], &of("dev")["built_in"]), (&json!(true), &json!(false)));
    // What comes before the default is said.
    let run = with_config("profile list").env("TWILIO_API_KEY", KEY).stdout(contains("dev"));
    run.says_all(&["note", "Twilio", "environment", "default profile"]).run();
    with_config("profile list").env("TWILIO_ACCOUNT_SID", ACCOUNT).stdout(contains("dev")).run();
    // Without a file the built-in one is there all the same.
    tokenmint("profile list").stdout(contains("emulator")).run();
    tokenmint("profile list --config nowhere.toml").fails(3).says("nowhere.toml").run();
}

#[test]
fn show_prints_every_value_with_its_source_and_masks_secrets() {
    for line in ["profile show", "profile show dev", "profile show --profile dev"] {
        let text = with_config(line).stdout(contains("example")).run().stdout;
        for part in [PROJECT, ACCOUNT, KEY, "IS0123456789abcdef0123456789abcdef", "api_token", "api_key_secret", "dev"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    // In columns, of which the last does not repeat the heading.
    let text = with_config("profile show dev").stdout(starts_with("signalwire from profile 'dev' in ")).run().stdout;
    for line in [
        "  space       example                               profile\n".to_owned(),
        format!("  project_id  {PROJECT}  profile\n"),
        "  api_token   [redacted]                            profile\n".to_owned(),
    ] {
        assert!(text.contains(&line), "{line}{text}");
    }
    let object = with_config("profile show dev -o json").stdout(starts_with("{")).run().json();
    let value = |service: &str, key: &str| {
        let values = object[service]["values"].as_array().expect("values").clone();
        values.into_iter().find(|value| value["key"] == json!(key)).unwrap_or_else(|| panic!("{key} in {object}"))
    };
    assert_eq!(value("signalwire", "space")["value"], json!("example"));
    assert_eq!(value("signalwire", "project_id")["value"], json!(PROJECT));
    assert_eq!(value("twilio", "account_sid")["value"], json!(ACCOUNT));
    for (service, key) in [("signalwire", "api_token"), ("twilio", "api_key_secret")] {
        let shown = value(service, key);
        assert!(shown["value"].as_str().is_some_and(|text| text.len() < 20), "{shown}");
        assert!(shown["from"].as_str().is_some_and(|from| from.contains("dev")), "{shown}");
    }
    // One service is enough, and a helper program is not run to be shown.
    let text = with_config("profile show ci").stdout(contains("ci.signalwire.com")).run().stdout;
    let secret = text.lines().find(|line| line.contains("api_token")).expect("a line");
    assert!(secret.contains("program false") && !secret.contains("never-run"), "{text}");
    with_config("profile show nosuch").fails(3).says_all(&["nosuch", "dev", "ci"]).run();
    with_config("profile show de").fails(3).says("dev").run();
}

#[test]
fn show_names_the_variables_of_the_environment() {
    let run = twilio("profile show").config(&config()).env("SIGNALWIRE_SPACE_NAME", "elsewhere");
    let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_TOKEN", API_TOKEN);
    let text = run.stdout(contains("elsewhere")).run().stdout;
    for name in ["SIGNALWIRE_SPACE_NAME", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_TOKEN", "TWILIO_API_SECRET"] {
        assert!(text.contains(name), "{name} in {text}");
    }
    tokenmint("profile show").fails(3).says_all(&["SIGNALWIRE_SPACE", "--profile"]).run();
    // What a grant without its value would take, too.
    let run = twilio("profile show -o json").env("TWILIO_CONVERSATIONS_SERVICE_SID", SERVICE);
    let object = run.stdout(contains("values")).run().json();
    let values = object["twilio"]["values"].as_array().expect("values");
    let row = json!({ "key": "chat_service_sid", "value": SERVICE, "from": "TWILIO_CONVERSATIONS_SERVICE_SID" });
    assert!(values.contains(&row), "{object}");
}

/// A chat service.
const SERVICE: &str = "IS0123456789abcdef0123456789abcdef";

/// A `profile check` against these answers, one for each endpoint.
fn check(answers: [u16; 5], flags: &str, expect: impl Fn(Run) -> Run) -> (String, String) {
    let server = Server::answering(answers.map(answer));
    let run = tokenmint(&format!("profile check --retries 0 {flags}")).credentials(&server);
    let outcome = expect(run).run();
    let requests = server.requests();
    for request in &requests {
        assert_eq!((request.method.as_str(), request.text().as_str()), ("POST", "{}"), "{request:?}");
        assert_eq!(request.user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
    }
    let asked: Vec<&str> = requests.iter().map(|request| request.target.as_str()).collect();
    assert_eq!(asked, PATHS[..asked.len()]);
    (outcome.stdout, outcome.stderr)
}

/// The endpoints whose rows have this mark and this word.
fn rows<'a>(text: &'a str, mark: &str, word: &str) -> Vec<&'a str> {
    let words = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    words.filter(|words| words.len() >= 4 && words[0] == mark && words[2] == word).map(|words| words[1]).collect()
}

fn answer(status: u16) -> Answer {
    match status {
        422 => Answer::complaint("ttl", "ttl is required"),
        _ => Answer::json(status, r#"{"errors":[{"type":"t","code":"c","message":"m"}]}"#),
    }
}

#[test]
fn check_takes_a_complaint_about_the_content_for_permission() {
    for answers in [[422; 5], [422, 400, 422, 400, 422]] {
        let (text, _) = check(answers, "", |run| run.stdout(contains("✓ chat ")));
        assert_eq!(rows(&text, "✓", "ok"), ["chat", "pubsub", "guest", "video", "subscriber"], "{text}");
        assert!(answers.iter().all(|status| text.contains(&format!("ok  {status}"))), "{text}");
    }
    let (text, _) = check([422; 5], "-o json", |run| run.stdout(starts_with("{")));
    let object: Value = serde_json::from_str(&text).expect("JSON");
    let endpoints = object["endpoints"].as_array().expect("endpoints");
    let kinds: Vec<&Value> = endpoints.iter().map(|endpoint| &endpoint["kind"]).collect();
    assert_eq!(kinds, ["chat", "pubsub", "guest", "video", "subscriber"]);
    assert!(endpoints.iter().all(|endpoint| endpoint["authorised"] == json!(true)), "{object}");
}

/// The login page of a network answers everything with a success.
#[test]
fn check_takes_no_success_for_permission() {
    for status in [200, 201] {
        let server = Server::answering([answer(status)]);
        let run = tokenmint("profile check").credentials(&server);
        run.says(&status.to_string()).says("cannot tell").fails(6).run();
    }
}

#[test]
fn check_lists_what_can_be_behind_a_bare_401() {
    for status in [401, 403] {
        let (_, stderr) = check([status; 5], "", |run| run.exits(4).stdout(contains("refused")).says("error"));
        for cause in ["project", "token", "space", "scope"] {
            assert!(stderr.contains(cause), "{cause} in {stderr}");
        }
    }
    // A key or a client token in the place of the API token is known by its look.
    for (token, what) in [("PSK_0123456789abcdef", "signing key"), ("eyJhbGciOiJIUzUxMiJ9.e30.c2ln", "client token")] {
        let server = Server::answering([answer(401)]);
        let run = tokenmint("profile check").credentials(&server).env("SIGNALWIRE_API_TOKEN", token).hides(token);
        run.exits(4).stdout(contains("refused")).says(what).run();
    }
}

#[test]
fn check_tells_which_endpoint_is_refused_and_the_scope_that_it_needs() {
    let (text, stderr) =
        check([422, 422, 422, 403, 422], "", |run| run.exits(4).stdout(contains("video")).says("error"));
    let line = text.lines().find(|line| line.contains("video")).expect("a line");
    assert!(line.contains("refused") && line.contains("403") && line.contains("Video"), "{line}");
    assert_eq!(rows(&text, "✗", "refused"), ["video"], "{text}");
    assert_eq!(rows(&text, "✓", "ok"), ["chat", "pubsub", "guest", "subscriber"], "{text}");
    assert!(stderr.contains("scope"), "{stderr}");
    let run = |run: Run| run.exits(4).stdout(starts_with("{")).stderr(contains("credentials_refused"));
    let (text, _) = check([401, 422, 422, 422, 422], "-o json", run);
    let object: Value = serde_json::from_str(&text).expect("JSON");
    let authorised: Vec<&Value> =
        object["endpoints"].as_array().expect("endpoints").iter().map(|endpoint| &endpoint["authorised"]).collect();
    assert_eq!(authorised, [false, true, true, true, true]);
}

#[test]
fn check_is_6_where_the_answers_tell_nothing() {
    for status in [404, 429, 500, 503] {
        let (_, stderr) = check([status, 422, 422, 422, 422], "", |run| run.fails(6));
        assert!(stderr.contains(&status.to_string()), "{stderr}");
    }
    // A port that nothing listens on.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let run = tokenmint("profile check --retries 0").env("SIGNALWIRE_SPACE", closed.to_string());
    let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    run.fails(6).says("127.0.0.1").run();
}

#[test]
fn check_needs_credentials_and_takes_a_name() {
    tokenmint("profile check").fails(3).says("SIGNALWIRE_SPACE").run();
    with_config("profile check nosuch").fails(3).says("nosuch").run();
    let server = Server::answering([answer(422)]);
    let config = config().replace("space = \"example\"", &format!("space = \"{}\"", server.space()));
    let run = tokenmint("profile check dev").config(&config).env("SIGNALWIRE_SPACE", "ignored");
    run.stdout(contains("✓ chat ")).run();
    server.calls(5);
}

#[cfg(feature = "emulator")]
#[test]
fn check_of_the_built_in_profile_may_use_all_of_them() {
    let text = tokenmint("profile check emulator").stdout(contains("✓ chat ")).run().stdout;
    assert_eq!(rows(&text, "✓", "ok").len(), 5, "{text}");
}

#[test]
fn init_writes_the_example_once_and_for_its_owner_alone() {
    let run = tokenmint("profile init");
    let place = run.path("xdg/tokenmint/config.toml");
    let expected =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml")).expect("the example");
    let mut run = run;
    let output = run.command().output().expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    // What to type next is said, and stands in the file itself.
    for text in [&String::from_utf8_lossy(&output.stderr).into_owned(), &expected] {
        assert!(text.contains("tokenmint profile check"), "{text}");
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{}\n", place.display()));
    assert_eq!(fs::read_to_string(&place).expect("the file"), expected);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&place).expect("the file").permissions().mode() & 0o777, 0o600);
    }
    // A second time, with something else in it: left as it is.
    fs::write(&place, "# mine\n").expect("a file");
    let output = run.command().output().expect("the program starts");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("exists"), "{output:?}");
    assert_eq!(fs::read_to_string(&place).expect("the file"), "# mine\n");
}

#[cfg(unix)]
#[test]
fn init_does_not_write_through_a_link() {
    let run = tokenmint("profile init --config here.toml").fails(3);
    std::os::unix::fs::symlink(run.path("elsewhere.toml"), run.path("here.toml")).expect("a link");
    let elsewhere = run.path("elsewhere.toml");
    run.run();
    assert!(!elsewhere.exists());
}

#[test]
fn init_makes_its_folder_and_says_where_it_wrote() {
    let run = tokenmint("profile init -o json --config new/folder/config.toml").stdout(starts_with("{"));
    let object = run.run().json();
    assert_eq!(object["created"], json!(true));
    assert!(object["path"].as_str().is_some_and(|path| path.ends_with("new/folder/config.toml")), "{object}");
}

#[test]
fn path_tells_where_the_file_is_or_would_be() {
    let run = tokenmint("profile path");
    let place = run.path("xdg/tokenmint/config.toml").display().to_string();
    run.prints(format!("{place}\n")).run();
    let object = tokenmint("profile path -o json").stdout(starts_with("{")).run().json();
    assert_eq!(object["exists"], json!(false));
    let object = with_config("profile path -o json").stdout(starts_with("{")).run().json();
    assert_eq!(object["exists"], json!(true));
    tokenmint("profile path --config there.toml").stdout(ends_with("there.toml\n")).run();
    tokenmint("profile path").env("TOKENMINT_CONFIG", "/there.toml").prints("/there.toml\n").run();
    tokenmint("profile path").env("TOKENMINT_CONFIG", "").fails(3).says("TOKENMINT_CONFIG").run();
    let run = tokenmint("profile path").unset("XDG_CONFIG_HOME");
    let home = run.path("home/.config/tokenmint/config.toml");
    let run = run.file("home/.config/tokenmint/config.toml", "", 0o600);
    run.prints(format!("{}\n", home.display())).run();
}

#[test]
fn profile_alone_says_what_there_is() {
    tokenmint("profile").fails(2).says_all(&["list", "show", "check", "init", "path", "profile --help"]).run();
    tokenmint("profile lst").fails(2).says("list").run();
    tokenmint("profile xyzzy").fails(2).says_all(&["unknown command 'xyzzy'", "init"]).run();
    // Only a short word of small letters is repeated.
    tokenmint("profile PTx7").fails(2).says_all(&["unknown command", "init"]).hides("PTx7").run();
}

#[test]
fn a_profile_without_a_file_says_how_to_get_one() {
    tokenmint("profile show dev").fails(3).says("profile add NAME").run();
    tokenmint("chat --ttl 1h -c a=r --profile dev").fails(3).says("profile add NAME").run();
}
