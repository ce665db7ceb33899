//! Where credentials come from: one set, from one source, the first that there is. Everything else is exit 3, names
//! what is missing or malformed, and shows no value.

use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, TOKEN, tokenmint};
use crate::server::Server;

/// A profile of this name in the configuration file, with a literal token.
fn profile(name: &str, server: &Server, api_token: &str) -> String {
    format!(
        "[profiles.{name}.signalwire]\nspace = \"{}\"\nproject_id = \"{PROJECT}\"\napi_token = \"{api_token}\"\n",
        server.space()
    )
}

/// The profile `dev` with this line in place of the token's, as the default.
pub(crate) fn dev(server: &Server, secret_line: &str) -> String {
    let profile = profile("dev", server, "x").replace("api_token = \"x\"", secret_line);
    format!("default_profile = \"dev\"\n{profile}")
}

/// The run mints with this project and API token.
fn mints_with(run: Run, server: Server, api_token: &str) {
    run.prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{api_token}"));
}

/// The run is refused with exit 3 and says these.
pub(crate) fn refuse(run: Run, parts: &[&str]) {
    run.says_all(parts).fails(3).run();
}

#[test]
fn a_name_listed_first_wins_over_one_listed_later() {
    let spaces = ["SIGNALWIRE_SPACE", "SIGNALWIRE_SPACE_URL", "SIGNALWIRE_SPACE_NAME"];
    for first in 0..spaces.len() {
        let (server, other) = (Server::minting(), Server::unused());
        let run = tokenmint(CHAT).env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
        let run = run.env(spaces[first], server.url());
        mints_with(spaces[first + 1..].iter().fold(run, |run, later| run.env(later, other.url())), server, API_TOKEN);
    }
    let run = |server: &Server| {
        tokenmint(CHAT).credentials(server).unset("SIGNALWIRE_API_TOKEN").env("SIGNALWIRE_TOKEN", "PTother")
    };
    let server = Server::minting();
    mints_with(run(&server), server, "PTother");
    let server = Server::minting();
    mints_with(run(&server).env("SIGNALWIRE_API_TOKEN", API_TOKEN), server, API_TOKEN);
}

#[test]
fn part_of_a_set_is_an_error_that_names_the_rest() {
    let names = ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"];
    for given in 1..7 {
        let server = Server::unused();
        let mut run = tokenmint(CHAT).credentials(&server).config(&dev(&server, "api_token = \"PTprofile\""));
        for (place, name) in names.iter().enumerate() {
            if given & (1 << place) == 0 {
                run = run.unset(name).says(name);
            }
        }
        run.fails(3).run();
    }
}

#[test]
fn an_empty_variable_is_an_error_that_names_it() {
    for name in ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"] {
        let server = Server::unused();
        let config = dev(&server, "api_token = \"PTprofile\"");
        refuse(tokenmint(CHAT).credentials(&server).config(&config).env(name, ""), &[name, "empty"]);
    }
    // A later spelling does not step in, and one that is empty alone is not "nothing".
    let server = Server::unused();
    let run =
        tokenmint(CHAT).credentials(&server).env("SIGNALWIRE_SPACE", "").env("SIGNALWIRE_SPACE_URL", server.url());
    refuse(run, &["SIGNALWIRE_SPACE", "empty"]);
    refuse(
        tokenmint(CHAT).env("SIGNALWIRE_TOKEN", "").config(&dev(&server, "api_token = \"PTprofile\"")),
        &["SIGNALWIRE_TOKEN"],
    );
}

#[test]
fn white_space_around_a_variable_is_cut_with_a_warning() {
    for name in ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"] {
        let server = Server::minting();
        let value = match name {
            "SIGNALWIRE_SPACE" => server.space(),
            "SIGNALWIRE_PROJECT_ID" => PROJECT.to_owned(),
            _ => API_TOKEN.to_owned(),
        };
        let run = tokenmint(CHAT).credentials(&server).env(name, format!(" {value}\n")).says_all(&["warning", name]);
        mints_with(run, server, API_TOKEN);
    }
}

#[test]
fn control_characters_inside_a_value_are_refused() {
    for (name, value) in [
        ("SIGNALWIRE_PROJECT_ID", "7b98\n1c06"),
        ("SIGNALWIRE_PROJECT_ID", "7b98\u{1b}[31m1c06"),
        ("SIGNALWIRE_API_TOKEN", "PT00\r\nX-Evil: 1"),
        ("SIGNALWIRE_API_TOKEN", "PT00\u{7f}"),
        ("SIGNALWIRE_API_TOKEN", "PT00\u{85}11"),
    ] {
        let server = Server::unused();
        refuse(tokenmint(CHAT).credentials(&server).env(name, value).hides(value), &[name]);
    }
}

