//! Networks and servers that are not as they should be: connections that end unannounced, names that lie, certificates
//! that are demanded, refusals that come early, descriptors that run out.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use predicates::prelude::*;
use socket2::{Domain, Socket, Type};

use crate::batch::{lines, members, token_of};
use crate::connections::{answer, arrives, listening, member};
#[cfg(target_os = "linux")]
use crate::harness::Run;
use crate::harness::{API_TOKEN, CHAT, PROJECT, TOKEN, tokenmint};
use crate::server::{Answer, Server};
#[cfg(target_os = "linux")]
use crate::tls_server::tls_at;
use crate::tls_server::{Authority, tls_demanding};

/// A server that closes each connection a moment after its first answer and announces it by nothing. That moment is when the
/// next request is on its way, so a client that went on reusing connections would lose every second line.
#[test]
fn a_server_that_hangs_up_after_each_answer_costs_a_line_per_job_at_most() {
    let minted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&minted);
    let run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "4"]).stdin(members(80));
    let run = listening(run, move |_, mut stream| {
        let request = arrives(&mut stream);
        if !request.is_empty() {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(answer(&token_of(&member(&request))).as_bytes());
            // Until the client is at its next line. How long that takes decides how many lines are at risk, not the result.
            thread::sleep(Duration::from_millis(2));
        }
    });
    let outcome = run.shell(r#""$@"; test $? -eq 0 -o $? -eq 7"#).stdout(predicate::always()).says("minted").run();
    let lines = lines(&outcome.stdout);
    let failed = lines.iter().filter(|line| line["error"].is_object()).count();
    assert_eq!(lines.len(), 80);
    assert!(failed <= 4, "{failed} lines lost\n{}", outcome.stderr);
    assert_eq!(minted.load(Ordering::SeqCst), 80 - failed, "a token each, and none twice");
}

/// `localhost` is this machine, over whichever of its two addresses somebody listens. A socket that is bound and does not
/// listen keeps the port of the other one from everybody else, and refuses.
#[test]
fn localhost_is_found_over_both_families() {
    let addresses = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
    for (listens, refuses) in [(addresses[0], addresses[1]), (addresses[1], addresses[0])] {
        let Some((listener, _refusing)) = (0..20).find_map(|_| a_port_of_two(listens, refuses)) else {
            crate::harness::skipped("this machine has no IPv6");
            return;
        };
        let port = listener.local_addr().expect("its address").port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            arrives(&mut stream);
            stream.write_all(answer(TOKEN).as_bytes()).expect("an answer");
        });
        let run = tokenmint(CHAT).env("SIGNALWIRE_SPACE", format!("localhost:{port}"));
        let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
        run.prints(format!("{TOKEN}\n")).run();
        server.join().expect("the server");
    }
}

fn a_port_of_two(listens: IpAddr, refuses: IpAddr) -> Option<(TcpListener, Socket)> {
    let listener = TcpListener::bind((listens, 0)).ok()?;
    let other = SocketAddr::new(refuses, listener.local_addr().ok()?.port());
    let socket = Socket::new(Domain::for_address(other), Type::STREAM, None).ok()?;
    socket.bind(&other.into()).ok()?;
    Some((listener, socket))
}

/// Puts a hosts file of the test's own before the program; that takes a namespace of mounts.
#[cfg(target_os = "linux")]
fn with_hosts(run: Run, hosts: &str) -> Option<Run> {
    let allowed = Command::new("unshare").args(["--mount", "true"]).stderr(Stdio::null()).status();
    if !allowed.is_ok_and(|status| status.success()) {
        crate::harness::skipped("unshare --mount is not allowed here");
        run.leave_out();
        return None;
    }
    let script = r#"exec unshare --mount sh -c 'mount --bind hosts /etc/hosts && exec "$@"' sh "$@""#;
    Some(run.file("hosts", hosts, 0o644).shell(script))
}

