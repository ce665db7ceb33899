//! Runs an invocation and writes down what came of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::case::{Case, Step};
use super::mask::{Mask, hide_varying, repeat};
use crate::emulator::Emulator;
use crate::harness::{API_TOKEN, GUEST, PROJECT, REFRESH, Run, TOKEN, tokenmint};
use crate::server::{Answer, Server};
use crate::tls_server::{Authority, stalling, tls_with};
use crate::twilio::{ACCOUNT, KEY, SECRET};

/// Sets an invocation up, runs it, and gives the lines to record.
pub fn play(case: &Case) -> Vec<String> {
    let mut answers = Vec::new();
    case.setup.iter().for_each(|step| add_answer(&mut answers, step));
    // Where nothing should be sent there is a server, too: that it was called is recorded.
    let server = if answers.is_empty() { Server::minting() } else { Server::answering(answers) }.optional();
    if let Some(request) = case.line.strip_prefix("post ") {
        let (path, body) = request.split_once(' ').expect("a path and a body");
        return post(path, &repeat(body));
    }
    let mut run = tokenmint("");
    let mut mask = Mask::new(&server, &run.path(""));
    for step in &case.setup {
        run = prepare(run, step, &server, &mut mask);
    }
    let words = split(&mask.reveal(&case.line), &case.title);
    assert_eq!(words[0], "tokenmint", "{}", case.title);
    let mut run = run.args(&words[1..]);
    let root = run.path("");
    let before = files(&root);
    let output = run.output();
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {output:?}", case.title));
    let mut lines = vec![format!("exit {code}")];
    let calls = server.requests().len();
    if calls > 0 && !case.setup.iter().any(|step| step.words == "calls vary") {
        lines.push(format!("sent {calls}"));
    }
    record(&mut lines, "  > ", &mask.hide(&String::from_utf8(output.stdout).expect("UTF-8")));
    record(&mut lines, "  ! ", &mask.hide(&String::from_utf8(output.stderr).expect("UTF-8")));
    for (path, bytes) in files(&root) {
        if before.get(&path) != Some(&bytes) {
            lines.push(format!("wrote {}", path.strip_prefix(&root).unwrap_or(&path).display()));
            record(&mut lines, "  = ", &mask.hide(&String::from_utf8_lossy(&bytes)));
        }
    }
    lines
}

/// What the emulator answers to a request.
fn post(path: &str, body: &str) -> Vec<String> {
    let (status, answer) = Emulator::start().post(path, body);
    let mut lines = vec![format!("status {status}")];
    let errors = answer["errors"].as_array().map_or(vec![answer.clone()], Clone::clone);
    for error in &errors {
        record(&mut lines, "  > ", &hide_varying(&format!("{error}\n")));
    }
    lines
}

/// Adds a text, each line behind a mark; that its last line has no line break is written down.
fn record(lines: &mut Vec<String>, mark: &str, text: &str) {
    lines.extend(text.lines().map(|line| format!("{mark}{line}").trim_end().to_owned()));
    if !text.is_empty() && !text.ends_with('\n') {
        lines.push(format!("{mark}(without a line break)"));
    }
}

/// Adds an answer of the scripted server, or a header to the one before.
fn add_answer(answers: &mut Vec<Answer>, step: &Step) {
    let (word, rest) = step.parts();
    if word == "header" {
        let (name, value) = rest.split_once(": ").expect("a name and a value");
        let last = answers.pop().expect("an answer to add to");
        answers.push(last.header(name, value));
    } else if word == "answer" {
        answers.push(answer(rest, &step.text));
    }
}

