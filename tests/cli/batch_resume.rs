//! `--resume`: a run that was ended goes on where it stopped, and after any number of ends each line stands there once.

#[cfg(unix)]
use predicates::prelude::*;

use crate::batch::{lines, members, minting_by_member, token_of};
use crate::harness::{CHAT, Run, temporary_folder, tokenmint};
use crate::server::{Answer, Server};

fn resume(server: &Server, input: &str) -> Run {
    tokenmint(CHAT).credentials(server).args(["--batch", "-", "--resume"]).stdin(input)
}

/// A place for a result that outlives its run.
fn folder() -> tempfile::TempDir {
    temporary_folder()
}

/// Mints so many lines into OUT, and gives what stands there then.
fn earlier(server: &Server, out: &std::path::Path, count: usize) -> String {
    resume(server, &members(count)).arg(out).args(["--jobs", "1"]).says("0 failed").run();
    std::fs::read_to_string(out).expect("an earlier result")
}

#[test]
fn what_failed_is_tried_again_and_what_was_minted_is_not() {
    let folder = folder();
    let out = folder.path().join("out");
    let refuse = Answer::complaint("member_id", "It is wrong");
    let server = Server::answering([minting_by_member(), refuse, minting_by_member()]);
    let first = resume(&server, &members(3)).arg(&out).args(["--jobs", "1"]).exits(7);
    first.says("2 minted, 1 failed").run();
    resume(&server, &members(3)).arg(&out).says("1 minted, 0 failed, 2 kept").run();
    let text = std::fs::read_to_string(&out).expect("the result");
    let found: Vec<(u64, String)> = lines(&text)
        .iter()
        .map(|line| (line["line"].as_u64().expect("a number"), line["token"].as_str().expect("a token").to_owned()))
        .collect();
    assert_eq!(found, [(1, token_of("m1")), (3, token_of("m3")), (2, token_of("m2"))]);
    // Nothing is left to do, and nothing is done.
    resume(&server, &members(3)).arg(&out).says("0 minted, 0 failed, 3 kept").run();
    assert_eq!(std::fs::read_to_string(&out).expect("the result"), text);
    server.calls(4);
}

#[cfg(unix)]
#[test]
fn the_result_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder();
    let out = folder.path().join("out");
    let server = Server::answering([minting_by_member()]);
    resume(&server, &members(1)).arg(&out).says("1 minted").run();
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("the result").permissions().mode() & 0o777;
    assert_eq!(mode(&out), 0o600);
    // One that others could read is made private as well.
    std::fs::set_permissions(&out, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    resume(&server, &members(2)).arg(&out).says("1 minted, 0 failed, 1 kept").run();
    assert_eq!(mode(&out), 0o600);
}

#[test]
fn a_torn_last_line_is_mended() {
    let folder = folder();
    let out = folder.path().join("out");
    let server = Server::answering([minting_by_member()]);
    let whole = earlier(&server, &out, 1);
    for torn in [
        "",
        "{",
        "{\"line\":2,\"id\":\"m2\",\"tok",
        "{\"line\":2,\"id\":\"m2\",\"request\":\"0123456789abcdef\",\"token\":\"x\",\"expires_at\":null",
        "{\"line\":2,\"id\":\"m2\",\"error\":{\"code\":\"usa",
        "\0\0\0\0",
        "{\"line\":2,\"id\":\"m\0\0\0\0",
    ] {
        std::fs::write(&out, format!("{whole}{torn}")).expect("an earlier result");
        resume(&server, &members(2)).arg(&out).says("1 minted, 0 failed, 1 kept").run();
        let text = std::fs::read_to_string(&out).expect("the result");
        assert!(text.starts_with(&whole), "{text}");
        let lines = lines(&text);
        assert_eq!((lines.len(), &lines[1]["token"]), (2, &token_of("m2").into()), "{torn}");
    }
    // The first line may be the last one.
    std::fs::write(&out, &whole[..40]).expect("an earlier result");
    resume(&server, &members(1)).arg(&out).says("1 minted, 0 failed").run();
    server.calls(1 + 7 + 1);
}

#[test]
fn a_last_line_that_lacks_its_line_feed_alone_is_kept_and_a_line_that_stands_twice_once() {
    let folder = folder();
    let out = folder.path().join("out");
    let server = Server::answering([minting_by_member()]);
    let whole = earlier(&server, &out, 2);
    let first = whole.split_inclusive('\n').next().expect("a line");
    std::fs::write(&out, format!("{first}{}", whole.trim_end())).expect("an earlier result");
    resume(&server, &members(2)).arg(&out).says("0 minted, 0 failed, 2 kept").run();
    assert_eq!(std::fs::read_to_string(&out).expect("the result"), whole);
    server.calls(2);
}

