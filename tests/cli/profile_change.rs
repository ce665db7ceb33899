//! `profile use`, `edit` and `remove`: what changes in the configuration file, and what does not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use predicates::str::{contains, starts_with};
use serde_json::json;

use crate::harness::{API_TOKEN, PROJECT, Run, tokenmint};

const CONFIG: &str = "xdg/tokenmint/config.toml";

const FILE: &str = "# mine\n\n# which one\ndefault_profile = 'dev'  # for now\n\n# of dev\n[profiles.dev.signalwire]\n\
    space = 'example'\n\n# of ci\n[profiles.ci.signalwire]\nspace='ci' # here\n# end\n";

/// A run whose files stay when it has ended.
#[track_caller]
fn ended(mut run: Run, code: i32) -> (Run, String) {
    let output = run.output();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(output.stdout.is_empty(), code != 0 || said.contains("no changes"), "{output:?}");
    (run, said)
}

fn text(run: &Run) -> String {
    fs::read_to_string(run.path(CONFIG)).expect("a configuration file")
}

/// The drafts that are left in the configuration folder.
fn drafts(run: &Run) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(run.path("xdg/tokenmint")).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))).collect()
}

mod default_profile {
    use super::*;

    #[test]
    fn only_the_value_changes() {
        let (run, _) = ended(tokenmint("profile use ci").config(FILE), 0);
        assert_eq!(text(&run), FILE.replace("'dev'  #", "\"ci\"  #"));
        assert_eq!(run.path(CONFIG).metadata().expect("a file").permissions().mode() & 0o7777, 0o600);
        let (run, _) = ended(tokenmint("profile use dev").config(FILE), 0);
        assert_eq!(text(&run), FILE);
        let (run, _) = ended(tokenmint("profile use emulator").config(FILE), 0);
        assert_eq!(text(&run), FILE.replace("'dev'  #", "\"emulator\"  #"));
    }

    #[test]
    fn a_file_without_one_gets_it_at_its_beginning() {
        let file = "# mine\n\n# of dev\n[profiles.dev.signalwire]\nspace = 'x'\n";
        let (run, _) = ended(tokenmint("profile use dev").config(file), 0);
        let expected = "# mine\n\ndefault_profile = \"dev\"\n\n# of dev\n[profiles.dev.signalwire]\nspace = 'x'\n";
        assert_eq!(text(&run), expected);
        let (run, _) = ended(tokenmint("profile use emulator"), 0);
        assert_eq!(text(&run), "default_profile = \"emulator\"\n");
    }

    #[test]
    fn a_profile_that_is_not_there_is_refused() {
        let (run, said) = ended(tokenmint("profile use c").config(FILE), 3);
        assert!(said.contains("no profile 'c'") && said.contains("ci, dev, emulator"), "{said}");
        assert_eq!(text(&run), FILE);
        tokenmint("profile use dev").fails(3).says("no configuration file").run();
        tokenmint("profile use").fails(2).says("missing PROFILE").run();
    }

    #[test]
    fn json_and_a_variable_that_comes_before() {
        let run = tokenmint("profile use ci -o json").config(FILE).stdout(starts_with("{"));
        assert_eq!(run.run().json()["default_profile"], json!("ci"));
        let run = tokenmint("profile use ci").config(FILE).env("TOKENMINT_PROFILE", "dev").stdout(contains("'ci'"));
        run.says("warning: TOKENMINT_PROFILE is set").run();
    }
}

mod editing {
    use super::*;

    /// An editor that changes its file like this, with a sed of any system.
    fn sed(expression: &str) -> String {
        format!("f() {{ sed \"{expression}\" \"$1\" > changed && cat changed > \"$1\"; }}; f")
    }

    fn edit(editor: &str) -> Run {
        tokenmint("profile edit").config(FILE).env("EDITOR", editor)
    }

    #[test]
    fn a_right_result_replaces_the_file() {
        let (run, _) = ended(edit(&sed("s/example/other/")), 0);
        assert_eq!(text(&run), FILE.replace("example", "other"));
        assert_eq!(run.path(CONFIG).metadata().expect("a file").permissions().mode() & 0o7777, 0o600);
        assert_eq!(drafts(&run), [""; 0].map(std::path::PathBuf::from));
        let (run, _) = ended(edit("false").env("VISUAL", sed("s/example/visual/")), 0);
        assert_eq!(text(&run), FILE.replace("example", "visual"));
        let (run, said) = ended(edit("true"), 0);
        assert_eq!((text(&run).as_str(), drafts(&run).len()), (FILE, 0));
        assert!(said.contains("no changes"), "{said}");
    }

