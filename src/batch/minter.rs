//! What a batch needs from a minter; it knows no provider.

use jiff::Timestamp;

use crate::error::{Note, Result};
use crate::json::{Object, Writer};

/// Makes the tokens of lines, one after the other. Every thread of a run has its own.
pub trait LineMinter: Send {
    /// The mark of the request that a line with these fields makes: equal for equal requests, in every run. It is of what
    /// was asked for, whether that can be minted or not. `None` where lines carry no such mark: those that are only shown.
    fn fingerprint(&mut self, _fields: &Object) -> Option<u64> {
        None
    }

    /// The same for a line whose fields cannot be read.
    fn fingerprint_of_text(&mut self, _text: &[u8]) -> Option<u64> {
        None
    }

    /// Mints, and then writes the members that hold the result into the output line, up to `expires_at`, which is not
    /// one of them. A minter that fails has written nothing.
    ///
    /// # Errors
    /// The error that the output line carries instead. Refused credentials (exit 4) end the run.
    fn mint(&mut self, fields: Object, now: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted>;
}

/// What a line became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Minted {
    /// A token.
    Token {
        /// When it ends, if that is known.
        ends: Option<Timestamp>,
        /// Warnings about it. A hint says that it never expires.
        notes: Vec<Note>,
    },
    /// A request on paper.
    Shown,
}