#[test]
fn a_file_that_no_batch_wrote_is_left_as_it_is() {
    let folder = folder();
    let out = folder.path().join("out");
    let server = Server::unused();
    let ours = r#"{"line":1,"error":{"code":"usage","exit":2,"message":"m"}}"#;
    let foreign = [
        "hello\n",
        "hello",
        "\n",
        "{\"precious\":1}",
        "{\"a\":1}\n",
        "[1]\n{\"line\":1,\"token\":\"x\",\"expires_at\":null}\n",
        "{\"line\":0,\"token\":\"x\",\"expires_at\":null}\n",
        "{\"line\":1,\"token\":7}\n",
        "{\"line\":1,\"token\":7,\"expires_at\":null}",
        "{\"line\":1,\"precious\":\"x",
        "{\"member_id\":\"m1\"}",
        &"x".repeat(100_000),
        &format!("{ours}\n\n"),
        &format!("{ours}\nprecious"),
        &format!("{ours}\n{{\"precious\":1}}"),
        &format!("precious\n{ours}\n"),
    ];
    for foreign in foreign {
        for input in [members(1), String::new()] {
            std::fs::write(&out, foreign).expect("somebody's file");
            resume(&server, &input).arg(&out).says_all(&["--resume", "was not written by a batch"]).fails(3).run();
            assert_eq!(std::fs::read_to_string(&out).expect("the file"), foreign);
        }
    }
    let binary: Vec<u8> = (0..4096_u32).map(|number| (number * 7 % 256).to_le_bytes()[0]).collect();
    std::fs::write(&out, &binary).expect("somebody's file");
    resume(&server, "").arg(&out).says("was not written by a batch").fails(3).run();
    assert_eq!(std::fs::read(&out).expect("the file"), binary);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing beside it");
}

#[test]
fn a_result_of_another_input_is_refused() {
    let folder = folder();
    let out = folder.path().join("out");
    let earlier = "{\"line\":1,\"id\":\"somebody\",\"token\":\"kept\",\"expires_at\":null}\n";
    std::fs::write(&out, earlier).expect("an earlier result");
    let server = Server::unused();
    let input = "{\"id\":\"m1\",\"member_id\":\"m1\"}\n";
    resume(&server, input).arg(&out).args(["--jobs", "1"]).says_all(&["line 1", "id"]).fails(3).run();
    assert_eq!(std::fs::read_to_string(&out).expect("the result"), earlier);
}

#[cfg(unix)]
#[test]
fn a_link_or_a_folder_is_no_place_for_a_result() {
    let folder = folder();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    std::fs::write(&target, "").expect("a target");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    let server = Server::unused();
    for place in [link.as_path(), folder.path(), &folder.path().join("missing/out")] {
        resume(&server, &members(1)).arg(place).fails(1).run();
    }
    assert_eq!(std::fs::read(&target).expect("the target"), b"");
}

#[cfg(unix)]
#[test]
fn interrupted_at_any_moment_and_resumed_every_line_stands_there_once() {
    const COUNT: usize = 1_500;
    let folder = folder();
    let out = folder.path().join("out");
    let slow = || {
        let mint = minting_by_member();
        Server::answering([mint]).optional()
    };
    let server = slow();
    // Ends of every kind at different moments: asked to end, and killed without a chance to tidy up.
    for (signal, lines_first) in [("TERM", 10), ("KILL", 200), ("HUP", 400), ("KILL", 700)] {
        let script = format!(
            r#""$@" <in 2>/dev/null & pid=$!; while kill -0 $pid 2>/dev/null && [ "$(cat "$OUT" 2>/dev/null | wc -l)" -lt {lines_first} ]; do :; done; kill -{signal} $pid 2>/dev/null; wait $pid; true"#
        );
        tokenmint(CHAT)
            .credentials(&server)
            .args(["--batch", "-", "--jobs", "4", "--resume"])
            .arg(&out)
            .env("OUT", &out)
            .file("in", &members(COUNT), 0o600)
            .shell(&script)
            .stderr(predicate::always())
            .run();
    }
    resume(&server, &members(COUNT)).arg(&out).says("0 failed").run();
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing beside it");
    let text = std::fs::read_to_string(&out).expect("the result");
    let mut found: Vec<(u64, String, String)> = lines(&text)
        .iter()
        .map(|line| {
            let text = |key: &str| line[key].as_str().expect("a text").to_owned();
            (line["line"].as_u64().expect("a number"), text("id"), text("token"))
        })
        .collect();
    found.sort();
    let expected: Vec<(u64, String, String)> =
        (1..=COUNT as u64).map(|number| (number, format!("m{number}"), token_of(&format!("m{number}")))).collect();
    assert_eq!(found, expected);
}
