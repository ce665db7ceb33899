//! `profile add`: what is stored, where the secret goes, and that nothing is stored that is certainly wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use predicates::str::{contains, starts_with};
use serde_json::json;

use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, TOKEN, tokenmint};
#[cfg(target_os = "linux")]
use crate::harness::{holds_secret, installed, write};
use crate::server::Server;
use crate::twilio::{ACCOUNT, KEY, SECRET};

const CONFIG: &str = "xdg/tokenmint/config.toml";
const SECRET_FILE: &str = "xdg/tokenmint/dev.signalwire.secret";

fn add(name: &str, space: &str) -> Run {
    tokenmint(&format!("profile add {name} --space {space} --project-id {PROJECT}")).stdin(format!("{API_TOKEN}\n"))
}

/// Runs it to its end and hands the run back with its files.
#[track_caller]
fn ended(mut run: Run, code: i32) -> (Run, String) {
    let output = run.output();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    (run, said)
}

/// The same program again, with the files of an earlier run.
fn again(run: &Run, line: &str) -> Run {
    tokenmint(line).env("XDG_CONFIG_HOME", run.path("xdg"))
}

fn text(run: &Run, place: &str) -> String {
    fs::read_to_string(run.path(place)).unwrap_or_else(|error| panic!("{place}: {error}"))
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("a file").permissions().mode() & 0o7777
}

