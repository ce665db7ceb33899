//! Programs that print a secret: what they get, what of them is taken, and what is never shown or run.

use crate::credentials::{dev, refuse};
use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, TOKEN, tokenmint};
use crate::server::Server;

/// A run whose secret comes from this program.
fn with(server: &Server, argv: &[&str]) -> Run {
    let words: Vec<String> =
        argv.iter().map(|word| format!("\"{}\"", word.replace('\\', r"\\").replace('"', "\\\""))).collect();
    tokenmint(CHAT).config(&dev(server, &format!("api_token_command = [{}]", words.join(", "))))
}

/// The run mints with this API token.
fn mints(run: Run, server: Server, api_token: &str) {
    run.prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{api_token}"));
}

#[test]
fn words_reach_the_program_as_they_are() {
    // No shell looks at them, and nothing in them is replaced.
    for word in [
        "PT$(touch sprung)",
        "PT`touch sprung`;touch sprung|x",
        "PT\"'\\ x*?~",
        "PT$HOME${PATH}%s%n",
        "PT{{x}} {}",
        "PTé😀",
    ] {
        let server = Server::minting();
        let run = with(&server, &["printf", "%s\\n", word]);
        let mark = run.path("sprung");
        mints(run, server, word);
        assert!(!mark.exists(), "{word}");
    }
}

#[test]
fn a_line_may_end_in_every_usual_way() {
    for end in ["", "\\n", "\\r\\n"] {
        let server = Server::minting();
        let run = with(&server, &["printf", &format!("PThelper{end}")]);
        mints(run, server, "PThelper");
    }
    // White space around it is a slip of copying.
    let server = Server::minting();
    let run = with(&server, &["printf", " PThelper\\t\\n"]).says_all(&["warning", "api_token"]);
    mints(run, server, "PThelper");
}

#[test]
fn what_is_not_one_line_of_text_is_refused_and_not_shown() {
    let server = Server::unused();
    for output in [
        "PThidden\\n\\n",
        "\\nPThidden",
        "PThidden\\nPThidden",
        "PThidden\\rPThidden",
        "PThidden\\000",
        "PThidden\\377",
        "\\377\\376P\\000T\\000",
        "PThidden\\033[31m",
        "PThidden\\302\\205PThidden",
        "\\r\\n",
        " \\t ",
    ] {
        refuse(with(&server, &["printf", output]).hides("PThidden"), &["api_token"]);
    }
    let long = "a".repeat(5_000);
    refuse(with(&server, &["printf", &long]).hides(&"a".repeat(64)), &["api_token"]);
    refuse(with(&server, &["sh", "-c", "while :; do printf PThidden; done"]).hides("PThidden"), &["64 KiB"]);
    refuse(with(&server, &["sh", "-c", "while :; do echo PThidden; done"]).hides("PThidden"), &["64 KiB"]);
}

#[test]
fn what_a_program_says_on_stderr_is_not_shown() {
    let server = Server::minting();
    let run =
        with(&server, &["sh", "-c", "echo PThidden >&2; echo PThelper"]).arg("-v").hides("PThidden").hides("PThelper");
    mints(run.says("debug"), server, "PThelper");
    let server = Server::unused();
    refuse(with(&server, &["sh", "-c", "echo PThidden >&2; exit 7"]).arg("-v").hides("PThidden"), &["api_token", "7"]);
    // Its words may hold a secret, however unwise that is.
    refuse(with(&server, &["sh", "-c", "exit 7", "PThidden"]).arg("-v").hides("PThidden"), &["api_token"]);
    refuse(with(&server, &["/no/such/helper", "PThidden"]).arg("-v").hides("PThidden"), &["api_token_command"]);
}

