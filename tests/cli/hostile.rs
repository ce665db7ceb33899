//! Servers and systems that mean ill: no failure leaves anything that could be taken for a token, no answer costs more
//! memory or time than it may, no file that is not ours is touched.

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::credentials::{dev, refuse};
use crate::harness::{
    API_TOKEN, BASIC, CHAT, GUEST, GUEST_COMMAND, PROJECT, PUBSUB, Run, TOKEN, VIDEO, temporary_folder, tokenmint,
    write,
};
use crate::server::{Answer, Server};

/// What a server answers so that a run fails, and the exit code.
fn failures() -> Vec<(Answer, i32)> {
    let leaked = r#"{"token":"LEAKED"}"#;
    let mut failures: Vec<(Answer, i32)> =
        [(401, 4), (403, 4), (404, 5), (422, 5), (302, 6), (429, 6), (500, 6), (503, 6)]
            .into_iter()
            .map(|(status, code)| (Answer::json(status, leaked), code))
            .collect();
    let whole = [
        "",
        "<html>LEAKED</html>",
        "LEAKED",
        "\"LEAKED\"",
        "[\"LEAKED\"]",
        "{\"token\":\"LEAKED\"",
        "{\"token\":\"LEAKED\"}}",
        "{\"token\":\"LEAKED\\nid\"}",
        "{\"token\":\"LEAKED'; id; '\"}",
        "{\"token\":\"$(id)LEAKED\"}",
        "{\"token\":\"LEAKED\",\"token\":\"LEAKED\"}",
        "{\"token\":[\"LEAKED\"]}",
        "{\"toke\":\"LEAKED\"}",
    ];
    failures.extend(whole.map(|body| (Answer::json(200, body), 6)));
    let broken = [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"token\":\"LEAKED\"}"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{\"token\":\"LEAKED\"}\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"LEAKED\r\n",
    ];
    failures.extend(broken.map(|bytes| (Answer::Raw(bytes.to_vec()), 6)));
    failures.extend([(Answer::Close, 6), (Answer::Reset, 6)]);
    failures
}

/// A run that meets this answer, once.
fn meets(line: &str, server: &Server) -> Run {
    tokenmint(line).args(["--retries", "0"]).credentials(server).hides("LEAKED").says("error")
}

#[test]
fn no_refusal_or_broken_answer_leaves_anything_in_a_variable() {
    for (answer, code) in failures() {
        let server = Server::answering([answer]);
        let expected = format!("{code} []\n");
        meets(CHAT, &server).shell("X=$(\"$@\"); echo \"$? [$X]\"").prints(expected).run();
        // `export X=$(…)` and `eval` throw the status away, so that the empty value is all that a script has.
        meets(CHAT, &server).shell("export X=\"$(\"$@\")\"; echo \"[$X]\"").prints("[]\n").run();
        let all = "eval \"$(\"$@\" -o export)\"; echo \"[$SIGNALWIRE_CHAT_TOKEN]\"";
        meets(CHAT, &server).shell(all).prints("[]\n").run();
        let both = "eval \"$(\"$@\" -o export)\"; echo \"[$SIGNALWIRE_GUEST_TOKEN$SIGNALWIRE_GUEST_REFRESH_TOKEN]\"";
        meets(GUEST_COMMAND, &server).shell(both).prints("[]\n").run();
    }
}

#[test]
fn no_refusal_or_broken_answer_leaves_anything_in_a_file() {
    for (answer, code) in failures() {
        let server = Server::answering([answer]);
        for format in ["raw", "json", "export", "dotenv"] {
            let run = meets(CHAT, &server).args(["-o", format]);
            run.shell("\"$@\" >file; code=$?; wc -c <file | tr -d ' '; exit $code").prints("0\n").exits(code).run();
        }
        // Nothing comes, what is there stays, and the command after -- does not run.
        let look = "mkdir new; \"$@\"; code=$?; ls -A new; cat old; test ! -e ran || echo ran; exit $code";
        let run = |args: &[&str]| {
            let run = meets(CHAT, &server).file("old", "as it was\n", 0o644).shell(look).args(args);
            run.prints("as it was\n").exits(code).run();
        };
        run(&["--write", "new/token"]);
        run(&["--write", "old"]);
        run(&["--", "touch", "ran"]);
        for (format, variable) in [("github-env", "GITHUB_ENV"), ("github-output", "GITHUB_OUTPUT")] {
            let run = meets(CHAT, &server).env(variable, "old").args(["-o", format]).file("old", "as it was\n", 0o644);
            run.shell(look).prints("as it was\n").exits(code).run();
        }
    }
}

#[test]
fn no_failure_of_ones_own_leaves_anything_either() {
    let server = Server::unused();
    let wrong: [(Run, i32); 5] = [
        (tokenmint("chat --ttl 60 -c a=r"), 2),
        (tokenmint(CHAT).args(["--cacert", "/no/such/file"]), 2),
        (tokenmint(CHAT).args(["-o", "github-env"]), 3),
        (tokenmint(CHAT).env("SIGNALWIRE_API_TOKEN", ""), 3),
        (tokenmint(CHAT).args(["--write", "no/such/folder/x"]), 1),
    ];
    for (run, code) in wrong {
        let run = if run.has("SIGNALWIRE_API_TOKEN") { run } else { run.credentials(&server) };
        let script = "X=$(\"$@\"); echo \"$? [$X]\"; eval \"$(\"$@\")\"; \"$@\" >file; wc -c <file | tr -d ' '";
        run.shell(script).prints(format!("{code} []\n0\n")).says("error").run();
    }
}

#[test]
fn our_own_secret_is_no_token() {
    // Whoever takes it for one publishes it.
    for secret in [API_TOKEN, BASIC, &STANDARD.encode(API_TOKEN), &format!("eyJ{API_TOKEN}")] {
        let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{secret}"}}"#))]);
        tokenmint(CHAT).credentials(&server).fails(6).run();
        let body = format!(r#"{{"token":"{GUEST}","refresh_token":"{secret}"}}"#);
        let server = Server::answering([Answer::json(201, body)]);
        tokenmint(GUEST_COMMAND).credentials(&server).hides(GUEST).fails(6).run();
    }
}

/// Answers without end. Each is cut off by its size or by the time limit.
fn floods() -> Vec<(Answer, i32)> {
    let flood = |first: &str, again: &str| Answer::Flood(first.into(), again.into());
    let ok = "HTTP/1.1 200 OK\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut floods: Vec<(Answer, i32)> = [
        flood("", "\r\n"),
        flood("", "HTTP/1.1 100 Continue\r\n\r\n"),
        flood("", "HTTP/1.1 102 Processing\r\n\r\n"),
        flood("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        flood("HTTP/1.1 200 ", "O"),
        flood("HTTP", "x"),
        flood("\x16\x03\x01", "\0"),
        flood(ok, "X-Filler: filler\r\n"),
        flood("HTTP/1.1 200 OK\r\nX-Long: ", "a"),
        flood("HTTP/1.1 200 OK\r\n", "a"),
        flood("HTTP/1.1 200 OK\r\n\r\n{\"filler\":\"", "a"),
        flood("HTTP/1.1 200 OK\r\n\r\n", " "),
        flood("HTTP/1.1 200 OK\r\n\r\n{\"token\":\"LEAKED\"}", " "),
        flood("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", "["),
        flood("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", "a"),
        flood(chunked, "1\r\na\r\n"),
        flood(chunked, "0"),
        flood(&format!("{chunked}1;"), "a"),
        flood(&format!("{chunked}ffffffffffffffff\r\n"), "a"),
        flood(&format!("{chunked}12\r\n{{\"token\":\"LEAKED\"}}\r\n0\r\n"), "X-Trailer: a\r\n"),
    ]
    .into_iter()
    .map(|answer| (answer, 6))
    .collect();
    // What a refusal says beyond its status is not waited for either.
    for (status, code) in [(401, 4), (422, 5), (500, 6), (302, 6)] {
        let head = format!("HTTP/1.1 {status} No\r\nContent-Type: application/json\r\n\r\n{{\"errors\":[");
        floods.push((flood(&head, "{},"), code));
    }
    floods
}

#[test]
fn an_answer_without_end_is_cut_off() {
    at_once(floods(), |(answer, code)| {
        let server = Server::answering([answer]);
        let run = meets(CHAT, &server).args(["--timeout", "4s"]).shell(&within_memory());
        run.hides("panicked").hides("defect").exits(code).run();
    });
}

/// Runs each in a thread of its own: they mostly wait.
fn at_once<T: Send>(cases: Vec<T>, run: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| run(case));
        }
    });
}

