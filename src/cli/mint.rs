//! The commands that mint: one for each endpoint, made from its table of fields, and the flags that they share.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, ValueHint, value_parser};

use super::help::{self, Prose};
use crate::error::{Failure, Result};
use crate::options::{Batch, Mint, Settings, What};
use crate::output::Format;
use crate::output::shell::Shell;
use crate::signalwire::field::{Field, Input};
use crate::signalwire::{Endpoint, permission};
use crate::time;
use crate::token::Kind;
use crate::twilio;

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

impl std::fmt::Debug for What {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            What::SignalWire(endpoint, given) => formatter.debug_tuple(endpoint.kind.name()).field(given).finish(),
            What::Twilio(given) => formatter.debug_tuple("twilio").field(given).finish(),
        }
    }
}

pub(super) fn signalwire_command(endpoint: &'static Endpoint, prose: Prose) -> clap::Command {
    let texts = help::mint(endpoint.kind);
    let body = Arg::new("body")
        .long("body")
        .value_name(prose.text("JSON"))
        .help_heading(FIELDS)
        .help(prose.text("The whole request body as JSON; flags override its fields"))
        .long_help(prose.made(|| format!("The whole request body as JSON; flags override its fields\n\nFields that tokenmint does not know are sent as they are. {JSON_FORMS}")));
    clap::Command::new(endpoint.kind.name())
        .about(prose.text(texts.about))
        .long_about(prose.made(|| {
            format!(
                "{}\n\nPOST {} with an API token that has the scope {}.",
                texts.long_about, endpoint.path, endpoint.scope
            )
        }))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(texts.examples))
        .after_long_help(prose.made(|| help::after(endpoint)))
        .args(endpoint.fields.iter().map(|field| field_argument(field, prose)))
        .arg(body)
        .args(shared_arguments(endpoint.kind.variable(), prose))
        .args(batch_arguments(prose))
        .arg(curl_argument(prose))
        .args(sending_arguments(prose))
}

const JSON_FORMS: &str = "Literal JSON, @FILE, or - for standard input.";
const TIME_FORMS: &str =
    "RFC 3339 (2030-01-31T12:00:00Z), a date (midnight UTC), @EPOCH_SECONDS, or +2h for two hours from now.";

fn field_argument(field: &'static Field, prose: Prose) -> Arg {
    let (short, _) = field.help.split_once("\n\n").unwrap_or((field.help, ""));
    let argument = Arg::new(field.flag)
        .long(field.flag)
        .visible_aliases(field.aliases.iter().copied())
        .value_name(prose.text(field.value))
        .help_heading(FIELDS)
        .help(prose.text(short))
        .long_help(prose.made(|| field_text(field)));
    let argument = match field.short {
        Some(short) => argument.short(short),
        None => argument,
    };
    let argument = match field.input {
        Input::Boolean => argument
            .num_args(0..=1)
            .default_missing_value("true")
            .value_parser(possible(&["true", "false"]))
            .hide_possible_values(true),
        // So that "-5m" is told to be no duration instead of being taken for a flag.
        Input::Minutes | Input::Seconds | Input::EpochAfter | Input::Epoch | Input::DateTime => {
            argument.allow_hyphen_values(true)
        }
        Input::CommaList => argument.value_parser(possible(&permission::KNOWN)).hide_possible_values(true),
        _ => argument,
    };
    if field.input.repeats() { argument.action(ArgAction::Append) } else { argument }
}

/// The help of a field and, below it, the forms of its value.
fn field_text(field: &Field) -> String {
    let forms = match field.input {
        Input::Json => JSON_FORMS,
        Input::DateTime | Input::Epoch => TIME_FORMS,
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
    })
}

pub(super) fn twilio_command(prose: Prose) -> clap::Command {
    let texts = help::mint(Kind::Twilio);
    clap::Command::new(Kind::Twilio.name())
        .about(prose.text(texts.about))
        .long_about(prose.text(texts.long_about))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(texts.examples))
        .after_long_help(prose.text(help::EXIT_CODES))
        .args(twilio::flag::FLAGS.iter().map(|flag| twilio_argument(flag, prose)))
        .args(shared_arguments(Kind::Twilio.variable(), prose))
        .args(batch_arguments(prose))
        .args(sending_arguments(prose).into_iter().chain([curl_argument(prose)]).map(|argument| {
            // Accepted, so that one set of flags fits every command that mints; nothing is sent here.
            argument.hide(true)
        }))
}

fn twilio_argument(flag: &'static twilio::flag::Flag, prose: Prose) -> Arg {
    let (short, _) = flag.help.split_once("\n\n").unwrap_or((flag.help, ""));
    let argument = Arg::new(flag.flag)
        .long(flag.flag)
        .value_name(prose.text(flag.value))
        .help_heading(FIELDS)
        .help(prose.text(short))
        .long_help(prose.made(|| {
            let forms = if flag.input.is_json() { format!("\n\n{JSON_FORMS}") } else { String::new() };
            format!("{}{forms}", flag.help)
        }));
    let argument = match flag.input {
        twilio::flag::Input::Duration | twilio::flag::Input::Time => argument.allow_hyphen_values(true),
        input if input.value_is_optional() => argument.num_args(0..=1),
        _ => argument,
    };
    if flag.input.repeats() { argument.action(ArgAction::Append) } else { argument }
}

/// What was typed for `twilio`.
pub(super) fn read_twilio(matches: &ArgMatches) -> Result<Mint> {
    let given = twilio::flag::FLAGS.iter().filter(|flag| matches.value_source(flag.flag).is_some()).map(|flag| {
        let values: Vec<_> = matches.get_many::<String>(flag.flag).unwrap_or_default().cloned().map(Some).collect();
        (flag.flag, if values.is_empty() { vec![None] } else { values })
    });
    read_shared(What::Twilio(given.collect()), None, matches)
}

/// What was typed for a SignalWire command.
pub(super) fn read(endpoint: &'static Endpoint, matches: &ArgMatches) -> Result<Mint> {
    let given = endpoint.fields.iter().filter_map(|field| {
        let values: Vec<String> = matches.get_many::<String>(field.flag)?.cloned().collect();
        Some((field.flag, values))
    });
    let body = matches.get_one::<String>("body").cloned();
    read_shared(What::SignalWire(endpoint, given.collect()), body, matches)
}

fn read_shared(what: What, body: Option<String>, matches: &ArgMatches) -> Result<Mint> {
    Ok(Mint {
        what,
        body,
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
