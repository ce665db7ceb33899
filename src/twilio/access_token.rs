//! Access Tokens: `tokenmint twilio`. From the values of a draft to claims, and from these to a signed token.

use std::borrow::Cow;

use jiff::Timestamp;

use super::claims::{Claims, Issuer};
use super::credentials::{ACCOUNT_SID, API_KEY_SID};
use super::fields::FIELDS;
use super::grants::Grants;
use super::identity::{self, Product};
use super::key::{Key, check_secret};
use super::sign::Signer;
use super::{other_grants, region};
use crate::app::{App, Environment};
use crate::catalog::missing::{self, Missing, Place};
use crate::catalog::{Draft, Help, Kind, Minting, Offline, Paper, Prepared, Scratch, Sign, Values};
use crate::credentials::Set;
use crate::error::{Category, Failure, Note, Result};
use crate::json::{self, Object};
use crate::jwt;
use crate::secret::Secret;

/// `tokenmint twilio`.
pub static KIND: Kind = Kind {
    name: "twilio",
    variable: "TWILIO_ACCESS_TOKEN",
    help: Help {
        about: "Sign a Twilio Access Token, offline",
        long: "Sign a Twilio Access Token, offline, with any combination of grants, checked before it is signed.",
        examples: "tokenmint twilio --identity alice --chat=IS0123456789abcdef0123456789abcdef
tokenmint twilio --identity alice --video=standup --voice-incoming --sync --ttl 8h
tokenmint twilio --identity alice --video --region us1 --dry-run",
    },
    fields: FIELDS,
    minting: Minting::Signed(&AccessTokens),
    emulation: None,
};

/// Seconds of a token whose lifetime is not given, as in Twilio's own libraries.
const DEFAULT_TTL: i64 = 3_600;

struct AccessTokens;

impl Offline for AccessTokens {
    fn prepare(&self, draft: Draft, app: &App) -> Result<Box<dyn Prepared>> {
        Ok(Box::new(Plan::new(draft, app)?))
    }

    fn place(&self, set: &Set) -> String {
        format!("{} {}", set.public(ACCOUNT_SID), set.public(API_KEY_SID))
    }

    fn own_expiry(&self, token: &str) -> Option<Timestamp> {
        #[derive(serde::Deserialize)]
        struct Claims {
            exp: i64,
        }

        let Claims { exp } = serde_json::from_slice(&jwt::payload(token)?).ok()?;
        Timestamp::from_second(exp).ok()
    }

    fn verifies(&self, token: &str, secret: &Secret) -> bool {
        let key = jwt::Hs256::new(secret).ok();
        let parts = jwt::signed(token);
        key.zip(parts).is_some_and(|(key, (signed, signature))| key.verify(signed.as_bytes(), &signature))
    }
}

/// What the flags settle for all tokens of a run.
pub struct Plan {
    identity: Option<String>,
    times: Times,
    region: Option<String>,
    /// Region and grants, where the flags alone give any: the same for every line that changes neither.
    grants: Option<Grants>,
    draft: Draft,
}

impl Plan {
    /// The region that tokens name unless a batch line changes it.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Checks what the flags say together. What is missing is not an error yet, a batch line may bring it.
    pub fn new(draft: Draft, app: &App) -> Result<Self> {
        let values = draft.values(None);
        let grants = match Grants::of(&values) {
            Ok(grants) => grants,
            // No line of a batch can mend the settings.
            Err(failure) if failure.category() == Category::Configuration => return Err(failure),
            Err(_) => None,
        };
        let region = values.text_or_default("region")?.map(Cow::into_owned);
        let times = Times::of(&values);
        let identity = values.text("identity").map(Cow::into_owned);
        app.notes.extend(region.as_deref().and_then(region::advice).map(Note::Warning));
        app.notes.extend(advice(&values, identity.as_deref(), grants.as_ref()));
        if times.issued_at.is_some_and(|start| start > app.now().as_second()) {
            let name = values.name("issued_at");
            app.notes.push(Note::Warning(format!("{name} is in the future; Twilio refuses the token until then")));
        }
        Ok(Plan { identity, times, region, grants, draft })
    }

    /// A batch line whose members are right one by one.
    pub fn admit(&self, line: Object, now: Timestamp) -> Result<Object> {
        self.draft.admit(line, now)
    }

    /// The claims of a token, with a line that was admitted over the flags.
    pub fn claims<'a>(&'a self, line: Option<&'a Object>, now: Timestamp) -> Result<Claims<'a>> {
        let values = self.draft.values(line);
        let has_times = line.is_some_and(|line| TIMES.iter().any(|key| line.get(key).is_some()));
        let times = if has_times { Times::of(&values) } else { self.times };
        let identity = self.identity(&values);
        let only_identity_and_times =
            |line: &Object| line.iter().all(|(key, _)| key == "identity" || TIMES.contains(&key));
        let grants = match &self.grants {
            Some(grants) if line.is_none_or(only_identity_and_times) => Some(Cow::Borrowed(grants)),
            _ => Grants::of(&values)?.map(Cow::Owned),
        };
        let (identity, grants) = match (identity, grants) {
            (Some(identity), Some(grants)) => (identity, grants),
            (identity, grants) => return Err(self.missing(identity.is_some(), grants.is_some(), line.is_some())),
        };
        let issued_at = times.issued_at.unwrap_or_else(|| now.as_second());
        let expires_at = issued_at.saturating_add(times.ttl);
        if times.not_before.is_some_and(|start| start >= expires_at) {
            let (name, ttl) = (values.name("not_before"), values.name("ttl"));
            let start = times.issued_at.map_or_else(|| "now".to_owned(), |_| values.name("issued_at"));
            return Err(Failure::usage(format!("{name} must be earlier than the token's expiry"))
                .with_hint(format!("{ttl} counts from {start}, not from {name}")));
        }
        Ok(Claims { identity, grants, not_before: times.not_before, issued_at, expires_at })
    }

