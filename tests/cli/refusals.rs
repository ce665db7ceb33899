//! Calls that are wrong: exit 2, the flag and its limit named, and nobody as much as connected to.

use serde_json::json;

use crate::harness::{ADDRESS, API_TOKEN, CHAT, GUEST_COMMAND, PUBSUB, Run, VIDEO, tokenmint};
use crate::server::Server;

/// The run is refused with exit 2; stderr holds each of these parts, where `a|b` is either.
#[track_caller]
fn refuse(run: Run, parts: &[&str]) {
    let server = Server::unused();
    let run = parts.iter().fold(run.credentials(&server), |run, part| {
        let choices: Vec<&str> = part.split('|').collect();
        run.says_one_of(&choices)
    });
    run.fails(2).run();
}

/// Each row: what is typed, argument by argument, and what the error then holds.
#[track_caller]
fn check(command: &str, rows: &[(&[&str], &[&str])]) {
    for (args, parts) in rows {
        refuse(tokenmint(command).args(*args), parts);
    }
}

/// The run is fine; the server is called.
#[track_caller]
fn accept(run: Run) {
    let server = Server::minting();
    run.credentials(&server).arg("-q").stdout(predicates::str::ends_with("\n")).run();
}

/// The channels of these names as JSON.
fn channels(names: impl IntoIterator<Item = String>) -> String {
    json!(names.into_iter().map(|name| (name, json!({"read": true}))).collect::<serde_json::Map<_, _>>()).to_string()
}

