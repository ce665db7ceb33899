//! What a token looks like on stdout and in a file, what a dry run shows, and what becomes of a token that cannot be
//! delivered. Formats that name variables have a file of their own.

use std::fs;

use serde_json::{Value, json};

#[cfg(unix)]
use crate::harness::{API_TOKEN, PROJECT};
use crate::harness::{CHAT, GUEST, GUEST_COMMAND, PUBSUB, REFRESH, TOKEN, VIDEO, temporary_folder, tokenmint, write};
#[cfg(unix)]
use crate::server::Request;
use crate::server::{Answer, Server};

#[test]
fn raw_is_the_token_and_one_newline() {
    let server = Server::minting();
    for line in [CHAT, PUBSUB] {
        tokenmint(line).credentials(&server).prints(format!("{TOKEN}\n")).run();
        tokenmint(line).args(["-o", "raw"]).credentials(&server).prints(format!("{TOKEN}\n")).run();
    }
    tokenmint(GUEST_COMMAND).credentials(&server).prints(format!("{GUEST}\n")).run();
    tokenmint(VIDEO).credentials(&server).says_all(&["hint", "never expires"]).prints(format!("{TOKEN}\n")).run();
    tokenmint(VIDEO).args(["--remove-after", "1h"]).credentials(&server).prints(format!("{TOKEN}\n")).run();
}

/// The object that this line prints with `-o json`.
fn object(line: &str) -> Value {
    let server = Server::minting();
    tokenmint(line).args(["-o", "json"]).credentials(&server).stdout(predicates::str::starts_with("{")).run().json()
}

#[test]
fn json_is_one_object_with_the_promised_keys() {
    // The token's own iat and t: 4000000000 and 60 minutes.
    for (line, kind) in [(CHAT, "chat"), (PUBSUB, "pubsub")] {
        let object = object(line);
        assert_eq!(
            (&object["kind"], &object["token"], &object["expires_at"]),
            (&json!(kind), &json!(TOKEN), &json!("2096-10-02T08:06:40Z"))
        );
        assert!(object["expires_in"].is_i64(), "{object}");
    }
    let guest = object(&format!("{GUEST_COMMAND} --expire-at @4000000000"));
    assert_eq!(
        (&guest["kind"], &guest["token"], &guest["refresh_token"]),
        (&json!("guest"), &json!(GUEST), &json!(REFRESH))
    );
    assert_eq!(guest["expires_at"], json!("2096-10-02T07:06:40Z"));
    let video = object(&format!("{VIDEO} --join-until 2096-10-02T09:06:40+02:00"));
    assert_eq!(
        (&video["kind"], &video["token"], &video["expires_at"]),
        (&json!("video"), &json!(TOKEN), &json!("2096-10-02T07:06:40Z"))
    );
    let endless = object(&format!("{VIDEO} --remove-after 1h"));
    let keys = endless.as_object().expect("an object");
    assert!(keys.contains_key("expires_at") && keys.contains_key("expires_in"), "{endless}");
    assert!(endless["expires_at"].is_null() && endless["expires_in"].is_null(), "{endless}");
}