#[test]
fn a_named_profile_is_used_whole_and_the_environment_not_at_all() {
    let other = Server::unused();
    for args in [vec!["--profile", "dev"], vec!["-p", "dev"], vec!["--profile=dev"]] {
        let server = Server::minting();
        let run = tokenmint(CHAT).args(args).credentials(&other).config(&profile("dev", &server, "PTprofile"));
        mints_with(run, server, "PTprofile");
    }
    let server = Server::minting();
    let run = tokenmint("--profile dev").args(CHAT.split(' ')).credentials(&other).env("SIGNALWIRE_API_TOKEN", "");
    mints_with(run.config(&profile("dev", &server, "PTprofile")), server, "PTprofile");
    let server = Server::minting();
    let run = tokenmint(CHAT).env("TOKENMINT_PROFILE", "dev").credentials(&other);
    mints_with(run.config(&profile("dev", &server, "PTprofile")), server, "PTprofile");
    let server = Server::minting();
    let run = tokenmint(CHAT).args(["-p", "dev"]).env("TOKENMINT_PROFILE", "prod");
    let both = profile("dev", &server, "PTprofile") + &profile("prod", &other, "PTprod");
    mints_with(run.config(&both), server, "PTprofile");
}

#[test]
fn the_default_profile_comes_after_the_environment() {
    let server = Server::minting();
    let run = tokenmint(CHAT).config(&dev(&server, "api_token = \"PTprofile\""));
    mints_with(run, server, "PTprofile");
    let (server, other) = (Server::minting(), Server::unused());
    let run = tokenmint(CHAT).credentials(&server).config(&dev(&other, "api_token = \"PTprofile\""));
    mints_with(run, server, API_TOKEN);
}

#[test]
fn a_complete_environment_leaves_the_file_unopened() {
    let server = Server::minting();
    mints_with(tokenmint(CHAT).credentials(&server).config("this is = no [TOML"), server, API_TOKEN);
}

#[test]
fn the_file_is_looked_for_in_one_place_after_the_other() {
    let place = "xdg/tokenmint/config.toml";
    let start = |server: &Server| (tokenmint(CHAT), dev(server, "api_token = \"PTprofile\""));
    let other = Server::unused();

    let server = Server::minting();
    let (run, text) = start(&server);
    let file = run.path("mine.toml");
    let run = run.config(&dev(&other, "api_token = \"PTother\"")).file("mine.toml", &text, 0o600);
    mints_with(run.env("TOKENMINT_CONFIG", "/no/such/file").arg("--config").arg(file), server, "PTprofile");

    let server = Server::minting();
    let text = dev(&server, "api_token = \"PTprofile\"");
    let run = tokenmint("--config mine.toml").args(CHAT.split(' ')).file("mine.toml", &text, 0o600);
    mints_with(run, server, "PTprofile");

    let server = Server::minting();
    let (run, text) = start(&server);
    let file = run.path("mine.toml");
    let run = run.config(&dev(&other, "api_token = \"PTother\"")).file("mine.toml", &text, 0o600);
    mints_with(run.env("TOKENMINT_CONFIG", file), server, "PTprofile");

    let server = Server::minting();
    let (run, text) = start(&server);
    let run = run.file("home/.config/tokenmint/config.toml", &dev(&other, "api_token = \"PTother\""), 0o600);
    mints_with(run.file(place, &text, 0o600), server, "PTprofile");

    let server = Server::minting();
    let (run, text) = start(&server);
    let run = run.unset("XDG_CONFIG_HOME").file("home/.config/tokenmint/config.toml", &text, 0o600);
    mints_with(run, server, "PTprofile");

    // With XDG_CONFIG_HOME set, only there; and never in the working directory.
    let text = dev(&other, "api_token = \"PTother\"");
    let run = tokenmint(CHAT).file("home/.config/tokenmint/config.toml", &text, 0o600);
    let run =
        ["config.toml", "tokenmint.toml", ".tokenmint.toml", "tokenmint/config.toml", ".config/tokenmint/config.toml"]
            .iter()
            .fold(run, |run, place| run.file(place, &text, 0o600));
    refuse(run, &["SIGNALWIRE_SPACE"]);
}

#[test]
fn a_file_that_was_named_must_be_there() {
    refuse(tokenmint(CHAT).args(["--config", "/no/such/file.toml"]), &["/no/such/file.toml"]);
    refuse(tokenmint(CHAT).env("TOKENMINT_CONFIG", "/no/such/file.toml"), &["/no/such/file.toml"]);
    refuse(tokenmint(CHAT).env("TOKENMINT_CONFIG", ""), &["TOKENMINT_CONFIG", "empty"]);
    refuse(tokenmint(CHAT).env("TOKENMINT_PROFILE", ""), &["TOKENMINT_PROFILE", "empty"]);
    refuse(tokenmint(CHAT).args(["--config", "."]), &[]);
}

