//! Completions and man pages in the repository are those that the program prints, no file more, no file less. With
//! `TOKENMINT_BLESS=1` in the environment the test writes them anew instead.

use std::path::{Path, PathBuf};

use crate::harness::tokenmint;
#[cfg(unix)]
use crate::harness::{installed, temporary_folder};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &Path) -> std::collections::BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("text"))
        })
        .collect()
}

// What is not built in cannot be in the files: they are those of the program with all its features.
#[cfg(feature = "emulator")]
mod fresh {
    use std::collections::BTreeMap;
    use std::fs;

    use predicates::str::contains;

    use super::{files, folder, tokenmint};

    const SHELLS: [(&str, &str); 6] = [
        ("bash", "tokenmint.bash"),
        ("zsh", "_tokenmint"),
        ("fish", "tokenmint.fish"),
        ("powershell", "_tokenmint.ps1"),
        ("elvish", "tokenmint.elv"),
        ("nushell", "tokenmint.nu"),
    ];

    /// Compares a folder with what it should hold, or writes it.
    fn hold_fresh(name: &str, expected: &BTreeMap<String, String>) {
        let folder = folder(name);
        if std::env::var_os("TOKENMINT_BLESS").is_some() {
            for stale in files(&folder).into_keys().filter(|name| !expected.contains_key(name)) {
                fs::remove_file(folder.join(stale)).expect("a stale file");
            }
            for (name, text) in expected {
                fs::write(folder.join(name), text).expect("a file");
            }
            return;
        }
        let held = files(&folder);
        let again = "run TOKENMINT_BLESS=1 cargo test --test cli generated";
        assert_eq!(
            held.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "the files of {name}/ are not those that the program writes; {again}"
        );
        let stale: Vec<&String> = held.keys().filter(|file| held[*file] != expected[*file]).collect();
        assert!(stale.is_empty(), "stale in {name}/: {stale:?}; {again}");
    }

    #[test]
    fn completions_are_those_that_the_program_prints() {
        let expected = SHELLS.map(|(shell, file)| {
            let script = tokenmint(&format!("completions {shell}")).stdout(contains("tokenmint")).run().stdout;
            (file.to_owned(), script)
        });
        hold_fresh("completions", &expected.into());
    }

    #[test]
    fn man_pages_are_those_that_the_program_writes() {
        let run = tokenmint("man --dir pages");
        let pages = run.path("pages");
        let mut run = run;
        let status = run.command().status().expect("the program starts");
        assert!(status.success());
        let expected = files(&pages);
        let command = |name: &str| format!("tokenmint{name}.1");
        let kinds = tokenmint::testing::providers::kinds().map(|kind| format!("-{}", kind.name));
        for name in kinds.chain(["", "-inspect", "-profile", "-profile-check"].map(str::to_owned)) {
            assert!(expected.contains_key(&command(&name)), "{name} in {:?}", expected.keys());
        }
        let first = tokenmint("man").stdout(contains(".TH")).run().stdout;
        assert_eq!(first, expected["tokenmint.1"]);
        hold_fresh("man", &expected);
    }
}

#[test]
fn an_unknown_shell_is_refused_with_those_there_are() {
    tokenmint("completions").fails(2).says("missing SHELL").run();
    tokenmint("completions tcsh").fails(2).says_all(&["bash", "zsh", "fish", "powershell", "elvish", "nushell"]).run();
}

#[cfg(unix)]
#[test]
fn shells_accept_the_completions() {
    for (shell, flag, file) in
        [("bash", "-n", "tokenmint.bash"), ("zsh", "-n", "_tokenmint"), ("fish", "--no-execute", "tokenmint.fish")]
    {
        if installed(shell) {
            let home = temporary_folder();
            let mut command = std::process::Command::new(shell);
            command.arg(flag).arg(folder("completions").join(file));
            // A locale or a start-up file of this machine is not what is tested.
            command.env_clear().env("HOME", home.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
            let checked = command.output().expect("the shell starts");
            assert!(checked.status.success() && checked.stderr.is_empty(), "{shell}: {checked:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn man_pages_render_without_warnings() {
    if !installed("man") {
        return;
    }
    for (name, _) in files(&folder("man")) {
        let page = folder("man").join(&name);
        for locale in ["C", "C.UTF-8"] {
            let mut man = std::process::Command::new("man");
            man.env("LC_ALL", locale).env("MANROFFSEQ", "").args(["--warnings", "-l"]).arg(&page);
            let output = man.output().expect("man starts");
            let warnings = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && warnings.is_empty(), "{name} ({locale}): {warnings}");
            assert!(!output.stdout.is_empty(), "{name}");
        }
    }
}
