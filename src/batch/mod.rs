//! Many tokens in one run: lines in, lines out, in the same order, made by several threads that share a `flow`. What is
//! asked for is settled here, and how it ends; this thread only watches the others.

mod flow;
pub mod lines;
mod order;
mod progress;
pub mod resume;
pub mod worker;

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Context as _;

use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::options::Batch;
use flow::{Account, Flow, Stop};
use lines::{Chunk, Lines};
use progress::Progress;
use worker::{Run, Task, Worker};

/// How a run has gone so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Lines that became a token.
    pub minted: u64,
    /// Lines that became an error.
    pub failed: u64,
    /// Lines that an earlier run had minted.
    pub kept: u64,
    /// Lines whose token never expires.
    pub endless: u64,
    /// Bytes of the input that are done.
    pub bytes: u64,
    /// Nothing is minted, only shown.
    pub dry: bool,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.minted += other.minted;
        self.failed += other.failed;
        self.kept += other.kept;
        self.endless += other.endless;
        self.bytes += other.bytes;
        self.dry |= other.dry;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let made = if self.dry { "shown" } else { "minted" };
        write!(formatter, "{} {made}, {} failed", self.minted, self.failed)?;
        if self.kept > 0 {
            write!(formatter, ", {} kept from before", self.kept)?;
        }
        Ok(())
    }
}

/// How a run has ended.
pub struct Ended {
    /// What came of the lines.
    pub tally: Tally,
    /// The exit status, and the failure behind it if there is one to tell.
    pub result: std::result::Result<u8, Option<Failure>>,
}

/// Where the lines come from.
pub struct Input {
    lines: Box<dyn Read + Send>,
    size: Option<u64>,
}

impl Input {
    /// Opens the input.
    ///
    /// # Errors
    /// Exit 2 where it cannot be read.
    pub fn open(batch: &Batch) -> Result<Self> {
        if batch.input == Path::new("-") {
            return Ok(Input { lines: Box::new(io::stdin()), size: None });
        }
        let cannot = || format!("--batch: cannot read {}", crate::text::path(&batch.input));
        let file = std::fs::File::open(&batch.input).with_context(cannot).or_fail(Category::Usage)?;
        let metadata = file.metadata().with_context(cannot).or_fail(Category::Usage)?;
        if metadata.is_dir() {
            return Err(Failure::usage(format!("--batch: {} is a folder", crate::text::path(&batch.input))));
        }
        Ok(Input { lines: Box::new(file), size: Some(metadata.len()).filter(|_| metadata.is_file()) })
    }
}

/// What a run needs beside its lines.
pub struct Setting {
    /// Which tokens are made.
    pub task: Task,
    /// The outside.
    pub world: crate::app::World,
    /// Takes secrets out of messages.
    pub scrubber: crate::redact::Scrubber,
    /// Set when no further line is to be started; the transport looks at it, too.
    pub halted: Arc<AtomicBool>,
    /// Whether a bar may be shown.
    pub progress: bool,
}

/// Mints every line. Signals end it early and in order.
///
/// # Errors
/// Exit 1 where the system gives no threads or signal handlers; see [`resume::open`] for the output.
pub fn run(batch: &Batch, input: Input, setting: Setting) -> Result<Ended> {
    let (kept, output) = open_output(batch)?;
    let signals = Signals::watch(&setting.halted)?;
    let signs = matches!(setting.task, Task::Twilio(..) | Task::ShowTwilio(..));
    let dry = matches!(setting.task, Task::ShowSignalWire(..) | Task::ShowTwilio(..));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Signing keeps a core busy, a request waits: only the latter gains from more threads than cores.
    let threads = if signs { batch.jobs.min(cores) } else { batch.jobs };
    let halted = Arc::clone(&setting.halted);
    let run = Arc::new(Run {
        task: setting.task,
        kept,
        world: setting.world,
        scrubber: setting.scrubber,
        halted: Arc::clone(&halted),
    });
    // Reading further ahead than this would only fill memory.
    let ahead = threads * if signs { 2 } else { 4 };
    let flow = Arc::new(Flow::new(Lines::new(input.lines, signs), output, ahead, halted));
    start(threads, &run, &flow)?;
    let mut progress = Progress::new(setting.progress, input.size);
    progress.show(&Tally::default());
    let account = flow.wait(|tally| progress.show(tally));
    progress.finish();
    let tally = Tally { dry, ..account.tally };
    Ok(Ended { tally, result: verdict(Account { tally, ..account }, signals.received()) })
}

