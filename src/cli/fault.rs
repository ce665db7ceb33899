//! Errors of the command line: which flag, what it takes, what to type instead.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::mint::{MAX_JOBS, MAX_RETRIES};
use super::typed::{Typed, commands, flag_alone, text};
use super::unknown;
use crate::error::Failure;
use crate::providers;
use crate::text::{clip, is_plain_word, nearest};

/// The failure behind an error of the argument parser.
pub(super) fn failure(error: &clap::Error, words: &[OsString], tree: &clap::Command) -> Failure {
    let typed = Typed::new(words, tree);
    let flag = text(error, ContextKind::InvalidArg).map_or_else(|| "an argument".to_owned(), |name| flag_alone(&name));
    let refuse =
        |message: String, hint: Option<String>| Failure::usage(message).with_hint(hint.unwrap_or_else(|| typed.help()));
    match error.kind() {
        ErrorKind::InvalidSubcommand => unknown::command(error, &typed),
        ErrorKind::UnknownArgument => unknown::argument(error, &typed),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            refuse(format!("missing command; expected one of: {}", commands(typed.command).join(", ")), None)
        }
        ErrorKind::InvalidValue if text(error, ContextKind::InvalidValue).is_none_or(|value| value.is_empty()) => {
            refuse(format!("{flag} needs a value"), example(&flag, &typed))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => invalid_value(error, &flag, &typed),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            refuse(format!("{flag} needs a value"), example(&flag, &typed))
        }
        ErrorKind::TooManyValues => refuse(format!("{flag} takes no value"), Some(format!("write {flag} alone"))),
        ErrorKind::ArgumentConflict => conflict(error, &flag),
        ErrorKind::MissingRequiredArgument => missing(&flag, &typed),
        ErrorKind::InvalidUtf8 => refuse("an argument is not valid UTF-8".to_owned(), None),
        _ => refuse("invalid command line".to_owned(), None),
    }
}

/// How the flag of a field is given.
fn example(flag: &str, typed: &Typed) -> Option<String> {
    let kind = providers::kind(typed.path.strip_prefix("tokenmint ")?)?;
    let field = kind.fields.iter().find(|field| field.dashed() == flag)?;
    Some(format!("write {}", field.example()))
}

/// The failure of a value that is none of those that a flag takes.
fn invalid_value(error: &clap::Error, flag: &str, typed: &Typed) -> Failure {
    let given = text(error, ContextKind::InvalidValue).unwrap_or_default();
    let known = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) => values.as_slice(),
        _ => &[],
    };
    let lower = given.to_ascii_lowercase();
    let meant = known.iter().find(|value| **value == lower).cloned();
    let near = || nearest(&given, known.iter().map(String::as_str)).map(str::to_owned);
    let meant = meant.or_else(near).or_else(|| known.iter().find(|value| is_short_for(&given, value)).cloned());
    let aside = meant.as_ref().map_or_else(String::new, |value| format!(" (did you mean '{value}'?)"));
    let expected = match flag {
        _ if !known.is_empty() => format!("one of {}", known.join(", ")),
        "--jobs" => format!("a number from 1 to {MAX_JOBS}"),
        "--retries" => format!("a number from 0 to {MAX_RETRIES}"),
        _ => "another value".to_owned(),
    };
    let hint = match meant {
        Some(value) if flag.starts_with('-') => format!("write {flag} {value}"),
        Some(value) => format!("{} {value}", typed.path),
        // What curl and compilers take under this name.
        None if flag == "--output" && given.contains(['.', '/']) => {
            // A secret in quotes would not be recognised as one.
            let file = if is_plain_word(&given) { clip(&given, 40) } else { "FILE".to_owned() };
            format!("to write a file, use --write {file}")
        }
        None => typed.help(),
    };
    Failure::usage(format!("{flag} must be {expected}, got '{}'{aside}", clip(&given, 40))).with_hint(hint)
}

/// Whether a word is another one with letters left out, as `pwsh` is `powershell`.
fn is_short_for(word: &str, whole: &str) -> bool {
    let mut letters = whole.chars();
    word.chars().count() > 1 && word.starts_with(|first| whole.starts_with(first)) && {
        word.chars().all(|letter| letters.any(|other| other == letter))
    }
}

/// The failure of flags that exclude each other, or of one that stands twice.
fn conflict(error: &clap::Error, flag: &str) -> Failure {
    match text(error, ContextKind::PriorArg).map(|other| flag_alone(&other)) {
        Some(other) if other != flag => {
            let other = if other == "COMMAND" { "a command after --" } else { &other };
            Failure::usage(format!("{flag} and {other} cannot be used together")).with_hint("leave one of them out")
        }
        _ => Failure::usage(format!("{flag} cannot be given twice")).with_hint(format!("leave out one {flag}")),
    }
}

fn missing(flag: &str, typed: &Typed) -> Failure {
    let needed_by: Option<(&[&str], &str)> = match flag {
        "--batch" => Some((&["--jobs", "--resume"], "add --batch FILE")),
        "--serve" => Some((&["--origin", "--let", "--path"], "add --serve")),
        _ => None,
    };
    if let Some((needy, hint)) = needed_by {
        let needy: Vec<&str> = needy.iter().copied().filter(|flag| typed.has(flag)).collect();
        let verb = if needy.len() == 1 { "requires" } else { "require" };
        return Failure::usage(format!("{} {verb} {flag}", crate::text::list(&needy, "and"))).with_hint(hint);
    }
    let argument = typed.command.get_positionals().find(|argument| argument.is_required_set());
    let example =
        argument.and_then(|argument| argument.get_possible_values().first().map(|value| value.get_name().to_owned()));
    let hint = example.map_or_else(|| typed.help(), |value| format!("{} {value}", typed.path));
    Failure::usage(format!("missing {flag}")).with_hint(hint)
}
