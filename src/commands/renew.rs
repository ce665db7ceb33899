//! `--write FILE --renew DURATION`: the token in a file is replaced before it expires, for as long as a command runs or
//! until a signal arrives. The file holds the old token or the new one at every moment, whatever ends this run.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::delivery::{Delivery, hidden};
use super::job::Job;
use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::os::{self, signals};
use crate::output::Names;
use crate::output::child::Program;
use crate::token::Token;
use crate::{text, time};

/// The longest sleep. A clock that is set, or a machine that was suspended, is noticed within this time: the system counts
/// a sleep by a clock that stands still meanwhile.
const SLICE: SignedDuration = SignedDuration::from_secs(5);
/// The wait after the first failed renewal; each further one doubles it.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// When the tokens of a request are renewed.
#[derive(Clone, Copy)]
pub(super) struct Schedule {
    /// How long before its expiry a token is replaced.
    margin: SignedDuration,
    /// How long a token lives that was asked for just now.
    lifetime: SignedDuration,
}

impl Schedule {
    /// Refuses requests whose tokens cannot be kept fresh, as far as that is known before one is minted. `expiry_at` gives
    /// the expiry of a token that is asked for at a time.
    ///
    /// # Errors
    /// Exit 2.
    pub(super) fn new(
        margin: SignedDuration,
        now: Timestamp,
        expiry_at: impl Fn(Timestamp) -> Result<Option<Timestamp>>,
    ) -> Result<Self> {
        let Some(expiry) = expiry_at(now)? else { return Err(endless()) };
        let later = now.checked_add(SignedDuration::from_secs(1)).or_fail(Category::Usage)?;
        if expiry_at(later)? == Some(expiry) {
            return Err(Failure::usage(format!(
                "--renew needs a relative lifetime, and this request fixes the expiry at {}",
                time::rfc3339(expiry)
            ))
            .with_hint("use --ttl, or a time counted from now such as +2h"));
        }
        let schedule = Schedule { margin, lifetime: expiry.duration_since(now) };
        schedule
            .check(expiry, now)
            .map_err(|failure| failure.with_hint("use a shorter --renew or a longer lifetime"))?;
        Ok(schedule)
    }

    /// When a token that was minted now has expired at the latest. What it says itself is by the service's clock, which may
    /// be ahead of ours.
    fn expiry(self, token: &Token, now: Timestamp) -> Result<Timestamp> {
        let own = token.expires_at.ok_or_else(endless)?;
        Ok(now.checked_add(self.lifetime).map_or(own, |asked| own.min(asked)))
    }

    /// Refuses a token that is due at once.
    fn check(self, expiry: Timestamp, now: Timestamp) -> Result<()> {
        if expiry.duration_since(now) > self.margin {
            return Ok(());
        }
        let (margin, life) = (time::format_exact(self.margin), life(expiry, now));
        Err(Failure::usage(format!("--renew {margin} must be shorter than the token's lifetime, which is {life}")))
    }

    /// How long to sleep before the next look at the clock; `None` where the token is due.
    fn sleep(self, expiry: Timestamp, now: Timestamp) -> Option<Duration> {
        let left = expiry.duration_since(now).saturating_sub(self.margin).min(SLICE);
        Duration::try_from(left).ok().filter(|left| !left.is_zero())
    }
}

fn endless() -> Failure {
    Failure::usage("--renew needs a token with a known expiry; this one never expires, or its expiry is unknown")
        .with_hint("limit it, for example with --ttl 1h, or leave out --renew")
}

/// How long a token lives from now on, in whole seconds as JSON has them.
fn life(expiry: Timestamp, now: Timestamp) -> String {
    time::format_approx(expiry.as_second() - now.as_second())
}

