//! The commands that mint: one for each endpoint, made from its table of fields, and the flags that they share.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, ValueHint, value_parser};

use super::help::{self, Prose};
use crate::catalog::{Field, Input, Kind, Value};
use crate::error::{Failure, Result};
use crate::options::{Batch, Mint, Settings};
use crate::output::Format;
use crate::output::shell::Shell;
use crate::time;

/// The most requests under way at once.
pub(super) const MAX_JOBS: u16 = 512;
/// The most times that a request is sent again.
pub(super) const MAX_RETRIES: u32 = 100;

// What is not given. The parser is told for the sake of the help; a command line is read without that.
const DEFAULT_OUTPUT: &str = "raw";
const DEFAULT_SHELL: &str = "sh";
const DEFAULT_TIMEOUT: &str = "30s";
const DEFAULT_RETRIES: &str = "2";

const FIELDS: &str = "Token";
const OUTPUT: &str = "Output";
const REQUEST: &str = "Request";
const BATCH: &str = "Batch";

/// The command of a kind: a flag for each of its fields, then the flags that all kinds share.
pub(super) fn command(kind: &'static Kind, prose: Prose) -> clap::Command {
    let sent = kind.endpoint().is_some();
    let body = sent.then(|| {
        Arg::new("body")
            .long("body")
            .value_name(prose.text("JSON"))
            .help_heading(FIELDS)
            .help(prose.text("The whole request body as JSON; flags override its fields"))
            .long_help(prose.made(|| format!("The whole request body as JSON; flags override its fields\n\nFields that tokenmint does not know are sent as they are. {JSON_FORMS}")))
    });
    // Accepted where nothing is sent, so that one set of flags fits every command that mints.
    let sending = sending_arguments(prose).into_iter().chain([curl_argument(prose)]).map(|flag| flag.hide(!sent));
    clap::Command::new(kind.name)
        .about(prose.text(kind.help.about))
        .long_about(prose.made(|| help::long_about(kind)))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.made(|| help::examples(kind)))
        .after_long_help(prose.made(|| help::after(kind)))
        .args(kind.fields.iter().map(|field| field_argument(field, prose)))
        .args(body)
        .args(shared_arguments(kind.variable, prose))
        .args(batch_arguments(prose))
        .args(sending)
}

const JSON_FORMS: &str = "Literal JSON, @FILE, or - for standard input.";
const TIME_FORMS: &str =
    "RFC 3339 (2030-01-31T12:00:00Z), a date (midnight UTC), @EPOCH_SECONDS, or +2h for two hours from now.";

fn field_argument(field: &'static Field, prose: Prose) -> Arg {
    let argument = Arg::new(field.flag.name)
        .long(field.flag.name)
        .short(field.flag.short)
        .visible_aliases(field.flag.aliases.iter().copied())
        .help_heading(FIELDS)
        .help(prose.text(field.summary()))
        .long_help(prose.made(|| field_text(field)))
        // So that "-5m" is refused as a duration instead of being taken for a flag.
        .allow_hyphen_values(field.input.is_duration() || field.input.is_time())
        .action(if field.input.repeats() { ArgAction::Append } else { ArgAction::Set });
    let suggestions = field.rule.suggestions();
    let argument = match field.flag.value {
        Value::Required(name) => argument.value_name(prose.text(name)),
        Value::Optional(name) => argument.value_name(prose.text(name)).num_args(0..=1),
        Value::Switch => {
            let values = possible(&["true", "false"]);
            return argument
                .value_name(prose.text("BOOL"))
                .num_args(0..=1)
                .value_parser(values)
                .hide_possible_values(true);
        }
    };
    if suggestions.is_empty() {
        argument
    } else {
        argument.value_parser(possible(suggestions)).hide_possible_values(true)
    }
}

/// The help of a field and, below it, the forms of its value.
fn field_text(field: &Field) -> String {
    let forms = match field.input {
        input if input.is_json() => JSON_FORMS,
        input if input.is_time() => TIME_FORMS,
        Input::Boolean => {
            "The flag alone means true; --FLAG=false or --FLAG false sends false. Not given, it is not sent."
        }
        _ => return field.help.to_owned(),
    };
    format!("{}\n\n{}", field.help, forms.replace("--FLAG", &field.dashed()))
}

