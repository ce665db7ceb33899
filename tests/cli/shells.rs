//! The forms that the README teaches for putting a token into a variable stop a script when the mint fails, in real
//! shells.

use std::process::{Command, Output};

use crate::harness::{API_TOKEN, PROJECT, TOKEN, installed, temporary_folder};
use crate::server::Server;

/// What a script says once it has evaluated what was printed.
const AFTER: &str = "echo \"got $SIGNALWIRE_CHAT_TOKEN\"";

/// The form for scripts of POSIX shells, as the README has it.
const POSIX: &str = "vars=$(tokenmint chat --ttl LIFE -c lobby=rw -o export) || exit\neval \"$vars\"";
/// The same in fish.
const FISH: &str = "set -l vars (tokenmint chat --ttl LIFE -c lobby=rw -o export --shell fish); or exit\n\
                    printf '%s\\n' $vars | source";

/// The shells, each with the words before a script and the form.
const SHELLS: [(&str, &[&str], &str); 7] = [
    ("sh", &["-c"], POSIX),
    ("sh", &["-ec"], POSIX),
    ("bash", &["-c"], POSIX),
    ("bash", &["-ec"], POSIX),
    ("dash", &["-ec"], POSIX),
    ("zsh", &["-ec"], POSIX),
    ("fish", &["--no-config", "-c"], FISH),
];

fn script(shell: &str, words: &[&str], text: &str, server: &Server) -> Output {
    let folder = temporary_folder();
    let program = assert_cmd::cargo::cargo_bin!("tokenmint");
    std::os::unix::fs::symlink(program, folder.path().join("tokenmint")).expect("a link");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(shell);
    command.args(words).arg(text).env_clear().env("HOME", folder.path()).env("PATH", path);
    command.env("SIGNALWIRE_SPACE", server.space()).env("SIGNALWIRE_PROJECT_ID", PROJECT);
    command.env("SIGNALWIRE_API_TOKEN", API_TOKEN).output().expect("the shell starts")
}

#[test]
fn the_readme_teaches_the_forms_that_are_tested() {
    let readme = include_str!("../../README.md");
    for form in [POSIX, FISH] {
        let form = form.replace("LIFE", "1h");
        assert!(readme.contains(&form), "{form}");
    }
    let trap = "eval \"$(tokenmint";
    assert!(!readme.replace("eval \"$(tokenmint …", "").contains(trap), "a form that hides failures");
}

#[test]
fn a_failed_mint_stops_a_script() {
    let server = Server::unused();
    for (shell, words, form) in SHELLS {
        if installed(shell) {
            // A bare number is refused before anything is sent.
            let output = script(shell, words, &format!("{}\n{AFTER}", form.replace("LIFE", "60")), &server);
            assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &[][..]), "{shell}: {output:?}");
        }
    }
}

#[test]
fn a_script_goes_on_with_the_token() {
    for (shell, words, form) in SHELLS {
        if installed(shell) {
            let server = Server::minting();
            let output = script(shell, words, &format!("{}\n{AFTER}", form.replace("LIFE", "1h")), &server);
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(
                (output.status.code(), said.as_ref()),
                (Some(0), format!("got {TOKEN}\n").as_str()),
                "{shell}: {output:?}"
            );
        }
    }
}
