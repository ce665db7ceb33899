//! Pairs that are replaced where they are: the old one stays until there is a new one, and a new one is not lost.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, mpsc};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{GUEST, REFRESH, REFRESHED, Run, tokenmint};
use crate::server::{Answer, Server};

const TOKEN_NAME: &str = "SIGNALWIRE_SUBSCRIBER_TOKEN";
const REFRESH_NAME: &str = "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN";

/// A pair as each format has it: the words of the format, and the text before and after an exchange.
fn pairs() -> [(&'static str, String, String); 4] {
    let export =
        |token: &str, refresh: &str| format!("export {TOKEN_NAME}='{token}'\nexport {REFRESH_NAME}='{refresh}'\n");
    let fish =
        |token: &str, refresh: &str| format!("set -gx {TOKEN_NAME} '{token}'\nset -gx {REFRESH_NAME} '{refresh}'\n");
    let dotenv = |token: &str, refresh: &str| {
        format!("# mine\nA=1\n{TOKEN_NAME}={token}\nexport {REFRESH_NAME} = {refresh}  # keep\nB='2'")
    };
    let json = format!("{{\"kind\":\"subscriber\",\"token\":\"{GUEST}\",\"refresh_token\":\"{REFRESH}\"}}\n");
    [
        ("-o json", json, String::new()),
        ("-o export", export("old", REFRESH), export(GUEST, REFRESHED)),
        ("-o export --shell fish", fish("old", REFRESH), fish(GUEST, REFRESHED)),
        ("-o dotenv", dotenv("old", REFRESH), dotenv(GUEST, REFRESHED)),
    ]
}

/// A run that reads a pair from a file in the folder `d` and writes the new one there.
fn rotate(format: &str, text: &str) -> (Run, PathBuf) {
    let run = tokenmint("refresh").args(format.split(' ')).file("d/pair", text, 0o600).hides(REFRESH);
    let place = run.path("d/pair");
    (run.arg(format!("@{}", place.display())).arg("--write").arg(&place), place)
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// Runs it and gives its status, what it said, and the file afterwards, which is alone in its folder.
fn outcome(mut run: Run, place: &Path) -> (Option<i32>, String, String) {
    let output = run.output();
    assert!(output.stdout.is_empty(), "{output:?}");
    assert_eq!(names(place.parent().expect("its folder")), ["pair"]);
    assert_eq!(fs::metadata(place).expect("the pair").permissions().mode() & 0o777, 0o600);
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(!said.contains(REFRESH), "{said}");
    (output.status.code(), said, fs::read_to_string(place).expect("the pair"))
}

#[test]
fn the_new_pair_takes_the_place_of_the_old_one_in_every_format() {
    for (format, old, new) in pairs() {
        let server = Server::minting();
        let (run, place) = rotate(format, &old);
        let (status, said, text) = outcome(run.credentials(&server), &place);
        assert_eq!((status, said.as_str()), (Some(0), ""), "{format}");
        if format == "-o json" {
            let object: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!((&object["token"], &object["refresh_token"]), (&GUEST.into(), &REFRESHED.into()));
        } else {
            assert_eq!(text, new);
        }
        assert_eq!(server.request().text(), format!(r#"{{"refresh_token":"{REFRESH}"}}"#));
    }
}

#[test]
fn the_old_pair_stays_byte_for_byte_when_the_exchange_fails() {
    let expired = Answer::complaint("refresh_token", "Token has expired.");
    for (format, old, _) in pairs() {
        for (answer, code) in [
            (Answer::json(401, r#"{"error":"Unauthorized"}"#), 4),
            (expired.clone(), 5),
            (Answer::json(429, "{}"), 6),
            (Answer::json(500, "{}"), 6),
            (Answer::json(201, "{}"), 6),
            (Answer::json(201, format!(r#"{{"token":"{GUEST}","refresh_token":""}}"#)), 6),
            (Answer::Close, 6),
            (Answer::Raw(b"HTTP/1.1 201 Created\r\nContent-Length: 90\r\n\r\n{\"token\":\"x".to_vec()), 6),
        ] {
            let server = Server::answering([answer]);
            let (run, place) = rotate(format, &old);
            let (status, said, text) = outcome(run.credentials(&server), &place);
            assert_eq!((status, text.as_str()), (Some(code), old.as_str()), "{format}: {said}");
            server.calls(1);
        }
    }
}

#[test]
fn what_can_be_known_to_fail_is_refused_before_anything_is_sent() {
    let (_, old, _) = &pairs()[0];
    let server = Server::unused();
    let run = |write: &str| {
        let run = tokenmint("refresh @d/pair -o json --write").arg(write).file("d/pair", old, 0o600).hides(REFRESH);
        run.credentials(&server)
    };
    let stays = "\"$@\"; code=$?; cmp -s d/pair kept || exit 99; test \"$(ls -A d)\" = pair || exit 98; exit $code";
    let kept = |run: Run| run.file("kept", old, 0o600).shell(stays);
    kept(run("new/")).says("is not a file name").exits(1).run();
    kept(run("no/pair")).says("its folder does not exist").exits(1).run();
    kept(run("home")).says("is not a regular file").exits(1).run();
    run("d/link").shell("ln -s pair d/link; \"$@\"").says("symbolic link").exits(1).run();
    // Alone, the access token would take the place of the pair.
    let raw = tokenmint("refresh @d/pair --write ./d/pair").file("d/pair", old, 0o600).credentials(&server);
    kept(raw).says_all(&["-o raw", "lost", "-o json"]).exits(2).run();
    // 16 blocks of 512 bytes, or of 1024: less than the longest pair. It stands for a disk that is full.
    for format in ["-o json", "-o dotenv"] {
        let (run, place) = rotate(format, old);
        let run = run.credentials(&server).shell("ulimit -f 16; exec \"$@\"");
        let (status, said, text) = outcome(run, &place);
        assert_eq!((status, &text), (Some(1), old), "{said}");
        assert!(said.contains("cannot write") && said.contains("File too large"), "{said}");
    }
}

/// Answers after it has done something to the file.
fn meanwhile(place: &Path, act: impl Fn(&Path) + Send + Sync + 'static) -> Server {
    let place = place.to_owned();
    Server::answering([Answer::With(Arc::new(move |_| {
        act(&place);
        Answer::token()
    }))])
}

#[test]
fn a_pair_that_cannot_be_written_after_the_exchange_is_kept_next_to_the_file() {
    for (format, old, _) in pairs() {
        let (run, place) = rotate(format, &old);
        // The file has become a folder, which no file can replace.
        let server = meanwhile(&place, |place| {
            fs::remove_file(place).expect("the file");
            fs::create_dir(place).expect("a folder");
        });
        let mut run = run.credentials(&server);
        let output = run.output();
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
        assert!(said.contains("the old refresh token is used up, and the new pair is in "), "{said}");
        let folder = place.parent().expect("its folder");
        let mut others = names(folder);
        others.retain(|name| name != "pair");
        let [other] = &others[..] else { panic!("one more file, got {others:?}") };
        let other = folder.join(other);
        assert!(said.contains(&other.display().to_string()), "{said}");
        let text = fs::read_to_string(&other).expect("the pair");
        assert!(text.contains(GUEST) && text.contains(REFRESHED), "{text}");
        assert_eq!(fs::metadata(&other).expect("the file").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_pair_that_is_lost_is_said_to_be_lost() {
    let lost = ["the old refresh token is used up, and the new pair is lost", "tokenmint subscriber"];
    let (format, old, _) = &pairs()[0];
    let (run, place) = rotate(format, old);
    let server = meanwhile(&place, |place| fs::remove_dir_all(place.parent().expect("a folder")).expect("gone"));
    run.credentials(&server).fails(1).says_all(&lost).run();
    // A reader that has gone.
    let server = Server::minting();
    let mut run = tokenmint("refresh -o dotenv").stdin(REFRESH).credentials(&server);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut child = run.command().stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped()).spawn().expect("a run");
    child.stdin.take().expect("its stdin").write_all(REFRESH.as_bytes()).expect("the program reads");
    let output = child.wait_with_output().expect("its end");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(lost.iter().all(|part| said.contains(part)) && !said.contains(REFRESHED), "{said}");
}

/// A server that knows the process that asks it, and calls this with it before it answers.
fn with_process(act: impl Fn(Pid) + Send + Sync + 'static) -> (Server, mpsc::Sender<Pid>) {
    let (sender, receiver) = mpsc::channel();
    let receiver = Mutex::new(receiver);
    let answer = Answer::With(Arc::new(move |_| {
        act(receiver.lock().expect("one request").recv().expect("a process"));
        Answer::token()
    }));
    (Server::answering([answer]), sender)
}

#[test]
fn a_signal_during_the_exchange_waits_until_the_new_pair_is_written() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let (format, old, new) = &pairs()[1];
        let (run, place) = rotate(format, old);
        let (server, sender) = with_process(move |process| kill(process, signal).expect("a signal"));
        let mut run = run.credentials(&server);
        let child = run.command().stderr(Stdio::piped()).spawn().expect("a run");
        sender.send(Pid::from_raw(i32::try_from(child.id()).expect("an id"))).expect("the server");
        let output = child.wait_with_output().expect("its end");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.signal(), Some(signal as i32), "{said}");
        assert!(said.is_empty() || said.starts_with("note: waiting for the answer"), "{said}");
        assert_eq!(&fs::read_to_string(&place).expect("the pair"), new);
        assert_eq!(names(place.parent().expect("its folder")), ["pair"]);
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (format, old, _) = &pairs()[1];
    let (run, place) = rotate(format, old);
    // It gets no answer as long as it is there to take a signal.
    let (server, sender) = with_process(|process| while kill(process, Signal::SIGTERM).is_ok() {});
    let mut run = run.arg("--timeout").arg("1h").credentials(&server);
    let mut child = run.command().stderr(Stdio::piped()).spawn().expect("a run");
    sender.send(Pid::from_raw(i32::try_from(child.id()).expect("an id"))).expect("the server");
    let status = child.wait().expect("its end");
    assert_eq!(status.signal(), Some(15), "{status}");
    assert_eq!(&fs::read_to_string(&place).expect("the pair"), old);
}

#[cfg(feature = "emulator")]
mod emulated {
    use super::*;
    use crate::emulator::Emulator;
    use std::process::{Child, Command};
    use std::sync::Barrier;

    fn pointed_at(emulator: &Emulator, space: &str, line: &str) -> Run {
        let run = tokenmint(line).env("SIGNALWIRE_SPACE", space);
        ["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"]
            .into_iter()
            .fold(run, |run, name| run.env(name, emulator.exported(name)))
    }

    fn started(command: &mut Command) -> Child {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Refreshes one pair by so many processes at once through this space. One succeeds, the file holds its pair, which
    /// can be refreshed in turn, and the others say that the token was refused.
    fn race(emulator: &Emulator, space: &str, count: usize) {
        let pair = pointed_at(emulator, &emulator.address, "subscriber --reference alice -o json");
        let pair = pair.stdout(predicates::str::contains("refresh_token")).run().stdout;
        let folder = crate::harness::temporary_folder();
        let place = folder.path().join("pair.json");
        crate::harness::write(&place, &pair, 0o600);
        let line = "refresh @pair.json -o json --write pair.json";
        let mut runs: Vec<Run> =
            (0..count).map(|_| pointed_at(emulator, space, line).in_folder(folder.path())).collect();
        let children: Vec<Child> = runs.iter_mut().map(|run| started(&mut run.command())).collect();
        let ends = children.into_iter().map(|child| {
            let output = child.wait_with_output().expect("its end");
            assert!(output.stdout.is_empty());
            (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
        });
        let (won, lost): (Vec<_>, Vec<_>) = ends.partition(|(code, _)| *code == Some(0));
        assert_eq!((won.len(), lost.len()), (1, count - 1), "{won:?} {lost:?}");
        for (code, said) in lost {
            assert!(code == Some(5) && said.contains("token_invalid"), "{said}");
        }
        assert_eq!(names(folder.path()), ["pair.json"]);
        let held = fs::read_to_string(&place).expect("the pair");
        assert_ne!(held, pair);
        let again = pointed_at(emulator, &emulator.address, line).in_folder(folder.path());
        again.run();
        assert_ne!(fs::read_to_string(&place).expect("the pair"), held);
    }

    /// All have read the file, and sent its token, before any gets an answer.
    #[test]
    fn of_several_that_refresh_one_pair_at_once_one_succeeds() {
        for count in [2, 8] {
            let emulator = Arc::new(Emulator::start());
            let (barrier, behind) = (Barrier::new(count), Arc::clone(&emulator));
            let server = Server::answering([Answer::With(Arc::new(move |request| {
                barrier.wait();
                let (status, body) = behind.post(&request.target, &request.text());
                Answer::json(status, body.to_string())
            }))]);
            race(&emulator, &server.space(), count);
            server.calls(count);
        }
    }
}
