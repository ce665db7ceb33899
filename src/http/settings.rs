//! How requests are sent: time limit, retries, trusted authorities.

use std::path::PathBuf;
use std::time::Duration;

/// What the command line says about sending.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For a whole mint, retries and waiting included.
    pub timeout: Duration,
    /// How many times a request may be sent again.
    pub retries: u32,
    /// `--cacert`: a file, or `system`.
    pub cacert: Option<PathBuf>,
}
