//! Chat tokens: `POST /api/chat/tokens`. The fields, their limits and their order are those of SignalWire's REST
//! reference, "Generate a new Chat Token"; PubSub tokens take the same ones.

use jiff::{SignedDuration, Timestamp};

use super::Endpoint;
use super::field::{Field, Input};
use super::rule::Rule;
use crate::json::{self, Object};
use crate::token::Kind;

/// The endpoint of `tokenmint chat`.
pub const ENDPOINT: Endpoint = Endpoint {
    kind: Kind::Chat,
    path: "/api/chat/tokens",
    scope: "Chat",
    fields: &fields(Some("sw_")),
    closed: true,
    other_attributes: &[("permissions", "channels")],
    cross_check: |_, _| Vec::new(),
    ends,
    advice: |_| Vec::new(),
};

/// The fields that chat and PubSub share; only chat reserves a prefix of channel names.
pub(super) const fn fields(reserved: Option<&'static str>) -> [Field; 5] {
    [
        Field {
            key: "ttl",
            flag: "ttl",
            short: None,
            aliases: &[],
            value: "DURATION",
            input: Input::Minutes,
            rule: Rule::Integer { min: 1, max: 43_200, unit: "minutes (30 days)" },
            required: true,
            help: "How long the token is valid: 90m, 12h, 30d\n\n\
                   Whole minutes, 1m to 30d. A bare number is refused: the service counts minutes here and seconds \
                   elsewhere.",
        },
        Field {
            key: "channels",
            flag: "channel",
            short: Some('c'),
            aliases: &[],
            value: "NAME=ACCESS",
            input: Input::Channel,
            rule: Rule::Channels { reserved },
            required: true,
            help: "A channel and what the token may do there: r, w or rw\n\n\
                   Repeatable. ACCESS is r, w or rw (or read, write, read-write); the last = divides. A token has 1 to \
                   500 channels, their names at most 250 characters.",
        },
        Field {
            key: "channels",
            flag: "channels",
            short: None,
            aliases: &[],
            value: "JSON",
            input: Input::Json,
            rule: Rule::Channels { reserved },
            required: true,
            help: "All channels as one JSON object; --channel adds to it\n\n\
                   For example '{\"lobby\":{\"read\":true}}'. Where both \
                   name a channel, --channel wins.",
        },
        Field {
            key: "member_id",
            flag: "member-id",
            short: None,
            aliases: &[],
            value: "ID",
            input: Input::Text,
            rule: Rule::Text { max: 250 },
            required: false,
            help: "The unique identifier of the member\n\n\
                   At most 250 characters. Without it the service makes up a UUID.",
        },
        Field {
            key: "state",
            flag: "state",
            short: None,
            aliases: &[],
            value: "JSON",
            input: Input::Json,
            rule: Rule::Object { max: 2_000, code: "state_size_limit_exceeded" },
            required: false,
            help: "Application state to carry, a JSON object\n\n\
                   At most 2000 characters; it is sent as written.",
        },
    ]
}

/// `ttl` minutes from now.
pub(super) fn ends(body: &Object, now: Timestamp) -> Option<Timestamp> {
    let minutes = json::as_integer(body.get("ttl")?)?;
    now.checked_add(SignedDuration::from_mins(minutes)).ok()
}