/// The names in the configuration folder.
fn names(run: &Run) -> Vec<String> {
    let Ok(entries) = fs::read_dir(run.path("xdg/tokenmint")) else { return Vec::new() };
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn flags_and_stdin_make_a_profile_whose_secret_is_in_a_file_of_its_own() {
    let server = Server::minting();
    let (run, said) = ended(add("dev", &server.space()), 0);
    let space = server.space();
    assert_eq!(
        text(&run, CONFIG),
        format!(
            "default_profile = \"dev\"\n\n[profiles.dev.signalwire]\nspace = \"{space}\"\nproject_id = \"{PROJECT}\"\n\
             api_token_file = \"dev.signalwire.secret\"\n"
        )
    );
    assert_eq!(text(&run, SECRET_FILE), format!("{API_TOKEN}\n"));
    for file in [CONFIG, SECRET_FILE] {
        assert_eq!(mode(&run.path(file)), 0o600, "{file}");
    }
    assert_eq!(mode(&run.path("xdg/tokenmint")), 0o700);
    assert!(said.contains("tokenmint profile check dev"), "{said}");
    again(&run, CHAT).prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
}

#[test]
fn a_profile_may_get_the_other_provider_and_is_not_changed_otherwise() {
    let (run, _) = ended(add("dev", "example"), 0);
    let before = text(&run, CONFIG);
    let twilio = format!("profile add dev --twilio --account-sid {ACCOUNT} --api-key-sid {KEY}");
    let outcome =
        again(&run, &twilio).stdin(SECRET).hides(SECRET).stdout(contains("Twilio")).says("--profile dev").run();
    assert!(outcome.stdout.contains("dev.twilio.secret"), "{}", outcome.stdout);
    assert_eq!(
        text(&run, CONFIG),
        format!(
            "{before}\n[profiles.dev.twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\n\
             api_key_secret_file = \"dev.twilio.secret\"\n"
        )
    );
    again(&run, "twilio --identity a --video -p dev").stdout(starts_with("eyJ")).run();
    let before = text(&run, CONFIG);
    for line in [twilio, format!("profile add dev --space other --project-id {PROJECT}")] {
        again(&run, &line).stdin(API_TOKEN).fails(3).says_all(&["'dev'", "profile edit", "profile remove dev"]).run();
    }
    assert_eq!(text(&run, CONFIG), before);
}

#[test]
fn comments_and_order_of_the_file_stay() {
    let file = "# mine\ndefault_profile   = 'a'  # why\n\n# of a\n[profiles.a.signalwire]\nspace='x' # here\n\n\
        [presets.lobby]\ncommand = 'chat'\n\n# the end\n";
    let (run, said) = ended(add("dev", "example").config(file), 0);
    let section = format!(
        "\n[profiles.dev.signalwire]\nspace = \"example\"\nproject_id = \"{PROJECT}\"\n\
         api_token_file = \"dev.signalwire.secret\"\n"
    );
    assert_eq!(text(&run, CONFIG), format!("{file}{section}"));
    assert!(said.contains("tokenmint profile use dev"), "{said}");
}

#[test]
fn what_is_the_default_already_is_not_offered_as_one() {
    let (_, said) = ended(add("dev", "example").config("default_profile = 'dev'\n"), 0);
    assert!(said.contains("profile check dev") && !said.contains("profile use"), "{said}");
}

#[test]
fn a_configuration_file_behind_a_link_is_replaced_where_it_is() {
    let run = add("dev", "example").file("dotfiles/tokenmint.toml", "# mine\n", 0o644);
    fs::create_dir(run.path("xdg/tokenmint")).expect("a folder");
    std::os::unix::fs::symlink(run.path("dotfiles/tokenmint.toml"), run.path(CONFIG)).expect("a link");
    let (run, _) = ended(run, 0);
    assert!(run.path(CONFIG).symlink_metadata().expect("a link").is_symlink());
    assert!(text(&run, "dotfiles/tokenmint.toml").contains("# mine") && text(&run, CONFIG).contains("profiles.dev"));
    assert_eq!(mode(&run.path("dotfiles/tokenmint.toml")), 0o600);
    // Next to the link, not in a folder that may be published.
    assert_eq!(names(&run), ["config.toml", "dev.signalwire.secret"]);
    assert_eq!(fs::read_dir(run.path("dotfiles")).expect("a folder").count(), 1);
    let run = add("dev", "example");
    fs::create_dir(run.path("xdg/tokenmint")).expect("a folder");
    std::os::unix::fs::symlink("nowhere", run.path(CONFIG)).expect("a link");
    run.fails(3).says("symbolic link").run();
}

#[test]
fn nothing_is_stored_that_is_certainly_wrong() {
    let swapped = tokenmint(&format!("profile add dev --space example --project-id {}", API_TOKEN.replace("PT", "")));
    for (run, code, parts) in [
        (tokenmint("profile add dev").stdin(API_TOKEN), 2, &["--space", "--project-id", "stdin"][..]),
        (tokenmint("profile add dev --space example").stdin(API_TOKEN), 2, &["--project-id"]),
        (tokenmint("profile add dev --space my_space").arg(format!("--project-id={PROJECT}")), 2, &["--space"]),
        (tokenmint("profile add dev --space example --project-id 7").stdin(API_TOKEN), 2, &["--project-id", "UUID"]),
        (
            tokenmint("profile add dev --space example --project-id 00000000-0000-4000-8000-000000000000"),
            2,
            &["--project-id", "placeholder"],
        ),
        (add("dev", "$SPACE").stdin(API_TOKEN), 2, &["--space", "variable"]),
        (swapped.stdin(PROJECT), 2, &["--project-id"]),
        (add("dev", "example").stdin(""), 3, &["stdin is empty", "API token"]),
        (add("dev", "example").stdin(" \n"), 3, &["stdin"]),
        (add("dev", "example").stdin("PT1\nPT2\n"), 3, &["stdin", "more than one line"]),
        (add("dev", "example").stdin("PTxxxxxxxx"), 3, &["stdin", "placeholder"]),
        (add("dev", "example").stdin(PROJECT), 3, &["stdin is the project id itself"]),
        (add("dev", "example").stdin("'PT1'"), 3, &["stdin", "quotes"]),
        (add("dev", "example").stdin(vec![b'P', 0xff]), 3, &["stdin", "UTF-8"]),
        (add("emulator", "example"), 3, &["'emulator'", "built-in"]),
        (add("a/b", "example"), 2, &["profile name"]),
        (add("dev", "example").arg("--account-sid").arg(ACCOUNT), 2, &["--account-sid", "--twilio"]),
        (add("dev", "example").arg("--twilio"), 2, &["--space", "--twilio"]),
        (add("dev", "example").args(["--profile", "x"]), 2, &["--profile"]),
    ] {
        let (run, said) = ended(run, code);
        assert!(parts.iter().all(|part| said.contains(part)), "{parts:?} in {said}");
        assert_eq!(names(&run), [""; 0], "{said}");
    }
    // There is no flag for the secret.
    for flag in ["--api-token", "--token", "--secret", "--api-key-secret"] {
        tokenmint("profile add dev").arg(flag).arg("PTzq9").hides("zq9").fails(2).says(flag).run();
    }
}

#[test]
fn a_file_in_the_way_of_the_secret_is_not_overwritten() {
    let (run, said) = ended(add("dev", "example").file(SECRET_FILE, "theirs\n", 0o600), 3);
    assert!(said.contains("dev.signalwire.secret") && said.contains("not overwritten"), "{said}");
    assert_eq!(text(&run, SECRET_FILE), "theirs\n");
    assert_eq!(names(&run), ["dev.signalwire.secret"]);
    // A file that could not be read afterwards is not written either.
    let (run, _) = ended(add("dev", "example").config("profiles = 7\n"), 3);
    assert_eq!((text(&run, CONFIG).as_str(), names(&run).len()), ("profiles = 7\n", 1));
}

#[test]
fn json_says_what_was_added() {
    let object = add("dev", "example").arg("-o").arg("json").stdout(starts_with("{")).run().json();
    assert_eq!(object["profile"], "dev");
    assert_eq!(
        (&object["service"], &object["secret"], &object["default"]),
        (&json!("signalwire"), &json!("file"), &json!(true))
    );
    assert!(object["path"].as_str().is_some_and(|path| path.ends_with("config.toml")), "{object}");
}

/// Adds so many profiles at once.
fn add_side_by_side(base: &Run, count: usize) {
    let children: Vec<(Run, std::process::Child)> = (0..count)
        .map(|number| {
            let mut run = again(base, &format!("profile add p{number} --space example --project-id {PROJECT}"));
            let mut command = run.command();
            let piped = std::process::Stdio::piped;
            let mut child = command.stdin(piped()).stdout(piped()).stderr(piped()).spawn().expect("the program starts");
            std::io::Write::write_all(&mut child.stdin.take().expect("stdin"), API_TOKEN.as_bytes()).expect("a secret");
            (run, child)
        })
        .collect();
    for (_, child) in children {
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success(), "{output:?}");
    }
    let config = text(base, CONFIG);
    for number in 0..count {
        assert!(config.contains(&format!("[profiles.p{number}.signalwire]")), "{number} in {config}");
    }
    assert_eq!(names(base).len(), count + 1);
}

