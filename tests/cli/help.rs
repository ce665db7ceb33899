//! Pages of help: those of commands and topics, what each of them leaves out, and how they look in a terminal and in a
//! pipe.

use predicates::str::{contains, starts_with};

use crate::harness::tokenmint;

/// What is printed for a line that works.
fn printed(line: &str) -> String {
    tokenmint(line).stdout(contains("")).run().stdout
}

/// The lines below a heading, up to the next empty one.
fn section<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
    let start = format!("{heading}:");
    page.lines().skip_while(|line| *line != start).skip(1).take_while(|line| !line.is_empty()).collect()
}

/// The first column of a section.
fn terms<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
    let column = |line: &'a str| line.trim_start().split("  ").next().unwrap_or_default();
    section(page, heading).into_iter().map(column).collect()
}

/// The topics, in the order of the help.
pub const TOPICS: [&str; 7] = ["environment", "config", "formats", "batch", "permissions", "errors", "exit-codes"];

#[test]
fn nothing_typed_gets_the_short_help_on_stderr() {
    let short = printed("-h");
    tokenmint("").exits(2).says_exactly(short).run();
    // A flag is something.
    tokenmint("-v").fails(2).says("missing command").run();
}

#[test]
fn help_prints_what_the_flag_prints() {
    for (words, flags) in [
        ("help", "--help"),
        ("help chat", "chat --help"),
        ("help profile check", "profile check --help"),
        ("help help", "help --help"),
    ] {
        assert_eq!(printed(words), printed(flags), "{words}");
    }
}

#[test]
fn every_topic_is_a_page_and_is_listed() {
    let top = printed("--help");
    assert_eq!(terms(&top, "Topics of tokenmint help"), TOPICS);
    for topic in TOPICS {
        let page = printed(&format!("help {topic}"));
        assert!(page.len() > 300 && page.ends_with('\n') && !page.ends_with("\n\n"), "{topic}: {page}");
    }
}

#[test]
fn what_is_neither_a_command_nor_a_topic_is_refused_with_the_nearest() {
    tokenmint("help permision").fails(2).says("did you mean 'permissions'?").run();
    tokenmint("help env").fails(2).says("did you mean 'environment'?").run();
    tokenmint("help chatt").fails(2).says("did you mean 'chat'?").run();
    tokenmint("help profile chek").fails(2).says("did you mean 'check'?").run();
    tokenmint("help nonsense").fails(2).says_all(&["'nonsense'", "exit-codes"]).run();
    tokenmint("help chat ttl").fails(2).says("'ttl'").run();
    // It may be a secret in the wrong place.
    tokenmint("help PTsecret0123456789").fails(2).says("no help for this word").hides("PTsecret").run();
    assert_eq!(tokenmint("help nonsense -o json").exits(2).stderr(contains("usage")).run().error()["exit"], 2);
}

#[test]
fn the_permissions_are_those_of_the_service_with_its_defaults_marked() {
    let page = printed("help permissions");
    let marked: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("  * ")).collect();
    assert_eq!(
        marked,
        [
            "room.self.audio_mute",
            "room.self.audio_unmute",
            "room.self.video_mute",
            "room.self.video_unmute",
            "room.self.deaf",
            "room.self.undeaf",
            "room.self.set_input_volume",
            "room.self.set_output_volume",
            "room.self.set_input_sensitivity",
            "room.self.screenshare",
            "room.self.additional_source",
        ]
    );
    let all = page.lines().filter(|line| line.trim_start_matches([' ', '*']).starts_with("room.")).count();
    assert_eq!(all, 44);
}

#[test]
fn a_command_names_the_variables_that_it_reads() {
    let of = |command: &str| printed(&format!("{command} --help"));
    for command in ["chat", "pubsub", "guest", "video", "subscriber"] {
        let page = of(command);
        let named = terms(&page, "Environment");
        for variable in ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "HTTPS_PROXY"] {
            assert!(named.contains(&variable), "{variable} in {named:?} of {command}");
        }
        assert!(!page.contains("TWILIO_"), "{command}");
    }
    let twilio = of("twilio");
    let named = terms(&twilio, "Environment");
    for variable in ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_CHAT_SERVICE_SID"] {
        assert!(named.contains(&variable), "{variable} in {named:?}");
    }
    assert!(!twilio.contains("SIGNALWIRE_") && !named.contains(&"HTTPS_PROXY"));
    let all = printed("help environment");
    for variable in ["SIGNALWIRE_SPACE_URL", "TWILIO_API_KEY_SECRET", "TOKENMINT_CONFIG", "NO_COLOR", "FORCE_COLOR"] {
        assert!(all.contains(variable), "{variable}");
    }
}

#[test]
fn a_command_names_the_exit_codes_that_it_can_have() {
    for (command, codes) in [
        ("chat", &["0", "1", "2", "3", "4", "5", "6", "7", "126, 127", "130, 143"][..]),
        ("twilio", &["0", "1", "2", "3", "7", "126, 127", "130, 143"]),
        ("inspect", &["0", "1", "2", "3", "8", "130, 143"]),
        ("profile list", &["0", "1", "2", "3", "130, 143"]),
        ("profile check", &["0", "1", "2", "3", "4", "6", "130, 143"]),
        ("emulator", &["0", "1", "2", "126, 127", "130, 143"]),
        ("completions", &["0", "1", "2", "130, 143"]),
    ] {
        assert_eq!(terms(&printed(&format!("{command} --help")), "Exit codes"), codes, "{command}");
    }
}

