//! What a person wants to know of a token: until when, for whom, and what it may do.

use super::claims::{access, at, shown};
use super::validity::End;
use super::{Judgement, Signature};
use crate::json::{self, Object};
use crate::pasted::decoded::Format;
use crate::pasted::member;
use crate::pasted::token_type::TokenType;
use crate::text::{SHOWN, clip};

/// The most channels that are listed; the claims have them all.
const MAX_CHANNELS: usize = 20;

/// A line of the summary: a label, empty where the line belongs to the label above it, and a text.
pub(super) type Line = (&'static str, String);

/// The lines of a token.
pub(super) fn of(judgement: &Judgement<'_>) -> Vec<Line> {
    let (token, now) = (judgement.token, judgement.now);
    let mut lines = vec![("type", title(judgement)), expiry(judgement)];
    if let Some(start) = token.validity.starts {
        lines.push(("starts", at(start, now)));
    }
    let header = token.header.as_ref();
    match (token.kind, token.claims.as_ref()) {
        (TokenType::Chat, Some(claims)) => chat(claims, &mut lines),
        (TokenType::Video, Some(claims)) => video(claims, &mut lines),
        (TokenType::Twilio, Some(claims)) => twilio(claims, header, &mut lines),
        (TokenType::Capability, Some(claims)) => add(&mut lines, claims, &[("account", "iss"), ("allows", "scope")]),
        (TokenType::Relay, Some(claims)) => add(&mut lines, claims, &[("for", "resource"), ("project", "iss")]),
        (_, Some(claims)) => add(&mut lines, claims, &[("for", "sub"), ("issuer", "iss"), ("audience", "aud")]),
        (TokenType::Refresh, None) => {
            lines.push(("allows", "one exchange for a new access token and refresh token".to_owned()));
        }
        _ => {}
    }
    if let Some(host) = header.and_then(|header| member::text(header, "ch")) {
        lines.push(("host", format!("{} (where clients connect)", clip(&host, SHOWN))));
    }
    if let Some(issued) = token.validity.issued_at {
        lines.push(("issued", at(issued, now)));
    }
    if token.format == Format::Jws {
        lines.push(("signature", signature(judgement)));
    }
    lines
}

/// Whether the token is of our own emulator, which no service takes.
pub(super) fn is_emulated(judgement: &Judgement<'_>) -> bool {
    let key = judgement.token.header.as_ref().and_then(|header| member::text(header, "kid"));
    key.as_deref() == Some("tokenmint-emulator")
}

fn title(judgement: &Judgement<'_>) -> String {
    let token = judgement.token;
    match (token.format, token.kind) {
        (Format::Opaque, _) => "opaque token (not a JWT)".to_owned(),
        (Format::Jwe, _) => format!("{}, encrypted (JWE)", token.kind.title()),
        (Format::Jws, TokenType::Jwt) if token.is_unsigned() => format!("{}, unsigned", token.kind.title()),
        (Format::Jws, _) => token.kind.title().to_owned(),
    }
}

fn expiry(judgement: &Judgement<'_>) -> Line {
    match judgement.token.validity.ends {
        End::At(end) => {
            let label = if end <= judgement.now { "expired" } else { "expires" };
            (label, at(end, judgement.now))
        }
        End::Never => ("expires", "never".to_owned()),
        End::Unknown => ("expires", "cannot be known".to_owned()),
    }
}

fn signature(judgement: &Judgement<'_>) -> String {
    let token = judgement.token;
    match token.signature {
        Signature::NotChecked if token.is_unsigned() => "none (alg none)".to_owned(),
        Signature::NotChecked => match token.kind {
            TokenType::Twilio => "not checked (use --verify)".to_owned(),
            kind if kind.is_signalwire() => "not checked (only SignalWire can)".to_owned(),
            _ => "not checked".to_owned(),
        },
        checked => checked.words().to_owned(),
    }
}

/// The claims that there are, under these labels.
fn add(lines: &mut Vec<Line>, claims: &Object, labels: &[(&'static str, &str)]) {
    for (label, key) in labels {
        if let Some(raw) = claims.get(key).filter(|raw| !matches!(*raw, "null" | "{}" | "\"\"")) {
            lines.push((label, shown(raw)));
        }
    }
}

/// A label for several texts.
fn several(lines: &mut Vec<Line>, label: &'static str, texts: Vec<String>) {
    for (place, text) in texts.into_iter().enumerate() {
        lines.push((if place == 0 { label } else { "" }, text));
    }
}

fn chat(claims: &Object, lines: &mut Vec<Line>) {
    add(lines, claims, &[("for", "m")]);
    if let Some(channels) = claims.get("chls").and_then(|raw| Object::parse(raw).ok()) {
        let line = |(name, raw): (&str, &str)| format!("{}: {}", clip(name, 260), access(raw).unwrap_or("unknown"));
        let mut texts: Vec<String> = channels.iter().take(MAX_CHANNELS).map(line).collect();
        if channels.len() > MAX_CHANNELS {
            texts.push(format!("and {} more channels", channels.len() - MAX_CHANNELS));
        }
        several(lines, "allows", texts);
    }
    add(lines, claims, &[("state", "stt"), ("project", "sub")]);
}

fn video(claims: &Object, lines: &mut Vec<Line>) {
    add(lines, claims, &[("for", "u")]);
    let text = |key: &str| member::text(claims, key).filter(|text| !text.is_empty());
    let mut allows = Vec::new();
    if let Some(room) = text("r") {
        let role = text("ja").map(|role| format!(" as {}", clip(&role, 40))).unwrap_or_default();
        allows.push(format!("room {}{role}", clip(&room, SHOWN)));
    }
    allows.extend(text("ma").filter(|media| media != "all").map(|media| format!("media: {}", clip(&media, 40))));
    allows.extend(permissions(claims));
    several(lines, "allows", allows);
    add(lines, claims, &[("project", "sub")]);
}

/// The permissions of a room token, those of one object in one text.
fn permissions(claims: &Object) -> Vec<String> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for permission in claims.get("s").and_then(json::as_strings).unwrap_or_default() {
        let permission = clip(&permission, 60);
        let (object, action) = permission.rsplit_once('.').unwrap_or(("", &permission));
        match groups.iter_mut().find(|(known, _)| known == object) {
            Some((_, actions)) => actions.push(action.to_owned()),
            None => groups.push((object.to_owned(), vec![action.to_owned()])),
        }
    }
    let line = |(object, actions): (String, Vec<String>)| format!("{object}: {}", actions.join(", "));
    groups.into_iter().map(line).collect()
}

fn twilio(claims: &Object, header: Option<&Object>, lines: &mut Vec<Line>) {
    let grants = claims.get("grants").and_then(|raw| Object::parse(raw).ok()).unwrap_or_default();
    add(lines, &grants, &[("for", "identity")]);
    let others = grants.iter().filter(|(key, _)| *key != "identity");
    several(lines, "allows", others.map(|(key, raw)| grant(key, raw)).collect());
    add(lines, claims, &[("account", "sub"), ("API key", "iss")]);
    if let Some(header) = header {
        add(lines, header, &[("region", "twr")]);
    }
}

/// What a grant allows.
fn grant(key: &str, raw: &str) -> String {
    let grant = Object::parse(raw).unwrap_or_default();
    let text = |key: &str| member::text(&grant, key).map(|text| clip(&text, 100));
    let of = |name: &str, noun: &str, key: &str| match text(key) {
        Some(value) => format!("{name}, {noun} {value}"),
        None => name.to_owned(),
    };
    match key {
        "chat" => of("Conversations and Chat", "service", "service_sid"),
        "video" => text("room").map_or_else(|| "Video, any room".to_owned(), |room| format!("Video, room {room}")),
        "data_sync" => of("Sync", "service", "service_sid"),
        "task_router" => of("TaskRouter", "workspace", "workspace_sid"),
        "voice" => {
            let outgoing = grant.get("outgoing").and_then(|raw| Object::parse(raw).ok());
            let application = outgoing.and_then(|outgoing| member::text(&outgoing, "application_sid"));
            let incoming = grant.get("incoming").map(|_| "incoming calls".to_owned());
            let outgoing = application.map(|sid| format!("outgoing calls through {}", clip(&sid, 100)));
            let calls: Vec<String> = incoming.into_iter().chain(outgoing).collect();
            format!("Voice, {}", if calls.is_empty() { "no calls".to_owned() } else { calls.join(", ") })
        }
        key => clip(key, 60),
    }
}
