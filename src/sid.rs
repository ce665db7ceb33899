//! Twilio's identifiers: two letters that say what a thing is, then 32 hexadecimal digits (Twilio's glossary, "What is
//! a String Identifier (SID)?"). Which kind belongs where is for the callers.

use std::fmt;

/// The kinds of SID that a token needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sid {
    /// The account, `AC`.
    Account,
    /// The API key that signs, `SK`.
    ApiKey,
    /// A Chat, Conversations or Sync service, `IS`.
    Service,
    /// A TwiML application, `AP`.
    Application,
    /// A push credential, `CR`.
    PushCredential,
    /// A Chat or Conversations role, `RL`.
    Role,
    /// A TaskRouter workspace, `WS`.
    Workspace,
    /// A TaskRouter worker, `WK`.
    Worker,
}

/// Prefixes with the name of what they stand for. The first ones are those of [`Sid`]; the others are what people paste
/// in their place.
const NAMES: [(&str, &str); 17] = [
    ("AC", "an account SID"),
    ("SK", "an API key SID"),
    ("IS", "a service SID"),
    ("AP", "a TwiML application SID"),
    ("CR", "a push credential SID"),
    ("RL", "a role SID"),
    ("WS", "a workspace SID"),
    ("WK", "a worker SID"),
    ("RM", "a video room SID"),
    ("CH", "a conversation SID"),
    ("CA", "a call SID"),
    ("SM", "a message SID"),
    ("MG", "a messaging service SID"),
    ("PN", "a phone number SID"),
    ("US", "a user SID"),
    ("VA", "a Verify service SID"),
    ("ZS", "a Functions service SID"),
];

/// The characters of a SID, prefix included.
pub const LENGTH: usize = 34;

impl Sid {
    /// The two letters in front.
    pub const fn prefix(self) -> &'static str {
        match self {
            Sid::Account => "AC",
            Sid::ApiKey => "SK",
            Sid::Service => "IS",
            Sid::Application => "AP",
            Sid::PushCredential => "CR",
            Sid::Role => "RL",
            Sid::Workspace => "WS",
            Sid::Worker => "WK",
        }
    }

    /// What it is, with its article: "an account SID".
    pub fn name(self) -> &'static str {
        name_of(self.prefix()).unwrap_or("a SID")
    }

    /// Whether a text is a SID of this kind.
    ///
    /// # Errors
    /// What it is instead, as far as its look tells. The text itself is never part of it: it may be a secret in the
    /// wrong place.
    pub fn check(self, text: &str) -> Result<(), Fault> {
        let hex = text.strip_prefix(self.prefix()).filter(|digits| is_hex(digits));
        if hex.is_some() && text.len() == LENGTH {
            return Ok(());
        }
        Err(Fault { wanted: self, seen: look(self, text) })
    }
}

/// A text that is not the SID that was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    wanted: Sid,
    seen: Seen,
}

/// What a text looks like that is no SID of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Empty,
    Wrapped,
    OtherKind(&'static str, &'static str),
    SmallPrefix,
    BareHex,
    Length(usize),
    NotHex,
    Unknown,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, prefix) = (self.wanted.name(), self.wanted.prefix());
        write!(formatter, "is not {name}: ")?;
        match self.seen {
            Seen::Empty => write!(formatter, "it is empty"),
            Seen::Wrapped => write!(formatter, "it has quotes or white space around it"),
            Seen::OtherKind(other, its_name) => {
                write!(formatter, "that is {its_name} ({other}); {name} starts with {prefix}")
            }
            Seen::SmallPrefix => write!(formatter, "the prefix must be upper case: {prefix}"),
            Seen::BareHex => write!(
                formatter,
                "that is 32 hexadecimal digits without a prefix, like an auth token; {name} starts with {prefix}"
            ),
            Seen::Length(length) => {
                write!(formatter, "expected {LENGTH} characters ({prefix} and 32 hexadecimal digits), got {length}")
            }
            Seen::NotHex => write!(formatter, "{prefix} must be followed by 32 hexadecimal digits (0-9, a-f)"),
            Seen::Unknown => write!(formatter, "expected {prefix} and 32 hexadecimal digits"),
        }
    }
}

