//! The topics of `tokenmint help`: what concerns more than one command.

use super::sections::{Rows, all_variables, exits};
use super::style::{block, literal, table};
use crate::error::Category;
use crate::output::Format;
use crate::providers::PROVIDERS;
use crate::signalwire::permission::{DEFAULT, KNOWN};

/// A page that is about no single command.
pub(super) struct Topic {
    pub(super) name: &'static str,
    /// One line for lists.
    pub(super) about: &'static str,
    /// The page, headings included.
    pub(super) text: fn() -> String,
}

/// The topics, in the order of the help.
pub(super) static TOPICS: [Topic; 7] = [
    Topic { name: "environment", about: "Environment variables that tokenmint reads", text: environment },
    Topic { name: "config", about: "The configuration file and its profiles", text: config },
    Topic { name: "formats", about: "Output formats and the variables they set", text: formats },
    Topic { name: "batch", about: "Many tokens in one run: lines, limits and --resume", text: batch },
    Topic { name: "permissions", about: "Permissions of video room tokens", text: permissions },
    Topic { name: "errors", about: "Errors, their JSON form and their codes", text: errors },
    Topic { name: "exit-codes", about: "Exit codes and what a script should do", text: exit_codes },
];

/// The list of topics.
pub(super) fn list() -> String {
    let rows = TOPICS.iter().map(|topic| (topic.name.to_owned(), topic.about.to_owned()));
    table("Topics of tokenmint help", &rows.collect::<Vec<_>>())
}

fn environment() -> String {
    format!(
        "{}\n\n{}",
        "Flags take precedence over variables. Credentials come from one source as a set: the profile of --profile or \
         TOKENMINT_PROFILE, else the environment, else default_profile of the configuration file. Where two spellings \
         of a variable are set, the first one listed is read. A variable that is set but empty is an error.",
        table("Environment", &all_variables())
    )
}

fn exit_codes() -> String {
    let todo = [
        ("0", "use the output"),
        ("1", "report it"),
        ("2", "fix the call"),
        ("3", "fix the settings"),
        ("4", "fix the credentials, or the scope of the API token"),
        ("5", "fix the values"),
        ("6", "try again later"),
        ("7", "look at the lines with an error"),
        ("8", "mint another token"),
    ];
    let todo: Vec<_> = todo.iter().map(|(code, what)| ((*code).to_owned(), (*what).to_owned())).collect();
    format!(
        "A mint that fails leaves stdout empty, and stderr names the cause.\n\n{}\n\n{}",
        table("Exit codes", &exits(&Category::ALL, true)),
        table("What a script should do", &todo)
    )
}

fn formats() -> String {
    let rows = Format::NAMES.map(|(name, format)| (format!("-o {name}"), describe(format).to_owned()));
    format!(
        "{}\n\n{}\n\n{}\n\n{}",
        table("Formats", &rows),
        "Formats that set a variable use the default name of the kind, such as SIGNALWIRE_CHAT_TOKEN; --name changes it. \
         The variable of a refresh token ends in _REFRESH_TOKEN instead of _TOKEN. With --write FILE the output goes to \
         FILE, which is created with mode 0600 and replaced atomically.",
        FORMAT_NOTES.join("\n\n"),
        block(
            "Examples",
            [
                "token=$(tokenmint chat --ttl 1h -c lobby=rw) || exit",
                "tokenmint chat --ttl 1h -c lobby=rw -o json | jq -r .expires_at",
                "vars=$(tokenmint chat --ttl 1h -c lobby=rw -o export) && eval \"$vars\"",
                "tokenmint chat --ttl 1h -c lobby=rw -o dotenv --write .env",
                "tokenmint chat --ttl 1h -c lobby=rw -- node app.js",
            ]
            .map(str::to_owned)
        )
    )
}

/// What goes for files of variables and for a command after `--`.
const FORMAT_NOTES: &[&str] = &[
    "-o dotenv --write FILE replaces the value of the variable in FILE, or adds a line at its end. All other lines, their \
     order, and the mode and owner of FILE stay. Several tokenmint processes may write the same file at once. A file \
     larger than 1 MiB, or not in UTF-8, is refused before anything is minted.",
    "A command after -- gets the token in its environment, without the variables that hold the API token or the API key \
     secret. Signals sent to tokenmint are passed on to it, and signals that were ignored when tokenmint started stay \
     ignored for both. The exit status is that of the command, or 128 + n if signal n ended it.",
];

