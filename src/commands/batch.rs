//! A batch from what was typed: what every line shares is settled once, then the lines run.

use std::io::IsTerminal as _;
use std::sync::Arc;

use super::mint::{Job, Way};
use super::sign::Order;
use crate::batch::{self, Input, Setting, worker::Task};
use crate::catalog::Draft;
use crate::credentials::environment;
use crate::error::{Category, Note, Result};
use crate::options::Batch;

/// Mints a SignalWire token for each line.
pub(super) fn signalwire(job: &Job, batch: &Batch, draft: Draft, notes: &mut Vec<Note>) -> Result<u8> {
    let input = Input::open(batch)?;
    notes.extend(draft.warnings.iter().cloned());
    if job.mint.dry_run {
        let task = Task::ShowSignalWire(draft, job.shown_space(notes)?);
        return run(job, batch, input, task, notes);
    }
    // Held until the end: the emulator, if it is the space, lives as long as this.
    let way = Way::find(job.wanted(), &job.mint.settings, job.world, job.report, notes)?;
    notes.extend(way.note());
    run(job, batch, input, Task::SignalWire(draft, Arc::clone(&way.transport)), notes)
}

/// Signs a token for each line.
pub(super) fn sign(job: &Job, batch: &Batch, order: Order, notes: &mut Vec<Note>) -> Result<u8> {
    let input = Input::open(batch)?;
    let task = if job.mint.dry_run { Task::ShowSigned(order.paper()) } else { Task::Sign(order.signer(job, notes)?) };
    run(job, batch, input, task, notes)
}

fn run(job: &Job, batch: &Batch, input: Input, task: Task, notes: &mut Vec<Note>) -> Result<u8> {
    // Before the bar: a warning in the middle of it would be lost.
    job.report.notes(&std::mem::take(notes));
    let tone = job.general.tone;
    let setting = Setting {
        task,
        world: job.world.clone(),
        scrubber: environment::scrubber(&job.world.env),
        halted: Arc::clone(&job.mint.settings.halted),
        // A dumb terminal shows each drawing on a line of its own.
        progress: !tone.quiet
            && !tone.verbose
            && std::io::stderr().is_terminal()
            && job.world.env.text("TERM") != Some("dumb"),
    };
    let ended = batch::run(batch, input, setting)?;
    // With `-o json`, too, as the summary: what stands on stdout are the lines.
    job.report.aside(batch::advice(&ended.tally).as_slice());
    match ended.result {
        Ok(status) => {
            if status != 0 {
                job.report.notes(&[batch::interrupted(status)]);
            }
            job.report.summary(&ended.tally.to_string());
            Ok(status)
        }
        Err(Some(failure)) => {
            // A failure of some lines tells the numbers itself.
            Err(if failure.kind() == Category::Partial { failure } else { failure.and(format!("; {}", ended.tally)) })
        }
        // Whoever read the output has gone, and wants no words either.
        Err(None) => Ok(1),
    }
}
