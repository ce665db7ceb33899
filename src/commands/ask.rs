//! Tokens that a service mints, one at a time: once, from the cache, or again and again.

use jiff::{SignedDuration, Timestamp};

use super::access::{Access, Connected};
use super::delivery::Delivery;
use super::held::Held;
use super::job::Job;
use super::login::Login;
use super::refusal::Refusal;
use super::renew::{self, Schedule};
use super::reuse::{self, Asked};
use super::space_set::{find_set, note_of, place_of};
use super::{batch, send, show};
use crate::app::Notes;
use crate::catalog::{Defaults, Draft, Given, Kind, Request};
use crate::error::{Note, Result};
use crate::http::{Client, Mode, Settings};
use crate::output::{Format, Names};
use crate::token::Token;

/// Asks a service for tokens.
pub(super) fn ask(job: &Job, kind: &'static Kind, names: &Names) -> Result<u8> {
    let (given, body) = job.read_values(kind)?;
    let login = &Login::find(job, kind, &given)?;
    let typed = Typed { kind, given, body };
    let draft = typed.draft(job, job.app.now(), &job.app.notes)?;
    if let Some(batch) = &job.mint.batch {
        return batch::ask_lines(job, batch, draft, login);
    }
    let wish = Wish::new(job, draft, login)?;
    if let Some(margin) = job.mint.renew {
        return ask_again_and_again(job, &typed, login, margin, names);
    }
    job.app.notes.extend(wish.request.notes.iter().cloned());
    if job.mint.dry_run || job.mint.curl {
        return show::show(job, &wish.request, login);
    }
    Delivery::prepare(job)?.deliver(job, names, || ask_once(job, wish, login))
}

/// What was typed for a request: each mint counts its times from its own moment.
struct Typed {
    kind: &'static Kind,
    given: Given,
    body: Option<String>,
}

impl Typed {
    fn draft(&self, job: &Job, now: Timestamp, notes: &Notes) -> Result<Draft> {
        Draft::at(now, job.preset(), self.kind, &self.given, self.body.as_deref(), Defaults::default(), notes)
    }
}

/// A request, and for `--reuse` its fields as typed.
struct Wish {
    request: Request,
    fields: Option<Vec<(String, String)>>,
}

impl Wish {
    fn new(job: &Job, draft: Draft, login: &Login) -> Result<Self> {
        let fields = job.mint.reuse.map(|_| draft.settled_fields().into_iter().chain(login.identity()).collect());
        Ok(Wish { request: draft.finish()?, fields })
    }

    /// A kept token, or else what `mint` gives.
    fn reuse_or(
        self,
        job: &Job,
        place: String,
        mint: impl FnOnce(&Request, &Settings) -> Result<Token>,
    ) -> Result<Token> {
        let (request, settings) = (&self.request, &job.mint.settings);
        let Some(fields) = self.fields else { return mint(request, settings) };
        if let Some(field) = request.secret_fields().next() {
            // A hash of it could be guessed from, and the service is to be told each time.
            let text = format!("--reuse has no effect with {}: the request is sent every time", field.dashed());
            job.app.notes.push(Note::Hint(text));
            return mint(request, settings);
        }
        let accepts = |token: &Token| reuse::agrees(token, request.endpoint.own_expiry);
        reuse::token(job, Asked { place, fields, accepts: &accepts }, |settings| mint(request, settings))
    }
}

fn ask_once(job: &Job, wish: Wish, login: &Login) -> Result<(Token, Held)> {
    let set = find_set(login, job.wanted(), job.app, job.report)?;
    let (place, note) = (place_of(&set, login)?, note_of(&set));
    let mut held = Held::nothing();
    let token = wish.reuse_or(job, place, |request, settings| {
        let access = Access::open(set, login, job.app)?;
        let Connected { client, refusal, .. } = access.connect(login, settings, Mode::Single, job.app, job.report)?;
        let (token, holding) = ask_held(job, &client, &refusal, request)?;
        held = holding;
        Ok(token)
    })?;
    job.app.notes.extend(note);
    Ok((token, held))
}

fn ask_again_and_again(job: &Job, typed: &Typed, login: &Login, margin: SignedDuration, names: &Names) -> Result<u8> {
    let expiry_at = |now| Ok(typed.draft(job, now, &Notes::default())?.finish()?.expiry(now));
    let schedule = Schedule::new(margin, job.app.now(), expiry_at)?;
    let delivery = Delivery::prepare(job)?;
    let set = find_set(login, job.wanted(), job.app, job.report)?;
    let (place, note) = (place_of(&set, login)?, note_of(&set));
    // The secret is fetched once: a program that asks its user for it would do so at every renewal.
    let access = Access::open(set, login, job.app)?;
    // Each mint says what there is to say about its own request.
    job.app.notes.take();
    renew::run(job, names, schedule, &delivery, &|| {
        let wish = Wish::new(job, typed.draft(job, job.app.now(), &job.app.notes)?, login)?;
        job.app.notes.extend(wish.request.notes.iter().cloned().chain(note.clone()));
        wish.reuse_or(job, place.clone(), |request, settings| {
            let Connected { client, refusal, .. } =
                access.connect(login, settings, Mode::Single, job.app, job.report)?;
            ask_over(job, &client, &refusal, request)
        })
    })
}

/// Asks with signals held off where the request uses something up. The hold is for the caller to release.
fn ask_held(job: &Job, client: &Client, refusal: &Refusal, request: &Request) -> Result<(Token, Held)> {
    let Some(consumed) = request.endpoint.consumes else {
        return Ok((ask_over(job, client, refusal, request)?, Held::nothing()));
    };
    let verbosity = job.general.verbosity;
    let held = Held::signals(verbosity.quiet || verbosity.json)?;
    let token = match ask_over(job, client, refusal, request) {
        Ok(token) => token,
        failed => return held.release(job.report, failed.map(|token| (token, Held::nothing()))),
    };
    if job.mint.format == Format::Raw && job.mint.program.is_none() {
        job.app.notes.push(Note::Warning(consumed.raw.to_owned()));
    }
    Ok((token, held))
}

fn ask_over(job: &Job, client: &Client, refusal: &Refusal, request: &Request) -> Result<Token> {
    let sent = send::send(client, request, job.app, &|line| job.report.trace(line));
    let (token, odd) = sent.map_err(|failure| refusal.explain(failure))?;
    job.app.notes.extend(odd);
    Ok(token)
}
