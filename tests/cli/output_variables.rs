//! Formats that name variables: lines for shells, for dotenv files and for GitHub workflows, and the environment of a
//! command. Real shells judge the lines where they are installed.

use std::fs;

use crate::harness::{CHAT, GUEST, GUEST_COMMAND, PUBSUB, REFRESH, Run, TOKEN, VIDEO, temporary_folder, tokenmint};
use crate::server::{Answer, Server};

/// The run mints and prints exactly this.
fn prints(run: Run, text: &str) {
    let server = Server::minting();
    run.arg("-q").credentials(&server).prints(text).run();
}

#[test]
fn export_prints_a_line_that_the_shell_runs() {
    for shell in ["sh", "bash", "zsh", "dash", "ksh"] {
        prints(
            tokenmint(CHAT).args(["-o", "export", "--shell", shell]),
            &format!("export SIGNALWIRE_CHAT_TOKEN='{TOKEN}'\n"),
        );
    }
    prints(tokenmint(CHAT).args(["-o", "export"]), &format!("export SIGNALWIRE_CHAT_TOKEN='{TOKEN}'\n"));
    prints(tokenmint(PUBSUB).args(["-o", "export"]), &format!("export SIGNALWIRE_PUBSUB_TOKEN='{TOKEN}'\n"));
    prints(tokenmint(VIDEO).args(["-o", "export"]), &format!("export SIGNALWIRE_VIDEO_TOKEN='{TOKEN}'\n"));
    prints(
        tokenmint(CHAT).args(["-o", "export", "--shell", "fish"]),
        &format!("set -gx SIGNALWIRE_CHAT_TOKEN '{TOKEN}'\n"),
    );
    for shell in ["powershell", "pwsh"] {
        prints(
            tokenmint(CHAT).args(["-o", "export", "--shell", shell]),
            &format!("$env:SIGNALWIRE_CHAT_TOKEN = '{TOKEN}'\n"),
        );
    }
    prints(
        tokenmint(CHAT).args(["-o", "export", "--shell", "nu"]),
        &format!("$env.SIGNALWIRE_CHAT_TOKEN = '{TOKEN}'\n"),
    );
}

#[test]
fn a_guest_has_a_second_line_for_the_refresh_token() {
    let lines = |one: &str, two: &str| {
        format!("{}\n{}\n", one.replace("TOKEN_HERE", GUEST), two.replace("TOKEN_HERE", REFRESH))
    };
    prints(
        tokenmint(GUEST_COMMAND).args(["-o", "export"]),
        &lines("export SIGNALWIRE_GUEST_TOKEN='TOKEN_HERE'", "export SIGNALWIRE_GUEST_REFRESH_TOKEN='TOKEN_HERE'"),
    );
    prints(
        tokenmint(GUEST_COMMAND).args(["-o", "export", "--shell", "fish"]),
        &lines("set -gx SIGNALWIRE_GUEST_TOKEN 'TOKEN_HERE'", "set -gx SIGNALWIRE_GUEST_REFRESH_TOKEN 'TOKEN_HERE'"),
    );
    prints(
        tokenmint(GUEST_COMMAND).args(["-o", "dotenv"]),
        &lines("SIGNALWIRE_GUEST_TOKEN=TOKEN_HERE", "SIGNALWIRE_GUEST_REFRESH_TOKEN=TOKEN_HERE"),
    );
    // `_TOKEN` at the end becomes `_REFRESH_TOKEN`; any other name gets it appended.
    for (name, refresh) in [
        ("MY_TOKEN", "MY_REFRESH_TOKEN"),
        ("guest", "guest_REFRESH_TOKEN"),
        ("MY_TOKEN_2", "MY_TOKEN_2_REFRESH_TOKEN"),
        ("_x", "_x_REFRESH_TOKEN"),
    ] {
        prints(
            tokenmint(GUEST_COMMAND).args(["-o", "dotenv", "--name", name]),
            &lines(&format!("{name}=TOKEN_HERE"), &format!("{refresh}=TOKEN_HERE")),
        );
    }
}