/// Values that shells complete, although the request's own rules decide what is right.
fn possible(values: &'static [&'static str]) -> impl clap::builder::TypedValueParser<Value = String> {
    Suggested(values)
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
fn shared_arguments(variable: &str, prose: Prose) -> Vec<Arg> {
    vec![
        Arg::new("output")
            .long("output")
            .short('o')
            .value_name(prose.text("FORMAT"))
            .value_parser(Format::NAMES)
            .default_value(prose.text(DEFAULT_OUTPUT))
            .hide_possible_values(true)
            .help(prose.text("raw, json, export, dotenv, github-env or github-output"))
            .long_help(prose.text(help::OUTPUT)),
        Arg::new("name")
            .long("name")
            .value_name(prose.text("VAR"))
            .help(prose.made(|| format!("The variable that export and other formats set [default: {variable}]"))),
        Arg::new("shell")
            .long("shell")
            .value_name(prose.text("SHELL"))
            .value_parser(possible(&["sh", "bash", "zsh", "dash", "ksh", "fish", "powershell", "pwsh", "nu"]))
            .default_value(prose.text(DEFAULT_SHELL))
            .hide_possible_values(true)
            .help(prose.text("The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu")),
        file("write", prose)
            .short('w')
            .help(prose.text("Write the output to FILE, mode 0600, replacing it as a whole")),
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help(prose.text("Print the request without sending it; needs no credentials")),
        Arg::new("command")
            .value_name(prose.text("COMMAND"))
            .last(true)
            .num_args(1..)
            .value_parser(value_parser!(OsString))
            .value_hint(ValueHint::CommandWithArguments)
            .help(prose.text("Run COMMAND with the token in its environment and print it nowhere")),
    ]
    .into_iter()
    .map(|argument| {
        let heading = if argument.get_id() == "command" { "After --" } else { OUTPUT };
        argument.help_heading(heading)
    })
    .collect()
}

fn file(name: &'static str, prose: Prose) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(prose.text("FILE"))
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::FilePath)
}

/// The flags of a run with many tokens.
fn batch_arguments(prose: Prose) -> Vec<Arg> {
    vec![
        file("batch", prose)
            .conflicts_with_all(["command", "write", "curl"])
            .help(prose.text("Mint a token for each line of FILE (- for stdin), one JSON object per line"))
            .long_help(prose.text(help::BATCH)),
        Arg::new("jobs")
            .long("jobs")
            .value_name(prose.text("N"))
            .requires("batch")
            .value_parser(value_parser!(u16).range(1..=i64::from(MAX_JOBS)))
            .allow_hyphen_values(true)
            .help(prose.text("How many requests are under way at once, at most 512 [default: 8]")),
        file("resume", prose)
            .requires("batch")
            .conflicts_with("dry-run")
            .help(prose.text("Append to FILE what it does not hold yet, and try lines again that failed")),
    ]
    .into_iter()
    .map(|argument| argument.help_heading(BATCH))
    .collect()
}

/// What was typed of [`batch_arguments`].
fn batch(matches: &ArgMatches) -> Result<Option<Batch>> {
    let Some(input) = matches.get_one::<PathBuf>("batch") else { return Ok(None) };
    let typed = matches.value_source("output") == Some(clap::parser::ValueSource::CommandLine);
    if typed && matches.get_one::<String>("output").is_some_and(|format| format != "json") {
        return Err(Failure::usage("--batch writes JSON lines; --output can only be json with it"));
    }
    let jobs = matches.get_one::<u16>("jobs").map_or(8, |jobs| usize::from(*jobs));
    Ok(Some(Batch { input: input.clone(), jobs, resume: matches.get_one::<PathBuf>("resume").cloned() }))
}