/// The name that goes with a prefix.
fn name_of(prefix: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == prefix).map(|(_, name)| *name)
}

/// The prefix and the name of the SID that a text begins like, whether its rest is right or not.
fn kind_of(text: &str) -> Option<(&'static str, &'static str)> {
    NAMES.iter().find(|(prefix, _)| text.starts_with(prefix)).copied()
}

/// The name of the kind of SID that a text is in full, if it is one that we know.
pub fn described(text: &str) -> Option<&'static str> {
    let (_, name) = kind_of(text)?;
    (text.len() == LENGTH && text.get(2..).is_some_and(is_hex)).then_some(name)
}

/// Whether a text has the look of an auth token (or of a SID that lost its prefix): 32 hexadecimal digits.
pub fn is_bare_hex(text: &str) -> bool {
    text.len() == 32 && is_hex(text)
}

fn look(wanted: Sid, text: &str) -> Seen {
    let bare = text.trim_matches(|edge: char| edge.is_whitespace() || matches!(edge, '"' | '\'' | '`'));
    let small = text
        .get(..2)
        .is_some_and(|letters| letters != wanted.prefix() && letters.eq_ignore_ascii_case(wanted.prefix()));
    match kind_of(text) {
        _ if bare.is_empty() => Seen::Empty,
        _ if bare.len() != text.len() => Seen::Wrapped,
        Some((prefix, _)) if prefix == wanted.prefix() => {
            let length = text.chars().count();
            if length == LENGTH { Seen::NotHex } else { Seen::Length(length) }
        }
        _ if is_bare_hex(text) => Seen::BareHex,
        Some((prefix, name)) => Seen::OtherKind(prefix, name),
        None if small => Seen::SmallPrefix,
        None => Seen::Unknown,
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "0123456789abcdef0123456789abcdef";

    fn said(wanted: Sid, text: &str) -> String {
        wanted.check(text).map_or_else(|fault| fault.to_string(), |()| "right".to_owned())
    }

    #[test]
    fn prefix_and_32_hexadecimal_digits_are_right() {
        for sid in [Sid::Account, Sid::ApiKey, Sid::Service, Sid::Application, Sid::PushCredential, Sid::Role] {
            assert_eq!(said(sid, &format!("{}{DIGITS}", sid.prefix())), "right");
        }
        assert_eq!(said(Sid::Worker, &format!("WK{}", DIGITS.to_uppercase())), "right");
    }

    #[test]
    fn what_was_given_instead_is_named() {
        assert_eq!(
            said(Sid::Account, &format!("SK{DIGITS}")),
            "is not an account SID: that is an API key SID (SK); an account SID starts with AC"
        );
        assert!(said(Sid::Service, DIGITS).contains("auth token"));
        assert!(said(Sid::Service, &format!("is{DIGITS}")).contains("upper case: IS"));
        assert!(said(Sid::Service, &format!("IS{}", &DIGITS[1..])).contains("expected 34 characters"));
        assert!(said(Sid::Service, &format!("IS{}", "z".repeat(32))).contains("0-9, a-f"));
        assert!(said(Sid::Service, &format!("'IS{DIGITS}'")).contains("quotes"));
        assert!(said(Sid::Service, " ").contains("empty"));
        assert!(said(Sid::Service, "é").contains("IS and 32"));
    }

    #[test]
    fn a_fault_never_repeats_the_text() {
        for wrong in ["hunter2hunter2", "SKhunter2", "IShunter2", "\"hunter2\""] {
            assert!(!said(Sid::Service, wrong).contains("hunter2"), "{wrong}");
        }
    }
}
