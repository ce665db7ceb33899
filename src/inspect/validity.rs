//! The start and the expiry of a token, as far as its claims have them. SignalWire's signed tokens carry no `exp`: a Chat
//! token expires `t` minutes after `iat`, a video token at `ju` or `rat` (claims seen in tokens of the service).

use jiff::Timestamp;

use crate::json::{self, Object};
use crate::pasted::decoded::Format;
use crate::pasted::token_type::TokenType;
use crate::signalwire::chat_expiry;
use crate::time;

/// The end of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// At this time.
    At(Timestamp),
    /// It has none.
    Never,
    /// It cannot be read.
    Unknown,
}

/// The times of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validity {
    /// When it was made.
    pub issued_at: Option<Timestamp>,
    /// Before this it is not valid.
    pub starts: Option<Timestamp>,
    /// From this on it is not valid.
    pub ends: End,
    /// Claims that should be times and are not.
    pub faults: Vec<String>,
    /// Whether one of them bounds the token's life.
    unread: bool,
}

/// A claim that should be a time.
enum Moment {
    Absent,
    At(Timestamp),
    Wrong(String),
}

impl Validity {
    /// Reads the times from the claims.
    pub fn of(kind: TokenType, format: Format, claims: Option<&Object>) -> Self {
        let mut life =
            Validity { issued_at: None, starts: None, ends: End::Unknown, faults: Vec::new(), unread: false };
        let (Format::Jws, Some(claims)) = (format, claims) else {
            return life;
        };
        life.issued_at = life.take(claims, "iat");
        match kind {
            TokenType::Chat => life.ends = life.chat_end(claims),
            TokenType::Video => {
                life.starts = life.take(claims, "jf");
                let (until, removed) = (life.take(claims, "ju"), life.take(claims, "rat"));
                life.ends = until.into_iter().chain(removed).min().map_or(End::Never, End::At);
            }
            _ => {
                life.starts = life.take(claims, "nbf");
                life.ends = life.take(claims, "exp").map_or(End::Never, End::At);
            }
        }
        if life.unread && life.ends == End::Never {
            life.ends = End::Unknown;
        }
        life
    }

    /// Whether the token is valid now, as far as its times tell; `None` where they do not.
    pub fn valid(&self, now: Timestamp) -> Option<bool> {
        let ended = matches!(self.ends, End::At(end) if end <= now);
        let waiting = self.starts.is_some_and(|start| start > now);
        // A time that cannot be read may be the one that matters; one that has gone by is enough to say no.
        match (ended || waiting, self.unread || self.ends == End::Unknown) {
            (true, _) => Some(false),
            (false, true) => None,
            (false, false) => Some(true),
        }
    }

    /// When it ends, if that is a time.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self.ends {
            End::At(end) => Some(end),
            End::Never | End::Unknown => None,
        }
    }

    fn take(&mut self, claims: &Object, key: &str) -> Option<Timestamp> {
        match moment(claims, key) {
            Moment::At(time) => Some(time),
            Moment::Absent => None,
            Moment::Wrong(fault) => {
                self.faults.push(fault);
                self.unread |= key != "iat";
                None
            }
        }
    }

    fn chat_end(&mut self, claims: &Object) -> End {
        if let (Some(issued), Some(minutes)) = (self.issued_at, claims.get("t").and_then(json::as_integer)) {
            chat_expiry::of_claims(issued.as_second(), minutes).map_or(End::Unknown, End::At)
        } else {
            self.faults.push("t, the lifetime in minutes, is missing or not an integer".to_owned());
            End::Unknown
        }
    }
}

/// The time of a claim: seconds since 1970, whole or not, or for SignalWire's dates also RFC 3339.
pub fn time_of(claims: &Object, key: &str) -> Option<Timestamp> {
    match moment(claims, key) {
        Moment::At(time) => Some(time),
        Moment::Absent | Moment::Wrong(_) => None,
    }
}