#[test]
fn a_token_that_cannot_be_read_ends_when_it_was_asked_to() {
    let server = Server::answering([Answer::json(200, r#"{"token":"opaque"}"#)]);
    let before = jiff::Timestamp::now().as_second();
    let run = tokenmint(CHAT).args(["-o", "json"]).credentials(&server).stdout(predicates::str::starts_with("{"));
    let object = run.run().json();
    let end: jiff::Timestamp = object["expires_at"].as_str().expect("a time").parse().expect("RFC 3339");
    assert!((before + 3_600..=jiff::Timestamp::now().as_second() + 3_600).contains(&end.as_second()), "{object}");
    // A guest who asked for nothing has the documented two hours.
    let before = jiff::Timestamp::now().as_second();
    let server = Server::minting();
    let run =
        tokenmint(GUEST_COMMAND).args(["-o", "json"]).credentials(&server).stdout(predicates::str::starts_with("{"));
    let object = run.run().json();
    let end: jiff::Timestamp = object["expires_at"].as_str().expect("a time").parse().expect("RFC 3339");
    assert!((before + 7_200..=jiff::Timestamp::now().as_second() + 7_200).contains(&end.as_second()), "{object}");
}

#[test]
fn in_json_the_warnings_stand_in_the_object() {
    let warnings = |object: &Value| {
        object["warnings"].as_array().expect("an array").iter().map(Value::to_string).collect::<String>()
    };
    assert!(warnings(&object(VIDEO)).contains("never expires"));
    assert!(warnings(&object(&format!("{GUEST_COMMAND} --region mars"))).contains("us-central"));
    assert!(warnings(&object(&format!("{VIDEO} --permission room.lokc"))).contains("room.lock"));
}

#[test]
fn quiet_silences_notes_but_no_error() {
    let server = Server::minting();
    tokenmint(VIDEO).arg("-q").credentials(&server).prints(format!("{TOKEN}\n")).run();
    tokenmint(GUEST_COMMAND).args(["-q", "--region", "mars"]).credentials(&server).prints(format!("{GUEST}\n")).run();
    #[cfg(feature = "emulator")]
    tokenmint(CHAT).args(["-q", "--profile", "emulator"]).stdout(predicates::str::ends_with("\n")).run();
    tokenmint(CHAT).arg("-q").fails(3).run();
    tokenmint("chat -q --ttl 60 -c a=r").fails(2).run();
}

#[test]
fn color_is_for_those_who_ask() {
    let colored = predicates::str::contains("\u{1b}[");
    tokenmint(CHAT).args(["--color", "always"]).stderr(colored).fails(3).run();
    for args in [["--color", "never"], ["--color", "auto"]] {
        tokenmint(CHAT).args(args).hides("\u{1b}").fails(3).run();
    }
}

#[test]
fn a_dry_run_needs_no_credentials_and_sends_nothing() {
    for (line, path, body) in [
        (CHAT, "/api/chat/tokens", r#"{"ttl":60,"channels":{"lobby":{"read":true,"write":true}}}"#),
        (PUBSUB, "/api/pubsub/tokens", r#"{"ttl":60,"channels":{"lobby":{"read":true,"write":true}}}"#),
        (
            GUEST_COMMAND,
            "/api/fabric/guests/tokens",
            r#"{"allowed_addresses":["0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"]}"#,
        ),
        (VIDEO, "/api/video/room_tokens", r#"{"room_name":"r"}"#),
    ] {
        let url = format!("https://SPACE.signalwire.com{path}");
        let shown =
            tokenmint(line).args(["-q", "--dry-run"]).stdout(predicates::str::contains(url.clone())).run().stdout;
        for part in ["POST", "[redacted]", "application/json", body] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        let object =
            tokenmint(line).args(["--dry-run", "-o", "json"]).stdout(predicates::str::starts_with("{")).run().json();
        assert_eq!((&object["method"], &object["url"]), (&json!("POST"), &json!(url)));
        assert_eq!(object["body"], serde_json::from_str::<Value>(body).expect("JSON"), "{object}");
        let headers = object["headers"].as_object().expect("an object of headers");
        let header = |name: &str| {
            headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        assert_eq!(header("Authorization"), Some(json!("Basic [redacted]")));
        assert_eq!(header("Content-Type"), Some(json!("application/json")));
    }
}

#[test]
fn a_dry_run_with_credentials_shows_the_host_and_no_secret() {
    let server = Server::unused();
    let run = tokenmint(CHAT).arg("--dry-run").credentials(&server);
    run.stdout(predicates::str::contains(format!("{}/api/chat/tokens", server.url()))).run();
    // Half a set is still an error, and a wrong value is still wrong.
    tokenmint(CHAT)
        .arg("--dry-run")
        .credentials(&server)
        .unset("SIGNALWIRE_API_TOKEN")
        .says("SIGNALWIRE_API_TOKEN")
        .fails(3)
        .run();
    tokenmint("chat --ttl 60 -c a=r --dry-run").credentials(&server).says("--ttl").fails(2).run();
}

#[cfg(unix)]
#[test]
fn a_dry_run_starts_no_helper() {
    let run = tokenmint(CHAT).arg("--dry-run");
    let mark = run.path("ran");
    let config = format!(
        "default_profile = \"dev\"\n[profiles.dev.signalwire]\nspace = \"example\"\nproject_id = \"{PROJECT}\"\n\
         api_token_command = ['sh', '-c', 'touch {}; echo x']\n",
        mark.display()
    );
    run.config(&config).stdout(predicates::str::contains("https://example.signalwire.com/api/chat/tokens")).run();
    assert!(!mark.exists(), "the helper ran");
}

/// What arrives when `sh` runs what `--curl` printed.
#[cfg(unix)]
fn by_curl(line: &str, more: &[&str]) -> Option<(Request, Request)> {
    if !crate::harness::installed("curl") {
        return None;
    }
    let (ours, theirs) = (Server::minting(), Server::minting());
    tokenmint(line).args(more).arg("-q").credentials(&ours).stdout(predicates::str::ends_with("\n")).run();
    let run = tokenmint(line)
        .args(more)
        .args(["-q", "--curl"])
        .credentials(&theirs)
        .stdout(predicates::str::contains("curl"));
    let command = run.run().stdout;
    for part in ["$SIGNALWIRE_PROJECT_ID", "$SIGNALWIRE_API_TOKEN", theirs.url().as_str()] {
        assert!(command.replace(['{', '}'], "").contains(part), "{part} in {command}");
    }
    let status = std::process::Command::new("sh")
        .args(["-c", &command])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("SIGNALWIRE_PROJECT_ID", PROJECT)
        .env("SIGNALWIRE_API_TOKEN", API_TOKEN)
        .output()
        .expect("sh starts");
    assert!(status.status.success(), "{command}\n{status:?}");
    Some((ours.request(), theirs.request()))
}

#[cfg(unix)]
#[test]
fn the_printed_curl_command_sends_the_same_bytes() {
    let awkward = "it's \"$HOME\" `id` \\n é 😀 !x @y %z\n\ttwo lines";
    for (line, more) in [
        (CHAT, vec![]),
        (CHAT, vec!["--member-id", awkward]),
        (CHAT, vec!["--state", r#"{"k":"it's \u00e9 \\ $(id)","n":12345678901234567890123,"@":1.0}"#]),
        (PUBSUB, vec!["-c", "it's=$HOME=r"]),
        (GUEST_COMMAND, vec!["--expire-at", "@4000000000"]),
        (VIDEO, vec!["--user-name", awkward, "--join-until", "2099-01-01"]),
    ] {
        let Some((ours, theirs)) = by_curl(line, &more) else { return };
        assert_eq!((&ours.method, &ours.target, ours.text()), (&theirs.method, &theirs.target, theirs.text()));
        for name in ["authorization", "content-type", "accept"] {
            assert_eq!(ours.header(name), theirs.header(name), "{name}");
        }
    }
}

#[test]
fn a_curl_command_without_the_variables_has_a_hint() {
    let server = Server::unused();
    let run =
        tokenmint(CHAT).arg("--curl").stdout(predicates::str::contains("https://SPACE.signalwire.com/api/chat/tokens"));
    run.says_all(&["hint", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"]).run();
    tokenmint(CHAT).arg("--curl").credentials(&server).stdout(predicates::str::contains("curl")).run();
    // With -o json, too: a command for the shell has no place for it.
    let run = tokenmint(CHAT).args(["--curl", "-o", "json"]).stdout(predicates::str::contains("curl"));
    run.says_all(&["hint", "SIGNALWIRE_PROJECT_ID"]).run();
    tokenmint(CHAT).args(["--curl", "-q"]).stdout(predicates::str::contains("curl")).run();
}

#[test]
fn write_puts_the_same_bytes_into_a_private_file() {
    let folder = temporary_folder();
    let place = folder.path().join("token");
    let server = Server::minting();
    for (format, expected) in
        [("raw", format!("{TOKEN}\n")), ("export", format!("export SIGNALWIRE_CHAT_TOKEN='{TOKEN}'\n"))]
    {
        // The second time it replaces a file that is longer and that others may read.
        write(&place, &"old ".repeat(1_000), 0o644);
        tokenmint(CHAT).args(["-o", format, "--write"]).arg(&place).credentials(&server).run();
        assert_eq!(fs::read_to_string(&place).expect("the file"), expected);
        private(&place);
        fs::remove_file(&place).expect("a file to remove");
        tokenmint(CHAT).args(["-o", format, "-w", "token"]).in_folder(folder.path()).credentials(&server).run();
        assert_eq!(fs::read_to_string(&place).expect("the file"), expected);
        private(&place);
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no other file stays");
}

#[cfg(unix)]
fn private(place: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(place).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn private(_: &std::path::Path) {}

#[test]
fn write_leaves_the_file_alone_on_failure() {
    let folder = temporary_folder();
    let place = folder.path().join("token");
    write(&place, "old", 0o600);
    for (answer, code) in
        [(Answer::json(401, "{}"), 4), (Answer::json(500, "{}"), 6), (Answer::json(200, "{}"), 6), (Answer::Close, 6)]
    {
        let server = Server::answering([answer]);
        tokenmint(CHAT).arg("--write").arg(&place).credentials(&server).fails(code).run();
        tokenmint(CHAT).arg("--write").arg(folder.path().join("new")).credentials(&server).fails(code).run();
    }
    assert_eq!(fs::read_to_string(&place).expect("the file"), "old");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no other file came");
}

#[test]
fn write_refuses_what_is_no_plain_file() {
    let folder = temporary_folder();
    let server = Server::unused();
    let refuse = |place: &std::path::Path| {
        let error = tokenmint(CHAT)
            .args(["-o", "json", "--write"])
            .arg(place)
            .credentials(&server)
            .hides(TOKEN)
            .fails(1)
            .run()
            .error();
        assert_eq!((&error["code"], &error["exit"]), (&json!("internal"), &json!(1)));
    };
    refuse(folder.path());
    refuse(&folder.path().join("no/such/folder/token"));
    let server = Server::unused();
    let run = |place: &str| tokenmint(CHAT).args(["--write", place]).credentials(&server);
    run("no/such/folder/token").says("folder does not exist").fails(1).run();
    // Found out before there is a token to lose.
    run(&"n".repeat(300)).says("cannot write").fails(1).run();
    run("-").says_all(&["--write", "./-"]).fails(2).run();
    #[cfg(unix)]
    {
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").expect("a file");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        refuse(&link);
        assert_eq!(fs::read_to_string(&target).expect("the file"), "old");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        let dangling = folder.path().join("dangling");
        std::os::unix::fs::symlink(folder.path().join("nothing"), &dangling).expect("a link");
        refuse(&dangling);
        assert!(!folder.path().join("nothing").exists());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_exit_1() {
    for format in ["raw", "json", "export", "dotenv"] {
        let server = Server::minting();
        tokenmint(CHAT)
            .args(["-o", format])
            .credentials(&server)
            .shell("\"$@\" >/dev/full")
            .hides("panicked")
            .fails(1)
            .run();
    }
    for line in ["chat --ttl 1h -c a=r --dry-run", "chat --ttl 1h -c a=r -o json --dry-run", "--version", "chat --help"]
    {
        tokenmint(line).shell("\"$@\" >/dev/full").hides("panicked").fails(1).run();
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_is_gone_is_exit_1() {
    let server = Server::minting();
    // The reader ends first: the writer starts only once the pipe's other end is closed.
    let script = "{ while test -e reading; do :; done; \"$@\"; echo $? >status; } | { exec <&-; rm reading; }; exit $(cat status)";
    let run = tokenmint(CHAT).credentials(&server).file("reading", "", 0o600).shell(script).hides("panicked");
    run.fails(1).run();
}

#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_stderr_changes_nothing() {
    let server = Server::minting();
    let line = format!("{TOKEN}\n");
    tokenmint(VIDEO).credentials(&server).shell("\"$@\" 2>/dev/full").prints(line.clone()).run();
    tokenmint(VIDEO).credentials(&server).shell("\"$@\" 2>&-").prints(line).run();
    tokenmint("video --room a.b").shell("\"$@\" 2>/dev/full").exits(2).run();
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_and_in_a_pipe_stdout_has_the_same_bytes() {
    if !crate::harness::installed("script") {
        return;
    }
    for line in [CHAT, "chat --ttl 1h -c lobby=rw -o json --color always", "chat --ttl 1h -c lobby=rw -o export"] {
        let server = Server::minting();
        let piped = tokenmint(line).credentials(&server).stdout(predicates::str::contains(TOKEN)).run().stdout;
        // stdout is a terminal of its own, which puts a carriage return before each line feed.
        let run =
            tokenmint(line).credentials(&server).shell("script -qec \"$* 2>&3\" /dev/null 3>/dev/null < /dev/null");
        let shown = run.stdout(predicates::str::contains(TOKEN)).run().stdout;
        let without_time = |text: &str| text.replace("\r\n", "\n").split("\"expires_in\"").next().map(str::to_owned);
        assert_eq!(without_time(&shown), without_time(&piped), "{line}");
    }
}

#[test]
fn quiet_leaves_the_error_and_takes_the_hint() {
    let said = tokenmint("chat --ttl 1h").arg("-q").fails(2).run().stderr;
    assert!(said.starts_with("error: ") && !said.contains("hint") && said.lines().count() == 1, "{said}");
}

#[test]
fn flags_that_contradict_each_other_are_refused_on_paper_too() {
    for (flags, named) in [
        ("--name PATH --dry-run", "--name"),
        ("--name PATH --curl", "--name"),
        ("--name PATH --batch in", "--name"),
        ("-o github-env -w out --dry-run", "--write"),
        ("-w out --dry-run -- true", "--write"),
    ] {
        tokenmint(CHAT).args(flags.split_whitespace()).file("in", "{}", 0o600).says(named).fails(2).run();
    }
}

#[test]
fn a_command_that_is_missing_after_its_dashes_prints_no_token() {
    let server = Server::unused();
    tokenmint(CHAT).credentials(&server).arg("--").says("--").fails(2).run();
}

#[cfg(unix)]
#[test]
fn quiet_leaves_no_warnings_in_json_either() {
    let server = Server::minting();
    let token =
        tokenmint(VIDEO).args(["-q", "-o", "json"]).credentials(&server).stdout(predicates::str::contains("token"));
    assert_eq!(token.run().json().get("warnings"), None);
    let shown = tokenmint(VIDEO).args(["-q", "-o", "json", "--dry-run"]).stdout(predicates::str::contains("url")).run();
    assert_eq!(shown.json().get("warnings"), None);
}