/// What the server does: `token`, `close`, `reset`, `silence`, the bytes of `raw` or `endless`, or a status with the type
/// of its body, which is JSON where nothing else is said and unnamed with `none`.
fn answer(kind: &str, text: &[String]) -> Answer {
    let (first, media) = kind.split_once(' ').unwrap_or((kind, "application/json"));
    let reveal = |line: &String| line.replace("{chat}", TOKEN).replace("{guest}", GUEST).replace("{refresh}", REFRESH);
    let lines: Vec<String> = text.iter().map(reveal).collect();
    match first {
        "close" => Answer::Close,
        "reset" => Answer::Reset,
        "silence" => Answer::Silence,
        "raw" => Answer::Raw(format!("{}\r\n", lines.join("\r\n")).into_bytes()),
        "endless" => Answer::Flood(lines.join("\r\n").into_bytes(), b"          ".to_vec()),
        "token" => Answer::token(),
        status => {
            let media = (media != "none").then(|| ("Content-Type".to_owned(), media.to_owned()));
            Answer::Full(status.parse().expect("a status"), media.into_iter().collect(), lines.join("\n").into_bytes())
        }
    }
}

/// Carries out one line of a set-up.
fn prepare(run: Run, step: &Step, server: &Server, mask: &mut Mask) -> Run {
    let (word, rest) = step.parts();
    let rest = &mask.reveal(rest);
    let body = mask.reveal(&step.body());
    match word {
        "answer" | "header" | "calls" => run,
        "credentials" => run.credentials(server),
        "twilio" => {
            let run = run.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY);
            run.env("TWILIO_API_SECRET", SECRET)
        }
        "env" => {
            let (name, value) = rest.split_once('=').expect("NAME=value");
            run.env(name, value)
        }
        "unset" => run.unset(rest),
        "stdin" => run.stdin(body),
        "config" => run.file("xdg/tokenmint/config.toml", &body, mode(rest)),
        "file" => {
            let (name, bits) = rest.split_once(' ').unwrap_or((rest, ""));
            run.file(name, &body, mode(bits))
        }
        "folder" => {
            fs::create_dir_all(run.path(rest)).expect("a folder");
            run
        }
        "link" => {
            let (name, target) = rest.split_once(" -> ").expect("NAME -> TARGET");
            std::os::unix::fs::symlink(target, run.path(name)).expect("a link");
            run
        }
        "jwt" => {
            mask.add_jwt(&step.text[0], &step.text[1]);
            run
        }
        "tls" => tls(run, rest, server, mask),
        other => panic!("no set-up begins with '{other}'"),
    }
}

fn mode(text: &str) -> u32 {
    if text.is_empty() { 0o600 } else { u32::from_str_radix(text, 8).expect("a mode in octal digits") }
}

/// Puts a server that speaks TLS before the scripted one, with a certificate of this kind.
fn tls(run: Run, kind: &str, server: &Server, mask: &mut Mask) -> Run {
    let authority = Authority::new();
    if kind == "none" {
        let address = stalling(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        mask.add(&address.port().to_string(), "{tls port}");
        return run.env("SIGNALWIRE_SPACE", format!("https://localhost:{}", address.port()));
    }
    let (name, years) = match kind {
        "good" => ("localhost", (2020, 2090)),
        "expired" => ("localhost", (2001, 2002)),
        "future" => ("localhost", (2089, 2090)),
        "other-name" => ("elsewhere.example", (2020, 2090)),
        _ => panic!("no certificate is '{kind}'"),
    };
    let address = tls_with(&authority, name, years, server);
    mask.add(&address.port().to_string(), "{tls port}");
    run.file("ca.pem", authority.pem(), 0o644)
        .env("SIGNALWIRE_SPACE", format!("https://localhost:{}", address.port()))
        .env("SIGNALWIRE_PROJECT_ID", PROJECT)
        .env("SIGNALWIRE_API_TOKEN", API_TOKEN)
}

/// The files under a folder and what is in them, but not what a link points to.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        } else if !path.is_symlink() {
            found.insert(path.clone(), fs::read(&path).unwrap_or_default());
        }
    }
    found
}

/// The words of a command line: blanks divide, quotes of either kind keep together; there is no other syntax.
fn split(line: &str, title: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in line.chars() {
        match (quote, character) {
            (None, ' ') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (Some(open), _) if open == character => quote = None,
            _ => word.get_or_insert_default().push(character),
        }
    }
    assert!(quote.is_none(), "{title}: a quote is not closed");
    words.extend(word);
    words
}
