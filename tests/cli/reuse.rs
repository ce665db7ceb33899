//! `--reuse`: an equal request gives the token that was kept before, and nothing is sent.

use std::fs::{self, Permissions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use predicates::str::contains;
use serde_json::Value;

use crate::harness::{
    CHAT, GUEST_COMMAND, PROJECT, PUBSUB, REFRESH, Run, SUBSCRIBER, TOKEN, VIDEO, holds_secret, temporary_folder,
    tokenmint, write,
};
use crate::server::{Answer, Server};

/// A chat token, each other than the last, that expires so many seconds from now by its own claims.
pub fn chat_token(life: i64) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
    let iat = i64::try_from(now).expect("a time") + life - 3_600;
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let claims = format!(r#"{{"iat":{iat},"t":60,"jti":"{number}"}}"#);
    let [header, claims] = [r#"{"alg":"HS512","typ":"CRT"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.c2lnbmF0dXJl")
}

/// An answer with a new token of this life.
pub fn fresh(life: i64) -> Answer {
    Answer::With(Arc::new(move |_| Answer::json(200, format!(r#"{{"token":"{}"}}"#, chat_token(life)))))
}

/// A folder for `XDG_CACHE_HOME`.
pub struct Cache(pub tempfile::TempDir);

impl Cache {
    pub fn new() -> Self {
        Cache(temporary_folder())
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("tokenmint")
    }

    pub fn run(&self, line: &str, server: &Server) -> Run {
        tokenmint(line).credentials(server).env("XDG_CACHE_HOME", self.0.path())
    }

    /// The files in it; none where it is not there.
    pub fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder()).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }

    fn only_file(&self) -> PathBuf {
        let mut files = self.files();
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

pub fn reusing(line: &str) -> String {
    format!("{line} --reuse 5m")
}

pub fn mint(run: Run) -> String {
    run.stdout(contains(".")).run().stdout
}

#[test]
fn an_equal_request_gives_the_kept_token_and_sends_nothing() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let first = mint(cache.run(&reusing(CHAT), &server));
    assert_eq!(mint(cache.run(&reusing(CHAT), &server)), first);
    // In another order, and in other words for the same values.
    let other = "chat -c lobby=read-write --reuse 55m --ttl 60m --timeout 5s --retries 0";
    assert_eq!(mint(cache.run(other, &server)), first);
    server.calls(1);
}

#[test]
fn a_kept_token_needs_at_least_the_life_that_was_asked_for() {
    let (server, cache) = (Server::answering([fresh(200), fresh(3_600)]), Cache::new());
    let short = mint(cache.run("chat --ttl 1h -c lobby=rw --reuse 2m", &server));
    assert_eq!(mint(cache.run("chat --ttl 1h -c lobby=rw --reuse 2m", &server)), short);
    let long = mint(cache.run(&reusing(CHAT), &server));
    assert_ne!(long, short);
    assert_eq!(mint(cache.run("chat --ttl 1h -c lobby=rw --reuse 2m", &server)), long, "the new one is kept");
    server.calls(2);
}

#[test]
fn a_life_that_no_token_of_the_request_has_draws_a_warning() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let line = "chat --ttl 1h -c lobby=rw --reuse 2h";
    mint(cache.run(line, &server).says("warning: --reuse 2h never reuses this token, which expires in "));
    mint(cache.run(line, &server).says("never reuses"));
    server.calls(2);
}

#[test]
fn every_part_of_a_request_makes_it_another() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let mut seen = std::collections::BTreeSet::new();
    let lines = [
        CHAT,
        "chat --ttl 2h -c lobby=rw",
        "chat --ttl 1h -c lobby=r",
        "chat --ttl 1h -c lobby=rw --member-id alice",
        r#"chat --ttl 1h -c lobby=rw --state {"a":1}"#,
        r#"chat --ttl 1h -c lobby=rw --body {"more":1}"#,
        PUBSUB,
    ];
    for line in lines {
        let run = cache.run(&reusing(line), &server);
        assert!(
            seen.insert(if line.contains("more") { mint(run.says("not a known field")) } else { mint(run) }),
            "{line}"
        );
    }
    let project = "8b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f";
    assert!(seen.insert(mint(cache.run(&reusing(CHAT), &server).env("SIGNALWIRE_PROJECT_ID", project))));
    let name = server.space().replace("127.0.0.1", "localhost");
    assert!(seen.insert(mint(cache.run(&reusing(CHAT), &server).env("SIGNALWIRE_SPACE", name))));
    server.calls(lines.len() + 2);
}

#[test]
fn what_is_said_about_a_token_is_not_part_of_its_request() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let token = mint(cache.run(&reusing(CHAT), &server));
    let token = token.trim_end();
    let run = |flags: &str| cache.run(&reusing(CHAT), &server).args(flags.split_whitespace());
    run("-o export --name MINE").prints(format!("export MINE='{token}'\n")).run();
    run("-o dotenv").prints(format!("SIGNALWIRE_CHAT_TOKEN={token}\n")).run();
    let json = run("-o json").stdout(contains("chat")).run().json();
    assert_eq!((json["token"].as_str(), json.get("warnings")), (Some(token), None));
    assert!(json["expires_in"].as_i64().is_some_and(|left| (3_500..=3_600).contains(&left)), "{json}");
    let write = run("--write token");
    let place = write.path("token");
    let mut write = write;
    assert!(write.output().status.success());
    assert_eq!(fs::read_to_string(place).expect("the file"), format!("{token}\n"));
    let github = cache.0.path().join("github");
    let env = run("-o github-env").env("GITHUB_ENV", &github);
    env.prints(format!("::add-mask::{token}\n")).run();
    assert_eq!(fs::read_to_string(github).expect("the file"), format!("SIGNALWIRE_CHAT_TOKEN={token}\n"));
    server.calls(1);
}

#[test]
fn a_command_gets_the_kept_token() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let token = mint(cache.run(&reusing(CHAT), &server));
    let command = ["--", "sh", "-c", "echo $SIGNALWIRE_CHAT_TOKEN; exit 3"];
    cache.run(&reusing(CHAT), &server).args(command).prints(token).exits(3).run();
    server.calls(1);
}

#[test]
fn members_are_kept_with_it_but_a_refresh_token_which_works_once() {
    let (server, cache) = (Server::minting(), Cache::new());
    for line in [GUEST_COMMAND, SUBSCRIBER] {
        let run = || cache.run(&reusing(line), &server).args(["-o", "json"]).stdout(contains("token")).run().json();
        let (first, second) = (run(), run());
        for key in ["kind", "token", "subscriber_id", "expires_at"] {
            assert_eq!(first[key], second[key], "{key}");
        }
        assert_eq!(first["refresh_token"], REFRESH);
        assert!(second.get("refresh_token").is_none_or(Value::is_null), "{second}");
        assert!(second["warnings"].to_string().contains("no refresh token"), "{second}");
    }
    server.calls(2);
    for file in cache.files() {
        assert!(!fs::read_to_string(&file).expect("text").contains(REFRESH), "{}", file.display());
    }
}

#[test]
fn times_that_are_counted_from_now_are_equal_as_typed() {
    let (server, cache) = (Server::minting(), Cache::new());
    let lines = ["--ttl 1h", "--expire-at +1h", "--expire-at 2040-01-01", "--expire-at 2040-01-02"];
    for flags in lines {
        for _ in 0..2 {
            mint(cache.run(&format!("{GUEST_COMMAND} {flags} --reuse 5m"), &server));
        }
    }
    server.calls(lines.len());
}

#[test]
fn the_cache_is_for_its_owner_alone_and_holds_no_secret_but_the_token() {
    use std::os::unix::fs::PermissionsExt as _;

    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let token = mint(
        cache.run("chat --ttl 1h -c lobby=rw --member-id alice --reuse 5m", &server).shell("umask 0; exec \"$@\""),
    );
    let file = cache.only_file();
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o7777;
    assert_eq!((mode(&cache.folder()), mode(&file)), (0o700, 0o600));
    let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
    let text = fs::read_to_string(&file).expect("text");
    assert!(text.contains(token.trim_end()) && !holds_secret(&text), "{text}");
    for part in ["alice", "lobby", PROJECT, "127.0.0.1"] {
        assert!(!text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_folder_is_that_of_the_system_where_no_other_is_named() {
    let server = Server::minting();
    let mut run = tokenmint(&reusing(CHAT)).credentials(&server);
    assert!(run.output().status.success());
    let below_home = ["home/.cache/tokenmint", "home/Library/Caches/tokenmint"];
    assert!(below_home.iter().any(|place| run.path(place).is_dir()) || cfg!(windows));
}

#[test]
fn sixteen_runs_at_once_send_one_request() {
    let (started, all_started) = mpsc::channel::<()>();
    let all_started = std::sync::Mutex::new(all_started);
    let answer = Answer::With(Arc::new(move |_| {
        // The answer comes only once all of them are there.
        for _ in 0..16 {
            all_started.lock().expect("the channel").recv().expect("a start");
        }
        Answer::json(200, format!(r#"{{"token":"{}"}}"#, chat_token(3_600)))
    }));
    let (server, cache) = (Server::answering([answer]), Cache::new());
    let mut runs: Vec<Run> = (0..16).map(|_| cache.run(&reusing(CHAT), &server)).collect();
    let children: Vec<_> = runs
        .iter_mut()
        .map(|run| {
            let child = run.command().stdout(std::process::Stdio::piped()).spawn().expect("the program starts");
            started.send(()).expect("the server");
            child
        })
        .collect();
    let outputs: Vec<_> = children.into_iter().map(|child| child.wait_with_output().expect("its end")).collect();
    for output in &outputs {
        assert!(output.status.success() && output.stdout == outputs[0].stdout, "{output:?}");
    }
    assert_eq!(cache.files().len(), 1, "no lock stays");
    server.calls(1);
}

#[test]
fn runs_in_a_row_send_one_request() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    for _ in 0..20 {
        mint(cache.run(&reusing(CHAT), &server));
    }
    server.calls(1);
}

/// A run whose request never gets an answer, once that request has come in.
fn hanging(cache: &Cache, then: Answer) -> (Server, std::process::Child) {
    let (arrived, arrival) = mpsc::channel();
    let arrived = std::sync::Mutex::new(arrived);
    let first = Answer::With(Arc::new(move |_| {
        arrived.lock().expect("the channel").send(()).expect("the test");
        Answer::Silence
    }));
    let server = Server::answering([first, then]);
    let child = cache.run(&reusing(CHAT), &server).command().spawn().expect("the program starts");
    arrival.recv().expect("its request");
    (server, child)
}

#[test]
fn a_run_that_is_killed_leaves_the_mint_to_those_that_wait() {
    let cache = Cache::new();
    let (server, mut first) = hanging(&cache, fresh(3_600));
    let mut second = cache.run(&reusing(CHAT), &server).arg("-v");
    let mut second = second
        .command()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It says that it waits.
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(second.stderr.take().expect("its stderr")));
    assert!(lines.any(|line| line.expect("text").contains("waiting for another run")));
    first.kill().expect("a signal");
    first.wait().expect("its end");
    drop(std::thread::spawn(move || lines.count()));
    assert!(second.wait_with_output().expect("its end").status.success());
    assert_eq!(cache.files().len(), 1, "no lock stays");
    server.calls(2);
}

#[test]
fn a_wait_for_another_run_ends_with_the_time_limit_or_by_a_signal() {
    use std::os::unix::process::ExitStatusExt as _;

    let cache = Cache::new();
    let (server, mut first) = hanging(&cache, Answer::Close);
    let limited = cache.run(&reusing(CHAT), &server).args(["--timeout", "100ms"]);
    limited.fails(6).says("another run is minting this token; it did not finish within 100ms").run();
    let mut waiting = cache.run(&reusing(CHAT), &server).arg("-v");
    let mut waiting = waiting.command().stderr(std::process::Stdio::piped()).spawn().expect("the program starts");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(waiting.stderr.take().expect("its stderr")));
    assert!(lines.any(|line| line.expect("text").contains("waiting for another run")));
    let pid = nix::unistd::Pid::from_raw(i32::try_from(waiting.id()).expect("a process id"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("a signal");
    assert_eq!(waiting.wait().expect("its end").signal(), Some(15));
    first.kill().expect("a signal");
    first.wait().expect("its end");
    server.calls(1);
}

#[test]
fn a_kept_token_needs_no_credential_helper() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let mark = cache.0.path().join("runs");
    let config = format!(
        "default_profile = 'dev'\n[profiles.dev.signalwire]\nspace = '{}'\nproject_id = '{PROJECT}'\n\
         api_token_command = ['sh', '-c', 'echo run >> {}; echo {}']\n",
        server.space(),
        mark.display(),
        crate::harness::API_TOKEN
    );
    let run = || mint(tokenmint(&reusing(CHAT)).config(&config).env("XDG_CACHE_HOME", cache.0.path()));
    assert_eq!(run(), run());
    assert_eq!(fs::read_to_string(mark).expect("the mark"), "run\n");
    server.calls(1);
}

#[test]
fn verbose_says_that_a_token_was_reused_and_how_long_it_lives() {
    let (server, cache) = (Server::minting(), Cache::new());
    mint(cache.run(&reusing(CHAT), &server));
    let again = cache.run(&reusing(CHAT), &server).arg("-v");
    again.prints(format!("{TOKEN}\n")).says("debug: reusing a token that was kept before; it expires in ").run();
    server.calls(1);
}

#[test]
fn a_folder_that_cannot_be_trusted_is_not_used() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let kept = mint(cache.run(&reusing(CHAT), &server));
    let not_reused = |what: &str| {
        let run =
            cache.run(&reusing(CHAT), &server).says("warning: --reuse: ").says(what).says("tokens are not reused");
        assert_ne!(mint(run), kept);
    };
    fs::set_permissions(cache.folder(), Permissions::from_mode(0o750)).expect("a mode");
    not_reused("is accessible to other users");
    fs::set_permissions(cache.folder(), Permissions::from_mode(0o700)).expect("a mode");
    assert_eq!(mint(cache.run(&reusing(CHAT), &server)), kept);
    let real = cache.0.path().join("real");
    fs::rename(cache.folder(), &real).expect("another name");
    symlink(&real, cache.folder()).expect("a link");
    not_reused("is a symbolic link");
    fs::remove_file(cache.folder()).expect("no link");
    write(&cache.folder(), "", 0o600);
    not_reused("is not a folder");
    fs::remove_file(cache.folder()).expect("no file");
    if nix::unistd::geteuid().is_root() {
        fs::rename(&real, cache.folder()).expect("its name");
        std::os::unix::fs::chown(cache.folder(), Some(65_534), None).expect("another owner");
        not_reused("belongs to another user");
    }
}

#[test]
fn a_file_that_others_could_have_written_is_not_used_and_is_replaced() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let mut kept = mint(cache.run(&reusing(CHAT), &server));
    let file = cache.only_file();
    let elsewhere = cache.0.path().join("elsewhere");
    let spoil: [(&str, &dyn Fn()); 4] = [
        ("is accessible to other users", &|| {
            fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("a mode");
        }),
        ("is a symbolic link", &|| {
            fs::rename(&file, &elsewhere).expect("another name");
            symlink(&elsewhere, &file).expect("a link");
        }),
        ("is a symbolic link", &|| {
            fs::remove_file(&file).expect("no file");
            symlink(cache.0.path().join("nowhere"), &file).expect("a link");
        }),
        ("is not a regular file", &|| {
            fs::remove_file(&file).expect("no file");
            nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        }),
    ];
    for (what, spoil) in spoil {
        spoil();
        let other = mint(cache.run(&reusing(CHAT), &server).says("warning: --reuse: ").says(what));
        assert_ne!(other, kept);
        kept = other;
        assert_eq!(mint(cache.run(&reusing(CHAT), &server)), kept, "it has been replaced");
        assert!(!file.is_symlink());
    }
    server.calls(5);
}

#[test]
fn an_entry_that_is_not_whole_or_not_of_this_request_is_as_good_as_none() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    mint(cache.run(&reusing(CHAT), &server));
    let file = cache.only_file();
    let spoil: [fn(&mut Value); 7] = [
        |entry| entry["expires_at"] = Value::from(4_000_000_000_i64),
        |entry| entry["members"]["token"] = Value::from("a b"),
        |entry| entry["members"]["token"] = Value::from(""),
        |entry| entry["members"]["more"] = Value::from("x"),
        |entry| entry["kind"] = Value::from("pubsub"),
        |entry| entry["request"] = Value::from("0".repeat(64)),
        |entry| entry["version"] = Value::from(2),
    ];
    for (number, spoil) in spoil.iter().enumerate() {
        let before = fs::read_to_string(&file).expect("text");
        let mut entry: Value = serde_json::from_str(&before).expect("JSON");
        spoil(&mut entry);
        fs::write(&file, entry.to_string()).expect("a file");
        let token = mint(cache.run(&reusing(CHAT), &server));
        assert!(!before.contains(token.trim_end()), "{number}");
        assert_eq!(mint(cache.run(&reusing(CHAT), &server)), token, "{number}");
    }
    for text in ["", "{", "[]", "not JSON"] {
        fs::write(&file, text).expect("a file");
        let token = mint(cache.run(&reusing(CHAT), &server));
        assert_eq!(mint(cache.run(&reusing(CHAT), &server)), token);
    }
    server.calls(1 + spoil.len() + 4);
}

#[test]
fn what_has_expired_is_removed_with_the_next_mint() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    mint(cache.run(&reusing(CHAT), &server));
    let file = cache.only_file();
    let mut entry: Value = serde_json::from_str(&fs::read_to_string(&file).expect("text")).expect("JSON");
    entry["expires_at"] = Value::from(1_700_000_000);
    fs::write(&file, entry.to_string()).expect("a file");
    mint(cache.run(&reusing(PUBSUB), &server));
    assert_ne!(cache.only_file(), file);
}