const fn describe(format: Format) -> &'static str {
    match format {
        Format::Raw => "the token and a newline (default)",
        Format::Json => "one object: kind, token, expires_at, expires_in and more",
        Format::Export(_) => "an assignment for the shell of --shell",
        Format::Dotenv => "NAME=token lines; with --write, one variable of FILE is set",
        Format::GithubEnv => "masks the token and appends NAME=token to $GITHUB_ENV",
        Format::GithubOutput => "masks the token and appends NAME=token to $GITHUB_OUTPUT",
    }
}

fn batch() -> String {
    format!(
        "{}\n\n{}\n\n{}\n\n{}",
        "--batch FILE mints a token for each line of FILE (- for stdin). A line is a JSON object whose fields override the \
         flags. They are the fields of the API: a bare number is in the API's unit (for ttl of chat and pubsub minutes), \
         and a lifetime may also be written as a duration, \"ttl\":\"5m\". For twilio they are the flags with underscores. The field id is echoed and never sent. Empty lines are skipped.",
        block(
            "Output, one line per input line, in the same order",
            [
                "{\"line\":1,\"id\":\"alice\",\"request\":\"…\",\"token\":\"…\",\"expires_at\":\"…\"}",
                "{\"line\":2,\"id\":\"bob\",\"request\":\"…\",\"error\":{…}}",
            ]
            .map(str::to_owned)
        ),
        BATCH_NOTES.join("\n\n"),
        block(
            "Examples",
            [
                "tokenmint chat --ttl 1h -c lobby=rw --batch members.ndjson > tokens.ndjson",
                "tokenmint chat --ttl 1h -c lobby=rw --batch members.ndjson --resume tokens.ndjson",
                "parallel --pipe --keep-order --block 1M --sshlogin one,two \\",
                "  'tokenmint chat --profile dev --ttl 1h -c lobby=rw --batch -' < members.ndjson",
            ]
            .map(str::to_owned)
        )
    )
}

/// How a batch runs, ends and is resumed.
const BATCH_NOTES: &[&str] = &[
    "request is a hash of the command, the space (or API key) and the fields of flags and line together, with times as \
     written. Equal requests have the same hash in every run.",
    "A bad line fails alone, and the exit code is 7 at the end. Refused credentials (401, 403) stop the run with exit \
     code 4. --jobs N sends up to N requests at once. At most 4 MiB of lines are in progress at once, so memory does not \
     grow with the input.",
    "After a 429 or 503 all jobs wait. Then one request probes, and the rest follow at a rate that adapts to the service; \
     --timeout limits how long a line waits, not --retries. The run ends with exit code 6 after a Retry-After longer than \
     --timeout, after eight consecutive lines that timed out without any success, or after max(8, --jobs) consecutive \
     lines that could not connect.",
    "--resume FILE writes to FILE and continues an earlier run that failed or was interrupted. A token is kept if its \
     request is the same and it has not expired; everything else is minted again. FILE must be new, empty, or the output \
     of a batch; anything else is refused and not changed. A second run on the same FILE, and an input line whose id \
     differs from the recorded one, are refused too (exit code 3). Input and output cannot be the same file (exit code 2).",
    "Ctrl-C, SIGTERM and SIGHUP stop a batch cleanly: requests in progress finish and get their lines, and the run exits \
     with 130 or 143. A second signal ends it at once. Signals that were ignored at the start stay ignored, so nohup \
     works. Several machines can share a batch through GNU parallel; line then counts within a piece, so give each \
     line an id.",
];

fn permissions() -> String {
    let row = |name: &str| {
        let mark = if DEFAULT.contains(&name) { "* " } else { "  " };
        format!("{mark}{name}")
    };
    let group = |prefix: &str| KNOWN.iter().filter(|name| name.starts_with(prefix)).map(|name| row(name)).collect();
    let own: Vec<String> = group("room.self.");
    let others: Vec<String> = group("room.member.");
    let room = KNOWN.iter().filter(|name| !name.starts_with("room.self.") && !name.starts_with("room.member."));
    format!(
        "Values of {} {}: {} names. The {} marked with * are the service's defaults for a token that requests none. An \
         unknown name that begins with room. causes a warning and is sent. With --join-as audience the service ignores \
         permissions.\n\n{}\n\n{}\n\n{}",
        literal("tokenmint video"),
        literal("--permission"),
        KNOWN.len(),
        DEFAULT.len(),
        block("The user's own media and position", own),
        block("Other members", others),
        block("The room", room.map(|name| row(name)))
    )
}

