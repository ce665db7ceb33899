//! Words that the command line does not know: what was likely meant, as far as that is near, and the word itself only
//! where it cannot be a secret.

use clap::error::ContextKind;

use super::typed::{Typed, commands, flag_alone, flags, text};
use super::words;
use crate::catalog::Field;
use crate::error::Failure;
use crate::providers;
use crate::text::{has_curly_quotes, is_plain_word, nearest};

const NOT_HERE: &str = ": credentials cannot be passed on the command line";
const NOT_SHOWN: &str = "(not shown, in case it is a secret)";

/// The failure of a word in the place of a command.
pub(super) fn command(error: &clap::Error, typed: &Typed) -> Failure {
    let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let names = commands(typed.command);
    let meant = if typed.path == "tokenmint" { words::meant_by_command(&given) } else { None };
    let near = nearest(&given.to_ascii_lowercase(), names.iter().map(String::as_str));
    let shown = if near.is_some() || meant.is_some() || words::is_harmless(&given) {
        format!("'{}'", crate::text::clip(&given, 20))
    } else {
        format!("at argument {} {NOT_SHOWN}", place(&given, typed).unwrap_or(1))
    };
    match (meant, near) {
        (Some(meant), _) => Failure::usage(format!("unknown command {shown}")).with_hint(meant),
        (None, Some(near)) => Failure::usage(format!("unknown command {shown} (did you mean '{near}'?)"))
            .with_hint(format!("run {} {near} --help", typed.path)),
        (None, None) => Failure::usage(format!("unknown command {shown}"))
            .with_hint(format!("expected one of: {}", names.join(", "))),
    }
}

/// The failure of a flag, or of any other word after a command.
pub(super) fn argument(error: &clap::Error, typed: &Typed) -> Failure {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    if !given.starts_with('-') {
        return unexpected(&given, typed);
    }
    let flag = flag_alone(&given);
    if let Some(failure) = needless(&typed.path, &flag) {
        return failure;
    }
    let own = flags(typed.command);
    // Not every command has the flag that is meant.
    let exists = |meant: &&str| {
        let flag = meant.strip_prefix("use ").and_then(|rest| rest.split([' ', ',']).next());
        let general = flags(typed.tree);
        let mut known = own.iter().chain(&general);
        flag.filter(|flag| flag.starts_with('-')).is_none_or(|flag| known.any(|known| known == flag))
    };
    if let Some(meant) = words::meant_by_flag(&flag, typed.command.get_name()).filter(exists) {
        let why = if words::names_a_credential(&flag) { NOT_HERE } else { "" };
        return Failure::usage(format!("unknown flag {flag}{why}")).with_hint(meant);
    }
    // Of several short flags in one word the parser names only the first.
    let whole = typed.words.iter().filter_map(|word| word.to_str()).find(|word| word.starts_with(given.as_str()));
    if let Some((shown, hint)) = likely_flag(whole.unwrap_or(&given), &flag, typed) {
        return Failure::usage(format!("unknown flag {shown}")).with_hint(hint);
    }
    let others = typed.tree.get_subcommands().filter(|other| flags(other).contains(&flag));
    let elsewhere: Vec<&str> = others.map(clap::Command::get_name).collect();
    if !elsewhere.is_empty() {
        let list = elsewhere.join(", ");
        let hint = match typed.path.as_str() {
            "tokenmint" => format!("put it after one of these commands: {list}"),
            path => format!("available in: {list}; run {path} --help"),
        };
        return Failure::usage(format!("unknown flag {flag}")).with_hint(hint);
    }
    let known = own.iter().map(String::as_str).chain(["--help", "--version"]);
    if let Some(near) = nearest(&flag, known) {
        return Failure::usage(format!("unknown flag {flag} (did you mean {near}?)")).with_hint(typed.help());
    }
    if words::names_a_credential(&flag) {
        return Failure::usage(format!("unknown flag {flag}{NOT_HERE}"))
            .with_hint("set the SIGNALWIRE_… or TWILIO_… variables, or use a profile; see tokenmint --help");
    }
    // A name that is shown in part only is not one that somebody has misspelled.
    let is_whole = given.split('=').next() == Some(flag.as_str());
    let is_harmless = flag.strip_prefix("--").map_or(flag.len() > 1, |name| is_whole && words::is_harmless(name));
    let number = place(&given, typed).unwrap_or(1);
    let shown = if is_harmless { flag } else { format!("at argument {number} {NOT_SHOWN}") };
    Failure::usage(format!("unknown flag {shown}")).with_hint(typed.help())
}

/// What a flag is likely to be a misspelling of: one dash for two, capitals, or `no-` before a switch; and the part of
/// it that can be shown.
fn likely_flag(given: &str, flag: &str, typed: &Typed) -> Option<(String, String)> {
    let own = flags(typed.command);
    if let Some(positive) = flag.strip_prefix("--no-").map(|name| format!("--{name}"))
        && own.contains(&positive)
    {
        return Some((flag.to_owned(), format!("use {positive}=false")));
    }
    let is_name = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
    let name: String = given.trim_start_matches('-').chars().take_while(is_name).collect();
    let lower = format!("--{}", name.to_ascii_lowercase());
    let dashes = if given.starts_with("--") { "--" } else { "-" };
    (lower != flag && name.len() > 1 && own.contains(&lower))
        .then(|| (format!("{dashes}{name}"), format!("use {lower}")))
}

