//! What header fields and claims mean, a row each. The short names in SignalWire's tokens are explained by the request
//! fields that they carry, as their values show; the rest is RFC 7519 and Twilio's "Access Tokens".

use jiff::Timestamp;

use super::validity;
use crate::json::{self, Object};
use crate::pasted::token_type::TokenType;
use crate::text::{SHOWN, clip};
use crate::time;

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The key, with those above it: `grants.identity`.
    pub name: String,
    /// What it means, in two or three words; empty where that is not known.
    pub meaning: &'static str,
    /// The value, fit to show, with what it amounts to.
    pub value: String,
}

/// The most characters of a list: all permissions of a room fit.
const MAX_LIST: usize = 2_000;

const HEADER: [(&str, &str); 7] = [
    ("alg", "algorithm"),
    ("typ", "type"),
    ("cty", "content type"),
    ("enc", "encryption"),
    ("twr", "region of the API key"),
    ("ch", "host for clients"),
    ("kid", "key"),
];

/// Values of header fields that say more than their field does.
const HEADER_VALUES: [(&str, &str, &str); 11] = [
    ("alg", "HS256", "signed with HMAC-SHA256"),
    ("alg", "HS512", "signed with HMAC-SHA512"),
    ("alg", "RS256", "signed with RSA and SHA-256"),
    ("alg", "dir", "encrypted with a key that only the service has"),
    ("alg", "none", "not signed"),
    ("typ", "CRT", "Chat and PubSub token"),
    ("typ", "VRT", "video room token"),
    ("typ", "SAT", "guest, subscriber, invite or embed token"),
    ("typ", "Refresh", "refresh token"),
    ("cty", "twilio-fpa;v=1", "Twilio Access Token, version 1"),
    ("kid", "tokenmint-emulator", "from tokenmint's emulator, not valid on SignalWire"),
];

const COMMON: [(&str, &str); 7] = [
    ("iat", "issued"),
    ("nbf", "not before"),
    ("exp", "expires"),
    ("iss", "issuer"),
    ("sub", "subject"),
    ("aud", "audience"),
    ("jti", "token id"),
];

const CHAT: [(&str, &str); 5] =
    [("sub", "project"), ("t", "ttl"), ("chls", "channels"), ("stt", "state"), ("m", "member_id")];

const VIDEO: [(&str, &str); 14] = [
    ("sub", "project"),
    ("u", "user_name"),
    ("r", "room_name"),
    ("s", "permissions"),
    ("acr", "auto_create_room"),
    ("jf", "join_from"),
    ("ju", "join_until"),
    ("rat", "remove_at"),
    ("rse", "remove_after_seconds_elapsed"),
    ("ja", "join_as"),
    ("ma", "media_allowed"),
    ("erp", "enable_room_previews"),
    ("mta", "meta"),
    ("rmta", "room_meta"),
];

const TWILIO: [(&str, &str); 10] = [
    ("iss", "API key"),
    ("sub", "account"),
    ("grants.identity", "user"),
    ("grants.chat", "Conversations and Chat"),
    ("grants.video", "Video"),
    ("grants.voice", "Voice"),
    ("grants.data_sync", "Sync"),
    ("grants.task_router", "TaskRouter and Flex"),
    ("grants.player", "Live (ended in 2023)"),
    ("grants.ip_messaging", "obsolete name of chat"),
];

const CAPABILITY: [(&str, &str); 4] =
    [("iss", "account"), ("account_sid", "account"), ("scope", "capabilities"), ("policies", "allowed requests")];

const RELAY: [(&str, &str); 2] = [("iss", "project"), ("resource", "endpoint name")];

/// The rows of a header.
pub fn header(header: &Object) -> Vec<Row> {
    let row = |(key, raw): (&str, &str)| {
        let mut row = Row { name: clip(key, 60), meaning: lookup(&HEADER, key), value: shown(raw) };
        let given = json::as_str(raw).unwrap_or_default();
        if let Some((_, _, words)) = HEADER_VALUES.iter().find(|(field, value, _)| *field == key && *value == given) {
            row.value = format!("{} ({words})", row.value);
        }
        row
    };
    header.iter().map(row).collect()
}

/// The rows of the claims, those of grants and channels among them. What is null says nothing and is left out.
pub fn claims(kind: TokenType, claims: &Object, now: Timestamp) -> Vec<Row> {
    let mut rows = Vec::new();
    for (key, raw) in claims.iter().filter(|(_, raw)| *raw != "null") {
        let opened = matches!((kind, key), (TokenType::Twilio, "grants") | (TokenType::Chat, "chls"));
        match Object::parse(raw) {
            Ok(members) if opened && !members.is_empty() => {
                rows.extend(members.iter().map(|(member, raw)| inner(kind, key, member, raw)));
            }
            _ => rows.push(Row {
                name: clip(key, 60),
                meaning: meaning(kind, key),
                value: value(kind, claims, key, raw, now),
            }),
        }
    }
    rows
}

