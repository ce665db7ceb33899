//! `--dry-run` and `--curl`: the request on paper.

use super::connection::space_of;
use super::job::Job;
use super::send::shown;
use crate::catalog::Request;
use crate::credentials;
use crate::error::{Note, Result};
use crate::output::Format;
use crate::output::{deliver, request as paper};
use crate::signalwire::Space;
use crate::signalwire::credentials::SCHEMA;

/// Shows a request instead of sending it.
pub(super) fn show(job: &Job, request: &Request) -> Result<u8> {
    let space = space(job)?;
    let text = if job.mint.curl {
        job.app.notes.extend(unset_variables(job, request));
        job.report.aside(&job.app.notes.take());
        paper::curl(&shown(request), &paper::body_for_sh(request), &space, &job.mint.settings)
    } else if job.mint.format == Format::Json {
        let warnings = job.warnings();
        paper::json(&shown(request), &space, &warnings.iter().map(Note::text).collect::<Vec<_>>())
    } else {
        paper::text(&shown(request), &space)
    };
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}

/// The space that a request on paper goes to, with credentials or without.
pub(super) fn space(job: &Job) -> Result<Space> {
    let set = credentials::find(&SCHEMA, job.wanted(), job.app)?;
    set.as_ref().map_or_else(|| Ok(Space::placeholder()), space_of)
}

/// A hint to set the variables that the curl command reads and that are not set.
fn unset_variables(job: &Job, request: &Request) -> Option<Note> {
    let demanded = ["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"].map(str::to_owned).into_iter();
    let demanded = demanded.chain(paper::secret_variables(request));
    let unset: Vec<String> = demanded.filter(|name| job.app.env.text(name).is_none()).collect();
    (!unset.is_empty()).then(|| Note::Hint(format!("set {} before you run it", unset.join(" and "))))
}