    #[test]
    fn a_wrong_result_is_kept_elsewhere_and_the_file_stays() {
        for (editor, parts) in [
            (sed("s/space/spaec/"), &["config.toml, line ", "'spaec'", "did you mean 'space'?"][..]),
            (sed("s/'dev'  #/nosuch #/"), &["not valid TOML"]),
            (sed("s/'dev'  #/'gone' #/"), &["default_profile names a profile that is not defined"]),
            ("printf '[presets.p]\\ncommand = \"chat\"\\nttl = \"x\"\\n' >>".to_owned(), &["preset 'p'", "'ttl'"]),
        ] {
            let (run, said) = ended(edit(&editor), 3);
            assert!(parts.iter().all(|part| said.contains(part)), "{parts:?} in {said}");
            assert_eq!(text(&run), FILE, "{editor}");
            let [draft] = drafts(&run).try_into().expect("one draft");
            assert!(said.contains(&format!("your changes are in {}", draft.display())), "{said}");
            assert_ne!(fs::read_to_string(&draft).expect("a draft"), FILE);
            assert_eq!(draft.metadata().expect("a draft").permissions().mode() & 0o7777, 0o600);
        }
    }

    #[test]
    fn an_editor_that_fails_changes_nothing() {
        let (run, said) = ended(edit("false"), 3);
        assert!(said.contains("status 1"), "{said}");
        assert_eq!((text(&run).as_str(), drafts(&run).len()), (FILE, 0));
        let (run, said) = ended(edit("no-such-editor"), 3);
        assert!(said.contains("the editor failed with status 127") && said.contains("EDITOR"), "{said}");
        assert_eq!((text(&run).as_str(), drafts(&run).len()), (FILE, 0));
        // What was written before it failed is not lost.
        let (run, said) = ended(edit("f() { echo '# more' >> \"$1\"; return 3; }; f"), 3);
        assert!(said.contains("your changes are in"), "{said}");
        assert_eq!((text(&run).as_str(), drafts(&run).len()), (FILE, 1));
        tokenmint("profile edit").config(FILE).fails(3).says_all(&["VISUAL", "EDITOR"]).run();
        tokenmint("profile edit").env("EDITOR", "true").fails(3).says("profile add NAME").run();
    }

    #[test]
    fn an_editor_sees_no_secret_of_ours_and_a_private_copy() {
        let editor = "f() { env > env; stat -c %a \"$1\" > mode; }; f";
        let run = edit(editor).env("SIGNALWIRE_API_TOKEN", API_TOKEN).env("TWILIO_AUTH_TOKEN", "theirs");
        let (run, _) = ended(run, 0);
        let seen = fs::read_to_string(run.path("env")).expect("an environment");
        assert!(!seen.contains(API_TOKEN) && !seen.contains("theirs") && seen.contains("EDITOR="), "{seen}");
        if cfg!(target_os = "linux") {
            assert_eq!(fs::read_to_string(run.path("mode")).expect("a mode"), "600\n");
        }
    }

    #[test]
    fn what_another_program_changed_meanwhile_is_not_overwritten() {
        let editor = "f() { echo '# theirs' >> xdg/tokenmint/config.toml; echo '# ours' >> \"$1\"; }; f";
        let (run, said) = ended(edit(editor), 3);
        assert!(said.contains("changed while the editor was open") && said.contains("your changes are in"), "{said}");
        assert_eq!(text(&run), format!("{FILE}# theirs\n"));
        let [draft] = drafts(&run).try_into().expect("one draft");
        assert_eq!(fs::read_to_string(draft).expect("a draft"), format!("{FILE}# ours\n"));
    }

    #[test]
    fn a_broken_file_and_one_behind_a_link_can_be_mended() {
        let run = tokenmint("profile edit").config("profiles = 7\n").env("EDITOR", sed("s/profiles.*/#/"));
        let (run, _) = ended(run, 0);
        assert_eq!(text(&run), "#\n");
        let run = tokenmint("profile edit").file("dotfiles/c.toml", FILE, 0o600).env("EDITOR", sed("s/example/x/"));
        fs::create_dir(run.path("xdg/tokenmint")).expect("a folder");
        std::os::unix::fs::symlink(run.path("dotfiles/c.toml"), run.path(CONFIG)).expect("a link");
        let (run, _) = ended(run, 0);
        assert!(run.path(CONFIG).symlink_metadata().expect("a link").is_symlink());
        assert_eq!(text(&run), FILE.replace("example", "x"));
    }
}

mod removal {
    use super::*;

    #[test]
    fn a_profile_goes_with_its_comment_and_the_rest_stays() {
        let (run, said) = ended(tokenmint("profile remove dev --yes").config(FILE), 0);
        let expected = "# mine\n\n# of ci\n[profiles.ci.signalwire]\nspace='ci' # here\n# end\n";
        assert!(said.contains("was the default profile"), "{said}");
        assert_eq!(text(&run), expected);
        let (run, said) = ended(tokenmint("profile remove ci -y").config(FILE), 0);
        assert_eq!(text(&run), FILE.replace("\n# of ci\n[profiles.ci.signalwire]\nspace='ci' # here\n", ""));
        assert_eq!(said, "");
    }

