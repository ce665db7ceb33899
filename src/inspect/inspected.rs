//! A token that was read back, and the judgement of it.

use super::validity::Validity;
use crate::error::{Failure, Result};
use crate::json::Object;
use crate::jwt;
use crate::pasted::decoded::{Decoded, Format};
use crate::pasted::forms::Pasted;
use crate::pasted::problem::Problem;
use crate::pasted::token_type::TokenType;
use crate::pasted::{decoded::decode, forms, member, token_type};
use crate::secret::Secret;
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
    pub(crate) faults: Vec<Problem>,
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

/// Reads the tokens in what was pasted: one, alone or wrapped in something, or several assignments. Each comes with the
/// name that it was assigned to.
///
/// # Errors
/// Exit 2 where nothing in it can be a token. A token that makes no sense is reported, not an error.
pub fn read(text: &str) -> Result<Vec<(Option<String>, Inspected)>> {
    let pasted = forms::tokens_in(text)?;
    Ok(pasted.into_iter().map(|Pasted { name, token }| (name, Inspected::of(&token))).collect())
}

impl Inspected {
    /// Takes a token apart.
    pub fn of(token: &str) -> Self {
        let decoded = decode(token);
        let kind = TokenType::of(&decoded);
        let Decoded { format, header, claims, faults } = decoded;
        Inspected {
            validity: Validity::of(kind, format, claims.as_ref()),
            token: Secret::new(token.to_owned()),
            signature: Signature::NotChecked,
            checked_with: None,
            kind,
            format,
            header,
            claims,
            faults,
        }
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

    /// Compares the signature with an API key's secret. A wrong one is not an error yet.
    ///
    /// # Errors
    /// Exit 2 for any token but a Twilio one.
    pub fn verify(&mut self, key_sid: &str, secret: &Secret) -> Result<()> {
        self.require_twilio()?;
        // Whatever else a header says, Twilio takes HS256 alone, so no other algorithm is tried.
        let algorithm = self.header.as_ref().and_then(|header| member::text(header, "alg"));
        let key = Key::new(secret)?;
        let parts = jwt::signed(self.token.expose());
        let valid = parts.is_some_and(|(signed, signature)| key.verify(signed.as_bytes(), &signature));
        let right = valid && algorithm.as_deref() == Some("HS256");
        self.signature = if right { Signature::Valid } else { Signature::Invalid };
        self.checked_with = Some(key_sid.to_owned());
        Ok(())
    }

    /// Whether the header itself says that there is no signature.
    pub(super) fn is_unsigned(&self) -> bool {
        let algorithm = self.header.as_ref().and_then(|header| member::text(header, "alg"));
        self.format == Format::Jws && algorithm.is_some_and(|algorithm| algorithm.eq_ignore_ascii_case("none"))
    }

    /// What an opaque text looks like, if its look is known.
    pub(super) fn look(&self) -> Option<String> {
        if self.format == Format::Opaque { token_type::look(self.token.expose()) } else { None }
    }

    /// A clause for a token that names another API key than the one whose secret was used.
    pub(super) fn other_key(&self) -> String {
        let named = self.claims.as_ref().and_then(|claims| member::text(claims, "iss"));
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
