//! TAB pressed in real shells: what they put on the line is what the program is then called with.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::harness::{installed, temporary_folder, tokenmint, write};

/// Nothing here takes longer, not even on a busy machine.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// What the shell prints when it waits for a line.
const PROMPT: &str = "ready:";

/// What the program's stand-in prints when it is called.
const CALLED: &str = "called:";

/// A shell: how it is started for a person, where its start-up file is, and what stands in that. `{folder}` is the folder
/// with the completion scripts.
struct Shell {
    name: &'static str,
    start: &'static str,
    file: &'static str,
    setup: &'static str,
    /// What runs the line after TAB: a shell may show a list first, even of one entry.
    enter: &'static str,
}

const BASH: Shell = Shell {
    name: "bash",
    start: "bash --noprofile --rcfile rc -i",
    file: "rc",
    setup: "PS1='ready:'; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; \
            HISTFILE=lines; PROMPT_COMMAND='history -a'; source tokenmint.bash",
    enter: "\r",
};
const ZSH: Shell = Shell {
    name: "zsh",
    start: "zsh -i",
    file: ".zshrc",
    setup: "PROMPT='ready:'; unsetopt zle_bracketed_paste beep prompt_sp; fpath=($HOME $fpath); autoload -Uz compinit; \
            compinit -u -D; unset zle_bracketed_paste",
    enter: "\r",
};
const FISH: Shell = Shell {
    name: "fish",
    start: "fish -i",
    file: ".config/fish/config.fish",
    setup: "set -U fish_greeting; function fish_prompt; printf ready:; end; source $HOME/tokenmint.fish",
    enter: "\r",
};

const ELVISH: Shell = Shell {
    name: "elvish",
    start: "elvish -rc rc.elv",
    file: "rc.elv",
    setup: "set edit:prompt = { put 'ready:' }; set edit:rprompt = { }; eval (slurp < tokenmint.elv)",
    enter: "\r\r",
};

/// A shell in a terminal of its own.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Receiver<Vec<u8>>,
    /// What has been shown and not been waited for yet.
    seen: String,
}

