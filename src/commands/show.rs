//! `--dry-run` and `--curl`: the request on paper.

use super::curl;
use super::job::Job;
use super::login::Login;
use super::send::shown;
use super::space_set::shown_space;
use crate::catalog::Request;
use crate::credentials::{self, Wanted};
use crate::error::{Note, Result};
use crate::output::Format;
use crate::output::{deliver, request as paper};
use crate::signalwire::Space;
use crate::signalwire::credentials::SCHEMA;

/// Shows a request instead of sending it.
pub(super) fn show(job: &Job, request: &Request, login: &Login) -> Result<u8> {
    if job.mint.curl {
        return curl::show(job, request, login);
    }
    let space = space(job, login)?;
    job.app.notes.extend(login.note());
    let text = if job.mint.format == Format::Json {
        let warnings = job.warnings();
        paper::json(&shown(request), &space, &warnings.iter().map(Note::text).collect::<Vec<_>>())
    } else {
        paper::text(&shown(request), &space)
    };
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}

/// The space that a request on paper goes to, with credentials or without.
pub(super) fn space(job: &Job, login: &Login) -> Result<Space> {
    let set = credentials::find(&SCHEMA, Wanted { needs: login.needs(), ..job.wanted() }, job.app)?;
    shown_space(set.as_ref())
}