/// A hosts file that gives `localhost` another address: nothing goes there.
#[test]
#[cfg(target_os = "linux")]
fn localhost_is_not_what_the_hosts_file_says() {
    let elsewhere = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 9), 0)).expect("another loopback address");
    elsewhere.set_nonblocking(true).expect("a listener that does not wait");
    let port = elsewhere.local_addr().expect("its address").port();
    let run = tokenmint(CHAT).args(["--retries", "0"]).env("SIGNALWIRE_SPACE", format!("localhost:{port}"));
    let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    let Some(run) = with_hosts(run.says("localhost").fails(6), "127.0.0.9 localhost\n") else { return };
    run.run();
    assert!(elsewhere.accept().is_err(), "a connection went where the hosts file points");
}

/// Eight addresses that swallow every attempt stand before the one that answers. A listener whose queue is full swallows.
#[test]
#[cfg(target_os = "linux")]
fn dead_addresses_before_a_live_one_do_not_use_up_the_time() {
    let authority = Authority::new();
    let live = tls_at(Ipv4Addr::new(127, 0, 2, 1), &authority, "many.test", |_| answer(TOKEN).into_bytes());
    let (mut held, mut hosts) = (Vec::new(), String::new());
    for last in 1..=8 {
        let address = Ipv4Addr::new(127, 0, 1, last);
        held.extend(full_listener(SocketAddr::from((address, live.port()))));
        hosts.extend([address.to_string().as_str(), " many.test\n"]);
    }
    hosts += "127.0.2.1 many.test\n";
    let run = tokenmint(CHAT).args(["--retries", "0", "--timeout", "10s", "--cacert", "ca.pem"]);
    let run = run.env("SIGNALWIRE_SPACE", format!("https://many.test:{}", live.port()));
    let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    let run = run.file("ca.pem", authority.pem(), 0o644).prints(format!("{TOKEN}\n"));
    let Some(run) = with_hosts(run, &hosts) else { return };
    run.run();
}

/// A listener and the connections that fill its queue.
#[cfg(target_os = "linux")]
fn full_listener(address: SocketAddr) -> Vec<Socket> {
    let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let listener = socket();
    listener.bind(&address.into()).and_then(|()| listener.listen(0)).expect("a listener");
    let mut sockets = vec![listener];
    for _ in 0..4 {
        let waiting = socket();
        waiting.set_nonblocking(true).expect("a socket that does not wait");
        let _ = waiting.connect(&address.into());
        sockets.push(waiting);
    }
    sockets
}

/// Where the system gives no further thread, a host is looked up without one. Root has no limit of threads, and other users
/// may run more than the test knows of, so the program runs as a user whom nobody else is.
#[test]
#[cfg(target_os = "linux")]
fn a_limit_of_threads_does_not_keep_a_host_from_being_looked_up() {
    let user = ["--reuid=54321", "--regid=54321", "--clear-groups"];
    let binary = assert_cmd::cargo::cargo_bin!("tokenmint");
    let allowed = Command::new("setpriv").args(user).arg(binary).arg("--version").output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        crate::harness::skipped("this test needs setpriv, root, and a program that others may run");
        return;
    }
    let run = tokenmint(CHAT).args(["--retries", "0"]).env("SIGNALWIRE_SPACE", "https://nothing.invalid");
    let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    let script = format!(r#"ulimit -u 1; exec setpriv {} "$@""#, user.join(" "));
    run.shell(&script).says("nothing.invalid").hides("nothing was printed").fails(6).run();
}

/// In TLS 1.3 the server finds out that the certificate is missing when the client takes the handshake for done.
#[test]
fn a_server_that_demands_a_client_certificate_is_named_as_such() {
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let authority = Authority::new();
        let (address, asked) = tls_demanding(&authority, "127.0.0.1", version);
        let run = tokenmint(CHAT).args(["--cacert", "ca.pem"]).file("ca.pem", authority.pem(), 0o644);
        let run = run.env("SIGNALWIRE_SPACE", format!("https://{address}"));
        let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
        run.says("client certificate").hides("may have been created").fails(6).run();
        assert!(!asked.load(Ordering::SeqCst), "no request is read without the certificate");
    }
}

