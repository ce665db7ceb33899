//! What holds for every input: parsers, decoders and quoting, through the library's own functions and through the shells
//! that are installed here.

use jiff::Timestamp;
use proptest::prelude::*;
use tokenmint::testing::app::Environment;
use tokenmint::testing::credentials::config::Config;
use tokenmint::testing::error::Result;
use tokenmint::testing::http::{Expected, Member, Presence, Received, Success, judge};
use tokenmint::testing::output::screen::Screen;
#[cfg(unix)]
use tokenmint::testing::output::shell::Shell;
use tokenmint::testing::providers::SCHEMAS;
use tokenmint::testing::redact::Scrubber;
use tokenmint::testing::secret::Secret;
use tokenmint::testing::signalwire::Space;
#[cfg(unix)]
use tokenmint::testing::text::sh_word;
use tokenmint::testing::text::{clean, clip};
use tokenmint::testing::{inspect, json};

/// A label of a host name.
const LABEL: &str = "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?";

/// Whether a text is made of what a token has.
fn is_token(text: &str) -> bool {
    (1..=65_536).contains(&text.len())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "._~+/=-".contains(character))
}

/// Texts that look like spaces, whole or broken.
fn spaces() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "https://",
        "http://",
        "ftp://",
        "//",
        "user@",
        "user:password@",
        "example",
        "EXAMPLE",
        "a-b",
        "-",
        "..",
        ".",
        "signalwire.com",
        ".signalwire.com",
        "evil.com",
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::2]",
        "[",
        "]",
        ":",
        ":1",
        ":443",
        ":8793",
        ":99999",
        ":0",
        "/",
        "?q",
        "#f",
        "%2e",
        "%40",
        "\\",
        " ",
        "\t",
        "\n",
        "\0",
        "é",
        "。",
        "xn--",
        "_",
        "@",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat()),
        "\\PC{0,30}",
        "[a-zA-Z0-9.:/@?#%\\[\\]-]{0,40}"
    ]
}

