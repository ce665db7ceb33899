//! The texts of the help, put where they are shown: a command line that is right is read without them, since making them
//! takes as long as reading it. The commands themselves are built without texts, and [`of`] and [`of_kind`] add them.

use clap::{Arg, Command};

use super::flag_texts::ARGUMENTS;
use super::pages::{Page, page};
use super::sections::{Sections, exits};
use super::style::{block, finished};
use super::topics::TOPICS;
use super::{general, words};
use crate::catalog::{Authentication, Endpoint, Field, Input, Kind, Value};
use crate::error::{Failure, Result};
use crate::{text, time};

/// About, usage, examples, flags, the rest.
const TEMPLATE: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

const JSON_FORMS: &str = "Literal JSON, @FILE, or - for standard input.";
const TIME_FORMS: &str =
    "RFC 3339 (2030-01-31T12:00:00Z), a date (midnight UTC), @EPOCH_SECONDS, or +2h for two hours from now.";
const MOMENT_FORMS: &str =
    "RFC 3339 (2030-01-31T12:00:00Z), a date (midnight UTC), @EPOCH_SECONDS, or relative to now: +2h, -2h.";
const SWITCH_FORMS: &str = "--FLAG=false sends false; without the flag the field is not sent.";

/// A command that does not mint, with its texts and those of the commands below it.
pub(super) fn of(command: Command) -> Command {
    let Some(page) = page(command.get_name()) else { return command };
    let more = page.more.iter().map(|part| part());
    let after = more.chain(sections_of(page).help()).collect::<Vec<_>>().join("\n\n");
    with_examples(command, page.examples)
        .about(summary(page.about))
        .long_about(page.about)
        .help_template(TEMPLATE)
        .after_long_help(after)
        .args(general::arguments().into_iter().filter(|flag| without(page, flag)).map(|flag| flag.hide(true)))
        .mut_args(|argument| described(argument, "", BUSY))
        .mut_subcommands(of)
}

/// Whether a general flag changes nothing in the command of a page.
fn without(page: &Page, flag: &Arg) -> bool {
    page.without.contains(&flag.get_id().as_str())
}

/// The sections of a command that does not mint.
pub(super) fn sections_of(page: &Page) -> Sections {
    Sections::of_command(page.environment, exits(page.failures, page.runs))
}

/// Answers after which a request is sent again, unless it uses something up.
const BUSY: &str = ", 429 or 503";

/// The command of a kind, with the texts that its fields declare.
pub(super) fn of_kind(kind: &'static Kind, command: Command) -> Command {
    let examples: Vec<&str> = kind.help.examples.lines().collect();
    let busy = if kind.endpoint().is_some_and(|endpoint| endpoint.consumes.is_some()) { "" } else { BUSY };
    with_examples(command, &examples)
        .about(kind.help.about)
        .long_about(long_about(kind))
        .help_template(TEMPLATE)
        .after_long_help(Sections::of_kind(kind).help().join("\n\n"))
        .mut_args(|argument| {
            let own = kind.flags().find(|field| field.flag.name == argument.get_id().as_str());
            match own {
                Some(field) => {
                    argument.value_name(value_name(field)).help(field.summary()).long_help(field_text(field))
                }
                None => described(argument, kind.variable, busy),
            }
        })
}

/// The examples: one for `-h`, all for `--help`.
fn with_examples(command: Command, examples: &[&str]) -> Command {
    let one = block("Example", examples.first().map(|line| (*line).to_owned()));
    let all = block("Examples", examples.iter().map(|line| (*line).to_owned()));
    command.before_help(one + "\n").before_long_help(all + "\n")
}

/// An argument that is not a field, with its texts.
fn described(argument: Arg, variable: &str, busy: &str) -> Arg {
    let Some((_, value, default, help)) = ARGUMENTS.iter().find(|(id, ..)| argument.get_id().as_str() == *id) else {
        return argument;
    };
    let help = help.replace("{variable}", variable).replace("{busy}", busy);
    let argument = argument.help(summary(&help).to_owned());
    let argument = if help.contains("\n\n") { argument.long_help(help) } else { argument };
    let argument = if value.is_empty() { argument } else { argument.value_name(*value) };
    match default {
        Some(default) => argument.default_value(*default),
        None => argument,
    }
}

