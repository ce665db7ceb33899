//! One mint from start to end: the request is built and checked, its way out is looked at, credentials are found, the
//! request is sent, and the token is delivered.

use super::connection::Connection;
use super::held::Held;
use super::job::Job;
use super::login::Login;
use super::{batch, conflicts, send, serve, show, sign, summary};
use crate::app::App;
use crate::catalog::{Consumed, Defaults, Draft, Kind, Minting, Request};
use crate::credentials;
use crate::error::{Note, Result};
use crate::http::Mode;
use crate::options::{General, Mint};
use crate::output::child::Program;
use crate::output::deliver::Destination;
use crate::output::format::render;
use crate::output::report::Report;
use crate::output::{Format, Loss, Names};
use crate::providers::SCHEMAS;
use crate::token::Token;

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
        Minting::Http(_) => ask(job, kind, &names),
        Minting::Signed(way) => {
            let signing = sign::SigningRequest::new(kind, *way, job)?;
            if let Some(batch) = &job.mint.batch {
                return batch::sign_lines(job, batch, signing);
            }
            if job.mint.dry_run {
                return signing.show(job);
            }
            deliver(job, &names, || Ok((signing.token(job)?, Held::nothing())))
        }
    }
}

/// Asks a service for tokens.
fn ask(job: &Job, kind: &'static Kind, names: &Names) -> Result<u8> {
    let (given, body) = job.read_values(kind)?;
    let login = Login::find(job, kind, &given)?;
    let draft = Draft::over(job.preset(), kind, &given, body.as_deref(), Defaults::default(), job.app)?;
    if let Some(batch) = &job.mint.batch {
        return batch::ask_lines(job, batch, draft, &login);
    }
    let request = draft.finish()?;
    job.app.notes.extend(request.notes.iter().cloned());
    if job.mint.dry_run || job.mint.curl {
        return show::show(job, &request, &login);
    }
    deliver(job, names, || ask_one(job, &request, &login))
}

fn ask_one(job: &Job, request: &Request, login: &Login) -> Result<(Token, Held)> {
    let (wanted, settings) = (job.wanted(), &job.mint.settings);
    let connection = Connection::find(login, wanted, settings, Mode::Single, job.app, job.report)?;
    let trace = |line: &str| job.report.trace(line);
    let verbosity = job.general.verbosity;
    let held = match request.endpoint.consumes {
        Some(_) => Held::signals(verbosity.quiet || verbosity.json)?,
        None => Held::nothing(),
    };
    let sent = send::send(&connection.client, request, job.app, &trace);
    let (token, odd) = match sent.map_err(|failure| connection.refusal.explain(failure)) {
        Ok(sent) => sent,
        failed => return held.release(job.report, failed.map(|(token, _)| (token, Held::nothing()))),
    };
    job.app.notes.extend(connection.note().into_iter().chain(odd));
    if let Some(consumed) = request.endpoint.consumes
        && job.mint.format == Format::Raw
        && job.mint.program.is_none()
    {
        job.app.notes.push(Note::Warning(consumed.raw.to_owned()));
    }
    Ok((token, held))
}

/// Looks at the way out, mints, and puts the token there.
fn deliver(job: &Job, names: &Names, mint: impl FnOnce() -> Result<(Token, Held)>) -> Result<u8> {
    let program = job.mint.program.as_ref().map(|words| Program::find(words, &job.app.env)).transpose()?;
    let destination = Destination::prepare(job.mint.format, job.mint.write.as_deref(), &job.app.env)?;
    let consumed = job.mint.kind.endpoint().and_then(|endpoint| endpoint.consumes);
    let (destination, loss) = match consumed {
        Some(consumed) => (destination.with_room()?, loss(consumed)),
        None => (destination, Loss::TOKEN),
    };
    let (token, held) = mint()?;
    if let Some(program) = program {
        held.release(job.report, Ok(()))?;
        job.report.notes(&job.app.notes.take());
        let run = program.run(&token, names, credentials::secret_variables(&SCHEMAS));
        return run.map_err(|failure| if consumed.is_some() { loss.explain(failure) } else { failure });
    }
    let rendered = render(&token, job.mint.format, names, &job.warnings(), job.app.now());
    held.release(job.report, destination.deliver(&rendered, &loss))?;
    job.report.minted(|| summary::of(job.mint, &token, job.app.now()));
    Ok(0)
}

fn loss(consumed: &Consumed) -> Loss {
    Loss { what: consumed.lost, saved: consumed.saved, remedy: consumed.remedy }
}