proptest! {
    // What was found once is written down as a test, not kept in files of the library's own.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_a_space_has_the_host_that_was_meant_and_nothing_else(text in spaces()) {
        let Ok(space) = Space::parse(&text, "SIGNALWIRE_SPACE") else { return Ok(()) };
        // The host is what stands in the text, or its one label with the service's domain.
        let lower = text.to_ascii_lowercase();
        let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let after_host = rest.rfind(']').unwrap_or(0);
        let written = rest[after_host..].find(':').map_or(rest, |colon| &rest[..after_host + colon]);
        let meant = if lower.contains("://") || written.contains(['.', '[']) || written == "localhost" {
            written.to_owned()
        } else {
            format!("{written}.signalwire.com")
        };
        prop_assert_eq!(space.host(), meant.as_str());
        // And so it is for the library that opens the connection.
        let uri: ureq::http::Uri = format!("{space}/api/chat/tokens").parse().expect("a URL");
        prop_assert_eq!(uri.host(), Some(space.host()));
        prop_assert_eq!(uri.port_u16().unwrap_or(if space.is_secure() { 443 } else { 80 }), space.port());
        prop_assert_eq!(uri.path_and_query().map(ToString::to_string), Some("/api/chat/tokens".to_owned()));
        let authority = uri.authority().expect("an authority").as_str();
        prop_assert!(!authority.contains('@'));
        prop_assert_eq!(uri.scheme_str(), Some(if space.is_secure() { "https" } else { "http" }));
        let loopback = ["127.0.0.1", "localhost", "[::1]"].contains(&space.host());
        prop_assert!(space.is_secure() || loopback);
        prop_assert_eq!(space.is_loopback(), loopback);
    }

    #[test]
    fn whatever_is_well_formed_is_a_space(name in LABEL, labels in prop::collection::vec(LABEL, 2..4), port in 1_u16..) {
        let url = |text: &str| Space::parse(text, "SIGNALWIRE_SPACE").map(|space| space.to_string()).ok();
        prop_assume!(name != "localhost");
        prop_assert_eq!(url(&name), Some(format!("https://{name}.signalwire.com")));
        let host = labels.join(".");
        prop_assume!(host != "127.0.0.1");
        prop_assert_eq!(url(&host.to_uppercase()), Some(format!("https://{host}")));
        let written = format!("https://{host}:{port}");
        prop_assert_eq!(url(&format!("{written}/")), Some(written.clone()));
        prop_assert_eq!(url(&format!("{host}:{port}")), None);
        prop_assert_eq!(url(&format!("http://{host}")), None);
        prop_assert_eq!(url(&format!("https://user@{host}")), None);
    }

    #[test]
    fn clean_text_is_one_line_that_steers_nothing(text in any::<String>(), most in 0_usize..50) {
        let cleaned = clean(&text);
        let steering = |character: char| {
            character.is_control()
                || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        };
        prop_assert!(!cleaned.contains(steering));
        prop_assert_eq!(clean(&cleaned), cleaned.clone());
        let cut = clip(&text, most);
        prop_assert!(cut.chars().count() <= most + 1);
        prop_assert!(cleaned.starts_with(cut.strip_suffix('…').unwrap_or(&cut)));
    }

    #[test]
    fn a_secret_is_scrubbed_wherever_it_stands(
        secret in "[!-~]{8,40}", before in "\\PC{0,10}", after in "\\PC{0,10}", torn in "[\u{1b}\u{200b}\u{85}]{0,2}",
    ) {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        let scrubber = Scrubber::new([&Secret::new(secret.clone())]);
        prop_assume!(!"[redacted]".contains(&secret) && !secret.contains("[redacted]"));
        let outside = scrubber.outside(&format!("{before}{secret}{after}"));
        prop_assert!(!outside.contains(&secret), "{}", outside);
        let middle = secret.len() / 2;
        let outside = scrubber.outside(&format!("{before}{}{torn}{}{after}", &secret[..middle], &secret[middle..]));
        prop_assert!(!outside.contains(&secret), "{}", outside);
        let whole = STANDARD.encode(&secret);
        let outside = scrubber.outside(&format!("{before} {whole} {after}"));
        prop_assert!(!outside.contains(&whole), "{}", outside);
        let percent = secret.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
        let outside = scrubber.outside(&format!("{before} {percent} {after}"));
        prop_assert!(!outside.contains(&percent), "{}", outside);
    }

    #[test]
    fn no_answer_gives_a_token_outside_the_grammar(answer in answers(), guest_answer in any::<bool>()) {
        if let Ok(mut minted) = judged(&answer, guest_answer) {
            prop_assert!((200..300).contains(&answer.status));
            let token = minted.take("token").expect("it is required");
            prop_assert!(is_token(token.expose()));
            let refresh = minted.take("refresh_token");
            prop_assert!(refresh.is_none_or(|refresh| guest_answer && is_token(refresh.expose())));
            let object: serde_json::Value = serde_json::from_slice(&answer.body).expect("one complete JSON value");
            prop_assert_eq!(&object["token"], &serde_json::Value::from(token.expose()));
        }
    }

    #[test]
    fn every_refusal_is_put_into_clean_words(answer in answers(), status in 300_u16..600) {
        let answer = Received { status, ..answer };
        let failure = judged(&answer, false).expect_err("a refusal");
        let exit = match status {
            401 | 403 => 4,
            429 => 6,
            400..=499 => 5,
            _ => 6,
        };
        prop_assert_eq!(failure.exit_code(), exit);
        prop_assert!(!failure.to_string().contains(char::is_control));
        prop_assert_eq!(failure.status(), Some(status));
        prop_assert!(failure.details().len() <= 20);
    }

    #[test]
    fn any_text_can_be_inspected(text in "\\PC{0,60}", parts in prop::collection::vec("[A-Za-z0-9_-]{0,40}", 1..6)) {
        let now = Timestamp::from_second(1_800_000_000).expect("a time");
        for text in [text, parts.join(".")] {
            for (_, token) in inspect::read(&text).unwrap_or_default() {
                let judgement = inspect::Judgement::of(&token, now);
                let report = inspect::report::text(&judgement, &Screen::default());
                prop_assert!(!report.contains(|character: char| character.is_control() && character != '\n'));
                let json = inspect::report::json(&judgement).to_string();
                prop_assert!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON").is_object());
            }
        }
    }

    #[test]
    fn any_claims_can_be_shown(header in values(), claims in values()) {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let token = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let now = Timestamp::from_second(1_800_000_000).expect("a time");
        let token = inspect::read(&token).expect("the characters of a token").remove(0).1;
        let judgement = inspect::Judgement::of(&token, now);
        let report = inspect::report::text(&judgement, &Screen::default());
        prop_assert!(!report.contains(|character: char| character.is_control() && character != '\n'));
        serde_json::from_str::<serde_json::Value>(&inspect::report::json(&judgement).to_string()).expect("JSON");
    }

    #[test]
    fn json_keeps_its_meaning_and_loses_its_blanks(text in values()) {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) else { return Ok(()) };
        let kept = json::value(&text).expect("what one reader takes, the other takes");
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&kept).expect("JSON"), value);
        prop_assert_eq!(json::value(&kept).expect("JSON"), kept);
    }

    #[test]
    fn no_fault_of_a_configuration_quotes_it(file in config_files()) {
        let path = std::path::Path::new("/home/user/config.toml");
        if let Err(failure) = Config::parse(&file, path, &Environment::default(), &SCHEMAS) {
            let said = format!("{failure}{}", failure.hint().unwrap_or_default());
            prop_assert_eq!(failure.exit_code(), 3);
            prop_assert!(!said.contains(CANARY), "{} of {}", said, file);
        }
    }
}

