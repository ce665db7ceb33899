//! Words that people type for ours: what other tools call a flag or a command, and what it is called here.

/// What is typed, where it may be typed, and what is meant.
struct Word {
    typed: &'static [&'static str],
    /// The commands in which it means this; empty for all.
    commands: &'static [&'static str],
    meant: &'static str,
}

const fn anywhere(typed: &'static [&'static str], meant: &'static str) -> Word {
    Word { typed, commands: &[], meant }
}

const fn of(commands: &'static [&'static str], typed: &'static [&'static str], meant: &'static str) -> Word {
    Word { typed, commands, meant }
}

const USERS: &[&str] = &["--user", "--uid", "--user-id", "--identity", "--member"];

const LIFETIMES: &[&str] = &[
    "--exp",
    "--expires",
    "--expires-in",
    "--expiry",
    "--valid-for",
    "--duration",
    "--lifetime",
    "--expire-at",
    "--expires-at",
];

/// There is no field for it.
const EMBED_LIFETIME: &str = "the service sets how long an embed token lives; the Browser SDK assumes one hour";

/// Nor for this.
const REFRESH_LIFETIME: &str = "leave it out; the service gives a refreshed token two hours";

/// Flags. The first row that fits counts.
const FLAGS: &[Word] = &[
    of(&["add"], &["--name"], "the name is an argument: tokenmint profile add NAME"),
    of(
        &["add"],
        &["--api-token", "--token", "--secret", "--api-secret", "--api-key-secret"],
        "leave it out: it is asked for, or read from stdin",
    ),
    of(&["emulator"], &["--host", "--bind"], "use --listen 127.0.0.1:PORT"),
    of(&["emulator"], &["--error", "--errors", "--status"], "use --fail STATUS, or --fail STATUS:SHARE"),
    of(&["emulator"], &["--latency", "--sleep"], "use --delay DURATION"),
    of(&["emulator"], &["--time", "--now", "--date"], "use --clock TIME"),
    of(&["emulator"], &["--https"], "use --tls"),
    anywhere(&["--json"], "use -o json"),
    of(
        &["inspect", "list", "show", "check", "init", "path"],
        &["--raw", "--format", "--out", "--output-format"],
        "use -o text or -o json",
    ),
    anywhere(&["--raw"], "use -o raw, the default"),
    anywhere(&["--format", "--out", "--output-format"], "use -o FORMAT, or --write FILE for a file"),
    anywhere(&["--file", "--outfile", "--save"], "use --write FILE"),
    anywhere(&["--cache", "--cached"], "use --reuse DURATION"),
    anywhere(&["--watch", "--refresh", "--auto-renew"], "use --write FILE --renew DURATION"),
    anywhere(&["--env"], "use -o export, or -o dotenv --write FILE"),
    anywhere(&["--copy", "--clipboard"], "pipe the token to pbcopy, wl-copy, xclip or clip.exe"),
    of(&["guest", "subscriber"], &["--exp", "--expires", "--expiry"], "use --ttl DURATION, or --expire-at TIME"),
    of(&["invite"], &["--exp", "--expires", "--expiry"], "use --ttl DURATION, or --expires-at TIME"),
    of(&["embed"], &["--ttl"], EMBED_LIFETIME),
    of(&["embed"], LIFETIMES, EMBED_LIFETIME),
    of(&["video"], &["--expire-at", "--expires-at"], "use --ttl DURATION, or --join-until TIME"),
    of(&["refresh"], &["--refresh-token", "--token"], "write @FILE, or pipe it in"),
    of(&["refresh"], &["--ttl"], REFRESH_LIFETIME),
    of(&["refresh"], LIFETIMES, REFRESH_LIFETIME),
    anywhere(LIFETIMES, "use --ttl DURATION"),
    anywhere(
        &["--url", "--host", "--base-url", "--space", "--space-url"],
        "set SIGNALWIRE_SPACE, or space in a profile",
    ),
    anywhere(&["--project", "--project-id"], "set SIGNALWIRE_PROJECT_ID, or project_id in a profile"),
    of(&["twilio"], &["--account", "--account-sid"], "set TWILIO_ACCOUNT_SID, or account_sid in a profile"),
    of(&["twilio"], &["--key", "--api-key"], "set TWILIO_API_KEY, or api_key_sid in a profile"),
    of(
        &["twilio"],
        &["--secret", "--api-secret", "--token", "--auth-token"],
        "set TWILIO_API_SECRET, or api_key_secret_command in a profile",
    ),
    of(
        &["invite"],
        &["--token", "--sat", "--bearer"],
        "use --subscriber-token @FILE, or set SIGNALWIRE_SUBSCRIBER_TOKEN",
    ),
    of(&["embed"], &["--c2c"], "use --token c2c_…"),
    anywhere(
        &["--token", "--api-token", "--key", "--api-key", "--secret", "--auth-token"],
        "set SIGNALWIRE_API_TOKEN, or api_token_command in a profile",
    ),
    of(&["chat", "pubsub"], USERS, "use --member-id ID"),
    of(&["video"], USERS, "use --user-name NAME"),
    of(&["subscriber", "invite"], USERS, "use --reference NAME"),
    of(&["invite"], &["--address"], "use --address-id UUID"),
    of(&["guest"], USERS, "guests have no name; tokenmint subscriber takes --reference NAME"),
    of(&["inspect"], &["--ttl"], "use --min-ttl DURATION"),
    of(&["twilio"], &["--user", "--uid", "--user-id", "--member", "--member-id"], "use --identity NAME"),
    of(&["chat", "pubsub"], &["--read"], "use -c NAME=r"),
    of(&["twilio"], &["--chat-service-sid"], "use --chat IS…"),
    of(&["twilio"], &["--sync-service-sid"], "use --sync IS…"),
    of(&["twilio"], &["--voice-app-sid"], "use --voice AP…"),
    of(&["twilio"], &["--room-name", "--room"], "use --video ROOM"),
    of(&["twilio"], &["--allow-incoming"], "use --voice-incoming"),
    anywhere(&["--debug"], "use -v"),
    anywhere(&["--silent"], "use -q"),
    anywhere(&["--no-color", "--no-colour"], "use --color never"),
    anywhere(&["--insecure", "--no-verify"], "certificates are always checked; pass a CA with --cacert FILE"),
    anywhere(&["--port"], "set the port in SIGNALWIRE_SPACE, such as 127.0.0.1:8793"),
];