#[test]
fn no_secret_of_ours_is_in_the_environment_or_the_words_of_a_program() {
    let server = Server::minting();
    let names =
        ["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN", "TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET", "TWILIO_AUTH_TOKEN"];
    // It looks for the value, wherever it stands.
    let script = format!("env >seen; if env | grep -q {API_TOKEN}; then exit 9; fi; echo PThelper");
    let run = with(&server, &["sh", "-c", &script]).args(["-p", "dev"]).env("KEPT", "kept");
    let run = names.iter().fold(run, |run, name| run.env(name, API_TOKEN));
    let run = run.shell("\"$@\" >/dev/null || exit; grep -c '^KEPT=kept$' seen; grep -Ec '^(SIGNALWIRE|TWILIO)_.*(TOKEN|SECRET)=' seen; exit 0");
    run.prints("1\n0\n").run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:PThelper"));
}

#[test]
fn a_bare_name_is_never_found_in_the_working_directory() {
    let trap = "#!/bin/sh\ntouch sprung\necho PTtrap\n";
    for path in [
        ":/usr/bin:/bin",
        "/usr/bin:/bin:",
        "/usr/bin::/bin",
        ".:/usr/bin",
        "./bin:bin:/usr/bin:/bin",
        "..:/usr/bin",
        "",
    ] {
        let server = Server::unused();
        let run = with(&server, &["trap"]).env("PATH", path);
        let run = run.file("trap", trap, 0o755).file("bin/trap", trap, 0o755);
        let (mark, folder) = (run.path("sprung"), run.path("."));
        refuse(run.in_folder(folder), &["api_token_command", "PATH"]);
        assert!(!mark.exists(), "PATH={path}");
    }
    // Neither is a path that depends on where somebody stands.
    for name in ["./trap", "bin/trap", "../trap", "./bin/../trap"] {
        let server = Server::unused();
        let run = with(&server, &[name]).file("trap", trap, 0o755).file("bin/trap", trap, 0o755);
        let (mark, folder) = (run.path("sprung"), run.path("."));
        refuse(run.in_folder(folder), &["absolute"]);
        assert!(!mark.exists(), "{name}");
    }
}

#[test]
fn a_program_that_cannot_be_run_is_named_by_its_key() {
    let server = Server::unused();
    let run = tokenmint(CHAT).file("plain", "#!/bin/sh\necho PThidden\n", 0o644);
    let plain = run.path("plain");
    let line = format!("api_token_command = ['{}']", plain.display());
    refuse(run.config(&dev(&server, &line)).hides("plain"), &["api_token_command", "permission denied"]);
    // A secret under the wrong key.
    refuse(with(&server, &["PThidden"]).hides("PThidden"), &["api_token_command", "not found"]);
    let run = tokenmint(CHAT).config(&dev(&server, "api_token_file = 'PThidden'")).hides("PThidden");
    refuse(run, &["api_token_file", "cannot read the file"]);
    refuse(with(&server, &["/"]), &["api_token"]);
    refuse(with(&server, &["/dev/null"]), &["api_token"]);
}

#[test]
fn we_know_ourselves_behind_a_helper_however_deep() {
    let server = Server::unused();
    let ourselves = assert_cmd::cargo::cargo_bin!("tokenmint").display().to_string();
    let script = "exec >/dev/null; sh -c '\"$0\" chat --ttl 1h -c a=r -p dev; echo $? >status' \"$0\"; exit 1";
    let run = with(&server, &["sh", "-c", script, &ourselves]);
    let look = "\"$@\"; code=$?; cat status; exit $code";
    run.shell(look).says("api_token").prints("3\n").exits(3).run();
}

#[test]
fn a_program_for_twilio_is_run_in_the_same_way() {
    let config = |script: &str| {
        format!(
            "default_profile = \"dev\"\n[profiles.dev.twilio]\naccount_sid = \"AC0123456789abcdef0123456789abcdef\"\n\
             api_key_sid = \"SK0123456789abcdef0123456789abcdef\"\napi_key_secret_command = ['sh', '-c', '{script}']\n"
        )
    };
    let line = "twilio --identity a --video";
    tokenmint(line)
        .config(&config("echo PThelper"))
        .hides("PThelper")
        .stdout(predicates::str::starts_with("eyJ"))
        .run();
    refuse(tokenmint(line).config(&config("echo PThidden; exit 1")).hides("PThidden"), &["api_key_secret"]);
    refuse(tokenmint(line).config(&config("echo PThidden; echo")).hides("PThidden"), &["api_key_secret"]);
}
