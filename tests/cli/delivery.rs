//! What may go wrong between a token and the place that it was minted for. What can be known beforehand is refused before
//! the mint; after it, the loss is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, TOKEN, installed, temporary_folder, tokenmint};
use crate::server::{Answer, Server};

/// A run that is refused before anything is sent, with nothing left behind in the folder `d`.
fn refused(server: &Server, write: &str) -> Run {
    let run = tokenmint(CHAT).credentials(server).args(["--write", write]).file("d/kept", "kept\n", 0o644);
    run.hides("os error").hides(".tokenmint-")
}

#[test]
fn a_path_that_does_not_end_in_a_file_name_is_refused_before_the_mint() {
    let server = Server::unused();
    let look = "\"$@\"; code=$?; ls -A . d; exit $code";
    for path in
        ["new/", "./new/", "new/.", "new//", "d/new/", "d/new/.", "d/", "d/.", ".", "..", "/", "d/..", "d/kept/"]
    {
        let run = refused(&server, path).shell(look).says("error");
        run.prints(".:\nd\nhome\nxdg\n\nd:\nkept\n").exits(1).run();
    }
    refused(&server, "new/").says("is not a file name").says("hint").fails(1).run();
    // Names that look odd are names.
    for path in ["d/.new", "d/new.", "d/...", "d/../new"] {
        let server = Server::minting();
        refused(&server, path).shell(&format!("\"$@\" && cat {path}")).prints(format!("{TOKEN}\n")).run();
    }
}

#[test]
fn a_folder_that_is_not_there_is_said_in_plain_words() {
    let server = Server::unused();
    refused(&server, "no/such/folder/token").says("its folder does not exist").fails(1).run();
    refused(&server, &format!("d/{}", "a".repeat(300))).says("name too long").fails(1).run();
    refused(&server, "d/kept/token").says("Not a directory").fails(1).run();
}

/// The program, a folder that every user can enter, and what a run of another user in it gives.
struct Other {
    folder: tempfile::TempDir,
    binary: PathBuf,
}

impl Other {
    /// Only root can become somebody else; `None` where we are not, or lack the program for it.
    fn user() -> Option<Self> {
        if !nix::unistd::geteuid().is_root() || !installed("setpriv") {
            crate::harness::skipped("this needs root and setpriv");
            return None;
        }
        let folder = temporary_folder();
        mode(folder.path(), 0o755);
        let binary = folder.path().join("tokenmint");
        // By another process: a file that a test beside this one holds open for writing while it forks cannot be run.
        let copied = Command::new("cp").arg(assert_cmd::cargo::cargo_bin!("tokenmint")).arg(&binary).status();
        assert!(copied.is_ok_and(|status| status.success()), "a copy of the program");
        mode(&binary, 0o755);
        Some(Other { folder, binary })
    }

    fn mint(&self, server: &Server, place: &Path) -> Output {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&self.binary);
        command.args(CHAT.split(' ')).arg("--write").arg(place).current_dir(self.folder.path());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("SIGNALWIRE_SPACE", server.space()).env("SIGNALWIRE_PROJECT_ID", PROJECT);
        command.env("SIGNALWIRE_API_TOKEN", API_TOKEN).output().expect("a run of another user")
    }
}

fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn the_file_of_another_user_in_a_sticky_folder_is_refused_before_the_mint() {
    let Some(other) = Other::user() else { return };
    let server = Server::unused();
    let sticky = other.folder.path().join("sticky");
    fs::create_dir(&sticky).expect("a folder");
    mode(&sticky, 0o1777);
    fs::write(sticky.join("token"), "root's\n").expect("a file");
    let output = other.mint(&server, &sticky.join("token"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{stderr}");
    assert!(stderr.contains("cannot replace") && !stderr.contains("lost"), "{stderr}");
    assert_eq!(fs::read_to_string(sticky.join("token")).expect("the file"), "root's\n");
    assert_eq!(names(&sticky), ["token"]);
    // A new file there, and somebody else's in a folder of one's own, can be written.
    let server = Server::minting();
    let own = other.folder.path().join("own");
    fs::create_dir(&own).expect("a folder");
    std::os::unix::fs::chown(&own, Some(65_534), Some(65_534)).expect("another owner");
    fs::write(own.join("token"), "root's\n").expect("a file");
    for place in [sticky.join("new"), own.join("token")] {
        let output = other.mint(&server, &place);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(fs::read_to_string(place).expect("the token"), format!("{TOKEN}\n"));
    }
}

/// A file or folder with an attribute of the file system, which goes when this does.
struct Attribute<'a>(&'a Path, &'static str);

impl<'a> Attribute<'a> {
    fn set(path: &'a Path, letter: &'static str) -> Option<Self> {
        let done = installed("chattr")
            && Command::new("chattr")
                .arg(format!("+{letter}"))
                .arg(path)
                .output()
                .is_ok_and(|run| run.status.success());
        if !done {
            crate::harness::skipped(&format!("no chattr +{letter} here"));
        }
        done.then_some(Attribute(path, letter))
    }
}

impl Drop for Attribute<'_> {
    fn drop(&mut self) {
        let _ = Command::new("chattr").arg(format!("-{}", self.1)).arg(self.0).output();
    }
}

#[test]
fn what_is_immutable_or_append_only_is_refused_before_the_mint() {
    let server = Server::unused();
    let folder = temporary_folder();
    let (file, inner) = (folder.path().join("token"), folder.path().join("inner"));
    fs::create_dir(&inner).expect("a folder");
    let refuse = |place: &Path| {
        refused(&server, place.to_str().expect("UTF-8")).says("cannot replace").fails(1).run();
    };
    for letter in ["i", "a"] {
        fs::write(&file, "old\n").expect("a file");
        let Some(_attribute) = Attribute::set(&file, letter) else { return };
        refuse(&file);
        assert_eq!(fs::read_to_string(&file).expect("the file"), "old\n");
    }
    fs::write(inner.join("old"), "old\n").expect("a file");
    let Some(_attribute) = Attribute::set(&inner, "a") else { return };
    refuse(&inner.join("old"));
    refuse(&inner.join("new"));
    assert_eq!(names(&inner), ["old"], "nothing stays behind that could not be removed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_mount_point_is_refused_before_the_mint() {
    let server = Server::unused();
    let mount = "touch outside d/token && mount --bind outside d/token";
    let allowed = Command::new("unshare").args(["-m", "true"]).output().is_ok_and(|run| run.status.success());
    if !allowed {
        crate::harness::skipped("no mounts here");
        return;
    }
    let script = format!("unshare -m sh -c '{mount} || exit 1; \"$@\"' sh \"$@\"; code=$?; ls -A d; exit $code");
    let run = refused(&server, "d/token").shell(&script).says("mount point");
    run.prints("kept\ntoken\n").exits(1).run();
    // What lies in a folder that is mounted is a file like any other.
    let server = Server::minting();
    let mount = "mkdir outside && mount --bind outside d && echo old >d/token";
    let script = format!("unshare -m sh -c '{mount} || exit 1; \"$@\"' sh \"$@\" && cat outside/token");
    refused(&server, "d/token").shell(&script).prints(format!("{TOKEN}\n")).run();
}

#[test]
fn a_token_that_is_minted_and_lost_is_said_to_be() {
    let token = "a".repeat(65_536);
    let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{token}"}}"#))]);
    let lost = |format: &str| {
        let run = tokenmint(CHAT).credentials(&server).args(["-o", format]).hides("os error").hides(".tokenmint-");
        run.says("a token was minted and is lost").says("File too large").hides(&token[..100])
    };
    lost("raw").shell("ulimit -f 1; \"$@\" >file").says("standard output").fails(1).run();
    lost("raw").args(["--write", "token"]).shell("ulimit -f 1; \"$@\"").says("cannot write token").fails(1).run();
    let append = lost("github-env").env("GITHUB_ENV", "env").shell("ulimit -f 1; \"$@\" >/dev/null");
    append.says("cannot append to env").fails(1).run();
    // Nothing was minted here, and nothing is said to be lost.
    let run = tokenmint("chat --ttl 1h -c a=r --dry-run").shell("ulimit -f 0; \"$@\" >file").hides("lost");
    run.says("File too large").fails(1).run();
}

#[test]
fn a_github_file_that_is_a_pipe_or_a_folder_is_refused_at_once() {
    let server = Server::unused();
    for (format, variable) in [("github-env", "GITHUB_ENV"), ("github-output", "GITHUB_OUTPUT")] {
        let run = || tokenmint(CHAT).credentials(&server).args(["-o", format]).env(variable, "place").says(variable);
        run().shell("mkfifo place; exec \"$@\"").says("regular file").fails(3).run();
        run().shell("mkdir place; exec \"$@\"").says("regular file").fails(3).run();
        run().env(variable, "/dev/stdout").shell("\"$@\" | cat; exit 3").says("regular file").fails(3).run();
    }
}

#[test]
fn a_value_may_come_from_a_pipe_and_may_begin_with_a_byte_order_mark() {
    let server = Server::minting();
    let line = "chat --ttl 1h --channels @channels --state @state --body -";
    let run = tokenmint(line).credentials(&server).file("state", "\u{feff}{\"a\":1.0}", 0o600);
    let run = run.shell("mkfifo channels; printf '{\"lobby\":{\"read\":true}}' >channels & exec \"$@\"");
    run.stdin("\u{feff}{\"member_id\":\"m\"}").prints(format!("{TOKEN}\n")).run();
    let body: serde_json::Value = serde_json::from_str(&server.request().text()).expect("JSON");
    assert_eq!(
        body,
        serde_json::json!({"member_id": "m", "ttl": 60, "state": {"a": 1.0}, "channels": {"lobby": {"read": true}}})
    );
    if installed("bash") {
        let server = Server::minting();
        let script = "exec bash -c '\"$@\" --state @<(echo \"{\\\"b\\\":2}\")' bash \"$@\"";
        tokenmint(CHAT).credentials(&server).shell(script).prints(format!("{TOKEN}\n")).run();
        let body: serde_json::Value = serde_json::from_str(&server.request().text()).expect("JSON");
        assert_eq!(body["state"], serde_json::json!({"b": 2}));
    }
}
