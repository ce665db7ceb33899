//! Chat tokens: `POST /api/chat/tokens`. The fields, their limits and their order are those of SignalWire's REST
//! reference, "Generate a new Chat Token"; PubSub tokens take the same ones.

use jiff::{SignedDuration, Timestamp};

use super::channel::{self, Channels};
use super::chat_expiry;
use crate::catalog::rule::{AnyObject, Integer, Rule, Text};
use crate::catalog::{Emulation, Endpoint, Field, Form, Help, Input, Invented, Kind, Minting};
use crate::json::{self, Object};

/// `tokenmint chat`.
pub static KIND: Kind = Kind {
    name: "chat",
    variable: "SIGNALWIRE_CHAT_TOKEN",
    help: Help {
        about: "Mint a SignalWire Chat token",
        long: "Mint a SignalWire Chat token: it lets a client read and write Chat channels for a while.",
        examples: "tokenmint chat --ttl 1h --channel lobby=rw
tokenmint chat --ttl 12h -c lobby=rw -c news=r --member-id alice --state '{\"team\":\"blue\"}'
tokenmint chat --ttl 90m --channels @channels.json -o json | jq -r .expires_at
vars=$(tokenmint chat --ttl 1h -c lobby=rw -o export) && eval \"$vars\"
tokenmint chat --profile emulator --ttl 1h -c lobby=rw -- node app.js",
    },
    fields: &fields(&Channels { reserved: Some("sw_") }),
    minting: Minting::Http(endpoint("/api/chat/tokens", "Chat")),
    emulation: Some(EMULATION),
};

/// The endpoint of a token for channels.
pub(super) const fn endpoint(path: &'static str, scope: &'static str) -> Endpoint {
    Endpoint {
        // The reference's own 422 example says `permissions` where the request says `channels`.
        other_attributes: &[("permissions", "channels")],
        expiry,
        own_expiry: chat_expiry::of_token,
        ..Endpoint::new(path, scope)
    }
}

/// Clients pass either token to either service, so both are of the type that was observed for chat.
pub(super) const EMULATION: Emulation = Emulation::new(200, Form::Signed("CRT"), claims);

/// The fields that chat and PubSub share; only chat reserves a prefix of channel names.
pub(super) const fn fields(channels: &'static dyn Rule) -> [Field; 5] {
    [
        Field::new(
            "ttl",
            "ttl",
            "DURATION",
            Input::Minutes,
            &Integer { min: 1, max: 43_200, unit: "minutes (30 days)" },
            "How long the token is valid: 90m, 12h, 30d\n\n\
             Whole minutes. A bare number is refused: the service counts minutes here and seconds elsewhere.",
        )
        .required()
        .aliases(&["expires-in"]),
        Field::new(
            "channels",
            "channel",
            "NAME=ACCESS",
            channel::INPUT,
            channels,
            "A channel and what the token may do there: r, w or rw\n\n\
             Repeatable. ACCESS is r, w or rw (or read, write, read-write). NAME may contain =; the last one separates \
             ACCESS.",
        )
        .names_token()
        .required()
        .short('c'),
        Field::new(
            "channels",
            "channels",
            "JSON",
            Input::Object,
            channels,
            "All channels as one JSON object; --channel adds to it\n\n\
             For example '{\"lobby\":{\"read\":true}}'. Where both name a channel, --channel wins.",
        )
        .required(),
        Field::new(
            "member_id",
            "member-id",
            "ID",
            Input::Text,
            &Text { max: 250 },
            "The unique identifier of the member\n\n\
             If omitted, the service generates a UUID.",
        )
        .names_token(),
        Field::new(
            "state",
            "state",
            "JSON",
            Input::Json,
            &AnyObject { max: 2_000, code: "state_size_limit_exceeded" },
            "JSON object to embed in the token as state\n\nSent as written; {} by default.",
        ),
    ]
}

/// `ttl` minutes from now.
fn expiry(body: &Object, now: Timestamp) -> Option<Timestamp> {
    let minutes = json::as_integer(body.get("ttl")?)?;
    now.checked_add(SignedDuration::from_mins(minutes)).ok()
}

fn claims(claims: &mut Object, body: &Object, invented: &Invented) {
    let sent = |key: &str, default: &str| body.get(key).unwrap_or(default).to_owned();
    claims.set("t", sent("ttl", "null"));
    claims.set("chls", channel_claims(body));
    claims.set("stt", sent("state", "{}"));
    claims.set("m", sent("member_id", &json::string(&invented.id)));
}

/// The channels with both permissions written out: what was not given is false.
fn channel_claims(body: &Object) -> String {
    let given = Object::parse(body.get("channels").unwrap_or("{}")).unwrap_or_default();
    let mut channels = Object::default();
    for (name, access) in given.iter() {
        let access = Object::parse(access).unwrap_or_default();
        let may = |what: &str| access.get(what).unwrap_or("false");
        channels.set(
            name,
            json::object(|json| {
                json.raw("read", may("read")).raw("write", may("write"));
            }),
        );
    }
    channels.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(body: &str) -> String {
        let mut carried = Object::default();
        let invented = Invented { id: "x".to_owned(), name: "y".to_owned() };
        claims(&mut carried, &Object::parse(body).unwrap(), &invented);
        carried.to_string()
    }

    // The names and their order are those of the service's example and of tokens seen in public; the values follow from
    // the requests by its reference.
    #[test]
    fn a_token_carries_its_channels_with_both_permissions() {
        let full = concat!(
            r#"{"state":{"n":1.0},"ttl":60,"channels":{"b":{"write":true},"a":{"read":true}},"#,
            r#""member_id":"m\u0031"}"#,
        );
        assert_eq!(
            claimed(full),
            concat!(
                r#"{"t":60,"chls":{"b":{"read":false,"write":true},"a":{"read":true,"write":false}},"#,
                r#""stt":{"n":1.0},"m":"m\u0031"}"#,
            )
        );
        assert_eq!(
            claimed(r#"{"ttl":1,"channels":{"a":{"read":false}}}"#),
            r#"{"t":1,"chls":{"a":{"read":false,"write":false}},"stt":{},"m":"x"}"#
        );
    }
}
