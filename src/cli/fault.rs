//! A command line that cannot be understood, in our own words: which flag, what it takes, what was perhaps meant. A
//! value that stands where none belongs is never repeated, it may be a secret.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::mint::{MAX_JOBS, MAX_RETRIES};
use crate::error::Failure;
use crate::providers;
use crate::text;
use crate::text::clip;

/// The failure behind an error of the argument parser.
pub(super) fn failure(error: &clap::Error, words: &[OsString], tree: &clap::Command) -> Failure {
    let argument = text(error, ContextKind::InvalidArg).map(|name| flag_alone(&name));
    let flag = argument.clone().unwrap_or_else(|| "an argument".to_owned());
    let failure = match error.kind() {
        ErrorKind::InvalidSubcommand => unknown_command(error, words, tree),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let (typed, parent) = parent(words, tree);
            return Failure::usage(format!("a command is needed: {}", names(parent).join(", ")))
                .with_hint(format!("Usage: {typed} COMMAND [OPTIONS]; see {typed} --help"));
        }
        ErrorKind::UnknownArgument => return unknown_argument(error, words, tree),
        ErrorKind::InvalidValue if text(error, ContextKind::InvalidValue).is_none_or(|value| value.is_empty()) => {
            Failure::usage(format!("{flag} needs a value"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let given = text(error, ContextKind::InvalidValue).unwrap_or_default();
            let meant = text(error, ContextKind::SuggestedValue)
                .map_or_else(String::new, |value| format!(" (did you mean '{value}'?)"));
            Failure::usage(format!("{flag} takes{}, got '{}'{meant}", one_of(error), clip(&given, 40)))
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            Failure::usage(format!("{flag} needs a value"))
        }
        ErrorKind::TooManyValues => Failure::usage(format!("{flag} has too many values")),
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg).map(|other| flag_alone(&other)) {
            Some(other) if other != flag => Failure::usage(format!("{flag} and {other} cannot be used together")),
            _ => Failure::usage(format!("{flag} cannot be given twice")),
        },
        // The only flag that others need.
        ErrorKind::MissingRequiredArgument if flag == "--batch" => Failure::usage("--jobs and --resume need --batch"),
        ErrorKind::MissingRequiredArgument => Failure::usage(format!("{flag} is required")),
        ErrorKind::InvalidUtf8 => Failure::usage("an argument is not valid UTF-8"),
        _ => Failure::usage("the command line cannot be understood"),
    };
    failure.with_hint("see tokenmint --help, or tokenmint COMMAND --help")
}

fn unknown_command(error: &clap::Error, words: &[OsString], tree: &clap::Command) -> Failure {
    let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let (typed, parent) = parent(words, tree);
    // Only what is plainly a slip of a command is repeated.
    match text::nearest(&given, names(parent).iter().map(String::as_str)) {
        Some(meant) => Failure::usage(format!("there is no command '{}' (did you mean '{meant}'?)", clip(&given, 20))),
        None => Failure::usage(format!("the word after {typed} is no command; there are {}", names(parent).join(", "))),
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

fn unknown_argument(error: &clap::Error, words: &[OsString], tree: &clap::Command) -> Failure {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    if !given.starts_with('-') {
        return Failure::usage("there is an argument that no flag takes (its text is not shown, it may be a secret)")
            .with_hint("quote values that have blanks in them; a secret is never given on the command line");
    }
    let flag = flag_alone(&given);
    let secret =
        ["token", "secret", "password", "key", "project", "space", "auth"].iter().any(|word| flag.contains(word));
    if secret {
        return Failure::usage(format!("there is no flag {flag}: credentials never stand on the command line"))
            .with_hint("set the SIGNALWIRE_… or TWILIO_… variables, or use a profile; see tokenmint --help");
    }
    let (typed, command) = parent(words, tree);
    if let Some(failure) = needless(&typed, &flag) {
        return failure;
    }
    let own = flags(command);
    let suggested = text(error, ContextKind::SuggestedArg).map(|meant| flag_alone(&meant));
    let failure = Failure::usage(format!("{typed} has no flag {flag}"));
    let elsewhere: Vec<&str> =
        tree.get_subcommands().filter(|other| flags(other).contains(&flag)).map(clap::Command::get_name).collect();
    // The parser's own idea of what is near is wider than a slip of the fingers.
    let meant = text::nearest(&flag, own.iter().map(String::as_str)).map(str::to_owned);
    let meant = meant.or_else(|| suggested.filter(|meant| meant.starts_with(&flag)));
    if let Some(meant) = meant.filter(|_| elsewhere.is_empty()) {
        return Failure::usage(format!("{typed} has no flag {flag} (did you mean {meant}?)"));
    }
    let life = ["--expire-at", "--expires-at"];
    if typed == "tokenmint video" && life.contains(&flag.as_str()) {
        failure.with_hint("limit a room token with --ttl, --join-until, --remove-at or --remove-after")
    } else if typed == "tokenmint" && !elsewhere.is_empty() {
        failure.with_hint(format!("it stands after the name of a command that has it: {}", elsewhere.join(", ")))
    } else if elsewhere.is_empty() {
        failure.with_hint(format!("see {typed} --help for its flags"))
    } else {
        failure.with_hint(format!("{} has it; see {typed} --help for the flags here", elsewhere.join(", ")))
    }
}

/// The failure of a flag about requests for a token that is signed here.
fn needless(typed: &str, flag: &str) -> Option<Failure> {
    let kind = providers::kind(typed.strip_prefix("tokenmint ")?)?;
    let is_about_requests = ["--timeout", "--retries", "--cacert", "--curl", "--body"].contains(&flag);
    let needless = kind.endpoint().is_none() && is_about_requests;
    let message = format!("{flag} has no effect: a {} token is signed on this machine, nothing is sent", kind.name);
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
