//! A batch from what was typed: what every line shares is settled once, then the lines run.

mod fingerprint;
mod http;
pub mod sign;

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::mint::{Job, Way};
use super::sign::Order;
use crate::batch::{self, End, Input, Minters, Setting, Summary, Tally, pace};
use crate::catalog::{Draft, Minting, Paper, Scratch, Sign};
use crate::credentials::environment;
use crate::error::{Category, Failure, Note, Reach, Result};
use crate::http::Mode;
use crate::options::Batch;
use crate::providers::SCHEMAS;
pub use fingerprint::Fingerprint;

/// Asks a service for a token for each line.
pub(super) fn ask(job: &Job, batch: &Batch, draft: Draft, notes: &mut Vec<Note>) -> Result<u8> {
    let input = Input::open(batch)?;
    notes.extend(draft.warnings.iter().cloned());
    let draft = Arc::new(draft);
    if job.mint.dry_run {
        let shower = http::Shower { draft, space: job.shown_space(notes)? };
        return run(job, batch, input, Box::new(move || Box::new(shower.clone())), Arc::default(), notes);
    }
    let halted = Arc::<AtomicBool>::default();
    let mode = Mode::Batch { halted: Arc::clone(&halted) };
    // Held until the end: the emulator, if it is the space, lives as long as this.
    let connection = Way::find(job.wanted(), &job.mint.settings, mode, job.world, job.report, notes)?;
    notes.extend(connection.note());
    connection.client.prepare();
    let fingerprint = Fingerprint::new(draft.kind.name, connection.name(), draft.settled_fields());
    let (client, refusal) = (Arc::clone(&connection.client), connection.refusal.clone());
    let minter = http::Minter { draft, client, refusal, world: job.world.clone(), fingerprint };
    run(job, batch, input, Box::new(move || Box::new(minter.clone())), halted, notes)
}

/// Signs a token for each line.
pub(super) fn sign(job: &Job, batch: &Batch, order: Order, notes: &mut Vec<Note>) -> Result<u8> {
    let input = Input::open(batch)?;
    let random = job.world.random;
    if job.mint.dry_run {
        let paper: Arc<dyn Paper> = order.paper().into();
        let shower = move || sign::Shower::new(Arc::clone(&paper), Scratch::new(random));
        return run(job, batch, input, Box::new(move || Box::new(shower())), Arc::default(), notes);
    }
    let signer: Arc<dyn Sign> = order.signer(job, notes)?.into();
    let fingerprint = Fingerprint::new(job.mint.kind.name, signer.key_id(), signer.draft().settled_fields());
    let minter = move || sign::Minter::new(Arc::clone(&signer), Scratch::new(random), fingerprint.clone());
    run(job, batch, input, Box::new(move || Box::new(minter())), Arc::default(), notes)
}

fn run(
    job: &Job,
    batch: &Batch,
    input: Input,
    minter: Minters,
    halted: Arc<AtomicBool>,
    notes: &mut Vec<Note>,
) -> Result<u8> {
    // Before the bar: a warning in the middle of it would be lost.
    job.report.notes(&std::mem::take(notes));
    let tone = job.general.tone;
    let setting = Setting {
        minter,
        is_computed: matches!(job.mint.kind.minting, Minting::Signed(_)),
        clock: job.world.clock,
        scrubber: environment::scrubber(&job.world.env, &SCHEMAS),
        halted,
        // A dumb terminal shows each drawing on a line of its own.
        progress: !tone.quiet
            && !tone.verbose
            && std::io::stderr().is_terminal()
            && job.world.env.text("TERM") != Some("dumb"),
    };
    let summary = batch::run(batch, input, setting, &mut |note| job.report.aside(&[note]))?;
    report(job, summary)
}

/// Says how a run went, with `-o json`, too: the result is on stdout line by line.
fn report(job: &Job, summary: Summary) -> Result<u8> {
    let Summary { tally, end, elapsed } = summary;
    let dry = job.mint.dry_run;
    if !dry {
        job.report.aside(&advice(&tally));
    }
    let counts = tally.counts(dry);
    let took = pace(tally.minted + tally.failed(), elapsed);
    match end {
        End::Done => {
            job.report.summary(&format!("{counts} {took}"));
            Ok(0)
        }
        End::Interrupted(status) => {
            job.report.interrupted(&format!("{counts} {took}; unprocessed lines have no output"));
            Ok(status)
        }
        End::SomeFailed => {
            Err(Failure::message(Category::Partial, format!("some lines failed: {counts} {took} ({})", tally.causes()))
                .with_hint("their output lines have an error; with --resume they are tried again"))
        }
        End::Stopped(failure) => {
            let resumes = failure.category() == Category::Unavailable && failure.reach() == Reach::Run;
            let failure = failure.and(format!("; {counts} {took}"));
            Err(if resumes { failure.with_hint("continue this run later with --resume") } else { failure })
        }
        // A reader that has gone wants no words either.
        End::ReaderGone => Ok(1),
    }
}

/// What is worth saying of all tokens of a run together.
fn advice(tally: &Tally) -> Vec<Note> {
    let mut notes = Vec::new();
    if tally.changed > 0 {
        let what = "lines of the --resume file were minted for another request and are minted again";
        notes.push(Note::Note(format!("{} {what}", tally.changed)));
    }
    if tally.endless > 0 {
        let limits = "join_until, remove_at or remove_after_seconds_elapsed, in the line or by its flag";
        notes.push(Note::Hint(format!("{} of the tokens never expire; limit them with {limits}", tally.endless)));
    }
    notes
}
