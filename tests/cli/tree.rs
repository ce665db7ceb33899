//! Rules that hold for every command and every flag, walked over the command tree itself: help, names, examples, and no
//! secret of the environment in any of it.

use std::collections::BTreeSet;

use clap::{Arg, Command};
use predicates::str::contains;

use crate::harness::{API_TOKEN, tokenmint};
use crate::twilio::SECRET;

/// Every command with the words that call it.
fn commands() -> Vec<(String, Command)> {
    fn add(words: &str, command: &Command, all: &mut Vec<(String, Command)>) {
        all.push((words.to_owned(), command.clone()));
        for subcommand in command.get_subcommands() {
            add(&format!("{words} {}", subcommand.get_name()), subcommand, all);
        }
    }
    let mut tree = tokenmint::testing::cli::tree();
    tree.build();
    let mut all = Vec::new();
    add("tokenmint", &tree, &mut all);
    all
}

fn visible(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| !argument.is_hide_set())
}

/// The examples of a command, a line each. What keeps their lines together is no space until they are shown.
fn examples(command: &Command) -> Vec<String> {
    let text = command.get_before_long_help().map(ToString::to_string).unwrap_or_default();
    text.replace('\u{a0}', " ").lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
}

#[test]
fn the_tree_has_the_promised_commands() {
    let names: BTreeSet<String> = commands().into_iter().map(|(words, _)| words).collect();
    for command in [
        "chat",
        "pubsub",
        "guest",
        "video",
        "subscriber",
        "refresh",
        "invite",
        "embed",
        "twilio",
        "inspect",
        "explain",
        "profile",
        "profile list",
        "profile show",
        "profile check",
        "profile init",
        "profile path",
        "emulator",
        "help",
        "completions",
        "man",
    ] {
        assert!(names.contains(&format!("tokenmint {command}")), "{command} in {names:?}");
    }
}

#[test]
fn every_argument_has_help_in_one_line_without_a_final_period() {
    for (words, command) in commands() {
        assert!(command.get_about().is_some(), "{words}");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let fine = !help.is_empty() && !help.ends_with('.') && !help.contains('\n');
            assert!(fine, "{words}: {} has the help {help:?}", argument.get_id());
            assert!(help.starts_with(|first: char| first.is_uppercase()), "{words}: {help}");
            assert!(help.chars().count() <= 70, "{words}: {help} has {} characters", help.chars().count());
        }
    }
}

#[test]
fn every_value_has_a_name_in_capitals_or_says_what_may_stand_there() {
    for (words, command) in commands() {
        for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
            let names = argument.get_value_names().unwrap_or_default();
            let fine =
                names.iter().all(|name| name.contains('|') || name.starts_with(|c: char| c.is_ascii_uppercase()));
            assert!(!names.is_empty() && fine, "{words}: {} is called {names:?}", argument.get_id());
        }
    }
}

#[test]
fn no_two_flags_of_a_command_are_spelled_alike() {
    for (words, command) in commands() {
        let mut seen = BTreeSet::new();
        for argument in command.get_arguments() {
            let longs = argument.get_long_and_visible_aliases().unwrap_or_default();
            let hidden = argument.get_all_aliases().unwrap_or_default();
            let spellings: BTreeSet<String> = longs.into_iter().chain(hidden).map(|long| format!("--{long}")).collect();
            let shorts = argument.get_short_and_visible_aliases().unwrap_or_default();
            for spelling in spellings.into_iter().chain(shorts.into_iter().map(|short| format!("-{short}"))) {
                assert!(seen.insert(spelling.clone()), "{words}: {spelling} stands for two arguments");
            }
        }
    }
}

#[test]
fn a_short_flag_means_the_same_in_every_command() {
    let mut meanings = std::collections::BTreeMap::new();
    for (words, command) in commands() {
        for argument in command.get_arguments() {
            if let (Some(short), Some(long)) = (argument.get_short(), argument.get_long()) {
                let known = meanings.entry(short).or_insert_with(|| long.to_owned());
                assert_eq!(known, long, "{words}: -{short}");
            }
        }
    }
}

