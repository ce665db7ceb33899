//! Errors of the command line: which flag, what it takes, what was likely meant. A value in the wrong place is not
//! repeated, since it may be a secret.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::mint::{MAX_JOBS, MAX_RETRIES};
use super::words;
use crate::error::Failure;
use crate::providers;
use crate::text;
use crate::text::clip;

/// The failure behind an error of the argument parser.
pub(super) fn failure(error: &clap::Error, words: &[OsString], tree: &clap::Command) -> Failure {
    let (typed, command) = parent(words, tree);
    match error.kind() {
        ErrorKind::InvalidSubcommand => return unknown_command(error, &typed, command),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return Failure::usage(format!("missing command; expected one of: {}", names(command).join(", ")))
                .with_hint(format!("run {typed} --help"));
        }
        ErrorKind::UnknownArgument => return unknown_argument(error, words, tree),
        _ => {}
    }
    Failure::usage(invalid(error)).with_hint(format!("run {typed} --help"))
}

/// What is wrong with an argument that exists.
fn invalid(error: &clap::Error) -> String {
    let argument = text(error, ContextKind::InvalidArg).map(|name| flag_alone(&name));
    let flag = argument.unwrap_or_else(|| "an argument".to_owned());
    match error.kind() {
        ErrorKind::InvalidValue if text(error, ContextKind::InvalidValue).is_none_or(|value| value.is_empty()) => {
            format!("{flag} needs a value")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let given = text(error, ContextKind::InvalidValue).unwrap_or_default();
            let meant = text(error, ContextKind::SuggestedValue)
                .map_or_else(String::new, |value| format!(" (did you mean '{value}'?)"));
            format!("{flag} must be{}, got '{}'{meant}", one_of(error), clip(&given, 40))
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            format!("{flag} needs a value")
        }
        ErrorKind::TooManyValues => format!("{flag} has too many values"),
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg).map(|other| flag_alone(&other)) {
            Some(other) if other != flag => format!("{flag} and {other} cannot be used together"),
            _ => format!("{flag} cannot be given twice"),
        },
        // The flags that others need.
        ErrorKind::MissingRequiredArgument if flag == "--serve" => {
            "--origin, --let and --path require --serve".to_owned()
        }
        ErrorKind::MissingRequiredArgument if flag == "--batch" => "--jobs and --resume require --batch".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("{flag} is required"),
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => "invalid command line".to_owned(),
    }
}

fn unknown_command(error: &clap::Error, typed: &str, parent: &clap::Command) -> Failure {
    let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let names = names(parent);
    let meant = if typed == "tokenmint" { words::meant_by_command(&given) } else { None };
    let near = text::nearest(&given, names.iter().map(String::as_str));
    // A word in the place of a command may be anything, a secret too.
    let shown =
        if near.is_some() || words::is_harmless(&given) { format!(" '{}'", clip(&given, 20)) } else { String::new() };
    match (meant, near) {
        (Some(meant), _) => Failure::usage(format!("unknown command{shown}")).with_hint(meant),
        (None, Some(near)) => Failure::usage(format!("unknown command{shown} (did you mean '{near}'?)"))
            .with_hint(format!("run {typed} --help")),
        (None, None) => Failure::usage(format!("unknown command{shown}"))
            .with_hint(format!("expected one of: {}", names.join(", "))),
    }
}

/// The command that the words lead to, and what is typed to reach it.
fn parent<'a>(words: &[OsString], tree: &'a clap::Command) -> (String, &'a clap::Command) {
    let mut found = ("tokenmint".to_owned(), tree);
    let mut words = words.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next().filter(|word| word != "--") {
        if word.starts_with('-') {
            if takes_next_word(&word, found.1) || takes_next_word(&word, tree) {
                words.next();
            }
            continue;
        }
        let Some(command) = found.1.find_subcommand(&*word) else { break };
        found = (format!("{} {word}", found.0), command);
    }
    found
}

/// Whether the word after this one is its value.
fn takes_next_word(word: &str, command: &clap::Command) -> bool {
    let is_meant = |argument: &clap::Arg| match word.strip_prefix("--") {
        Some(long) => argument.get_long_and_visible_aliases().unwrap_or_default().contains(&long),
        None => argument.get_short().is_some_and(|short| word.ends_with(short)),
    };
    command.get_arguments().any(|argument| argument.get_action().takes_values() && is_meant(argument))
}

const NOT_HERE: &str = ": credentials cannot be passed on the command line";