fn moment(claims: &Object, key: &str) -> Moment {
    let Some(raw) = claims.get(key).filter(|raw| *raw != "null") else {
        return Moment::Absent;
    };
    if let Some(time) = json::as_str(raw)
        .filter(|_| matches!(key, "jf" | "ju" | "rat"))
        .and_then(|text| time::parse_rfc3339_or_date(&text))
    {
        return Moment::At(time);
    }
    let Some(second) = seconds(raw) else {
        return Moment::Wrong(format!("{key} is not a number of seconds"));
    };
    match Timestamp::from_second(second) {
        Ok(time) => Moment::At(time),
        Err(_) if Timestamp::from_millisecond(second).is_ok() => {
            Moment::Wrong(format!("{key} is not a time in seconds; it looks like milliseconds"))
        }
        Err(_) => Moment::Wrong(format!("{key} is out of range")),
    }
}

/// The whole seconds of a JSON number.
pub(super) fn seconds(raw: &str) -> Option<i64> {
    let number = raw.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    if !number {
        return None;
    }
    // `as` saturates, so a number beyond the range stays beyond the calendar.
    #[allow(clippy::cast_possible_truncation, reason = "saturation is what is wanted")]
    json::as_integer(raw).or_else(|| raw.parse::<f64>().ok().map(|number| number.floor() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(kind: TokenType, claims: &str) -> Validity {
        Validity::of(kind, Format::Jws, Some(&Object::parse(claims).unwrap()))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn each_kind_counts_its_own_claims() {
        assert_eq!(life(TokenType::Chat, r#"{"iat":1000,"t":2,"exp":1}"#).ends, End::At(at(1_120)));
        assert_eq!(life(TokenType::Chat, r#"{"iat":1000}"#).ends, End::Unknown);
        assert_eq!(life(TokenType::Chat, r#"{"iat":1000,"t":9223372036854775807}"#).ends, End::Unknown);
        let video = life(TokenType::Video, r#"{"iat":1000,"jf":"1970-01-01T00:30:00Z","ju":3000,"rat":2500.7}"#);
        assert_eq!((video.starts, video.ends), (Some(at(1_800)), End::At(at(2_500))));
        assert_eq!(life(TokenType::Video, r#"{"iat":1000,"ju":null}"#).ends, End::Never);
        assert_eq!(life(TokenType::Jwt, r#"{"nbf":5,"exp":1.7e9}"#).ends, End::At(at(1_700_000_000)));
        assert_eq!(life(TokenType::Jwt, "{}").valid(at(0)), Some(true));
    }

    #[test]
    fn validity_includes_the_start_and_excludes_the_end() {
        let life = life(TokenType::Twilio, r#"{"nbf":100,"exp":200}"#);
        let valid: Vec<_> = [99, 100, 199, 200].into_iter().map(|second| life.valid(at(second))).collect();
        assert_eq!(valid, [Some(false), Some(true), Some(true), Some(false)]);
    }

    #[test]
    fn a_time_that_cannot_be_read_leaves_validity_open() {
        for claims in [
            r#"{"exp":"1700000000"}"#,
            r#"{"exp":1700000000000}"#,
            r#"{"nbf":{}}"#,
            r#"{"exp":1e400}"#,
            r#"{"exp":-1e300}"#,
        ] {
            let life = life(TokenType::Jwt, claims);
            assert_eq!((life.valid(at(0)), life.faults.len()), (None, 1), "{claims}");
        }
        assert!(life(TokenType::Jwt, r#"{"exp":1700000000000}"#).faults[0].contains("milliseconds"));
        assert_eq!(life(TokenType::Jwt, r#"{"nbf":"x","exp":5}"#).valid(at(9)), Some(false));
        assert_eq!(life(TokenType::Jwt, r#"{"iat":"x","exp":5}"#).valid(at(1)), Some(true));
    }
}