impl Terminal {
    fn start(shell: &Shell, home: &Path) -> Self {
        let mut command = Command::new("script");
        command.args(["-qec", shell.start, "/dev/null"]).current_dir(home).env_clear();
        let path = format!("{}:{}", home.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        command.env("HOME", home).env("ZDOTDIR", home).env("PATH", path).env("TERM", "dumb").env("SHELL", "/bin/sh");
        let piped = Stdio::piped;
        let mut child = command.stdin(piped()).stdout(piped()).stderr(piped()).spawn().expect("script starts");
        let keys = child.stdin.take().expect("its keys");
        let mut output = child.stdout.take().expect("its screen");
        let (shown, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length) = output.read(&mut bytes) {
                if length == 0 || shown.send(bytes[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal { child, keys, screen, seen: String::new() }
    }

    /// Waits until this is shown.
    fn wait_for(&mut self, text: &str) {
        loop {
            if let Some(place) = self.seen.find(text) {
                self.seen.drain(..place + text.len());
                return;
            }
            let more = self.screen.recv_timeout(TIME_LIMIT);
            let more = more.unwrap_or_else(|_| panic!("{text} is not shown, only {:?}", self.seen));
            self.seen += &String::from_utf8_lossy(&more);
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("the terminal takes keys");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the program is called with for each line, in which TAB is pressed at its end.
fn called(shell: &Shell, lines: &[&str]) -> Vec<String> {
    let folder = temporary_folder();
    let home = folder.path();
    for (name, file) in
        [("bash", "tokenmint.bash"), ("zsh", "_tokenmint"), ("fish", "tokenmint.fish"), ("elvish", "tokenmint.elv")]
    {
        let script = tokenmint(&format!("completions {name}")).stdout(predicates::str::contains("__complete")).run();
        write(&home.join(file), &script.stdout, 0o644);
    }
    let config = "typo = 1\n[profiles.staging.signalwire]\napi_token_command = ['touch', 'ran']\n";
    write(&home.join(".config/tokenmint/config.toml"), config, 0o600);
    for file in ["chain.pem", "channels.json", "staging.txt"] {
        write(&home.join(file), "", 0o644);
    }
    // Calls are written down instead of run, except those that the shell makes to complete.
    let program = assert_cmd::cargo::cargo_bin!("tokenmint");
    let stand_in = format!(
        "#!/bin/sh\ncase $1 in __complete) exec '{}' \"$@\" ;; esac\n(IFS=' '; printf '%s\\n' \"$*\") >>'{}'\necho {CALLED}\n",
        program.display(),
        home.join("calls").display()
    );
    write(&home.join("bin/tokenmint"), &stand_in, 0o755);
    fs::set_permissions(home.join("bin/tokenmint"), fs::Permissions::from_mode(0o755)).expect("a mode");
    write(&home.join(shell.file), shell.setup, 0o644);

    let mut terminal = Terminal::start(shell, home);
    terminal.wait_for(PROMPT);
    for line in lines {
        terminal.press(&format!("tokenmint {line}\t{}", shell.enter));
        terminal.wait_for(CALLED);
        terminal.wait_for(PROMPT);
    }
    drop(terminal);
    assert!(!home.join("ran").exists(), "a helper program ran");
    // The program cannot tell `\@file` from `@file`, so that is read from the history of the shell.
    let history = fs::read_to_string(home.join("lines")).unwrap_or_default();
    assert!(history.is_empty() == (shell.name != "bash") && !history.contains('\\'), "{history}");
    let calls = fs::read_to_string(home.join("calls")).unwrap_or_default();
    calls.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// What is typed before TAB, and what the program is called with.
const LINES: [(&str, &str); 16] = [
    ("vid", "video"),
    ("chat --chann", "chat --channel"),
    ("profile show stag", "profile show staging"),
    ("chat -p stag", "chat -p staging"),
    ("chat --profile=stag", "chat --profile=staging"),
    ("chat --ttl 12", "chat --ttl 12h"),
    ("video --join-as aud", "video --join-as audience"),
    ("video --permission room.lock,room.unl", "video --permission room.lock,room.unlock"),
    ("chat --cacert chai", "chat --cacert chain.pem"),
    ("chat --state @chan", "chat --state @channels.json"),
    ("refresh @chan", "refresh @channels.json"),
    ("inspect @stag", "inspect @staging.txt"),
    ("explain must_belong_to_p", "explain must_belong_to_project"),
    ("help perm", "help permissions"),
    // Files where no file is meant, and flags that the help hides.
    ("chat --member-id chai", "chat --member-id chai"),
    ("twilio --timeo", "twilio --timeo"),
];

fn hold(shell: &Shell) {
    if !installed("script") || !installed(shell.name) {
        return;
    }
    let lines = LINES.map(|(line, _)| line);
    let wanted = LINES.map(|(_, call)| call);
    assert_eq!(called(shell, &lines), wanted, "{}", shell.name);
}

#[test]
fn bash_completes_what_is_meant() {
    hold(&BASH);
}

#[test]
fn bash_completes_files_for_the_command_after_two_dashes() {
    if installed("script") && installed("bash") {
        assert_eq!(called(&BASH, &["chat -- cat chai"]), ["chat -- cat chain.pem"]);
    }
}

#[test]
fn zsh_completes_what_is_meant() {
    hold(&ZSH);
}

#[test]
fn fish_completes_what_is_meant() {
    hold(&FISH);
}

#[test]
fn elvish_completes_what_is_meant() {
    hold(&ELVISH);
}

/// Nushell has no line editor without a real terminal, so its completer is called.
#[test]
fn nushell_completes_what_is_meant() {
    if !installed("nu") {
        return;
    }
    let folder = temporary_folder();
    let home = folder.path();
    let script = tokenmint("completions nushell").stdout(predicates::str::contains("__complete")).run().stdout;
    write(&home.join("completer.nu"), &script, 0o644);
    write(&home.join("config.toml"), "[profiles.staging]\n", 0o600);
    write(&home.join("channels.json"), "{}", 0o644);
    let ask = |words: &str| {
        let program = assert_cmd::cargo::cargo_bin!("tokenmint");
        let body = format!(
            "source completer.nu; do $env.config.completions.external.completer ['{}' {words}] | get value | to json -r",
            program.display()
        );
        let mut nu = Command::new("nu");
        nu.args(["--no-config-file", "--no-history", "-c", &body]).current_dir(home).env_clear().env("HOME", home);
        nu.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let output = nu.env("TOKENMINT_CONFIG", home.join("config.toml")).output().expect("nu starts");
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert!(output.status.success(), "{words}: {output:?}");
        text
    };
    assert_eq!(ask("vid"), r#"["video"]"#);
    assert_eq!(ask("chat -p ''"), r#"["staging","emulator"]"#);
    assert_eq!(ask("chat --ttl '12'"), r#"["12h"]"#);
    assert_eq!(ask("chat --state '@chan'"), r#"["@channels.json"]"#);
    assert_eq!(ask("chat --member-id chan"), "[]");
}
