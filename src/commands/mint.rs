//! One mint from start to end: the request is built and checked, its way out is looked at, credentials are found, the
//! request is sent, and the token is delivered.

use super::connection::Connection;
use super::job::Job;
use super::{batch, conflicts, send, serve, show, sign};
use crate::catalog::{Defaults, Draft, Kind, Minting, Request};
use crate::credentials;
use crate::error::Result;
use crate::http::Mode;
use crate::output::Names;
use crate::output::child::Program;
use crate::output::deliver::Destination;
use crate::output::format::render;
use crate::providers::SCHEMAS;
use crate::token::Token;

/// Mints one token, or one for each line, and delivers it. The exit status is 0, or that of the command after `--`.
///
/// # Errors
/// Every exit code but 7 and 8; nothing has then been printed.
pub fn run(job: &Job) -> Result<u8> {
    conflicts::check(job.mint)?;
    if let Some(serve) = &job.mint.serve {
        return serve::run(job, serve);
    }
    let kind = job.mint.kind;
    let names = Names::new(kind, job.mint.name.as_deref())?;
    match &kind.minting {
        Minting::Http(_) => ask(job, kind, &names),
        Minting::Signed(way) => {
            let signing = sign::SigningRequest::new(kind, *way, job)?;
            if let Some(batch) = &job.mint.batch {
                return batch::sign_lines(job, batch, signing);
            }
            if job.mint.dry_run {
                return signing.show(job);
            }
            deliver(job, &names, || signing.token(job))
        }
    }
}

/// Asks a service for tokens.
fn ask(job: &Job, kind: &'static Kind, names: &Names) -> Result<u8> {
    let (given, body) = job.read_values(kind)?;
    let draft = Draft::new(kind, &given, body.as_deref(), Defaults::default(), job.app)?;
    if let Some(batch) = &job.mint.batch {
        return batch::ask_lines(job, batch, draft);
    }
    let request = draft.finish()?;
    job.app.notes.extend(request.notes.iter().cloned());
    if job.mint.dry_run || job.mint.curl {
        return show::show(job, &request);
    }
    deliver(job, names, || ask_one(job, &request))
}

fn ask_one(job: &Job, request: &Request) -> Result<Token> {
    let connection = Connection::find(job.wanted(), &job.mint.settings, Mode::Single, job.app, job.report)?;
    let trace = |line: &str| job.report.trace(line);
    let sent = send::send(&connection.client, request, job.app, &trace);
    let (token, odd) = sent.map_err(|failure| connection.refusal.explain(failure))?;
    job.app.notes.extend(connection.note().into_iter().chain(odd));
    Ok(token)
}

/// Looks at the way out, mints, and puts the token there.
fn deliver(job: &Job, names: &Names, mint: impl FnOnce() -> Result<Token>) -> Result<u8> {
    let program = job.mint.program.as_ref().map(|words| Program::find(words, &job.app.env)).transpose()?;
    let destination = Destination::prepare(job.mint.format, job.mint.write.as_deref(), &job.app.env)?;
    let token = mint()?;
    if let Some(program) = program {
        job.report.notes(&job.app.notes.take());
        return program.run(&token, names, credentials::secret_variables(&SCHEMAS));
    }
    let rendered = render(&token, job.mint.format, names, &job.warnings(), job.app.now());
    destination.deliver(&rendered)?;
    Ok(0)
}
