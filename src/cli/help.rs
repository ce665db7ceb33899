//! The longer texts of the help: what each command is for, examples that run as they stand, and the exit codes.

use std::fmt::Write as _;

use clap::builder::{Resettable, StyledStr};

use crate::error::Category;
use crate::signalwire::Endpoint;
use crate::token::Kind;

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
    SignalWire Chat, PubSub, guest (Call Fabric) and Video tokens over the REST API, and Twilio Access Tokens signed \
    offline. The token goes to stdout, everything else to stderr; on every failure stdout is empty.";

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

pub(super) const EMULATOR: &str = "Run SignalWire's four token endpoints on this machine\n\n\
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

pub(super) const PROFILE_CHECK: &str = "Ask the service which of the four endpoints the credentials may use\n\n\
    Each endpoint gets an empty request, which mints nothing: an answer that complains of its content is an \
    authorised one. Exit 0 if all four may be used, 4 if any is refused, 6 if the service cannot be reached.";

pub(super) const OUTPUT: &str = "What to print\n\n\
    raw: the token and a newline (default)\n\
    json: one object: kind, token, refresh_token (guest), expires_at, expires_in\n\
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

/// What stands below the flags of a command that asks the service: how the attributes of a 422 are set, and the exit
/// codes.
pub(super) fn after(endpoint: &Endpoint) -> String {
    let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
    for field in endpoint.fields {
        match rows.iter_mut().find(|(key, _)| *key == field.key) {
            Some((_, flags)) => flags.push(field.dashed()),
            None => rows.push((field.key, vec![field.dashed()])),
        }
    }
    for (attribute, key) in endpoint.other_attributes {
        let flags = rows.iter().find(|(known, _)| known == key).map_or_else(Vec::new, |(_, flags)| flags.clone());
        rows.push((attribute, flags));
    }
    let width = rows.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
    let mut text = "Attributes of a 422, and the flags that set them:".to_owned();
    for (key, flags) in rows {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {key:width$}  {}", flags.join(", "));
    }
    format!("{text}\n\n{EXIT_CODES}")
}

/// The texts of a command that mints.
pub(super) struct Texts {
    pub about: &'static str,
    pub long_about: &'static str,
    pub examples: &'static str,
}

pub(super) fn mint(kind: Kind) -> Texts {
    match kind {
        Kind::Chat => Texts {
            about: "Mint a SignalWire Chat token",
            long_about: "Mint a SignalWire Chat token: it lets a client read and write Chat channels for a while.",
            examples: "Examples:
  tokenmint chat --ttl 1h --channel lobby=rw
  tokenmint chat --ttl 12h -c lobby=rw -c news=r --member-id alice --state '{\"team\":\"blue\"}'
  tokenmint chat --ttl 90m --channels @channels.json -o json | jq -r .expires_at
  eval \"$(tokenmint chat --ttl 1h -c lobby=rw -o export)\"
  tokenmint chat --profile emulator --ttl 1h -c lobby=rw -- node app.js\n",
        },
        Kind::PubSub => Texts {
            about: "Mint a SignalWire PubSub token",
            long_about: "Mint a SignalWire PubSub token: it lets a client publish and subscribe to channels for a while.",
            examples: "Examples:
  tokenmint pubsub --ttl 15m -c prices=r -c orders=rw
  tokenmint pubsub --ttl 30d --channels '{\"prices\":{\"read\":true}}' -o json
  tokenmint pubsub --profile emulator --ttl 1h -c prices=r --dry-run\n",
        },
        Kind::Guest => Texts {
            about: "Mint a SignalWire guest token (Call Fabric)",
            long_about: "Mint a SignalWire subscriber guest token (Call Fabric): it lets a guest call up to ten addresses. A \
                         refresh token comes with it; -o json and -o export print both.",
            examples: "Examples:
  tokenmint guest --allowed-address 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0 --ttl 15m
  tokenmint guest -a 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0 --expire-at 2030-01-31T12:00:00Z -o json
  tokenmint guest --profile emulator -a 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0 -o export\n",
        },
        Kind::Video => Texts {
            about: "Mint a SignalWire video room token",
            long_about: "Mint a SignalWire video room token: it lets a client join one room. Without a time limit it never \
                         expires.",
            examples: "Examples:
  tokenmint video --room standup --user-name alice --join-until +2h
  tokenmint video --room standup --permission room.self.audio_mute,room.lock --remove-after 45m
  tokenmint video --room stage --join-as audience --media-allowed all --join-until 2030-01-31
  tokenmint video --profile emulator --room standup --join-until +2h -o json\n",
        },
        Kind::Twilio => Texts {
            about: "Sign a Twilio Access Token, offline",
            long_about: "Sign a Twilio Access Token, offline: any grants together, checked before it is signed.",
            examples: "Examples:
  tokenmint twilio --identity alice --chat=IS0123456789abcdef0123456789abcdef
  tokenmint twilio --identity alice --video=standup --voice-incoming --sync --ttl 8h
  tokenmint twilio --identity alice --video --region us1 --dry-run\n",
        },
    }
}
