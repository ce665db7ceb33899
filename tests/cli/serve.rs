//! `--serve`: tokens for pages in development, for the callers that may have them and no others.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::harness::{
    ADDRESS, API_TOKEN, CALL, CHAT, GUEST, GUEST_COMMAND, PUBSUB, REFRESH, Run, SUBSCRIBER, SUBSCRIBER_ID, TOKEN,
    VIDEO, holds_secret, tokenmint,
};
use crate::running::{Reply, Running};
use crate::server::{Answer, Server};
use crate::twilio::twilio;

const PAGE: &str = "http://localhost:5173";

/// A run that serves on a free port.
fn serving(run: Run, flags: &str) -> Run {
    run.args(["--serve", "127.0.0.1:0"]).args(flags.split_whitespace())
}

/// A server of tokens from the emulator.
fn emulated(line: &str, flags: &str) -> Running {
    Running::start(serving(tokenmint(line).args(["--profile", "emulator"]), flags))
}

/// A server of tokens from a scripted service.
fn served(line: &str, server: &Server, flags: &str) -> Running {
    Running::start(serving(tokenmint(line).credentials(server), flags))
}

fn get(running: &Running, target: &str) -> Reply {
    running.ask("GET", target, "", "")
}

fn post(running: &Running, body: &Value) -> Reply {
    running.ask("POST", "/token", "Content-Type: application/json\r\n", &body.to_string())
}

/// The body that the service was sent for the next token.
fn sent(request: &crate::server::Request) -> Value {
    serde_json::from_str(&request.text()).expect("JSON")
}