fn errors() -> String {
    let codes = Category::ALL.map(|category| (category.code().to_owned(), category.meaning().to_owned()));
    format!(
        "{}\n\n{}\n\n{}\n\n{}",
        "An error is one line on stderr that begins with 'error:'; where there is something to do about it, a line that \
         begins with 'hint:' follows. With -o json stderr has one line with a JSON object instead.",
        block(
            "Example",
            [
                "{\"error\":{\"code\":\"request_refused\",\"exit\":5,\"message\":\"…\",\"hint\":\"…\",",
                "  \"status\":422,\"details\":[{\"type\":\"…\",\"code\":\"…\",\"message\":\"…\",",
                "    \"attribute\":\"ttl\",\"flag\":\"--ttl\",\"url\":\"…\"}]}}",
            ]
            .map(str::to_owned)
        ),
        table("Codes", &codes),
        "A 422 of SignalWire names attributes of the request; tokenmint adds the flag that sets each of them. The \
         attribute foo_bar is the flag --foo-bar, and --help of a command lists the exceptions. A request whose \
         outcome is unclear is not sent again, and the error says that a token may have been created."
    )
}

fn config() -> String {
    format!(
        "{}\n\n{}\n\n{}\n\n{}",
        table("The first of these files is read", &places()),
        block("Example", EXAMPLE.lines().map(str::to_owned)),
        table("Keys", &keys()),
        CONFIG_NOTES.join("\n\n")
    )
}

/// Where the configuration file is looked for, in this order.
pub(super) fn places() -> Rows {
    let places = [
        ("--config FILE", "the flag"),
        ("TOKENMINT_CONFIG", "the variable"),
        ("$XDG_CONFIG_HOME/tokenmint/config.toml", "if that variable is set"),
        ("~/.config/tokenmint/config.toml", "if it exists"),
        ("~/Library/Application Support/tokenmint/config.toml", "on macOS"),
        (r"%APPDATA%\tokenmint\config.toml", "on Windows"),
    ];
    places.map(|(place, when)| (place.to_owned(), when.to_owned())).into()
}

/// What goes for every key.
pub(super) const CONFIG_NOTES: &[&str] = &[
    "A secret can also be read from elsewhere. KEY_command, such as api_token_command, is a list of a program and its \
     arguments, which is run without a shell for at most 30 seconds and prints the secret on one line. KEY_file is the \
     path of a file that holds the secret on one line; ~/ is the home directory, and a relative path starts at the \
     folder of the configuration file.",
    "This credential helper gets no variable that holds a secret. It may ask for a PIN on the terminal, even if stdin is a \
     pipe; it reads stdin only if that is a terminal or nothing else reads it. A --timeout of less than 30 seconds limits \
     it too. It is killed with its process group when its time is up, on Ctrl-Z, or when a signal that can be caught ends \
     tokenmint. A helper must not run tokenmint itself: that is refused, unless the helper clears its environment first (env -i, sudo).",
    "[presets.NAME] holds the fields of a command: command, profile (optional), and fields as in a line of --batch. No \
     secret can be in a preset. `tokenmint profile presets` lists them, and --preset NAME starts from one.",
    "A file that holds a secret itself must be readable by its owner alone (chmod 600; on Windows, keep it inside your \
     user profile). Unknown keys are refused. The profile emulator is built in and cannot be defined. A relative HOME or \
     XDG_CONFIG_HOME is an error, because it would mean the working directory.",
    "`tokenmint profile path` prints the place that applies.",
];

/// An example of the file.
pub(super) const EXAMPLE: &str = r#"default_profile = "dev"

[profiles.dev.signalwire]
space = "example"
project_id = "7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f"
api_token_command = ["op", "read", "op://Private/SignalWire/api-token"]

[profiles.dev.twilio]
account_sid = "AC…"
api_key_sid = "SK…"
api_key_secret_file = "/run/secrets/twilio"

[presets.lobby]
command = "chat"
ttl = "1h"
channels = { lobby = { read = true, write = true } }"#;

/// The keys of the configuration file, those of each provider as its schema declares them.
pub(super) fn keys() -> Rows {
    let mut rows = vec![("default_profile".to_owned(), "profile that is used by default".to_owned())];
    for provider in PROVIDERS {
        let schema = provider.credentials;
        let table = |key: &str| format!("profiles.NAME.{}.{key}", schema.section);
        rows.extend(schema.public.iter().map(|field| (table(field.key), "required".to_owned())));
        rows.push((table(schema.secret.key), "required, or KEY_command or KEY_file".to_owned()));
        rows.extend(schema.settings.iter().map(|setting| (table(setting.key), "optional".to_owned())));
    }
    let preset = [
        ("command", "required: a command that mints"),
        ("profile", "optional: whose credentials to use"),
        ("FIELD", "a field, as in a line of --batch"),
    ];
    rows.extend(preset.map(|(key, meaning)| (format!("presets.NAME.{key}"), meaning.to_owned())));
    rows
}
