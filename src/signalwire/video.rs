//! Video room tokens: `POST /api/video/room_tokens`. The fields, their limits and defaults are those of SignalWire's REST
//! reference, "Generate a new Video Room Token".

use jiff::Timestamp;

use super::permission::{self, Permissions};
use crate::catalog::rule::{AnyObject, DateTime, Integer, Name, OneOf, Text};
use crate::catalog::{
    Emulation, Endpoint, Field, Form, Help, Input, Invented, Kind, Minting, Problem, Violation, past, time_of,
};
use crate::error::Note;
use crate::json::{self, Object};
use crate::time;

/// `tokenmint video`.
pub static KIND: Kind = Kind {
    name: "video",
    variable: "SIGNALWIRE_VIDEO_TOKEN",
    help: Help {
        about: "Mint a SignalWire video room token",
        long: "Mint a SignalWire video room token: it lets a client join one room. Without a time limit it never expires.",
        examples: "tokenmint video --room standup --user-name alice --ttl 2h
tokenmint video --room standup --permission room.self.audio_mute,room.lock --remove-after 45m
tokenmint video --room stage --join-as audience --media-allowed all --join-until 2030-01-31
tokenmint video --profile emulator --room standup --ttl 2h -o json",
    },
    fields: &FIELDS,
    minting: Minting::Http(Endpoint {
        cross_check,
        expiry: |body, _| time_of(body, "join_until"),
        advice,
        ..Endpoint::new("/api/video/room_tokens", "Video")
    }),
    emulation: Some(Emulation::new(200, Form::Signed("VRT"), claims)),
};

const FIELDS: [Field; 19] = [
    Field::new(
        "room_name",
        "room-name",
        "NAME",
        Input::Text,
        &Name { max: 100 },
        "The room to join",
    )
    .required()
    .names_token()
    .aliases(&["room"]),
    Field::new(
        "user_name",
        "user-name",
        "NAME",
        Input::Text,
        &Text { max: 100 },
        "The display name of the user\n\nIf omitted, each use of the token gets a random one.",
    )
    .names_token(),
    Field::new(
        "permissions",
        "permission",
        "NAME",
        Input::CommaList,
        &Permissions,
        "What the user may do in the room\n\n\
         Repeatable, or several separated by commas. If omitted, the token has the service's 11 defaults; \
         `tokenmint help permissions` lists them and all known names.",
    ),
    time_field("join_from", "join-from", "The user cannot join before this time"),
    time_field("join_until", "join-until", "The user cannot join after this time"),
    Field::new(
        "join_until",
        "ttl",
        "DURATION",
        Input::DateTimeAfter,
        &DateTime,
        "How long the token is valid for joining: 15m, 2h, 1d\n\n\
         Sent as join_until, counted from now by this machine's clock. A user who has joined stays: see --remove-after.",
    )
    .aliases(&["expires-in"]),
    time_field("remove_at", "remove-at", "The user is removed from the room at this time"),
    Field::new(
        "remove_after_seconds_elapsed",
        "remove-after-seconds-elapsed",
        "DURATION",
        Input::Seconds,
        &Integer { min: 1, max: 200_000, unit: "seconds" },
        "The user is removed this long after joining\n\n\
         A duration such as 45m, or a bare number of seconds.",
    )
    .aliases(&["remove-after"]),
    Field::switch("join_audio_muted", "join-audio-muted", "The user joins with audio muted\n\nThe service's default is false."),
    Field::switch("join_video_muted", "join-video-muted", "The user joins with video muted\n\nThe service's default is false."),
    Field::switch(
        "auto_create_room",
        "auto-create-room",
        "Create the room if it does not exist\n\nThe service's default is true.",
    ),
    Field::switch(
        "enable_room_previews",
        "enable-room-previews",
        "Make a preview video of a room that this token creates\n\nThe service's default is false.",
    ),
    Field::new(
        "room_display_name",
        "room-display-name",
        "NAME",
        Input::Text,
        &Text { max: 200 },
        "The display name of a room that this token creates\n\n\
         If omitted, the room name is shown.",
    ),
    Field::switch(
        "end_room_session_on_leave",
        "end-room-session-on-leave",
        "The room session ends when this user leaves\n\nThe service's default is false.",
    ),
    Field::new(
        "join_as",
        "join-as",
        "member|audience",
        Input::Text,
        &OneOf(&["member", "audience"]),
        "Join as a member, or as audience that only watches\n\nThe service's default is member.",
    ),
    Field::new(
        "media_allowed",
        "media-allowed",
        "all|audio-only|video-only",
        Input::Text,
        &OneOf(&["all", "audio-only", "video-only"]),
        "The media the user may receive\n\nThe service's default is all.",
    ),
    object_field("room_meta", "room-meta", "The room's meta, a JSON object"),
    object_field("meta", "meta", "The member's meta, a JSON object"),
    Field::switch("sync_audio_video", "sync-audio-video", "Synchronise audio and video in the jitter buffer\n\nThe service's default is false."),
];

const fn time_field(key: &'static str, flag: &'static str, help: &'static str) -> Field {
    Field::new(key, flag, "TIME", Input::DateTime, &DateTime, help)
}

const fn object_field(key: &'static str, flag: &'static str, help: &'static str) -> Field {
    Field::new(key, flag, "JSON", Input::Json, &AnyObject { max: 2_000, code: "invalid_parameter" }, help)
}

