//! What callers get instead of a token: a status and our JSON error object.

use super::rate::LIMIT;
use crate::error::{Category, Failure};

/// An answer that is not a token.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What the object says.
    pub failure: Failure,
}

impl Refusal {
    /// A request that is refused here, with this status and sentence.
    pub(super) fn new(status: u16, sentence: impl Into<String>) -> Self {
        Refusal { status, failure: Failure::usage(sentence).with_status(status) }
    }

    /// Too many tokens in a second.
    pub(super) fn too_many() -> Self {
        let sentence = format!("more than {LIMIT} tokens a second");
        Refusal { status: 429, failure: Failure::unavailable(sentence).with_status(429).with_hint("try again in 1s") }
    }

    /// Too many tokens that the service has not answered for yet.
    pub(super) fn busy() -> Self {
        let sentence = "too many tokens are being minted at the same time";
        Refusal { status: 503, failure: Failure::unavailable(sentence).with_status(503).with_hint("try again in 1s") }
    }

    /// A mint that failed. Whose fault it was decides the status: the caller's, the credentials', the service's, or ours.
    pub(super) fn of(failure: Failure) -> Self {
        let status = match (failure.category(), failure.status()) {
            (Category::Usage | Category::RequestRefused, _) => 400,
            (Category::CredentialsRefused, _) => 401,
            (Category::Unavailable, Some(429 | 503)) => 503,
            (Category::Unavailable, _) => 502,
            _ => 503,
        };
        Refusal { status, failure }
    }

    /// Whether the same request may succeed a little later.
    pub(super) fn passes(&self) -> bool {
        matches!(self.status, 429 | 503)
    }
}