#[test]
fn flags_without_effect_are_not_shown() {
    let shows = |command: &str, flag: &str| {
        let page = printed(&format!("{command} -h"));
        page.lines().any(|line| line.split([' ', ',']).any(|word| word == flag))
    };
    for (command, shown, hidden) in [
        ("chat", &["--timeout", "--profile", "--config", "--verbose", "--quiet"][..], &[][..]),
        ("twilio", &["--profile"], &["--timeout", "--retries", "--cacert", "--curl", "--body"]),
        ("inspect", &["--profile", "--config", "--quiet"], &["--verbose", "--timeout"]),
        ("profile list", &["--config", "--quiet"], &["--profile", "--verbose"]),
        ("profile check", &["--config", "--profile", "--verbose", "--timeout"], &[]),
        ("emulator", &["--color", "--quiet"], &["--profile", "--config", "--verbose"]),
        ("completions", &["--color", "--help", "--version"], &["--profile", "--config", "--verbose", "--quiet"]),
        ("man", &["--dir"], &["--profile", "--config"]),
        ("help", &["--color"], &["--profile", "--config"]),
    ] {
        assert!(shown.iter().all(|flag| shows(command, flag)), "{command} shows {shown:?}");
        assert!(hidden.iter().all(|flag| !shows(command, flag)), "{command} does not show {hidden:?}");
    }
    // They are taken all the same: a script may give them to every command.
    tokenmint("completions bash -q -v").stdout(starts_with("# bash")).run();
}

#[test]
fn a_limit_is_shown_with_its_field() {
    let allowed = |line: &str, flag: &str| {
        let page = printed(line);
        let lines = page.lines().skip_while(move |line| !line.trim_start().starts_with(flag)).skip(1);
        let own: Vec<&str> = lines.take_while(|line| !line.trim_start().starts_with('-')).map(str::trim).collect();
        let own = own.join(" ");
        own.split_once("[allowed: ").and_then(|(_, rest)| rest.split_once(']')).map(|(limit, _)| limit.to_owned())
    };
    // The numbers are those of SignalWire's and Twilio's references.
    for (command, flag, limit) in [
        ("chat", "--ttl", "1m to 30d"),
        ("chat", "-c, --channel", "1 to 500 channels, names of at most 250 characters that do not begin with sw_"),
        ("pubsub", "-c, --channel", "1 to 500 channels, names of at most 250 characters"),
        ("chat", "--member-id", "at most 250 characters"),
        ("chat", "--state", "at most 2000 characters as JSON"),
        ("guest", "-a, --allowed-address", "1 to 10 UUIDs"),
        ("guest", "--region", "us-central; others cause a warning and are sent"),
        ("video", "--room-name", "1 to 100 of the characters A-Z a-z 0-9 _ -"),
        ("video", "--room-display-name", "at most 200 characters"),
        ("video", "--remove-after-seconds-elapsed", "1 to 200000 seconds"),
        ("video", "--join-as", "one of member, audience"),
        ("subscriber", "--fingerprint", "exactly 43 of the characters A-Z a-z 0-9 _ -"),
        ("twilio", "--ttl", "1s to 1d"),
    ] {
        assert_eq!(allowed(&format!("{command} --help"), flag).as_deref(), Some(limit), "{command} {flag}");
    }
}

#[test]
fn a_page_is_coloured_where_that_is_asked_for_and_plain_in_a_pipe() {
    for line in ["chat -h", "chat --help", "help", "help permissions", "--help"] {
        let plain = printed(line);
        assert!(!plain.contains('\u{1b}'), "{line}");
        for coloured in [
            tokenmint(line).args(["--color", "always"]),
            tokenmint(line).env("FORCE_COLOR", "1"),
            tokenmint(line).env("CLICOLOR_FORCE", "1"),
        ] {
            let page = coloured.stdout(contains("\u{1b}[")).run().stdout;
            assert_eq!(without_colours(&page), plain, "{line}");
        }
        let never = tokenmint(line).args(["--color", "never"]).env("CLICOLOR_FORCE", "1");
        never.stdout(predicates::ord::eq(plain.clone())).run();
        tokenmint(line).env("NO_COLOR", "1").env("FORCE_COLOR", "1").stdout(predicates::ord::eq(plain)).run();
    }
    // Headings are bold and green, what is typed is bold and cyan, as in cargo.
    let page = tokenmint("chat -h --color always").stdout(contains("\u{1b}[")).run().stdout;
    for part in [
        "\u{1b}[1m\u{1b}[32mUsage:\u{1b}[0m",
        "\u{1b}[1m\u{1b}[32mOutput:\u{1b}[0m",
        "\u{1b}[1m\u{1b}[36m--ttl\u{1b}[0m",
    ] {
        assert!(page.contains(part), "{part:?} in {page:?}");
    }
}

fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn a_page_fits_the_terminal_except_for_lines_to_copy() {
    for line in
        ["--help", "chat --help", "video --help", "twilio --help", "help config", "help environment", "help errors"]
    {
        for width in [80, 120] {
            let page = tokenmint(line).env("COLUMNS", width.to_string()).stdout(contains("")).run().stdout;
            let too_wide = page.lines().filter(|line| !line.contains("tokenmint "));
            let too_wide: Vec<&str> = too_wide.filter(|line| line.chars().count() > width).collect();
            assert!(too_wide.is_empty(), "{line} at {width} columns: {too_wide:#?}");
            let widest = page.lines().map(|line| line.chars().count()).max();
            assert!(widest.is_some_and(|widest| widest <= 100), "{line}: lines of {widest:?} are hard to read");
            assert!(page.lines().all(|line| line.trim_end() == line), "{line}: blanks at the end of a line");
        }
    }
}

#[test]
fn the_version_is_printed_after_any_command() {
    for line in ["--version", "-V", "chat --version", "profile list -V", "help --version", "completions --version"] {
        tokenmint(line).prints("tokenmint 0.1.0\n").run();
    }
}

#[test]
fn completion_never_fails_and_never_reports() {
    for words in
        [&[][..], &["="], &["nonsense", "="], &["chat", "--nonsense"], &["--config", "missing.toml", "-p", "="]]
    {
        tokenmint("__complete").args(words).stdout(contains("\n")).run();
    }
    // A file that cannot be read as a configuration still has its names, and programs in it are not run.
    let config = "unknown = 1\n[profiles.dev.signalwire]\napi_token_command = ['touch', 'ran']\n[profiles.'a b']\n";
    let names = |line: &str| tokenmint(line).config(config);
    names("__complete chat --profile =").prints("nothing\ndev\nemulator\n").run();
    names("__complete profile show =d").prints("nothing\ndev\n").run();
    names("__complete =--profile=d").prints("nothing\n--profile=dev\n").run();
    tokenmint("__complete -p =").config("[profiles").prints("nothing\nemulator\n").run();
    let other = tokenmint("__complete --config ~/other.toml -p =").file("home/other.toml", "[profiles.ci]", 0o600);
    other.prints("nothing\nci\nemulator\n").run();
    // It is in no list.
    for line in ["--help", "help", "help environment"] {
        assert!(!printed(line).contains("__complete"), "{line}");
    }
}

#[test]
fn man_prints_the_page_of_a_command() {
    for (line, title) in [
        ("man", "\"TOKENMINT\" \"1\""),
        ("man chat", "\"TOKENMINT-CHAT\" \"1\""),
        ("man profile check", "\"TOKENMINT-PROFILE-CHECK\" \"1\""),
        ("man config", "\"TOKENMINT-CONFIG\" \"5\""),
    ] {
        tokenmint(line).stdout(contains(title)).run();
    }
    tokenmint("man nonsense").fails(2).says_all(&["no man page", "profile-check", "config"]).run();
}

#[test]
fn every_man_page_has_the_sections_that_people_look_for() {
    let mut run = tokenmint("man --dir share/man1");
    assert!(run.command().status().expect("the program starts").success());
    let pages =
        std::fs::read_dir(run.path("share/man1")).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut count = 0;
    for path in pages {
        let page = std::fs::read_to_string(&path).expect("a page");
        for title in ["NAME", "SYNOPSIS", "EXAMPLES", "ENVIRONMENT", "FILES", "EXIT STATUS", "SEE ALSO"] {
            assert!(
                page.contains(&format!("\n.SH \"{title}\"\n")) || page.contains(&format!("\n.SH {title}\n")),
                "{title} in {path:?}"
            );
        }
        count += 1;
    }
    assert!(count >= 18, "{count}");
    // Not in the folder of section 1, where nothing would find it.
    let config = std::fs::read_to_string(run.path("share/man5/tokenmint-config.5")).expect("the page of the file");
    for word in ["default_profile", "api_token", "_command", "_file", "XDG_CONFIG_HOME", "chmod 600"] {
        assert!(config.replace("\\-", "-").replace('\n', " ").contains(word), "{word}");
    }
}

#[cfg(unix)]
#[test]
fn man_pages_have_no_lint() {
    if !crate::harness::installed("mandoc") {
        return;
    }
    let mut run = tokenmint("man --dir pages");
    assert!(run.command().status().expect("the program starts").success());
    for entry in std::fs::read_dir(run.path("pages")).expect("the folder") {
        let path = entry.expect("an entry").path();
        let lint =
            std::process::Command::new("mandoc").args(["-T", "lint"]).arg(&path).output().expect("mandoc starts");
        let text = String::from_utf8_lossy(&lint.stdout).into_owned();
        // The pages have no date, so that they are the same on any day, and a long word stays in one line.
        let serious: Vec<&str> = text
            .lines()
            .filter(|line| !line.contains("missing date") && !line.contains("longer than 80 bytes"))
            .collect();
        assert!(serious.is_empty(), "{serious:#?}");
    }
}