#[test]
fn a_cache_that_cannot_be_written_is_a_warning() {
    let (server, cache) = (Server::answering([fresh(3_600)]), Cache::new());
    let file = cache.0.path().join("file");
    write(&file, "", 0o600);
    let run = || tokenmint(&reusing(CHAT)).credentials(&server).says("warning: --reuse: ");
    mint(run().env("XDG_CACHE_HOME", &file));
    let relative = run().env("XDG_CACHE_HOME", "caches");
    let place = relative.path("caches");
    mint(relative.says("XDG_CACHE_HOME is not an absolute path"));
    assert!(!place.exists());
    let json = run().env("XDG_CACHE_HOME", &file).args(["-o", "json"]);
    let mut json = json;
    let output = json.output();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let object: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(object["warnings"][0].as_str().is_some_and(|warning| warning.starts_with("--reuse: ")), "{object}");
}

#[test]
fn a_token_without_a_known_end_is_not_kept() {
    let (server, cache) = (Server::minting(), Cache::new());
    for _ in 0..2 {
        mint(cache.run(&reusing(VIDEO), &server).says("hint: the token is not kept for --reuse"));
    }
    assert!(cache.files().is_empty());
    server.calls(2);
}

#[test]
fn a_request_with_a_password_is_sent_each_time_and_leaves_nothing_behind() {
    let (server, cache) = (Server::minting(), Cache::new());
    for _ in 0..2 {
        let run = cache.run(&format!("{SUBSCRIBER} --password - --reuse 5m"), &server).stdin("correct horse");
        mint(run.says("hint: --reuse has no effect with --password").hides("horse"));
    }
    assert!(cache.files().is_empty());
    server.calls(2);
}

