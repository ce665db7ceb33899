//! `--serve` in a real browser: a page on another port gets its token, a page of another origin and a rebound name do not.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;

use crate::harness::{CHAT, installed, temporary_folder, tokenmint};
use crate::running::Running;

/// A page that asks for a token and writes what it gets into its title and body.
fn page(url: &str) -> String {
    format!(
        r#"<!doctype html><title>-</title><body>nothing yet<script>
        const show = text => {{ document.body.textContent = text; }};
        fetch("{url}", {{method: "POST", headers: {{"Content-Type": "application/json"}}, body: '{{"member_id":"alice"}}'}})
            .then(answer => answer.json())
            .then(object => show(object.token ? "TOKEN " + object.token + " " + (object.expiry_at > Date.now()) : "ERROR " + object.error.message))
            .catch(() => show("NO TOKEN"));
        </script>"#
    )
}

/// Serves a page on a free port for as long as the test runs, and gives the port.
fn pages(html: impl Fn() -> String + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.read(&mut [0; 4096]);
            let html = html();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
            let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{html}", html.len());
        }
    });
    port
}

/// What a headless Chromium shows of a page once its scripts have run.
fn shown(url: &str, rules: &str) -> String {
    let profile = temporary_folder();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"])
        .args(["--virtual-time-budget=10000", "--timeout=60000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--host-resolver-rules={rules}"))
        .arg(url)
        .env("HOME", profile.path())
        .env("TMPDIR", profile.path())
        .output()
        .expect("the browser runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_browser_gives_the_token_to_the_named_page_alone() {
    if !installed("chromium") {
        return;
    }
    let place = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let pages = pages({
        let place = std::sync::Arc::clone(&place);
        move || page(&place.lock().expect("the address"))
    });
    let run = tokenmint(CHAT).args(["--profile", "emulator", "--serve", "127.0.0.1:0", "--let", "member_id"]);
    let running = Running::start(run.args(["--origin", &format!("http://localhost:{pages}")]));
    *place.lock().expect("the address") = format!("http://{}/token", running.address);
    let named = shown(&format!("http://localhost:{pages}/"), "");
    assert!(named.contains("TOKEN eyJ") && named.contains(" true"), "{named}");
    running.says("OPTIONS /token 204");
    running.says("POST /token 200");
    // The same page under another name of the same server is another origin.
    let foreign = shown(&format!("http://127.0.0.1:{pages}/"), "");
    assert!(foreign.contains("NO TOKEN") && !foreign.contains("TOKEN eyJ"), "{foreign}");
    running.says("OPTIONS /token 403");
    // A name of a stranger that resolves to this machine: the page is same-origin with the endpoint, and still gets nothing.
    let port = running.address.rsplit_once(':').expect("a port").1;
    let rebound = shown(&format!("http://rebound.example:{port}/token"), "MAP rebound.example 127.0.0.1");
    assert!(rebound.contains("Host header") && !rebound.contains("eyJ"), "{rebound}");
    running.says("GET /token 403");
}
