//! One mint from start to end: the request is built and checked, its way out is looked at, credentials are found, the
//! request is sent or the token signed, and the token is delivered.

use super::delivery::Delivery;
use super::held::Held;
use super::job::Job;
use super::{ask, batch, conflicts, serve, sign};
use crate::app::App;
use crate::catalog::{Kind, Minting, Offline};
use crate::error::Result;
use crate::options::{General, Mint};
use crate::output::Names;
use crate::output::report::Report;

/// Mints one token, or one for each line, and delivers it. The exit status is 0, or that of the command after `--`.
///
/// # Errors
/// Every exit code but 7 and 8; nothing has then been printed.
pub fn run(general: &General, mint: &Mint, app: &App, report: &Report) -> Result<u8> {
    conflicts::check(mint)?;
    app.notes.extend(conflicts::note(mint));
    let job = &Job::new(general, mint, app, report)?;
    if let Some(serve) = &mint.serve {
        return serve::run(job, serve);
    }
    let kind = job.mint.kind;
    let names = Names::new(kind, job.mint.name.as_deref())?;
    match &kind.minting {
        Minting::Http(_) => ask::ask(job, kind, &names),
        Minting::Signed(way) => sign(job, kind, *way, &names),
    }
}

/// Signs tokens of a kind.
fn sign(job: &Job, kind: &'static Kind, way: &'static dyn Offline, names: &Names) -> Result<u8> {
    let signing = sign::SigningRequest::new(kind, way, job)?;
    if let Some(batch) = &job.mint.batch {
        return batch::sign_lines(job, batch, signing);
    }
    if job.mint.dry_run {
        return signing.show(job);
    }
    let delivery = Delivery::prepare(job)?;
    match job.mint.renew {
        Some(margin) => signing.renewed(job, margin, names, &delivery),
        None => delivery.deliver(job, names, || Ok((signing.token(job)?, Held::nothing()))),
    }
}
