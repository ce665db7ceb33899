//! What only Windows has: programs with endings, names that no file may have, variables without case, files in use.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use predicates::str::{contains, starts_with};

use crate::harness::{API_TOKEN, CHAT, GUEST, PROJECT, REFRESH, REFRESHED, Run, TOKEN, tokenmint};
use crate::server::Server;

/// The run with a folder `bin` before all others in which programs are looked up.
fn with_bin(run: Run, variable: &str) -> Run {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(run.path("bin")).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).expect("folders");
    run.unset("PATH").env(variable, path)
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// As npm is: a script for another shell, and the one for Windows next to it.
#[test]
fn a_command_is_found_by_the_endings_of_pathext() {
    for variable in ["PATH", "Path"] {
        let server = Server::minting();
        let run = with_bin(tokenmint(CHAT).args(["--", "tool", "a b"]), variable).credentials(&server);
        let run = run.file("bin/tool", "#!/bin/sh\nexit 1\n", 0o700);
        let run = run.file("bin/tool.cmd", "@echo %~1:%SIGNALWIRE_CHAT_TOKEN%\r\n@exit /b 7\r\n", 0o700);
        run.prints(format!("a b:{TOKEN}\r\n")).exits(7).run();
        server.calls(1);
    }
}

#[test]
fn a_command_that_is_not_there_mints_nothing() {
    let server = Server::unused();
    let missing = with_bin(tokenmint(CHAT).args(["--", "no-such-tool"]), "PATH").credentials(&server);
    missing.says("command not found: no-such-tool").fails(127).run();
    let script = with_bin(tokenmint(CHAT).args(["--", "tool"]), "PATH").credentials(&server);
    script.file("bin/tool", "#!/bin/sh\n", 0o700).says("command not found: tool").fails(127).run();
}

#[test]
fn a_helper_is_found_by_the_endings_of_pathext() {
    let server = Server::minting();
    let config = format!(
        "[profiles.dev.signalwire]\nspace = '{}'\nproject_id = '{PROJECT}'\napi_token_command = ['vault', 'read']\n",
        server.space()
    );
    let run = with_bin(tokenmint(CHAT).args(["-p", "dev"]), "Path").config(&config);
    run.file("bin/vault.cmd", &format!("@echo {API_TOKEN}\r\n"), 0o700).prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
}

#[test]
fn variables_have_no_case() {
    let server = Server::minting();
    let run = tokenmint(CHAT).env("Signalwire_Space", server.space()).env("signalwire_project_id", PROJECT);
    run.env("SIGNALWIRE_API_TOKEN", API_TOKEN).prints(format!("{TOKEN}\n")).run();
    server.calls(1);
}

#[test]
fn a_name_that_no_file_can_have_is_refused_before_anything_is_sent() {
    let server = Server::unused();
    for name in ["a?b", "to|ken", "NUL", "con.txt", "token.", "token "] {
        let run = tokenmint(CHAT).args(["--write", name]).credentials(&server);
        run.says_one_of(&["cannot write", "not a regular file"]).fails(1).run();
    }
}

/// Another program has the file open for a moment, as virus scanners do.
#[test]
fn a_file_in_use_is_replaced_once_it_is_free() {
    let server = Server::minting();
    let mut run = tokenmint(CHAT).args(["--write", "token"]).file("token", "old", 0o600).credentials(&server);
    let held = fs::File::open(run.path("token")).expect("the file");
    let free = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        drop(held);
    });
    let output = run.output();
    free.join().expect("the other program");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::read_to_string(run.path("token")).expect("the file"), format!("{TOKEN}\n"));
}

#[test]
fn a_profile_is_added_edited_and_removed() {
    let server = Server::minting();
    let mut run = tokenmint(&format!("profile add dev --space {} --project-id {PROJECT}", server.space()));
    run = run.stdin(format!("{API_TOKEN}\r\n"));
    let output = run.output();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let folder = run.path("xdg/tokenmint");
    assert_eq!(names(&folder), ["config.toml", "dev.signalwire.secret"]);

    let again = |line: &str| tokenmint(line).env("XDG_CONFIG_HOME", run.path("xdg"));
    again(CHAT).prints(format!("{TOKEN}\n")).run();
    let edit = again("profile edit").file("my editor.cmd", "@echo # mine>>%1\r\n", 0o700);
    let editor = format!("\"{}\"", edit.path("my editor.cmd").display());
    edit.env("EDITOR", editor).stdout(contains("config.toml")).run();
    assert!(fs::read_to_string(folder.join("config.toml")).expect("the file").ends_with("# mine\r\n"));
    again("profile remove dev --yes").stdout(starts_with("")).output();
    assert_eq!(names(&folder), ["config.toml"]);
    assert!(!fs::read_to_string(folder.join("config.toml")).expect("the file").contains("dev"));
}

#[test]
fn a_pair_is_replaced_where_it_is() {
    let server = Server::minting();
    let pair = format!("{{\"token\":\"{GUEST}\",\"refresh_token\":\"{REFRESH}\"}}\n");
    let run = tokenmint("refresh @pair -o json --write pair").file("pair", &pair, 0o600).credentials(&server);
    let (_, text) = run.run_and_read("pair");
    let pair: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(pair["refresh_token"], REFRESHED);
}
