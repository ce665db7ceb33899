//! Batches of odd sizes: lines, tokens and files that are large cost no more than their share of memory and time, and
//! whatever a batch writes it can read back.

use std::fmt::Write as _;

use predicates::prelude::*;

use crate::batch::lines;
#[cfg(target_os = "linux")]
use crate::batch::minting_by_member;
use crate::harness::{CHAT, temporary_folder, tokenmint};
use crate::server::{Answer, Server};
use crate::twilio::{APPLICATION, twilio};

/// `"k0":…,"k1":…` and so on.
fn members(count: usize, key: &str, value: &str) -> String {
    let mut text = String::new();
    for number in 0..count {
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}\"{key}{number}\":{value}").expect("memory");
    }
    text
}

/// The harness ends what takes longer than 20 s. A cost that grows with the square of the members takes minutes.
#[test]
fn one_line_with_very_many_members_is_minted_at_once() {
    let server = Server::minting();
    let fields = format!("{{{}}}\n", members(90_000, "k", "1"));
    let run = tokenmint(CHAT).args(["--batch", "-"]).credentials(&server).stdin(fields);
    run.stdout(predicate::always()).says("1 minted").run();
    let names: Vec<String> = (0..70_000).map(|number| format!("\"room.x{number}\"")).collect();
    let line = format!("{{\"permissions\":[{}]}}", names.join(","));
    let run = tokenmint("video --room r --remove-after 1h --batch -").credentials(&server).stdin(line.clone());
    let stdout = run.stdout(predicate::always()).says("1 minted").run().stdout;
    assert!(stdout.len() < 20_000, "{} bytes of output", stdout.len());
    let warnings = lines(&stdout)[0]["warnings"].as_array().map(Vec::len);
    assert_eq!(warnings, Some(11), "ten and how many more there are");
    // The same from --body.
    let run = tokenmint("video --room r --remove-after 1h --body @body").credentials(&server);
    let stderr = run.file("body", &line, 0o600).stdout(predicate::always()).says("warning").run().stderr;
    assert!(stderr.len() < 20_000, "{} bytes of warnings", stderr.len());
}

#[test]
fn one_line_with_very_many_grants_is_answered_at_once() {
    // The tokens would be longer than a token can be.
    let grants = format!("{{\"identity\":\"a\",\"grant\":{{{}}}}}\n", members(70_000, "g", "{}"));
    let texts: Vec<String> = (0..60_000).map(|number| format!("\"g{number}={{}}\"")).collect();
    let texts = format!("{{\"identity\":\"a\",\"grant\":[{}]}}\n", texts.join(","));
    let run = twilio("twilio --batch -").stdin(grants + &texts).exits(7);
    let stdout = run.stdout(predicate::always()).says("2 failed").run().stdout;
    for line in lines(&stdout) {
        assert_eq!(line["error"]["exit"], 2, "{line}");
        assert!(line["error"]["message"].as_str().is_some_and(|message| message.contains("65536")), "{line}");
    }
}

/// 48 kB of parameters are 64 kB of base64.
#[test]
fn a_token_that_is_too_long_is_the_failure_of_its_line() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let voice = format!("{{\"x\":\"{}\"}}", "y".repeat(50_000));
    let input = format!("{{\"identity\":\"a\"}}\n{{\"identity\":\"b\",\"voice_params\":{voice}}}\n");
    let line = format!("twilio --voice {APPLICATION} --batch - --resume");
    let run = || twilio(&line).arg(&out).stdin(input.clone()).exits(7);
    run().says("1 minted, 1 failed").run();
    let held = lines(&std::fs::read_to_string(&out).expect("the result"));
    assert_eq!(held[1]["error"]["exit"], 2);
    assert!(held[1]["error"]["message"].as_str().is_some_and(|message| message.contains("65536")), "{}", held[1]);
    run().says("0 minted, 1 failed, 1 kept").run();
    // So it is for a single mint.
    let run = twilio(&format!("twilio --identity a --voice {APPLICATION} --voice-params @params"));
    run.file("params", &voice, 0o600).says("65536").fails(2).run();
}

#[test]
fn a_line_number_beyond_every_input_is_no_trouble() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let mut far = String::new();
    for number in [4_294_967_295_u64, 4_294_967_296, 9_007_199_254_740_993] {
        writeln!(far, "{{\"line\":{number},\"token\":\"x\",\"expires_at\":null}}").expect("memory");
    }
    std::fs::write(&out, &far).expect("an earlier result");
    twilio("twilio --video --identity a --batch - --resume").arg(&out).stdin("{}\n").says("1 minted").run();
    let text = std::fs::read_to_string(&out).expect("the result");
    assert!(text.starts_with(&far) && text.lines().count() == 4, "{text}");
}

