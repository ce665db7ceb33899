//! What every call mints: flags, files and credentials, read once when the server starts.

use std::sync::Arc;

use super::fresh::Fresh;
use crate::app::{App, Notes};
use crate::catalog::missing::Place;
use crate::catalog::{Defaults, Draft, Given, Kind, Minting, Offline, PresetFields, Request, Scratch};
use crate::commands::connection::Connection;
use crate::commands::job::Job;
use crate::commands::login::Login;
use crate::commands::sign::{SigningRequest, check_length};
use crate::credentials::Set;
use crate::error::{Category, Failure, Result};
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
    preset: Option<PresetFields>,
    defaults: Defaults,
    app: App,
    quiet: bool,
    source: Source,
}

enum Source {
    /// A service. The emulator, if it is the service, lives as long as this.
    Service(Box<Fresh>),
    /// A key.
    Key { way: &'static dyn Offline, set: Box<Set>, secret: Secret },
}

/// A token as far as it is known before a service is asked.
pub(super) struct Prepared {
    app: App,
    step: Step,
}

/// What is left to do.
enum Step {
    Ask(Box<Request>),
    /// The token, and the members of the answer that are not part of it.
    Give(Token, Vec<(&'static str, String)>),
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
        let draft = Draft::over(job.preset(), kind, &given, body.as_deref(), Defaults::default(), job.app)?;
        let draft = draft.placed(Place::Server);
        draft.require_but(brought)?;
        match &kind.minting {
            Minting::Http(_) => {
                if let Ok(request) = draft.finish() {
                    job.app.notes.extend(request.notes);
                }
                let (login, settings) = (Login::find(job, kind, &given)?, &job.mint.settings);
                let connection = Connection::find(&login, job.wanted(), settings, Mode::Single, job.app, job.report)?;
                job.app.notes.extend(connection.note().into_iter().chain(login.lasting(kind)));
                let source = Source::Service(Box::new(Fresh::new(connection)?));
                Ok(Self::from_parts(job, given, body, Defaults::default(), source))
            }
            Minting::Signed(way) => {
                // What the draft had to say is said again, with the defaults.
                job.app.notes.take();
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
        let preset = job.preset().cloned();
        Recipe { kind: job.mint.kind, given, body, preset, defaults, app: job.app.clone(), quiet, source }
    }

    /// Signs a token that goes nowhere, to find out whether the flags make one. What optional fields bring is not known.
    fn try_out(&self, brought: &[&'static str]) -> Result<()> {
        let mut line = Object::default();
        for field in self.kind.fields.iter().filter(|field| field.required && brought.contains(&field.key)) {
            line.set(field.key, json::string("user"));
        }
        match self.prepare_at(line, Place::Server).map(|_| ()) {
            Err(failure) if brought.iter().all(|key| self.kind.field(key).is_some_and(|field| field.required)) => {
                Err(failure)
            }
            _ => Ok(()),
        }
    }

    /// Everything about a token with these fields over the flags that needs no service.
    ///
    /// # Errors
    /// Exit 2 for what the fields say, which is a 400.
    pub(super) fn prepare(&self, fields: Object) -> Result<Prepared> {
        self.prepare_at(fields, Place::Caller)
    }

    fn prepare_at(&self, fields: Object, place: Place) -> Result<Prepared> {
        // Notes are for one caller.
        let app = App { notes: Notes::default(), ..self.app.clone() };
        let (preset, defaults) = (self.preset.as_ref(), self.defaults.clone());
        let draft = Draft::over(preset, self.kind, &self.given, self.body.as_deref(), defaults, &app)?.placed(place);
        match &self.source {
            Source::Service(_) => {
                let request = draft.with_line(fields, app.now())?;
                app.notes.extend(request.notes.iter().cloned());
                Ok(Prepared { app, step: Step::Ask(Box::new(request)) })
            }
            Source::Key { way, set, secret } => {
                let signer = way.prepare(draft, &app)?.signer(set, secret, &app)?;
                let mut scratch = Scratch::new(app.random);
                // The answer of a service names the user; here the request does.
                let values = signer.draft().values(Some(&fields));
                let required = self.kind.fields.iter().filter(|field| field.required);
                let named = required.filter_map(|field| Some((field.key, json::string(&values.text(field.key)?))));
                let named = named.collect();
                let line = (!fields.is_empty()).then_some(fields);
                let expiry = signer.sign(line, app.now(), &mut scratch)?;
                check_length(scratch.token.len())?;
                let token = Token::alone(self.kind.name, Secret::new(scratch.token), expiry);
                Ok(Prepared { app, step: Step::Give(token, named) })
            }
        }
    }

    /// Mints, and gives the object that the caller gets.
    ///
    /// # Errors
    /// Exit 4, 5 or 6 as the service's answer or the network has it.
    pub(super) fn mint(&self, prepared: Prepared) -> Result<String> {
        let Prepared { app, step } = prepared;
        let (token, named) = match (step, &self.source) {
            (Step::Give(token, named), _) => (token, named),
            (Step::Ask(request), Source::Service(service)) => {
                let (token, odd) = service.mint(&request, &app)?;
                app.notes.extend(service.note().into_iter().chain(odd));
                (token, Vec::new())
            }
            (Step::Ask(_), Source::Key { .. }) => return Err(Failure::internal("a request without its service")),
        };
        let notes = if self.quiet { Vec::new() } else { app.notes.take() };
        Ok(format::served(&token, &notes, app.now(), &named))
    }

    /// Where the credentials came from, for a failure on stderr. Callers need not know it.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        match &self.source {
            Source::Service(service) if failure.category() == Category::CredentialsRefused => service.explain(failure),
            Source::Service(_) | Source::Key { .. } => failure,
        }
    }
}

/// A recipe that threads share.
pub(super) type Shared = Arc<Recipe>;