/// An argument where the command takes only flags.
fn unexpected(given: &str, typed: &Typed) -> Failure {
    let place = place(given, typed);
    let before = place.and_then(|place| typed.words.get(place.checked_sub(1)?)).and_then(|word| word.to_str());
    if let Some(flag) = dashed(given, typed) {
        return Failure::usage(format!("unexpected argument '{given}': its dash is not an ASCII hyphen"))
            .with_hint(format!("write {flag}"));
    }
    let what = if words::is_harmless(given) {
        format!("unexpected argument '{given}'")
    } else if let Some(flag) = before.filter(|word| word.starts_with('-')) {
        format!("unexpected argument after {} {NOT_SHOWN}", flag_alone(flag))
    } else {
        let number = place.map_or_else(String::new, |place| format!(" {place}"));
        format!("unexpected argument{number} {NOT_SHOWN}")
    };
    Failure::usage(what).with_hint(cause(given, place, typed))
}

/// What was likely meant by an argument where the command takes only flags.
fn cause(given: &str, place: Option<usize>, typed: &Typed) -> String {
    if has_curly_quotes(given) {
        return "replace the curly quotes with straight ones".to_owned();
    }
    let back = |steps: usize| {
        place.and_then(|place| typed.words.get(place.checked_sub(steps)?)).and_then(|word| word.to_str())
    };
    let is_channel = matches!(back(2), Some("-c" | "--channel"));
    if is_channel
        && ["r", "w", "rw", "read", "write", "read-write"].contains(&given)
        && let Some(name) = back(1).filter(|name| !name.contains('=') && is_plain_word(name))
    {
        return format!("write -c {name}={given}");
    }
    if back(1).is_some_and(|before| before.starts_with(['{', '['])) {
        return "put single quotes around JSON: '{\"name\": \"value\"}'".to_owned();
    }
    let command = if words::is_harmless(given) { given } else { "COMMAND" };
    match typed.path.as_str() {
        "tokenmint emulator" => return format!("to run a command, write -- {command}"),
        "tokenmint profile edit" => return "it edits the whole file; leave out the name".to_owned(),
        _ => {}
    }
    if !flags(typed.command).contains(&"--dry-run".to_owned()) {
        let takes = if typed.command.get_positionals().count() > 0 { "one argument" } else { "only flags" };
        return format!("{0} takes {takes}; run {0} --help", typed.path);
    }
    let flag = missing_flag(typed).map(|flag| format!("use {flag}; ")).unwrap_or_default();
    format!(
        "{flag}to run a command, write -- {command}; quote values that contain spaces, and never pass secrets as arguments"
    )
}

/// The flag for whom or for what the token is, with a value, unless it was typed.
fn missing_flag(typed: &Typed) -> Option<String> {
    let kind = providers::kind(typed.path.strip_prefix("tokenmint ")?)?;
    let is_wanted = |field: &&Field| {
        let is_lifetime = field.example().ends_with(" 1h");
        (field.required || field.names_token) && !field.is_argument() && !field.input.is_secret() && !is_lifetime
    };
    let wanted = || kind.flags().filter(is_wanted);
    let field = wanted().find(|field| field.required).or_else(|| wanted().next())?;
    let is_short =
        |short: char| typed.words.iter().any(|word| word.to_string_lossy().starts_with(&format!("-{short}")));
    let is_typed = typed.has(&field.dashed()) || field.flag.short.is_some_and(is_short);
    let Some(short) = field.flag.short.filter(|_| !is_typed) else { return (!is_typed).then(|| field.example()) };
    Some(field.example().replacen(&field.dashed(), &format!("-{short}"), 1))
}

/// The flag that was meant by a word that begins with a dash of a web page or of a word processor.
fn dashed(given: &str, typed: &Typed) -> Option<String> {
    let dashes = |character: char| matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let name = given.trim_start_matches(dashes).split('=').next().filter(|name| name.len() < given.len())?;
    let dashes = if name.chars().count() == 1 { "-" } else { "--" };
    let flag = format!("{dashes}{name}");
    flags(typed.command).contains(&flag).then_some(flag)
}

/// Where a word stands among the arguments, from 1.
fn place(given: &str, typed: &Typed) -> Option<usize> {
    let texts = || typed.words.iter().map(|word| word.to_string_lossy());
    // The parser names a flag without what is in the same word.
    texts().position(|word| word == given).or_else(|| texts().position(|word| word.starts_with(given)))
}

/// The failure of a flag about requests for a token that is signed here.
fn needless(typed: &str, flag: &str) -> Option<Failure> {
    let kind = providers::kind(typed.strip_prefix("tokenmint ")?)?;
    let consumes = kind.endpoint().and_then(|endpoint| endpoint.consumes);
    if let Some(consumes) = consumes.filter(|_| ["--batch", "--jobs", "--resume"].contains(&flag)) {
        return Some(Failure::usage(format!("{flag} cannot be used with {}: {}", kind.name, consumes.no_batch)));
    }
    if let Some(consumes) = consumes.filter(|_| ["--reuse", "--renew", "--serve"].contains(&flag)) {
        let message = format!("{flag} cannot be used with {}: {}", kind.name, consumes.single);
        return Some(Failure::usage(message).with_hint(format!("leave out {flag}")));
    }
    let is_about_requests = ["--timeout", "--retries", "--cacert", "--curl", "--body"].contains(&flag);
    let needless = kind.endpoint().is_none() && is_about_requests;
    let message = format!("{flag} has no effect with {}, which signs on this machine and sends nothing", kind.name);
    let hint = match flag {
        "--curl" => "use --dry-run to see its header and claims".to_owned(),
        _ => format!("leave out {flag}"),
    };
    needless.then(|| Failure::usage(message).with_hint(hint))
}
