//! What header fields and claims mean, a row each. The short names in SignalWire's tokens are explained by the request
//! fields that they carry, as their values show; the rest is RFC 7519 and Twilio's "Access Tokens".

use jiff::Timestamp;

use super::token_type::TokenType;
use super::validity;
use crate::json::{self, Object};
use crate::text::{SHOWN, clip};
use crate::time;

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The key, with those above it: `grants.identity`.
    pub name: String,
    /// The value, fit to show.
    pub value: String,
    /// What it means; empty where that is not known.
    pub meaning: String,
}

const HEADER: [(&str, &str); 7] = [
    ("alg", "the algorithm"),
    ("typ", "the type of token"),
    ("cty", "the type of its content"),
    ("enc", "how its content is encrypted"),
    ("twr", "the region of the API key"),
    ("ch", "the host or region that serves it"),
    ("kid", "the key that it was signed or encrypted with"),
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
    ("iat", "issued at"),
    ("nbf", "not valid before"),
    ("exp", "expires at"),
    ("iss", "the issuer"),
    ("sub", "the subject"),
    ("aud", "the audience"),
    ("jti", "the identifier of this token"),
];

const CHAT: [(&str, &str); 5] =
    [("sub", "the project"), ("t", "ttl"), ("chls", "channels"), ("stt", "state"), ("m", "member_id")];

const VIDEO: [(&str, &str); 14] = [
    ("sub", "the project"),
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
    ("iss", "the API key that signed it"),
    ("sub", "the account"),
    ("grants.identity", "the user"),
    ("grants.chat", "Conversations and Programmable Chat"),
    ("grants.video", "Video; without a room, any room"),
    ("grants.voice", "Voice calls"),
    ("grants.data_sync", "Sync"),
    ("grants.task_router", "TaskRouter and Flex"),
    ("grants.player", "Twilio Live, which ended in 2023"),
    ("grants.ip_messaging", "the obsolete name of the chat grant"),
];

const RELAY: [(&str, &str); 2] = [("iss", "the project"), ("resource", "the name of the endpoint")];

/// The rows of a header.
pub fn header(header: &Object) -> Vec<Row> {
    let meaning = |key: &str, raw: &str| {
        let given = json::as_str(raw).unwrap_or_default();
        let known = HEADER_VALUES.iter().find(|(field, value, _)| *field == key && *value == given);
        known.map_or_else(|| lookup(&HEADER, key), |(_, _, words)| words)
    };
    let rows = header.iter().map(|(key, raw)| row(clip(key, 60), raw, meaning(key, raw).to_owned()));
    rows.collect()
}

/// The rows of the claims, those of grants and channels among them.
pub fn claims(kind: TokenType, claims: &Object, now: Timestamp) -> Vec<Row> {
    let mut rows = Vec::new();
    for (key, raw) in claims.iter() {
        let opened = matches!((kind, key), (TokenType::Twilio, "grants") | (TokenType::Chat, "chls"));
        match Object::parse(raw) {
            Ok(members) if opened && !members.is_empty() => {
                rows.extend(members.iter().map(|(member, raw)| inner(kind, key, member, raw)));
            }
            _ => {
                let mut row = row(clip(key, 60), raw, meaning(kind, claims, key, raw, now));
                if kind == TokenType::Chat && key == "t" && json::as_integer(raw).is_some() {
                    row.value.push_str(" minutes");
                }
                rows.push(row);
            }
        }
    }
    rows
}

fn inner(kind: TokenType, key: &str, member: &str, raw: &str) -> Row {
    let name = format!("{key}.{}", clip(member, 260));
    let meaning = if kind == TokenType::Chat { access(raw).to_owned() } else { lookup(&TWILIO, &name).to_owned() };
    row(name, raw, meaning)
}

/// What a channel's permissions allow.
fn access(raw: &str) -> &'static str {
    let Ok(channel) = Object::parse(raw) else {
        return "";
    };
    match (channel.get("read") == Some("true"), channel.get("write") == Some("true")) {
        (true, true) => "read and write",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "neither read nor write",
    }
}

fn meaning(kind: TokenType, claims: &Object, key: &str, raw: &str, now: Timestamp) -> String {
    let own = match kind {
        TokenType::Chat => lookup(&CHAT, key),
        TokenType::Video => lookup(&VIDEO, key),
        TokenType::Twilio => lookup(&TWILIO, key),
        TokenType::Relay => lookup(&RELAY, key),
        TokenType::Guest | TokenType::Refresh | TokenType::Jwt | TokenType::Opaque => "",
    };
    let words = if own.is_empty() { lookup(&COMMON, key) } else { own };
    let is_time =
        matches!(key, "iat" | "nbf" | "exp") || (kind == TokenType::Video && matches!(key, "jf" | "ju" | "rat"));
    match validity::time_of(claims, key).filter(|_| is_time) {
        Some(moment) if key == "exp" && moment <= now => {
            format!("expired at {}, {}", time::rfc3339(moment), relative(moment, now))
        }
        Some(moment) => format!("{words} {}, {}", time::rfc3339(moment), relative(moment, now)),
        None if kind == TokenType::Chat && key == "t" => {
            match json::as_integer(raw).and_then(|minutes| minutes.checked_mul(60)) {
                Some(seconds) => format!("{words}: {}", time::format_approx(seconds)),
                None => words.to_owned(),
            }
        }
        None => words.to_owned(),
    }
}

/// `in 2h 5m`, `5m ago`, `now`.
pub fn relative(moment: Timestamp, now: Timestamp) -> String {
    let seconds = moment.as_second() - now.as_second();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", time::format_approx(seconds)),
        _ => format!("{} ago", time::format_approx(seconds)),
    }
}

fn row(name: String, raw: &str, meaning: String) -> Row {
    let value = json::as_str(raw).map_or_else(|| clip(raw, SHOWN), |text| clip(&text, SHOWN));
    Row { name, value, meaning }
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
        rows.into_iter().map(|row| format!("{} = {} ({})", row.name, row.value, row.meaning)).collect()
    }

    #[test]
    fn short_names_are_spelled_out() {
        assert_eq!(
            rows(
                TokenType::Chat,
                r#"{"t":60,"chls":{"a":{"read":true,"write":false},"b":{"write":true}},"stt":{},"m":"x"}"#
            ),
            [
                "t = 60 minutes (ttl: 1h)",
                r#"chls.a = {"read":true,"write":false} (read)"#,
                r#"chls.b = {"write":true} (write)"#,
                "stt = {} (state)",
                "m = x (member_id)",
            ]
        );
        assert_eq!(
            rows(TokenType::Video, r#"{"ju":1700007500,"rse":5}"#),
            ["ju = 1700007500 (join_until 2023-11-15T00:18:20Z, in 2h 5m)", "rse = 5 (remove_after_seconds_elapsed)",]
        );
        assert_eq!(
            rows(TokenType::Twilio, r#"{"grants":{"identity":"al","x":{}},"iat":1699999700}"#),
            [
                "grants.identity = al (the user)",
                "grants.x = {} ()",
                "iat = 1699999700 (issued at 2023-11-14T22:08:20Z, 5m ago)",
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
