//! The texts of the commands that do not mint.

use super::topics;
use crate::error::Category;

/// What the help of a command says, and which general flags it leaves out because they change nothing there.
pub(super) struct Page {
    pub(super) name: &'static str,
    /// The line for lists; what follows a blank line is for `--help`.
    pub(super) about: &'static str,
    /// A line each; the first is that of `-h`.
    pub(super) examples: &'static [&'static str],
    /// General flags without effect.
    pub(super) without: &'static [&'static str],
    /// How it can fail.
    pub(super) failures: &'static [Category],
    /// The variables it reads; none for a choice of the program's.
    pub(super) environment: &'static [&'static str],
    /// Whether it runs a command after `--`.
    pub(super) runs: bool,
    /// More sections below the flags, before the environment.
    pub(super) more: &'static [fn() -> String],
}

impl Page {
    /// A page of a command that reads nothing and can fail in the usual ways alone.
    const fn new(name: &'static str, about: &'static str, examples: &'static [&'static str]) -> Self {
        Page {
            name,
            about,
            examples,
            without: &["profile", "config", "verbose", "quiet"],
            failures: &[Category::Internal, Category::Usage],
            environment: &["NO_COLOR"],
            runs: false,
            more: &[],
        }
    }

    /// A page of a command that reads the configuration file.
    const fn configured(name: &'static str, about: &'static str, examples: &'static [&'static str]) -> Self {
        Page {
            without: &["profile", "verbose"],
            failures: &[Category::Internal, Category::Usage, Category::Configuration],
            environment: &["TOKENMINT_CONFIG", "XDG_CONFIG_HOME", "NO_COLOR"],
            ..Page::new(name, about, examples)
        }
    }
}

/// The page of a command.
pub(super) fn page(name: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.name == name)
}

/// How a command fails that asks the service about credentials.
const OF_A_CHECK: &[Category] = &[
    Category::Internal,
    Category::Usage,
    Category::Configuration,
    Category::CredentialsRefused,
    Category::Unavailable,
];

