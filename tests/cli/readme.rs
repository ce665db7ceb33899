//! The README's promises: every block of shell lines runs, against the emulator and with stubs for the programs of others;
//! so do its workflow steps, its Node and Python tests and its profiles; its tables agree with the program. The recipes in
//! `.github` are run likewise.
#![cfg(all(unix, feature = "emulator"))]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use crate::emulator::Emulator;
use crate::harness::{installed, temporary_folder, tokenmint, write};
use crate::twilio::{ACCOUNT, KEY, SECRET};

const README: &str = include_str!("../../README.md");

/// The recipes; `None` in a packed crate, which does not have them.
fn recipes() -> Option<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/RECIPES.md")).ok();
    if text.is_none() {
        println!("left out: there are no recipes in a packed crate");
    }
    text
}

/// Calls in the recipes whose failure is what they show, with their status.
const MEANT_TO_FAIL: [&str; 2] = ["2 inspect --min-ttl 5m -q @token.txt", "2 chat --ttl 31d -c lobby=rw -o json"];

/// Stubs for the programs of others: their script, in which `"$@"` is what the README gives them.
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
    // Of the options before the image only `--mount` is known.
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
    // A front end that needs a token to start or to be tested.
    (
        "npm",
        r#"case "$*" in
        "install --global tokenmint") ;;
        start | test) test -n "$SIGNALWIRE_CHAT_TOKEN";;
        *) exit 99;;
        esac"#,
    ),
    ("npx", r#"exec "$@""#),
    ("uvx", r#"exec "$@""#),
    (
        "sw",
        r#"case "$1 $2" in
        "api create_chat_token") test -s "$4";;
        "subtokens create") test "$3 $4" = "--set reference=alice";;
        *) exit 99;;
        esac"#,
    ),
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

/// The fenced blocks of the README in one language.
fn blocks(language: &str) -> Vec<&'static str> {
    blocks_of(README, language)
}

/// The fenced blocks of a page in one language.
fn blocks_of<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let mut blocks = Vec::new();
    let mut rest = page;
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