fn inner(kind: TokenType, key: &str, member: &str, raw: &str) -> Row {
    let name = format!("{key}.{}", clip(member, 260));
    if kind == TokenType::Chat {
        return Row { name, meaning: "channel", value: access(raw).map_or_else(|| shown(raw), str::to_owned) };
    }
    Row { meaning: lookup(&TWILIO, &name), name, value: shown(raw) }
}

/// What a channel's permissions allow.
pub(super) fn access(raw: &str) -> Option<&'static str> {
    let channel = Object::parse(raw).ok()?;
    Some(match (channel.get("read") == Some("true"), channel.get("write") == Some("true")) {
        (true, true) => "read and write",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "neither read nor write",
    })
}

fn meaning(kind: TokenType, key: &str) -> &'static str {
    let own = match kind {
        TokenType::Chat => lookup(&CHAT, key),
        TokenType::Video => lookup(&VIDEO, key),
        TokenType::Twilio => lookup(&TWILIO, key),
        TokenType::Capability => lookup(&CAPABILITY, key),
        TokenType::Relay => lookup(&RELAY, key),
        TokenType::Guest | TokenType::Refresh | TokenType::Jwt | TokenType::Opaque => "",
    };
    if own.is_empty() { lookup(&COMMON, key) } else { own }
}

fn value(kind: TokenType, claims: &Object, key: &str, raw: &str, now: Timestamp) -> String {
    let is_time =
        matches!(key, "iat" | "nbf" | "exp") || (kind == TokenType::Video && matches!(key, "jf" | "ju" | "rat"));
    if let Some(moment) = validity::time_of(claims, key).filter(|_| is_time) {
        return at(moment, now);
    }
    let length = |unit: i64| json::as_integer(raw).and_then(|number| number.checked_mul(unit)).map(time::format_approx);
    match (kind, key) {
        (TokenType::Chat, "t") => length(60).map_or_else(|| shown(raw), |length| format!("{raw} minutes ({length})")),
        (TokenType::Video, "s") => {
            json::as_strings(raw).map_or_else(|| shown(raw), |all| clip(&all.join(", "), MAX_LIST))
        }
        (TokenType::Video, "rse") => length(1).map_or_else(|| shown(raw), |length| format!("{raw} seconds ({length})")),
        _ => shown(raw),
    }
}

/// A time in UTC, and how far away it is.
pub(super) fn at(moment: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", time::rfc3339(moment), relative(moment, now))
}

/// `in 2h 5m`, `5m ago`, `6 years ago`, `now`.
pub(super) fn relative(moment: Timestamp, now: Timestamp) -> String {
    let seconds = moment.as_second() - now.as_second();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", time::format_age(seconds)),
        _ => format!("{} ago", time::format_age(seconds)),
    }
}

/// A JSON value, fit to show: a string without its quotes.
pub(super) fn shown(raw: &str) -> String {
    json::as_str(raw).map_or_else(|| clip(raw, SHOWN), |text| clip(&text, SHOWN))
}

fn lookup(table: &[(&str, &'static str)], key: &str) -> &'static str {
    table.iter().find(|(known, _)| *known == key).map_or("", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(kind: TokenType, text: &str) -> Vec<String> {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let rows = claims(kind, &Object::parse(text).unwrap(), now);
        rows.into_iter().map(|row| format!("{} ({}) {}", row.name, row.meaning, row.value)).collect()
    }

    #[test]
    fn short_names_are_spelled_out() {
        assert_eq!(
            rows(
                TokenType::Chat,
                r#"{"t":60,"chls":{"a":{"read":true,"write":false},"b":{"write":true}},"stt":{},"m":"x"}"#
            ),
            [
                "t (ttl) 60 minutes (1h)",
                "chls.a (channel) read",
                "chls.b (channel) write",
                "stt (state) {}",
                "m (member_id) x",
            ]
        );
        assert_eq!(
            rows(TokenType::Video, r#"{"jf":null,"ju":1700007500,"rse":300}"#),
            ["ju (join_until) 2023-11-15T00:18:20Z, in 2h 5m", "rse (remove_after_seconds_elapsed) 300 seconds (5m)"]
        );
        assert_eq!(
            rows(TokenType::Twilio, r#"{"grants":{"identity":"al","x":{}},"iat":1699999700,"exp":1500000000}"#),
            [
                "grants.identity (user) al",
                "grants.x () {}",
                "iat (issued) 2023-11-14T22:08:20Z, 5m ago",
                "exp (expires) 2017-07-14T02:40:00Z, 6 years ago",
            ]
        );
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let text = "{\"a\\u001b[31m\":\"b\\u001b]0;x\\u0007\u{9b}\u{202e}\\nc\",\"grants\":{\"\\u001b\":\"\\u009b\"}}";
        for row in rows(TokenType::Twilio, text) {
            assert!(!row.contains(|character: char| character.is_control() || character == '\u{202e}'), "{row:?}");
        }
    }
}
