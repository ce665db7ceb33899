//! The README keeps its word: every block of shell lines runs, against the emulator and with stubs for programs that are
//! not ours; its workflow steps, its Node and Python tests and its profiles do too; its tables agree with the program.
#![cfg(all(unix, feature = "emulator"))]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use crate::emulator::Emulator;
use crate::harness::{installed, temporary_folder, tokenmint, write};
use crate::twilio::{ACCOUNT, KEY, SECRET};

const README: &str = include_str!("../../README.md");

/// Lines that no test can run as they stand, and why.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("tokenmint emulator ", "it serves until it is told to stop; other tests run it"),
    ("tokenmint emulator --tls ", "as above"),
];

/// Calls whose failure is what the README shows, with their status.
const MEANT_TO_FAIL: [&str; 1] = ["2 chat --ttl 31d -c lobby=rw -o json"];

/// Programs that stand for others in these tests: their script, in which `"$@"` is what the README gives them.
const STUBS: [(&str, &str); 18] = [
    // `cargo run --release -- WORDS…` runs this very program; installing and testing it here would not end.
    (
        "cargo",
        r#"case "$*" in
        "run --release -- "*) shift 3; exec tokenmint "$@";;
        test | "install --locked tokenmint" | "install --locked --path ." | "binstall tokenmint") ;;
        *) exit 99;;
        esac"#,
    ),
    ("pbcopy", r"cat > /dev/null"),
    // Of the options before the image only those that the README has are known.
    (
        "docker",
        r#"test "$1 $2" = "run --rm" && shift 2 || exit 99
        if [ "$1" = --mount ]; then shift 2; fi
        case "$1" in
        ghcr.io/*/tokenmint) shift; exec tokenmint "$@";;
        my-app) ;;
        *) exit 99;;
        esac"#,
    ),
    // A release is a folder here. The address is the one where `.github/scripts/publish` puts it.
    (
        "curl",
        r#"flags=$1 url=$2
        case "$url" in
        "$REPOSITORY"/releases/latest/download/* | "$REPOSITORY/releases/download/v$VERSION"/*) ;;
        *) exit 22;;
        esac
        case "$flags" in
        -fsSL) cat "$RELEASE/${url##*/}";;
        -fsSLO) cp "$RELEASE/${url##*/}" .;;
        *) exit 2;;
        esac"#,
    ),
    ("sudo", r#"exec "$@""#),
    ("dpkg", r#"test "$1" = -i && test "$(cat "$2")" = "a package""#),
    ("brew", r#"test "$1" = install && case "$2" in */tap/tokenmint) ;; *) exit 1;; esac"#),
    ("scoop", r#"test "$*" = "install $REPOSITORY/releases/latest/download/tokenmint.json""#),
    ("pip", r#"test "$*" = "install tokenmint""#),
    ("npm", r#"test "$*" = "install --global tokenmint""#),
    ("npx", r#"exec "$@""#),
    ("uvx", r#"exec "$@""#),
    ("sw", r#"test "$1 $2" = "api create_chat_token" && test -s "$4""#),
    // One machine takes the whole batch.
    ("parallel", r#"for last do :; done; exec sh -c "$last""#),
    // Password managers, which print the emulator's API token.
    ("op", r#"test "$1" = read && echo "$EMULATOR_API_TOKEN""#),
    ("pass", r#"test "$1" = show && echo "$EMULATOR_API_TOKEN""#),
    ("secret-tool", r#"test "$1" = lookup && echo "$EMULATOR_API_TOKEN""#),
    ("security", r#"test "$1" = find-generic-password && echo "$EMULATOR_API_TOKEN""#),
];

/// The static program's archive for the machines that most have.
const ARCHIVE: &str = "tokenmint-x86_64-unknown-linux-musl";

/// The `OWNER/NAME` of the manifest's repository.
fn repository() -> &'static str {
    env!("CARGO_PKG_REPOSITORY").strip_prefix("https://github.com/").expect("a repository on GitHub")
}

/// A fenced block: its language and its text.
fn blocks(language: &str) -> Vec<&'static str> {
    let mut blocks = Vec::new();
    let mut rest = README;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (info, body) = after.split_once('\n').expect("a block");
        let (text, after) = body.split_once("\n```").expect("the end of a block");
        if info == language {
            blocks.push(text);
        }
        rest = after;
    }
    blocks
}

/// A folder with stubs and a configuration, and an emulator that the environment points at.
struct Stage {
    folder: tempfile::TempDir,
    emulator: Emulator,
}

impl Stage {
    fn new() -> Self {
        let stage = Stage { folder: temporary_folder(), emulator: Emulator::start() };
        for (name, script) in STUBS {
            write(&stage.path(&format!("bin/{name}")), &format!("#!/bin/sh\n{script}\n"), 0o755);
        }
        // The shell sees neither the status on the left of a pipe nor that inside of `$(…)`: each call is written down. A
        // server is the program itself, as whoever started it sends it the signal that ends it.
        let binary = assert_cmd::cargo::cargo_bin!("tokenmint").display();
        let record = stage.path("statuses");
        let script = format!(
            "#!/bin/sh\n[ \"$1\" != emulator ] || exec '{binary}' \"$@\"\n'{binary}' \"$@\"\nstatus=$?\necho \"$status $*\" >> '{}'\nexit $status\n",
            record.display()
        );
        write(&stage.path("bin/tokenmint"), &script, 0o755);
        let config = format!(
            "[profiles.dev.signalwire]\nspace = \"{}\"\nproject_id = \"{}\"\napi_token = \"{}\"\n",
            stage.emulator.exported("SIGNALWIRE_SPACE"),
            stage.emulator.exported("SIGNALWIRE_PROJECT_ID"),
            stage.emulator.exported("SIGNALWIRE_API_TOKEN"),
        );
        write(&stage.path("config/tokenmint/config.toml"), &config, 0o600);
        stage.release();
        // The lines of the batch, as they stand in the README.
        let lines = blocks("json");
        assert_eq!(lines.len(), 1, "{lines:?}");
        write(&stage.path("members.ndjson"), &format!("{}\n", lines[0]), 0o600);
        stage
    }

    /// What can be downloaded: an archive with the program, and something in place of a package.
    fn release(&self) {
        let release = self.path("release");
        std::fs::create_dir_all(release.join(ARCHIVE)).expect("a folder");
        std::fs::copy(self.path("bin/tokenmint"), release.join(ARCHIVE).join("tokenmint")).expect("a program");
        let mut tar = Command::new("tar");
        tar.arg("-czf").arg(release.join(format!("{ARCHIVE}.tgz"))).arg("-C").arg(&release).arg(ARCHIVE);
        assert!(tar.status().expect("tar starts").success());
        write(&release.join("tokenmint_amd64.deb"), "a package", 0o600);
        std::fs::create_dir_all(self.path("installed")).expect("a folder");
    }

    /// The calls since the last look that did not end with 0, with their status.
    fn failed_calls(&self) -> Vec<String> {
        let record = self.path("statuses");
        let calls = std::fs::read_to_string(&record).unwrap_or_default();
        let _ = std::fs::remove_file(record);
        calls.lines().filter(|call| !call.starts_with("0 ")).map(str::to_owned).collect()
    }

    fn path(&self, place: &str) -> std::path::PathBuf {
        self.folder.path().join(place)
    }

    /// Runs a program here, with the credentials of the emulator and Twilio's made-up ones.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("PATH", path);
        command.env("HOME", self.path("home")).env("XDG_CONFIG_HOME", self.path("config"));
        for name in ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"] {
            command.env(name, self.emulator.exported(name));
        }
        command.env("EMULATOR_API_TOKEN", self.emulator.exported("SIGNALWIRE_API_TOKEN"));
        command.env("GITHUB_ENV", self.path("github-env"));
        command.env("REPOSITORY", env!("CARGO_PKG_REPOSITORY")).env("VERSION", env!("CARGO_PKG_VERSION"));
        command.env("RELEASE", self.path("release"));
        command.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY).env("TWILIO_API_SECRET", SECRET);
        command.output().expect("the program starts")
    }

    fn succeeds(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.run(program, arguments);
        assert!(
            output.status.success(),
            "{}\n--- stdout\n{}\n--- stderr\n{}",
            arguments.last().unwrap_or(&program),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

#[test]
fn every_block_of_shell_lines_runs() {
    if !installed("jq") {
        return;
    }
    let stage = Stage::new();
    let blocks = blocks("sh");
    assert!(blocks.len() > 15, "{} blocks", blocks.len());
    let mut failed = Vec::new();
    for block in blocks {
        let exempt = |line: &str| EXCEPTIONS.iter().any(|(start, _)| line.starts_with(start));
        let script: Vec<&str> = block.lines().filter(|line| !exempt(line)).collect();
        stage.succeeds("sh", &["-euc", &script.join("\n")]);
        failed.extend(stage.failed_calls());
        let tokens = std::fs::read_to_string(stage.path("tokens.ndjson")).unwrap_or_default();
        assert!(!block.contains("--batch") || tokens.matches("\"token\":\"eyJ").count() == 2, "{block}: {tokens}");
    }
    assert_eq!(failed, MEANT_TO_FAIL);
}

#[test]
fn each_line_that_mints_prints_a_token() {
    let stage = Stage::new();
    let lines: Vec<&str> = blocks("sh")
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| {
            tokenmint::testing::providers::kinds().any(|kind| line.starts_with(&format!("tokenmint {} ", kind.name)))
        })
        .filter(|line| !["|", ">", "--write", "--dry-run", "--batch", " -- "].iter().any(|part| line.contains(part)))
        .collect();
    assert!(lines.len() >= 6, "{lines:?}");
    write(&stage.path("channels.json"), r#"{"news":{"read":true}}"#, 0o600);
    for line in lines {
        let token = stage.succeeds("sh", &["-euc", line]);
        assert!(token.starts_with("eyJ") && token.lines().count() == 1, "{line}: {token}");
    }
}

#[test]
fn fish_takes_its_line() {
    if installed("fish") {
        let stage = Stage::new();
        for block in blocks("fish") {
            let text = stage.succeeds("fish", &["-c", &format!("{block}\necho $SIGNALWIRE_CHAT_TOKEN")]);
            assert!(text.starts_with("eyJ"), "{text}");
        }
    }
}

#[test]
fn the_steps_of_the_workflows_run() {
    let stage = Stage::new();
    let steps: Vec<String> = blocks("yaml").into_iter().flat_map(steps).collect();
    assert!(steps.iter().filter(|step| step.starts_with("tokenmint ")).count() >= 2, "{steps:?}");
    let action = format!("uses: {}/.github/actions/setup-tokenmint@v{}", repository(), env!("CARGO_PKG_VERSION"));
    let (actions, steps): (Vec<String>, Vec<String>) = steps.into_iter().partition(|step| step.starts_with("uses: "));
    // It is tried with the packages of a release, by `.github/scripts/prove action`.
    assert_eq!(actions, [action]);
    for step in steps {
        // The one folder outside of the stage.
        let step = step.replace("/usr/local/bin", &stage.path("installed").display().to_string());
        // A later step has what an earlier one wrote.
        let script = format!("if [ -f \"$GITHUB_ENV\" ]; then export \"$(cat \"$GITHUB_ENV\")\"; fi\n{step}");
        let text = stage.succeeds("sh", &["-euc", &script]);
        assert!(text.lines().all(|line| line.starts_with("::add-mask::")), "{step}: {text}");
    }
    let written = std::fs::read_to_string(stage.path("github-env")).expect("the file of the runner");
    assert!(written.starts_with("SIGNALWIRE_CHAT_TOKEN=eyJ") && written.ends_with('\n'), "{written}");
    assert!(stage.path("installed/tokenmint").is_file(), "GitLab's step installs the program");
}

/// The steps of a workflow: what follows a dash, a folded text joined.
fn steps(workflow: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut folded = false;
    for line in workflow.lines().map(str::trim) {
        if let Some(step) = line.strip_prefix("- ") {
            folded = step == ">-";
            steps.push(if folded { String::new() } else { step.strip_prefix("run: ").unwrap_or(step).to_owned() });
        } else if let (true, Some(step)) = (folded && !line.ends_with(':'), steps.last_mut()) {
            step.push_str(line);
            step.push(' ');
        }
    }
    steps
}

#[test]
fn every_way_to_install_is_one_line_that_runs() {
    let stage = Stage::new();
    let rows = table("| with | type |");
    assert!(rows.len() >= 7, "{rows:?}");
    let start = README.find("| with | type |").expect("the table");
    let lines: Vec<&str> = README[start..]
        .lines()
        .take_while(|line| line.starts_with('|'))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect();
    assert!(lines.len() >= rows.len(), "{lines:?}");
    for line in lines {
        stage.succeeds("sh", &["-euc", line]);
    }
    // The archive leaves a program that starts, in the folder that the README says.
    let archive = blocks("sh").into_iter().find(|block| block.contains("tar -xz")).expect("the archive");
    stage.succeeds("sh", &["-euc", archive]);
    let version = stage.succeeds("sh", &["-euc", "~/.local/bin/tokenmint --version"]);
    assert_eq!(version, concat!("tokenmint ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_image_and_every_address_are_those_of_the_manifest() {
    let image = format!("ghcr.io/{}", repository().to_lowercase());
    let dockerfile = blocks("dockerfile");
    let copy = format!("COPY --from={image}:{} /usr/bin/tokenmint /usr/bin/tokenmint", env!("CARGO_PKG_VERSION"));
    assert!(dockerfile.len() == 1 && dockerfile[0].lines().any(|line| line == copy), "{dockerfile:?}");
    for (start, expected) in [("https://github.com/", repository()), ("ghcr.io/", &image["ghcr.io/".len()..])] {
        let places: Vec<&str> = README.split(start).skip(1).filter(|rest| !rest.starts_with('/')).collect();
        assert!(places.len() >= 2, "{start}");
        for place in places {
            assert!(place.starts_with(expected), "{start}{}", &place[..place.len().min(40)]);
        }
    }
}

#[test]
fn the_tests_in_javascript_and_python_pass() {
    for (language, file, program, arguments) in
        [("js", "token.test.mjs", "node", &["--test"][..]), ("python", "test_token.py", "python3", &["-m", "unittest"])]
    {
        let blocks = blocks(language);
        assert_eq!(blocks.len(), 1, "{language}");
        assert!(blocks[0].lines().next().is_some_and(|first| first.contains(file)), "{language}");
        if installed(program) {
            let stage = Stage::new();
            write(&stage.path(file), blocks[0], 0o600);
            stage.succeeds(program, arguments);
        }
    }
}

#[test]
fn the_profiles_get_their_secret_from_where_it_is_kept() {
    let stage = Stage::new();
    let [example, helpers] = blocks("toml")[..] else { panic!("two blocks of TOML") };
    let secret = stage.path("secret");
    write(&secret, &format!("{}\n", stage.emulator.exported("SIGNALWIRE_API_TOKEN")), 0o600);
    let ours = |text: &str| {
        text.replace("space = \"example\"", &format!("space = \"{}\"", stage.emulator.exported("SIGNALWIRE_SPACE")))
            .replace("00000000-0000-4000-8000-000000000000", stage.emulator.exported("SIGNALWIRE_PROJECT_ID"))
            .replace("/run/secrets/signalwire", &secret.display().to_string())
    };
    write(&stage.path("example.toml"), &ours(example), 0o600);
    write(&stage.path("helpers.toml"), &ours(helpers), 0o600);
    let mut count = 0;
    for (file, text) in [("example.toml", example), ("helpers.toml", helpers)] {
        for name in text.lines().filter_map(|line| line.strip_prefix("[profiles.")?.strip_suffix(".signalwire]")) {
            let line = format!("tokenmint chat --config {file} --profile {name} --ttl 1h -c lobby=rw");
            assert!(stage.succeeds("sh", &["-euc", &line]).starts_with("eyJ"), "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

/// The cells of a Markdown table's rows whose first line begins like this.
fn table(first: &str) -> Vec<Vec<String>> {
    let lines = README.lines().map(str::trim).skip_while(|line| !line.starts_with(first)).skip(2);
    lines
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect())
        .collect()
}

#[test]
fn the_table_of_exit_codes_is_that_of_the_help() {
    let help = tokenmint("--help").stdout(predicates::str::contains("Exit codes:")).run().stdout;
    let (_, codes) = help.split_once("Exit codes:\n").expect("the exit codes");
    let of_help: Vec<(String, String)> = codes
        .lines()
        .filter_map(|line| line.trim().split_once("  "))
        .map(|(code, meaning)| (code.to_owned(), meaning.trim().to_owned()))
        .collect();
    let rows = table("| exit |").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect::<Vec<_>>();
    assert_eq!(rows, of_help);
}

#[test]
fn the_table_of_formats_has_what_output_takes() {
    let rows = table("| `-o` |");
    let named: BTreeSet<String> = rows.iter().flat_map(|row| row[0].split(", ")).map(str::to_owned).collect();
    let tree = tokenmint::testing::cli::tree();
    let chat = tree.find_subcommand("chat").expect("chat");
    let output = chat.get_arguments().find(|argument| argument.get_id() == "output").expect("--output");
    let known = output.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    assert_eq!(named, known);
}

#[test]
fn every_flag_that_is_named_exists() {
    /// Flags of other programs.
    const FOREIGN: [&str; 17] = [
        "--locked",
        "--strip-components",
        "--global",
        "--from",
        "--repo",
        "--release",
        "--path",
        "--test",
        "--rm",
        "--mount",
        "--input",
        "--force",
        "--pipe",
        "--keep-order",
        "--block",
        "--sshlogin",
        "--foo-bar",
    ];
    fn add(command: &clap::Command, flags: &mut BTreeSet<String>) {
        for argument in command.get_arguments() {
            let longs = argument.get_long_and_visible_aliases().unwrap_or_default();
            flags.extend(longs.into_iter().map(|long| format!("--{long}")));
        }
        command.get_subcommands().for_each(|command| add(command, flags));
    }
    let mut tree = tokenmint::testing::cli::tree();
    tree.build();
    let mut known = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    add(&tree, &mut known);
    let is_flag = |character: char| character.is_ascii_alphanumeric() || character == '-';
    for word in
        README.split(|character: char| !is_flag(character)).filter(|word| word.starts_with("--") && word.len() > 2)
    {
        if word.trim_matches('-').is_empty() {
            continue;
        }
        assert!(known.contains(word) || FOREIGN.contains(&word), "{word} is no flag of the program");
    }
}

#[test]
fn links_inside_the_repository_lead_somewhere() {
    let anchors: BTreeSet<String> = README
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_matches(['#', ' ']).to_lowercase().replace([',', '.'], "").replace(' ', "-"))
        .collect();
    for link in README.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
        match link.strip_prefix('#') {
            Some(anchor) => assert!(anchors.contains(anchor), "{anchor} in {anchors:?}"),
            None if link.starts_with("https://") => {}
            None => assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}"),
        }
    }
}
