//! Secrets with awkward characters, and every way on which a run could show them: both streams, new files, the process
//! as others see it. They are looked for in plain text and in every form that a library might give them.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::sync::{Arc, Mutex, mpsc};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

#[cfg(target_os = "linux")]
use crate::harness::ADDRESS;
use crate::harness::{CHAT, GUEST_COMMAND, PROJECT, PUBSUB, Run, SUBSCRIBER, TOKEN, VIDEO, tokenmint};
use crate::server::{Answer, Server};

/// An API token that looks different once escaped for a URL, for JSON, or for a shell.
const SECRET: &str = r#"PT"canary\+/é&='7c9d2f0a51"#;
/// The secret of a Twilio API key, likewise.
const KEY_SECRET: &str = r#"tw"canary\+/é&='e81b640c3f"#;
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const KEY: &str = "SK0123456789abcdef0123456789abcdef";

/// The forms in which a text may come to light, each at least eight characters long.
fn forms(secret: &str) -> Vec<String> {
    let escaped = |keep: fn(u8) -> bool, upper: bool| {
        secret.bytes().fold(String::new(), |text, byte| match byte {
            byte if keep(byte) => text + char::from(byte).to_string().as_str(),
            byte if upper => text + &format!("%{byte:02X}"),
            byte => text + &format!("%{byte:02x}"),
        })
    };
    let json = serde_json::to_string(secret).expect("JSON");
    let ascii_json: String = secret
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => format!("\\{}", char::from(byte)),
            Ok(byte) if byte.is_ascii_graphic() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let hex = secret.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let mut forms = vec![
        secret.to_owned(),
        json[1..json.len() - 1].to_owned(),
        ascii_json,
        format!("{secret:?}")[1..].trim_end_matches('"').to_owned(),
        secret.replace('\'', r"'\''"),
        hex.to_uppercase(),
        hex,
    ];
    for upper in [true, false] {
        forms.push(escaped(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte), upper));
        forms.push(escaped(|byte| byte.is_ascii_graphic() && !b"\"\\'%".contains(&byte), upper));
    }
    // Base64 depends on what stands before: of the three ways, the part that depends on nothing else.
    for before in 0..3 {
        let longer = [&b"\0\0"[..before], secret.as_bytes()].concat();
        let whole = longer.len() / 3 * 4;
        for engine in [STANDARD, URL_SAFE] {
            forms.push(engine.encode(&longer)[[0, 2, 3][before]..whole].to_owned());
        }
    }
    forms.sort();
    forms.dedup();
    assert!(forms.iter().all(|form| form.len() >= 8), "{forms:?}");
    forms
}

/// Everything that must not come to light: both secrets, and the pair of Basic authentication.
fn all_forms() -> Vec<String> {
    [SECRET.to_owned(), KEY_SECRET.to_owned(), format!("{PROJECT}:{SECRET}"), format!("{KEY}:{KEY_SECRET}")]
        .iter()
        .flat_map(|secret| forms(secret))
        .collect()
}

fn assert_clean(what: &str, bytes: &[u8], secrets: &[String]) {
    let text = String::from_utf8_lossy(bytes);
    for form in secrets {
        assert!(!text.contains(form.as_str()), "{what} holds {form}\n{text}");
    }
}

/// The files under a folder, with what is in them.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.display().to_string(), fs::read(&path).unwrap_or_default());
        }
    }
    found
}

/// A run with both services' credentials in the environment, and every switch that makes programs talkative.
fn talkative(line: &str, server: &Server) -> Run {
    tokenmint(line)
        .env("SIGNALWIRE_SPACE", server.space())
        .env("SIGNALWIRE_PROJECT_ID", PROJECT)
        .env("SIGNALWIRE_API_TOKEN", SECRET)
        .env("TWILIO_ACCOUNT_SID", ACCOUNT)
        .env("TWILIO_API_KEY", KEY)
        .env("TWILIO_API_SECRET", KEY_SECRET)
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env("RUST_LIB_BACKTRACE", "full")
        .env("CLICOLOR_FORCE", "1")
}

