//! The run of a batch: what every line shares is settled once, then the lines run, and the end is reported.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{http, sign};
use crate::batch::{self, End, Input, Look, Minters, Setting, Summary, Tally, pace};
use crate::catalog::{Draft, Minting, Paper, Scratch, Sign};
use crate::commands::connection::Connection;
use crate::commands::fingerprint::Fingerprint;
use crate::commands::job::Job;
use crate::commands::login::Login;
use crate::commands::show;
use crate::commands::sign::SigningRequest;
use crate::credentials::environment;
use crate::error::{Category, Failure, Note, Reach, Result};
use crate::http::Mode;
use crate::options::Batch;
use crate::providers::SCHEMAS;
use crate::text;

/// Asks a service for a token for each line.
pub fn ask_lines(job: &Job, batch: &Batch, draft: Draft, login: &Login) -> Result<u8> {
    let input = Input::open(batch)?;
    job.app.notes.extend(draft.warnings.iter().cloned());
    let draft = Arc::new(draft);
    if job.mint.dry_run {
        let shower = http::Shower { draft, space: show::space(job, login)? };
        job.app.notes.extend(login.note());
        return run(job, batch, input, Box::new(move || Box::new(shower.clone())), Arc::default());
    }
    let halted = Arc::<AtomicBool>::default();
    let mode = Mode::Batch { halted: Arc::clone(&halted) };
    // Held until the end: the emulator, if it is the space, lives as long as this.
    let connection = Connection::find(login, job.wanted(), &job.mint.settings, mode, job.app, job.report)?;
    job.app.notes.extend(connection.note());
    connection.client.prepare();
    let shared = draft.settled_fields().into_iter().chain(login.asked());
    let fingerprint = Fingerprint::new(draft.kind.name, connection.name(), shared);
    let (client, refusal) = (Arc::clone(&connection.client), connection.refusal.clone());
    let minter = http::Minter { draft, client, refusal, app: job.app.clone(), fingerprint };
    run(job, batch, input, Box::new(move || Box::new(minter.clone())), halted)
}

/// Signs a token for each line.
pub fn sign_lines(job: &Job, batch: &Batch, signing: SigningRequest) -> Result<u8> {
    let input = Input::open(batch)?;
    let random = job.app.random;
    if job.mint.dry_run {
        let paper: Arc<dyn Paper> = signing.paper().into();
        let shower = move || sign::Shower::new(Arc::clone(&paper), Scratch::new(random));
        return run(job, batch, input, Box::new(move || Box::new(shower())), Arc::default());
    }
    let signer: Arc<dyn Sign> = signing.signer(job)?.into();
    let fingerprint = Fingerprint::new(job.mint.kind.name, signer.key_id(), signer.draft().settled_fields());
    let minter = move || sign::Minter::new(Arc::clone(&signer), Scratch::new(random), fingerprint.clone());
    run(job, batch, input, Box::new(move || Box::new(minter())), Arc::default())
}

fn run(job: &Job, batch: &Batch, input: Input, minter: Minters, halted: Arc<AtomicBool>) -> Result<u8> {
    // Before the bar: a warning in the middle of it would be lost.
    job.report.notes(&job.app.notes.take());
    let setting = Setting {
        minter,
        is_computed: matches!(job.mint.kind.minting, Minting::Signed(_)),
        clock: job.app.clock,
        scrubber: environment::scrubber(&job.app.env, &SCHEMAS),
        halted,
        progress: look(job),
    };
    let summary = batch::run(batch, input, setting, &mut |note| job.report.aside(&[note]))?;
    report(job, batch, summary)
}

/// How progress is shown. A dumb terminal would show each drawing on a new line.
fn look(job: &Job) -> Look {
    let verbosity = job.general.verbosity;
    let is_fit = std::io::stderr().is_terminal() && job.app.env.text("TERM") != Some("dumb");
    match is_fit && !verbosity.quiet && !verbosity.verbose {
        false => Look::Hidden,
        true if job.report.is_coloured() => Look::Coloured,
        true => Look::Plain,
    }
}

/// Says how a run went, with `-o json`, too: the result is on stdout line by line.
fn report(job: &Job, batch: &Batch, summary: Summary) -> Result<u8> {
    let Summary { tally, end, elapsed } = summary;
    let dry = job.mint.dry_run;
    if !dry {
        job.report.aside(&advice(&tally));
    }
    let counts = tally.counts(dry);
    let took = pace(tally.minted + tally.failed(), elapsed);
    match end {
        End::Done => {
            if tally.minted + tally.failed() + tally.kept == 0 {
                job.report.aside(&[Note::Note("the input has no lines".to_owned())]);
            }
            job.report.summary(&format!("{counts} {took}"));
            Ok(0)
        }
        End::Interrupted(status) => {
            let resume = batch.resume.as_ref().map_or_else(String::new, |_| format!("; {}", continuing(batch)));
            job.report.interrupted(&format!("{counts} {took}; unprocessed lines have no output{resume}"));
            Ok(status)
        }
        End::SomeFailed => {
            Err(Failure::message(Category::Partial, format!("some lines failed: {counts} {took} ({})", tally.causes()))
                .with_hint(mending(batch, &tally, dry)))
        }
        End::Stopped(failure) => {
            let failure = failure.and(format!("; {counts} {took}"));
            Err(match (failure.category(), failure.reach()) {
                (Category::Unavailable, Reach::Run) => failure.with_hint(continuing(batch)),
                // A 403 may be about this line alone, and every run would end at it again.
                (Category::CredentialsRefused, _) if failure.status() == Some(403) => {
                    let first = failure.hint().map_or_else(String::new, |hint| format!("{hint}; "));
                    let blank = "if it is this line alone, leave the line blank";
                    failure.with_hint(format!("{first}{blank} and {}", continuing(batch)))
                }
                (Category::Unavailable, Reach::Row) => {
                    let first = failure.hint().map_or_else(String::new, |hint| format!("{hint}; then "));
                    failure.with_hint(first + &continuing(batch))
                }
                _ => failure,
            })
        }
        // A reader that has gone wants no words either.
        End::ReaderGone => Ok(1),
    }
}

/// How a run that ended early goes on.
fn continuing(batch: &Batch) -> String {
    match &batch.resume {
        Some(path) => format!("continue with --resume {}", text::sh_word(&text::path(path))),
        None => "continue this run later with --resume".to_owned(),
    }
}

/// What to do about lines that failed.
fn mending(batch: &Batch, tally: &Tally, dry: bool) -> String {
    let errors = match &batch.resume {
        Some(path) => format!("the errors are in {}", text::path(path)),
        None => "each error is in its output line".to_owned(),
    };
    if dry {
        return errors;
    }
    let again = match &batch.resume {
        Some(_) => "run the same command again to retry only these lines",
        None => "pass the saved output to --resume to retry only these lines",
    };
    // What the service or the network failed at may succeed as it is.
    let fix = if tally.failed_for_good() { "fix the input, then " } else { "" };
    format!("{errors}; {fix}{again}")
}

/// What is worth saying of all tokens of a run together.
fn advice(tally: &Tally) -> Vec<Note> {
    let mut notes = Vec::new();
    if tally.changed > 0 {
        let lines = text::count(tally.changed, "line");
        notes.push(Note::Note(format!("{lines} of the --resume file had other requests; minted again")));
    }
    if tally.endless > 0 {
        let limits = "join_until, remove_at or remove_after_seconds_elapsed, in the line or by its flag";
        notes.push(Note::Hint(format!("{} of the tokens never expire; limit them with {limits}", tally.endless)));
    }
    notes
}