/// A script that runs the program with 48 MiB of data at most, held by the system itself: beyond it an allocation fails,
/// which ends the program by a signal. The rest of the promised 64 MiB is left to its code and its stacks.
fn within_memory() -> String {
    if cfg!(target_os = "linux") {
        "ulimit -d 49152 || exit 99; exec \"$@\"".to_owned()
    } else {
        crate::harness::skipped("only Linux counts all of a program's data against this limit");
        "exec \"$@\"".to_owned()
    }
}

/// Bodies that are small on the wire and could be large in memory.
fn swelling() -> Vec<Vec<u8>> {
    let full = |start: &str, again: &str, end: &str| {
        let count = (1_048_576 - start.len() - end.len()) / again.len();
        format!("{start}{}{end}", again.repeat(count)).into_bytes()
    };
    let mut bodies = Vec::new();
    for again in ["{},", "[],", "0,", "\"\",", "[[]],", "{\"\":{}},", "{\"a\":0},", "{\"message\":\"a\"},", "null,"] {
        for key in ["errors", "error", "token", "other"] {
            bodies.push(full(&format!("{{\"{key}\":["), again, "0]}"));
        }
        bodies.push(full("[", again, "0]"));
    }
    for start in ["", "{\"token\":", "{\"errors\":", "{\"errors\":[{\"message\":", "{\"other\":"] {
        bodies.push(full(start, "[", ""));
        bodies.push(full(start, "{\"a\":", ""));
    }
    bodies.push(full("{\"errors\":[{\"message\":\"", "\\u001b", "\"}]}"));
    bodies.push(full("{\"errors\":[{\"message\":\"", API_TOKEN, "\"}]}"));
    bodies.push(full("{\"errors\":[{\"message\":\"", "%50", "\"}]}"));
    bodies.push(full("{\"token\":\"", "a", "\"}"));
    bodies.push((0..90_000).fold("{".to_owned(), |body, key| body + &format!("\"k{key}\":0,")).into_bytes());
    bodies
}

