//! The commands that mint: one for each endpoint, made from its table of fields, and the flags that they share.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, ValueHint, value_parser};

use super::flag_texts::{DEFAULT_OUTPUT, DEFAULT_RETRIES, DEFAULT_SHELL, DEFAULT_TIMEOUT};
use crate::catalog::{Field, Kind, Value, lifetime};
use crate::error::{Failure, Result};
use crate::http::Settings;
use crate::options::{Batch, Mint, Serve};
use crate::output::Format;
use crate::output::shell::Shell;

/// The most concurrent requests.
pub(super) const MAX_JOBS: u16 = 512;
/// The most times that a request is sent again.
pub(super) const MAX_RETRIES: u32 = 100;

const INPUT: &str = "Input";
const FIELDS: &str = "Token";
const OUTPUT: &str = "Output";
const REQUEST: &str = "Request";
const BATCH: &str = "Batch";
/// What shows a request without sending it.
const PREVIEW: &str = "Preview";
const SERVE: &str = "Serve";

/// The names in [`Shell::NAMES`], for completion.
const SHELL_NAMES: [&str; Shell::NAMES.len()] = {
    let mut names = [""; Shell::NAMES.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = Shell::NAMES[place].0;
        place += 1;
    }
    names
};

/// The command of a kind: a flag for each of its fields, then the flags that all kinds share.
pub(super) fn command(kind: &'static Kind) -> clap::Command {
    with_fields(kind, kind.flags())
}

/// The same without the fields whose flags these words cannot name: no other flag refers to one of them, so what the
/// parser accepts it accepts with them, too.
pub(super) fn command_for(kind: &'static Kind, words: &[OsString]) -> clap::Command {
    with_fields(kind, kind.flags().filter(|field| words.iter().any(|word| may_name(word, field))))
}

/// Whether a word may name the flag of a field: an argument without a name, `--long`, `--long=…`, or anything behind one
/// dash that has the short name in it.
fn may_name(word: &OsString, field: &Field) -> bool {
    if field.is_argument() {
        return true;
    }
    let word = word.as_encoded_bytes();
    if let Some(long) = word.strip_prefix(b"--") {
        let name = long.split(|byte| *byte == b'=').next().unwrap_or_default();
        let names = std::iter::once(&field.flag.name).chain(field.flag.aliases);
        return names.into_iter().any(|known| known.as_bytes() == name);
    }
    let short = field.flag.short.and_then(|short| u8::try_from(short).ok());
    word.starts_with(b"-") && short.is_some_and(|short| word.contains(&short))
}

fn with_fields(kind: &'static Kind, fields: impl Iterator<Item = &'static Field>) -> clap::Command {
    let sent = kind.endpoint().is_some();
    let body = sent.then(|| Arg::new("body").long("body").help_heading(FIELDS));
    let batch = batch_arguments().into_iter().filter(|_| kind.takes_lines());
    let curl = curl_argument();
    let curl = if kind.takes_lines() { curl.conflicts_with("batch") } else { curl };
    let sending = sending_arguments().into_iter().chain([curl]).filter(|_| sent);
    clap::Command::new(kind.name)
        .args(fields.map(field_argument))
        .args(body)
        .arg(Arg::new("preset").long("preset").help_heading(FIELDS))
        .args(output_arguments())
        .args(batch)
        .args(serve_arguments().into_iter().filter(|_| kind.takes_lines()))
        .args(sending)
}

fn field_argument(field: &'static Field) -> Arg {
    if field.is_argument() {
        return Arg::new(field.flag.name).help_heading(INPUT);
    }
    let argument = Arg::new(field.flag.name)
        .long(field.flag.name)
        .short(field.flag.short)
        .visible_aliases(field.flag.aliases.iter().copied())
        .help_heading(FIELDS)
        // So that "-5m" is refused as a duration instead of being taken for a flag.
        .allow_hyphen_values(field.input.is_duration() || field.input.is_time())
        .action(if field.input.repeats() { ArgAction::Append } else { ArgAction::Set });
    let argument = match field.flag.value {
        Value::Required(_) | Value::Argument(_) => argument,
        Value::Optional(_) | Value::Switch => argument.num_args(0..=1),
    };
    match (field.flag.value, field.rule.suggestions()) {
        (Value::Switch, _) => suggesting(argument, &["true", "false"]),
        (_, []) => argument,
        (_, values) => suggesting(argument, values),
    }
}

