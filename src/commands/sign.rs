//! Tokens that are signed here, whichever provider's: credentials and defaults from one source, then the signature. No
//! socket is opened.

use jiff::Timestamp;

use super::job::Job;
use crate::catalog::{Defaults, Draft, Found, Given, Kind, Offline, Paper, Prepared, Scratch, Sign};
use crate::credentials::{self, Needs, Schema, Set};
use crate::error::{Category, Failure, Note, Result};
use crate::json::Writer;
use crate::output::{Format, deliver};
use crate::providers;
use crate::secret::Secret;
use crate::time;
use crate::token::{MAX_LENGTH, Token};

/// What is to be signed, and with which credentials.
pub struct SigningRequest {
    prepared: Box<dyn Prepared>,
    schema: &'static Schema,
    set: Option<Set>,
}

impl SigningRequest {
    /// Checks the flags, then the credentials.
    pub fn new(kind: &'static Kind, way: &dyn Offline, job: &Job) -> Result<Self> {
        let (given, body) = job.read_values(kind)?;
        Self::with(kind, way, job, &given, body.as_deref())
    }

    /// The same with values that have been read.
    pub(super) fn with(
        kind: &'static Kind,
        way: &dyn Offline,
        job: &Job,
        given: &Given,
        body: Option<&str>,
    ) -> Result<Self> {
        let provider = providers::provider_of(kind).ok_or_else(|| Failure::internal("a kind without its provider"))?;
        let schema = provider.credentials;
        let found = credentials::find(schema, job.wanted(), job.app);
        let defaults = defaults(schema, found.as_ref().ok().and_then(Option::as_ref), job)?;
        let draft = Draft::over(job.preset(), kind, given, body, defaults, job.app);
        let prepared = draft.and_then(|draft| way.prepare(draft, job.app));
        match (prepared, found) {
            (Err(failure), _) if failure.category() == Category::Usage => Err(failure),
            (_, Err(failure)) | (Err(failure), _) => Err(failure),
            (Ok(prepared), Ok(set)) => {
                if let Some(set) = &set {
                    set.check()?;
                }
                // A profile that was asked for by name shuts the environment out.
                if credentials::chosen_profile(job.wanted(), &job.app.env)?.is_none() {
                    job.app.notes.extend(prepared.advice(&job.app.env));
                }
                Ok(SigningRequest { prepared, schema, set })
            }
        }
    }

    /// The signed token.
    pub fn token(self, job: &Job) -> Result<Token> {
        let now = job.app.now();
        let mut scratch = Scratch::new(job.app.random);
        // What the flags lack is named before a helper program is run for the secret.
        self.prepared.complete(now)?;
        let expiry = self.signer(job)?.sign(None, now, &mut scratch)?;
        check_length(scratch.token.len())?;
        job.app.notes.extend(ended(expiry, now));
        Ok(Token::alone(job.mint.kind.name, Secret::new(scratch.token), expiry))
    }

    /// What is needed to sign again and again: defaults, and credentials from one source.
    pub(super) fn keep(self, job: &Job) -> Result<(Defaults, Set, Secret)> {
        let set = self.set.ok_or_else(|| credentials::none_found(self.schema, Needs::Set, &job.app.env))?;
        let secret = set.reveal(job.app)?;
        Ok((defaults(self.schema, Some(&set), job)?, set, secret))
    }

    /// What signs every token of a run.
    pub fn signer(self, job: &Job) -> Result<Box<dyn Sign>> {
        let env = &job.app.env;
        let set = self.set.ok_or_else(|| credentials::none_found(self.schema, Needs::Set, env))?;
        let secret = set.reveal(job.app)?;
        self.prepared.signer(&set, &secret, job.app)
    }

    /// What shows tokens, with credentials or without.
    pub fn paper(self) -> Box<dyn Paper> {
        self.prepared.paper(self.set.as_ref())
    }

    /// `--dry-run`: header and claims.
    pub fn show(self, job: &Job) -> Result<u8> {
        let (header, claims) = self.paper().show(None, job.app.now(), &mut Scratch::new(job.app.random))?;
        let text = if job.mint.format == Format::Json {
            let warnings = job.warnings();
            let mut text = String::new();
            let mut json = Writer::new(&mut text);
            json.object().raw("header", &header).raw("claims", &claims);
            if !warnings.is_empty() {
                json.array_in("warnings");
                for warning in &warnings {
                    json.string_item(warning.text());
                }
                json.end_array();
            }
            json.end();
            text + "\n"
        } else {
            format!("{header}\n{claims}\n")
        };
        deliver::stdout(text.as_bytes())?;
        Ok(0)
    }
}

/// Values for flags that bring none: the profile's, else the environment's. A profile that was asked for by name shuts
/// the environment out.
fn defaults(schema: &Schema, set: Option<&Set>, job: &Job) -> Result<Defaults> {
    let found = credentials::settings(schema, set, job.wanted(), &job.app.env)?.into_iter();
    Ok(found.map(|found| (found.key, Found { value: found.value, origin: found.origin.to_string() })).collect())
}

/// The warning about a token that has ended before it was signed, as one of an earlier time may.
pub fn ended(expiry: Timestamp, now: Timestamp) -> Option<Note> {
    let expired = || format!("this token is already expired: it was valid until {}", time::rfc3339(expiry));
    (expiry <= now).then(|| Note::Warning(expired()))
}

/// Refuses a token that no program would accept. It has been signed, and is shown to no one.
///
/// # Errors
/// Exit 2, naming the limit.
pub fn check_length(length: usize) -> Result<()> {
    if length <= MAX_LENGTH {
        return Ok(());
    }
    Err(Failure::usage(format!("the token would be {length} characters long; the limit is {MAX_LENGTH}"))
        .with_hint("shorten --voice-params, --grant or --identity"))
}
