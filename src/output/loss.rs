//! The loss of a result that could not be delivered, in words.

use crate::error::Failure;

/// What it means that a result was not delivered.
#[derive(Debug, Clone, Copy)]
pub struct Loss {
    /// What has happened.
    pub what: &'static str,
    /// What has happened where the result could be kept in another file, to be followed by its name.
    pub saved: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

impl Loss {
    /// The loss of a token of which there can be another.
    pub const TOKEN: Loss = Loss {
        what: "a token was minted and is lost",
        saved: "a token was minted, and is in",
        remedy: "mint another one when the output can be written; the lost one cannot be recovered",
    };

    /// Adds the loss to the failure that led to it.
    pub fn explain(&self, failure: Failure) -> Failure {
        failure.and(format_args!("; {}", self.what)).with_hint(self.remedy)
    }
}
