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
        "Use this profile's credentials instead of the environment\n\n\
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
        "Mint a token for each line of FILE, a JSON object (- for stdin)\n\n\
    A line's fields override the flags; they are those of the API (for twilio the flags with underscores). Its field id \
    is echoed and never sent. One output line per input line, in the same order: line, id, and token and expires_at, or \
    error.",
    ),
    ("jobs", "N", None, "Run up to N requests at once (1 to 512) [default: 8]"),
    ("resume", "FILE", None, "Continue an earlier run: keep what FILE has, retry what failed"),
    (
        "serve",
        "ADDR:PORT",
        None,
        "Serve tokens to a web page during development\n\n\
         At http://127.0.0.1:8794/token unless ADDR:PORT or --path says otherwise. \
         GET and POST mint a token with these flags and answer the object of -o json, with expiry_at in milliseconds. \
         Loopback only; at most 10 tokens a second. Stop it with Ctrl-C.",
    ),
    (
        "origin",
        "ORIGIN",
        None,
        "Let the page of this origin get tokens: http://localhost:5173\n\n\
         Repeatable. Pages of any other origin are refused (403).",
    ),
    (
        "let",
        "FIELD",
        None,
        "Let callers of --serve set this field, in the query or as JSON\n\n\
         Repeatable. FIELD is an API name as in a batch line: member_id. The limits of the flag apply.",
    ),
    ("path", "PATH", None, "The path of the endpoint [default: /token]"),
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
    (
        "listen",
        "ADDR:PORT",
        None,
        "Loopback address and port to listen on; port 0 picks a free one\n\n\
         127.0.0.1:8793 if omitted, or a free port with a command after --.",
    ),
    ("port", "N", None, "Listen on port N of 127.0.0.1; 0 picks a free one"),
    (
        "api-scope",
        "SCOPE",
        None,
        "Scopes of the API token; endpoints that need another scope answer 401\n\n\
         Repeatable, or a comma-separated list: chat, video, pubsub, messaging, calling, fax and the other scopes of \
         SignalWire. All of them if omitted.",
    ),
    (
        "address",
        "UUID",
        None,
        "A Fabric address of the project; requests for any other get 422\n\n\
         Repeatable. If omitted, every UUID is an address of the project. The error code is must_belong_to_project.",
    ),
    (
        "clock",
        "TIME",
        None,
        "Start the server's clock at TIME; it runs on from there\n\n\
         Tokens are issued, and expiry times judged, by this clock. RFC 3339, a date (midnight UTC), @EPOCH_SECONDS, \
         +2h or -2h. With -2h every token of one hour has already expired.",
    ),
    ("delay", "DURATION", None, "Delay every answer: 200ms, 5s"),
    (
        "fail",
        "STATUS[:SHARE]",
        None,
        "Answer with STATUS instead, for a SHARE (0 to 1) of the requests\n\n\
         Repeatable; without :SHARE every request fails. STATUS is 400, 401, 403, 404, 422, 429, 500 or 503. Only \
         requests with valid credentials count. A request can also choose its own answer with the header \
         'Prefer: code=429'. 429 and 503 carry Retry-After: 1.",
    ),
    (
        "seed",
        "N",
        None,
        "Repeat the same failures in every run with the same N\n\n\
         With a seed, the nth request to an endpoint always gets the same outcome from --fail. Ids and tokens stay random.",
    ),
    (
        "program",
        "COMMAND",
        None,
        "Run COMMAND against the emulator, then stop and exit with its status\n\n\
         COMMAND gets SIGNALWIRE_SPACE, SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN in its environment, and with \
         --tls the variables for the CA certificate.",
    ),
    ("tls", "", None, "Serve https with a temporary CA\n\nIts certificate file is named on stderr."),
    ("completed-shell", "SHELL", None, "Shell: bash, zsh, fish, powershell, elvish or nushell"),
    ("dir", "DIR", None, "Write all pages into DIR instead"),
    ("page", "COMMAND", None, "The command whose page to print, such as chat or profile check"),
    ("subject", "COMMAND|TOPIC", None, "A command such as chat or profile check, or a topic"),
];