static PAGES: [Page; 18] = [
    Page {
        without: &[],
        failures: &Category::ALL,
        environment: &[],
        more: &[topics::list],
        ..Page::configured(
            "tokenmint",
            "Mint short-lived access tokens for real-time services\n\n\
             SignalWire tokens over the REST API, and Twilio Access Tokens signed offline. The token goes to stdout, \
             everything else to stderr; on every failure stdout is empty.",
            &[
                "tokenmint chat --profile emulator --ttl 1h --channel lobby=rw",
                "tokenmint video --profile emulator --room standup --ttl 2h -o json",
                "tokenmint profile add dev",
                "vars=$(tokenmint chat --ttl 1h -c lobby=rw -o export) && eval \"$vars\"",
                "tokenmint inspect --check \"$SIGNALWIRE_CHAT_TOKEN\"",
            ],
        )
    },
    Page {
        without: &["verbose"],
        failures: &[Category::Internal, Category::Usage, Category::Configuration, Category::NotValid],
        environment: &[
            "TWILIO_ACCOUNT_SID",
            "TWILIO_API_KEY",
            "TWILIO_API_SECRET",
            "TOKENMINT_PROFILE",
            "TOKENMINT_CONFIG",
            "NO_COLOR",
        ],
        ..Page::configured(
            "inspect",
            "Decode a token and check whether it is still valid\n\n\
             Prints whether the token is valid, until when, for whom, and what it allows; then its header and claims \
             with their meaning. Reads SignalWire chat, pubsub, video, guest, subscriber, invite, embed and refresh \
             tokens, Twilio Access Tokens and other JWTs, from the command line, @FILE or stdin, as they are pasted: in \
             quotes, after Bearer, in an export line of any shell, in a JSON object. Nothing is sent.",
            &[
                "tokenmint inspect --check -q \"$SIGNALWIRE_CHAT_TOKEN\"",
                "tokenmint chat --profile emulator --ttl 1h -c lobby=rw | tokenmint inspect",
                "tokenmint inspect --min-ttl 5m -o json \"$SIGNALWIRE_CHAT_TOKEN\" | jq .claims",
                "tokenmint inspect --verify \"$TWILIO_ACCESS_TOKEN\"",
            ],
        )
    },
    Page::new(
        "explain",
        "Explain error codes of SignalWire and Twilio\n\n\
         Prints what a code means, what causes it, and the flag or setting that fixes it: codes of Twilio's client SDKs, \
         of SignalWire's REST answers, and of the WebSocket of its Browser SDK. Without a code, lists those it knows.",
        &[
            "tokenmint explain 20102",
            "tokenmint explain 20104 must_belong_to_project",
            "tokenmint explain 20157 -o json",
        ],
    ),
    Page {
        without: &[],
        failures: OF_A_CHECK,
        environment: &["TOKENMINT_PROFILE", "TOKENMINT_CONFIG", "XDG_CONFIG_HOME", "NO_COLOR"],
        ..Page::configured(
            "profile",
            "Add, list, show, check and edit profiles\n\n\
             A profile is a named set of credentials in the configuration file. Its secret is stored there, in another \
             file, or read from a program such as op, pass or secret-tool.",
            &[
                "tokenmint profile add dev",
                "tokenmint profile list",
                "tokenmint profile show dev",
                "tokenmint profile check dev",
            ],
        )
    },
    Page::configured("list", "List the profiles of the configuration file", &["tokenmint profile list"]),
    Page {
        environment: &["SIGNALWIRE_SPACE", "TWILIO_API_KEY", "TOKENMINT_PROFILE", "TOKENMINT_CONFIG", "NO_COLOR"],
        ..Page::configured(
            "show",
            "Show every value with its source, secrets masked",
            &["tokenmint profile show dev", "tokenmint profile show -o json"],
        )
    },
    Page {
        without: &[],
        failures: OF_A_CHECK,
        environment: &[
            "SIGNALWIRE_SPACE",
            "SIGNALWIRE_PROJECT_ID",
            "SIGNALWIRE_API_TOKEN",
            "TOKENMINT_PROFILE",
            "TOKENMINT_CONFIG",
            "HTTPS_PROXY",
            "SSL_CERT_FILE",
            "NO_COLOR",
        ],
        ..Page::configured(
            "check",
            "Ask the service which endpoints the credentials may use\n\n\
             Each endpoint gets an empty request, which mints nothing: an endpoint that rejects its content has \
             accepted the credentials. Exit 0 if all may be used, 4 if any is refused, 6 if the service cannot be \
             reached.",
            &["tokenmint profile check dev", "tokenmint profile check -o json"],
        )
    },
    Page::configured("init", "Write a commented configuration file, mode 0600", &["tokenmint profile init"]),
    Page {
        failures: &[Category::Internal, Category::Usage, Category::Configuration],
        ..Page::configured(
            "add",
            "Add a profile to the configuration file\n\n\
             On a terminal, values without a flag are asked for; the secret is not shown. Elsewhere the flags are \
             required and the secret is read from stdin. Values are checked before anything is stored. The secret goes \
             into a file of mode 0600 next to the configuration file, or with --keychain into the system's keychain, \
             and never into the configuration file. A profile that exists is not changed, except that it may get \
             credentials of the other provider. The first profile becomes the default.",
            &[
                "tokenmint profile add dev",
                "tokenmint profile add dev --keychain",
                "printf %s \"$TOKEN\" | tokenmint profile add ci --space example --project-id \"$PROJECT\"",
                "tokenmint profile add dev --twilio --account-sid AC… --api-key-sid SK…",
            ],
        )
    },
    Page::configured(
        "use",
        "Make a profile the default\n\n\
         Sets default_profile in the configuration file. Credentials in the environment still come before it.",
        &["tokenmint profile use dev", "tokenmint profile use emulator"],
    ),
    Page {
        environment: &["VISUAL", "EDITOR", "TOKENMINT_CONFIG", "XDG_CONFIG_HOME", "NO_COLOR"],
        ..Page::configured(
            "edit",
            "Edit the configuration file\n\n\
             Opens a copy in $VISUAL or $EDITOR and checks the result. Only a result without mistakes replaces the file; \
             otherwise the file stays as it is, and the editor opens again or the message says where your changes are.",
            &["tokenmint profile edit", "EDITOR='code --wait' tokenmint profile edit"],
        )
    },
    Page::configured(
        "remove",
        "Remove a profile and the secret that 'profile add' stored for it\n\n\
         Asks first, unless --yes is given. A secret that is stored elsewhere is left there.",
        &["tokenmint profile remove dev", "tokenmint profile remove dev --yes"],
    ),
    Page::configured(
        "presets",
        "List the presets of the configuration file\n\n\
         A preset keeps fields of a command under a name, for --preset. Each line has its name, its command, its profile \
         (- for none) and the names of its fields.",
        &["tokenmint profile presets", "tokenmint profile presets -o json | jq -r '.presets[].name'"],
    ),
    Page::configured("path", "Print the path of the configuration file", &["tokenmint profile path"]),
    Page {
        without: &["profile", "config", "verbose"],
        runs: true,
        ..Page::new(
            "emulator",
            "Run SignalWire's token endpoints on this machine\n\n\
         Loopback only. It checks requests as the service documents it, answers with the documented statuses and error \
         codes, and issues tokens of the documented form, signed with fixed development keys. It prints one line \
         to stdout when it is ready, and the environment variables for clients to stderr, then one line per request. \
         Ctrl-C ends it with exit status 0.",
            &[
                "tokenmint emulator",
                "tokenmint emulator --port 0 --tls",
                "tokenmint emulator -- npm test",
                "tokenmint emulator --fail 503:0.2 --seed 7 -- npm test",
                "tokenmint emulator --scope chat --clock=-2h",
            ],
        )
    },
    Page::new(
        "help",
        "Print the help of a command or topic",
        &["tokenmint help permissions", "tokenmint help chat", "tokenmint help profile check"],
    ),
    Page::new(
        "completions",
        "Print shell completions\n\n\
         The script calls tokenmint for its candidates, profile names included, so it never goes out of date. Save it \
         where your shell looks for completions.",
        &[
            "eval \"$(tokenmint completions bash)\"    # in ~/.bashrc",
            "mkdir -p ~/.local/share/bash-completion/completions",
            "tokenmint completions bash > ~/.local/share/bash-completion/completions/tokenmint",
            "mkdir -p ~/.zfunc ~/.config/fish/completions ~/.config/elvish",
            "tokenmint completions zsh > ~/.zfunc/_tokenmint    # with fpath+=~/.zfunc before compinit",
            "tokenmint completions fish > ~/.config/fish/completions/tokenmint.fish",
            "New-Item -Type Directory -Force (Split-Path $PROFILE)",
            "tokenmint completions powershell | Add-Content $PROFILE",
            "tokenmint completions elvish >> ~/.config/elvish/rc.elv",
            "mkdir $nu.user-autoload-dirs.0",
            "tokenmint completions nushell | save -f ($nu.user-autoload-dirs.0 | path join tokenmint.nu)",
        ],
    ),
    Page::new(
        "man",
        "Print a man page\n\n\
         The page of the program, of a command, or of the configuration file (config). With --dir all pages are written \
         into a folder; if it is named man1, tokenmint-config.5 goes into man5 next to it.",
        &["tokenmint man chat | man -l -", "tokenmint man | man -l -", "tokenmint man --dir ~/.local/share/man/man1"],
    ),
];
