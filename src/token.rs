//! What was minted: the kind of a token, the token itself, and how long it lives. Turning it into bytes is for `output`.

use jiff::Timestamp;

use crate::jwt;
use crate::secret::Secret;

/// The kinds of token that can be minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A SignalWire Chat token.
    Chat,
    /// A SignalWire PubSub token.
    PubSub,
    /// A SignalWire subscriber guest token.
    Guest,
    /// A SignalWire video room token.
    Video,
    /// A Twilio Access Token.
    Twilio,
}

impl Kind {
    /// The command's name, and `kind` in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Chat => "chat",
            Kind::PubSub => "pubsub",
            Kind::Guest => "guest",
            Kind::Video => "video",
            Kind::Twilio => "twilio",
        }
    }

    /// The variable that carries the token where a format names one and `--name` does not.
    pub const fn variable(self) -> &'static str {
        match self {
            Kind::Chat => "SIGNALWIRE_CHAT_TOKEN",
            Kind::PubSub => "SIGNALWIRE_PUBSUB_TOKEN",
            Kind::Guest => "SIGNALWIRE_GUEST_TOKEN",
            Kind::Video => "SIGNALWIRE_VIDEO_TOKEN",
            Kind::Twilio => "TWILIO_ACCESS_TOKEN",
        }
    }
}

/// A token in hand.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// The token.
    pub token: Secret,
    /// The refresh token that came with a guest token.
    pub refresh_token: Option<Secret>,
    /// When it ends, or `None` where it never does or nobody can know.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// A Twilio Access Token, which ends when its `exp` says.
    pub fn twilio(token: Secret, ends: Timestamp) -> Self {
        Token { kind: Kind::Twilio, token, refresh_token: None, expires_at: Some(ends) }
    }
}

/// The most characters of a token.
pub const MAX_LENGTH: usize = 65_536;

/// Whether a text can be a token: 1 to [`MAX_LENGTH`] characters of `A-Z a-z 0-9 . _ ~ + / = -`. Nothing in that
/// alphabet can end a quote, a line or a shell word.
pub fn is_believable(text: &str) -> bool {
    (1..=MAX_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte))
}

/// When a Chat or PubSub token ends by its own claims. Such a token has no `exp`.
///
/// `None` where the token is not a JWT whose claims can be read.
pub fn chat_end(token: &str) -> Option<Timestamp> {
    #[derive(serde::Deserialize)]
    struct Claims {
        iat: i64,
        t: i64,
    }

    let Claims { iat, t } = serde_json::from_slice(&jwt::payload(token)?).ok()?;
    chat_expiry(iat, t)
}

/// When a Chat or PubSub token ends: `t` minutes after `iat`.
pub fn chat_expiry(iat: i64, t: i64) -> Option<Timestamp> {
    Timestamp::from_second(iat.checked_add(t.checked_mul(60)?)?).ok()
}