#[test]
fn without_any_credentials_the_ways_to_give_them_are_listed() {
    let ways =
        ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "default_profile", "--profile emulator"];
    refuse(tokenmint(CHAT), &ways);
    // A default profile without this provider's part holds no credentials either.
    refuse(
        tokenmint(CHAT).config("default_profile = \"dev\"\n[profiles.dev]\n"),
        &["SIGNALWIRE_SPACE", "--profile emulator"],
    );
}

#[test]
fn names_in_the_file_that_are_not_known_get_a_suggestion() {
    let server = Server::unused();
    let misspelt = [
        (format!("api_tokn = \"{API_TOKEN}\""), "api_token"),
        (format!("api_token = \"{API_TOKEN}\"\nspcae = \"x\""), "space"),
        (format!("api_token = \"{API_TOKEN}\"\n[profiles.dev.signalwier]"), "signalwire"),
        (format!("api_token = \"{API_TOKEN}\"\n[profile.dev]"), "profiles"),
    ];
    for (lines, meant) in misspelt {
        refuse(tokenmint(CHAT).config(&dev(&server, &lines)), &[meant]);
    }
    let known = profile("development", &server, API_TOKEN);
    refuse(tokenmint(CHAT).args(["--profile", "devlopment"]).config(&known), &["development"]);
    refuse(tokenmint(CHAT).config(&format!("default_profile = \"develpment\"\n{known}")), &["development"]);
}

#[test]
fn a_broken_file_is_told_by_its_line_alone() {
    let server = Server::unused();
    // The fifth line of the file.
    for line in [
        format!("api_token = \"{API_TOKEN}"),
        format!("api_token = {API_TOKEN}"),
        format!("api_token \"{API_TOKEN}\""),
        API_TOKEN.to_owned(),
    ] {
        refuse(tokenmint(CHAT).config(&dev(&server, &line)).hides(PROJECT), &["line 5", "config.toml"]);
    }
    for line in [
        format!("api_token = [\"{API_TOKEN}\"]"),
        "api_token = 7".to_owned(),
        "api_token = \"\"".to_owned(),
        "api_token_command = \"x\"".to_owned(),
    ] {
        refuse(tokenmint(CHAT).config(&dev(&server, &line)), &["api_token"]);
    }
}

#[test]
fn a_profile_needs_each_part_once() {
    let server = Server::unused();
    refuse(tokenmint(CHAT).config(&dev(&server, "")), &["api_token"]);
    for pair in [
        "api_token = \"PTone\"\napi_token_file = \"x\"",
        "api_token = \"PTone\"\napi_token_command = [\"x\"]",
        "api_token_file = \"x\"\napi_token_command = [\"x\"]",
    ] {
        refuse(tokenmint(CHAT).config(&dev(&server, pair)), &["api_token"]);
    }
    let without = dev(&server, "api_token = \"PTone\"").replace(&format!("project_id = \"{PROJECT}\""), "");
    refuse(tokenmint(CHAT).config(&without), &["project_id"]);
}