/// A text that no error may quote.
const CANARY: &str = "canary7c9d2f0a51";

/// Configuration files that are TOML, or nearly: with a secret as a value, in a list, as a key, as a table's name, in a
/// comment, and behind what ends a line too early.
fn config_files() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "space",
        "project_id",
        "api_token",
        "api_token_file",
        "api_token_command",
        "account_sid",
        "api_key_sid",
        "api_key_secret",
        "region",
        "default_profile",
        "api_tokn",
        "\"api token\"",
        "CANARY",
        "\"CANARY\"",
        "a.CANARY",
    ]);
    let value = prop::sample::select(vec![
        "\"CANARY\"",
        "'CANARY'",
        "\"\"\"\nCANARY\n\"\"\"",
        "[\"CANARY\"]",
        "[\"op\", 'CANARY', 7]",
        "[[\"CANARY\"]]",
        "{ a = \"CANARY\" }",
        "{ \"CANARY\" = 1 }",
        "7 # CANARY",
        "true",
    ]);
    let broken = prop::sample::select(vec![
        "CANARY",
        "\"CANARY",
        "'CANARY\"",
        "\"CANARY\" CANARY",
        "\"\\CANARY\"",
        "\"\\u00CANARY\"",
        "[\"CANARY\"",
        "{ a = \"CANARY\"",
        "2030-01-01CANARY",
        "",
    ]);
    let value = prop_oneof![9 => value, 1 => broken];
    let entry = (key, value).prop_map(|(key, value)| format!("{key} = {value}"));
    let line = prop_oneof![
        12 => entry,
        3 => prop::sample::select(vec![
            "[profiles.dev.twilio]", "[profiles.CANARY.signalwire]", "[profiles.\"CANARY\".twilio]", "[profiles.dev.CANARY]",
            "[CANARY]", "[[profiles.dev.signalwire]]", "[profiles.dev", "CANARY", "= \"CANARY\"", "\"CANARY\"", "# CANARY",
            "profiles.dev.signalwire.api_token = \"CANARY\"", "[profiles.dev.signalwire]",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,20}".prop_map(|text| format!("{text}CANARY")),
    ];
    let lines = prop::collection::vec(line, 1..5).prop_map(|lines| lines.join("\n"));
    let start = prop::sample::select(vec![
        "[profiles.dev.signalwire]\n",
        "default_profile = \"dev\"\n[profiles.dev.signalwire]\nspace = \"example\"\n",
        "",
    ]);
    (start, lines).prop_map(|(start, lines)| format!("{start}{lines}").replace("CANARY", CANARY))
}