/// An object of exactly so many characters as JSON.
fn object(characters: usize, filler: &str) -> String {
    let text = format!(r#"{{"k":"{}"}}"#, filler.repeat(characters - r#"{"k":""}"#.len()));
    assert_eq!(text.chars().count(), characters);
    text
}

#[test]
fn a_ttl_is_whole_minutes_with_a_unit_within_its_bounds() {
    for command in ["chat -c a=r", "pubsub -c a=r"] {
        check(
            command,
            &[
                (&["--ttl", "60"], &["--ttl", "60m or 60s?"]),
                (&["--ttl", "30"], &["--ttl", "30m or 30s?"]),
                (&["--ttl", "90s"], &["--ttl", "minute", "90s"]),
                (&["--ttl", "30s"], &["--ttl", "minute|1m"]),
                (&["--ttl", "31d"], &["--ttl", "43200|43,200|30d|30 days", "31d|44640|44,640"]),
                (&["--ttl", "43201m"], &["--ttl", "43200|43,200|30d|30 days"]),
                (&["--ttl", "0m"], &["--ttl", "1m to 30d", "0m"]),
                (&["--ttl=-5m"], &["--ttl", "1m to 30d", "-5m"]),
                (&["--ttl", "-5m"], &[]),
                (&["--ttl", "abc"], &["--ttl", "abc"]),
                (&["--ttl", ""], &["--ttl"]),
                (&["--ttl", "1mo"], &["--ttl"]),
                (&["--ttl", "99999999999999999999h"], &["--ttl"]),
            ],
        );
    }
}

#[test]
fn a_channel_has_a_name_and_an_access() {
    check(
        "chat --ttl 1h",
        &[
            (&["-c", "lobby"], &["--channel", "lobby=r|=rw"]),
            (&["-c", ""], &["--channel", "NAME=rw"]),
            (&["-c", "lobby="], &["--channel"]),
            (&["-c", "lobby=x"], &["--channel", "rw"]),
            (&["-c", "lobby=RW"], &["--channel", "rw"]),
            (&["-c", "=r"], &["--channel"]),
            (&["-c", "a=r", "-c", "a=w"], &["--channel", "twice|more than once|duplicate"]),
            (&["-c", "a=r", "-c", "a=r"], &["--channel"]),
            (&["-c", "sw_x=r"], &["--channel", "sw_"]),
            (&["--channels", r#"{"sw_x":{"read":true}}"#], &["--channels", "sw_"]),
            (&["--channels", "{}"], &["--channels"]),
            (&["--channels", "[]"], &["--channels", "object"]),
            (&["--channels", r#"{"a":{}}"#], &["--channels", "read"]),
            (&["--channels", r#"{"a":{"read":1}}"#], &["--channels", "true"]),
            (&["--channels", r#"{"a":true}"#], &["--channels"]),
        ],
    );
}

#[test]
fn a_token_has_at_most_500_channels() {
    let name = |number: usize| format!("channel{number}");
    for command in ["chat --ttl 1h", "pubsub --ttl 1h"] {
        let flags = |count: usize| (0..count).flat_map(move |number| ["-c".to_owned(), format!("{}=r", name(number))]);
        accept(tokenmint(command).args(flags(500)));
        refuse(tokenmint(command).args(flags(501)), &["--channel", "500", "501"]);
        accept(tokenmint(command).arg("--channels").arg(channels((0..500).map(name))));
        refuse(tokenmint(command).arg("--channels").arg(channels((0..501).map(name))), &["--channels", "500", "501"]);
        let together = tokenmint(command).arg("--channels").arg(channels((0..500).map(name)));
        refuse(together.args(["-c", "another=r"]), &["--channel", "500", "501"]);
    }
}

#[test]
fn names_are_counted_in_characters_not_bytes() {
    for command in ["chat --ttl 1h", "pubsub --ttl 1h"] {
        for letter in ["a", "é", "語", "😀"] {
            let name = |count: usize| letter.repeat(count);
            accept(tokenmint(command).arg("-c").arg(format!("{}=r", name(250))));
            refuse(tokenmint(command).arg("-c").arg(format!("{}=r", name(251))), &["--channel", "250"]);
            accept(tokenmint(command).args(["-c", "a=r", "--member-id"]).arg(name(250)));
            refuse(
                tokenmint(command).args(["-c", "a=r", "--member-id"]).arg(name(251)),
                &["--member-id", "250", "251"],
            );
        }
    }
}

#[test]
fn objects_are_measured_as_they_are_sent() {
    for (command, flag) in [(CHAT, "--state"), (PUBSUB, "--state"), (VIDEO, "--meta"), (VIDEO, "--room-meta")] {
        for filler in ["a", "é"] {
            accept(tokenmint(command).arg(flag).arg(object(2_000, filler)));
            refuse(tokenmint(command).arg(flag).arg(object(2_001, filler)), &[flag, "2000|2,000", "2001|2,001"]);
        }
        let padded = object(2_000, "a").replace(':', &format!(":{}", " ".repeat(500)));
        accept(tokenmint(command).arg(flag).arg(padded));
        for other in ["[1]", "7", "null", "\"text\"", "true"] {
            refuse(tokenmint(command).args([flag, other]), &[flag, "object"]);
        }
    }
}

#[test]
fn broken_json_is_told_by_its_place_not_by_its_text() {
    for (command, flag) in
        [(CHAT, "--state"), (CHAT, "--channels"), ("chat", "--body"), (VIDEO, "--meta"), (VIDEO, "--room-meta")]
    {
        for (text, place) in [
            ("{\"marker\": hidden}", "1"),
            ("{\n\"marker\": 1,\n \"x\" hidden}", "3"),
            ("{\"marker\":", "1"),
            ("{} hidden", "1"),
        ] {
            let run = tokenmint(command).args([flag, text]).hides("hidden").hides("marker");
            refuse(run, &[flag, &format!("line {place}"), "column"]);
        }
        refuse(tokenmint(command).args([flag, ""]), &[flag]);
        refuse(tokenmint(command).args([flag, "@/no/such/file"]), &[flag, "/no/such/file"]);
    }
    refuse(tokenmint(CHAT).args(["--state", &"{\"a\":".repeat(200)]), &["--state"]);
    refuse(tokenmint("chat --body []"), &["--body", "object"]);
}

#[test]
fn stdin_can_be_read_once_only() {
    refuse(
        tokenmint("video --room r --meta - --room-meta -").stdin("{}"),
        &["stdin|standard input", "--meta", "--room-meta"],
    );
}

#[test]
fn fields_of_the_body_keep_their_limits() {
    let rows: [(&str, &str, &str); 12] = [
        ("chat", r#"{"ttl":0,"channels":{"a":{"read":true}}}"#, "ttl"),
        ("chat", r#"{"ttl":43201,"channels":{"a":{"read":true}}}"#, "43200|43,200"),
        ("chat", r#"{"ttl":"60","channels":{"a":{"read":true}}}"#, "ttl"),
        ("chat", r#"{"ttl":60,"channels":{}}"#, "channels"),
        ("chat", r#"{"ttl":60,"channels":["a"]}"#, "channels"),
        ("pubsub", r#"{"ttl":60,"channels":{"a":{"read":"yes"}}}"#, "channels"),
        ("guest", r#"{"allowed_addresses":["string"]}"#, "allowed_addresses"),
        ("guest", r#"{"allowed_addresses":[]}"#, "allowed_addresses"),
        ("video", r#"{"room_name":"a b"}"#, "room_name"),
        ("video", r#"{"room_name":"r","remove_after_seconds_elapsed":200001}"#, "200000|200,000"),
        ("video", r#"{"room_name":"r","join_as":"ghost"}"#, "join_as"),
        ("video", r#"{"room_name":"r","join_audio_muted":"true"}"#, "join_audio_muted"),
    ];
    for (command, body, part) in rows {
        refuse(tokenmint(command).args(["--body", body]), &["--body|--", part]);
    }
}

#[test]
fn a_guest_has_1_to_10_addresses() {
    let addresses =
        |count: usize| (0..count).flat_map(|number| ["-a".to_owned(), format!("00000000-0000-4000-8000-{number:012}")]);
    accept(tokenmint("guest").args(addresses(10)));
    refuse(tokenmint("guest").args(addresses(11)), &["--allowed-address", "10", "11"]);
    refuse(tokenmint("guest --ttl 1h"), &["--allowed-address"]);
    for wrong in [
        "string",
        "",
        "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f",
        "0b1c2d3e4f504172839-a5b6c7d8e9f0aaaa",
        "gb1c2d3e-4f50-4172-8394-a5b6c7d8e9f0",
    ] {
        refuse(tokenmint("guest").arg("-a").arg(wrong), &["--allowed-address", "UUID|uuid"]);
    }
}

#[test]
fn a_guest_token_ends_once_and_in_the_future() {
    check(
        GUEST_COMMAND,
        &[
            (&["--ttl", "1h", "--expire-at", "+1h"], &["--ttl", "--expire-at"]),
            (&["--ttl", "60"], &["--ttl", "60m or 60s?"]),
            (&["--ttl", "0m"], &["--ttl"]),
            (&["--expire-at", "2020-01-01"], &["--expire-at", "past|future"]),
            (&["--expire-at", "@1"], &["--expire-at", "past|future"]),
            (&["--expires-at", "2020-01-01T00:00:00Z"], &["--expire-at", "past|future"]),
            (&["--expire-at", "4000000000"], &["--expire-at"]),
            (&["--expire-at", "soon"], &["--expire-at", "soon"]),
            (&["--expire-at", "2099-13-01"], &["--expire-at"]),
            (&["--expire-at", "2099-01-01T00:00:00"], &["--expire-at", "no time zone", "add Z"]),
            (&["--expire-at", "9999-12-31"], &["--expire-at", "9999-12-30"]),
            (&["--expire-at", "9999-12-31T23:59:59Z"], &["--expire-at", "9999-12-30"]),
            (&["--expire-at", "@253402300799"], &["--expire-at", "9999-12-30"]),
            (&["--expire-at", "9999-12-31T25:99:00Z"], &["--expire-at", "is not a time"]),
            (&["--expire-at", "2030-02-31T12:00:00"], &["--expire-at", "is not a time"]),
            (&["--expire-at", "+60"], &["--expire-at"]),
            (&["--expire-at", "@99999999999999999999"], &["--expire-at"]),
        ],
    );
    refuse(
        tokenmint("guest --body").arg(format!(r#"{{"allowed_addresses":["{ADDRESS}"],"expire_at":1}}"#)),
        &["expire_at|--expire-at"],
    );
}

#[test]
fn video_values_have_their_limits() {
    let long = |count: usize| "a".repeat(count);
    for (flag, most) in [("--room-name", 100), ("--user-name", 100), ("--room-display-name", 200)] {
        let run = |text: String| {
            tokenmint(if flag == "--room-name" { "video" } else { "video --room r" }).arg(flag).arg(text)
        };
        accept(run(long(most)));
        refuse(run(long(most + 1)), &[flag, &most.to_string(), &(most + 1).to_string()]);
    }
    for wrong in ["a b", "a.b", "é", "", "a/b", "a\nb"] {
        refuse(tokenmint("video --room").arg(wrong), &["--room-name|--room"]);
    }
    check(
        VIDEO,
        &[
            (&["--remove-after", "0"], &["--remove-after"]),
            (&["--remove-after", "200001"], &["--remove-after", "200000|200,000", "200001|200,001"]),
            (&["--remove-after-seconds-elapsed", "200001"], &["--remove-after-seconds-elapsed", "200000|200,000"]),
            (&["--remove-after", "56h"], &["--remove-after", "200000|200,000"]),
            (&["--remove-after=-1"], &["--remove-after"]),
            (&["--join-as", "ghost"], &["--join-as", "member", "audience"]),
            (&["--media-allowed", "none"], &["--media-allowed", "all", "audio-only", "video-only"]),
            (&["--auto-create-room=maybe"], &["--auto-create-room"]),
            (&["--join-until", "2020-01-01"], &["--join-until", "past|future"]),
            (&["--join-until", "@1"], &["--join-until", "past|future"]),
            (&["--join-from", "2099-01-02", "--join-until", "2099-01-01"], &["--join-until", "--join-from"]),
            (&["--join-from", "+3h", "--join-until", "+2h"], &["--join-until", "--join-from"]),
            (&["--permission", "audio_mute"], &["--permission", "room."]),
            (&["--permission", "room.lock,bogus"], &["--permission", "bogus"]),
            (&["--permission", ""], &["--permission"]),
            (&["--permission", "room."], &["--permission"]),
        ],
    );
}

#[test]
fn what_the_service_requires_is_asked_for() {
    for (line, flag) in [
        ("chat -c a=r", "--ttl"),
        ("chat --ttl 1h", "--channel"),
        ("pubsub -c a=r", "--ttl"),
        ("pubsub --ttl 1h", "--channel"),
        ("guest", "--allowed-address"),
        ("video", "--room-name"),
        ("chat --body {}", "--ttl"),
    ] {
        refuse(tokenmint(line), &[flag]);
    }
}

#[test]
fn shared_flags_have_their_limits_too() {
    check(
        CHAT,
        &[
            (&["--timeout", "30"], &["--timeout", "30m or 30s?"]),
            (&["--timeout", "0s"], &["--timeout"]),
            (&["--retries", "many"], &["--retries"]),
            (&["--retries=-1"], &["--retries"]),
            (&["-o", "yaml"], &["--output", "raw", "json", "dotenv"]),
            (&["-o", "export", "--shell", "cmd"], &["--shell", "fish", "powershell"]),
            (&["--color", "sometimes"], &["--color", "always"]),
            (&["--cacert", "/no/such/file"], &["--cacert"]),
            (&["--ttl", "1h"], &["--ttl"]),
        ],
    );
}

#[test]
fn slips_of_the_pen_get_a_suggestion() {
    for (line, meant) in [
        ("chta --ttl 1h -c a=r", "chat"),
        ("vidoe --room r", "video"),
        ("chat --ttl 1h --chanel a=r", "--channel"),
        ("video --rom-name r", "--room-name"),
        ("guest --allowed-adress x", "--allowed-address"),
    ] {
        refuse(tokenmint(line), &[meant]);
    }
}

#[test]
fn a_value_in_the_wrong_place_is_not_repeated() {
    // The harness looks for the API token in whatever is said.
    for line in ["chat --ttl 1h -c a=r", "video --room r", "guest", "completions bash", "profile list"] {
        refuse(tokenmint(line).arg(API_TOKEN), &[]);
        refuse(tokenmint(line).args(["--api-token", API_TOKEN]), &[]);
        refuse(tokenmint(line).arg(format!("--api-token={API_TOKEN}")), &[]);
    }
}

#[test]
fn asking_for_help_is_no_error() {
    let help = |line: &str| tokenmint(line).stdout(predicates::str::contains("Usage")).run().stdout;
    for command in ["", "chat ", "pubsub ", "guest ", "video ", "profile ", "emulator ", "completions ", "man "] {
        let (short, long) = (help(&format!("{command}-h")), help(&format!("{command}--help")));
        assert!(short.len() <= long.len(), "-h of '{command}' is the short form");
    }
    for (line, flags) in [
        (
            "chat --help",
            vec![
                "--ttl",
                "--channel",
                "--channels",
                "--member-id",
                "--state",
                "--body",
                "--dry-run",
                "--curl",
                "--output",
            ],
        ),
        ("guest --help", vec!["--allowed-address", "--ttl", "--expire-at", "--region", "--ch "]),
        (
            "video --help",
            vec![
                "--room-name",
                "--permission",
                "--join-until",
                "--remove-after-seconds-elapsed",
                "--media-allowed",
                "--meta",
            ],
        ),
    ] {
        let text = help(line);
        for flag in flags {
            assert!(text.contains(flag), "{flag} in {line}");
        }
    }
    for line in ["--version", "-V"] {
        tokenmint(line).prints(format!("tokenmint {}\n", env!("CARGO_PKG_VERSION"))).run();
    }
}

#[test]
fn help_shows_no_value_of_the_environment() {
    let server = Server::unused();
    tokenmint("chat --help")
        .credentials(&server)
        .hides(&server.space())
        .stdout(predicates::str::contains("Usage"))
        .run();
}

#[test]
fn no_command_at_all_is_a_usage_error() {
    tokenmint("").says_all(&["chat", "--help"]).exits(2).run();
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_unicode_is_refused_without_a_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let odd = OsStr::from_bytes(b"lob\xffby=r");
    for run in [
        tokenmint("chat --ttl 1h -c").arg(odd),
        tokenmint(CHAT).arg("--member-id").arg(odd),
        tokenmint(CHAT).arg("--state").arg(odd),
        tokenmint(VIDEO).arg("--permission").arg(odd),
        tokenmint("").arg(odd),
    ] {
        refuse(run.hides("panicked"), &[]);
    }
}

#[test]
fn the_json_form_of_an_error_follows_wherever_it_is_asked_for() {
    let server = Server::unused();
    for line in [
        "chat -o json --ttl 60 -c a=r",
        "chat --ttl 60 -c a=r --output json",
        "chat --ttl 60 -c a=r --output=json",
        "chat --nonsense -ojson",
        "-o json chta",
    ] {
        let error = tokenmint(line).credentials(&server).fails(2).run().error();
        assert_eq!((&error["code"], &error["exit"]), (&json!("usage"), &json!(2)), "{line}");
    }
}

#[test]
fn a_flag_of_another_command_is_told_as_such() {
    for (line, parts) in [
        ("video --room r --state {}", &["unknown flag --state", "available in: chat, pubsub", "video --help"][..]),
        ("chat --ttl 1h --room r", &["unknown flag --room", "available in: video"]),
        ("--room r video", &["unknown flag --room", "after one of these commands: video"]),
        ("-o json chat", &["-o"]),
        ("chat --ttl 1h -c a=r --jobs 3", &["--jobs", "--batch"]),
        ("chat --ttl 1h -c a=r --retries -1", &["--retries", "0 to 100"]),
        ("chat --ttl 1h -c a=r --batch x --jobs 0", &["--jobs", "1 to 512"]),
    ] {
        parts.iter().fold(tokenmint(line), |run, part| run.says(part)).fails(2).run();
    }
}

#[test]
fn a_time_or_duration_in_a_form_that_the_service_does_not_know_is_refused() {
    for (line, flag) in [
        ("video --room r --join-until 2030-06-01T10Z", "--join-until"),
        ("video --room r --join-until 2030-06-01T10:00Z", "--join-until"),
        ("video --room r --join-until 2030-06-01T10:00:00+0200", "--join-until"),
        ("chat -c a=r --ttl 01:30:00", "--ttl"),
        ("chat -c a=r --ttl +1h", "--ttl"),
    ] {
        tokenmint(line).says(flag).fails(2).run();
    }
}
