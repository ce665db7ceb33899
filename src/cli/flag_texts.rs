//! What the help says of flags that are not fields.

// What is not given. The parser knows these only where there are texts, for the sake of the help.
pub(super) const DEFAULT_OUTPUT: &str = "raw";
pub(super) const DEFAULT_SHELL: &str = "sh";
pub(super) const DEFAULT_TIMEOUT: &str = "30s";
pub(super) const DEFAULT_RETRIES: &str = "2";

/// The texts of an argument: its id, what its value is called, its default, and its help, of which what follows a blank
/// line is for `--help`. A switch has no value to name.
pub(super) type Texts = (&'static str, &'static str, Option<&'static str>, &'static str);

pub(super) const ARGUMENTS: &[Texts] = &[
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
    ("color", "WHEN", Some("auto"), "Colour messages, reports and help: auto, always or never"),
    ("help", "", None, "Print a summary (-h) or everything (--help)"),
    ("version", "", None, "Print the version"),
    ("report", "FORMAT", Some("text"), "Output format: text or json"),
    (
        "body",
        "JSON",
        None,
        "The whole request body as JSON; flags override its fields\n\n\
         Fields that tokenmint does not know are sent as they are. Literal JSON, @FILE, or - for standard input.",
    ),
    (
        "preset",
        "PRESET",
        None,
        "Start from the fields of [presets.NAME] in the configuration file\n\n\
         --body and flags override them. If the preset names a profile, its credentials are used unless --profile is \
         given; otherwise credentials are found as usual, and the file is read for the preset alone.",
    ),
    (
        "output",
        "FORMAT",
        Some(DEFAULT_OUTPUT),
        "Output format: raw, json, export, dotenv, github-env or github-output\n\n\
         raw: the token and a newline (default)\n\
         json: one object: kind, token, what came with it (refresh_token), expires_at, expires_in\n\
         export: an assignment for --shell to evaluate\n\
         dotenv: NAME=token lines; with --write, the variable is set in FILE and its other lines stay\n\
         github-env, github-output: a mask command, and NAME=token in the file of $GITHUB_ENV or $GITHUB_OUTPUT",
    ),
    ("name", "VAR", None, "Variable to set [default: {variable}]"),
    (
        "shell",
        "SHELL",
        Some(DEFAULT_SHELL),
        "Shell syntax of -o export\n\nsh, bash, zsh, dash, ksh, fish, powershell or nu.",
    ),
    (
        "write",
        "FILE",
        None,
        "Write to FILE (mode 0600), replacing it atomically\n\n\
         With -o dotenv the variable is set in FILE instead: all other lines and the mode of FILE stay.",
    ),
    ("dry-run", "", None, "Print the request without sending it; needs no credentials"),
    ("command", "COMMAND", None, "Run COMMAND with the token in its environment; nothing is printed"),
    (
        "batch",
        "FILE",
        None,
        "Mint a token for each line of FILE, a JSON object (- for stdin)\n\n\
    A line's fields override the flags; they are those of the API (for twilio the flags with underscores). Its field id \
    is echoed and never sent. One output line per input line, in the same order: line, id, and token and expires_at, or \
    error.",
    ),
    ("jobs", "N", None, "Run up to N requests at once (1 to 512) [default: 8]"),
    ("resume", "FILE", None, "Continue an earlier run: keep what FILE has, retry what failed"),
    ("timeout", "DURATION", Some(DEFAULT_TIMEOUT), "Overall time limit, retries included"),
    ("retries", "N", Some(DEFAULT_RETRIES), "Retry up to N times after a failed connection{busy}"),
    (
        "cacert",
        "FILE",
        None,
        "Trust the CA certificates in FILE instead of the built-in ones\n\n\
         With 'system' those of the operating system. Also: SSL_CERT_FILE, SIGNALWIRE_REST_CA_FILE.",
    ),
    ("curl", "", None, "Print the request as a curl command without its secrets"),
    ("token", "TOKEN", None, "The token, or @FILE; stdin if omitted or -"),
    ("codes", "CODE", None, "Error codes as the service writes them; all known ones if omitted"),
    (
        "check",
        "",
        None,
        "Exit with 8 unless the token is valid now\n\n\
         A token that is certain to be refused is not valid. With -q only the exit status tells.",
    ),
    ("min-ttl", "DURATION", None, "Like --check, but require this much time left"),
    (
        "verify",
        "",
        None,
        "Check a Twilio token's signature\n\nWith the API key secret of the profile or the environment.",
    ),
    ("named", "PROFILE", None, "Name of the profile"),
    ("twilio", "", None, "Add Twilio credentials (default: SignalWire)"),
    ("space", "SPACE", None, "SignalWire space: a name, a host or an https URL"),
    ("project_id", "UUID", None, "SignalWire project ID"),
    ("account_sid", "AC…", None, "Twilio account SID, with --twilio"),
    ("api_key_sid", "SK…", None, "Twilio API key SID, with --twilio"),
    (
        "keychain",
        "",
        None,
        "Store the secret in the system's keychain\n\n\
         With secret-tool, or security on macOS. The profile gets the command that prints it. The secret reaches the \
         program on stdin, never as an argument.",
    ),
    ("yes", "", None, "Remove it without asking"),
    ("which", "NAME", None, "Profile (default: the one minting would use)"),
    ("listen", "ADDR:PORT", None, "Loopback address and port to listen on; port 0 picks a free one"),
    ("tls", "", None, "Serve https with a temporary CA\n\nIts certificate file is named on stderr."),
    ("completed-shell", "SHELL", None, "Shell: bash, zsh, fish, powershell, elvish or nushell"),
    ("dir", "DIR", None, "Write all pages into DIR instead"),
    ("page", "COMMAND", None, "The command whose page to print, such as chat or profile check"),
    ("subject", "COMMAND|TOPIC", None, "A command such as chat or profile check, or a topic"),
];