fn summary(help: &str) -> &str {
    help.split_once("\n\n").map_or(help, |(summary, _)| summary)
}

fn value_name(field: &Field) -> &'static str {
    match field.flag.value {
        Value::Required(name) | Value::Optional(name) | Value::Argument(name) => name,
        Value::Switch => "BOOL",
    }
}

/// The help of a field and, below it, the forms of its value and its limit.
fn field_text(field: &Field) -> String {
    let forms = match field.input {
        input if input.is_json() => JSON_FORMS.to_owned(),
        Input::Moment => MOMENT_FORMS.to_owned(),
        input if input.is_time() => TIME_FORMS.to_owned(),
        Input::Boolean => SWITCH_FORMS.replace("--FLAG", &field.dashed()),
        _ => String::new(),
    };
    let limit = limit(field).map_or_else(String::new, |limit| format!("[allowed: {limit}]"));
    let parts = [field.help.to_owned(), forms, limit];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The limit of a field: of a duration as it is typed, whatever the service counts in.
fn limit(field: &Field) -> Option<String> {
    let unit = match field.input {
        Input::Minutes => 60,
        Input::Lifetime { .. } => 1,
        _ => return field.rule.limit(),
    };
    let (least, most) = field.rule.bounds()?;
    Some(format!("{} to {}", time::format_approx(least * unit), time::format_approx(most * unit)))
}

/// What stands at the top of the help of a kind.
fn long_about(kind: &Kind) -> String {
    match kind.endpoint() {
        Some(Endpoint { path, scope, authentication, .. }) => {
            let with = match authentication {
                Authentication::Basic => format!("with an API token that has the scope {scope}"),
                Authentication::Bearer(bearer) => format!("with a {} (Bearer)", bearer.sought.name),
                Authentication::None(_) => "without authentication".to_owned(),
            };
            format!("{}\n\nPOST {path} {with}.", kind.help.long)
        }
        None => kind.help.long.to_owned(),
    }
}

/// The page that `tokenmint help` prints for what was typed after it: that of a topic or of a command.
///
/// # Errors
/// Exit 2 for what is neither, with the nearest one.
pub(super) fn lookup(typed: &[&str], mut tree: Command) -> Result<String> {
    if let [word] = typed
        && let Some(topic) = TOPICS.iter().find(|topic| topic.name == *word)
    {
        let page = Command::new("topic").styles(super::style::STYLES).max_term_width(super::style::MAX_WIDTH);
        return Ok(shown(&mut page.help_template("{about}\n").about((topic.text)())));
    }
    tree.build();
    let mut command = &mut tree;
    for (place, word) in typed.iter().enumerate() {
        let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let topics = TOPICS.iter().map(|topic| topic.name).filter(|_| place == 0);
        let failure = || unknown(word, names.iter().map(String::as_str).chain(topics));
        command = command.find_subcommand_mut(word).ok_or_else(failure)?;
    }
    Ok(shown(command))
}

/// The long help of a command, with its colours.
fn shown(command: &mut Command) -> String {
    finished(&command.render_long_help().ansi().to_string())
}

/// The short help of the program, with its colours.
pub(super) fn short(mut tree: Command) -> String {
    finished(&tree.render_help().ansi().to_string())
}

fn unknown<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let begins = known.clone().filter(|name| word.len() > 1 && name.starts_with(word));
    let meant = begins.chain(text::nearest(word, known)).next();
    let meant = meant.map_or_else(String::new, |name| format!(" (did you mean '{name}'?)"));
    // What may be a secret in the wrong place is not repeated.
    let near = !meant.is_empty() || words::is_harmless(word);
    let word = if near { format!(" '{}'", text::clip(word, 20)) } else { String::new() };
    let topics = TOPICS.iter().map(|topic| topic.name).collect::<Vec<_>>().join(", ");
    Failure::usage(format!("no help for{}{meant}", if word.is_empty() { " this word" } else { &word }))
        .with_hint(format!("topics: {topics}; for the commands run tokenmint --help"))
}