    #[test]
    fn off_a_terminal_it_must_be_meant() {
        let (run, said) = ended(tokenmint("profile remove dev").config(FILE).stdin("y\n"), 2);
        assert!(said.contains("--yes") && said.contains("tokenmint profile remove dev --yes"), "{said}");
        assert_eq!(text(&run), FILE);
        for (line, part) in
            [("emulator", "built-in"), ("nosuch", "no profile 'nosuch'"), ("deb", "did you mean 'dev'?")]
        {
            let (run, said) = ended(tokenmint(&format!("profile remove {line} --yes")).config(FILE), 3);
            assert!(said.contains(part), "{said}");
            assert_eq!(text(&run), FILE);
        }
        tokenmint("profile remove dev --yes").fails(3).says("no configuration file").run();
    }

    #[test]
    fn only_a_secret_file_of_ours_is_removed() {
        let add = format!("profile add dev --space example --project-id {PROJECT}");
        let (run, _) = ended(tokenmint(&add).stdin(API_TOKEN), 0);
        let secret = run.path("xdg/tokenmint/dev.signalwire.secret");
        let again = |line: &str| tokenmint(line).env("XDG_CONFIG_HOME", run.path("xdg"));
        let object = again("profile remove dev --yes -o json").stdout(starts_with("{")).run().json();
        assert_eq!((&object["profile"], &object["secrets_removed"]), (&json!("dev"), &json!(1)));
        assert_eq!(object["warnings"], json!(["'dev' was the default profile; there is none now"]));
        assert!(!secret.exists());

        let config = "[profiles.dev.signalwire]\napi_token_file = 'mine'\n[profiles.dev.twilio]\n\
            api_key_secret_command = ['op', 'read', 'x']\n[profiles.a.signalwire]\n\
            api_token_file = 'b.signalwire.secret'\n[profiles.b.signalwire]\napi_token_file = 'b.signalwire.secret'\n\
            [presets.lobby]\ncommand = 'chat'\nprofile = 'dev'\n";
        let with = |line: &str| {
            let run = tokenmint(line).config(config).file("xdg/tokenmint/mine", API_TOKEN, 0o600);
            run.file("xdg/tokenmint/b.signalwire.secret", API_TOKEN, 0o600)
        };
        let (run, said) = ended(with("profile remove dev --yes"), 0);
        for part in ["/mine was not removed", "api_key_secret_command", "warning: preset 'lobby'"] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert!(run.path("xdg/tokenmint/mine").exists());
        // Another profile uses it.
        let (run, said) = ended(with("profile remove b --yes"), 0);
        assert!(said.contains("another profile uses"), "{said}");
        assert!(run.path("xdg/tokenmint/b.signalwire.secret").exists());
    }
}

#[cfg(target_os = "linux")]
mod on_a_terminal {
    use super::*;
    use crate::terminal::Terminal;

    #[test]
    fn removing_is_confirmed() {
        for (answer, is_removed) in [("y", true), ("yes", true), ("", false), ("n", false), ("what", false)] {
            let mut terminal = Terminal::start(tokenmint("profile remove dev").config(FILE));
            terminal.shows("Remove profile 'dev'").shows("[y/N] ").types(answer);
            let (status, screen, run) = terminal.end();
            assert!(status.success(), "{screen}");
            assert_eq!(screen.contains("nothing was changed"), !is_removed, "{answer}: {screen}");
            assert_eq!(text(&run) == FILE, !is_removed, "{answer}: {screen}");
        }
        let mut terminal = Terminal::start(tokenmint("profile remove dev").config(FILE));
        terminal.shows("[y/N] ").ends_input();
        let (_, screen, run) = terminal.end();
        assert_eq!(text(&run), FILE, "{screen}");
    }

    #[test]
    fn a_wrong_result_opens_the_editor_again() {
        let editor = "f() { if grep -q spaec \"$1\"; then sed -i s/spaec/space/ \"$1\"; sed -i s/example/mended/ \"$1\"; \
            else sed -i s/space/spaec/ \"$1\"; fi; }; f";
        let run = || tokenmint("profile edit").config(FILE).env("EDITOR", editor);
        let mut terminal = Terminal::start(run());
        terminal.shows("'spaec'").shows("Open the editor again? [Y/n] ").types("").shows("saved");
        let (status, screen, run_ended) = terminal.end();
        assert!(status.success(), "{screen}");
        assert_eq!(text(&run_ended), FILE.replace("example", "mended"));
        let mut terminal = Terminal::start(run());
        terminal.shows("Open the editor again? [Y/n] ").types("n").shows("your changes are in");
        let (status, screen, run_ended) = terminal.end();
        assert_eq!(status.code(), Some(3), "{screen}");
        assert_eq!((text(&run_ended).as_str(), drafts(&run_ended).len()), (FILE, 1));
    }
}
