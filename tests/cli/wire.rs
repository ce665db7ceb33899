//! What arrives at the service: method, path, headers and body of each command, byte by byte. The bodies are those of
//! the service's own reference, written out by hand.

use serde_json::Value;

use crate::harness::{ADDRESS, BASIC, CHAT, GUEST_COMMAND, PUBSUB, Run, VIDEO, temporary_folder, tokenmint};
use crate::server::{Request, Server};

/// What arrives when this runs.
fn sent(run: Run) -> Request {
    let server = Server::minting();
    run.credentials(&server).stdout(predicates::str::ends_with("\n")).run();
    server.request()
}

/// Each row: what is typed, argument by argument, and the body that then arrives. Hints are left to other tests.
fn check(command: &str, rows: &[(&[&str], &str)]) {
    for (args, body) in rows {
        assert_eq!(sent(tokenmint(command).args(*args).arg("-q")).text(), *body, "{command} {args:?}");
    }
}

#[test]
fn each_kind_is_one_post_to_its_own_path_with_nothing_but_the_documented_headers() {
    for (line, path) in [
        (CHAT, "/api/chat/tokens"),
        (PUBSUB, "/api/pubsub/tokens"),
        (GUEST_COMMAND, "/api/fabric/guests/tokens"),
        (VIDEO, "/api/video/room_tokens"),
    ] {
        let server = Server::minting();
        let space = server.space();
        tokenmint(line).arg("-q").credentials(&server).stdout(predicates::str::ends_with("\n")).run();
        let request = server.request();
        assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", path));
        assert_eq!(request.header("host"), Some(space.as_str()));
        assert_eq!(request.header("authorization"), Some(format!("Basic {BASIC}").as_str()));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert!(request.header("accept").is_some_and(|accept| accept.contains("application/json")), "{request:?}");
        assert_eq!(request.header("content-length"), Some(request.body.len().to_string().as_str()));
        assert!(request.header("user-agent").is_some_and(|agent| agent.starts_with("tokenmint/")), "{request:?}");
        assert!(matches!(request.header("accept-encoding"), None | Some("identity")), "{request:?}");
        let known = [
            "host",
            "authorization",
            "content-type",
            "accept",
            "content-length",
            "user-agent",
            "accept-encoding",
            "connection",
        ];
        for (name, _) in &request.headers {
            assert!(known.contains(&name.to_lowercase().as_str()), "{name} in {request:?}");
        }
    }
}

