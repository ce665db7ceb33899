//! How a run ends.

use crate::error::Failure;

/// How a run has ended.
#[derive(Debug)]
pub enum End {
    /// Every line has its token.
    Done,
    /// Every line was tried, and some have an error.
    SomeFailed,
    /// A signal ended it early. Holds the exit status for that signal.
    Interrupted(u8),
    /// The reader closed the output.
    ReaderGone,
    /// Something ended it early.
    Stopped(Failure),
}