#[test]
fn the_emulator_is_a_name_of_our_own() {
    let server = Server::unused();
    let own = profile("emulator", &server, "PTone");
    refuse(tokenmint(CHAT).config(&format!("default_profile = \"emulator\"\n{own}")), &["emulator"]);
    refuse(
        tokenmint(CHAT).args(["-p", "dev"]).config(&(own.clone() + &profile("dev", &server, "PTtwo"))),
        &["emulator"],
    );
    refuse(tokenmint(CHAT).args(["-p", "emulator"]).config(&own), &["emulator"]);
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_may_be_the_default_profile() {
    tokenmint(CHAT)
        .config("default_profile = \"emulator\"\n")
        .says("not valid")
        .stdout(predicates::str::ends_with("\n"))
        .run();
}

#[cfg(unix)]
#[test]
fn a_literal_secret_that_others_can_read_is_refused() {
    let place = "xdg/tokenmint/config.toml";
    for mode in [0o644, 0o640, 0o604] {
        let server = Server::unused();
        let text = dev(&server, &format!("api_token = \"{API_TOKEN}\""));
        refuse(tokenmint(CHAT).file(place, &text, mode), &["chmod", "600", "config.toml"]);
        let server = Server::minting();
        let text = dev(&server, "api_token_file = \"secret\"");
        let run = tokenmint(CHAT).file(place, &text, mode).file("xdg/tokenmint/secret", "PTfile", 0o600);
        mints_with(run, server, "PTfile");
    }
}

#[test]
fn a_secret_file_holds_one_line() {
    for (place, path) in [("xdg/tokenmint/keys/secret", "keys/secret"), ("home/secret", "~/secret")] {
        let server = Server::minting();
        let run = tokenmint(CHAT).config(&dev(&server, &format!("api_token_file = \"{path}\"")));
        mints_with(run.file(place, "PTfile\n", 0o600), server, "PTfile");
    }
    let server = Server::minting();
    let run = tokenmint(CHAT).file("elsewhere", "PTfile", 0o600);
    let path = run.path("elsewhere");
    mints_with(run.config(&dev(&server, &format!("api_token_file = '{}'", path.display()))), server, "PTfile");

    let server = Server::unused();
    for text in ["PTone\nPTtwo\n", "", "\n", "PT\u{1b}one"] {
        let run = tokenmint(CHAT).config(&dev(&server, "api_token_file = \"secret\"")).hides("PTone").hides("PTtwo");
        refuse(run.file("xdg/tokenmint/secret", text, 0o600), &["api_token"]);
    }
    refuse(tokenmint(CHAT).config(&dev(&server, "api_token_file = \"missing\"")), &["api_token"]);
}

#[cfg(unix)]
#[test]
fn a_helper_program_prints_one_line() {
    let helper = |script: &str| format!("api_token_command = ['sh', '-c', '{script}']");
    for script in ["echo PThelper", "printf PThelper", "echo PThelper; exit 0"] {
        let server = Server::minting();
        mints_with(tokenmint(CHAT).config(&dev(&server, &helper(script))), server, "PThelper");
    }
    let server = Server::unused();
    for script in [
        "echo PThidden; echo PThidden",
        "echo PThidden; exit 3",
        ":",
        "echo",
        "printf \"PThidden\\033[m\"",
        "kill -9 $$",
        "yes PThidden | head -c 90000 | tr -d \"\\n\"",
    ] {
        refuse(tokenmint(CHAT).config(&dev(&server, &helper(script))).hides("PThidden"), &["api_token"]);
    }
    for missing in ["['/no/such/helper']", "['no-such-helper-anywhere']", "[]", "['']"] {
        refuse(tokenmint(CHAT).config(&dev(&server, &format!("api_token_command = {missing}"))), &["api_token"]);
    }
}

#[cfg(unix)]
#[test]
fn a_helper_sees_stdin_and_the_environment_without_our_secrets() {
    let secrets = ["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN", "TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET"];
    let tests: Vec<String> = secrets.iter().map(|name| format!("test -z \"${name}\"")).collect();
    let script = format!(
        "{} && test \"$MARK\" = kept && read line && test \"$line\" = typed && echo PThelper",
        tests.join(" && ")
    );
    let server = Server::minting();
    let run = tokenmint(CHAT).args(["-p", "dev"]).env("MARK", "kept").stdin("typed\n");
    let run = secrets.iter().fold(run, |run, name| run.env(name, API_TOKEN));
    mints_with(run.config(&dev(&server, &format!("api_token_command = ['sh', '-c', '{script}']"))), server, "PThelper");
}

#[cfg(unix)]
#[test]
fn a_helper_is_not_taken_from_the_working_directory() {
    let server = Server::unused();
    let run = tokenmint(CHAT).config(&dev(&server, "api_token_command = ['trap']")).file(
        "trap",
        "#!/bin/sh\ntouch sprung\necho PTtrap\n",
        0o755,
    );
    let mark = run.path("sprung");
    let folder = run.path(".");
    run.env("PATH", "/usr/bin:/bin").in_folder(&folder).says("api_token").fails(3).run();
    assert!(!mark.exists(), "the program of the working directory ran");
}

#[test]
fn a_helper_that_starts_us_again_is_refused() {
    let server = Server::unused();
    let ourselves = assert_cmd::cargo::cargo_bin!("tokenmint").display();
    let line = format!("api_token_command = ['{ourselves}', 'chat', '--ttl', '1h', '-c', 'a=r']");
    refuse(tokenmint(CHAT).config(&dev(&server, &line)), &["api_token"]);
}

#[test]
fn an_empty_name_of_a_configuration_file_is_a_mistake_wherever_credentials_come_from() {
    let server = Server::unused();
    tokenmint(CHAT).credentials(&server).env("TOKENMINT_CONFIG", "").says("TOKENMINT_CONFIG").fails(3).run();
    tokenmint(CHAT).args(["-p", "emulator"]).env("TOKENMINT_CONFIG", "").says("TOKENMINT_CONFIG").fails(3).run();
    tokenmint(CHAT).env("XDG_CONFIG_HOME", "relative").says("XDG_CONFIG_HOME").fails(3).run();
}
