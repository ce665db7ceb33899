//! What is read, from where, and what of it is shown.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use predicates::prelude::*;

use crate::credentials::{dev, refuse};
use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, TOKEN, tokenmint};
use crate::server::Server;
use crate::twilio::{ACCOUNT, KEY, SECRET, twilio};

const OLD_SID: &str = "AC00112233445566778899aabbccddeef"; // one digit short

fn pipe(run: &Run, place: &str) {
    assert!(Command::new("mkfifo").arg(run.path(place)).status().expect("mkfifo").success());
}

#[test]
fn nothing_is_taken_from_below_a_relative_home() {
    let server = Server::unused();
    let config = dev(&server, "api_token_command = ['sh', '-c', 'touch \"$0\"; echo PTtrap', 'sprung']");
    for (home, folder) in [(".", ""), ("rel", "rel/"), ("./rel", "rel/"), ("rel/..", "")] {
        for line in
            [CHAT, "profile list", "profile path", "profile show", "profile check", "twilio --identity a --video"]
        {
            let run = tokenmint(line).unset("XDG_CONFIG_HOME").env("HOME", home);
            let run = run.file(&format!("{folder}.config/tokenmint/config.toml"), &config, 0o600);
            let run = run.file("rel/x", "", 0o600);
            let (mark, root) = (run.path("sprung"), run.path("."));
            refuse(run.in_folder(root), &["HOME", "absolute path"]);
            assert!(!mark.exists(), "HOME={home} {line}");
        }
    }
    let run = tokenmint("profile init").unset("XDG_CONFIG_HOME").env("HOME", "rel");
    let (place, root) = (run.path("rel"), run.path("."));
    refuse(run.in_folder(root), &["HOME"]);
    assert!(!place.exists());
    // Neither is a secret that is named by ~/.
    let run = tokenmint(CHAT).env("HOME", ".").config(&dev(&server, "api_token_file = '~/secret'"));
    let (run, root) = {
        let root = run.path(".");
        (run.file("secret", "PThidden", 0o600), root)
    };
    refuse(run.in_folder(root).hides("PThidden"), &["HOME", "absolute path"]);
    // A home that is not needed is not judged.
    let server = Server::minting();
    tokenmint(CHAT).credentials(&server).env("HOME", ".").prints(format!("{TOKEN}\n")).run();
    server.request();
}

#[test]
fn what_is_not_a_regular_file_is_refused_at_once() {
    let server = Server::unused();
    for line in [CHAT, "profile check"] {
        let run = tokenmint(line).config(&dev(&server, "api_token_file = 'pipe'"));
        pipe(&run, "xdg/tokenmint/pipe");
        refuse(run, &["api_token_file", "not a regular file"]);
    }
    refuse(tokenmint(CHAT).config(&dev(&server, "api_token_file = '/dev/zero'")), &["not a regular file"]);
    refuse(tokenmint(CHAT).config(&dev(&server, "api_token_file = '.'")), &["not a regular file"]);
    let run = tokenmint("chat --ttl 1h -c a=r --config pipe");
    pipe(&run, "pipe");
    refuse(run, &["pipe is not a regular file"]);
    refuse(tokenmint("chat --ttl 1h -c a=r --config /dev/null"), &["not a regular file"]);
}

#[test]
fn a_secret_file_that_others_can_write_is_refused() {
    let server = Server::unused();
    for mode in [0o666, 0o602, 0o777] {
        let run = tokenmint(CHAT).config(&dev(&server, "api_token_file = 'secret'")).hides("PThidden");
        refuse(run.file("xdg/tokenmint/secret", "PThidden", mode), &["api_token_file", "writable by others", "chmod"]);
    }
    // As container runtimes mount them.
    let server = Server::minting();
    let run = tokenmint(CHAT).config(&dev(&server, "api_token_file = 'secret'"));
    run.file("xdg/tokenmint/secret", "PTfile", 0o444).prints(format!("{TOKEN}\n")).run();
    server.request();
}

#[test]
fn a_project_id_that_is_no_uuid_is_refused_before_anything_is_sent() {
    let other = "PT0123456789abcdef";
    for wrong in [other, "7b981c06", "7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f0", "a:b", "\"x\""] {
        let server = Server::unused();
        let run = tokenmint(CHAT).credentials(&server).env("SIGNALWIRE_PROJECT_ID", wrong);
        refuse(run, &["SIGNALWIRE_PROJECT_ID", "is not a project id"]);
    }
    // Known before a helper is asked for the secret.
    let server = Server::unused();
    let config = dev(&server, "api_token_command = ['sh', '-c', 'touch sprung; echo PTx']").replace(PROJECT, other);
    let run = tokenmint(CHAT).config(&config).hides(other);
    let (mark, root) = (run.path("sprung"), run.path("."));
    refuse(run.in_folder(root), &["project_id of profile 'dev'", "API token"]);
    assert!(!mark.exists());
}