fn unknown_argument(error: &clap::Error, words: &[OsString], tree: &clap::Command) -> Failure {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let (typed, command) = parent(words, tree);
    if !given.starts_with('-') {
        return unexpected(&given, words, &typed, command);
    }
    let flag = flag_alone(&given);
    let unknown = || {
        let shown = if flag.trim_matches('-').is_empty() { String::new() } else { format!(" {flag}") };
        format!("unknown flag{shown}")
    };
    let name = command.get_name();
    if let Some(failure) = needless(&typed, &flag) {
        return failure;
    }
    let elsewhere: Vec<&str> =
        tree.get_subcommands().filter(|other| flags(other).contains(&flag)).map(clap::Command::get_name).collect();
    if let Some(meant) = words::meant_by_flag(&flag, name) {
        let why = if words::names_a_credential(&flag) { NOT_HERE } else { "" };
        return Failure::usage(format!("{}{why}", unknown())).with_hint(meant);
    }
    // Of several short flags in one word the parser names only the first.
    let whole = words.iter().filter_map(|word| word.to_str()).find(|word| word.starts_with(given.as_str()));
    if let Some(hint) = likely_flag(whole.unwrap_or(&given), &flag, command) {
        return Failure::usage(unknown()).with_hint(hint);
    }
    let own = flags(command);
    let known = own.iter().map(String::as_str).chain(["--help", "--version"]);
    let near = text::nearest(&flag, known).map(str::to_owned);
    if let Some(near) = near.filter(|_| elsewhere.is_empty()) {
        return Failure::usage(format!("{} (did you mean {near}?)", unknown()))
            .with_hint(format!("run {typed} --help"));
    }
    if elsewhere.is_empty() && words::names_a_credential(&flag) {
        return Failure::usage(format!("{}{NOT_HERE}", unknown()))
            .with_hint("set the SIGNALWIRE_… or TWILIO_… variables, or use a profile; see tokenmint --help");
    }
    let failure = Failure::usage(unknown());
    if elsewhere.is_empty() {
        failure.with_hint(format!("run {typed} --help"))
    } else if typed == "tokenmint" {
        failure.with_hint(format!("put it after one of these commands: {}", elsewhere.join(", ")))
    } else {
        failure.with_hint(format!("available in: {}; run {typed} --help", elsewhere.join(", ")))
    }
}

/// What a flag is likely to be a misspelling of: one dash for two, capitals, or `no-` before a switch.
fn likely_flag(given: &str, flag: &str, command: &clap::Command) -> Option<String> {
    let own = flags(command);
    if let Some(positive) = flag.strip_prefix("--no-").map(|name| format!("--{name}"))
        && own.contains(&positive)
    {
        return Some(format!("use {positive}=false"));
    }
    let name: String = given
        .trim_start_matches('-')
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || *character == '-')
        .collect();
    let lower = format!("--{}", name.to_ascii_lowercase());
    (lower != flag && name.len() > 1 && own.contains(&lower)).then(|| format!("use {lower}"))
}

/// An argument where the command takes only flags.
fn unexpected(given: &str, words: &[OsString], typed: &str, command: &clap::Command) -> Failure {
    let place = words.iter().position(|word| *word == *given);
    let before = place.and_then(|place| words.get(place.checked_sub(1)?)).and_then(|word| word.to_str());
    let what = if words::is_harmless(given) {
        format!("unexpected argument '{given}'")
    } else if let Some(flag) = before.filter(|word| word.starts_with('-')) {
        format!("unexpected argument after {} (not shown, in case it is a secret)", flag_alone(flag))
    } else {
        let number = place.map_or_else(String::new, |place| format!(" {place}"));
        format!("unexpected argument{number} (not shown, in case it is a secret)")
    };
    let mints = flags(command).contains(&"--dry-run".to_owned());
    let hint = if given.contains(['\u{2013}', '\u{2014}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}']) {
        "it has a dash or quotes of a web page in it; type -- and straight quotes".to_owned()
    } else if mints {
        "quote values that contain spaces, put -- before a command to run, and never pass secrets as arguments"
            .to_owned()
    } else {
        format!("run {typed} --help")
    };
    Failure::usage(what).with_hint(hint)
}

/// The failure of a flag about requests for a token that is signed here.
fn needless(typed: &str, flag: &str) -> Option<Failure> {
    let kind = providers::kind(typed.strip_prefix("tokenmint ")?)?;
    let is_about_requests = ["--timeout", "--retries", "--cacert", "--curl", "--body"].contains(&flag);
    let needless = kind.endpoint().is_none() && is_about_requests;
    let message = format!("{flag} has no effect with {}, which signs on this machine and sends nothing", kind.name);
    let hint = match flag {
        "--curl" => "use --dry-run to see its header and claims".to_owned(),
        _ => format!("leave out {flag}"),
    };
    needless.then(|| Failure::usage(message).with_hint(hint))
}

/// The flags of a command as they are typed, aliases and short ones included.
fn flags(command: &clap::Command) -> Vec<String> {
    let of_argument = |argument: &clap::Arg| {
        let long =
            argument.get_long_and_visible_aliases().unwrap_or_default().into_iter().map(|long| format!("--{long}"));
        long.chain(argument.get_short().map(|short| format!("-{short}"))).collect::<Vec<_>>()
    };
    command.get_arguments().flat_map(of_argument).collect()
}

fn names(tree: &clap::Command) -> Vec<String> {
    tree.get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| command.get_name().to_owned())
        .collect()
}

/// The flag of an argument as the parser writes it, without value names and without a value: of a short flag one letter,
/// of a long one what stands before `=`, both only as far as they look like a flag.
fn flag_alone(written: &str) -> String {
    // An argument without a flag goes by the name of its value.
    if let Some(name) = written.strip_prefix(['<', '[']) {
        return name.chars().take_while(char::is_ascii_uppercase).collect();
    }
    let word = written.split([' ', '=', '<', '[']).next().unwrap_or_default();
    let shown: String = match word.strip_prefix("--") {
        Some(_) => {
            word.chars().take_while(|character| character.is_ascii_lowercase() || *character == '-').take(40).collect()
        }
        None => word.chars().take(2).collect(),
    };
    clip(&shown, 42)
}

fn one_of(error: &clap::Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => format!(" one of {}", values.join(", ")),
        _ => match text(error, ContextKind::InvalidArg).map(|argument| flag_alone(&argument)).as_deref() {
            Some("--jobs") => format!(" a number from 1 to {MAX_JOBS}"),
            Some("--retries") => format!(" a number from 0 to {MAX_RETRIES}"),
            _ => " another value".to_owned(),
        },
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    }
}
