//! The emulator: as a profile it stands in for the service during one command, as a server it answers any client as the
//! service's reference says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
#[cfg(unix)]
use std::process::ExitStatus;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::harness::{ADDRESS, CHAT, GUEST_COMMAND, PUBSUB, Run, SUBSCRIBER, VIDEO, tokenmint};

/// Part of a token, as the JSON that it is.
fn part(token: &str, place: usize) -> Value {
    let part = token.split('.').nth(place).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// The object that the emulator profile mints for this line.
fn minted(line: &str) -> Value {
    tokenmint(line).args(["--profile", "emulator", "-o", "json"]).stdout(predicates::str::starts_with("{")).run().json()
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_else(|| panic!("{key} in {object}"))
}

#[test]
fn the_profile_mints_every_kind_and_says_that_they_are_not_real() {
    for line in [CHAT, PUBSUB, GUEST_COMMAND, VIDEO, SUBSCRIBER] {
        let run = tokenmint(line).args(["--profile", "emulator"]).says("not valid").says("SignalWire");
        let token = run.stdout(predicates::str::ends_with("\n")).run().stdout;
        assert_eq!(token.lines().count(), 1, "{token}");
    }
}

#[test]
fn chat_and_pubsub_tokens_carry_the_request() {
    for line in ["chat --ttl 90m -c lobby=r", "pubsub --ttl 90m -c lobby=r"] {
        let object = minted(&format!("{line} --member-id m1"));
        let token = text(&object, "token");
        assert_eq!(token.split('.').count(), 3);
        let (header, claims) = (part(token, 0), part(token, 1));
        assert_eq!(
            (&header["alg"], &header["typ"], &header["kid"]),
            (&json!("HS512"), &json!("CRT"), &json!("tokenmint-emulator"))
        );
        assert_eq!((&claims["t"], &claims["m"]), (&json!(90), &json!("m1")), "{claims}");
        assert_eq!(claims["chls"], json!({"lobby": {"read": true, "write": false}}), "{claims}");
        let end: jiff::Timestamp = text(&object, "expires_at").parse().expect("RFC 3339");
        assert_eq!(end.as_second(), claims["iat"].as_i64().expect("iat") + 5_400);
    }
}

#[test]
fn guest_tokens_are_encrypted_and_come_with_a_refresh_token() {
    let object = minted(GUEST_COMMAND);
    for (key, kind) in [("token", "SAT"), ("refresh_token", "Refresh")] {
        let token = text(&object, key);
        let parts: Vec<&str> = token.split('.').collect();
        assert!(parts.len() == 5 && parts[1].is_empty(), "{token}");
        let header = part(token, 0);
        assert_eq!((&header["alg"], &header["enc"], &header["typ"]), (&json!("dir"), &json!("A256GCM"), &json!(kind)));
        assert_eq!(header["kid"], json!("tokenmint-emulator"));
    }
    let object = minted(&format!("{GUEST_COMMAND} --ch us-central"));
    assert_eq!(part(text(&object, "token"), 0)["ch"], json!("us-central"));
}

#[test]
fn video_tokens_carry_the_room() {
    let object =
        minted("video --room standup --user-name Ann --join-until 2096-10-02T07:06:40Z --permission room.lock");
    let token = text(&object, "token");
    let (header, claims) = (part(token, 0), part(token, 1));
    assert_eq!(
        (&header["alg"], &header["typ"], &header["kid"]),
        (&json!("HS512"), &json!("VRT"), &json!("tokenmint-emulator"))
    );
    assert_eq!(
        (&claims["r"], &claims["u"], &claims["ju"]),
        (&json!("standup"), &json!("Ann"), &json!(4_000_000_000_i64))
    );
    assert_eq!(claims["s"], json!(["room.lock"]));
}

/// A running `tokenmint emulator`.
pub struct Emulator {
    pub child: Child,
    _run: Run,
    pub address: String,
    exports: Vec<(String, String)>,
}

impl Emulator {
    pub fn start() -> Self {
        Self::running("emulator --listen 127.0.0.1:0", "http", "SIGNALWIRE_API_TOKEN")
    }

    /// One that speaks https.
    pub fn with_tls() -> Self {
        Self::running("emulator --listen 127.0.0.1:0 --tls", "https", "SIGNALWIRE_REST_CA_FILE")
    }

    /// Runs this line until it is ready and has exported `last`.
    fn running(line: &str, scheme: &str, last: &str) -> Self {
        let mut run = tokenmint(line);
        // One that is killed cannot remove its certificate; the run's own folder goes with the run.
        let folder = run.path("home");
        run = run.env("TMPDIR", folder);
        let mut child = run
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let out = lines(child.stdout.take().expect("stdout"));
        let err = lines(child.stderr.take().expect("stderr"));
        let ready = out.recv_timeout(PATIENCE).expect("a line on stdout");
        let promised = format!("listening on {scheme}://");
        let address = ready.strip_prefix(&promised).expect("the promised line").trim_end_matches('/').to_owned();
        let mut emulator = Emulator { child, _run: run, address, exports: Vec::new() };
        while emulator.exports.iter().all(|(name, _)| name != last) {
            let line = err.recv_timeout(PATIENCE).expect("the export lines on stderr");
            if let Some((name, value)) = line.trim().strip_prefix("export ").and_then(|line| line.split_once('=')) {
                emulator.exports.push((name.to_owned(), value.trim_matches(['\'', '"']).to_owned()));
            }
        }
        emulator
    }

    pub fn exported(&self, name: &str) -> &str {
        &self
            .exports
            .iter()
            .find(|(known, _)| known == name)
            .unwrap_or_else(|| panic!("{name} in {:?}", self.exports))
            .1
    }

    pub fn basic(&self) -> String {
        let pair = format!("{}:{}", self.exported("SIGNALWIRE_PROJECT_ID"), self.exported("SIGNALWIRE_API_TOKEN"));
        format!("Authorization: Basic {}\r\n", STANDARD.encode(pair))
    }

    /// The status and body of the answer to a plain request.
    pub fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n",
            self.address
        );
        write!(stream, "{head}Content-Type: application/json\r\n{headers}\r\n{body}").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }

    /// A post with the right credentials, and the JSON that comes back.
    pub fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let (status, body) = self.ask("POST", path, &self.basic(), body);
        (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error} in {body}")))
    }

    #[cfg(unix)]
    pub fn end(mut self, signal: nix::sys::signal::Signal) -> ExitStatus {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        nix::sys::signal::kill(pid, signal).expect("a signal");
        self.child.wait().expect("an exit status")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The longest that anything here is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// The lines of a stream as they come.
fn lines(stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    receiver
}

const PATHS: [&str; 6] = [
    "/api/chat/tokens",
    "/api/pubsub/tokens",
    "/api/fabric/guests/tokens",
    "/api/video/room_tokens",
    "/api/fabric/subscribers/tokens",
    "/api/fabric/subscribers/tokens/refresh",
];

#[test]
fn the_server_gives_the_documented_successes() {
    let emulator = Emulator::start();
    assert_eq!(emulator.exported("SIGNALWIRE_SPACE"), emulator.address);
    let channels =
        r#"{"ttl":60,"channels":{"channel1":{"read":true,"write":true},"channel2":{"read":true,"write":false}}}"#;
    for path in [PATHS[0], PATHS[1]] {
        let (status, body) = emulator.post(path, channels);
        assert_eq!((status, body.as_object().map(serde_json::Map::len)), (200, Some(1)), "{body}");
        assert_eq!(part(text(&body, "token"), 1)["t"], json!(60));
    }
    let (status, body) = emulator.post(PATHS[2], &json!({"allowed_addresses": [ADDRESS]}).to_string());
    assert_eq!((status, body.as_object().map(serde_json::Map::len)), (201, Some(2)), "{body}");
    assert!(body["token"].is_string() && body["refresh_token"].is_string(), "{body}");
    let (status, body) = emulator.post(PATHS[3], r#"{"room_name":"my_room"}"#);
    assert_eq!((status, body.as_object().map(serde_json::Map::len)), (200, Some(1)), "{body}");
    let (status, body) = emulator.post(PATHS[4], r#"{"reference":"alice"}"#);
    assert_eq!((status, body.as_object().map(serde_json::Map::len)), (200, Some(3)), "{body}");
    assert!(body["subscriber_id"].is_string() && body["refresh_token"].is_string(), "{body}");
}

#[test]
fn the_server_gives_the_documented_refusals() {
    let emulator = Emulator::start();
    for path in PATHS {
        for broken in ["", "{", "not json", "{\"ttl\":}"] {
            assert_eq!(emulator.post(path, broken), (400, json!({"error": "Bad Request"})), "{path} {broken}");
        }
        let wrong = format!("Authorization: Basic {}\r\n", STANDARD.encode("somebody:else"));
        let project = STANDARD.encode(format!("{}:wrong", emulator.exported("SIGNALWIRE_PROJECT_ID")));
        for headers in [
            "",
            &wrong,
            "Authorization: Bearer x\r\n",
            "Authorization: Basic ???\r\n",
            &format!("Authorization: Basic {project}\r\n"),
        ] {
            let (status, body) = emulator.ask("POST", path, headers, "{}");
            let body: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!((status, body), (401, json!({"error": "Unauthorized"})), "{path} {headers}");
        }
    }
    for path in ["/", "/api/chat", "/api/chat/tokens/x", "/api/nothing"] {
        assert_eq!(emulator.post(path, "{}"), (404, json!({"error": "Not Found"})), "{path}");
    }
}

/// Which path is asked, with what, and which attributes are then complained of with which codes.
type Row = (usize, Value, Vec<(&'static str, &'static str)>);

#[test]
fn the_server_complains_of_every_field_that_is_wrong() {
    let emulator = Emulator::start();
    let eleven: Vec<String> = (0..11).map(|number| format!("00000000-0000-4000-8000-{number:012}")).collect();
    let rows: Vec<Row> = vec![
        (0, json!({}), vec![("ttl", "missing_required_parameter"), ("channels", "missing_required_parameter")]),
        (1, json!({}), vec![("ttl", "missing_required_parameter")]),
        (
            0,
            json!({"ttl": 0, "channels": {}}),
            vec![("ttl", "invalid_parameter"), ("channels", "no_channel_specified")],
        ),
        (
            0,
            json!({"ttl": 43_201, "channels": {"sw_x": {"read": true}}}),
            vec![("ttl", "invalid_parameter"), ("channels", "channel_name_is_reserved")],
        ),
        (
            0,
            json!({"ttl": 1, "channels": {"a": {}}, "state": []}),
            vec![("channels", "channel_has_missing_properties"), ("state", "not_a_hash")],
        ),
        (0, json!({"ttl": 1, "channels": {"a": {"read": 1}}}), vec![("channels", "not_a_boolean")]),
        (
            0,
            json!({"ttl": 1, "channels": {"a".repeat(251): {"read": true}}}),
            vec![("channels", "channel_name_size_limit_exceeded")],
        ),
        (
            1,
            json!({"ttl": 1, "channels": {"a": {"read": true}}, "state": {"k": "a".repeat(2_000)}}),
            vec![("state", "state_size_limit_exceeded")],
        ),
        (2, json!({}), vec![("allowed_addresses", "missing_required_parameter")]),
        (2, json!({"allowed_addresses": eleven}), vec![("allowed_addresses", "allowed_address_limit_exceeded")]),
        (3, json!({}), vec![("room_name", "missing_required_parameter")]),
        (4, json!({}), vec![("reference", "missing_required_parameter")]),
        (
            4,
            json!({"reference": "a", "scope": "all", "fingerprint": "x", "application_id": "x", "not_a_field": 1}),
            vec![
                ("scope", "unsupported_option"),
                ("fingerprint", "invalid_parameter"),
                ("application_id", "invalid_parameter"),
                ("not_a_field", "invalid_parameter"),
            ],
        ),
        (
            3,
            json!({"room_name": "r", "join_as": "ghost", "join_from": "soon"}),
            vec![("join_as", "unsupported_option"), ("join_from", "not_a_datetime")],
        ),
    ];
    for (place, request, expected) in rows {
        let (status, body) = emulator.post(PATHS[place], &request.to_string());
        assert_eq!(status, 422, "{request} {body}");
        let errors = body["errors"].as_array().expect("errors");
        for (attribute, code) in expected {
            assert!(
                errors.iter().any(|error| error["attribute"] == attribute && error["code"] == code),
                "{attribute} {code} in {body}"
            );
        }
        for error in errors {
            for key in ["type", "code", "message", "url"] {
                assert!(error[key].is_string(), "{key} in {error}");
            }
        }
    }
    // The schemas of these three leave no room for other fields.
    let channels = json!({"ttl": 1, "channels": {"a": {"read": true}}, "not_a_field": 1});
    for (place, request) in
        [(0, channels.clone()), (1, channels), (2, json!({"allowed_addresses": [ADDRESS], "not_a_field": 1}))]
    {
        assert_eq!(emulator.post(PATHS[place], &request.to_string()).0, 422, "{request}");
    }
}

#[test]
fn what_it_exports_points_us_at_it() {
    let emulator = Emulator::start();
    let run = emulator.exports.iter().fold(tokenmint(CHAT), |run, (name, value)| run.env(name, value));
    let token = run.stdout(predicates::str::ends_with("\n")).run().stdout;
    assert_eq!(part(token.trim_end(), 0)["kid"], json!("tokenmint-emulator"));
    let run = emulator.exports.iter().fold(tokenmint(CHAT), |run, (name, value)| run.env(name, value));
    run.env("SIGNALWIRE_API_TOKEN", "PTwrong").says("401").fails(4).run();
}

#[cfg(unix)]
#[test]
fn it_ends_well_on_a_signal() {
    use nix::sys::signal::Signal;
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        assert_eq!(Emulator::start().end(signal).code(), Some(0), "{signal}");
    }
}

#[test]
fn it_listens_on_loopback_only() {
    for address in [
        "0.0.0.0:0",
        "[::]:0",
        "192.0.2.1:8793",
        "127.0.0.2:0",
        "example.com:80",
        "127.0.0.1",
        "127.0.0.1:99999",
        "8793",
        "",
    ] {
        tokenmint("emulator").arg(format!("--listen={address}")).says("--listen").fails(2).run();
    }
}

#[test]
fn a_port_in_use_is_exit_1() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    tokenmint("emulator --listen").arg(&address).says(&address).fails(1).run();
}
