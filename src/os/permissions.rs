//! What is wrong with the owner and the mode of a file.

/// Why a configuration file is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "found by mode bits alone"))]
pub enum UnsafePermissions {
    /// Neither the user nor root owns it.
    Owner,
    /// Anybody can write it, and what it says may start programs.
    Writable,
    /// Group or others can read or change it.
    Readable,
}
