//! Every text of the help, in one place: a command line that is right is read without them, since making them takes as
//! long as reading it. The commands themselves are built without texts, and [`of`] and [`of_kind`] add them where they are
//! shown.

use clap::{Arg, Command};

use crate::catalog::{Endpoint, Field, Input, Kind, Value};
use crate::error::Category;

// What is not given. The parser knows these only where there are texts, for the sake of the help.
pub(super) const DEFAULT_OUTPUT: &str = "raw";
pub(super) const DEFAULT_SHELL: &str = "sh";
pub(super) const DEFAULT_TIMEOUT: &str = "30s";
pub(super) const DEFAULT_RETRIES: &str = "2";

/// About, usage, examples, flags, the rest.
const TEMPLATE: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

/// The texts of a command that does not mint.
struct Page {
    name: &'static str,
    /// The line for lists; what follows a blank line is for `--help`.
    about: &'static str,
    examples: &'static str,
    /// What stands below the flags.
    after: &'static [fn() -> String],
}

const PAGES: [Page; 11] = [
    Page {
        name: "tokenmint",
        about: "Mint short-lived access tokens for real-time services\n\n\
    SignalWire tokens over the REST API, and Twilio Access Tokens signed offline. The token goes to stdout, everything \
    else to stderr; on every failure stdout is empty.",
        examples: "Examples:
  tokenmint chat --profile emulator --ttl 1h --channel lobby=rw
  tokenmint video --profile emulator --room standup --join-until +2h -o json
  tokenmint profile init
  eval \"$(tokenmint chat --ttl 1h -c lobby=rw -o export)\"
  tokenmint inspect --check \"$SIGNALWIRE_CHAT_TOKEN\"",
        after: &[environment, exit_codes],
    },
    Page {
        name: "inspect",
        about: "Decode a token and check whether it is still valid\n\n\
    Reads SignalWire chat, pubsub, video, guest and refresh tokens, Twilio Access Tokens and other JWTs, from the \
    command line or stdin. Quotes, 'Bearer ' and a pasted export line are taken off. Nothing is sent anywhere.",
        examples: "Examples:
  tokenmint chat --profile emulator --ttl 1h -c lobby=rw | tokenmint inspect
  tokenmint inspect --check \"$SIGNALWIRE_CHAT_TOKEN\"
  tokenmint inspect --min-ttl 5m -o json \"$SIGNALWIRE_CHAT_TOKEN\" | jq .claims
  tokenmint inspect --verify \"$TWILIO_ACCESS_TOKEN\"\n",
        after: &[exit_codes],
    },
    Page {
        name: "profile",
        about: "List, show, create and check profiles\n\n\
    A profile is a named set of credentials in the configuration file. Its secret may stand there, in another file, or \
    come from a program such as op, pass or secret-tool.",
        examples: "Examples:
  tokenmint profile init
  tokenmint profile list
  tokenmint profile show dev
  tokenmint profile check dev\n",
        after: &[exit_codes],
    },
    Page {
        name: "list",
        about: "List the profiles of the configuration file",
        examples: "Examples:\n  tokenmint profile list\n",
        after: &[],
    },
    Page {
        name: "show",
        about: "Show every value with its source, secrets masked",
        examples: "Examples:\n  tokenmint profile show dev\n",
        after: &[],
    },
    Page {
        name: "check",
        about: "Ask the service which endpoints the credentials may use\n\n\
    Each endpoint gets an empty request, which mints nothing: an endpoint that rejects its content has accepted \
    the credentials. Exit 0 if all may be used, 4 if any is refused, 6 if the service cannot be reached.",
        examples: "Examples:\n  tokenmint profile check dev\n  tokenmint profile check -o json\n",
        after: &[],
    },
    Page {
        name: "init",
        about: "Write a commented configuration file, mode 0600",
        examples: "Examples:\n  tokenmint profile init\n",
        after: &[],
    },
    Page {
        name: "path",
        about: "Print where the configuration file is, or would be",
        examples: "Examples:\n  tokenmint profile path\n",
        after: &[],
    },
    Page {
        name: "emulator",
        about: "Run SignalWire's token endpoints on this machine\n\n\
    Loopback only. It checks requests as the service documents it, answers with the documented statuses and error \
    codes, and gives tokens of the documented form under fixed development keys. One line on stdout says when it is \
    ready; stderr has the lines that point clients at it.",
        examples: "Examples:
  tokenmint emulator
  tokenmint emulator --listen 127.0.0.1:0
  tokenmint emulator --tls",
        after: &[],
    },
    Page {
        name: "completions",
        about: "Print shell completions",
        examples: "Examples:
  tokenmint completions bash > ~/.local/share/bash-completion/completions/tokenmint
  tokenmint completions fish > ~/.config/fish/completions/tokenmint.fish\n",
        after: &[],
    },
    Page {
        name: "man",
        about: "Print the man page",
        examples: "Examples:
  tokenmint man | man -l -
  tokenmint man --dir ~/.local/share/man/man1\n",
        after: &[],
    },
];

