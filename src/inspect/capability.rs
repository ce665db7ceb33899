//! Capability tokens, which Access Tokens replaced, and the line that mints an Access Token for the same.

use crate::json::{self, Object};
use crate::pasted::member;
use crate::text;

/// The command that mints an Access Token with the capabilities of a capability token (Twilio's guide to migrating, and the
/// scopes that its libraries write).
pub(super) fn equivalent(claims: &Object) -> String {
    let mut line = "tokenmint twilio".to_owned();
    let mut add = |flag: &str, value: Option<&str>| {
        line.extend([" --", flag]);
        if let Some(value) = value {
            line.extend([" ", &text::sh_word(&text::clip(value, 200))]);
        }
    };
    let scopes = member::text(claims, "scope").unwrap_or_default();
    let scopes: Vec<Scope> = scopes.split(' ').filter_map(Scope::parse).collect();
    let client = scopes.iter().find_map(|scope| scope.parameter("clientName"));
    let friendly = member::text(claims, "friendly_name");
    add("identity", Some(client.as_deref().or(friendly.as_deref()).unwrap_or("NAME")));
    if let Some(outgoing) = scopes.iter().find(|scope| scope.path == "client:outgoing") {
        add("voice", Some(outgoing.parameter("appSid").as_deref().unwrap_or("AP…")));
        if let Some(parameters) = outgoing.parameter("appParams") {
            add("voice-params", Some(&object(&parameters)));
        }
    }
    if scopes.iter().any(|scope| scope.path == "client:incoming") {
        add("voice-incoming", None);
    }
    if let Some(workspace) = member::text(claims, "workspace_sid") {
        add("task-router", Some(&workspace));
        if let Some(worker) = member::text(claims, "worker_sid") {
            add("worker-sid", Some(&worker));
        }
    }
    line
}

/// `scope:client:outgoing?appSid=AP…&clientName=alice`.
struct Scope<'a> {
    path: &'a str,
    query: &'a str,
}

impl<'a> Scope<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("scope:")?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Some(Scope { path, query })
    }

    fn parameter(&self, name: &str) -> Option<String> {
        pairs(self.query).find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// The pairs of a query, decoded.
fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(key, value)| (decoded(key), decoded(value)))
}

/// A query as a JSON object of strings.
fn object(query: &str) -> String {
    let mut object = Object::default();
    for (key, value) in pairs(query) {
        object.set(&key, json::string(&value));
    }
    object.to_string()
}

/// Text without its percent signs and plus signs.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let hex = text.get(place + 1..place + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[place], hex) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                place += 2;
            }
            (b'+', _) => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        place += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AC: &str = "AC0123456789abcdef0123456789abcdef";
    const AP: &str = "AP0123456789abcdef0123456789abcdef";

    fn of(claims: &str) -> String {
        equivalent(&Object::parse(claims).unwrap())
    }

    #[test]
    fn a_client_becomes_a_voice_grant() {
        let scope = format!(
            "scope:client:incoming?clientName=alice scope:client:outgoing?appSid={AP}&clientName=alice&appParams=a%3Db%2Bc%26d%3D%2525"
        );
        assert_eq!(
            of(&format!(r#"{{"iss":"{AC}","scope":"{scope}"}}"#)),
            format!(
                "tokenmint twilio --identity alice --voice {AP} --voice-params '{{\"a\":\"b c\",\"d\":\"%\"}}' --voice-incoming"
            )
        );
        assert_eq!(
            of(r#"{"scope":"scope:client:incoming?clientName=it%27s"}"#),
            r"tokenmint twilio --identity 'it'\''s' --voice-incoming"
        );
        assert_eq!(of(r#"{"scope":"scope:stream:subscribe?path=x"}"#), "tokenmint twilio --identity NAME");
    }

    #[test]
    fn a_worker_becomes_a_task_router_grant() {
        assert_eq!(
            of(r#"{"workspace_sid":"WS1","worker_sid":"WK1","friendly_name":"bob","policies":[]}"#),
            "tokenmint twilio --identity bob --task-router WS1 --worker-sid WK1"
        );
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(decoded("%"), "%");
        assert_eq!(decoded("a%zz%4"), "a%zz%4");
        assert_eq!(decoded("%é%C3%A9"), "%éé");
    }
}
