//! A Twilio Access Token from what was typed: credentials and defaults from one source, the draft they make, the
//! signature. No socket is opened on this way.

use super::mint::Job;
use crate::app::World;
use crate::commands::input::Reader;
use crate::commands::providers;
use crate::credentials::{self, Set};
use crate::error::{Category, Failure, Note, Result};
use crate::output::Format;
use crate::token::{MAX_LENGTH, Token};
use crate::twilio::credentials::{ACCOUNT_SID, API_KEY_SID};
use crate::twilio::{Draft, Given, Issuer, Key, Nonces, Signer, check_secret, flag, keyed};

/// What is to be signed, and with which credentials.
pub struct Order {
    /// The claims, as far as the flags give them.
    pub draft: Draft,
    set: Option<Set>,
}

impl Order {
    /// Checks the flags, then the credentials.
    ///
    /// # Errors
    /// Exit 2 naming the flag, exit 3 for what is wrong with the source of the credentials.
    pub fn new(given: &Given, job: &Job, notes: &mut Vec<Note>) -> Result<Self> {
        let given = read(given, &mut job.reader()?)?;
        let found = credentials::find(&providers::TWILIO, job.wanted(), &job.world.env, notes);
        let set = found.as_ref().ok().and_then(Option::as_ref);
        let defaults = credentials::settings(&providers::TWILIO, set, job.wanted(), &job.world.env)?;
        let defaults = defaults.into_iter().collect();
        let draft = Draft::new(&given, &defaults, job.world.now(), notes);
        match (draft, found) {
            (Err(failure), _) if failure.kind() == Category::Usage => Err(failure),
            (_, Err(failure)) | (Err(failure), _) => Err(failure),
            (Ok(draft), Ok(set)) => {
                if let Some(set) = &set {
                    set.check()?;
                }
                Ok(Order { draft, set })
            }
        }
    }

    /// The signed token.
    ///
    /// # Errors
    /// Exit 2 where the flags make no token, 3 where there are no credentials or they cannot be right.
    pub fn token(&self, world: &World, notes: &mut Vec<Note>) -> Result<Token> {
        let claims = self.draft.finish(world.now())?;
        let signer = self.signer(world, notes)?;
        let token = signer.sign(&claims, Some(Nonces::new(world.random).take()?));
        check_length(token.expose().len())?;
        Ok(Token::twilio(token, claims.expires_at()))
    }

    /// What signs every token of a run.
    ///
    /// # Errors
    /// Exit 3 where there are no credentials or they cannot be right.
    pub fn signer(&self, world: &World, notes: &mut Vec<Note>) -> Result<Signer> {
        let set = self.set.as_ref().ok_or_else(|| credentials::none_found(&providers::TWILIO, &world.env))?;
        let secret = set.reveal(&world.env, notes)?;
        check_secret(&secret, set.public(API_KEY_SID), &set.secret_origin().to_string(), notes)?;
        Ok(Signer::new(Key::new(&secret)?, issuer(set), self.draft.region()))
    }

    /// The SID of the API key that signs; empty where there is none.
    pub fn key_sid(&self) -> &str {
        self.set.as_ref().map_or("", |set| set.public(API_KEY_SID))
    }

    /// Who signs, on paper: with credentials or without.
    pub fn shown_issuer(&self) -> Issuer {
        self.set.as_ref().map_or_else(Issuer::placeholder, issuer)
    }

    /// `--dry-run`: header and claims.
    ///
    /// # Errors
    /// As [`Order::token`], except that credentials may be missing.
    pub fn show(&self, job: &Job, notes: &[Note]) -> Result<u8> {
        let claims = self.draft.finish(job.world.now())?;
        let issuer = self.shown_issuer();
        let nonce = Nonces::new(job.world.random).take()?;
        let (header, claims) = (claims.header_json(), claims.claims_json(&issuer, Some(nonce)));
        let text = if job.mint.format == Format::Json {
            let warnings: Vec<&str> = job.warnings(notes).iter().map(Note::text).collect();
            let warnings = match warnings.as_slice() {
                [] => String::new(),
                some => format!(",\"warnings\":{}", serde_json::Value::from(some.to_vec())),
            };
            format!("{{\"header\":{header},\"claims\":{claims}{warnings}}}\n")
        } else {
            format!("{header}\n{claims}\n")
        };
        job.put(&text)
    }
}

/// The flags with their JSON values read from where they stand.
fn read(given: &Given, reader: &mut Reader) -> Result<Given> {
    let mut given = given.clone();
    for flag in flag::FLAGS.iter().filter(|flag| flag.input.is_json()) {
        for value in given.get_mut(flag.flag).into_iter().flatten().flatten() {
            *value = if flag.input.repeats() {
                let (key, json) = keyed::split(value)?;
                format!("{key}={}", reader.read(&flag.dashed(), json)?)
            } else {
                reader.read(&flag.dashed(), value)?
            };
        }
    }
    Ok(given)
}

fn issuer(set: &Set) -> Issuer {
    Issuer::new(set.public(API_KEY_SID), set.public(ACCOUNT_SID))
}

/// Refuses a token that no program would take for one. It has been signed, and nobody sees it.
///
/// # Errors
/// Exit 2, naming the limit.
pub fn check_length(length: usize) -> Result<()> {
    if length <= MAX_LENGTH {
        return Ok(());
    }
    Err(Failure::usage(format!("the token would have {length} characters, and the limit is {MAX_LENGTH}"))
        .hint("shorten --voice-params, --grant or --identity"))
}

/// `--curl` makes no sense for a token that is made here.
pub fn refuse_curl(job: &Job) -> Result<()> {
    if job.mint.curl {
        return Err(Failure::usage(
            "--curl is for tokens that a service mints; a Twilio token is signed here and nothing is sent",
        )
        .hint("use --dry-run to see its header and claims"));
    }
    Ok(())
}