/// An argument for which shells complete these values, although the field's own rule decides what is right.
fn suggesting(argument: Arg, values: &'static [&'static str]) -> Arg {
    argument.value_parser(Suggested(values)).hide_possible_values(true)
}

#[derive(Clone)]
struct Suggested(&'static [&'static str]);

impl clap::builder::TypedValueParser for Suggested {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> std::result::Result<String, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = clap::builder::PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(clap::builder::PossibleValue::new)))
    }
}

/// The flags that say what becomes of a token, whichever it is.
fn output_arguments() -> Vec<Arg> {
    let output = Arg::new("output")
        .long("output")
        .short('o')
        .value_parser(Format::NAMES.map(|(name, _)| name))
        .hide_possible_values(true);
    let shell = suggesting(Arg::new("shell").long("shell"), &SHELL_NAMES);
    let command = Arg::new("command")
        .last(true)
        .num_args(1..)
        .value_parser(value_parser!(OsString))
        .value_hint(ValueHint::CommandWithArguments)
        .help_heading("Run a command");
    let dry_run = Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help_heading(PREVIEW);
    let flags = [output, Arg::new("name").long("name"), shell, file("write").short('w')];
    flags.into_iter().map(|flag| flag.help_heading(OUTPUT)).chain([dry_run, command]).collect()
}

fn file(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_parser(value_parser!(PathBuf)).value_hint(ValueHint::FilePath)
}

/// The flags of a run with many tokens.
fn batch_arguments() -> [Arg; 3] {
    let jobs = Arg::new("jobs")
        .long("jobs")
        .requires("batch")
        .value_parser(value_parser!(u16).range(1..=i64::from(MAX_JOBS)))
        .allow_hyphen_values(true);
    let batch = file("batch").conflicts_with_all(["command", "write"]);
    [batch, jobs, file("resume").requires("batch").conflicts_with("dry-run")].map(|flag| flag.help_heading(BATCH))
}

/// What was typed of [`batch_arguments`].
fn batch(matches: &ArgMatches) -> Result<Option<Batch>> {
    let Some(input) = value_of::<PathBuf>(matches, "batch") else { return Ok(None) };
    let typed = matches.value_source("output") == Some(ValueSource::CommandLine);
    if typed && matches.get_one::<String>("output").is_some_and(|format| format != "json") {
        return Err(Failure::usage("--batch writes JSON lines; --output can only be json").with_hint("leave out -o"));
    }
    let jobs = matches.get_one::<u16>("jobs").map_or(8, |jobs| usize::from(*jobs));
    Ok(Some(Batch { input: input.clone(), jobs, resume: matches.get_one::<PathBuf>("resume").cloned() }))
}

/// The flags of a server of tokens.
fn serve_arguments() -> [Arg; 4] {
    let serve = Arg::new("serve").long("serve").num_args(0..=1);
    let many = |name: &'static str| Arg::new(name).long(name).requires("serve").action(ArgAction::Append);
    let path = Arg::new("path").long("path").requires("serve");
    [serve, many("origin"), many("let"), path].map(|flag| flag.help_heading(SERVE))
}

/// Whether a flag that not every command has was typed.
fn is_typed(matches: &ArgMatches, flag: &str) -> bool {
    let is_there = matches.try_contains_id(flag).is_ok_and(|is_there| is_there);
    is_there && matches.value_source(flag) == Some(ValueSource::CommandLine)
}

