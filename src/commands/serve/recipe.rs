//! What every call mints: flags, files and credentials, read once when the server starts.

use std::sync::Arc;

use crate::app::{App, Notes};
use crate::catalog::{Defaults, Draft, Given, Kind, Minting, Offline, Scratch};
use crate::commands::connection::Connection;
use crate::commands::job::Job;
use crate::commands::send::send;
use crate::commands::sign::{SigningRequest, check_length};
use crate::credentials::Set;
use crate::error::{Category, Failure, Note, Result};
use crate::http::Mode;
use crate::json::{self, Object};
use crate::output::format;
use crate::secret::Secret;
use crate::token::Token;

/// The flags of a mint, and where its tokens come from. Times that count from now are worked out for each token.
pub(super) struct Recipe {
    kind: &'static Kind,
    given: Given,
    body: Option<String>,
    defaults: Defaults,
    app: App,
    quiet: bool,
    source: Source,
}

enum Source {
    /// A service. The emulator, if it is the service, lives as long as this.
    Service(Box<Connection>),
    /// A key.
    Key { way: &'static dyn Offline, set: Box<Set>, secret: Secret },
}

impl Recipe {
    /// Reads what was typed, and checks what can be known before the first call: everything but the fields that callers
    /// bring.
    ///
    /// # Errors
    /// Those of a mint, before anything is sent.
    pub(super) fn new(job: &Job, brought: &[&'static str]) -> Result<Self> {
        let kind = job.mint.kind;
        let (given, body) = job.read_values(kind)?;
        match &kind.minting {
            Minting::Http(_) => {
                let draft = Draft::new(kind, &given, body.as_deref(), Defaults::default(), job.app)?;
                draft.require_but(brought)?;
                if let Ok(request) = draft.finish() {
                    job.app.notes.extend(request.notes);
                }
                let settings = &job.mint.settings;
                let connection = Connection::find(job.wanted(), settings, Mode::Single, job.app, job.report)?;
                job.app.notes.extend(connection.note());
                let source = Source::Service(Box::new(connection));
                Ok(Self::from_parts(job, given, body, Defaults::default(), source))
            }
            Minting::Signed(way) => {
                let signing = SigningRequest::with(kind, *way, job, &given, body.as_deref())?;
                let (defaults, set, secret) = signing.keep(job)?;
                let source = Source::Key { way: *way, set: Box::new(set), secret };
                let recipe = Self::from_parts(job, given, body, defaults, source);
                recipe.try_out(brought)?;
                Ok(recipe)
            }
        }
    }

    fn from_parts(job: &Job, given: Given, body: Option<String>, defaults: Defaults, source: Source) -> Self {
        let quiet = job.general.verbosity.quiet;
        Recipe { kind: job.mint.kind, given, body, defaults, app: job.app.clone(), quiet, source }
    }

    /// Signs a token that goes nowhere, to find out whether the flags make one. What optional fields bring is not known.
    fn try_out(&self, brought: &[&'static str]) -> Result<()> {
        let mut line = Object::default();
        for field in self.kind.fields.iter().filter(|field| field.required && brought.contains(&field.key)) {
            line.set(field.key, json::string("user"));
        }
        match self.mint(line) {
            Err(failure) if brought.iter().all(|key| self.kind.field(key).is_some_and(|field| field.required)) => {
                Err(failure)
            }
            _ => Ok(()),
        }
    }

    /// Mints a token with these fields over the flags, and gives the object that callers get.
    pub(super) fn mint(&self, fields: Object) -> Result<String> {
        // Notes are for one caller.
        let app = App { notes: Notes::default(), ..self.app.clone() };
        let draft = Draft::new(self.kind, &self.given, self.body.as_deref(), self.defaults.clone(), &app)?;
        let (token, more) = match &self.source {
            Source::Service(connection) => (ask(connection, &draft, fields, &app)?, Vec::new()),
            Source::Key { way, set, secret } => {
                let signer = way.prepare(draft, &app)?.signer(set, secret, &app)?;
                let (now, mut scratch) = (app.now(), Scratch::new(app.random));
                // The service's answer names the user; here the request does.
                let named = self.kind.fields.iter().filter(|field| field.required).filter_map(|field| {
                    let value = signer.draft().values(Some(&fields)).text(field.key)?;
                    Some((field.key, json::string(&value)))
                });
                let named = named.collect();
                let expiry = signer.sign(Some(fields), now, &mut scratch)?;
                check_length(scratch.token.len())?;
                (Token::alone(self.kind.name, Secret::new(scratch.token), expiry), named)
            }
        };
        let notes = if self.quiet { Vec::new() } else { app.notes.take() };
        Ok(format::served(&token, &notes, app.now(), &more))
    }

    /// Where the credentials came from, for a failure on stderr. Callers need not know it.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        match &self.source {
            Source::Service(connection) if failure.category() == Category::CredentialsRefused => {
                connection.refusal.explain(failure)
            }
            Source::Service(_) | Source::Key { .. } => failure,
        }
    }
}

fn ask(connection: &Connection, draft: &Draft, fields: Object, app: &App) -> Result<Token> {
    let request = draft.with_line(fields, app.now())?;
    let (token, odd) = send(&connection.client, &request, app, &|_| {})?;
    let notes: Vec<Note> = request.notes.into_iter().chain(connection.note()).chain(odd).collect();
    app.notes.extend(notes);
    Ok(token)
}

/// A recipe that threads share.
pub(super) type Shared = Arc<Recipe>;