/// Mints, writes and keeps renewing. The exit status is that of the command.
///
/// # Errors
/// As a single mint, for the first one. Later, exit 4 where the service refuses the credentials.
pub(super) fn run(
    job: &Job,
    names: &Names,
    schedule: Schedule,
    delivery: &Delivery,
    mint: &(dyn Fn() -> Result<Token> + Sync),
) -> Result<u8> {
    let path = job.mint.write.as_deref().unwrap_or(Path::new(""));
    // The command may have another working directory than we do.
    let path = std::path::absolute(path).or_fail(Category::Internal)?;
    let token = mint()?;
    let now = job.app.now();
    let expiry = schedule.expiry(&token, now)?;
    schedule.check(expiry, now).map_err(|failure| {
        failure.with_hint("use a shorter --renew or a longer lifetime, and check this machine's clock")
    })?;
    let mut renewal =
        Renewal { job, names, schedule, delivery, mint, path, expiry, said: Vec::new(), writing: Arc::default() };
    let alone = delivery.program.is_none();
    let _watch = alone.then(|| end_between_writes(&renewal.writing)).transpose()?;
    renewal.write(&token)?;
    renewal.report("written to");
    match &delivery.program {
        None => Err(renewal.keep_fresh()),
        Some(program) => beside(renewal, program),
    }
}

/// A signal ends this run, but never while a new file is half written: it would stay next to the old one.
fn end_between_writes(writing: &Arc<Mutex<()>>) -> Result<signals::Watch> {
    let writing = Arc::clone(writing);
    let watch = signals::watch(move |signal| {
        let _held = held(&writing);
        signals::end_by(signal)
    });
    watch.or_fail(Category::Internal)
}

enum Event {
    /// The command has ended.
    Ended,
    /// The credentials were refused.
    Refused(Failure),
}

/// Renews while a command runs.
fn beside(mut renewal: Renewal, program: &Program) -> Result<u8> {
    let mut running = program.start_with_file(&renewal.path, renewal.names, hidden())?;
    let (writing, report) = (Arc::clone(&renewal.writing), renewal.job.report);
    let (sender, events) = mpsc::channel();
    let end = sender.clone();
    let watched = running.on_end(move || drop(end.send(Event::Ended)));
    let failure = std::thread::scope(|scope| {
        let keep = move || drop(sender.send(Event::Refused(renewal.keep_fresh())));
        let renewing =
            watched.and_then(|()| std::thread::Builder::new().name("renewal".to_owned()).spawn_scoped(scope, keep));
        let failure = match renewing.map(|_| events.recv()) {
            Ok(Ok(Event::Refused(failure))) => failure,
            Err(error) => Failure::new(Category::Internal, error),
            // The renewal has no end, and may be waiting for the service: the process ends without it.
            Ok(_) => {
                let status = program.status_of(running);
                let _held = held(&writing);
                os::end(status.unwrap_or_else(|failure| failure.exit_code()))
            }
        };
        report.aside(&[Note::Warning("the token cannot be renewed; ending the command".to_owned())]);
        running.terminate();
        drop(program.status_of(running));
        failure
    });
    Err(failure)
}

/// A token in a file, and what renews it.
struct Renewal<'a> {
    job: &'a Job<'a>,
    names: &'a Names,
    schedule: Schedule,
    delivery: &'a Delivery,
    mint: &'a (dyn Fn() -> Result<Token> + Sync),
    path: PathBuf,
    /// When the token in the file expires.
    expiry: Timestamp,
    /// Notes on a token that were printed: those on the next ones are mostly the same.
    said: Vec<Note>,
    /// Held while the file is replaced.
    writing: Arc<Mutex<()>>,
}