#[test]
fn show_masks_whatever_is_not_surely_public() {
    for line in ["profile show", "profile show -o json"] {
        let shows = |run: Run, key: &'static str| {
            let run = run.stdout(predicate::str::contains(key).and(predicate::str::contains("[redacted]")));
            // Without -o json the reason is given.
            if line.ends_with("json") { run } else { run.says(key) }.run()
        };
        // Swapped, in the environment and in a profile.
        let run = tokenmint(line).env("SIGNALWIRE_SPACE", "example").env("SIGNALWIRE_PROJECT_ID", API_TOKEN);
        let outcome = run.env("SIGNALWIRE_API_TOKEN", PROJECT).hides(PROJECT);
        let outcome = outcome.stdout(predicate::str::contains("[redacted]")).stderr(predicate::always()).run();
        assert!(outcome.stdout.contains("project_id"), "{}", outcome.stdout);
        let config = |lines: &str| format!("default_profile = \"dev\"\n[profiles.dev.{lines}\n");
        let set = format!("signalwire]\nspace = \"example\"\nproject_id = \"{API_TOKEN}\"\napi_token = \"{PROJECT}\"");
        shows(tokenmint(line).config(&config(&set)).hides(PROJECT), "project_id");
        let set = format!("signalwire]\nspace = \"{API_TOKEN}\"\nproject_id = \"{PROJECT}\"\napi_token = \"x\"");
        shows(tokenmint(line).config(&config(&set)), "space");
        for (account, key, hidden) in
            [(ACCOUNT, SECRET, "api_key_sid"), (SECRET, KEY, "account_sid"), (OLD_SID, KEY, "account_sid")]
        {
            let set = format!("twilio]\naccount_sid = \"{account}\"\napi_key_sid = \"{key}\"\napi_key_secret = \"x\"");
            shows(tokenmint(line).config(&config(&set)).hides(SECRET).hides(OLD_SID), hidden);
        }
        let set = format!(
            "twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret = \"x\"\nchat_service_sid = \"{SECRET}\""
        );
        shows(tokenmint(line).config(&config(&set)).hides(SECRET), "chat_service_sid");
    }
    // From the environment the variable is named, and what passes is shown.
    let run = twilio("profile show").env("TWILIO_API_KEY", SECRET).hides(SECRET);
    run.stdout(predicate::str::contains(ACCOUNT)).says("TWILIO_API_KEY").run();
}

#[test]
fn show_gives_each_warning_once() {
    let config = format!(
        "[profiles.tw.twilio]\naccount_sid = \" {ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret = \"x\"\n\
         [profiles.both.signalwire]\nspace = \"example \"\nproject_id = \"{PROJECT}\"\napi_token = \"x\"\n\
         [profiles.both.twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret = \"x\"\n"
    );
    for name in ["tw", "both"] {
        let run = tokenmint(&format!("profile show {name}")).config(&config).stdout(predicate::str::contains(ACCOUNT));
        let stderr = run.says("warning").run().stderr;
        assert_eq!(stderr.matches("surrounding white space").count(), 1, "{stderr}");
    }
}

#[test]
fn list_in_json_has_no_character_that_steers_a_terminal() {
    let config = "[profiles.\"a\\u009b\\u007f\\u202e\\u200bé\".twilio]\n";
    let run = tokenmint("profile list -o json").config(&format!("{config}account_sid = \"x\"\n"));
    let outcome = run.stdout(predicate::str::contains("a\\u009b\\u007f\\u202e\\u200bé")).run();
    assert_eq!(outcome.json()["profiles"][0]["name"], "a\u{9b}\u{7f}\u{202e}\u{200b}é");
}

#[test]
fn init_makes_folders_for_their_owner_alone() {
    let run = tokenmint("profile init --config one/two/config.toml").stdout(predicate::str::ends_with("config.toml\n"));
    let root = run.path(".");
    let folders = ["one", "one/two"].map(|place| run.path(place));
    let mut run = run.in_folder(root).says("profile check").shell("umask 000; exec \"$@\"");
    let output = run.command().output().expect("a run");
    assert!(output.status.success(), "{output:?}");
    for folder in folders {
        assert_eq!(
            fs::metadata(&folder).expect("a folder").permissions().mode() & 0o777,
            0o700,
            "{}",
            folder.display()
        );
    }
}

#[test]
fn a_command_line_is_judged_the_same_under_every_name_of_the_program() {
    let lines = [
        "video --room a --expire-at +1h",
        "twilio --idenity a",
        "profile chek",
        "profile",
        "chat --bogus",
        "-p chat video --bogus",
        "--bogus",
    ];
    for line in lines {
        let stderr = |script: &str| {
            let run = tokenmint(line).shell(script).fails(2);
            let root = run.path(".");
            run.in_folder(root).run().stderr
        };
        let renamed = stderr("ln -s \"$1\" tm.exe; shift; exec ./tm.exe \"$@\"");
        assert_eq!(renamed, stderr("exec \"$@\""), "{line}");
        assert!(!renamed.contains("tm.exe"), "{renamed}");
    }
    let run = tokenmint("chat --help").shell("ln -s \"$1\" tm.exe; shift; exec ./tm.exe \"$@\"");
    let root = run.path(".");
    run.in_folder(root)
        .stdout(predicate::str::contains("Usage: tokenmint chat").and(predicate::str::contains("tm.exe").not()))
        .run();
}

#[test]
fn the_flag_that_is_unknown_is_looked_up_in_the_command_that_was_typed() {
    // The value of a global flag is not the command, whatever it reads like.
    tokenmint("-p chat video --room a --state {}").fails(2).says_all(&["tokenmint video --help", "pubsub"]).run();
    tokenmint("--profile=chat video --room a --state {}")
        .fails(2)
        .says_all(&["tokenmint video --help", "pubsub"])
        .run();
    tokenmint("-vp chat profile lst").fails(2).says("list").run();
}