#[track_caller]
fn refused(reply: &Reply, status: u16, part: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    let object = reply.json();
    assert!(object["error"]["message"].as_str().expect("a message").contains(part), "{object}");
    assert_eq!(object["token"], Value::Null);
    assert!(!holds_secret(&reply.body) && !holds_secret(&reply.head), "{reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[test]
fn every_kind_is_served_with_the_members_of_its_json() {
    for line in [CHAT, PUBSUB, GUEST_COMMAND, VIDEO, SUBSCRIBER] {
        let running = emulated(line, "");
        for reply in [get(&running, "/token"), running.ask("POST", "/token", "", "")] {
            assert_eq!(reply.status, 200, "{reply:?}");
            assert_eq!(reply.header("content-type"), Some("application/json"));
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert_eq!(reply.header("vary"), Some("origin"));
            let object = reply.json();
            assert_eq!(object["kind"], line.split(' ').next().expect("a command"));
            assert!(object["token"].as_str().expect("a token").starts_with("eyJ"), "{object}");
            match object["expires_at"].as_str() {
                Some(text) => {
                    let end: jiff::Timestamp = text.parse().expect("RFC 3339");
                    assert_eq!(object["expiry_at"], json!(end.as_second() * 1000), "{object}");
                    assert!(object["expires_in"].is_i64());
                }
                None => assert_eq!((&object["expiry_at"], &object["expires_in"]), (&Value::Null, &Value::Null)),
            }
            assert_eq!(object.get("refresh_token").is_some(), line == GUEST_COMMAND || line == SUBSCRIBER, "{object}");
        }
        assert_eq!(running.end(Signal::SIGTERM).0, Some(0), "{line}");
    }
}

#[test]
fn a_service_gets_the_same_request_for_every_call() {
    let server = Server::minting();
    let running = served("subscriber --reference alice --ttl 2h", &server, "");
    let object = get(&running, "/token").json();
    assert_eq!(object["token"], GUEST);
    assert_eq!((&object["refresh_token"], &object["subscriber_id"]), (&json!(REFRESH), &json!(SUBSCRIBER_ID)));
    get(&running, "/token");
    assert_eq!(running.end(Signal::SIGINT).0, Some(0));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert!(request.user_and_password().ends_with(API_TOKEN));
        assert_eq!(sent(request)["reference"], "alice");
    }
}

#[test]
fn a_twilio_token_names_its_identity() {
    let running = Running::start(serving(twilio("twilio --video=standup --identity alice"), "--let identity"));
    for (reply, identity) in [
        (get(&running, "/token"), "alice"),
        (get(&running, "/token?identity=b%20c"), "b c"),
        (post(&running, &json!({"identity": "dora"})), "dora"),
    ] {
        let object = reply.json();
        assert_eq!((&object["kind"], &object["identity"]), (&json!("twilio"), &json!(identity)), "{object}");
        assert!(object["expiry_at"].is_i64() && object["token"].as_str().expect("a token").starts_with("eyJ"));
    }
    // What only callers bring need not be typed.
    let running = Running::start(serving(twilio("twilio --video"), "--let identity"));
    refused(&get(&running, "/token"), 400, "identity");
    assert_eq!(get(&running, "/token?identity=eve").json()["identity"], "eve");
    serving(twilio("twilio --identity alice"), "")
        .fails(2)
        .says_all(&["missing at least one grant", "hint: add --video"])
        .run();
    serving(twilio("twilio --video"), "--let ttl").fails(2).says("missing --identity").run();
}

#[test]
fn a_token_that_the_server_has_minted_first_is_minted_again_once_it_is_refused() {
    let refused_once = Answer::json(401, r#"{"error":"Unauthorized"}"#);
    let server = Server::answering([Answer::token(), refused_once, Answer::token()]);
    let running = served("invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --reference alice", &server, "");
    refused(&get(&running, "/token"), 401, "subscriber token");
    for _ in 0..2 {
        assert_eq!(get(&running, "/token").json()["token"], CALL);
    }
    drop(running);
    let targets: Vec<String> = server.requests().into_iter().map(|request| request.target).collect();
    let (first, call) = ("/api/fabric/subscribers/tokens", "/api/fabric/subscriber/invites");
    assert_eq!(targets, [first, call, first, call, call]);
}

#[test]
fn a_token_at_hand_is_said_to_expire() {
    let server = Server::minting();
    let run = tokenmint("invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0");
    let run = run.env("SIGNALWIRE_SPACE", server.space()).env("SIGNALWIRE_SUBSCRIBER_TOKEN", GUEST);
    let running = Running::start(serving(run, ""));
    assert_eq!(get(&running, "/token").json()["token"], CALL);
    let said = running.end(Signal::SIGTERM).1.join("\n");
    assert!(said.contains("when the subscriber token expires, calls fail; with --reference"), "{said}");
}

#[test]
fn what_is_missing_is_asked_of_those_who_can_give_it() {
    let server = Server::unused();
    for (line, message, hint) in [
        ("chat", "missing --ttl and --channel", "--let ttl,channels"),
        (
            "chat --ttl 1h",
            "missing --channel",
            "add --channel lobby=rw, or let callers set what is missing: --let channels",
        ),
        ("chat --body {\"ttl\":60}", "missing --channel", "--let channels"),
        ("embed", "missing --token", "add --token KEY, or let callers set what is missing: --let token"),
    ] {
        serving(tokenmint(line).credentials(&server), "").fails(2).says_all(&[message, hint]).run();
    }
    let hint = "add --identity NAME, or let callers set what is missing: --let identity";
    serving(twilio("twilio --video"), "").fails(2).says_all(&["missing --identity", hint]).run();
    let running = served("chat --ttl 1h", &server, "--let channels,member_id");
    let twilio = Running::start(serving(twilio("twilio --identity a"), "--let video"));
    for (reply, message, hint) in [
        (get(&running, "/token"), "missing channels", "add channels to the query or to the JSON body"),
        (
            post(&running, &json!({"member_id": "a"})),
            "missing channels",
            "add channels to the query or to the JSON body",
        ),
        (
            get(&twilio, "/token"),
            "missing at least one grant",
            "add at least one grant to the query or to the JSON body",
        ),
    ] {
        refused(&reply, 400, message);
        assert_eq!(reply.json()["error"]["hint"], hint, "{reply:?}");
    }
}

#[test]
fn callers_set_the_fields_that_are_let_and_no_others() {
    let server = Server::minting();
    let running = served("chat -c lobby=rw --ttl 1h", &server, "--let member_id --let ttl,state");
    assert_eq!(get(&running, "/token?member_id=alice+b&ttl=90m").json()["token"], TOKEN);
    assert_eq!(post(&running, &json!({"member_id": "7", "ttl": 5, "state": {"a": 1}})).status, 200);
    assert_eq!(
        running.ask("POST", "/token?ttl=6", "Content-Type: application/json\r\n", r#"{"member_id":"c"}"#).status,
        200
    );
    for (target, part) in [
        ("/token?channels=a%3Drw", "channels"),
        ("/token?id=1", "id"),
        ("/token?ttl=90d", "ttl"),
        ("/token?ttl=0", "ttl"),
        ("/token?ttl=x", "ttl"),
        ("/token?member_id=", "member_id"),
        ("/token?member_id=a&member_id=b", "member_id"),
        ("/token?state=%5B%5D", "state"),
        ("/token?state=%7B", "state"),
        ("/token?%ff=1", "percent-encoded"),
    ] {
        refused(&get(&running, target), 400, part);
    }
    for (body, part) in [
        (json!({"channels": {"a": {"write": true}}}), "channels"),
        (json!({"member_id": 7}), "member_id"),
        (json!({"member_id": "x".repeat(300)}), "member_id"),
        (json!({"__proto__": 1}), "__proto__"),
        (json!(["member_id"]), "the body"),
    ] {
        refused(&post(&running, &body), 400, part);
    }
    let untyped = running.ask("POST", "/token", "", r#"{"member_id":"d"}"#);
    assert_eq!(untyped.status, 200, "{untyped:?}");
    let plain = running.ask("POST", "/token", "Content-Type: text/plain\r\n", r#"{"member_id":"a"}"#);
    refused(&plain, 400, "application/json");
    refused(&running.ask("GET", "/token", "Content-Type: application/json\r\n", "{}"), 400, "GET");
    running.end(Signal::SIGTERM);
    let bodies: Vec<Value> = server.requests().iter().map(sent).collect();
    let channels = json!({"lobby": {"read": true, "write": true}});
    assert_eq!(
        bodies,
        [
            json!({"ttl": 90, "channels": channels, "member_id": "alice b"}),
            json!({"ttl": 5, "channels": channels, "member_id": "7", "state": {"a": 1}}),
            json!({"ttl": 6, "channels": channels, "member_id": "c"}),
            json!({"ttl": 60, "channels": channels, "member_id": "d"}),
        ]
    );
}

#[test]
fn without_let_callers_set_nothing() {
    let running = emulated(CHAT, "");
    let reply = get(&running, "/token?member_id=a");
    refused(&reply, 400, "member_id");
    assert!(reply.json()["error"]["hint"].as_str().expect("a hint").contains("--let"), "{reply:?}");
}

#[test]
fn times_count_from_each_call() {
    let server = Server::minting();
    let now = jiff::Timestamp::now().as_second();
    let running = served(&format!("{GUEST_COMMAND} --ttl 1h"), &server, "");
    get(&running, "/token");
    let between = jiff::Timestamp::now().as_second();
    while jiff::Timestamp::now().as_second() == between {
        std::thread::yield_now();
    }
    get(&running, "/token");
    running.end(Signal::SIGTERM);
    let ends: Vec<i64> =
        server.requests().iter().map(|request| sent(request)["expire_at"].as_i64().expect("seconds")).collect();
    assert!(ends[0] >= now + 3_600 && ends[1] > ends[0], "{ends:?}");
}

#[test]
fn only_loopback_hosts_are_answered() {
    let running = emulated(CHAT, "--origin http://localhost:5173");
    let with_host = |host: &str| running.ask("GET", "/token", &format!("Host: {host}\r\n"), "");
    for host in [running.address.as_str(), "localhost:8794", "127.0.0.1", "[::1]:1", "app.localhost"] {
        assert_eq!(with_host(host).status, 200, "{host}");
    }
    for host in ["rebound.example", "rebound.example:8794", "127.0.0.1.rebound.example", "192.0.2.1", "0.0.0.0"] {
        let reply = running.ask("GET", "/token", &format!("Host: {host}\r\nOrigin: {PAGE}\r\n"), "");
        refused(&reply, 403, "Host");
        assert_eq!(reply.header("access-control-allow-origin"), None, "{host}");
        refused(&running.ask("OPTIONS", "/token", &format!("Host: {host}\r\nOrigin: {PAGE}\r\n"), ""), 403, "Host");
    }
}

#[test]
fn only_named_pages_may_read_tokens() {
    let running = emulated(CHAT, "--origin http://localhost:5173 --origin https://APP.example/");
    for page in [PAGE, "https://app.example"] {
        let reply = running.ask("GET", "/token", &format!("Origin: {page}\r\n"), "");
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, Some(page)));
        assert_eq!(reply.header("vary"), Some("origin"));
        // A page must be able to read why it got none.
        let reply = running.ask("GET", "/token?x=1", &format!("Origin: {page}\r\n"), "");
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (400, Some(page)));
    }
    for origin in
        ["http://localhost:5174", "http://localhost", "https://evil.example", "null", "", "http://localhost:5173, *"]
    {
        for method in ["GET", "POST", "OPTIONS", "DELETE"] {
            let reply = running.ask(method, "/token", &format!("Origin: {origin}\r\n"), "");
            refused(&reply, 403, "origin");
            assert_eq!(reply.header("access-control-allow-origin"), None, "{origin}");
            assert_eq!(reply.header("access-control-allow-methods"), None, "{origin}");
            assert_eq!(reply.header("vary"), Some("origin"));
        }
    }
    let both = format!("Origin: {PAGE}\r\nOrigin: https://evil.example\r\n");
    refused(&running.ask("GET", "/token", &both, ""), 403, "Origin");
    // An image or a script of another page brings no origin, and cannot be read; but it would cost a mint.
    for site in ["cross-site", "same-site"] {
        refused(&running.ask("GET", "/token", &format!("Sec-Fetch-Site: {site}\r\n"), ""), 403, "embedded");
    }
    for site in ["same-origin", "none"] {
        assert_eq!(running.ask("GET", "/token", &format!("Sec-Fetch-Site: {site}\r\n"), "").status, 200);
    }
}

#[test]
fn a_preflight_is_answered_and_mints_nothing() {
    let server = Server::unused();
    let running = served(CHAT, &server, "--origin http://localhost:5173");
    let asked = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n";
    let reply = running.ask("OPTIONS", "/token", &format!("Origin: {PAGE}\r\n{asked}"), "");
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    assert_eq!(reply.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(reply.header("access-control-allow-methods"), Some("get, post"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("content-type"));
    assert_eq!(reply.header("access-control-allow-private-network"), None);
    let public = format!("Origin: {PAGE}\r\n{asked}Access-Control-Request-Private-Network: true\r\n");
    let reply = running.ask("OPTIONS", "/token", &public, "");
    assert_eq!(reply.header("access-control-allow-private-network"), Some("true"));
    let reply = running.ask("OPTIONS", "/token", "", "");
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, None));
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "GIT"] {
        let reply = running.ask(method, "/token", "", "");
        refused(&reply, 405, "GET or POST");
        assert_eq!(reply.header("allow"), Some("get, post, options"));
    }
    assert_eq!(running.ask("HEAD", "/token", "", "").status, 405);
    for target in ["/", "/tokens", "/token/", "/Token", "//token"] {
        refused(&get(&running, target), 404, "/token");
    }
}

#[test]
fn the_path_can_be_another() {
    let running = emulated(CHAT, "--path /api/get_token");
    assert_eq!(get(&running, "/api/get_token?").status, 200);
    refused(&get(&running, "/token"), 404, "/api/get_token");
}

#[test]
fn ten_tokens_a_second_are_the_most() {
    let server = Server::minting();
    let running = served(CHAT, &server, "");
    let begun = std::time::Instant::now();
    let replies: Vec<Reply> = (0..60).map(|_| get(&running, "/token")).collect();
    let seconds = usize::try_from(begun.elapsed().as_secs()).expect("seconds") + 1;
    let minted = replies.iter().filter(|reply| reply.status == 200).count();
    assert!((10..=10 * (seconds + 1)).contains(&minted), "{minted} in {seconds} s");
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        refused(reply, 429, "10 tokens a second");
        assert_eq!(reply.header("retry-after"), Some("1"));
    }
    // What is refused is not counted.
    drop(running);
    assert_eq!(server.requests().len(), minted);
}