impl Renewal<'_> {
    /// Renews the token for as long as the credentials are accepted, and gives the failure that ends this.
    fn keep_fresh(&mut self) -> Failure {
        let mut backoff = None;
        loop {
            match backoff {
                None => self.sleep_until_due(),
                // No wall clock here: one that is set back would make it long.
                Some(wait) => std::thread::sleep(wait),
            }
            backoff = match self.renew() {
                Ok(()) => {
                    self.report("renewed in");
                    None
                }
                Err(failure) if failure.category() == Category::CredentialsRefused => {
                    self.job.app.notes.take();
                    return failure;
                }
                Err(failure) => {
                    let wait = next_backoff(backoff);
                    self.report_failure(&failure, wait);
                    Some(wait)
                }
            };
        }
    }

    fn sleep_until_due(&self) {
        while let Some(left) = self.schedule.sleep(self.expiry, self.job.app.now()) {
            std::thread::sleep(left);
        }
    }

    /// Mints, and replaces the token in the file by one that lives longer.
    fn renew(&mut self) -> Result<()> {
        // What an attempt that failed has left is not about this one.
        self.job.app.notes.take();
        let token = (self.mint)()?;
        let now = self.job.app.now();
        let expiry = self.schedule.expiry(&token, now)?;
        if expiry > self.expiry {
            self.write(&token)?;
            self.expiry = expiry;
        }
        self.schedule.check(expiry, now)
    }

    fn write(&mut self, token: &Token) -> Result<()> {
        {
            let _held = held(&self.writing);
            self.delivery.write(self.job, self.names, token)?;
        }
        let mut notes = self.job.app.notes.take();
        notes.retain(|note| !self.said.contains(note));
        self.job.report.notes(&notes);
        self.said.extend(notes);
        Ok(())
    }

    /// One line for each token.
    fn report(&self, what: &str) {
        let expiry = time::rfc3339(self.expiry);
        self.job.report.aside(&[Note::Note(format!("token {what} {}; it expires at {expiry}", self.place()))]);
    }

    fn report_failure(&self, failure: &Failure, wait: Duration) {
        let now = self.job.app.now();
        let rest =
            if self.expiry > now { format!("expires in {}", life(self.expiry, now)) } else { "has expired".to_owned() };
        let text = format!(
            "cannot renew the token: {failure}; retrying in {}s (the token in {} {rest})",
            wait.as_secs(),
            self.place()
        );
        self.job.report.aside(&[Note::Warning(text)]);
    }

    fn place(&self) -> String {
        text::path(self.job.mint.write.as_deref().unwrap_or(&self.path))
    }
}

fn next_backoff(last: Option<Duration>) -> Duration {
    last.map_or(FIRST_BACKOFF, |last| (2 * last).min(MAX_BACKOFF))
}

fn held(writing: &Mutex<()>) -> MutexGuard<'_, ()> {
    writing.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn checked(margin: i64, expiry_at: impl Fn(Timestamp) -> Option<Timestamp>) -> std::result::Result<(), String> {
        let schedule = Schedule::new(SignedDuration::from_secs(margin), at(0), |now| Ok(expiry_at(now)));
        schedule.map(drop).map_err(|failure| failure.to_string())
    }

    #[test]
    fn only_a_token_that_moves_with_its_request_and_lives_long_enough_can_be_renewed() {
        let after = |seconds| move |now: Timestamp| now.checked_add(SignedDuration::from_secs(seconds)).ok();
        assert_eq!(checked(59, after(60)), Ok(()));
        let refused = |margin| checked(margin, after(60)).unwrap_err();
        assert_eq!(refused(60), "--renew 1m must be shorter than the token's lifetime, which is 1m");
        assert_eq!(refused(7_200), "--renew 2h must be shorter than the token's lifetime, which is 1m");
        assert!(checked(1, |_| None).unwrap_err().contains("never expires"));
        assert_eq!(
            checked(1, |_| Some(at(60))).unwrap_err(),
            "--renew needs a relative lifetime, and this request fixes the expiry at 2023-11-14T22:14:20Z"
        );
    }

    #[test]
    fn a_long_wait_is_slept_in_slices_that_a_clock_cannot_deceive() {
        let schedule = Schedule { margin: SignedDuration::from_secs(300), lifetime: SignedDuration::from_hours(2) };
        let sleep = |left: i64| schedule.sleep(at(left + 300), at(0));
        assert_eq!(sleep(3_600), Some(Duration::from_secs(5)));
        assert_eq!(sleep(2), Some(Duration::from_secs(2)));
        assert_eq!(sleep(0), None);
        // The machine was suspended, or its clock set.
        assert_eq!(sleep(-100_000), None);
    }

    #[test]
    fn a_token_lives_no_longer_than_was_asked_for_whatever_the_clock_of_the_service_says() {
        let schedule = Schedule { margin: SignedDuration::from_secs(300), lifetime: SignedDuration::from_hours(1) };
        let expiry = |own: i64| {
            let token = Token::alone("chat", crate::secret::Secret::new("a".to_owned()), at(own));
            schedule.expiry(&token, at(0)).unwrap()
        };
        assert_eq!(expiry(3_600 + 600), at(3_600));
        assert_eq!(expiry(1_800), at(1_800));
    }

    #[test]
    fn failures_are_followed_by_waits_that_double_up_to_a_minute() {
        let mut waits = Vec::new();
        let mut last = None;
        for _ in 0..8 {
            last = Some(next_backoff(last));
            waits.extend(last.map(|wait| wait.as_secs()));
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }
}
