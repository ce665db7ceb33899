//! News of a program that runs in a group of processes.

/// What has become of the program of a group. Unix alone stops programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "the same changes as on Unix, where they are told"))]
pub enum Change {
    /// It has ended; its status is there to be taken.
    Ended,
    /// It was stopped for using a terminal that is not its own.
    WantsTerminal,
    /// It was stopped, as by Ctrl-Z.
    Stopped,
}