/// The flags that say how a request is sent.
pub(super) fn sending_arguments(prose: Prose) -> Vec<Arg> {
    vec![
        Arg::new("timeout")
            .long("timeout")
            .value_name(prose.text("DURATION"))
            .default_value(prose.text(DEFAULT_TIMEOUT))
            .allow_hyphen_values(true)
            .help_heading(REQUEST)
            .help(prose.text("Give up after this long, retries included")),
        Arg::new("retries")
            .long("retries")
            .value_name(prose.text("N"))
            .default_value(prose.text(DEFAULT_RETRIES))
            .value_parser(value_parser!(u32).range(..=i64::from(MAX_RETRIES)))
            .allow_hyphen_values(true)
            .help_heading(REQUEST)
            .help(prose.text("Send again this often after a failed connection, 429 or 503")),
        Arg::new("cacert")
            .long("cacert")
            .value_name(prose.text("FILE"))
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
            .help_heading(REQUEST)
            .help(prose.text("Trust the CA certificates in FILE, or with 'system' those of the operating system"))
            .long_help(prose.text(
                "Trust the CA certificates in FILE, or with 'system' those of the operating system\n\nThey replace the \
                 built-in ones. Also: SSL_CERT_FILE, SIGNALWIRE_REST_CA_FILE.",
            )),
    ]
}

fn curl_argument(prose: Prose) -> Arg {
    Arg::new("curl")
        .long("curl")
        .action(ArgAction::SetTrue)
        .conflicts_with("dry-run")
        .help_heading(REQUEST)
        .help(prose.text("Print the request as a curl command that reads the credentials from variables"))
}

/// What was typed of [`sending_arguments`].
pub(super) fn settings(matches: &ArgMatches) -> Result<Settings> {
    let timeout = matches.get_one::<String>("timeout").map_or(DEFAULT_TIMEOUT, String::as_str);
    let timeout = time::duration(timeout).map_err(|fault| Failure::usage(format!("--timeout {fault}")))?;
    Ok(Settings {
        timeout: Duration::try_from(timeout).unwrap_or(Duration::MAX).min(Duration::from_hours(24 * 365)),
        retries: matches.get_one::<u32>("retries").copied().or(DEFAULT_RETRIES.parse().ok()).unwrap_or_default(),
        cacert: matches.get_one::<PathBuf>("cacert").cloned(),
        halted: Arc::default(),
    })
}

/// What was typed for a kind.
pub(super) fn read(kind: &'static Kind, matches: &ArgMatches) -> Result<Mint> {
    let typed = kind.fields.iter().filter(|field| matches.value_source(field.flag.name).is_some());
    let given = typed.map(|field| {
        let values = matches.get_many::<String>(field.flag.name).unwrap_or_default();
        let mut values: Vec<Option<String>> = values.cloned().map(Some).collect();
        if values.is_empty() {
            values.push(None);
        }
        (field.flag.name, values)
    });
    Ok(Mint {
        kind,
        given: given.collect(),
        body: kind.endpoint().and_then(|_| matches.get_one::<String>("body").cloned()),
        curl: matches.get_flag("curl"),
        settings: settings(matches)?,
        format: format(matches)?,
        name: matches.get_one::<String>("name").cloned(),
        write: matches.get_one::<PathBuf>("write").cloned(),
        dry_run: matches.get_flag("dry-run"),
        batch: batch(matches)?,
        program: matches.get_many::<OsString>("command").map(|words| words.cloned().collect()),
    })
}

fn format(matches: &ArgMatches) -> Result<Format> {
    let name = matches.get_one::<String>("shell").map_or(DEFAULT_SHELL, String::as_str);
    let shell = Shell::named(name).ok_or_else(|| {
        let known = Shell::NAMES.map(|(name, _)| name);
        let nearest = crate::text::aside(name, known);
        Failure::usage(format!("--shell takes {}{nearest}", known.join(", ")))
    })?;
    Ok(match matches.get_one::<String>("output").map_or(DEFAULT_OUTPUT, String::as_str) {
        "json" => Format::Json,
        "export" => Format::Export(shell),
        "dotenv" => Format::Dotenv,
        "github-env" => Format::GithubEnv,
        "github-output" => Format::GithubOutput,
        _ => Format::Raw,
    })
}
