//! Video room tokens: `POST /api/video/room_tokens`. The fields, their limits and defaults are those of SignalWire's REST
//! reference, "Generate a new Video Room Token".

use jiff::Timestamp;

use super::Endpoint;
use super::field::{Field, Input};
use super::rule::{Problem, Rule, Violation, moment, past};
use crate::error::Note;
use crate::json::{self, Object};
use crate::token::Kind;

/// The endpoint of `tokenmint video`.
pub const ENDPOINT: Endpoint = Endpoint {
    kind: Kind::Video,
    path: "/api/video/room_tokens",
    scope: "Video",
    fields: &FIELDS,
    closed: false,
    other_attributes: &[],
    cross_check,
    ends: |body, _| moment(body, "join_until"),
    advice,
};

const FIELDS: [Field; 18] = [
    Field {
        key: "room_name",
        flag: "room-name",
        short: None,
        aliases: &["room"],
        value: "NAME",
        input: Input::Text,
        rule: Rule::Name { max: 100 },
        required: true,
        help: "The room to join\n\n1 to 100 of the characters A-Z a-z 0-9 _ -.",
    },
    Field {
        key: "user_name",
        flag: "user-name",
        short: None,
        aliases: &[],
        value: "NAME",
        input: Input::Text,
        rule: Rule::Text { max: 100 },
        required: false,
        help: "The display name of the user\n\n\
               At most 100 characters. Without it each use of the token gets a random one.",
    },
    Field {
        key: "permissions",
        flag: "permission",
        short: None,
        aliases: &[],
        value: "NAME",
        input: Input::CommaList,
        rule: Rule::Permissions,
        required: false,
        help: "What the user may do in the room\n\n\
               Repeatable, or several with commas between. Without it the token carries the service's 11 defaults. An \
               unknown room.… name draws a warning and is sent.",
    },
    time_field("join_from", "join-from", "The user cannot join before this time"),
    time_field("join_until", "join-until", "The user cannot join after this time"),
    time_field("remove_at", "remove-at", "The user is removed from the room at this time"),
    Field {
        key: "remove_after_seconds_elapsed",
        flag: "remove-after-seconds-elapsed",
        short: None,
        aliases: &["remove-after"],
        value: "DURATION",
        input: Input::Seconds,
        rule: Rule::Integer { min: 1, max: 200_000, unit: "seconds" },
        required: false,
        help: "The user is removed this long after joining\n\n\
               A duration such as 45m, or a bare number of seconds; at most 200000 seconds.",
    },
    flag_field("join_audio_muted", "join-audio-muted", "The user joins with audio muted"),
    flag_field("join_video_muted", "join-video-muted", "The user joins with video muted"),
    flag_field(
        "auto_create_room",
        "auto-create-room",
        "Create the room if it does not exist (the service's default is true)",
    ),
    flag_field(
        "enable_room_previews",
        "enable-room-previews",
        "Make a preview video of a room that this token creates",
    ),
    Field {
        key: "room_display_name",
        flag: "room-display-name",
        short: None,
        aliases: &[],
        value: "NAME",
        input: Input::Text,
        rule: Rule::Text { max: 200 },
        required: false,
        help: "The display name of a room that this token creates\n\nAt most 200 characters; the room name without it.",
    },
    flag_field("end_room_session_on_leave", "end-room-session-on-leave", "The room session ends when this user leaves"),
    choice_field(
        "join_as",
        "join-as",
        "member|audience",
        &["member", "audience"],
        "Join as a member, or as audience that only watches",
    ),
    choice_field(
        "media_allowed",
        "media-allowed",
        "all|audio-only|video-only",
        &["all", "audio-only", "video-only"],
        "The media the user may receive",
    ),
    object_field("room_meta", "room-meta", "The room's meta, a JSON object"),
    object_field("meta", "meta", "The member's meta, a JSON object"),
    flag_field("sync_audio_video", "sync-audio-video", "Synchronise audio and video in the jitter buffer"),
];

const fn field(
    key: &'static str,
    flag: &'static str,
    value: &'static str,
    input: Input,
    rule: Rule,
    help: &'static str,
) -> Field {
    Field { key, flag, short: None, aliases: &[], value, input, rule, required: false, help }
}

const fn time_field(key: &'static str, flag: &'static str, help: &'static str) -> Field {
    field(key, flag, "TIME", Input::DateTime, Rule::DateTime, help)
}

const fn flag_field(key: &'static str, flag: &'static str, help: &'static str) -> Field {
    field(key, flag, "BOOL", Input::Boolean, Rule::Boolean, help)
}

const fn choice_field(
    key: &'static str,
    flag: &'static str,
    value: &'static str,
    known: &'static [&'static str],
    help: &'static str,
) -> Field {
    field(key, flag, value, Input::Text, Rule::OneOf(known), help)
}

const fn object_field(key: &'static str, flag: &'static str, help: &'static str) -> Field {
    field(key, flag, "JSON", Input::Json, Rule::Object { max: 2_000, code: "invalid_parameter" }, help)
}

fn cross_check(body: &Object, now: Timestamp) -> Vec<Violation> {
    // A window that has long been open is fine; one that has closed mints a token nobody can use.
    let mut violations: Vec<Violation> =
        ["join_until", "remove_at"].iter().filter_map(|key| past(body, key, now)).collect();
    if let (Some(from), Some(until)) = (moment(body, "join_from"), moment(body, "join_until"))
        && until <= from
    {
        violations.push(Violation::new("join_until", Problem::ReversedWindow));
    }
    violations
}

fn advice(body: &Object) -> Vec<Note> {
    let mut notes = Vec::new();
    let limits = ["join_until", "remove_at", "remove_after_seconds_elapsed"];
    if limits.iter().all(|key| body.get(key).is_none()) {
        notes.push(Note::Hint(
            "this token never expires; limit it with --join-until, --remove-at or --remove-after".to_owned(),
        ));
    }
    let audience = body.get("join_as").and_then(json::as_str).is_some_and(|role| role == "audience");
    if audience && body.get("permissions").is_some_and(|permissions| permissions != "[]") {
        notes.push(Note::Warning("the service ignores permissions when join_as is audience".to_owned()));
    }
    notes
}