#[test]
fn runs_side_by_side_lose_nothing() {
    let base = tokenmint("profile list").config("# mine\n");
    add_side_by_side(&base, 12);
    assert!(text(&base, CONFIG).starts_with("# mine\n"));
    base.stdout(contains("p11")).run();
    // The first profiles of all make the folder, too.
    let base = tokenmint("profile list");
    add_side_by_side(&base, 6);
    assert_eq!(text(&base, CONFIG).matches("default_profile").count(), 1);
    base.stdout(contains("p5")).run();
}

/// A keychain in a file: it notes how it was called, and fails where a file says so.
fn stand_in(run: Run) -> Run {
    let program = if cfg!(target_os = "macos") { "security" } else { "secret-tool" };
    let script = r#"#!/bin/sh
cd "$(dirname "$0")" || exit 9
echo "$*" >> calls
test -n "$SIGNALWIRE_API_TOKEN$TWILIO_API_SECRET" && exit 8
test -e fails && exit 7
case "$1" in
store) cat > kept;;
lookup) cat kept;;
clear) rm kept;;
*) exit 6;;
esac
"#;
    let run = run.file(&format!("bin/{program}"), script, 0o700);
    let path = std::env::join_paths(
        [run.path("bin")].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    run.env("PATH", path.expect("a PATH"))
}