/// Commands.
const COMMANDS: &[Word] = &[
    // What the Twilio CLI calls them.
    anywhere(&["token:chat"], "use tokenmint twilio --chat"),
    anywhere(&["token:sync"], "use tokenmint twilio --sync"),
    anywhere(&["token:video"], "use tokenmint twilio --video"),
    anywhere(&["token:voice"], "use tokenmint twilio --voice"),
    anywhere(&["version"], "use tokenmint --version"),
    anywhere(&["decode", "verify", "jwt"], "use tokenmint inspect TOKEN"),
    anywhere(&["error", "errors", "code", "codes", "lookup"], "use tokenmint explain CODE"),
    anywhere(&["login", "auth"], "run tokenmint profile add NAME, then tokenmint profile check NAME"),
    anywhere(&["config", "init"], "run tokenmint profile add NAME, or tokenmint profile init for a file to edit"),
    anywhere(&["mock"], "use tokenmint emulator"),
    anywhere(&["serve", "server"], "use tokenmint emulator, or add --serve to a command that mints"),
    anywhere(
        &["token", "mint", "create"],
        "name what to mint: chat, pubsub, guest, video, subscriber, refresh, invite, embed or twilio",
    ),
    anywhere(&["check", "validate"], "use tokenmint inspect --check TOKEN, or tokenmint profile check"),
    anywhere(&["conversations", "voice", "sync"], "use tokenmint twilio with --chat, --voice or --sync"),
    anywhere(&["room"], "use tokenmint video"),
    anywhere(&["c2c", "click-to-call"], "use tokenmint embed --token c2c_…"),
    anywhere(&["sat"], "use tokenmint subscriber"),
    anywhere(&["renew", "rotate"], "use tokenmint refresh"),
];

/// What a flag of this spelling means in a command.
pub(super) fn meant_by_flag(flag: &str, command: &str) -> Option<&'static str> {
    find(FLAGS, flag, command)
}

/// What a command of this name means.
pub(super) fn meant_by_command(name: &str) -> Option<&'static str> {
    find(COMMANDS, name, "")
}

fn find(words: &[Word], typed: &str, command: &str) -> Option<&'static str> {
    let fits =
        |word: &&Word| word.typed.contains(&typed) && (word.commands.is_empty() || word.commands.contains(&command));
    words.iter().find(fits).map(|word| word.meant)
}

/// Whether a word may be repeated in a message: short, and nothing but small letters and dashes, as no secret is.
pub(super) fn is_harmless(word: &str) -> bool {
    word.len() <= 16
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Whether a flag is named like one for credentials: a whole word of it, not a part.
pub(super) fn names_a_credential(flag: &str) -> bool {
    let secret = ["token", "secret", "password", "key", "project", "space", "auth"];
    flag.trim_start_matches('-').split('-').any(|word| secret.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_what_it_means_in_its_command() {
        assert_eq!(meant_by_flag("--json", "chat"), Some("use -o json"));
        assert_eq!(meant_by_flag("--user", "chat"), Some("use --member-id ID"));
        assert_eq!(meant_by_flag("--user", "video"), Some("use --user-name NAME"));
        assert_eq!(
            meant_by_flag("--secret", "twilio"),
            Some("set TWILIO_API_SECRET, or api_key_secret_command in a profile")
        );
        assert_eq!(meant_by_flag("--host", "emulator"), Some("use --listen 127.0.0.1:PORT"));
        assert_eq!(meant_by_command("decode"), Some("use tokenmint inspect TOKEN"));
        assert_eq!(meant_by_command("token:voice"), Some("use tokenmint twilio --voice"));
        assert_eq!(meant_by_flag("--name", "chat"), None);
        assert_eq!(meant_by_command("chat"), None);
    }

    #[test]
    fn only_what_cannot_be_a_secret_is_repeated() {
        for word in ["serve", "lobby", "echo", "a", "dry-run"] {
            assert!(is_harmless(word), "{word}");
        }
        for word in ["", "-x", "PTca9a47", "s3cret", "averyveryverylongword", "a.b", "Serve"] {
            assert!(!is_harmless(word), "{word}");
        }
    }

    #[test]
    fn a_credential_is_a_whole_word_of_a_flag() {
        for flag in ["--token", "--api-token", "--project", "--auth-key"] {
            assert!(names_a_credential(flag), "{flag}");
        }
        for flag in ["--workspace-sid", "--monkey", "--author"] {
            assert!(!names_a_credential(flag), "{flag}");
        }
    }
}