/// The generator above is worth something only if many of its files are TOML, and are refused for what they hold.
#[test]
fn many_of_the_generated_configurations_are_toml() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut whole, mut refused) = (0, 0);
    for _ in 0..500 {
        let file = config_files().new_tree(&mut runner).expect("a file").current();
        if toml::de::DeTable::parse(&file).is_ok() {
            whole += 1;
            let path = std::path::Path::new("/home/user/config.toml");
            refused += i32::from(Config::parse(&file, path, &Environment::default(), &SCHEMAS).is_err());
        }
    }
    assert!(whole > 100 && refused > 50, "{whole} of 500 are TOML, {refused} of them refused");
}

/// Judges an answer with the members of a guest token, or of another.
fn judged(answer: &Received, is_guest: bool) -> Result<Success> {
    let members = [
        Member { name: "token", presence: Presence::Required },
        Member { name: "refresh_token", presence: Presence::Warned },
    ];
    let members = if is_guest { &members[..] } else { &members[..1] };
    let flag_of = |attribute: &str| (attribute == "ttl").then(|| "--ttl".to_owned());
    let expected = Expected {
        path: "/api/chat/tokens",
        members,
        scope: "Chat",
        refused: None,
        looked_up: &|| None,
        secrets: &[],
        flag_of: &flag_of,
    };
    judge(answer, &expected, "example.signalwire.com", &Scrubber::default())
}

/// JSON, nearly JSON, and JSON that is nearly an answer.
fn values() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"token\"",
        "\"refresh_token\"",
        "\"errors\"",
        "\"error\"",
        "\"message\"",
        "\"attribute\"",
        "\"ttl\"",
        "\"eyJh.b.c\"",
        "\"a b\"",
        "\"a\\n\"",
        "\"\\u001b[31m\"",
        "\"\u{9b}\u{202e}\"",
        "\"\"",
        "null",
        "true",
        "0",
        "-1.5e300",
        "1e400",
        "12345678901234567890123",
        " ",
        "\n",
        "\\u0000",
        "\\ud800",
        "\"exp\"",
        "\"iat\"",
        "\"nbf\"",
        "\"grants\"",
        "\"t\"",
        "\"alg\"",
        "\"typ\"",
        "\"CRT\"",
        "\"HS256\"",
        "9223372036854775807",
        "-9223372036854775808",
        "1800000000",
        "{\"token\":\"abc\"}",
        "{\"errors\":[{\"message\":\"a\\nb\"}]}",
    ]);
    let member = (
        prop::sample::select(vec![
            "token",
            "refresh_token",
            "errors",
            "error",
            "exp",
            "iat",
            "t",
            "typ",
            "grants",
            "ch",
            "x\n",
        ]),
        leaf(),
    );
    prop_oneof![
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()),
        prop::collection::vec(member, 0..6).prop_map(|members| {
            let members: Vec<String> =
                members.into_iter().map(|(key, value)| format!("{}:{value}", serde_json::Value::from(key))).collect();
            format!("{{{}}}", members.join(","))
        }),
    ]
}