#[test]
fn nothing_is_reused_where_no_single_token_is_minted() {
    let (server, cache) = (Server::unused(), Cache::new());
    for (flags, other) in [("--batch -", "--batch"), ("--dry-run", "--dry-run"), ("--curl", "--curl")] {
        let run = cache.run(&format!("{CHAT} --reuse 5m {flags}"), &server);
        run.fails(2).says(&format!("--reuse cannot be used with {other}")).run();
    }
    for (value, what) in [("5", "'5' has no unit"), ("-5m", "must be positive"), ("soon", "is not a duration")] {
        cache.run(&format!("{CHAT} --reuse {value}"), &server).fails(2).says_all(&["--reuse", what]).run();
    }
    assert!(!cache.folder().exists());
}

#[test]
fn failures_are_not_kept() {
    let (server, cache) = (Server::answering([Answer::json(500, "{}"), fresh(3_600)]), Cache::new());
    cache.run(&reusing(CHAT), &server).fails(6).run();
    assert!(cache.files().is_empty());
    mint(cache.run(&reusing(CHAT), &server));
    server.calls(2);
}

/// Twilio's credentials with this key and secret.
fn twilio(cache: &Cache, key: &str, secret: &str) -> String {
    let run = tokenmint("twilio --identity alice --video --reuse 5m").env("XDG_CACHE_HOME", cache.0.path());
    let run = run.env("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef").env("TWILIO_API_KEY", key);
    mint(run.env("TWILIO_API_SECRET", secret))
}

#[test]
fn a_signed_token_is_reused_as_long_as_its_key_is_the_same() {
    let cache = Cache::new();
    let (key, other) = ("SK0123456789abcdef0123456789abcdef", "SK1123456789abcdef0123456789abcdef");
    let secret = "aVerySecretSecretOfTwilio123456";
    let first = twilio(&cache, key, secret);
    assert_eq!(twilio(&cache, key, secret), first);
    assert_ne!(twilio(&cache, other, secret), first);
    // The first one was signed with a wrong secret, which has been put right.
    let right = twilio(&cache, key, "anotherSecretOfTwilio1234567890");
    assert_ne!(right, first);
    assert_eq!(twilio(&cache, key, "anotherSecretOfTwilio1234567890"), right);
    assert_eq!(cache.files().len(), 2);
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_has_the_same_tokens_from_run_to_run() {
    let cache = Cache::new();
    let run = |more: &str| {
        let run = tokenmint(&format!("{CHAT} --profile emulator --reuse 5m {more}"));
        mint(run.env("XDG_CACHE_HOME", cache.0.path()).says("not valid on SignalWire"))
    };
    let first = run("");
    assert_eq!(run(""), first);
    assert_ne!(run("--member-id alice"), first);
}
