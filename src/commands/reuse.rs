//! `--reuse`: a token that was kept for an equal request is given again, and runs side by side mint once. The cache is a
//! convenience: what is wrong with it is a warning, and the token is minted without it.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::fingerprint::Fingerprint;
use super::job::Job;
use crate::cache::{Lock, Shape, Slot};
use crate::error::{Failure, Note, Result};
use crate::http::Settings;
use crate::output::Format;
use crate::time;
use crate::token::{Role, Token};

/// What a token is kept for.
pub(super) struct Asked<'a> {
    /// Of whom: the same from run to run.
    pub place: String,
    /// The fields as typed: what is counted from now is another value in each run.
    pub fields: Vec<(String, String)>,
    /// Whether a kept token agrees with what it says itself, and with the credentials as far as they are at hand.
    pub accepts: &'a dyn Fn(&Token) -> bool,
}

/// How much life a kept token must have left, where one is wanted. A token that is to be renewed must last beyond that.
pub(super) fn least(job: &Job) -> Option<SignedDuration> {
    let beyond = job.mint.renew.map(|margin| margin.saturating_add(SignedDuration::from_secs(1)));
    job.mint.reuse.map(|least| least.max(beyond.unwrap_or(least)))
}

/// A kept token, or else a new one, which is then kept.
///
/// # Errors
/// What `mint` fails with; exit 6 where another run mints the same token and does not finish in time.
pub(super) fn token(job: &Job, asked: Asked, mint: impl FnOnce(&Settings) -> Result<Token>) -> Result<Token> {
    let settings = &job.mint.settings;
    let Some(least) = least(job) else { return mint(settings) };
    let kind = job.mint.kind;
    let request = Fingerprint::new(kind.name, &asked.place, asked.fields).of_flags();
    let shape = Shape { kind: kind.name, members: kind.members() };
    let slot = match Slot::find(&job.app.env, request, shape) {
        Ok(slot) => slot,
        Err(failure) => {
            warn(job, &failure);
            return mint(settings);
        }
    };
    let reuse = Reuse { job, slot, least, accepts: asked.accepts };
    if let Some(token) = reuse.kept() {
        return Ok(token);
    }
    let started = Instant::now();
    let _lock = reuse.lock(started + settings.timeout)?;
    let waited = started.elapsed();
    // Whoever had the lock has minted it meanwhile.
    if let Some(token) = reuse.kept() {
        return Ok(token);
    }
    let token = mint(&within(settings, waited))?;
    reuse.keep(&token);
    Ok(token)
}

/// The settings of a mint that has waited: `--timeout` is for all of it.
fn within(settings: &Settings, waited: Duration) -> Settings {
    let left = settings.timeout.saturating_sub(waited);
    let timeout = if waited < Duration::from_secs(1) { settings.timeout } else { left.max(Duration::from_secs(1)) };
    Settings {
        timeout: Duration::from_millis(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)),
        ..settings.clone()
    }
}

struct Reuse<'a> {
    job: &'a Job<'a>,
    slot: Slot,
    least: SignedDuration,
    accepts: &'a dyn Fn(&Token) -> bool,
}

impl Reuse<'_> {
    fn kept(&self) -> Option<Token> {
        let token = self.slot.read().unwrap_or_else(|failure| {
            warn(self.job, &failure);
            None
        })?;
        let left = token.expires_at?.duration_since(self.job.app.now());
        if left < self.least || !(self.accepts)(&token) {
            return None;
        }
        let life = time::format_approx(left.as_secs());
        self.job.report.trace(&format!("reusing a token that was kept before; it expires in {life}"));
        let has_refresh_token = token.members.iter().any(|(member, _)| member.role == Role::Refresh);
        if has_refresh_token && self.job.mint.format != Format::Raw {
            let text = "a reused token has no refresh token, which works only once; leave out --reuse for a new pair";
            self.job.app.notes.push(Note::Hint(text.to_owned()));
        }
        Some(token)
    }

    /// The lock of the request; `None` where there are no locks, and the mint goes on without.
    fn lock(&self, deadline: Instant) -> Result<Option<Lock>> {
        let wait = || self.job.report.trace("waiting for another run that mints this token");
        match self.slot.lock(deadline, wait) {
            Ok(Some(lock)) => Ok(Some(lock)),
            Ok(None) => {
                let timeout = SignedDuration::try_from(self.job.mint.settings.timeout).unwrap_or_default();
                let timeout = time::format_exact(timeout);
                Err(Failure::unavailable(format!(
                    "another run is minting this token; it did not finish within {timeout}"
                ))
                .with_hint("try again later, or leave out --reuse"))
            }
            Err(failure) => {
                warn(self.job, &failure);
                Ok(None)
            }
        }
    }

    fn keep(&self, token: &Token) {
        let now = self.job.app.now();
        match self.slot.keep(token, now) {
            Ok(true) => self.job.app.notes.extend(self.too_short(token.expires_at, now)),
            Ok(false) if token.expires_at.is_none() => {
                let text = "the token is not kept for --reuse: it never expires, or its expiry is unknown";
                self.job.app.notes.push(Note::Hint(text.to_owned()));
            }
            // What is missing in the answer has drawn a warning already.
            Ok(false) => {}
            Err(failure) => warn(self.job, &failure),
        }
    }

    fn too_short(&self, expiry: Option<Timestamp>, now: Timestamp) -> Option<Note> {
        let (expiry, asked) = (expiry?, self.job.mint.reuse?);
        // Of one that has expired already there is another warning.
        (expiry > now && expiry.duration_since(now) <= asked).then(|| {
            let (life, asked) = (time::format_approx(expiry.as_second() - now.as_second()), time::format_exact(asked));
            Note::Warning(format!("--reuse {asked} never reuses this token, which expires in {life}"))
        })
    }
}

/// Says what is wrong with the cache, once.
fn warn(job: &Job, failure: &Failure) {
    let warning = Note::Warning(format!("--reuse: {failure}; tokens are not reused"));
    if !job.app.notes.all().contains(&warning) {
        job.app.notes.push(warning);
        job.app.notes.extend(failure.hint().map(|hint| Note::Hint(hint.to_owned())));
    }
}

/// Whether what a token says of its own end is what was kept as its end.
pub(super) fn agrees(token: &Token, own_expiry: impl FnOnce(&str) -> Option<Timestamp>) -> bool {
    let own = token.get(Role::Token).and_then(own_expiry);
    own.is_none() || own == token.expires_at
}
