//! A token read back: what it is, what it says, whether it is valid now. Nothing is sent anywhere; what a service would
//! answer is told from the token alone.

pub mod clean;
pub mod decode;
pub mod explain;
pub mod kind;
pub mod life;
pub mod problems;
pub mod report;

use jiff::{SignedDuration, Timestamp};

use crate::error::{self, Failure, Result};
use crate::json::Object;
use crate::jwt;
use crate::secret::Secret;
use crate::time;
use crate::twilio::Key;
use decode::{Decoded, Format};
use kind::Kind;
use life::{End, Life};

/// A token taken apart.
#[derive(Debug, Clone)]
pub struct Inspected {
    token: Secret,
    kind: Kind,
    format: Format,
    header: Option<Object>,
    claims: Option<Object>,
    faults: Vec<String>,
    life: Life,
    signature: Signature,
    /// The API key whose secret the signature was held against.
    checked_with: Option<String>,
}

/// What is known of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// It is that of the secret at hand.
    Valid,
    /// It is not.
    Invalid,
    /// Nobody asked, or nobody but the service can tell.
    NotChecked,
}

impl Signature {
    /// The words in both reports.
    pub const fn words(self) -> &'static str {
        match self {
            Signature::Valid => "valid",
            Signature::Invalid => "invalid",
            Signature::NotChecked => "not checked",
        }
    }
}

/// Reads what was pasted: a token, alone or in an assignment, in quotes, or after `Bearer`.
///
/// # Errors
/// Exit 2 where there is nothing in it that can be a token. A token that makes no sense is no error but a report.
pub fn read(text: &str) -> Result<Inspected> {
    let token = clean::token_in(text)?;
    let decoded = decode::decode(token);
    let kind = Kind::of(&decoded);
    let Decoded { format, header, claims, faults } = decoded;
    Ok(Inspected {
        life: Life::of(kind, format, claims.as_ref()),
        token: Secret::new(token.to_owned()),
        signature: Signature::NotChecked,
        checked_with: None,
        kind,
        format,
        header,
        claims,
        faults,
    })
}

impl Inspected {
    /// Which token it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How it is built.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Its header, if it has one.
    pub fn header(&self) -> Option<&Object> {
        self.header.as_ref()
    }

    /// Its claims, if they can be read.
    pub fn claims(&self) -> Option<&Object> {
        self.claims.as_ref()
    }

    /// When it starts and ends.
    pub fn life(&self) -> &Life {
        &self.life
    }

    /// What is known of its signature.
    pub fn signature(&self) -> Signature {
        self.signature
    }

    /// Whether it is valid now: by its times, and by its signature where that was checked. `None` where it cannot be
    /// known.
    pub fn valid(&self, now: Timestamp) -> Option<bool> {
        if self.signature == Signature::Invalid { Some(false) } else { self.life.valid(now) }
    }

    /// What is wrong with it, for a Twilio token with the code of the error that the service would answer.
    pub fn problems(&self, now: Timestamp) -> Vec<String> {
        problems::of(self, now)
    }

    /// The report for people.
    pub fn report_text(&self, now: Timestamp) -> String {
        report::text(self, now)
    }

    /// The report for programs: one JSON object, without a line break.
    pub fn report_json(&self, now: Timestamp) -> String {
        report::json(self, now)
    }

    /// Refuses what cannot be verified here: other services sign with keys that they keep to themselves.
    ///
    /// # Errors
    /// Exit 2 for any token but a Twilio one.
    pub fn require_twilio(&self) -> Result<()> {
        if self.kind == Kind::Twilio {
            return Ok(());
        }
        let failure = Failure::usage(format!("--verify is for Twilio tokens, and this is: {}", self.kind.title()));
        Err(if self.kind.is_signalwire() {
            failure.hint("SignalWire makes its tokens with keys of its own, so only SignalWire can verify them")
        } else {
            failure
        })
    }

    /// Holds the signature against an API key's secret. A wrong one is no error yet: see [`Inspected::check_signature`].
    ///
    /// # Errors
    /// Exit 2 for any token but a Twilio one.
    pub fn verify(&mut self, key_sid: &str, secret: &Secret) -> Result<()> {
        self.require_twilio()?;
        // Whatever else a header says, Twilio takes HS256 alone, so no other algorithm is tried.
        let algorithm = self.header.as_ref().and_then(|header| kind::text(header, "alg"));
        let key = Key::new(secret)?;
        let parts = jwt::signed(self.token.expose());
        let valid = parts.is_some_and(|(signed, signature)| key.verify(signed.as_bytes(), &signature));
        let right = valid && algorithm.as_deref() == Some("HS256");
        self.signature = if right { Signature::Valid } else { Signature::Invalid };
        self.checked_with = Some(key_sid.to_owned());
        Ok(())
    }

    /// Whether the signature, where it was checked, is right.
    ///
    /// # Errors
    /// Exit 8 where it is not.
    pub fn check_signature(&self) -> Result<()> {
        if self.signature != Signature::Invalid {
            return Ok(());
        }
        let message = format!("the signature is not that of the API key secret at hand{}", self.other_key());
        Err(Failure::message(error::Category::NotValid, message))
    }

    /// Whether it is valid now, and for as long as `min_ttl` to come.
    ///
    /// # Errors
    /// Exit 8: wrongly signed, ended, not started, ending too soon, or not to be known.
    pub fn check(&self, now: Timestamp, min_ttl: Option<SignedDuration>) -> Result<()> {
        self.check_signature()?;
        let fail = |message: String| Err(Failure::message(error::Category::NotValid, message));
        if let End::At(end) = self.life.ends
            && end <= now
        {
            let ago = time::rough(now.as_second() - end.as_second());
            return fail(format!("the token ended at {}, {ago} ago", time::rfc3339(end)));
        }
        if let Some(start) = self.life.starts.filter(|start| *start > now) {
            let wait = time::rough(start.as_second() - now.as_second());
            return fail(format!("the token is not valid before {}, in {wait}", time::rfc3339(start)));
        }
        if self.life.valid(now) != Some(true) {
            return fail(self.unknown_life().to_owned());
        }
        match (self.life.ends, min_ttl) {
            (End::At(end), Some(least)) if end.duration_since(now) < least => {
                let left = time::rough(end.as_second() - now.as_second());
                fail(format!("the token ends in {left}, and {} were asked for", time::exact(least)))
            }
            _ => Ok(()),
        }
    }

    fn unknown_life(&self) -> &'static str {
        match self.format {
            Format::Jwe => "when this token ends can be read by nobody but the service: it is encrypted",
            Format::Opaque => "this text does not say when it ends",
            Format::Jws => "the times of this token cannot be read",
        }
    }

    /// What an opaque text looks like, if its look is known.
    fn look(&self) -> Option<String> {
        if self.format == Format::Opaque { kind::look(self.token.expose()) } else { None }
    }

    /// ` (it names API key SK…, not SK…)`, where the token was made with another key than the one at hand.
    fn other_key(&self) -> String {
        let named = self.claims.as_ref().and_then(|claims| kind::text(claims, "iss"));
        match (named, &self.checked_with) {
            (Some(named), Some(ours)) if named != *ours => {
                format!(" (the token names API key {}, that is {ours})", crate::text::clip(&named, 40))
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