    fn identity<'a>(&'a self, values: &Values<'a>) -> Option<Cow<'a, str>> {
        match values.line().and_then(|line| line.get("identity")) {
            Some(raw) => json::as_str(raw),
            None => self.identity.as_deref().map(Cow::Borrowed),
        }
    }

    /// The failure of a token without its user, without any grant, or without both.
    fn missing(&self, has_identity: bool, has_grants: bool, in_line: bool) -> Failure {
        let place = self.draft.place(in_line);
        let identity = self.draft.kind.field("identity").filter(|_| !has_identity);
        let identity = identity.map(|field| Missing::field(field, place));
        let grants = (!has_grants).then(|| Missing::other("at least one grant", "--video"));
        let missing: Vec<Missing> = identity.into_iter().chain(grants).collect();
        let failure = missing::failure(self.draft.kind, &missing, place);
        match failure.hint() {
            // Callers have no flags.
            Some(hint) if !has_grants && place != Place::Caller => {
                let hint = format!("{hint} (or another grant: {GRANTS})");
                failure.with_hint(hint)
            }
            _ => failure,
        }
    }
}

/// The flags other than `--video` that each make a grant.
const GRANTS: &str = "--chat, --voice, --voice-incoming, --sync, --task-router, --grant";

impl Prepared for Plan {
    fn complete(&self, now: Timestamp) -> Result<()> {
        self.claims(None, now).map(drop)
    }

    fn advice(&self, env: &Environment) -> Vec<Note> {
        let hint = if self.region.is_none() { region::likely(env) } else { None };
        hint.map(Note::Hint).into_iter().collect()
    }

    fn signer(self: Box<Self>, set: &Set, secret: &Secret, app: &App) -> Result<Box<dyn Sign>> {
        app.notes.extend(check_secret(secret, &set.secret_origin().to_string())?);
        let signer = Signer::new(Key::new(secret)?, issuer(set), self.region.as_deref());
        Ok(Box::new(Signing::new(*self, signer)))
    }

    fn paper(self: Box<Self>, set: Option<&Set>) -> Box<dyn Paper> {
        let issuer = set.map_or_else(Issuer::placeholder, issuer);
        Box::new(Showing { plan: *self, issuer })
    }
}

/// A plan with the key that signs.
pub struct Signing {
    plan: Plan,
    signer: Signer,
}

impl Signing {
    /// Signs tokens of this plan.
    pub fn new(plan: Plan, signer: Signer) -> Self {
        Signing { plan, signer }
    }
}

impl Sign for Signing {
    fn draft(&self) -> &Draft {
        &self.plan.draft
    }

    fn key_id(&self) -> &str {
        self.signer.key_sid()
    }

    fn sign(&self, line: Option<Object>, now: Timestamp, scratch: &mut Scratch) -> Result<Timestamp> {
        let line = line.map(|line| self.plan.admit(line, now)).transpose()?;
        let claims = self.plan.claims(line.as_ref(), now)?;
        let nonce = scratch.nonces.take()?;
        self.signer.sign_into(&claims, Some(nonce), scratch);
        Ok(claims.expires_at())
    }
}

/// A plan with the names of whoever would sign.
struct Showing {
    plan: Plan,
    issuer: Issuer,
}

impl Paper for Showing {
    fn show(&self, line: Option<Object>, now: Timestamp, scratch: &mut Scratch) -> Result<(String, String)> {
        let line = line.map(|line| self.plan.admit(line, now)).transpose()?;
        let claims = self.plan.claims(line.as_ref(), now)?;
        let nonce = scratch.nonces.take()?;
        Ok((claims.header_json(), claims.claims_json(&self.issuer, Some(nonce))))
    }
}

fn issuer(set: &Set) -> Issuer {
    Issuer::new(set.public(API_KEY_SID), set.public(ACCOUNT_SID))
}

/// The fields of [`Times`].
const TIMES: [&str; 3] = ["ttl", "not_before", "issued_at"];

/// What settles the times of a token, in seconds.
#[derive(Debug, Clone, Copy)]
struct Times {
    ttl: i64,
    not_before: Option<i64>,
    issued_at: Option<i64>,
}

impl Times {
    fn of(values: &Values<'_>) -> Self {
        Times {
            ttl: values.integer("ttl").unwrap_or(DEFAULT_TTL),
            not_before: values.integer("not_before"),
            issued_at: values.integer("issued_at"),
        }
    }
}

/// Notes on flags that are right.
fn advice(values: &Values<'_>, identity: Option<&str>, grants: Option<&Grants>) -> Vec<Note> {
    let others = values.asked("grant").map(other_grants::advice).unwrap_or_default();
    let mut notes: Vec<Note> = others.into_iter().map(Note::Warning).collect();
    let Some(grants) = grants else { return notes };
    let foreign = grants.region.as_deref().filter(|region| *region != region::DEFAULT);
    if let Some(region) = foreign.filter(|_| grants.products.contains(&Product::Video)) {
        notes
            .push(Note::Warning(format!("Video takes only API keys of us1, and the region of this token is {region}")));
    }
    notes.extend(identity.map(|identity| identity::advice(identity, &grants.products)).unwrap_or_default());
    notes
}

#[cfg(test)]
pub(super) fn field(flag: &str) -> Option<&'static crate::catalog::Field> {
    FIELDS.iter().find(|field| field.flag.name == flag)
}