/// What was typed of [`serve_arguments`].
fn serve(matches: &ArgMatches) -> Option<Serve> {
    let many = |name: &str| matches.get_many::<String>(name).unwrap_or_default().cloned().collect();
    is_typed(matches, "serve").then(|| Serve {
        address: matches.get_one::<String>("serve").cloned(),
        origins: many("origin"),
        fields: many("let"),
        path: matches.get_one::<String>("path").cloned(),
    })
}

/// The flags that say how a request is sent.
pub(super) fn sending_arguments() -> [Arg; 3] {
    let retries = Arg::new("retries")
        .long("retries")
        .value_parser(value_parser!(u32).range(..=i64::from(MAX_RETRIES)))
        .allow_hyphen_values(true);
    [Arg::new("timeout").long("timeout").allow_hyphen_values(true), retries, file("cacert")]
        .map(|flag| flag.help_heading(REQUEST))
}

fn curl_argument() -> Arg {
    Arg::new("curl").long("curl").action(ArgAction::SetTrue).conflicts_with("dry-run").help_heading(PREVIEW)
}

/// What was typed of [`sending_arguments`], or the defaults of a command without them.
pub(super) fn settings(matches: &ArgMatches) -> Result<Settings> {
    let timeout = value_of::<String>(matches, "timeout").map_or(DEFAULT_TIMEOUT, String::as_str);
    let timeout = lifetime::any("--timeout", timeout)?;
    Ok(Settings {
        timeout: Duration::try_from(timeout).unwrap_or(Duration::MAX).min(Duration::from_hours(24 * 365)),
        retries: value_of::<u32>(matches, "retries").copied().or(DEFAULT_RETRIES.parse().ok()).unwrap_or_default(),
        cacert: value_of::<PathBuf>(matches, "cacert").cloned(),
    })
}