fn cross_check(body: &Object, now: Timestamp) -> Vec<Violation> {
    // A window that has long been open is fine; one that has closed mints a useless token, which the service permits.
    let closed = ["join_until", "remove_at"].iter().filter_map(|key| past(body, key, now));
    let mut violations: Vec<Violation> =
        closed.map(|violation| Violation { problem: violation.problem.tolerated(), ..violation }).collect();
    if let (Some(from), Some(until)) = (time_of(body, "join_from"), time_of(body, "join_until"))
        && until <= from
    {
        let service = "{} must be after join_from";
        let problem = Problem::new("must come after --join-from", "invalid_join_until_date", service);
        violations.push(Violation::new("join_until", problem));
    }
    violations
}

fn advice(body: &Object) -> Vec<Note> {
    let mut notes = Vec::new();
    let limits = ["join_until", "remove_at", "remove_after_seconds_elapsed"];
    if limits.iter().all(|key| body.get(key).is_none()) {
        notes.push(Note::Hint(
            "this token never expires; limit it with --ttl, --join-until, --remove-at or --remove-after".to_owned(),
        ));
    }
    if is_audience(body) && body.get("permissions").is_some_and(|permissions| permissions != "[]") {
        notes.push(Note::Warning("the service ignores permissions when join_as is audience".to_owned()));
    }
    notes
}

/// The claims that were seen in room tokens. No claim is known for the fields that are not here (muted joins, display
/// name, end on leave, jitter buffer), so none is made up.
fn claims(claims: &mut Object, body: &Object, invented: &Invented) {
    let sent = |key: &str, default: &str| body.get(key).unwrap_or(default).to_owned();
    claims.set("u", sent("user_name", &json::string(&invented.name)));
    claims.set("r", sent("room_name", "null"));
    claims.set("s", permission_claims(body));
    claims.set("acr", sent("auto_create_room", "true"));
    claims.set("jf", seconds(body, "join_from"));
    claims.set("ju", seconds(body, "join_until"));
    claims.set("rat", seconds(body, "remove_at"));
    claims.set("rse", sent("remove_after_seconds_elapsed", "null"));
    claims.set("ja", sent("join_as", r#""member""#));
    claims.set("ma", sent("media_allowed", r#""all""#));
    claims.set("erp", sent("enable_room_previews", "false"));
    claims.set("mta", sent("meta", "{}"));
    claims.set("rmta", sent("room_meta", "{}"));
}

/// An audience has no permissions, whatever the request says.
fn permission_claims(body: &Object) -> String {
    match body.get("permissions") {
        _ if is_audience(body) => "[]".to_owned(),
        Some(permissions) => permissions.to_owned(),
        None => serde_json::Value::from_iter(permission::DEFAULT).to_string(),
    }
}

/// A time as whole seconds since 1970, or null.
fn seconds(body: &Object, key: &str) -> String {
    let time = body.get(key).and_then(json::as_str).and_then(|text| time::parse_rfc3339_or_date(&text));
    time.map_or_else(|| "null".to_owned(), |time| time.as_second().to_string())
}

fn is_audience(body: &Object) -> bool {
    body.get("join_as").and_then(json::as_str).is_some_and(|role| role == "audience")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(body: &str) -> String {
        let mut carried = Object::default();
        let invented = Invented { id: "y".to_owned(), name: "x".to_owned() };
        claims(&mut carried, &Object::parse(body).unwrap(), &invented);
        carried.to_string()
    }

    #[test]
    fn a_room_token_has_the_documented_defaults() {
        assert_eq!(
            claimed(r#"{"room_name":"standup"}"#),
            concat!(
                r#"{"u":"x","r":"standup","s":["room.self.audio_mute","room.self.audio_unmute","#,
                r#""room.self.video_mute","room.self.video_unmute","room.self.deaf","room.self.undeaf","#,
                r#""room.self.set_input_volume","room.self.set_output_volume","#,
                r#""room.self.set_input_sensitivity","room.self.screenshare","#,
                r#""room.self.additional_source"],"acr":true,"jf":null,"ju":null,"rat":null,"rse":null,"#,
                r#""ja":"member","ma":"all","erp":false,"mta":{},"rmta":{}}"#,
            )
        );
    }

    #[test]
    fn a_room_token_carries_what_was_asked_and_an_audience_may_do_nothing() {
        let asked = concat!(
            r#"{"room_name":"r","user_name":"Ann","permissions":["room.lock"],"join_as":"ROLE","#,
            r#""auto_create_room":false,"join_from":"2022-01-01","join_until":"2022-01-01T23:59:60Z","#,
            r#""remove_after_seconds_elapsed":300,"meta":{"b":1,"a":2}}"#,
        );
        let carried = concat!(
            r#"{"u":"Ann","r":"r","s":PERMISSIONS,"acr":false,"jf":1640995200,"ju":1641081599,"#,
            r#""rat":null,"rse":300,"ja":"ROLE","ma":"all","erp":false,"mta":{"b":1,"a":2},"rmta":{}}"#,
        );
        for (role, permissions) in [("member", r#"["room.lock"]"#), ("audience", "[]")] {
            let expected = carried.replace("ROLE", role).replace("PERMISSIONS", permissions);
            assert_eq!(claimed(&asked.replace("ROLE", role)), expected);
        }
    }
}
