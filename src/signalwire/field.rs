//! A request field, declared once: its JSON key, its flag, what may stand in it, and its help. The command tree, the
//! request, the emulator and the 422 mapping all read these tables.

use super::rule::Rule;

/// One field of a request body and the flag that sets it.
pub struct Field {
    /// The key in the JSON body, as the service documents it.
    pub key: &'static str,
    /// The long flag, without dashes.
    pub flag: &'static str,
    /// The short flag.
    pub short: Option<char>,
    /// Other long flags that mean the same.
    pub aliases: &'static [&'static str],
    /// What the help calls the value.
    pub value: &'static str,
    /// How the flag's text becomes JSON.
    pub input: Input,
    /// What may stand in the field, wherever it came from.
    pub rule: Rule,
    /// Whether the service refuses a request without it.
    pub required: bool,
    /// One sentence for `-h`; what follows a blank line is for `--help`.
    pub help: &'static str,
}

impl Field {
    /// The flag as it is typed.
    pub fn dashed(&self) -> String {
        format!("--{}", self.flag)
    }
}

/// How the text of a flag becomes the JSON of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The text itself, as a JSON string.
    Text,
    /// A duration, sent as whole minutes.
    Minutes,
    /// A duration or a bare number of seconds, sent as whole seconds.
    Seconds,
    /// A time, sent as whole seconds since 1970.
    Epoch,
    /// A duration from now, sent as whole seconds since 1970.
    EpochAfter,
    /// A time, sent as typed where the service can read it, else as RFC 3339 UTC.
    DateTime,
    /// `true` or `false`; the flag alone is `true`.
    Boolean,
    /// A JSON value: literal, `@FILE` or `-`.
    Json,
    /// `NAME=ACCESS`, repeatable: one channel each.
    Channel,
    /// Repeatable: one list entry each.
    List,
    /// Repeatable, and several in one value with commas between.
    CommaList,
}

impl Input {
    /// Whether the flag may be given more than once.
    pub fn repeats(self) -> bool {
        matches!(self, Input::Channel | Input::List | Input::CommaList)
    }
}
