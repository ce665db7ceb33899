//! A Twilio Access Token from what was typed: credentials and defaults from one source, the draft they make, the
//! signature. No socket is opened on this way.

use super::mint::Job;
use crate::app::World;
use crate::commands::input::Reader;
use crate::credentials::{self, Section, Service, Set, Source};
use crate::error::{Category, Failure, Note, Result};
use crate::output::Format;
use crate::token::{MAX_LENGTH, Token};
use crate::twilio::{
    Defaults, Draft, Found, Given, Issuer, Key, Nonces, Signer, check_secret, check_sids, flag, keyed,
};

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
        let found = credentials::find(Service::Twilio, job.wanted(), &job.world.env, notes);
        let defaults = defaults(found.as_ref().ok().and_then(Option::as_ref), job)?;
        let draft = Draft::new(&given, &defaults, job.world.now(), notes);
        match (draft, found) {
            (Err(failure), _) if failure.kind() == Category::Usage => Err(failure),
            (_, Err(failure)) | (Err(failure), _) => Err(failure),
            (Ok(draft), Ok(set)) => {
                if let Some(set) = &set {
                    check_sids(&set.open, [&set.origin(0), &set.origin(1)])?;
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
        let set = self.set.as_ref().ok_or_else(|| credentials::none_found(Service::Twilio, &world.env))?;
        let secret = set.reveal(&world.env, notes)?;
        let [account, key] = &set.open;
        check_secret(&secret, key, &set.origin(2), notes)?;
        Ok(Signer::new(Key::new(&secret)?, Issuer::new(key, account), self.draft.region()))
    }

    /// The SID of the API key that signs; empty where there is none.
    pub fn key_sid(&self) -> &str {
        self.set.as_ref().map_or("", |set| set.open[1].as_str())
    }

    /// Who signs, on paper: with credentials or without.
    pub fn shown_issuer(&self) -> Issuer {
        self.set.as_ref().map_or_else(Issuer::placeholder, |set| Issuer::new(&set.open[1], &set.open[0]))
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

/// What a grant without its value means: the profile's word, else the environment's. A profile that was asked for by
/// name shuts the environment out.
fn defaults(set: Option<&Set>, job: &Job) -> Result<Defaults> {
    let of_profile = set.map_or_else(Defaults::default, of_section);
    let named = credentials::chosen_profile(job.wanted(), &job.world.env).is_ok_and(|name| name.is_some());
    if named {
        return Ok(of_profile);
    }
    let of_environment = Defaults::from_environment(&job.world.env)?;
    Ok(Defaults {
        chat_service_sid: of_profile.chat_service_sid.or(of_environment.chat_service_sid),
        voice_application_sid: of_profile.voice_application_sid.or(of_environment.voice_application_sid),
        sync_service_sid: of_profile.sync_service_sid.or(of_environment.sync_service_sid),
        region: of_profile.region,
    })
}

fn of_section(set: &Set) -> Defaults {
    let Source::Profile { name, .. } = &set.source else { return Defaults::default() };
    let found = |key: &str| {
        let value = set.section.as_ref().and_then(|section: &Section| section.get(key))?;
        Some(Found { value: value.to_owned(), origin: format!("{key} of profile '{}'", crate::text::clip(name, 60)) })
    };
    Defaults {
        chat_service_sid: found("chat_service_sid"),
        voice_application_sid: found("voice_application_sid"),
        sync_service_sid: found("sync_service_sid"),
        region: found("region"),
    }
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