/// The value of a flag that not every command has.
fn value_of<'a, T: Clone + Send + Sync + 'static>(matches: &'a ArgMatches, flag: &str) -> Option<&'a T> {
    matches.try_get_one(flag).ok().flatten()
}

/// What was typed for a kind.
pub(super) fn read(kind: &'static Kind, matches: &ArgMatches) -> Result<Mint> {
    let typed = kind.flags().filter(|field| is_typed(matches, field.flag.name));
    let given = typed.map(|field| {
        let values = matches.get_many::<String>(field.flag.name).unwrap_or_default();
        let mut values: Vec<Option<String>> = values.cloned().map(Some).collect();
        if values.is_empty() {
            values.push(None);
        }
        (field.flag.name, values)
    });
    refuse_without_effect(matches)?;
    Ok(Mint {
        kind,
        given: given.collect(),
        body: kind.endpoint().and_then(|_| matches.get_one::<String>("body").cloned()),
        preset: matches.get_one::<String>("preset").cloned(),
        curl: value_of::<bool>(matches, "curl").is_some_and(|curl| *curl),
        settings: settings(matches)?,
        format: format(matches)?,
        name: matches.get_one::<String>("name").cloned(),
        write: matches.get_one::<PathBuf>("write").cloned(),
        dry_run: matches.get_flag("dry-run"),
        batch: batch(matches)?,
        serve: serve(matches),
        program: matches.get_many::<OsString>("command").map(|words| words.cloned().collect()),
    })
}

/// Refuses flags about the form of the token that change nothing: what they were meant to do would not happen.
fn refuse_without_effect(matches: &ArgMatches) -> Result<()> {
    let format = matches.get_one::<String>("output").map_or(DEFAULT_OUTPUT, String::as_str);
    let refuse = |what: String, hint: &str| Err(Failure::usage(what).with_hint(hint));
    if is_typed(matches, "command") {
        if let Some(flag) = ["output", "shell"].into_iter().find(|flag| is_typed(matches, flag)) {
            let what = format!("--{flag} has no effect with a command after --, which gets the token in a variable");
            return refuse(what, &format!("leave out --{flag}; --name changes the variable"));
        }
        return Ok(());
    }
    if is_typed(matches, "serve") {
        let other = ["shell", "name"].into_iter().find(|flag| is_typed(matches, flag));
        let output = (is_typed(matches, "output") && format != "json").then_some("output");
        let Some(flag) = other.or(output) else { return Ok(()) };
        return refuse(
            format!("--{flag} has no effect with --serve, which answers JSON"),
            &format!("leave out --{flag}"),
        );
    }
    if is_typed(matches, "shell") && format != "export" {
        return refuse(format!("--shell has no effect with -o {format}"), "write -o export for an assignment");
    }
    if is_typed(matches, "name") && matches!(format, "raw" | "json") {
        let hint = "write -o export or -o dotenv for a variable, or run a command after --";
        return refuse(format!("--name has no effect with -o {format}, which names no variable"), hint);
    }
    Ok(())
}

fn format(matches: &ArgMatches) -> Result<Format> {
    let name = matches.get_one::<String>("shell").map_or(DEFAULT_SHELL, String::as_str);
    let shell = Shell::named(name).ok_or_else(|| {
        let known = Shell::NAMES.map(|(name, _)| name);
        let nearest = crate::text::did_you_mean(name, known);
        let given = crate::text::clip(name, 40);
        Failure::usage(format!("--shell must be one of {}, got '{given}'{nearest}", known.join(", ")))
    })?;
    let name = matches.get_one::<String>("output").map_or(DEFAULT_OUTPUT, String::as_str);
    // The parser has let no other name through.
    Ok(Format::named(name, shell).unwrap_or(Format::Raw))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn has(command: &clap::Command, field: &Field) -> bool {
        command.get_arguments().any(|argument| argument.get_id() == field.flag.name)
    }

    #[test]
    fn a_flag_of_a_field_is_there_under_each_of_its_names() {
        for kind in providers::kinds() {
            for field in kind.flags() {
                let long = std::iter::once(&field.flag.name).chain(field.flag.aliases);
                let mut names: Vec<String> =
                    long.flat_map(|name| [format!("--{name}"), format!("--{name}=a")]).collect();
                names.extend(
                    field.flag.short.into_iter().flat_map(|short| [format!("-{short}"), format!("-v{short}=a")]),
                );
                for name in names {
                    assert!(has(&command_for(kind, &words(&name)), field), "{} {name}", kind.name);
                }
                let other = ["x", "--", "-", "--x", "--xname=a", field.flag.name].map(OsString::from);
                assert_eq!(has(&command_for(kind, &other), field), field.is_argument(), "{}", field.flag.name);
            }
        }
    }

    #[test]
    fn the_flags_that_a_line_cannot_name_make_no_difference() {
        for line in [
            "twilio --identity a --chat=IS --video --ttl -5m -vq",
            "twilio --identity --chat",
            "twilio --voice=AP --identity=--sync -- --video",
            "chat -vc lobby=rw -c=a=r --ttl 1h --member-id -x",
            "chat --channel -c --ttl 1h",
            "video --room-name --permission a --body {}",
            "video --join-from -2h --preset p",
            "refresh @file",
        ] {
            let words = words(line);
            let kind = providers::kind(words[0].to_str().unwrap()).unwrap();
            let [small, whole] = [command_for(kind, &words), command(kind)].map(|command| {
                let command = command.version("0").disable_help_flag(true).disable_version_flag(true);
                command.args(super::super::general::arguments()).try_get_matches_from(&words)
            });
            assert_eq!(small.is_ok(), whole.is_ok(), "{line}");
            let (Ok(small), Ok(whole)) = (small, whole) else { continue };
            for field in kind.flags() {
                let name = field.flag.name;
                let raw = |matches: &ArgMatches| {
                    let values = matches.try_get_raw(name).ok().flatten();
                    values.map(|values| values.map(ToOwned::to_owned).collect::<Vec<_>>())
                };
                assert_eq!(is_typed(&small, name), is_typed(&whole, name), "{line} {name}");
                assert_eq!(raw(&small), raw(&whole), "{line} {name}");
            }
        }
    }
}