/// Runs it, looks for the secrets in all that it left, and holds it to one of these exit codes.
#[track_caller]
fn look(mut run: Run, exits: RangeInclusive<i32>, secrets: &[String]) -> String {
    let before = files(&run.path("."));
    let output = run.command().stdin(std::process::Stdio::null()).output().expect("the program starts");
    let what = format!("{:?}", run.words());
    assert_clean(&format!("stdout of {what}"), &output.stdout, secrets);
    assert_clean(&format!("stderr of {what}"), &output.stderr, secrets);
    for (path, bytes) in files(&run.path(".")) {
        if before.get(&path) != Some(&bytes) {
            assert_clean(&format!("{path}, of {what}"), &bytes, secrets);
        }
    }
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(!stderr.contains("panicked") && !stderr.contains("defect"), "{what}: {stderr}");
    let code = output.status.code();
    assert!(code.is_some_and(|code| exits.contains(&code)), "{what}: exit {code:?}, not in {exits:?}\n{stderr}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

const MINTS: [&str; 5] = [CHAT, PUBSUB, GUEST_COMMAND, VIDEO, SUBSCRIBER];
const TWILIO: &str = "twilio --identity alice --chat IS0123456789abcdef0123456789abcdef";

#[test]
fn no_flag_of_any_command_shows_a_secret() {
    let server = Server::minting();
    let secrets = all_forms();
    let ways = [
        "",
        "-v",
        "-v -o json",
        "--dry-run",
        "--dry-run -v -o json",
        "--curl -v",
        "--help",
        "-h",
        "-o export",
        "-o dotenv -v",
        "-o json",
        "--write token -v",
        "--color always -v",
        "-q",
        "--retries 0 --timeout 5s -v",
    ];
    for way in ways {
        for line in MINTS.into_iter().chain([TWILIO]) {
            // Nothing is sent for a Twilio token.
            let needless = line == TWILIO && ["--curl", "--retries"].iter().any(|flag| way.contains(flag));
            let code = if needless { 2 } else { 0 };
            look(talkative(line, &server).args(way.split_whitespace()), code..=code, &secrets);
        }
    }
    for variable in ["GITHUB_ENV", "GITHUB_OUTPUT"] {
        let format = variable.to_ascii_lowercase().replace('_', "-");
        for line in MINTS.into_iter().chain([TWILIO]) {
            let run = talkative(line, &server).args(["-v", "-o", &format]).env(variable, "github");
            look(run, 0..=0, &secrets);
        }
    }
    for line in [
        "--help",
        "--version",
        "completions bash",
        "completions fish",
        "man",
        "man --dir manual",
        "inspect --help",
        "profile --help",
        "profile list",
        "profile show",
        "profile show -o json",
        "profile path",
        "profile init",
        "emulator --help",
    ] {
        look(talkative(line, &server), 0..=0, &secrets);
    }
    look(talkative("help", &server), 0..=2, &secrets);
    // This server mints whatever it is asked, an empty request too, and so tells nothing about the credentials.
    for line in ["profile check -v", "profile check -o json"] {
        look(talkative(line, &server), 6..=6, &secrets);
    }
    #[cfg(feature = "emulator")]
    for line in MINTS {
        look(talkative(line, &server).args(["-v", "-p", "emulator"]), 0..=0, &secrets);
    }
}

#[test]
fn the_token_is_where_it_belongs_and_nowhere_else() {
    let server = Server::minting();
    let token = forms(TOKEN);
    for way in ["-v --dry-run", "-v --curl", "-v --write token --help"] {
        look(talkative(CHAT, &server).args(way.split_whitespace()), 0..=0, &token);
    }
    // On stdout or in the file, and never on stderr.
    for way in ["-v", "-v -o json", "-v -o export", "-v -o dotenv", "-v --write token", "-v -o github-env"] {
        let mut run = talkative(CHAT, &server).args(way.split_whitespace()).env("GITHUB_ENV", "github");
        let output = run.command().output().expect("the program starts");
        assert!(output.status.success(), "{output:?}");
        assert_clean(way, &output.stderr, &token);
        if way.contains("--write") {
            assert!(output.stdout.is_empty(), "{output:?}");
        }
    }
    let run = talkative(CHAT, &server).args(["-v", "--", "true"]);
    look(run, 0..=0, &token);
    // One that cannot be delivered is not shown instead.
    for script in [
        "\"$@\" >/dev/full",
        "ulimit -f 0; \"$@\" >file",
        "GITHUB_ENV=/dev/full; export GITHUB_ENV; \"$@\" -o github-env >/dev/null",
    ] {
        if !Path::new("/dev/full").exists() {
            crate::harness::skipped("no /dev/full here");
            return;
        }
        look(talkative(CHAT, &server).arg("-v").shell(script), 1..=1, &token);
    }
}

/// A secret as a server may repeat it: whole, in any form but that of a shell, and in the base64 of something longer.
fn spoken(secret: &str) -> Vec<String> {
    let encoded = (0..3).flat_map(|before| {
        let longer = format!("{}{secret}, and more", &"ab"[..before]);
        [STANDARD.encode(&longer), URL_SAFE.encode(&longer), STANDARD.encode(&longer[..before + secret.len()])]
    });
    let whole = forms(secret).into_iter().filter(|form| !is_a_cut(secret, form) && !form.contains(r"'\''"));
    whole.chain(encoded).collect()
}

/// Whether a form is a cut of base64, which nobody says.
fn is_a_cut(secret: &str, form: &str) -> bool {
    (0..3).any(|before| {
        let longer = [&b"\0\0"[..before], secret.as_bytes()].concat();
        STANDARD.encode(&longer).contains(form) || URL_SAFE.encode(&longer).contains(form)
    })
}

/// A server that repeats the secret, in this form, in every place of an answer.
fn repeating(status: u16, form: &str) -> Server {
    let text = serde_json::to_string(form).expect("JSON");
    let plain: String = form.chars().filter(char::is_ascii_graphic).collect();
    let body = format!(
        "{{\"errors\":[{{\"type\":{text},\"code\":{text},\"message\":{text},\"attribute\":{text},\"url\":{text}}}],\
         \"error\":{text},\"message\":{text},\"token\":{{{text}:{text}}}}}"
    );
    let answer = Answer::json(status, body).header("Location", &format!("https://{plain}@x/{plain}"));
    Server::answering([answer.header("Retry-After", &plain).header("X-Echo", &plain)])
}

#[test]
fn no_answer_gets_a_secret_repeated() {
    let secrets = all_forms();
    let pair = format!("{PROJECT}:{SECRET}");
    let basic = STANDARD.encode(&pair);
    let all: Vec<String> = spoken(SECRET).into_iter().chain(spoken(&pair)).chain([format!("Basic {basic}")]).collect();
    // One status after the other gets every form; each form is said to people and to programs.
    for (place, form) in all.iter().enumerate() {
        for (turn, more) in ["-v", "-v -o json"].into_iter().enumerate() {
            let statuses = [422, [200, 302, 401, 403, 404, 429, 500, 503][(place + turn) % 8]];
            for status in statuses {
                let server = repeating(status, form);
                let run = talkative(CHAT, &server).args(["--retries", "0"]).args(more.split(' '));
                let stdout = look(run, 4..=6, &secrets);
                assert!(stdout.is_empty(), "{status} {form}");
            }
        }
    }
}

#[test]
fn a_control_character_does_not_hide_a_secret() {
    let secrets = all_forms();
    for cut in ["\u{1b}", "\u{200b}", "\u{202e}", "\u{85}", "\u{ad}", "\u{feff}"] {
        let torn: String = SECRET.chars().flat_map(|character| [character.to_string(), cut.to_owned()]).collect();
        for status in [401, 422, 500] {
            let server = repeating(status, &torn);
            look(talkative(CHAT, &server).args(["--retries", "0", "-v"]), 4..=6, &secrets);
            look(talkative(CHAT, &server).args(["--retries", "0", "-o", "json"]), 4..=6, &secrets);
        }
    }
}

#[test]
fn a_secret_typed_in_the_wrong_place_is_not_shown() {
    let server = Server::unused();
    let secrets = all_forms();
    // Where a word of this kind is not expected at all, it is not shown even if nobody knows it for a secret.
    let unexpected = [
        vec!["--api-token", SECRET],
        vec!["--token", SECRET],
        vec!["--secret", SECRET],
        vec!["--password", SECRET],
        vec![SECRET],
        vec!["--", ""],
        vec!["-X", SECRET],
        vec!["--ttl", "1h", SECRET],
    ];
    let assigned = format!("--api-token={SECRET}");
    for line in [
        "chat",
        "pubsub",
        "guest",
        "video",
        "subscriber",
        "refresh",
        "twilio",
        "profile",
        "profile list",
        "profile check x",
        "emulator",
        "completions bash",
        "man",
    ] {
        for words in unexpected.iter().map(Vec::as_slice).chain([&[assigned.as_str()][..]]) {
            // An empty command is one that is not found.
            let exits = if words.first() == Some(&"--") { 2..=127 } else { 2..=2 };
            look(tokenmint(line).args(words).env("RUST_BACKTRACE", "full"), exits, &secrets);
        }
    }
    // As the value of a flag it may be shown to be wrong, but not where it is known for a secret.
    for flag in [
        "--ttl",
        "-c",
        "--channels",
        "--state",
        "--body",
        "--output",
        "--shell",
        "--name",
        "--write",
        "--timeout",
        "--retries",
        "--cacert",
        "--color",
        "--profile",
        "--config",
        "--jobs",
        "--batch",
        "--resume",
    ] {
        for secret in [SECRET, KEY_SECRET] {
            for more in ["-v", "-o json"] {
                let run = talkative(CHAT, &server).args(more.split(' ')).arg(flag).arg(secret);
                let run = run.env("SIGNALWIRE_SPACE", "127.0.0.1:1");
                // The value is wrong, its file cannot be written, or the space cannot be reached.
                look(run.args(["--retries", "0", "--timeout", "2s"]), 1..=6, &secrets);
            }
        }
    }
    for flag in
        ["--identity", "--ttl", "--chat", "--voice", "--sync", "--grant", "--region", "--task-router", "--not-before"]
    {
        look(talkative("twilio", &server).args([flag, KEY_SECRET]), 2..=2, &secrets);
    }
    for (line, exits) in [
        ("inspect", 2..=2),
        ("inspect --verify", 2..=2),
        ("inspect -o json --check", 2..=2),
        ("profile show", 3..=3),
        ("profile check", 3..=3),
        ("man --dir", 0..=1),
        // 3 where it is not built in.
        ("emulator --listen", 2..=3),
    ] {
        look(talkative(line, &server).arg(SECRET), exits, &secrets);
    }
}

#[test]
fn a_secret_in_the_wrong_variable_is_not_shown() {
    let server = Server::unused();
    let secrets = all_forms();
    for name in [
        "SIGNALWIRE_SPACE",
        "SIGNALWIRE_PROJECT_ID",
        "TOKENMINT_PROFILE",
        "TOKENMINT_CONFIG",
        "HTTPS_PROXY",
        "SSL_CERT_FILE",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_API_KEY",
        "GITHUB_ENV",
    ] {
        for line in [CHAT, TWILIO, "profile show", "profile check", "chat --ttl 1h -c a=r -o json"] {
            let line = if name == "GITHUB_ENV" { CHAT.to_owned() + " -o github-env" } else { line.to_owned() };
            // `profile show` prints the open values, whatever they are: that is what it is for.
            for secret in [SECRET, KEY_SECRET] {
                let run = talkative(&line, &server).env("SIGNALWIRE_SPACE", "https://127.0.0.1:1").env(name, secret);
                let sends = line.starts_with("chat") || line == "profile check";
                let run = if sends { run.args(["--retries", "0"]) } else { run };
                look(run, 0..=6, if line == "profile show" { &[] } else { &secrets });
            }
        }
    }
}

/// A configuration file with these lines in the profile that is the default, credentials for both services in it.
fn config(space: &str, signalwire: &str, twilio: &str) -> String {
    format!(
        "default_profile = \"dev\"\n[profiles.dev.signalwire]\nspace = \"{space}\"\nproject_id = \"{PROJECT}\"\n{signalwire}\n\
         [profiles.dev.twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\n{twilio}\n"
    )
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

#[test]
fn a_profile_keeps_its_secrets() {
    let server = Server::minting();
    let secrets = all_forms();
    let (token, key) = (quoted(SECRET), quoted(KEY_SECRET));
    let helper = |secret: &str| format!("['printf', '%s', {secret}]");
    for (signalwire, twilio) in [
        (format!("api_token = {token}"), format!("api_key_secret = {key}")),
        ("api_token_file = \"token\"".into(), "api_key_secret_file = \"key\"".into()),
        (format!("api_token_command = {}", helper(&token)), format!("api_key_secret_command = {}", helper(&key))),
    ] {
        for line in MINTS.into_iter().chain([
            TWILIO,
            "profile show",
            "profile show -o json",
            "profile list",
            "profile list -o json",
            "profile check",
            "profile check -o json",
            "profile path",
            "profile init",
        ]) {
            let run = tokenmint(line).arg("-v").env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
            let run = run.config(&config(&server.space(), &signalwire, &twilio));
            let run = run.file("xdg/tokenmint/token", SECRET, 0o600).file("xdg/tokenmint/key", KEY_SECRET, 0o600);
            let expected = match line {
                "profile init" => 3,
                // This server mints whatever it is asked, an empty request too, and so tells nothing.
                "profile check" | "profile check -o json" => 6,
                _ => 0,
            };
            look(run, expected..=expected, &secrets);
        }
    }
}

#[test]
fn no_fault_of_a_configuration_shows_what_stands_in_it() {
    let server = Server::unused();
    let secrets = all_forms();
    let (token, key) = (quoted(SECRET), quoted(KEY_SECRET));
    let lines = [
        format!("api_token = {token} x"),
        format!("api_token = {SECRET}"),
        format!("api_token = \"{SECRET}"),
        format!("api_token {token}"),
        format!("api_token = {token}\napi_token = {token}"),
        format!("api_token = [{token}]"),
        format!("api_token = {{ a = {token} }}"),
        format!("api_tokn = {token}"),
        format!("{token} = \"api_token\""),
        token.clone(),
        SECRET.to_owned(),
        format!("api_token = {token}\napi_token_file = {token}"),
        format!("api_token = {token}\n[profiles.dev.{token}]"),
        format!("api_token = {token}\n[{token}]"),
        format!("api_token_file = {token}"),
        format!("api_token_command = {token}"),
        format!("api_token_command = [{token}]"),
        format!("api_token_command = ['false', {token}]"),
        format!("api_token_command = ['sh', '-c', 'printf \"%s\\n%s\\n\" \"$0\" \"$0\"; echo \"$0\" >&2', {token}]"),
        format!("api_token_command = ['sh', '-c', 'echo \"$0\"; exit 3', {token}]"),
        format!("api_token = '''\n{SECRET}\n{SECRET}'''"),
        format!("api_token = {token}\nproject_id = {token}"),
        format!("# {SECRET}\napi_token = 7"),
        format!("api_token = {token}\nspace = 7"),
    ];
    for line in &lines {
        for command in [
            CHAT,
            "profile show",
            "profile list",
            "profile check",
            "chat --ttl 1h -c a=r -o json",
            "chat --ttl 1h -c a=r --dry-run",
        ] {
            let run = tokenmint(command).arg("-v").env("RUST_BACKTRACE", "full").config(&config(
                &server.space(),
                line,
                "api_key_secret = 'x'",
            ));
            let run = if line.starts_with("api_token_file") || line.starts_with("api_token_command") {
                // The name of a file or a program may be shown, and these are names; that of the program's words may not.
                if !line.contains("sh'") && !line.contains("false") {
                    look(run, 0..=3, &[]);
                    continue;
                }
                run
            } else {
                run
            };
            // Only a mint and a check read the secret itself; what is no TOML, no command gets past.
            let read_late = ["sh'", "false", "'''"].iter().any(|part| line.contains(part));
            look(run, if read_late { 0..=3 } else { 3..=3 }, &secrets);
        }
    }
    drop(server);
    let server = Server::minting();
    // A secret in the place of another value: an error does not say which value it met.
    let place = |key: &str, value: &str| {
        let text = config(&server.space(), "api_token = 'PTother'", "api_key_secret = 'x'");
        let own = text.lines().find(|line| line.starts_with(key)).map(str::to_owned);
        match own {
            Some(own) => text.replace(&own, &format!("{key} = {value}")),
            None => format!("{text}{key} = {value}\n"),
        }
    };
    for key_name in [
        "default_profile",
        "space",
        "account_sid",
        "api_key_sid",
        "region",
        "chat_service_sid",
        "voice_application_sid",
        "sync_service_sid",
    ] {
        for command in
            [CHAT, "twilio --identity a --chat --voice --sync", "profile check", "chat --ttl 1h -c a=r -o json"]
        {
            let run = tokenmint(command).arg("-v").env("RUST_BACKTRACE", "full").config(&place(key_name, &key));
            let sent_nowhere = ["default_profile", "space"].contains(&key_name) && !command.starts_with("twilio");
            look(run.env("SIGNALWIRE_UNUSED", ""), if sent_nowhere { 3..=3 } else { 0..=6 }, &secrets);
        }
    }
}

#[test]
fn inspect_and_verify_show_no_secret() {
    let server = Server::unused();
    let secrets = all_forms();
    let minted = talkative(TWILIO, &server).command().output().expect("the program starts").stdout;
    let token = String::from_utf8(minted).expect("UTF-8");
    for args in [
        vec![],
        vec!["--verify"],
        vec!["--verify", "--check", "-o", "json"],
        vec!["--verify", "-v"],
        vec!["--verify", "--min-ttl", "2h"],
    ] {
        let valid = if args.contains(&"--min-ttl") { 8 } else { 0 };
        look(talkative("inspect", &server).args(&args).arg(token.trim()), valid..=valid, &secrets);
        // Another secret of the same key, so that the signature is wrong.
        let other = talkative("inspect", &server).args(&args).arg(token.trim()).env("TWILIO_API_SECRET", "another one");
        let forged = if args.is_empty() { 0 } else { 8 };
        look(other, forged..=forged, &secrets);
        // A token of a key that is ours by mistake.
        let forged = format!(
            "{}.e30.{}",
            STANDARD.encode(SECRET).trim_end_matches('='),
            STANDARD.encode(KEY_SECRET).trim_end_matches('=')
        );
        look(talkative("inspect", &server).args(&args).arg(forged), 0..=8, &[]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_running_process_shows_no_secret_and_leaves_no_core() {
    // The server holds the request back until the process has been looked at.
    let (arrived, wait) = mpsc::channel();
    let (go_on, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let server = Server::answering([Answer::With(Arc::new(move |_| {
        let _ = arrived.send(());
        let _ = held.lock().expect("the gate").recv();
        Answer::json(200, r#"{"token":"x"}"#)
    }))]);
    let mut run = talkative(GUEST_COMMAND, &server).arg("-v").shell("ulimit -c unlimited 2>/dev/null; exec \"$@\"");
    let child = run
        .command()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    wait.recv().expect("the request");
    let read = |name: &str| fs::read(format!("/proc/{}/{name}", child.id()));
    let words = read("cmdline").expect("the arguments");
    assert_clean("cmdline", &words, &all_forms());
    assert!(String::from_utf8_lossy(&words).contains(ADDRESS), "it is the program that was looked at");
    assert_clean("comm", &read("comm").expect("the name"), &all_forms());
    let limits = String::from_utf8(read("limits").expect("the limits")).expect("UTF-8");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit of cores");
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    if nix::unistd::geteuid().is_root() {
        crate::harness::skipped("root can read the environment and the memory of any process");
    } else {
        assert!(
            read("environ").is_err() && read("mem").is_err(),
            "a process that is not dumpable is closed to its own user"
        );
    }
    drop(go_on);
    let output = child.wait_with_output().expect("its end");
    assert!(output.status.success(), "{output:?}");
    assert_clean("stderr", &output.stderr, &all_forms());
}
