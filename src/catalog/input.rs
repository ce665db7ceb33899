//! The forms of what is typed for a field.

use crate::error::Result;
use crate::json::Object;
use crate::pasted::Sought;

/// How the text of a flag becomes the JSON of its field.
#[derive(Clone, Copy)]
pub enum Input {
    /// The text itself, as a JSON string.
    Text,
    /// The same for a secret, which is read from a file or from stdin and never shown.
    Secret,
    /// A token that is read from a file or stdin in any form in which we print it, and never shown.
    Token(&'static Sought<'static>),
    /// A duration, sent as whole minutes.
    Minutes,
    /// A duration or a bare number of seconds, sent as whole seconds.
    Seconds,
    /// A duration of at most so many seconds, kept as whole seconds.
    Lifetime {
        /// The most seconds.
        max: i64,
    },
    /// A time, sent as whole seconds since 1970.
    Epoch,
    /// The same where a time in the past makes sense, too: `-2h` is two hours ago.
    Moment,
    /// A duration from now, sent as whole seconds since 1970.
    ExpiryAfter,
    /// A duration from now, sent as RFC 3339 UTC.
    DateTimeAfter,
    /// A time, sent as typed where the service can read it, else as RFC 3339 UTC.
    DateTime,
    /// `true` or `false`.
    Boolean,
    /// A JSON value: literal, `@FILE` or `-`.
    Json,
    /// The same for an object whose keys must differ.
    Object,
    /// `KEY=…`, repeatable: one member of an object each.
    Entries {
        /// Makes the object of what was typed. The name of the flag is for its messages.
        parse: fn(&str, &[&str]) -> Result<Object>,
        /// Whether JSON follows the first `=`, which may stand in a file.
        json: bool,
        /// A value that is right.
        example: &'static str,
    },
    /// A list: repeatable, and several in one value with commas between.
    CommaList,
}

impl Input {
    /// Whether the flag may be given more than once.
    pub fn repeats(self) -> bool {
        matches!(self, Input::Entries { .. } | Input::CommaList)
    }

    /// Whether the value is JSON, which may stand in a file.
    pub fn is_json(self) -> bool {
        matches!(self, Input::Json | Input::Object | Input::Entries { json: true, .. })
    }

    /// Whether the value is a point in time.
    pub fn is_time(self) -> bool {
        matches!(self, Input::Epoch | Input::Moment | Input::DateTime)
    }

    /// Whether the value is a duration.
    pub fn is_duration(self) -> bool {
        matches!(self, Input::Minutes | Input::Seconds | Input::Lifetime { .. }) || self.is_from_now()
    }

    /// Whether the value is a duration that is sent as the time at its end.
    pub fn is_from_now(self) -> bool {
        matches!(self, Input::ExpiryAfter | Input::DateTimeAfter)
    }

    /// Whether the value must not be shown.
    pub fn is_secret(self) -> bool {
        matches!(self, Input::Secret | Input::Token(_))
    }
}