/// A tail of zeros, as after a crash, is longer than the memory that a run may take.
#[cfg(unix)]
#[test]
fn an_output_with_an_endless_line_is_read_in_little_memory() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let whole = "{\"line\":9,\"token\":\"x\",\"expires_at\":null}\n";
    for (tail, exit) in [("{\"line\":10", 0), ("precious", 3)] {
        std::fs::write(&out, format!("{whole}{tail}")).expect("an earlier result");
        let file = std::fs::OpenOptions::new().write(true).open(&out).expect("the file");
        file.set_len(1 << 29).expect("a file with a hole");
        let run = twilio("twilio --video --identity a --batch - --resume").arg(&out).stdin("");
        let run = run.shell(r#"ulimit -v 400000; "$@""#);
        if exit == 0 {
            run.says("0 minted").run();
            assert_eq!(std::fs::read_to_string(&out).expect("the result"), whole);
        } else {
            run.says("was not written by a batch").fails(exit).run();
            assert_eq!(std::fs::metadata(&out).expect("the file").len(), 1 << 29);
        }
    }
}

#[test]
fn of_a_line_that_stands_twice_the_id_is_that_of_the_one_that_stays() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let line = |id: &str| format!("{{\"line\":1,\"id\":\"{id}\",\"token\":\"of-{id}\",\"expires_at\":null}}\n");
    std::fs::write(&out, line("a") + &line("b")).expect("an earlier result");
    let run = |input: &str| twilio("twilio --video --identity a --batch - --resume").arg(&out).stdin(input);
    run("{\"id\":\"a\"}\n").says("id of input line 1 differs").fails(3).run();
    assert_eq!(std::fs::read_to_string(&out).expect("the result"), line("b"));
}

#[test]
fn the_input_and_the_output_cannot_be_one_file() {
    let server = Server::unused();
    let text = "{\"member_id\":\"a\"}\n";
    let run = || tokenmint(CHAT).credentials(&server).file("in", text, 0o600);
    for files in [["in", "in"], ["./in", "home/../in"]] {
        let run = run().args(["--batch", files[0], "--resume", files[1]]);
        let (_, kept) = run.says("same file").fails(2).run_and_read("in");
        assert_eq!(kept, text);
    }
    // Elsewhere a stream does not tell which file it is of.
    #[cfg(unix)]
    {
        for script in [
            r#"ln in other; "$@" --batch in --resume other"#,
            r#""$@" --batch - --resume in <in"#,
            r#""$@" --batch in >>in"#,
            r#""$@" --batch - <in >>in"#,
            r#""$@" --batch in --dry-run >>in"#,
        ] {
            // What is in the file afterwards is shown last.
            let script = format!("{script}; status=$?; cat in >&2; exit $status");
            run().shell(&script).says("same file").stderr(predicate::str::ends_with(text)).fails(2).run();
        }
        // Two names of nothing in particular are not one file.
        let run = tokenmint(CHAT).args(["--batch", "/dev/null"]).credentials(&server);
        run.shell(r#""$@" >/dev/null"#).says("0 minted").run();
    }
}

/// Many threads with lines of a megabyte each: what is in work at once is bounded in bytes.
#[cfg(target_os = "linux")]
#[test]
fn long_lines_on_many_threads_take_little_memory() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;

    const LINES: usize = 60;
    let server = Server::answering([minting_by_member()]);
    let mut run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "512"]).credentials(&server);
    let mut child = run
        .command()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its stdin");
    // The input stays open, so that the process is there to be looked at.
    let feeder = std::thread::spawn(move || {
        let line = format!("{{\"member_id\":\"m\",\"x\":\"{}\"}}\n", "y".repeat(1_000_000));
        (0..LINES).for_each(|_| stdin.write_all(line.as_bytes()).expect("a reader"));
        stdin
    });
    let mut out = BufReader::new(child.stdout.take().expect("its stdout"));
    let mut line = String::new();
    for _ in 0..LINES {
        line.clear();
        assert!(out.read_line(&mut line).expect("a line") > 0 && line.contains("\"token\":"), "{line}");
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("its status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    drop(feeder.join().expect("the feeder"));
    assert!(child.wait().expect("an end").success());
    println!("peak: {kibibytes} KiB");
    assert!(kibibytes < 64 * 1024, "{kibibytes} KiB");
    server.calls(LINES);
}

/// Tokens as long as a token can be, in both places of a guest's line, are read back.
#[test]
fn the_longest_lines_are_kept() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let token = "t".repeat(65_536);
    let answer = format!(r#"{{"token":"{token}","refresh_token":"{token}"}}"#);
    let server = Server::answering([Answer::json(201, answer)]);
    let input = format!("{{\"id\":\"{}\"}}\n", "i".repeat(1_048_576 - 9));
    let run = || {
        let run = tokenmint("guest -a 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --batch in --resume").arg(&out);
        run.credentials(&server).file("in", &input, 0o600)
    };
    run().says("1 minted").run();
    run().says("0 minted, 0 failed, 1 kept").run();
    server.calls(1);
}
