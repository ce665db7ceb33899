//! `-o dotenv --write FILE` sets variables in a file that holds others.

use std::fs;
use std::path::Path;

use crate::harness::{CHAT, GUEST, GUEST_COMMAND, REFRESH, Run, TOKEN, temporary_folder, tokenmint, write};
use crate::server::{Answer, Server};

/// A mint into this file.
fn into(place: &Path, line: &str, server: &Server) -> Run {
    tokenmint(line).args(["-o", "dotenv", "--write"]).arg(place).credentials(server)
}

fn text(place: &Path) -> String {
    fs::read_to_string(place).expect("the file")
}

#[cfg(unix)]
fn has_mode(place: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(place).expect("a file").permissions().mode() & 0o7777, mode, "{}", place.display());
}

#[cfg(not(unix))]
fn has_mode(_: &Path, _: u32) {}

#[test]
fn the_variable_is_set_in_its_place_and_all_else_stays() {
    let folder = temporary_folder();
    let place = folder.path().join(".env");
    let server = Server::minting();
    let line = format!("SIGNALWIRE_CHAT_TOKEN={TOKEN}");
    for (before, after) in [
        ("FOO=1\n", format!("FOO=1\n{line}\n")),
        ("FOO=1", format!("FOO=1\n{line}\n")),
        ("", format!("{line}\n")),
        (
            "# keys\nFOO=1\n\nexport SIGNALWIRE_CHAT_TOKEN='old'  # lobby\nBAR=\"a\nb\"\n",
            format!("# keys\nFOO=1\n\nexport {line}  # lobby\nBAR=\"a\nb\"\n"),
        ),
        ("A=1\r\nSIGNALWIRE_CHAT_TOKEN=old\r\nB=2\r\n", format!("A=1\r\n{line}\r\nB=2\r\n")),
        ("MY_SIGNALWIRE_CHAT_TOKEN=1\n#SIGNALWIRE_CHAT_TOKEN=2\n", {
            format!("MY_SIGNALWIRE_CHAT_TOKEN=1\n#SIGNALWIRE_CHAT_TOKEN=2\n{line}\n")
        }),
    ] {
        for mode in [0o640, 0o644, 0o600] {
            write(&place, before, mode);
            into(&place, CHAT, &server).run();
            assert_eq!(text(&place), after);
            has_mode(&place, mode);
            // What is set already is set once more, and nothing else happens.
            into(&place, CHAT, &server).run();
            assert_eq!(text(&place), after);
        }
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no other file stays");
}

#[test]
fn a_new_file_is_for_its_owner_alone() {
    let folder = temporary_folder();
    let server = Server::minting();
    tokenmint(CHAT).args("-o dotenv -w .env".split(' ')).in_folder(folder.path()).credentials(&server).run();
    let place = folder.path().join(".env");
    assert_eq!(text(&place), format!("SIGNALWIRE_CHAT_TOKEN={TOKEN}\n"));
    has_mode(&place, 0o600);
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no other file stays");
}

#[test]
fn a_refresh_token_is_set_next_to_its_token() {
    let folder = temporary_folder();
    let place = folder.path().join(".env");
    let server = Server::minting();
    write(&place, "MINE_REFRESH_TOKEN=old\nFOO=1\n", 0o600);
    into(&place, GUEST_COMMAND, &server).args(["--name", "MINE_TOKEN"]).run();
    assert_eq!(text(&place), format!("MINE_REFRESH_TOKEN={REFRESH}\nFOO=1\nMINE_TOKEN={GUEST}\n"));
    // A chat token has none, and leaves the one that is there.
    into(&place, CHAT, &server).args(["--name", "MINE_TOKEN"]).run();
    assert_eq!(text(&place), format!("MINE_REFRESH_TOKEN={REFRESH}\nFOO=1\nMINE_TOKEN={TOKEN}\n"));
}

#[test]
fn other_formats_replace_the_file() {
    let folder = temporary_folder();
    let place = folder.path().join("token");
    let server = Server::minting();
    for (format, expected) in
        [("raw", format!("{TOKEN}\n")), ("export", format!("export SIGNALWIRE_CHAT_TOKEN='{TOKEN}'\n"))]
    {
        write(&place, "FOO=1\n", 0o644);
        tokenmint(CHAT).args(["-o", format, "-w"]).arg(&place).credentials(&server).run();
        assert_eq!(text(&place), expected);
        has_mode(&place, 0o600);
    }
}

#[test]
fn what_is_not_a_dotenv_file_is_refused_before_the_mint() {
    let folder = temporary_folder();
    let server = Server::unused();
    let refused = |name: &str, what: &str| {
        into(&folder.path().join(name), CHAT, &server).says_all(&[name, what]).fails(1).run();
    };
    let large = "A=1\n".repeat(256 * 1024);
    write(&folder.path().join("large"), &(large.clone() + "\n"), 0o600);
    refused("large", "larger than 1 MiB");
    // "A=1" in UTF-16, as Windows PowerShell saves it.
    fs::write(folder.path().join("wide"), b"\xff\xfeA\x00=\x001\x00").expect("a file");
    refused("wide", "UTF-8");
    fs::create_dir(folder.path().join("folder")).expect("a folder");
    refused("folder", "not a regular file");
    #[cfg(unix)]
    {
        write(&folder.path().join("target"), "FOO=1\n", 0o600);
        std::os::unix::fs::symlink("target", folder.path().join("link")).expect("a link");
        refused("link", "symbolic link");
        assert_eq!(text(&folder.path().join("target")), "FOO=1\n");
        nix::unistd::mkfifo(&folder.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        refused("pipe", "not a regular file");
    }
    // The limit itself is allowed.
    let server = Server::minting();
    let place = folder.path().join("large");
    write(&place, &large, 0o600);
    into(&place, CHAT, &server).run();
    assert_eq!(text(&place), format!("{large}SIGNALWIRE_CHAT_TOKEN={TOKEN}\n"));
}

#[test]
fn a_mint_that_fails_leaves_the_file_as_it_is() {
    let folder = temporary_folder();
    let place = folder.path().join(".env");
    write(&place, "SIGNALWIRE_CHAT_TOKEN=old\nFOO=1\n", 0o644);
    for (answer, code) in [(Answer::json(401, "{}"), 4), (Answer::json(500, "{}"), 6), (Answer::Close, 6)] {
        let server = Server::answering([answer]);
        into(&place, CHAT, &server).fails(code).run();
        into(&folder.path().join("new"), CHAT, &server).fails(code).run();
    }
    assert_eq!(text(&place), "SIGNALWIRE_CHAT_TOKEN=old\nFOO=1\n");
    has_mode(&place, 0o644);
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no other file stays");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_stays_as_it_is() {
    let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{}"}}"#, "a".repeat(65_536)))]);
    let run = tokenmint(CHAT).args("-o dotenv -w .env".split(' ')).credentials(&server).file(".env", "FOO=1\n", 0o644);
    let script = "(ulimit -f 1; \"$@\"); code=$?; cat .env; ls -A | grep -c tokenmint-; exit $code";
    run.shell(script).prints("FOO=1\n0\n").says("a token was minted and is lost").says("File too large").exits(1).run();
}

/// The file is new in the first round, and there already in the second.
#[test]
fn runs_side_by_side_lose_no_variable_of_each_other() {
    let folder = temporary_folder();
    let place = folder.path().join(".env");
    let server = Server::minting();
    for before in [None, Some("FOO=1\n")] {
        if let Some(before) = before {
            write(&place, before, 0o644);
        }
        std::thread::scope(|scope| {
            for number in 0..12 {
                let (place, server) = (&place, &server);
                scope.spawn(move || into(place, CHAT, server).args(["--name", &format!("TOKEN_{number}")]).run());
            }
        });
        let text = text(&place);
        let mut lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 12 + usize::from(before.is_some()), "{text}");
        assert_eq!(before.is_some(), lines.contains(&"FOO=1"));
        lines.sort_unstable();
        lines.dedup();
        assert!((0..12).all(|number| lines.contains(&format!("TOKEN_{number}={TOKEN}").as_str())), "{text}");
        fs::remove_file(&place).expect("a file to remove");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0, "no other file stays");
}

/// Only root may give a file to another user, and so needs to give it back.
#[cfg(unix)]
#[test]
fn the_file_stays_with_its_owner() {
    use std::os::unix::fs::{MetadataExt as _, chown};

    if !nix::unistd::geteuid().is_root() {
        crate::harness::skipped("it takes root");
        return;
    }
    let folder = temporary_folder();
    let place = folder.path().join(".env");
    let server = Server::minting();
    write(&place, "FOO=1\n", 0o640);
    chown(&place, Some(4321), Some(1234)).expect("another owner");
    into(&place, CHAT, &server).run();
    let metadata = fs::metadata(&place).expect("the file");
    assert_eq!((metadata.uid(), metadata.gid()), (4321, 1234));
    has_mode(&place, 0o640);
}