#[test]
fn the_documented_examples_are_sent_to_the_letter() {
    check(
        "chat",
        &[(
            &["--ttl", "60m", "-c", "channel1=rw", "-c", "channel2=r"],
            r#"{"ttl":60,"channels":{"channel1":{"read":true,"write":true},"channel2":{"read":true,"write":false}}}"#,
        )],
    );
    // The second channel of this example has `read` alone, which only the JSON form can say.
    check(
        "pubsub",
        &[(
            &["--ttl", "15m", "--channels", r#"{"channela":{"read":true,"write":false},"channelb":{"read":true}}"#],
            r#"{"ttl":15,"channels":{"channela":{"read":true,"write":false},"channelb":{"read":true}}}"#,
        )],
    );
    // The reference writes the word "string" for the address; the schema wants a UUID.
    check(
        "guest",
        &[(&["--allowed-address", ADDRESS], r#"{"allowed_addresses":["0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"]}"#)],
    );
    check("video", &[(&["--room-name", "my_room"], r#"{"room_name":"my_room"}"#)]);
}

#[test]
fn every_chat_and_pubsub_field_has_its_flag() {
    for command in ["chat", "pubsub"] {
        check(
            command,
            &[
                (&["--ttl", "1m", "--channel", "a=r"], r#"{"ttl":1,"channels":{"a":{"read":true,"write":false}}}"#),
                (
                    &["--ttl", "30d", "--channel", "a=w"],
                    r#"{"ttl":43200,"channels":{"a":{"read":false,"write":true}}}"#,
                ),
                (&["--ttl", "1h30m", "-c", "a=rw"], r#"{"ttl":90,"channels":{"a":{"read":true,"write":true}}}"#),
                (&["--ttl", "12h", "-c", "a=r"], r#"{"ttl":720,"channels":{"a":{"read":true,"write":false}}}"#),
                (
                    &["--ttl", "1h", "-c", "a=r", "--member-id", "mémbre \"7\""],
                    r#"{"ttl":60,"channels":{"a":{"read":true,"write":false}},"member_id":"mémbre \"7\""}"#,
                ),
                (
                    &["--ttl", "1h", "-c", "a=r", "--state", r#"{"mood":"good"}"#],
                    r#"{"ttl":60,"channels":{"a":{"read":true,"write":false}},"state":{"mood":"good"}}"#,
                ),
                (
                    &["--state", "{}", "--member-id", "m", "--channels", r#"{"a":{"write":true}}"#, "--ttl", "1h"],
                    r#"{"ttl":60,"channels":{"a":{"write":true}},"member_id":"m","state":{}}"#,
                ),
            ],
        );
    }
}

#[test]
fn access_is_a_letter_or_a_word_after_the_last_equals_sign() {
    check(
        "chat --ttl 1h",
        &[
            (&["-c", "a=read"], r#"{"ttl":60,"channels":{"a":{"read":true,"write":false}}}"#),
            (&["-c", "a=write"], r#"{"ttl":60,"channels":{"a":{"read":false,"write":true}}}"#),
            (&["-c", "a=read-write"], r#"{"ttl":60,"channels":{"a":{"read":true,"write":true}}}"#),
            (&["-c", "a=b=r"], r#"{"ttl":60,"channels":{"a=b":{"read":true,"write":false}}}"#),
            (&["-c", "a b=w"], r#"{"ttl":60,"channels":{"a b":{"read":false,"write":true}}}"#),
            (&["-ca=rw"], r#"{"ttl":60,"channels":{"a":{"read":true,"write":true}}}"#),
        ],
    );
    check("pubsub --ttl 1h", &[(&["-c", "sw_x=r"], r#"{"ttl":60,"channels":{"sw_x":{"read":true,"write":false}}}"#)]);
}

#[test]
fn single_channels_add_to_the_json_and_win() {
    let json = r#"{"a":{"read":true},"b":{"write":true}}"#;
    check(
        "chat --ttl 1h",
        &[(
            &["--channels", json, "-c", "b=r", "-c", "c=w"],
            r#"{"ttl":60,"channels":{"a":{"read":true},"b":{"read":true,"write":false},"c":{"read":false,"write":true}}}"#,
        )],
    );
    // Channels of --body are replaced as a whole.
    check(
        "chat",
        &[(
            &["--body", r#"{"ttl":5,"channels":{"a":{"read":true}}}"#, "-c", "b=r"],
            r#"{"ttl":5,"channels":{"b":{"read":true,"write":false}}}"#,
        )],
    );
}

#[test]
fn every_guest_field_has_its_flag() {
    let other = "11111111-2222-4333-8444-555555555555";
    check(
        "guest",
        &[
            (
                &["-a", ADDRESS, "-a", other],
                r#"{"allowed_addresses":["0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0","11111111-2222-4333-8444-555555555555"]}"#,
            ),
            (&["--address", other], r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"]}"#),
            (
                &["-a", other, "--expire-at", "@4000000000"],
                r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"expire_at":4000000000}"#,
            ),
            (
                &["-a", other, "--expires-at", "2096-10-02T07:06:40Z"],
                r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"expire_at":4000000000}"#,
            ),
            (
                &["-a", other, "--expire-at", "2096-10-02T09:06:40+02:00"],
                r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"expire_at":4000000000}"#,
            ),
            (
                &["-a", other, "--expire-at", "2100-01-01"],
                r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"expire_at":4102444800}"#,
            ),
            (
                &["-a", other, "--region", "us-central"],
                r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"region":"us-central"}"#,
            ),
            (
                &["-a", other, "--ch", "us-central"],
                r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"ch":"us-central"}"#,
            ),
            (
                &["-a", other, "--ch", "eu-west", "--region", "mars"],
                r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"region":"mars","ch":"eu-west"}"#,
            ),
        ],
    );
}

#[test]
fn a_region_that_is_not_documented_draws_a_warning() {
    for flag in ["--region", "--ch"] {
        let server = Server::minting();
        tokenmint(GUEST_COMMAND)
            .args([flag, "eu-west"])
            .credentials(&server)
            .says_all(&["warning", flag, "us-central"])
            .stdout(predicates::str::ends_with("\n"))
            .run();
    }
}

#[test]
fn every_video_field_has_its_flag() {
    check(
        "video",
        &[
            (&["--room", "r"], r#"{"room_name":"r"}"#),
            (&["--room", "r", "--user-name", "Ann"], r#"{"room_name":"r","user_name":"Ann"}"#),
            (
                &["--room", "r", "--permission", "room.self.audio_mute", "--permission", "room.lock,room.member.deaf"],
                r#"{"room_name":"r","permissions":["room.self.audio_mute","room.lock","room.member.deaf"]}"#,
            ),
            (
                &["--room", "r", "--join-from", "2022-01-01T23:59:60Z"],
                r#"{"room_name":"r","join_from":"2022-01-01T23:59:60Z"}"#,
            ),
            (&["--room", "r", "--join-from", "2022-01-01"], r#"{"room_name":"r","join_from":"2022-01-01"}"#),
            (
                &["--room", "r", "--join-until", "2096-10-02T09:06:40+02:00"],
                r#"{"room_name":"r","join_until":"2096-10-02T09:06:40+02:00"}"#,
            ),
            (
                &["--room", "r", "--join-until", "@4000000000"],
                r#"{"room_name":"r","join_until":"2096-10-02T07:06:40Z"}"#,
            ),
            (
                &["--room", "r", "--remove-at", "2096-10-02T07:06:40Z"],
                r#"{"room_name":"r","remove_at":"2096-10-02T07:06:40Z"}"#,
            ),
            (
                &["--room", "r", "--remove-after-seconds-elapsed", "300"],
                r#"{"room_name":"r","remove_after_seconds_elapsed":300}"#,
            ),
            (&["--room", "r", "--remove-after", "300"], r#"{"room_name":"r","remove_after_seconds_elapsed":300}"#),
            (&["--room", "r", "--remove-after", "45m"], r#"{"room_name":"r","remove_after_seconds_elapsed":2700}"#),
            (
                &["--room", "r", "--remove-after", "200000s"],
                r#"{"room_name":"r","remove_after_seconds_elapsed":200000}"#,
            ),
            (&["--room", "r", "--join-audio-muted"], r#"{"room_name":"r","join_audio_muted":true}"#),
            (&["--room", "r", "--join-video-muted"], r#"{"room_name":"r","join_video_muted":true}"#),
            (&["--room", "r", "--auto-create-room=false"], r#"{"room_name":"r","auto_create_room":false}"#),
            (&["--room", "r", "--enable-room-previews"], r#"{"room_name":"r","enable_room_previews":true}"#),
            (&["--room", "r", "--room-display-name", "Réunion"], r#"{"room_name":"r","room_display_name":"Réunion"}"#),
            (&["--room", "r", "--end-room-session-on-leave"], r#"{"room_name":"r","end_room_session_on_leave":true}"#),
            (&["--room", "r", "--join-as", "audience"], r#"{"room_name":"r","join_as":"audience"}"#),
            (&["--room", "r", "--join-as", "member"], r#"{"room_name":"r","join_as":"member"}"#),
            (&["--room", "r", "--media-allowed", "audio-only"], r#"{"room_name":"r","media_allowed":"audio-only"}"#),
            (&["--room", "r", "--media-allowed", "video-only"], r#"{"room_name":"r","media_allowed":"video-only"}"#),
            (&["--room", "r", "--media-allowed", "all"], r#"{"room_name":"r","media_allowed":"all"}"#),
            (&["--room", "r", "--room-meta", r#"{"k":1.0}"#], r#"{"room_name":"r","room_meta":{"k":1.0}}"#),
            (&["--room", "r", "--meta", r#"{"k":[]}"#], r#"{"room_name":"r","meta":{"k":[]}}"#),
            (&["--room", "r", "--sync-audio-video"], r#"{"room_name":"r","sync_audio_video":true}"#),
        ],
    );
}

#[test]
fn a_boolean_has_three_spellings_and_swallows_nothing_else() {
    for (flag, key) in [
        ("--join-audio-muted", "join_audio_muted"),
        ("--join-video-muted", "join_video_muted"),
        ("--auto-create-room", "auto_create_room"),
        ("--enable-room-previews", "enable_room_previews"),
        ("--end-room-session-on-leave", "end_room_session_on_leave"),
        ("--sync-audio-video", "sync_audio_video"),
    ] {
        let body = |value: bool| format!(r#"{{"room_name":"r","{key}":{value}}}"#);
        check(
            "video",
            &[
                (&[flag, "--room", "r"], &body(true)),
                (&[flag, "true", "--room", "r"], &body(true)),
                (&[&format!("{flag}=true"), "--room", "r"], &body(true)),
                (&[flag, "false", "--room", "r"], &body(false)),
                (&[&format!("{flag}=false"), "--room", "r"], &body(false)),
            ],
        );
    }
}

#[test]
fn an_unknown_room_permission_is_sent_with_a_warning_and_a_suggestion() {
    let server = Server::minting();
    tokenmint("video --room r --remove-after 1h --permission room.self.audio_mut")
        .credentials(&server)
        .says_all(&["warning", "--permission", "room.self.audio_mut", "room.self.audio_mute"])
        .stdout(predicates::str::ends_with("\n"))
        .run();
    let body = r#"{"room_name":"r","permissions":["room.self.audio_mut"],"remove_after_seconds_elapsed":3600}"#;
    assert_eq!(server.request().text(), body);
}

#[test]
fn json_reaches_the_wire_as_written_but_for_white_space() {
    let typed = "{ \"z\" : 1,\n\t\"a\": [12345678901234567890123, 1.0, 1E2, -0, 1e400],\r\n \"u\":\"\\u00e9\\/ é  \", \"\": null }";
    let wire = r#"{"z":1,"a":[12345678901234567890123,1.0,1E2,-0,1e400],"u":"\u00e9\/ é  ","":null}"#;
    let channels = r#"{"a":{"read":true,"write":false}}"#;
    check(
        "chat --ttl 1h -c a=r",
        &[(&["--state", typed], &format!(r#"{{"ttl":60,"channels":{channels},"state":{wire}}}"#))],
    );
    check(
        "video --room r",
        &[
            (&["--meta", typed], &format!(r#"{{"room_name":"r","meta":{wire}}}"#)),
            (&["--room-meta", typed], &format!(r#"{{"room_name":"r","room_meta":{wire}}}"#)),
            (&["--body", &format!(r#"{{"newer" : {typed}}}"#)], &format!(r#"{{"newer":{wire},"room_name":"r"}}"#)),
        ],
    );
    check(
        "chat --ttl 1h",
        &[(
            &["--channels", r#"{ "\u0061b" : { "write" : true , "read" : false } }"#],
            r#"{"ttl":60,"channels":{"\u0061b":{"write":true,"read":false}}}"#,
        )],
    );
}

#[test]
fn a_whole_body_is_sent_as_it_is_unknown_fields_included() {
    check(
        "chat",
        &[(
            &["--body", r#"{"newer":[1, 2],"channels":{"a":{"read":true}},"ttl":5}"#],
            r#"{"newer":[1,2],"channels":{"a":{"read":true}},"ttl":5}"#,
        )],
    );
    check(
        "guest",
        &[(
            &["--body", &format!(r#"{{"allowed_addresses":["{ADDRESS}"],"newer":null}}"#)],
            r#"{"allowed_addresses":["0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"],"newer":null}"#,
        )],
    );
    check("video", &[(&["--body", r#"{"room_name":"r","expires_in":60}"#], r#"{"room_name":"r","expires_in":60}"#)]);
}

#[test]
fn a_flag_wins_over_its_field_in_the_body() {
    let body = r#"{"ttl":5,"channels":{"b":{"read":true}},"member_id":"b","state":{"b":1}}"#;
    for command in ["chat", "pubsub"] {
        check(
            command,
            &[
                (
                    &["--body", body, "--ttl", "1h"],
                    r#"{"ttl":60,"channels":{"b":{"read":true}},"member_id":"b","state":{"b":1}}"#,
                ),
                (
                    &["--body", body, "--channels", r#"{"f":{"write":true}}"#],
                    r#"{"ttl":5,"channels":{"f":{"write":true}},"member_id":"b","state":{"b":1}}"#,
                ),
                (
                    &["--body", body, "--member-id", "f"],
                    r#"{"ttl":5,"channels":{"b":{"read":true}},"member_id":"f","state":{"b":1}}"#,
                ),
                (
                    &["--body", body, "--state", "{}"],
                    r#"{"ttl":5,"channels":{"b":{"read":true}},"member_id":"b","state":{}}"#,
                ),
            ],
        );
    }
    let body = r#"{"allowed_addresses":["11111111-2222-4333-8444-555555555555"],"expire_at":4000000001,"region":"us-central","ch":"us-central"}"#;
    check(
        "guest",
        &[
            (&["--body", body, "-a", ADDRESS], &body.replace("11111111-2222-4333-8444-555555555555", ADDRESS)),
            (&["--body", body, "--expire-at", "@4000000000"], &body.replace("4000000001", "4000000000")),
            (&["--body", body, "--region", "x"], &body.replace(r#""region":"us-central""#, r#""region":"x""#)),
            (&["--body", body, "--ch", "x"], &body.replace(r#""ch":"us-central""#, r#""ch":"x""#)),
        ],
    );
}

#[test]
fn each_video_flag_wins_over_its_field_in_the_body() {
    for (flag, typed, field, wins) in [
        ("--room-name", "f", r#""room_name":"b""#, r#""room_name":"f""#),
        ("--user-name", "f", r#""user_name":"b""#, r#""user_name":"f""#),
        ("--permission", "room.lock", r#""permissions":["room.unlock"]"#, r#""permissions":["room.lock"]"#),
        ("--join-from", "2022-01-02", r#""join_from":"2022-01-01""#, r#""join_from":"2022-01-02""#),
        ("--join-until", "2099-01-02", r#""join_until":"2099-01-01""#, r#""join_until":"2099-01-02""#),
        ("--remove-at", "2099-01-02", r#""remove_at":"2099-01-01""#, r#""remove_at":"2099-01-02""#),
        ("--remove-after", "2m", r#""remove_after_seconds_elapsed":1"#, r#""remove_after_seconds_elapsed":120"#),
        ("--join-audio-muted", "false", r#""join_audio_muted":true"#, r#""join_audio_muted":false"#),
        ("--join-video-muted", "false", r#""join_video_muted":true"#, r#""join_video_muted":false"#),
        ("--auto-create-room", "false", r#""auto_create_room":true"#, r#""auto_create_room":false"#),
        ("--enable-room-previews", "false", r#""enable_room_previews":true"#, r#""enable_room_previews":false"#),
        ("--room-display-name", "f", r#""room_display_name":"b""#, r#""room_display_name":"f""#),
        (
            "--end-room-session-on-leave",
            "false",
            r#""end_room_session_on_leave":true"#,
            r#""end_room_session_on_leave":false"#,
        ),
        ("--join-as", "audience", r#""join_as":"member""#, r#""join_as":"audience""#),
        ("--media-allowed", "all", r#""media_allowed":"audio-only""#, r#""media_allowed":"all""#),
        ("--room-meta", "{}", r#""room_meta":{"b":1}"#, r#""room_meta":{}"#),
        ("--meta", "{}", r#""meta":{"b":1}"#, r#""meta":{}"#),
        ("--sync-audio-video", "false", r#""sync_audio_video":true"#, r#""sync_audio_video":false"#),
    ] {
        let room = if flag == "--room-name" { "" } else { r#","room_name":"r""# };
        let body = |field: &str| format!(r#"{{"first":1,{field}{room}}}"#);
        check("video", &[(&["--body", &body(field), flag, typed], &body(wins))]);
    }
}

#[test]
fn json_may_stand_in_a_file_or_on_stdin() {
    let channels = r#"{"a":{"read":true}}"#;
    let folder = temporary_folder();
    let place = folder.path().join("some.json");
    std::fs::write(&place, format!("\n{channels}\n")).expect("a file");
    let file = format!("@{}", place.display());
    let body = r#"{"ttl":60,"channels":{"a":{"read":true}}}"#;
    check("chat --ttl 1h", &[(&["--channels", &file], body)]);
    assert_eq!(sent(tokenmint("chat --ttl 1h --channels @some.json").in_folder(folder.path())).text(), body);
    assert_eq!(sent(tokenmint("chat --ttl 1h --channels -").stdin(format!("{channels}\n"))).text(), body);
    assert_eq!(sent(tokenmint("chat --body -").stdin(body)).text(), body);
    let meta = tokenmint("video -q --room r --meta - --room-meta").arg("{ }").stdin("{\"m\" : 1}");
    assert_eq!(sent(meta).text(), r#"{"room_name":"r","room_meta":{},"meta":{"m":1}}"#);
}

#[test]
fn a_relative_time_counts_from_now() {
    let now = || jiff::Timestamp::now().as_second();
    let expiry = |flag: &str, value: &str| {
        let before = now();
        let body: Value =
            serde_json::from_str(&sent(tokenmint(GUEST_COMMAND).args([flag, value])).text()).expect("JSON");
        let seconds = body["expire_at"].as_i64().expect("whole seconds");
        assert!((before + 7_200..=now() + 7_200).contains(&seconds), "{flag} {value}: {body}");
    };
    expiry("--ttl", "2h");
    expiry("--expire-at", "+2h");
    expiry("--expires-at", "+1h60m");
    for (flag, key) in [("--join-from", "join_from"), ("--join-until", "join_until"), ("--remove-at", "remove_at")] {
        let before = now();
        let body: Value = serde_json::from_str(&sent(tokenmint(VIDEO).args([flag, "+2h", "-q"])).text()).expect("JSON");
        let text = body[key].as_str().expect("a string");
        assert!(
            text.len() == "2096-10-02T07:06:40Z".len() && text.ends_with('Z'),
            "RFC 3339 UTC in whole seconds, got {text}"
        );
        let seconds = text.parse::<jiff::Timestamp>().expect("RFC 3339").as_second();
        assert!((before + 7_200..=now() + 7_200).contains(&seconds), "{flag}: {body}");
    }
}
