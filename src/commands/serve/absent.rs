//! `--serve` in a build without the server.

use crate::commands::job::Job;
use crate::error::{Failure, Result};
use crate::options::Serve;

/// This build lacks the feature.
pub fn run(_: &Job, _: &Serve) -> Result<u8> {
    Err(Failure::configuration("this tokenmint was built without --serve")
        .with_hint("build it with --features emulator"))
}