/// What the program reads from the environment.
const ENVIRONMENT: &str = "Environment:
  SIGNALWIRE_SPACE, SIGNALWIRE_PROJECT_ID, SIGNALWIRE_API_TOKEN  SignalWire's credentials
  TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET          Twilio's credentials
  TOKENMINT_PROFILE, TOKENMINT_CONFIG                            as --profile and --config
  HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE                as curl reads them
  NO_COLOR                                                       no colours";

fn environment() -> String {
    ENVIRONMENT.to_owned()
}

/// The table of exit codes.
fn exit_codes() -> String {
    let failures = Category::ALL.map(|category| format!("\n  {}    {}", category.exit(), category.meaning()));
    format!("Exit codes:\n  0    done{}\n  130, 143  interrupted, terminated", failures.concat())
}

/// The texts of an argument: its id, what its value is called, its default, and its help, of which what follows a blank
/// line is for `--help`. A switch has no value to name.
type Texts = (&'static str, &'static str, Option<&'static str>, &'static str);

const ARGUMENTS: &[Texts] = &[
    (
        "profile",
        "NAME",
        None,
        "Use this profile's credentials (the environment is ignored)\n\n\
         'emulator' is built in. Also: TOKENMINT_PROFILE.",
    ),
    (
        "config",
        "FILE",
        None,
        "Read profiles from this file\n\n\
         Else from TOKENMINT_CONFIG, or tokenmint/config.toml in $XDG_CONFIG_HOME or ~/.config.",
    ),
    ("verbose", "", None, "Print each step to stderr"),
    ("quiet", "", None, "Silence notes, hints and warnings, never errors"),
    ("color", "WHEN", Some("auto"), "Colour messages: auto, always or never"),
    ("help", "", None, "Print a summary (-h) or everything (--help)"),
    ("version", "", None, "Print the version"),
    ("report", "FORMAT", Some("text"), "text or json"),
    (
        "body",
        "JSON",
        None,
        "The whole request body as JSON; flags override its fields\n\n\
         Fields that tokenmint does not know are sent as they are. Literal JSON, @FILE, or - for standard input.",
    ),
    (
        "output",
        "FORMAT",
        Some(DEFAULT_OUTPUT),
        "raw, json, export, dotenv, github-env or github-output\n\n\
         raw: the token and a newline (default)\n\
         json: one object: kind, token, what came with it (refresh_token), expires_at, expires_in\n\
         export: an assignment for --shell to evaluate\n\
         dotenv: NAME=token lines; with --write, the variable is set in FILE and its other lines stay\n\
         github-env, github-output: a mask command, and NAME=token in the file of $GITHUB_ENV or $GITHUB_OUTPUT",
    ),
    ("name", "VAR", None, "The variable that export and other formats set [default: {variable}]"),
    (
        "shell",
        "SHELL",
        Some(DEFAULT_SHELL),
        "The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu",
    ),
    (
        "write",
        "FILE",
        None,
        "Write to FILE (mode 0600), replacing it atomically\n\n\
         With -o dotenv the variable is set in FILE instead: all other lines and the mode of FILE stay.",
    ),
    (
        "reuse",
        "DURATION",
        None,
        "Reuse an earlier token of this request with this much time left\n\n\
         Otherwise mint one and keep it in $XDG_CACHE_HOME/tokenmint or the system's cache folder. Concurrent runs of \
         one request mint once.",
    ),
    (
        "renew",
        "DURATION",
        None,
        "Keep the token in --write FILE fresh: renew it this long before expiry\n\n\
         FILE is replaced atomically and stays as it is while the service is unavailable. Runs until COMMAND ends, a \
         signal arrives, or the credentials are refused. COMMAND finds the path of FILE in {variable}_FILE.",
    ),
    ("dry-run", "", None, "Print the request without sending it; needs no credentials"),
    ("command", "COMMAND", None, "Run COMMAND with the token in its environment; nothing is printed"),
    (
        "batch",
        "FILE",
        None,
        "Mint a token for each line of FILE (- for stdin), one JSON object per line\n\n\
    A line's fields override the flags; they are those of the API (for twilio the flags with underscores). Its field id \
    is echoed and never sent. One output line per input line, in the same order: line, id, and token and expires_at, or \
    error.",
    ),
    ("jobs", "N", None, "Run up to N requests at once (1 to 512) [default: 8]"),
    ("resume", "FILE", None, "Continue an earlier run: keep what FILE has, retry what failed"),
    ("timeout", "DURATION", Some(DEFAULT_TIMEOUT), "Overall time limit, retries included"),
    ("retries", "N", Some(DEFAULT_RETRIES), "Retry up to N times after a failed connection, 429 or 503"),
    (
        "cacert",
        "FILE",
        None,
        "Trust the CA certificates in FILE, or with 'system' those of the operating system\n\n\
         They replace the built-in ones. Also: SSL_CERT_FILE, SIGNALWIRE_REST_CA_FILE.",
    ),
    ("curl", "", None, "Print the request as a curl command without its secrets"),
    ("token", "TOKEN", None, "The token; stdin if omitted or -"),
    ("check", "", None, "Exit with 8 unless the token is valid now"),
    ("min-ttl", "DURATION", None, "Like --check, but require this much time left"),
    ("verify", "", None, "Check a Twilio token's signature with the secret of the profile or the environment"),
    ("which", "NAME", None, "Profile (default: the one minting would use)"),
    ("listen", "ADDR:PORT", None, "Loopback address and port to listen on; port 0 picks a free one"),
    ("tls", "", None, "Serve https with a temporary CA, whose certificate file is named on stderr"),
    ("completed-shell", "SHELL", None, "The shell to print completions for"),
    ("dir", "DIR", None, "Write the pages of all commands into DIR instead"),
];

