//! Tokens that are signed here, whichever provider's: credentials and defaults from one source, then the signature. No
//! socket is opened.

use jiff::{SignedDuration, Timestamp};

use super::delivery::Delivery;
use super::job::Job;
use super::renew::{self, Schedule};
use super::reuse::{self, Asked};
use crate::catalog::{Defaults, Draft, Found, Given, Kind, Offline, Paper, Prepared, Scratch, Sign};
use crate::credentials::{self, Needs, Schema, Set};
use crate::error::{Category, Failure, Note, Result};
use crate::http::Settings;
use crate::json::Writer;
use crate::output::{Format, Names, deliver};
use crate::providers;
use crate::secret::Secret;
use crate::time;
use crate::token::{MAX_LENGTH, Token};

/// What is to be signed, and with which credentials.
pub struct SigningRequest {
    prepared: Box<dyn Prepared>,
    way: &'static dyn Offline,
    schema: &'static Schema,
    set: Option<Set>,
    /// For `--reuse`: the fields as typed.
    fields: Option<Vec<(String, String)>>,
}

impl SigningRequest {
    /// Checks the flags, then the credentials.
    pub fn new(kind: &'static Kind, way: &'static dyn Offline, job: &Job) -> Result<Self> {
        let (given, body) = job.read_values(kind)?;
        Self::with(kind, way, job, &given, body.as_deref())
    }

    /// The same with values that have been read.
    pub(super) fn with(
        kind: &'static Kind,
        way: &'static dyn Offline,
        job: &Job,
        given: &Given,
        body: Option<&str>,
    ) -> Result<Self> {
        let provider = providers::provider_of(kind).ok_or_else(|| Failure::internal("a kind without its provider"))?;
        let schema = provider.credentials;
        let found = credentials::find(schema, job.wanted(), job.app);
        let defaults = defaults(schema, found.as_ref().ok().and_then(Option::as_ref), job)?;
        let draft = Draft::over(job.preset(), kind, given, body, defaults, job.app);
        let fields = draft.as_ref().ok().filter(|_| job.mint.reuse.is_some()).map(Draft::settled_fields);
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
                Ok(SigningRequest { prepared, way, schema, set, fields })
            }
        }
    }

    /// The signed token, or one that was kept.
    pub(super) fn token(mut self, job: &Job) -> Result<Token> {
        // What the flags lack is named before a helper program is run for the secret.
        self.prepared.complete(job.app.now())?;
        match self.kept(job)? {
            None => token(job, &*self.signer(job)?, job.app.now()),
            Some(kept) => kept.or(job, |_| token(job, &*self.signer(job)?, job.app.now())),
        }
    }

    /// Signs a token for a file again and again.
    pub(super) fn renewed(
        mut self,
        job: &Job,
        margin: SignedDuration,
        names: &Names,
        delivery: &Delivery,
    ) -> Result<u8> {
        self.prepared.complete(job.app.now())?;
        let kept = self.kept(job)?;
        let signer = self.signer(job)?;
        let schedule = Schedule::new(margin, job.app.now(), |now| {
            Ok(Some(signer.sign(None, now, &mut Scratch::new(job.app.random))?))
        })?;
        renew::run(job, names, schedule, delivery, &|| {
            let sign = || token(job, &*signer, job.app.now());
            kept.as_ref().map_or_else(sign, |kept| kept.or(job, |_| sign()))
        })
    }

    /// What a token of this request is kept for, if `--reuse` is asked for.
    fn kept(&mut self, job: &Job) -> Result<Option<Kept>> {
        let (Some(fields), Some(set)) = (self.fields.take(), &self.set) else { return Ok(None) };
        // A token that was signed with a wrong secret is not to be kept beyond the correction.
        let secret = set.reveal_without_program(job.app)?;
        Ok(Some(Kept { place: self.way.place(set), fields, secret, way: self.way }))
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

/// One token of a signer.
fn token(job: &Job, signer: &dyn Sign, now: Timestamp) -> Result<Token> {
    let mut scratch = Scratch::new(job.app.random);
    let expiry = signer.sign(None, now, &mut scratch)?;
    check_length(scratch.token.len())?;
    job.app.notes.extend(ended(expiry, now));
    Ok(Token::alone(job.mint.kind.name, Secret::new(scratch.token), expiry))
}

/// What a signed token is kept for.
struct Kept {
    place: String,
    fields: Vec<(String, String)>,
    /// The secret, where no program has to be run for it.
    secret: Option<Secret>,
    way: &'static dyn Offline,
}

impl Kept {
    /// A kept token, or else what `mint` gives.
    fn or(&self, job: &Job, mint: impl FnOnce(&Settings) -> Result<Token>) -> Result<Token> {
        let is_ours = |token: &Token| {
            let secret = self.secret.as_ref();
            reuse::agrees(token, |text| self.way.own_expiry(text))
                && secret.is_none_or(|secret| self.way.verifies(token.text(), secret))
        };
        let asked = Asked { place: self.place.clone(), fields: self.fields.clone(), accepts: &is_ours };
        reuse::token(job, asked, mint)
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