#[test]
fn a_guest_without_a_refresh_token_has_one_line() {
    let server = Server::answering([Answer::json(201, format!(r#"{{"token":"{GUEST}"}}"#))]);
    tokenmint(GUEST_COMMAND)
        .args(["-q", "-o", "dotenv"])
        .credentials(&server)
        .prints(format!("SIGNALWIRE_GUEST_TOKEN={GUEST}\n"))
        .run();
}

#[test]
fn a_name_of_ones_own_takes_the_place_of_the_usual_one() {
    prints(tokenmint(CHAT).args(["-o", "export", "--name", "CHAT"]), &format!("export CHAT='{TOKEN}'\n"));
    prints(tokenmint(CHAT).args(["-o", "dotenv", "--name", "_a1"]), &format!("_a1={TOKEN}\n"));
    prints(tokenmint(CHAT).args(["-o", "dotenv"]), &format!("SIGNALWIRE_CHAT_TOKEN={TOKEN}\n"));
}

#[test]
fn a_name_that_a_shell_or_loader_acts_on_is_refused() {
    let server = Server::unused();
    let wrong = ["1A", "A-B", "A B", "A;id", "", "É", "A=B", "A\nB", "$A", "A.B"];
    let acted_on = [
        "PATH",
        "HOME",
        "SHELL",
        "IFS",
        "ENV",
        "BASH_ENV",
        "SHELLOPTS",
        "BASHOPTS",
        "PROMPT_COMMAND",
        "PS1",
        "PS2",
        "PS3",
        "PS4",
        "NODE_OPTIONS",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PERL5LIB",
        "PERL5OPT",
        "RUBYOPT",
        "RUBYLIB",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "DYLD_INSERT_LIBRARIES",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "https_proxy",
        "All_Proxy",
        "NO_PROXY",
    ];
    for name in wrong.iter().chain(&acted_on) {
        tokenmint(CHAT)
            .args(["-o", "export"])
            .arg(format!("--name={name}"))
            .credentials(&server)
            .says("--name")
            .fails(2)
            .run();
    }
}

#[test]
fn github_formats_register_the_mask_before_they_write() {
    for (format, variable) in [("github-env", "GITHUB_ENV"), ("github-output", "GITHUB_OUTPUT")] {
        for (before, mended) in [("", ""), ("OTHER=1\n", "OTHER=1\n"), ("OTHER=1", "OTHER=1\n")] {
            let run = tokenmint(CHAT).args(["-o", format]).file("github", before, 0o644);
            let place = run.path("github");
            let server = Server::minting();
            let keep = run.env(variable, &place).credentials(&server).prints(format!("::add-mask::{TOKEN}\n"));
            let text = read_after(keep, &place);
            assert_eq!(text, format!("{mended}SIGNALWIRE_CHAT_TOKEN={TOKEN}\n"), "{format} after {before:?}");
        }
        let run = tokenmint(GUEST_COMMAND).args(["-o", format, "--name", "G"]).file("github", "", 0o644);
        let place = run.path("github");
        let server = Server::minting();
        let keep = run
            .env(variable, &place)
            .credentials(&server)
            .prints(format!("::add-mask::{GUEST}\n::add-mask::{REFRESH}\n"));
        assert_eq!(read_after(keep, &place), format!("G={GUEST}\nG_REFRESH_TOKEN={REFRESH}\n"));
    }
}

/// The file as the run leaves it; the run's folder goes with the run, so a second link keeps the file.
fn read_after(run: Run, place: &std::path::Path) -> String {
    let folder = temporary_folder();
    let kept = folder.path().join("kept");
    fs::hard_link(place, &kept).expect("a second link");
    run.run();
    fs::read_to_string(kept).expect("the file")
}

#[test]
fn github_formats_need_their_variable() {
    let server = Server::unused();
    for (format, variable) in [("github-env", "GITHUB_ENV"), ("github-output", "GITHUB_OUTPUT")] {
        tokenmint(CHAT).args(["-o", format]).credentials(&server).says(variable).fails(3).run();
        tokenmint(CHAT).args(["-o", format]).env(variable, "").credentials(&server).says(variable).fails(3).run();
        tokenmint(CHAT)
            .args(["-o", format, "--write", "x"])
            .env(variable, "y")
            .credentials(&server)
            .says("--write")
            .fails(2)
            .run();
    }
}

#[cfg(unix)]
#[test]
fn a_command_gets_the_token_in_its_environment_and_nothing_is_printed() {
    let server = Server::minting();
    let run = |line: &str, script: &str| tokenmint(line).args(["-q", "--", "sh", "-c", script]).credentials(&server);
    run(CHAT, "printf %s \"$SIGNALWIRE_CHAT_TOKEN\"").prints(TOKEN).run();
    run(CHAT, ":").run();
    let words = tokenmint(CHAT).args(["--", "sh", "-c", "echo \"$*\"", "sh", "-o", "json", "--ttl", "60"]);
    words.credentials(&server).prints("-o json --ttl 60\n").run();
    run(GUEST_COMMAND, "printf '%s %s' \"$SIGNALWIRE_GUEST_TOKEN\" \"$SIGNALWIRE_GUEST_REFRESH_TOKEN\"")
        .prints(format!("{GUEST} {REFRESH}"))
        .run();
    run(&format!("{CHAT} --name T"), "printf %s \"$T\"").prints(TOKEN).run();
    run(CHAT, "cat").stdin("typed").prints("typed").run();
    run(CHAT, "echo out; echo err >&2; exit 7").prints("out\n").stderr(predicates::ord::eq("err\n")).exits(7).run();
}

#[cfg(unix)]
#[test]
fn the_status_of_a_command_is_ours() {
    let server = Server::minting();
    let run = |command: &[&str]| tokenmint(CHAT).arg("--").args(command).credentials(&server).hides(TOKEN);
    for (script, code) in [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 255", 255),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
        ("kill -INT $$", 130),
    ] {
        run(&["sh", "-c", script]).exits(code).run();
    }
    run(&["/no/such/program"]).says("/no/such/program").fails(127).run();
    run(&["no-such-program-anywhere"]).says("no-such-program-anywhere").fails(127).run();
    let plain = run(&["./plain"]).file("plain", "#!/bin/sh\n", 0o644);
    plain.says("plain").fails(126).run();
    run(&["/"]).fails(126).run();
}

#[cfg(unix)]
#[test]
fn a_command_does_not_run_without_a_token() {
    let server = Server::answering([Answer::json(401, "{}")]);
    tokenmint(CHAT).args(["--", "sh", "-c", "echo ran"]).credentials(&server).hides("ran\n").fails(4).run();
    tokenmint(CHAT).args(["--batch", "-", "--", "true"]).credentials(&server).fails(2).run();
}

/// A shell, the form of its lines, and how it gives the variable back.
#[cfg(unix)]
const SHELLS: [(&str, &str); 5] = [("sh", "sh"), ("bash", "bash"), ("dash", "dash"), ("zsh", "zsh"), ("fish", "fish")];

#[cfg(unix)]
#[test]
fn real_shells_read_back_what_was_minted() {
    use crate::harness::installed;
    // Every character that a token can have.
    let token = "-AZaz09._~+/=-";
    for (program, shell) in SHELLS {
        if !installed(program) {
            continue;
        }
        let body = serde_json::json!({"token": token, "refresh_token": REFRESH}).to_string();
        let server = Server::answering([Answer::json(201, body)]);
        let run = tokenmint(GUEST_COMMAND).args(["-o", "export", "--shell", shell]).credentials(&server);
        let lines = run.stdout(predicates::str::ends_with("\n")).run().stdout;
        let script = format!(
            "{lines}\nsh -c 'printf \"%s %s\" \"$SIGNALWIRE_GUEST_TOKEN\" \"$SIGNALWIRE_GUEST_REFRESH_TOKEN\"'"
        );
        let home = temporary_folder();
        let output = std::process::Command::new(program)
            .args(["-c", &script])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .output()
            .expect("the shell starts");
        assert!(output.status.success() && output.stderr.is_empty(), "{program}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{token} {REFRESH}"), "{program}");
    }
}

#[cfg(unix)]
#[test]
fn a_failure_leaves_nothing_that_a_shell_would_take_for_a_token() {
    let server = Server::answering([Answer::json(500, r#"{"error":"x"}"#)]);
    let run = |script: &str| tokenmint(CHAT).args(["-o", "export"]).credentials(&server).shell(script);
    run("X=$(\"$@\"); echo \"$? [$X]\"").prints("6 []\n").says("error").run();
    run("eval \"$(\"$@\")\"; echo \"[$SIGNALWIRE_CHAT_TOKEN]\"").prints("[]\n").says("error").run();
    run("\"$@\" >file; wc -c <file | tr -d ' '").prints("0\n").says("error").run();
}