const JSON_FORMS: &str = "Literal JSON, @FILE, or - for standard input.";
const TIME_FORMS: &str =
    "RFC 3339 (2030-01-31T12:00:00Z), a date (midnight UTC), @EPOCH_SECONDS, or +2h for two hours from now.";
const SWITCH_FORMS: &str =
    "The flag alone means true; --FLAG=false or --FLAG false sends false. Not given, it is not sent.";

/// A command that does not mint, with its texts and those of the commands below it.
pub(super) fn of(command: Command) -> Command {
    let Some(page) = PAGES.iter().find(|page| page.name == command.get_name()) else { return command };
    let after = page.after.iter().map(|part| part()).collect::<Vec<_>>().join("\n\n");
    let command = command
        .about(summary(page.about))
        .long_about(page.about)
        .help_template(TEMPLATE)
        .before_long_help(page.examples)
        .mut_args(|argument| described(argument, ""))
        .mut_subcommands(of);
    if after.is_empty() { command } else { command.after_long_help(after) }
}

/// The command of a kind, with the texts that its fields declare.
pub(super) fn of_kind(kind: &'static Kind, command: Command) -> Command {
    command
        .about(kind.help.about)
        .long_about(long_about(kind))
        .help_template(TEMPLATE)
        .before_long_help(examples(kind))
        .after_long_help(after(kind))
        .mut_args(|argument| {
            let own = kind.fields.iter().find(|field| field.flag.name == argument.get_id().as_str());
            match own {
                Some(field) => {
                    argument.value_name(value_name(field)).help(field.summary()).long_help(field_text(field))
                }
                None => described(argument, kind.variable),
            }
        })
}

/// An argument that is not a field, with its texts.
fn described(argument: Arg, variable: &str) -> Arg {
    let Some((_, value, default, help)) = ARGUMENTS.iter().find(|(id, ..)| argument.get_id().as_str() == *id) else {
        return argument;
    };
    let help = help.replace("{variable}", variable);
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
        Value::Required(name) | Value::Optional(name) => name,
        Value::Switch => "BOOL",
    }
}

/// The help of a field and, below it, the forms of its value.
fn field_text(field: &Field) -> String {
    let forms = match field.input {
        input if input.is_json() => JSON_FORMS,
        input if input.is_time() => TIME_FORMS,
        Input::Boolean => SWITCH_FORMS,
        _ => return field.help.to_owned(),
    };
    format!("{}\n\n{}", field.help, forms.replace("--FLAG", &field.dashed()))
}

/// What stands at the top of the help of a kind.
fn long_about(kind: &Kind) -> String {
    match kind.endpoint() {
        Some(Endpoint { path, scope, .. }) => {
            format!("{}\n\nPOST {path} with an API token that has the scope {scope}.", kind.help.long)
        }
        None => kind.help.long.to_owned(),
    }
}

/// The examples of a kind.
fn examples(kind: &Kind) -> String {
    kind.help.examples.lines().fold("Examples:".to_owned(), |text, line| text + "\n  " + line) + "\n"
}

/// What stands below the flags of a kind: which flags set the attributes of a 422, and the exit codes.
fn after(kind: &Kind) -> String {
    let Some(endpoint) = kind.endpoint() else { return exit_codes() };
    let flags_of = |key: &str| {
        let flags = kind.fields.iter().filter(|field| field.key == key).map(Field::dashed);
        flags.collect::<Vec<_>>().join(", ")
    };
    let own = kind.distinct_fields().map(|field| (field.key, field.key));
    let rows: Vec<(&str, &str)> = own.chain(endpoint.other_attributes.iter().copied()).collect();
    let width = rows.iter().map(|(attribute, _)| attribute.len()).max().unwrap_or_default();
    let heading = "Attributes of a 422, and the flags that set them:".to_owned();
    let table = rows
        .iter()
        .fold(heading, |text, (attribute, key)| text + &format!("\n  {attribute:width$}  {}", flags_of(key)));
    format!("{table}\n\n{}", exit_codes())
}