#[test]
fn every_command_has_examples_whose_flags_exist() {
    let all = commands();
    for (words, command) in &all {
        let examples = examples(command);
        let own = examples.iter().filter(|line| line.contains(&format!("{words} ")) || line.ends_with(words.as_str()));
        assert!(own.count() > 0, "{words} has the examples {examples:?}");
        for line in &examples {
            assert!(line.chars().count() <= 98, "{words}: too wide for the help: {line}");
            for call in calls(line) {
                check(&call, &all, line);
            }
        }
    }
}

/// The calls of our program in a shell line, as words. Quotes hold words together; what the shell itself would take away
/// ends a call.
fn calls(line: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    let mut rest = line;
    while let Some(place) = rest.find("tokenmint ") {
        rest = &rest[place..];
        let end = rest.find([';', '|', '>', '<', ')']).unwrap_or(rest.len());
        let words = rest[..end].split_whitespace().take_while(|word| *word != "--" && *word != "&&");
        calls.push(words.map(|word| word.trim_matches(['\'', '"']).to_owned()).collect());
        rest = &rest[end..];
    }
    calls
}

fn check(call: &[String], all: &[(String, Command)], line: &str) {
    let mut name = "tokenmint".to_owned();
    let mut words = call[1..].iter().peekable();
    while let Some(word) = words.peek() {
        let longer = format!("{name} {word}");
        if !all.iter().any(|(known, _)| *known == longer) {
            break;
        }
        name = longer;
        words.next();
    }
    let (_, command) = all.iter().find(|(known, _)| *known == name).expect("a command");
    for word in words.filter(|word| word.starts_with('-') && word.len() > 1) {
        let flag = word.split('=').next().unwrap_or_default();
        let known = visible(command).any(|argument| {
            let longs = argument.get_long_and_visible_aliases().unwrap_or_default();
            let shorts = argument.get_short_and_visible_aliases().unwrap_or_default();
            longs.iter().any(|long| format!("--{long}") == flag)
                || shorts.iter().any(|short| format!("-{short}") == flag)
        });
        assert!(known, "{flag} is no flag of {name}, in: {line}");
    }
}

#[test]
fn help_is_short_with_h_long_with_help_and_the_same_bytes_everywhere() {
    for (words, command) in commands() {
        let line = words.trim_start_matches("tokenmint").trim().to_owned();
        let help = |flag: &str| tokenmint(&format!("{line} {flag}")).stdout(contains("Usage:")).run().stdout;
        let (short, long) = (help("-h"), help("--help"));
        assert!(long.contains("\nExamples:\n") && !short.contains("Examples:"), "{words}");
        // One example is in the short help, too.
        assert!(short.contains(&format!("\nExample:\n  {}\n", examples(&command)[0])), "{words}: {short}");
        assert!(short.len() < long.len(), "{words}");
        // The line begins with what is typed.
        assert!(short.contains(&format!("Usage: {words}")), "{words}: {short}");
    }
}

#[test]
fn no_help_shows_a_value_of_the_environment() {
    for (words, _) in commands() {
        let line = words.trim_start_matches("tokenmint").trim().to_owned();
        let run = tokenmint(&format!("{line} --help")).env("SIGNALWIRE_API_TOKEN", API_TOKEN).hides("space-of-mine");
        let run = run.env("SIGNALWIRE_SPACE", "space-of-mine").env("TWILIO_API_SECRET", SECRET).hides(SECRET);
        run.stdout(contains("Usage:")).run();
    }
}

#[test]
fn every_flag_of_a_mint_stands_under_a_heading() {
    for (words, command) in commands() {
        if tokenmint::testing::providers::kinds().any(|kind| words == format!("tokenmint {}", kind.name)) {
            let loose: Vec<_> = visible(&command).filter(|argument| argument.get_help_heading().is_none()).collect();
            assert!(loose.is_empty(), "{words}: {loose:?}");
        }
    }
}

#[test]
fn the_exit_codes_stand_in_the_help() {
    let help = tokenmint("--help").stdout(contains("Exit codes:")).run().stdout;
    for code in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "130, 143"] {
        assert!(help.lines().any(|line| line.starts_with(&format!("  {code}  "))), "{code} in {help}");
    }
}