#[cfg(target_os = "linux")]
#[test]
fn the_keychain_gets_the_secret_on_stdin_and_a_mint_gets_it_back() {
    let server = Server::minting();
    let run = stand_in(add("dev", &server.space()).arg("--keychain"));
    // Whoever runs in between sees no secret of ours.
    let run = run.env("SIGNALWIRE_API_TOKEN", "PTother").env("TWILIO_API_SECRET", "other");
    let (run, _) = ended(run, 0);
    let calls = text(&run, "bin/calls");
    assert_eq!(
        calls,
        "store --label=tokenmint profile dev (signalwire) service tokenmint section signalwire profile dev\n\
         lookup service tokenmint section signalwire profile dev\n"
    );
    assert!(!holds_secret(&calls));
    assert_eq!(text(&run, "bin/kept"), API_TOKEN);
    let words = r#"["secret-tool", "lookup", "service", "tokenmint", "section", "signalwire", "profile", "dev"]"#;
    assert!(text(&run, CONFIG).contains(&format!("api_token_command = {words}\n")), "{}", text(&run, CONFIG));
    assert_eq!(names(&run), ["config.toml"]);
    let with_path = |line: &str| {
        let path = format!("{}:{}", run.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        again(&run, line).env("PATH", path)
    };
    with_path(CHAT).prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
    // What was put there is taken away again.
    with_path("profile remove dev --yes").stdout(contains("removed")).says("default").run();
    assert!(!run.path("bin/kept").exists() && text(&run, "bin/calls").contains("clear service tokenmint"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_keychain_that_fails_leaves_nothing_behind() {
    let (run, said) = ended(stand_in(add("dev", "example").arg("--keychain")).file("bin/fails", "", 0o600), 3);
    assert!(said.contains("secret-tool") && said.contains("status 7"), "{said}");
    assert_eq!(names(&run), [""; 0]);
    let (run, said) = ended(add("dev", "example").arg("--keychain").env("PATH", "/nonexistent"), 3);
    assert!(said.contains("'secret-tool'") && said.contains("libsecret-tools"), "{said}");
    assert_eq!(names(&run), [""; 0]);
    // One that gives back something else is none that a mint could use.
    let run = stand_in(add("dev", "example").arg("--keychain"));
    let script = "#!/bin/sh\ncat > /dev/null; test \"$1\" = store || echo PTsomething\n";
    let (run, said) = ended(run.file("bin/secret-tool", script, 0o700), 3);
    assert!(said.contains("does not give back"), "{said}");
    assert_eq!(names(&run), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_keychain_entry_that_cannot_be_removed_is_named_with_the_command() {
    let (run, _) = ended(stand_in(add("dev", "example").arg("--keychain")), 0);
    write(&run.path("bin/fails"), "", 0o600);
    let path = format!("{}:{}", run.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let remove = again(&run, "profile remove dev --yes").env("PATH", path).stdout(contains("removed profile"));
    remove.says_all(&["warning", "run: secret-tool clear service tokenmint section signalwire profile dev"]).run();
    assert!(!text(&run, CONFIG).contains("profiles.dev"));
}

/// Against a Secret Service that is one: the keyring of GNOME, on a bus of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_real_secret_service_keeps_the_secret() {
    if !["secret-tool", "gnome-keyring-daemon", "dbus-run-session"].into_iter().all(installed) {
        return;
    }
    let script = r#"exec dbus-run-session -- sh -c '
        printf x | gnome-keyring-daemon --unlock --components=secrets --foreground > /dev/null 2>&1 &
        trap "kill $!" EXIT
        # It is on the bus a moment after it was started.
        tries=0
        until printf x | secret-tool store --label=probe probe probe 2> /dev/null; do
            tries=$((tries + 1)); test $tries -lt 200 || exit 96; sleep 0.05
        done
        "$@" >&2 || exit 91
        "$0" profile show -p dev >&2 || exit 92
        secret-tool lookup service tokenmint section signalwire profile dev | cmp -s - "$TOKEN_FILE" || exit 93
        "$0" profile remove dev --yes >&2 || exit 94
        secret-tool lookup service tokenmint section signalwire profile dev && exit 95
        exit 0' "$1" "$@""#;
    let run = add("dev", "example").arg("--keychain").shell(script).file("token", API_TOKEN, 0o600);
    let (token, data, runtime) = (run.path("token"), run.path("data"), run.path("runtime"));
    fs::create_dir_all(&data).expect("a folder");
    fs::create_dir_all(&runtime).expect("a folder");
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).expect("a mode");
    let run = run.env("TOKEN_FILE", token).env("XDG_DATA_HOME", data).env("XDG_RUNTIME_DIR", runtime);
    let mut run = run;
    let output = run.output();
    if output.status.code() == Some(96) {
        crate::harness::skipped("no Secret Service starts here");
        return;
    }
    assert!(output.status.success(), "{output:?}");
    assert!(!text(&run, CONFIG).contains("profiles.dev"), "{output:?}");
}

#[cfg(target_os = "linux")]
mod on_a_terminal {
    use nix::sys::signal::Signal;
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;
    use crate::terminal::Terminal;

    #[test]
    fn what_flags_do_not_give_is_asked_for_and_the_secret_is_not_shown() {
        let mut terminal = Terminal::start(tokenmint("profile add dev"));
        terminal.shows("Space").types("my space").shows("error: ").shows("Space").types("example");
        terminal.shows("Project id").types(PROJECT);
        terminal.shows("API token (not shown): ");
        assert!(!terminal.echoes());
        terminal.types(API_TOKEN).shows("added SignalWire credentials to profile 'dev'");
        let (status, screen, run) = terminal.end();
        assert!(status.success(), "{screen}");
        assert!(text(&run, CONFIG).contains("space = \"example\""));
        assert_eq!(text(&run, SECRET_FILE), format!("{API_TOKEN}\n"));
    }

    #[test]
    fn flags_are_not_asked_for_again_and_three_wrong_answers_are_enough() {
        let mut terminal =
            Terminal::start(tokenmint(&format!("profile add dev --space example --project-id {PROJECT}")));
        for _ in 0..3 {
            terminal.shows("API token (not shown): ").types("PTxxxxxxxx");
        }
        let (status, screen, run) = terminal.end();
        assert_eq!(status.code(), Some(3), "{screen}");
        assert_eq!(screen.matches("still the placeholder").count(), 3, "{screen}");
        assert!(!screen.contains("Space") && !screen.contains("PTxxx"), "{screen}");
        assert_eq!(names(&run), [""; 0]);
    }

    #[test]
    fn a_signal_at_a_question_restores_the_echo_and_changes_nothing() {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let mut terminal = Terminal::start(tokenmint("profile add dev"));
            terminal.shows("Space").types("example").shows("Project id").types(PROJECT);
            terminal.shows("API token (not shown): ");
            assert!(!terminal.echoes());
            terminal.signal(signal);
            let (status, screen, run) = terminal.end();
            assert_eq!(status.signal(), Some(signal as i32), "{screen}");
            assert_eq!(names(&run), [""; 0], "{screen}");
        }
    }

    #[test]
    fn an_input_that_ends_changes_nothing() {
        for hidden in [false, true] {
            let flags = if hidden { format!("--space example --project-id {PROJECT}") } else { String::new() };
            let mut terminal = Terminal::start(tokenmint(&format!("profile add dev {flags}")));
            terminal.shows(if hidden { "API token" } else { "Space" }).ends_input();
            let (status, screen, run) = terminal.end();
            assert_eq!(status.code(), Some(2), "{screen}");
            assert!(screen.contains("nothing was changed"), "{screen}");
            assert_eq!(names(&run), [""; 0]);
        }
    }
}