#[test]
fn failures_have_a_status_and_our_error_object() {
    let busy = |status| Answer::json(status, "{}").header("Retry-After", "0");
    for (answer, status, code, service) in [
        (Answer::json(401, r#"{"error":"Unauthorized"}"#), 401, "credentials_refused", Some(401)),
        (Answer::json(403, r#"{"error":"Forbidden"}"#), 401, "credentials_refused", Some(403)),
        (Answer::complaint("ttl", "Ttl is wrong"), 400, "request_refused", Some(422)),
        (Answer::json(404, "{}"), 400, "request_refused", Some(404)),
        (busy(429), 503, "unavailable", Some(429)),
        (busy(503), 503, "unavailable", Some(503)),
        (Answer::json(500, "{}"), 502, "unavailable", Some(500)),
        (Answer::json(200, "{}"), 502, "unavailable", Some(200)),
        (Answer::Close, 502, "unavailable", None),
    ] {
        let server = Server::answering(std::iter::repeat_n(answer, 1));
        let running = served(&format!("{CHAT} --retries 0"), &server, "");
        let reply = get(&running, "/token");
        assert_eq!(reply.status, status, "{reply:?}");
        let object = reply.json();
        assert_eq!(object["error"]["code"], code, "{object}");
        if let Some(service) = service.filter(|service| *service != 200) {
            assert_eq!(object["error"]["status"], service, "{object}");
        }
        assert!(!holds_secret(&reply.body), "{object}");
        assert_eq!(reply.header("retry-after"), (status == 503).then_some("1"), "{object}");
        running.says(&format!("GET /token {status} "));
        let (code, rest) = running.end(Signal::SIGTERM);
        assert!(code == Some(0) && !rest.iter().any(|line| holds_secret(line)), "{rest:?}");
    }
}

#[test]
fn what_service_and_callers_say_cannot_steer_the_terminal() {
    let server = Server::answering([Answer::complaint("ttl", &format!("\u{1b}[31m\u{202e}{API_TOKEN}\n::x"))]);
    let running = served(&format!("{CHAT} --retries 0"), &server, "");
    let reply = get(&running, "/token");
    assert!(!holds_secret(&reply.body) && !reply.body.contains('\u{202e}'), "{reply:?}");
    let line = running.says("GET /token 400");
    assert!(!line.contains(['\u{1b}', '\u{202e}']) && !holds_secret(&line), "{line}");
    get(&running, &format!("/token?x%1b%5b31m={API_TOKEN}"));
    let line = running.says("GET /token 400");
    assert!(!line.contains('\u{1b}') && !holds_secret(&line), "{line}");
}

#[test]
fn it_says_what_it_is_for() {
    let running = emulated(CHAT, "");
    running.says("built-in emulator");
    let line = running.says("for development only");
    assert!(line.contains(&format!("http://{}/token", running.address)), "{line}");
    running.says("--origin http://localhost:5173");
    let (code, rest) = running.end(Signal::SIGTERM);
    assert_eq!((code, rest), (Some(0), Vec::new()));
    let quiet = emulated(CHAT, "-q");
    assert_eq!(get(&quiet, "/token").json().get("warnings"), None);
    assert_eq!(quiet.end(Signal::SIGTERM), (Some(0), Vec::new()));
}

#[test]
fn what_goes_with_it_and_what_does_not() {
    let file = |run: Run| run.file("lines", "{}\n", 0o600);
    for (flags, parts) in [
        ("--serve --batch lines", ["--serve", "--batch"]),
        ("--serve --dry-run", ["--serve", "--dry-run"]),
        ("--serve --curl", ["--serve", "--curl"]),
        ("--serve --write token.txt", ["--serve", "--write"]),
        ("--serve -o raw", ["--output has no effect", "JSON"]),
        ("--serve -o export", ["--output has no effect", "JSON"]),
        ("--serve --name X", ["--name has no effect", "JSON"]),
        ("--serve --shell fish", ["--shell has no effect", "JSON"]),
        ("--serve -- true", ["--serve", "after --"]),
        ("--origin http://localhost:1", ["--origin", "requires --serve"]),
        ("--let member_id", ["--let", "requires --serve"]),
        ("--path /x", ["--path", "requires --serve"]),
        ("--serve --let member", ["--let", "did you mean 'member_id'?"]),
        ("--serve --let id", ["--let", "no field 'id'"]),
        ("--serve --origin *", ["--origin", "any web page"]),
        ("--serve --origin null", ["--origin", "any web page"]),
        ("--serve --origin localhost:5173", ["--origin", "write --origin http://localhost:5173"]),
        ("--serve --origin http://a/path", ["--origin", "write --origin http://a"]),
        ("--serve --path token", ["--path", "begin with /"]),
        ("--serve --path /a?b", ["--path", "/api/token"]),
        ("--serve 0.0.0.0:8794", ["--serve", "loopback"]),
        ("--serve 192.0.2.1:8794", ["--serve", "loopback"]),
        ("--serve 127.0.0.2:0", ["--serve", "127.0.0.1:0"]),
        ("--serve 8794", ["--serve", "127.0.0.1:8794"]),
        ("--serve --expire-at 2020-01-01", ["--expire-at", ""]),
    ] {
        let server = Server::unused();
        file(tokenmint(CHAT).args(flags.split(' ')).credentials(&server)).fails(2).says_all(&parts).run();
    }
    let server = Server::unused();
    tokenmint("subscriber --reference a --serve --let password").credentials(&server).fails(2).says("secret").run();
    tokenmint("chat --ttl 1h --serve").credentials(&server).fails(2).says("missing --channel").run();
    tokenmint("chat --ttl 1h -c a=r --serve").fails(3).says("no SignalWire credentials").run();
    let taken = emulated(CHAT, "");
    let run = tokenmint(CHAT).args(["--profile", "emulator", "--serve", &taken.address]);
    run.fails(1).says("cannot listen on").says("--serve 127.0.0.1:0").run();
}

#[test]
fn a_required_field_may_be_left_to_callers() {
    let server = Server::minting();
    let running = served("video", &server, "--let room_name");
    refused(&get(&running, "/token"), 400, "room_name");
    assert_eq!(get(&running, "/token?room_name=standup").status, 200);
    running.end(Signal::SIGTERM);
    assert_eq!(sent(&server.request()), json!({"room_name": "standup"}));
    let guest = served("guest", &Server::unused(), "--let allowed_addresses");
    refused(&get(&guest, &format!("/token?allowed_addresses={ADDRESS},x")), 400, "allowed_addresses");
}

#[test]
fn secrets_are_read_once_and_used_for_every_call() {
    let server = Server::minting();
    let helper = "#!/bin/sh\necho asked >> \"$HOME/asked\"\necho PTca9a47c0ffee5ec2e7d15ea5e0ddba11badcab1e0f1ce2d4\n";
    let run = tokenmint(CHAT).args(["-p", "dev"]).file("home/helper", helper, 0o700);
    let asked = run.path("home/asked");
    let program = run.path("home/helper");
    let config = format!(
        "[profiles.dev.signalwire]\nspace = \"{}\"\nproject_id = \"{}\"\napi_token_command = [{:?}]\n",
        server.space(),
        crate::harness::PROJECT,
        program.to_str().expect("a path")
    );
    let running = Running::start(serving(run.config(&config), ""));
    assert_eq!((get(&running, "/token").status, get(&running, "/token").status), (200, 200));
    assert_eq!(std::fs::read_to_string(&asked).expect("the helper's note"), "asked\n");
    running.end(Signal::SIGTERM);
    assert_eq!(server.requests().len(), 2);
}