/// The answer to the head alone, and the end of the connection with all of a long body unread.
#[test]
fn a_refusal_before_the_body_is_read_counts() {
    for (status, exit) in [(401, 4), (413, 5), (422, 5)] {
        let run = listening(tokenmint(CHAT), move |_, mut stream| {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
                head.extend(byte);
            }
            // In one write: the reset at the end would discard what the system holds back behind a first one.
            let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\n{{}}");
            let _ = stream.write_all(answer.as_bytes());
        });
        let body = format!(r#"{{"filler":"{}"}}"#, "f".repeat(8 * 1024 * 1024));
        let run = run.args(["--body", "@body.json"]).file("body.json", &body, 0o600);
        run.says(&status.to_string()).hides("may have been created").fails(exit).run();
    }
}

#[test]
fn an_answer_may_have_many_headers_and_long_ones() {
    let token = || Answer::json(200, format!(r#"{{"token":"{TOKEN}"}}"#));
    let many = (0..400).fold(token(), |answer, number| answer.header(&format!("X-Policy-{number}"), "p"));
    let long = (0..15).fold(token(), |answer, number| answer.header(&format!("X-Long-{number}"), &"p".repeat(4_000)));
    for answer in [many, long] {
        let server = Server::answering([answer]);
        tokenmint(CHAT).credentials(&server).prints(format!("{TOKEN}\n")).run();
    }
}

/// Every descriptor that is left becomes a connection, and those serve all lines. The server answers nobody before most of
/// the connections that there can be are there, so that the others have failed by then or are about to.
#[test]
fn a_batch_makes_do_with_the_descriptors_that_there_are() {
    let (open, enough) = (Arc::new((Mutex::new(0), Condvar::new())), 12);
    let run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "64", "--retries", "0"]).stdin(members(300));
    let run = listening(run, move |_, mut stream| {
        let (count, changed) = &*open;
        *count.lock().expect("the count") += 1;
        changed.notify_all();
        drop(changed.wait_while(count.lock().expect("the count"), |count| *count < enough));
        loop {
            let request = arrives(&mut stream);
            if request.is_empty() || stream.write_all(answer(&token_of(&member(&request))).as_bytes()).is_err() {
                return;
            }
        }
    });
    let run = run.shell(r#"ulimit -n 24; exec "$@""#);
    let outcome = run.stdout(predicate::always()).says("300 minted, 0 failed").run();
    for (number, line) in (1..).zip(lines(&outcome.stdout)) {
        assert_eq!(line["token"], token_of(&format!("m{number}")));
    }
}

/// The file of lines has the last descriptor, and leaves none for a connection.
#[test]
fn without_any_descriptor_the_limit_is_named() {
    let server = Server::unused();
    let run = tokenmint(CHAT).args(["--batch", "lines", "--retries", "0"]).file("lines", &members(1), 0o600);
    let named = predicate::str::contains("open files").and(predicate::str::contains("ulimit -n"));
    run.credentials(&server).shell(r#"ulimit -n 4; exec "$@""#).stdout(named).says("1 failed").exits(7).run();
}

/// A process that is stopped for longer than its time limit finds its answer when it goes on.
#[test]
fn an_answer_that_came_while_the_process_was_stopped_is_taken() {
    let (asks, asked) = mpsc::channel::<TcpStream>();
    let asks = Mutex::new(asks);
    let run = tokenmint(CHAT).args(["--timeout", "3s"]);
    let mut run = listening(run, move |_, mut stream| {
        if !arrives(&mut stream).is_empty() {
            asks.lock().expect("the channel").send(stream).expect("the test waits");
        }
    });
    let mut command = run.command();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {name}");
    };
    let mut stream = asked.recv_timeout(Duration::from_secs(20)).expect("a request");
    signal("-STOP");
    // The head and the body apart, so that they are read apart.
    let text = answer(TOKEN);
    let (head, body) = text.split_at(text.find("\r\n\r\n").expect("a head") + 4);
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("an answer");
    // The time limit has to pass.
    thread::sleep(Duration::from_millis(3_500));
    signal("-CONT");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{TOKEN}\n"), "{output:?}");
    assert!(output.status.success());
}