#[test]
fn no_answer_costs_more_memory_than_it_may() {
    for body in swelling() {
        for (status, code) in [(200, 6), (422, 5)] {
            let server = Server::answering([Answer::json(status, body.clone())]);
            meets(GUEST_COMMAND, &server).shell(&within_memory()).exits(code).run();
        }
    }
    let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{}"}}"#, "a".repeat(65_536)))]);
    tokenmint(CHAT).credentials(&server).shell(&within_memory()).prints("a".repeat(65_536) + "\n").run();
}

#[test]
fn every_phase_ends_with_the_time_limit() {
    let drip = |bytes: &str| Answer::Drip(bytes.into());
    let answers = vec![
        drip(""),
        drip("HTTP/1.1 "),
        drip("HTTP/1.1 200 OK\r\n"),
        drip("HTTP/1.1 200 OK\r\nX-Slow"),
        drip("HTTP/1.1 100 Continue\r\n\r\n"),
        drip("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
        drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n{\"token\":\"LEAKED\"}"),
        drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{\"token\":\"LEAKED\"}\r\n0\r\nX-Trailer: "),
        drip("HTTP/1.1 200 OK\r\n\r\n{\"token\":\"LEAKED\"}"),
    ];
    at_once(answers, |answer| {
        let server = Server::answering([answer]);
        // Enough for the server to have read the request on a busy machine.
        meets(CHAT, &server).args(["--timeout", "3s"]).says("may have been created").fails(6).run();
        server.calls(1);
    });
    // A refusal is one as soon as its status is in.
    let server = Server::answering([drip("HTTP/1.1 401 No\r\nContent-Length: 1000000\r\n\r\n{")]);
    meets(CHAT, &server).args(["--timeout", "1s"]).fails(4).run();
}

#[test]
fn a_server_that_does_not_read_is_given_up() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    // More than the system holds for a connection whose other end does not read.
    let body = format!(r#"{{"ttl":60,"channels":{{"a":{{"read":true}}}},"filler":"{}"}}"#, "a".repeat(15_000_000));
    let server = Server::unused();
    let run = tokenmint("chat --timeout 1s --body @body.json").credentials(&server).env("SIGNALWIRE_SPACE", address);
    run.file("body.json", &body, 0o600).fails(6).run();
    drop(listener);
}

#[test]
fn answers_that_contradict_themselves_are_not_believed() {
    let body = r#"{"token":"LEAKED"}"#;
    for head in [
        "Content-Length: 18\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 18",
        "Content-Length: 18, 5",
        "Content-Length: -18",
        "Content-Length: 0x12",
        "Content-Length: 5",
        "Content-Length: 19",
        "Content-Length: ",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Content-Encoding: gzip\r\nContent-Length: 0",
        "Bad Header: x\r\nContent-Length: 18",
        "X-Null: \0\r\nContent-Length: 18",
        ": x\r\nContent-Length: 18",
    ] {
        let server = Server::answering([Answer::Raw(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").into())]);
        meets(CHAT, &server).args(["--timeout", "5s"]).hides("panicked").hides("defect").fails(6).run();
    }
    for chunks in [
        "zz\r\n",
        "-1\r\n",
        "12\r\n{\"token\":\"LEAKED\"}X",
        "ffffffffffffffffff\r\n",
        "12{\"token\":\"LEAKED\"}",
        "\r\n\r\n",
        "0\r\n\r\n{\"token\":\"LEAKED\"}",
        "11\r\n{\"token\":\"LEAKED\"}\r\n0\r\n\r\n",
    ] {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let server = Server::answering([Answer::Raw(format!("{head}{chunks}").into())]);
        meets(CHAT, &server).args(["--timeout", "5s"]).hides("panicked").hides("defect").fails(6).run();
    }
    for head in ["Content-Length: 28\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 18"]
    {
        let chunks = "12\r\n{\"token\":\"LEAKED\"}\r\n0\r\n\r\n";
        let server = Server::answering([Answer::Raw(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{chunks}").into())]);
        meets(CHAT, &server).fails(6).run();
    }
    for first in [
        "HTTP/0.9 200 OK",
        "HTTP/2 200 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 abc OK",
        "http/1.1 200 OK",
        "ICY 200 OK",
    ] {
        let server = Server::answering([Answer::Raw(format!("{first}\r\nContent-Length: 18\r\n\r\n{body}").into())]);
        meets(CHAT, &server).args(["--timeout", "5s"]).hides("panicked").hides("defect").fails(6).run();
    }
    let server = Server::answering([Answer::Raw(format!("HTTP/1.1 101 Switching Protocols\r\n\r\n{body}").into())]);
    meets(CHAT, &server).fails(6).run();
}

#[test]
fn a_few_interim_answers_do_no_harm() {
    let body = format!(r#"{{"token":"{TOKEN}"}}"#);
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let answer = format!("{interim}HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = Server::answering([Answer::Raw(answer.into())]);
    tokenmint(CHAT).credentials(&server).prints(format!("{TOKEN}\n")).run();
}

#[test]
fn a_body_that_claims_compression_is_not_unpacked() {
    // `printf '{"token":"LEAKED"}' | gzip -n | base64`
    let packed = STANDARD.decode("H4sIAAAAAAAAA6tWKsnPTs1TslLycXX0dnVRqgUAtOTfeRIAAAA=").expect("base64");
    for encoding in ["gzip", "deflate", "br", "zstd", "identity, gzip"] {
        let answer = Answer::json(200, packed.clone()).header("Content-Encoding", encoding);
        let server = Server::answering([answer]);
        meets(CHAT, &server).fails(6).run();
        assert_eq!(server.request().header("accept-encoding"), None, "none is asked for");
    }
}

/// A run that mints a token of the longest kind.
fn long(server: &Server, format: &str) -> Run {
    tokenmint(CHAT).credentials(server).args(["-o", format]).says("error").hides("panicked").hides("defect")
}

#[test]
fn a_file_that_may_not_grow_gets_no_half_token() {
    let token = "a".repeat(65_536);
    let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{token}"}}"#))]);
    // Limits of nothing at all, and of a block: half of the token would have its place.
    for limit in ["0", "1"] {
        for format in ["raw", "json", "export", "dotenv"] {
            let script =
                format!("printf 'before\\n' >file; ulimit -f {limit}; \"$@\" >>file; code=$?; cat file; exit $code");
            long(&server, format).shell(&script).prints("before\n").exits(1).run();
            let script = format!("ulimit -f {limit}; \"$@\" >file; code=$?; wc -c <file | tr -d ' '; exit $code");
            long(&server, format).shell(&script).prints("0\n").exits(1).run();
            let script = format!(
                "mkdir new; printf old >new/token; ulimit -f {limit}; \"$@\"; code=$?; ls -A new; cat new/token; exit $code"
            );
            let run = long(&server, format).args(["--write", "new/token"]);
            run.shell(&script).prints("token\nold").exits(1).run();
        }
        let script =
            format!("printf 'A=b\\n' >env; ulimit -f {limit}; \"$@\" >/dev/null; code=$?; cat env; exit $code");
        let run = long(&server, "github-env").env("GITHUB_ENV", "env");
        run.shell(&script).prints("A=b\n").exits(1).run();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_has_its_signals_as_they_were() {
    if !crate::harness::installed("bash") {
        return;
    }
    // What ends a program at its file size limit by default (signal 25) ends it behind us as well.
    let server = Server::minting();
    let run = tokenmint(CHAT).credentials(&server).args(["--", "bash", "-c", "ulimit -f 0; echo x >file"]);
    run.stderr(predicates::prelude::predicate::always()).exits(153).run();
}

#[test]
fn files_are_private_whatever_the_umask_says() {
    let server = Server::minting();
    for umask in ["000", "077", "022"] {
        let run = tokenmint(CHAT).credentials(&server).args(["--write", "token"]);
        let file = run.path("token");
        let run = run.shell(&format!("umask {umask}; \"$@\" && stat -c %a token 2>/dev/null || stat -f %Lp token"));
        run.prints("600\n").run();
        assert!(!file.exists(), "the folder of a run goes with it");
        let run = tokenmint("profile init -q").shell(&format!(
            "umask {umask}; \"$@\" >/dev/null && stat -c %a xdg/tokenmint/config.toml 2>/dev/null || stat -f %Lp xdg/tokenmint/config.toml"
        ));
        run.prints("600\n").run();
    }
}

#[test]
fn a_link_that_comes_at_the_wrong_moment_is_not_followed() {
    let folder = temporary_folder();
    let (target, link) = (folder.path().join("target"), folder.path().join("token"));
    fs::write(&target, "as it was").expect("a file");
    let server = Server::minting().optional();
    let stop = Arc::new(AtomicBool::new(false));
    let racing = {
        let (stop, target, link) = (Arc::clone(&stop), target.clone(), link.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                let _ = symlink(&target, &link);
                let _ = fs::remove_file(&link);
            }
        })
    };
    for _ in 0..40 {
        let mut run = tokenmint(CHAT).credentials(&server).arg("--write").arg(&link);
        let output = run.command().output().expect("the program starts");
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        assert_eq!(fs::read_to_string(&target).expect("the file"), "as it was");
    }
    stop.store(true, Ordering::SeqCst);
    racing.join().expect("the racing thread");
    let _ = fs::remove_file(&link);
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no other file stays");
}

#[test]
fn many_runs_at_once_each_get_their_own_token() {
    let count = AtomicUsize::new(0);
    let server = Server::answering([Answer::With(Arc::new(move |_| {
        Answer::json(200, format!(r#"{{"token":"token-{}"}}"#, count.fetch_add(1, Ordering::SeqCst)))
    }))]);
    let folder = temporary_folder();
    let tokens: BTreeSet<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..50)
            .map(|number| {
                let (server, folder) = (&server, folder.path());
                scope.spawn(move || {
                    let file = folder.join(number.to_string());
                    tokenmint(CHAT).credentials(server).arg("--write").arg(&file).run();
                    fs::read_to_string(file).expect("the file")
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().expect("a run")).collect()
    });
    let expected: BTreeSet<String> = (0..50).map(|number| format!("token-{number}\n")).collect();
    assert_eq!(tokens, expected);
}

#[test]
fn a_configuration_that_is_no_file_of_ones_own_is_not_read() {
    let server = Server::unused();
    let text = dev(&server, "api_token_file = \"secret\"");
    let place = "xdg/tokenmint/config.toml";
    let run = || tokenmint(CHAT).file("xdg/tokenmint/secret", "PTfile", 0o600);
    // Nobody ever writes into this pipe: opening it would wait for ever.
    let pipe = run();
    let made = std::process::Command::new("mkfifo").arg(pipe.path("xdg/tokenmint/config.toml")).status();
    assert!(made.expect("mkfifo starts").success());
    refuse(pipe, &["config.toml", "regular file"]);
    refuse(run().args(["--config", "/dev/null"]), &["/dev/null", "regular file"]);
    refuse(run().args(["--config", "/dev/zero"]), &["/dev/zero", "regular file"]);
    // It names files and programs, so whoever can change it has our secrets.
    for mode in [0o602, 0o666, 0o646] {
        refuse(run().file(place, &text, mode), &["config.toml", "chmod 600"]);
    }
    let literal = dev(&server, &format!("api_token = \"{API_TOKEN}\""));
    for mode in [0o620, 0o660, 0o602] {
        refuse(run().file(place, &literal, mode), &["config.toml", "chmod 600"]);
    }
    if !nix::unistd::geteuid().is_root() {
        crate::harness::skipped("only root can give a file away");
        return;
    }
    let foreign = run().file(place, &text, 0o600);
    std::os::unix::fs::chown(foreign.path(place), Some(65_534), None).expect("another owner");
    refuse(foreign, &["config.toml", "another user"]);
}

#[test]
fn neither_language_nor_time_zone_changes_a_byte() {
    let server = Server::minting();
    let expected = tokenmint(VIDEO)
        .args(["--join-until", "2099-01-01", "-o", "json"])
        .credentials(&server)
        .stdout(predicates::str::starts_with("{"))
        .run()
        .json();
    for (name, value) in
        [("LC_ALL", "tr_TR.UTF-8"), ("LC_ALL", "C"), ("LANG", "\u{fc}"), ("TZ", "Asia/Kathmandu"), ("TZ", "::")]
    {
        let run =
            tokenmint(VIDEO).args(["--join-until", "2099-01-01", "-o", "json"]).credentials(&server).env(name, value);
        let object = run.stdout(predicates::str::starts_with("{")).run().json();
        assert_eq!(
            (&object["token"], &object["expires_at"]),
            (&expected["token"], &expected["expires_at"]),
            "{name}={value}"
        );
    }
    let said = |name: &str, value: &str| tokenmint(PUBSUB).env(name, value).says("error").fails(3).run().stderr;
    assert_eq!(said("LC_ALL", "de_DE.UTF-8"), said("LC_ALL", "C"));
}

#[test]
fn what_a_token_says_cannot_steer_the_terminal() {
    let claims = "{\"iss\":\"a\\u001b[31mb\\u009b2Jc\\u007f\\u202ed\\n::add-mask::x\\r##[error]y\",\"\\u001b]0;t\\u0007\":{\"\\n::x\":\"\\u2066\u{9b}\u{202e}\"}}";
    let token = format!(
        "{}.{}.c2ln",
        URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\\n::set-output::\",\"typ\":\"\u{9b}JWT\u{202e}\"}"),
        URL_SAFE_NO_PAD.encode(claims)
    );
    for args in [vec![], vec!["-o", "json"]] {
        let run = tokenmint("inspect").args(args).arg(&token);
        let said = run.stdout(predicates::prelude::predicate::always()).run().stdout;
        let steering = |character: char| {
            (character.is_control() && character != '\n')
                || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        };
        assert!(!said.contains(steering), "{said:?}");
        assert!(
            !said.lines().any(|line| line.trim_start().starts_with("::") || line.trim_start().starts_with("##[")),
            "{said}"
        );
    }
}

#[test]
fn a_token_longer_than_any_is_refused_without_a_sound_of_it() {
    let run = |text: String| tokenmint("inspect").stdin(text).hides("aaaa").fails(2).run();
    run("a".repeat(65_537));
    run("a".repeat(3_000_000));
    run(format!("{} {}", "a".repeat(40), "a".repeat(40)));
}

#[test]
fn a_project_id_can_be_no_second_half_of_the_pair() {
    let server = Server::unused();
    let run = tokenmint(CHAT).credentials(&server).env("SIGNALWIRE_PROJECT_ID", format!("{PROJECT}:x"));
    refuse(run, &["SIGNALWIRE_PROJECT_ID", "colon"]);
}

#[test]
fn an_old_file_is_replaced_whole_and_its_readers_keep_theirs() {
    let folder = temporary_folder();
    let (file, other_name) = (folder.path().join("token"), folder.path().join("other name"));
    write(&file, "as it was", 0o644);
    fs::hard_link(&file, &other_name).expect("a second name");
    let server = Server::minting();
    tokenmint(CHAT).credentials(&server).arg("--write").arg(&file).run();
    assert_eq!(fs::read_to_string(&file).expect("the file"), format!("{TOKEN}\n"));
    assert_eq!(mode(&file), 0o600);
    // Whoever had the old file, by another name or open, has nothing of the new one.
    assert_eq!(fs::read_to_string(&other_name).expect("the old file"), "as it was");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}
