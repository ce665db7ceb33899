//! A token that was read back, and the judgement of it.

use jiff::{SignedDuration, Timestamp};

use super::decode::{Decoded, Format};
use super::token_type::TokenType;
use super::validity::{End, Validity};
use super::{decode, paste, token_type};
use crate::error::{self, Failure, Result};
use crate::json::Object;
use crate::jwt;
use crate::secret::Secret;
use crate::time;
use crate::twilio::Key;

/// A token read back.
#[derive(Debug, Clone)]
pub struct Inspected {
    pub(crate) token: Secret,
    pub(crate) kind: TokenType,
    pub(crate) format: Format,
    pub(crate) header: Option<Object>,
    /// Its claims, if they can be read.
    pub(crate) claims: Option<Object>,
    /// What is wrong with its form.
    pub(crate) faults: Vec<String>,
    pub(crate) validity: Validity,
    pub(crate) signature: Signature,
    /// The API key whose secret the signature was compared with.
    pub(crate) checked_with: Option<String>,
}

/// What is known of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// It matches the secret.
    Valid,
    /// It does not.
    Invalid,
    /// That was not asked for, or only the service can.
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
/// Exit 2 where nothing in it can be a token. A token that makes no sense is reported, not an error.
pub fn read(text: &str) -> Result<Inspected> {
    let token = paste::token_in(text)?;
    let decoded = decode::decode(token);
    let kind = TokenType::of(&decoded);
    let Decoded { format, header, claims, faults } = decoded;
    Ok(Inspected {
        validity: Validity::of(kind, format, claims.as_ref()),
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
    /// Whether it is valid now: by its times, and by its signature where that was checked. `None` where it cannot be
    /// known.
    pub fn valid(&self, now: Timestamp) -> Option<bool> {
        if self.signature == Signature::Invalid { Some(false) } else { self.validity.valid(now) }
    }

    /// Refuses what cannot be verified here: other services sign with keys that they keep to themselves.
    ///
    /// # Errors
    /// Exit 2 for any token but a Twilio one.
    pub fn require_twilio(&self) -> Result<()> {
        if self.kind == TokenType::Twilio {
            return Ok(());
        }
        let failure = Failure::usage(format!("--verify needs a Twilio token, got: {}", self.kind.title()));
        Err(if self.kind.is_signalwire() {
            failure.with_hint("only SignalWire has the keys that verify its tokens")
        } else {
            failure
        })
    }

    /// Compares the signature with an API key's secret. A wrong one is not an error yet: see [`Inspected::check_signature`].
    ///
    /// # Errors
    /// Exit 2 for any token but a Twilio one.
    pub fn verify(&mut self, key_sid: &str, secret: &Secret) -> Result<()> {
        self.require_twilio()?;
        // Whatever else a header says, Twilio takes HS256 alone, so no other algorithm is tried.
        let algorithm = self.header.as_ref().and_then(|header| token_type::text(header, "alg"));
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
        let message = format!("the signature does not match the API key secret{}", self.other_key());
        Err(Failure::message(error::Category::NotValid, message))
    }

    /// Whether it is valid now, and for as long as `min_ttl` to come.
    ///
    /// # Errors
    /// Exit 8: wrongly signed, expired, not valid yet, expiring too soon, or not known.
    pub fn check(&self, now: Timestamp, min_ttl: Option<SignedDuration>) -> Result<()> {
        self.check_signature()?;
        let fail = |message: String| Err(Failure::message(error::Category::NotValid, message));
        if let End::At(end) = self.validity.ends
            && end <= now
        {
            let ago = time::format_approx(now.as_second() - end.as_second());
            return fail(format!("the token expired at {} ({ago} ago)", time::rfc3339(end)));
        }
        if let Some(start) = self.validity.starts.filter(|start| *start > now) {
            let wait = time::format_approx(start.as_second() - now.as_second());
            return fail(format!("the token is not valid before {} (in {wait})", time::rfc3339(start)));
        }
        if self.validity.valid(now) != Some(true) {
            return fail(self.unknown_expiry().to_owned());
        }
        match (self.validity.ends, min_ttl) {
            (End::At(end), Some(least)) if end.duration_since(now) < least => {
                let left = time::format_approx(end.as_second() - now.as_second());
                fail(format!("the token expires in {left}; --min-ttl asks for {}", time::format_exact(least)))
            }
            _ => Ok(()),
        }
    }

    fn unknown_expiry(&self) -> &'static str {
        match self.format {
            Format::Jwe => "the token is encrypted; only the service can read its expiry",
            Format::Opaque => "an opaque token; its expiry is not known",
            Format::Jws => "the times of the token cannot be read",
        }
    }

    /// What an opaque text looks like, if its look is known.
    pub(super) fn look(&self) -> Option<String> {
        if self.format == Format::Opaque { token_type::look(self.token.expose()) } else { None }
    }

    /// A clause for a token that names another API key than the one whose secret was used.
    pub(super) fn other_key(&self) -> String {
        let named = self.claims.as_ref().and_then(|claims| token_type::text(claims, "iss"));
        match (named, &self.checked_with) {
            (Some(named), Some(ours)) if named != *ours => {
                format!(
                    " (the token was signed with API key {}, the secret is that of {ours})",
                    crate::text::clip(&named, 40)
                )
            }
            _ => String::new(),
        }
    }
}
