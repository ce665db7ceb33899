//! The judgement of a token: what is wrong with it, and whether it is valid now.

use jiff::{SignedDuration, Timestamp};

use super::validity::End;
use super::{Inspected, Signature, problems};
use crate::error::{Category, Failure, Result};
use crate::pasted::decoded::Format;
use crate::pasted::problem::Problem;
use crate::text;
use crate::time;

/// What is known about a token at a time.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    pub(super) token: &'a Inspected,
    pub(super) now: Timestamp,
    /// What is wrong, the worst first.
    pub(super) problems: Vec<Problem>,
}

impl<'a> Judgement<'a> {
    /// Judges a token.
    pub fn of(token: &'a Inspected, now: Timestamp) -> Self {
        Judgement { token, now, problems: problems::of(token, now) }
    }

    /// Whether it is valid now: by its times, its form, and its signature where that was checked. `None` where it cannot
    /// be known.
    pub fn valid(&self) -> Option<bool> {
        if self.refusal().is_some() { Some(false) } else { self.token.validity.valid(self.now) }
    }

    /// The first problem for which the service refuses the token.
    pub(super) fn refusal(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.is_fatal())
    }

    /// Whether the signature, where it was checked, is right.
    ///
    /// # Errors
    /// Exit 8 where it is not.
    pub fn check_signature(&self) -> Result<()> {
        if self.token.signature != Signature::Invalid {
            return Ok(());
        }
        fail(format!("the signature does not match the API key secret{}", self.token.other_key()))
    }

    /// Whether it is valid now, and for as long as `min_ttl` to come.
    ///
    /// # Errors
    /// Exit 8: wrongly signed, expired, not valid yet, certain to be refused, expiring too soon, or not known.
    pub fn check(&self, min_ttl: Option<SignedDuration>) -> Result<()> {
        self.check_signature()?;
        let (now, validity) = (self.now, &self.token.validity);
        let distance = |moment: Timestamp| time::format_age(moment.as_second() - now.as_second());
        if let End::At(end) = validity.ends
            && end <= now
        {
            return fail(format!("the token expired at {} ({} ago)", time::rfc3339(end), distance(end)));
        }
        if let Some(start) = validity.starts.filter(|start| *start > now) {
            return fail(format!("the token is not valid before {} (in {})", time::rfc3339(start), distance(start)));
        }
        if let Some(problem) = self.refusal() {
            return Err(self.refused(problem));
        }
        if validity.valid(now) != Some(true) {
            return fail(self.unknown_expiry());
        }
        match (validity.ends, min_ttl) {
            (End::At(end), Some(least)) if end.duration_since(now) < least => {
                let left = time::format_approx(end.as_second() - now.as_second());
                fail(format!("the token expires in {left}; --min-ttl asks for {}", time::format_exact(least)))
            }
            _ => Ok(()),
        }
    }

    fn refused(&self, problem: &Problem) -> Failure {
        let service = self.token.kind.service().unwrap_or("the service");
        let sentence = text::clip(problem.sentence(), 400);
        match problem.code() {
            Some(code) => not_valid(format!("{service} will refuse the token with {code}: {sentence}"))
                .with_hint(format!("run tokenmint explain {code}")),
            None => not_valid(format!("the token is not valid: {sentence}")),
        }
    }

    fn unknown_expiry(&self) -> &'static str {
        match self.token.format {
            Format::Jwe => "the token is encrypted; only the service can read its expiry",
            Format::Opaque => "an opaque token; its expiry is not known",
            Format::Jws => "the times of the token cannot be read",
        }
    }
}

fn not_valid(message: impl Into<String>) -> Failure {
    Failure::message(Category::NotValid, message)
}

fn fail(message: impl Into<String>) -> Result<()> {
    Err(not_valid(message))
}