/// A JSON value of any kind.
fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
        "[A-Za-z0-9._~+/=-]{0,20}".prop_map(|text| serde_json::Value::from(text).to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| serde_json::Value::from(number).to_string()),
        Just("null".to_owned()),
        Just("[[],{}]".to_owned()),
        Just("{\"exp\":[1],\"a\":{\"b\":\"c\\r\\n::d\"}}".to_owned()),
    ]
}

/// Whatever a server may answer.
fn answers() -> impl Strategy<Value = Received> {
    let body = prop_oneof![values().prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..60)];
    let header = || prop::option::of(any::<String>());
    (100_u16..1_000, body, header(), header(), header(), header()).prop_map(
        |(status, body, content_type, content_encoding, location, retry_after)| Received {
            status,
            retry_after,
            content_type,
            content_encoding,
            location,
            body: zeroize::Zeroizing::new(body),
        },
    )
}

#[cfg(unix)]
mod shells {
    use super::{Shell, prop, sh_word};
    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    use crate::harness::installed;

    /// Texts of all that a shell could act on, and of any other character but NUL, which no variable holds. fish keeps
    /// marks of its own in a part of the private use area, so that part is left out.
    fn values() -> impl Strategy<Value = Vec<String>> {
        let awkward = prop::sample::select(
            "'\"\\$`!#%&*()[]{}<>|;~^=?:@ \t\n\r-\u{2018}\u{2019}\u{201a}\u{201b}é😀".chars().collect::<Vec<_>>(),
        );
        let any = any::<char>().prop_filter("no NUL, nothing for private use", |character| {
            *character != '\0' && !('\u{e000}'..='\u{f8ff}').contains(character)
        });
        prop::collection::vec(
            prop::collection::vec(prop_oneof![3 => awkward, 1 => any], 0..24).prop_map(String::from_iter),
            40,
        )
    }

    /// What a shell gives back of the variables that it was told to set, or of words that it was told to print.
    fn read_back(program: &str, script: &str) -> Vec<String> {
        let folder = crate::harness::temporary_folder();
        let file = folder.path().join("script");
        std::fs::write(&file, script).expect("a script");
        let output = std::process::Command::new(program)
            .arg(&file)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("the shell starts");
        assert!(output.status.success() && output.stderr.is_empty(), "{program}: {output:?}");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    fn round_trip(programs: &[(&str, Shell)], script_of: impl Fn(Shell, &str) -> String) {
        for (program, shell) in programs.iter().copied().filter(|(program, _)| installed(program)) {
            let mut runner =
                TestRunner::new(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() });
            let result = runner.run(&values(), |values| {
                let script: String = values.iter().map(|value| script_of(shell, value)).collect();
                prop_assert_eq!(read_back(program, &script), values, "{}", program);
                Ok(())
            });
            assert!(result.is_ok(), "{}", result.err().map_or_else(String::new, |error| error.to_string()));
        }
    }

    const SH: [(&str, Shell); 5] =
        [("sh", Shell::Sh), ("bash", Shell::Sh), ("dash", Shell::Sh), ("zsh", Shell::Sh), ("ksh", Shell::Sh)];

    #[test]
    fn a_variable_has_the_value_that_was_quoted() {
        round_trip(&SH, |shell, value| shell.set_variable("T", value) + "printf '%s\\0' \"$T\"\n");
        round_trip(&[("fish", Shell::Fish)], |shell, value| shell.set_variable("T", value) + "printf '%s\\0' \"$T\"\n");
    }

    #[test]
    fn a_variable_reaches_the_programs_that_a_shell_starts() {
        let printer = "sh -c 'printf \"%s\\0\" \"$T\"'\n";
        round_trip(&[("sh", Shell::Sh), ("fish", Shell::Fish)], |shell, value| {
            shell.set_variable("T", value) + printer
        });
    }

    #[test]
    fn a_word_is_the_word_that_was_quoted() {
        round_trip(&SH, |_, value| format!("printf '%s\\0' {}\n", sh_word(value)));
    }
}