/// The block of TOML with the preset, and that with the profile.
fn preset_and_profile() -> [&'static str; 2] {
    blocks("toml").try_into().expect("two blocks of TOML")
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
            "{}\n[profiles.dev.signalwire]\nspace = \"{}\"\nproject_id = \"{}\"\napi_token = \"{}\"\n",
            preset_and_profile()[0],
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

    /// Runs blocks of shell lines, all of which succeed. The calls in them that did not, with their status.
    fn run_all(&self, blocks: &[&str]) -> Vec<String> {
        let mut failed = Vec::new();
        for block in blocks {
            self.succeeds("sh", &["-euc", block]);
            failed.extend(self.failed_calls());
            let tokens = std::fs::read_to_string(self.path("tokens.ndjson")).unwrap_or_default();
            let is_complete = tokens.matches("\"token\":\"eyJ").count() == 2;
            assert!(!block.contains("--batch") || is_complete, "{block}: {tokens}");
        }
        failed
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
    assert!(blocks.len() > 12, "{} blocks", blocks.len());
    assert_eq!(stage.run_all(&blocks), [""; 0]);
}

#[test]
fn every_recipe_runs() {
    let Some(page) = recipes() else { return };
    if !installed("jq") {
        return;
    }
    let stage = Stage::new();
    let blocks = blocks_of(&page, "sh");
    assert!(blocks.len() > 7, "{} blocks", blocks.len());
    assert_eq!(stage.run_all(&blocks), MEANT_TO_FAIL);
    // The token that is in the file now is good, and is kept.
    let token = std::fs::read_to_string(stage.path("token.txt")).expect("a token");
    let again = blocks.iter().find(|block| block.contains("token.txt")).expect("the recipe");
    assert!(stage.run_all(&[again]).is_empty());
    assert_eq!(std::fs::read_to_string(stage.path("token.txt")).expect("a token"), token);
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
    assert!(lines.len() >= 10, "{lines:?}");
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
    let (_, source) = README.split_once("From a copy of the source: `").expect("the way from the source");
    stage.succeeds("sh", &["-euc", source.split('`').next().expect("a line")]);
    // The archive leaves a program that starts, in the folder that the README says.
    let archive = blocks("sh").into_iter().find(|block| block.contains("tar -xz")).expect("the archive");
    stage.succeeds("sh", &["-euc", archive]);
    let version = stage.succeeds("sh", &["-euc", "~/.local/bin/tokenmint --version"]);
    assert_eq!(version, concat!("tokenmint ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_image_and_every_address_are_those_of_the_manifest() {
    let image = format!("ghcr.io/{}", repository().to_lowercase());
    let copy = format!("COPY --from={image}:{} /usr/bin/tokenmint /usr/bin/tokenmint", env!("CARGO_PKG_VERSION"));
    assert!(README.contains(&format!("`{copy}`")), "{copy}");
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
    for (language, file, program) in [("js", "token.test.mjs", "node"), ("python", "test_token.py", "python3")] {
        let blocks = blocks(language);
        assert_eq!(blocks.len(), 1, "{language}");
        let first = blocks[0].lines().next().unwrap_or_default();
        let (_, line) = first.split_once(&format!("{file}, run with: ")).expect("how to run it");
        if installed(program) {
            let stage = Stage::new();
            write(&stage.path(file), blocks[0], 0o600);
            stage.succeeds("sh", &["-euc", line]);
        }
    }
}

/// What SDKs do in a browser cannot run here.
#[test]
fn what_is_meant_for_a_browser_is_javascript() {
    let blocks = blocks("javascript");
    assert_eq!(blocks.len(), 1);
    if installed("node") {
        let stage = Stage::new();
        write(&stage.path("browser.mjs"), blocks[0], 0o600);
        stage.succeeds("node", &["--check", "browser.mjs"]);
    }
}

#[test]
fn the_profile_gets_its_secret_from_each_place_where_it_is_kept() {
    let stage = Stage::new();
    let [_, profile] = preset_and_profile();
    let secret = stage.path("secret");
    write(&secret, &format!("{}\n", stage.emulator.exported("SIGNALWIRE_API_TOKEN")), 0o600);
    let ours = |text: &str| {
        text.replace("space = \"example\"", &format!("space = \"{}\"", stage.emulator.exported("SIGNALWIRE_SPACE")))
            .replace("00000000-0000-4000-8000-000000000000", stage.emulator.exported("SIGNALWIRE_PROJECT_ID"))
            .replace("/run/secrets/signalwire", &secret.display().to_string())
    };
    // One line is in use, the others are commented out.
    let (sources, rest): (Vec<&str>, Vec<&str>) =
        profile.lines().partition(|line| line.trim_start_matches("# ").starts_with("api_token_"));
    assert_eq!(sources.len(), 5, "{sources:?}");
    for source in sources {
        let text = format!("{}\n{}\n", rest.join("\n"), source.trim_start_matches("# "));
        write(&stage.path("profile.toml"), &ours(&text), 0o600);
        let line = "tokenmint chat --config profile.toml --profile dev --ttl 1h -c lobby=rw";
        assert!(stage.succeeds("sh", &["-euc", line]).starts_with("eyJ"), "{source}");
    }
}

#[test]
fn what_replaces_a_line_of_plugin_token_signs_a_token() {
    let stage = Stage::new();
    let rows = table("| coming from plugin-token |");
    assert!(rows.len() >= 6, "{rows:?}");
    for row in rows {
        let line = if row[1].starts_with("twilio ") { row[1].clone() } else { format!("twilio --video {}", row[1]) };
        // A SID is two letters and 32 digits.
        let line = line.replace('…', &"0123456789abcdef".repeat(2));
        let token = stage.succeeds("sh", &["-euc", &format!("tokenmint {line} --identity alice")]);
        assert!(token.starts_with("eyJ"), "{line}: {token}");
    }
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
    const FOREIGN: [&str; 24] = [
        "--locked",
        "--strip-components",
        "--global",
        "--from",
        "--repo",
        "--release",
        "--test",
        "--rm",
        "--foo-bar",
        "--chat-service-sid",
        "--sync-service-sid",
        "--room-name",
        "--voice-app-sid",
        "--workspace-sid",
        "--allow-incoming",
        "--mount",
        "--json",
        "--set",
        "--input",
        "--force",
        "--pipe",
        "--keep-order",
        "--block",
        "--sshlogin",
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
    let text = README.to_owned() + &recipes().unwrap_or_default();
    for word in
        text.split(|character: char| !is_flag(character)).filter(|word| word.starts_with("--") && word.len() > 2)
    {
        if word.trim_matches('-').is_empty() {
            continue;
        }
        assert!(known.contains(word) || FOREIGN.contains(&word), "{word} is no flag of the program");
    }
}

/// The anchors of a page's headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_matches(['#', ' ']));
    headings.map(|heading| heading.to_lowercase().replace([',', '.'], "").replace(' ', "-")).collect()
}

#[test]
fn links_inside_the_repository_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_packed = !root.join(".github/workflows").is_dir();
    let files = [
        "README.md",
        ".github/CONTRIBUTING.md",
        ".github/RECIPES.md",
        ".github/RELEASING.md",
        ".github/SECURITY.md",
        "tests/fuzz/README.md",
    ];
    for file in files {
        // A packed crate has the README alone.
        let Ok(text) = std::fs::read_to_string(root.join(file)) else { continue };
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.starts_with("https://")) {
            if is_packed && link.starts_with(".github/") {
                continue;
            }
            let (place, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match place {
                "" => root.join(file),
                _ => root.join(file).parent().expect("a folder").join(place),
            };
            assert!(target.exists(), "{link} in {file}");
            if !anchor.is_empty() {
                let anchors = anchors(&std::fs::read_to_string(&target).expect("a page"));
                assert!(anchors.contains(anchor), "{link} in {file}: {anchors:?}");
            }
        }
    }
}

#[test]
fn the_readme_is_at_most_400_lines_long() {
    let lines = README.lines().count();
    assert!(lines <= 400, "{lines} lines");
}
