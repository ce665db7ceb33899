//! The types of token. The marks are those seen in tokens of the services: SignalWire's `typ`, Twilio's `cty`.

use super::decoded::{Decoded, Format};
use super::member;
use crate::json::{self, Object};
use crate::sid;

/// The types of token that can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// SignalWire Chat, which also serves PubSub: `typ` is `CRT`.
    Chat,
    /// SignalWire video room: `typ` is `VRT`.
    Video,
    /// SignalWire guest, subscriber, invite or embed token: encrypted, `typ` is `SAT`.
    Guest,
    /// SignalWire refresh token: `typ` is `Refresh`.
    Refresh,
    /// SignalWire Relay, the second version of its SDK.
    Relay,
    /// Twilio Access Token, or something that was meant to be one.
    Twilio,
    /// A capability token, which Twilio's Access Tokens replaced.
    Capability,
    /// Any other JWT, signed or encrypted.
    Jwt,
    /// Anything else.
    Opaque,
}

impl TokenType {
    /// The type of a decoded token.
    pub fn of(decoded: &Decoded) -> Self {
        let Some(header) = &decoded.header else {
            return TokenType::Opaque;
        };
        let typ = member::text(header, "typ").unwrap_or_default();
        match (decoded.format, typ.as_str()) {
            (Format::Opaque, _) => TokenType::Opaque,
            (Format::Jws, "CRT") => TokenType::Chat,
            (Format::Jws, "VRT") => TokenType::Video,
            (Format::Jwe, "SAT") => TokenType::Guest,
            (_, "Refresh") => TokenType::Refresh,
            (Format::Jws, _) if decoded.claims.as_ref().is_some_and(is_capability) => TokenType::Capability,
            (Format::Jws, _) if is_twilio(header, decoded.claims.as_ref()) => TokenType::Twilio,
            (Format::Jws, _) if is_relay(header, decoded.claims.as_ref()) => TokenType::Relay,
            _ => TokenType::Jwt,
        }
    }

    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            TokenType::Chat => "chat",
            TokenType::Video => "video",
            TokenType::Guest => "guest",
            TokenType::Refresh => "refresh",
            TokenType::Relay => "relay",
            TokenType::Twilio | TokenType::Capability => "twilio",
            TokenType::Jwt => "jwt",
            TokenType::Opaque => "opaque",
        }
    }

    /// What it is, for people.
    pub const fn title(self) -> &'static str {
        match self {
            TokenType::Chat => "SignalWire Chat token, which also serves PubSub",
            TokenType::Video => "SignalWire video room token",
            TokenType::Guest => "SignalWire access token (guest, subscriber, invite or embed)",
            TokenType::Refresh => "SignalWire refresh token",
            TokenType::Relay => "SignalWire Relay JWT of SDK v2 (deprecated)",
            TokenType::Twilio => "Twilio Access Token",
            TokenType::Capability => "Twilio capability token (deprecated)",
            TokenType::Jwt => "JWT of an unknown service",
            TokenType::Opaque => "opaque token",
        }
    }

    /// The service that takes it, if it is known.
    pub const fn service(self) -> Option<&'static str> {
        match self {
            TokenType::Twilio | TokenType::Capability => Some("Twilio"),
            _ if self.is_signalwire() => Some("SignalWire"),
            _ => None,
        }
    }

    /// Whether SignalWire made it.
    pub const fn is_signalwire(self) -> bool {
        matches!(self, TokenType::Chat | TokenType::Video | TokenType::Guest | TokenType::Refresh | TokenType::Relay)
    }
}

/// Whether a JWT is an Access Token, or so near to one that Twilio's own errors are the best help.
fn is_twilio(header: &Object, claims: Option<&Object>) -> bool {
    if member::text(header, "cty").is_some_and(|cty| cty.starts_with("twilio-")) {
        return true;
    }
    let Some(claims) = claims else { return false };
    let starts = |key: &str, prefix: &str| {
        member::text(claims, key).is_some_and(|sid| sid.starts_with(prefix) && sid.len() == sid::LENGTH)
    };
    let grants = claims.get("grants").is_some_and(json::is_object);
    grants && (starts("iss", "SK") || starts("sub", "AC"))
}

/// Whether these are the claims of a capability token: `iss`, or `account_sid` of a worker's, is the account, whose auth
/// token signs it; `scope` lists `scope:…` URIs, `policies` what a worker may call.
fn is_capability(claims: &Object) -> bool {
    let account = member::text(claims, "iss").is_some_and(|iss| iss.starts_with("AC") && iss.len() == sid::LENGTH);
    let scope = || member::text(claims, "scope").is_some_and(|scope| scope.starts_with("scope:"));
    account && (scope() || claims.get("policies").is_some())
}

fn is_relay(header: &Object, claims: Option<&Object>) -> bool {
    let has = |key: &str| claims.is_some_and(|claims| claims.get(key).is_some());
    member::text(header, "alg").as_deref() == Some("HS512") && has("resource") && has("iss") && has("iat")
}

/// What SignalWire's opaque texts begin with, and what they are.
const PREFIXES: [(&str, &str); 4] = [
    ("PT", "looks like a SignalWire API token, a secret for servers only, not a client token"),
    ("PSK_", "looks like a SignalWire signing key, a secret and not a client token"),
    ("c2c_", "looks like a SignalWire click-to-call token, which is exchanged for an embed token"),
    ("vpt_", "looks like a SignalWire conference token"),
];

/// What a text of SignalWire's looks like by its first letters alone.
pub fn look_of_prefix(text: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix)).map(|(_, what)| *what)
}

/// What a text looks like that no message may repeat: a token, or a secret in the wrong place.
pub fn look_of_secret(text: &str) -> Option<&'static str> {
    if text.starts_with("eyJ") { Some("looks like a JWT") } else { of_prefix_and_length(text) }
}

fn of_prefix_and_length(text: &str) -> Option<&'static str> {
    let found = PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix) && text.len() > prefix.len() + 12);
    found.map(|(_, what)| *what)
}

/// What an opaque text looks like, if that is known.
pub fn look(token: &str) -> Option<String> {
    if let Some(name) = sid::described(token) {
        return Some(format!("looks like {name} of Twilio, not a token"));
    }
    if sid::is_bare_hex(token) {
        return Some(
            "looks like a Twilio auth token (32 hexadecimal digits), a secret and not a client token".to_owned(),
        );
    }
    of_prefix_and_length(token).map(str::to_owned)
}
