//! One mint from start to end: the request is built and checked, its way out is looked at, credentials are found, the
//! request is sent or the token signed, and the token is delivered.

use super::job::Job;
use super::{ask, conflicts, sign};
use crate::catalog::Minting;
use crate::error::Result;
use crate::output::Names;

/// Mints one token, or one for each line, and delivers it. The exit status is 0, or that of the command after `--`.
///
/// # Errors
/// Every exit code but 7 and 8; nothing has then been printed.
pub fn run(job: &Job) -> Result<u8> {
    conflicts::check(job.mint)?;
    let kind = job.mint.kind;
    let names = Names::new(kind, job.mint.name.as_deref())?;
    match &kind.minting {
        Minting::Http(_) => ask::ask(job, kind, &names),
        Minting::Signed(way) => sign::sign(job, kind, *way, &names),
    }
}
