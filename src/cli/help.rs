//! The longer texts of the help: what each command is for, examples that run as they stand, and the exit codes.

use clap::builder::{Resettable, StyledStr};

use crate::catalog::{Endpoint, Field, Kind};
use crate::error::Category;

/// The texts of a command, names of values and defaults among them, or none: a command line that is right is read without
/// them, and making them takes as long as reading it.
#[derive(Clone, Copy)]
pub(super) struct Prose(bool);

impl Prose {
    pub(super) const ALL: Prose = Prose(true);
    pub(super) const NONE: Prose = Prose(false);

    /// This text, if texts are wanted.
    pub(super) fn text(self, text: &'static str) -> Option<&'static str> {
        self.0.then_some(text)
    }

    /// The text that this makes, likewise.
    pub(super) fn made(self, make: impl FnOnce() -> String) -> Resettable<StyledStr> {
        self.0.then(|| StyledStr::from(make())).into()
    }
}

/// About, usage, examples, flags, the rest.
pub(super) const TEMPLATE: &str =
    "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

pub(super) const ABOUT: &str = "Mint short-lived access tokens for real-time services\n\n\
    SignalWire tokens over the REST API, and Twilio Access Tokens signed offline. The token goes to stdout, everything \
    else to stderr; on every failure stdout is empty.";

pub(super) const ROOT_EXAMPLES: &str = "Examples:
  tokenmint chat --profile emulator --ttl 1h --channel lobby=rw
  tokenmint video --profile emulator --room standup --join-until +2h -o json
  tokenmint profile init
  eval \"$(tokenmint chat --ttl 1h -c lobby=rw -o export)\"
  tokenmint inspect --check \"$SIGNALWIRE_CHAT_TOKEN\"";

/// What the program reads from the environment.
pub(super) const ENVIRONMENT: &str = "Environment:
  SIGNALWIRE_SPACE, SIGNALWIRE_PROJECT_ID, SIGNALWIRE_API_TOKEN  SignalWire's credentials
  TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET          Twilio's credentials
  TOKENMINT_PROFILE, TOKENMINT_CONFIG                            as --profile and --config
  HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE                as curl reads them
  NO_COLOR                                                       no colours";

pub(super) const EMULATOR: &str = "Run SignalWire's token endpoints on this machine\n\n\
    Loopback only. It checks requests as the service documents it, answers with the documented statuses and error \
    codes, and gives tokens of the documented form under fixed development keys. One line on stdout says when it is \
    ready; stderr has the lines that point clients at it.";

pub(super) const EMULATOR_EXAMPLES: &str = "Examples:
  tokenmint emulator
  tokenmint emulator --listen 127.0.0.1:0
  tokenmint emulator --tls";

pub(super) const COMPLETIONS_EXAMPLES: &str = "Examples:
  tokenmint completions bash > ~/.local/share/bash-completion/completions/tokenmint
  tokenmint completions fish > ~/.config/fish/completions/tokenmint.fish\n";

pub(super) const MAN_EXAMPLES: &str = "Examples:
  tokenmint man | man -l -
  tokenmint man --dir ~/.local/share/man/man1\n";

pub(super) const INSPECT: &str = "Say what a token is and whether it is valid\n\n\
    Reads SignalWire chat, pubsub, video, guest and refresh tokens, Twilio Access Tokens and other JWTs, from the \
    command line or stdin. Quotes, 'Bearer ' and a pasted export line are taken off. Nothing is sent anywhere.";

pub(super) const INSPECT_EXAMPLES: &str = "Examples:
  tokenmint chat --profile emulator --ttl 1h -c lobby=rw | tokenmint inspect
  tokenmint inspect --check \"$SIGNALWIRE_CHAT_TOKEN\"
  tokenmint inspect --min-ttl 5m -o json \"$SIGNALWIRE_CHAT_TOKEN\" | jq .claims
  tokenmint inspect --verify \"$TWILIO_ACCESS_TOKEN\"\n";

pub(super) const PROFILE: &str = "List, show, create and check profiles\n\n\
    A profile is a named set of credentials in the configuration file. Its secret may stand there, in another file, or \
    come from a program such as op, pass or secret-tool.";

pub(super) const PROFILE_EXAMPLES: &str = "Examples:
  tokenmint profile init
  tokenmint profile list
  tokenmint profile show dev
  tokenmint profile check dev\n";

pub(super) const PROFILE_CHECK: &str = "Ask the service which endpoints the credentials may use\n\n\
    Each endpoint gets an empty request, which mints nothing: an answer that complains of its content is an \
    authorised one. Exit 0 if all may be used, 4 if any is refused, 6 if the service cannot be reached.";

pub(super) const OUTPUT: &str = "What to print\n\n\
    raw: the token and a newline (default)\n\
    json: one object: kind, token, what came with it (refresh_token), expires_at, expires_in\n\
    export: an assignment for --shell to evaluate\n\
    dotenv: NAME=token lines\n\
    github-env, github-output: a mask command, and NAME=token in the file of $GITHUB_ENV or $GITHUB_OUTPUT";

pub(super) const BATCH: &str = "Mint a token for each line of FILE (- for stdin), one JSON object per line\n\n\
    A line's fields override the flags; they are those of the API (for twilio the flags with underscores). Its field id \
    is echoed and never sent. One output line per input line, in the same order: line, id, and token and expires_at, or \
    error.";

pub(super) const EXIT_CODES: &str = "Exit codes:
  0    done
  1    unexpected, or the output could not be written
  2    the command line or a value in it is wrong
  3    configuration or credentials missing or malformed
  4    credentials refused (401, 403)
  5    request refused (other 4xx)
  6    the service or the network failed: 3xx, 429, 5xx, timeout, DNS, TLS
  7    batch: some lines failed
  8    inspect --check: expired, not yet valid, or signature wrong
  130, 143  interrupted, terminated";

// The text above and the exit codes of `error` say the same.
const _: () = assert!(Category::ALL.len() == 8 && Category::NotValid.exit() == 8 && Category::Internal.exit() == 1);

/// What stands at the top of the help of a kind.
pub(super) fn long_about(kind: &Kind) -> String {
    match kind.endpoint() {
        Some(Endpoint { path, scope, .. }) => {
            format!("{}\n\nPOST {path} with an API token that has the scope {scope}.", kind.help.long)
        }
        None => kind.help.long.to_owned(),
    }
}

/// The examples of a kind.
pub(super) fn examples(kind: &Kind) -> String {
    kind.help.examples.lines().fold("Examples:".to_owned(), |text, line| text + "\n  " + line) + "\n"
}

/// What stands below the flags of a kind: which flags set the attributes of a 422, and the exit codes.
pub(super) fn after(kind: &Kind) -> String {
    let Some(endpoint) = kind.endpoint() else { return EXIT_CODES.to_owned() };
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
    format!("{table}\n\n{EXIT_CODES}")
}