/// Where the lines go, and those that need not be minted again.
fn open_output(batch: &Batch) -> Result<(resume::Kept, Box<dyn Write + Send>)> {
    let Some(path) = &batch.resume else { return Ok((resume::Kept::default(), crate::output::deliver::lines())) };
    let (kept, file) = resume::open(path)?;
    Ok((kept, Box::new(file)))
}

fn verdict(account: Account, signal: Option<u8>) -> std::result::Result<u8, Option<Failure>> {
    match (account.stop, signal, account.unread) {
        (Some(Stop::Gone), _, _) => Err(None),
        (Some(Stop::Failure(failure)), _, _) | (None, None, Some(failure)) => Err(Some(failure)),
        (None, Some(status), _) => Ok(status),
        (None, None, None) if account.tally.failed > 0 => Err(Some(
            Failure::message(Category::Partial, format!("some lines failed: {}", account.tally))
                .hint("their output lines have an error; with --resume they are tried again"),
        )),
        (None, None, None) => Ok(0),
    }
}

/// Starts so many threads, or as many as the system gives: fewer do the same work, and those that run may have minted by
/// the time that one more is refused.
fn start(threads: usize, run: &Arc<Run>, flow: &Arc<Flow>) -> Result<()> {
    for number in 0..threads {
        let (worker, shared) = (Worker::new(Arc::clone(run)), Arc::clone(flow));
        flow.enter();
        let thread = std::thread::Builder::new().name("mint".to_owned()).stack_size(512 * 1024);
        // None is ever joined: one that waits for more input would hold up the end of the run.
        if let Err(error) = thread.spawn(move || work(worker, &shared)) {
            flow.leave();
            return if number > 0 {
                Ok(())
            } else {
                Err(error).context("cannot start a thread").or_fail(Category::Internal)
            };
        }
    }
    Ok(())
}

/// A thread that mints.
fn work(mut worker: Worker, flow: &Flow) {
    let (mut chunk, mut memory) = (Chunk::default(), Vec::new());
    while let Some(number) = flow.next(&mut chunk) {
        memory = flow.finish(number, worker.chunk(&chunk, memory));
    }
    flow.leave();
}

/// The signals that end a run early.
struct Signals {
    received: Arc<AtomicUsize>,
}

impl Signals {
    /// Halts the run at the first SIGINT or SIGTERM; a second one ends it on the spot.
    fn watch(halted: &Arc<AtomicBool>) -> Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        use signal_hook::flag;

        let received = Arc::new(AtomicUsize::new(0));
        let seen = Arc::new(AtomicBool::new(false));
        // They no longer end the process on the spot, as they do again after a credential helper.
        crate::os::signals::take(&[SIGINT, SIGTERM]);
        for (signal, status) in [(SIGINT, 130), (SIGTERM, 143)] {
            // In this order: who sees the run halted must see why.
            flag::register_conditional_shutdown(signal, status, Arc::clone(&seen))
                .and_then(|_| flag::register(signal, Arc::clone(&seen)))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&received), status.unsigned_abs() as usize))
                .and_then(|_| flag::register(signal, Arc::clone(halted)))
                .context("cannot watch for signals")
                .or_fail(Category::Internal)?;
        }
        Ok(Signals { received })
    }

    fn received(&self) -> Option<u8> {
        u8::try_from(self.received.load(Ordering::SeqCst)).ok().filter(|status| *status != 0)
    }
}

/// What is worth saying of all tokens of a run together.
pub fn advice(tally: &Tally) -> Option<Note> {
    let limits = "join_until, remove_at or remove_after_seconds_elapsed, in the line or by its flag";
    (tally.endless > 0)
        .then(|| Note::Hint(format!("{} of the tokens never expire; limit them with {limits}", tally.endless)))
}

/// The notes of an interrupted run.
pub fn interrupted(status: u8) -> Note {
    let what = if status == 130 { "interrupted" } else { "terminated" };
    Note::Warning(format!("{what}: lines that were not started have no output line"))
}
