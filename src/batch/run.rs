//! A run from start to end. This thread only watches the others.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;

use super::end::End;
use super::input::Input;
use super::kept::Kept;
use super::lines::{Chunk, Lines};
use super::minter::LineMinter;
use super::pipeline::{Ahead, Pipeline};
use super::progress::{Look, Progress};
use super::resume::{self, Opened, Out};
use super::row::Row;
use super::signals::Signals;
use super::tally::Tally;
use super::worker::{Shared, Worker};
use crate::error::{Category, Note, OrFail as _, Result};
use crate::options::Batch;
use crate::redact::Scrubber;

/// Makes a minter for each thread.
pub type Minters = Box<dyn Fn() -> Box<dyn LineMinter> + Send + Sync>;

/// What a run needs in addition to its lines.
pub struct Setting {
    /// Makes the minter of a thread.
    pub minter: Minters,
    /// Minting keeps a processor busy, and waits for nothing.
    pub is_computed: bool,
    /// The time now.
    pub clock: fn() -> Timestamp,
    /// Takes secrets out of messages.
    pub scrubber: Scrubber,
    /// Set when no further line is to be started; the transport looks at it, too.
    pub halted: Arc<AtomicBool>,
    /// How progress is shown.
    pub progress: Look,
}

/// How a run went.
#[derive(Debug)]
pub struct Summary {
    /// What became of the lines.
    pub tally: Tally,
    /// How it ended.
    pub end: End,
    /// How long it took.
    pub elapsed: Duration,
}

/// Bytes of lines in work, and of results that wait to be written.
const BYTES_AHEAD: u64 = 4 * 1024 * 1024;
/// Polls for which a write may block before a warning.
const PATIENCE: u32 = 10;

/// Mints every line. Signals end it early and in order. What must be said meanwhile goes to `say`.
///
/// # Errors
/// Exit 1 where the system refuses threads or signal handlers; exit 1 or 3 for the output, as `resume` says.
pub fn run(batch: &Batch, input: Input, setting: Setting, say: &mut dyn FnMut(Note)) -> Result<Summary> {
    let started = Instant::now();
    // Watched before OUT is opened: its temporary file holds tokens and must be removed if the run is interrupted.
    let signals = Signals::watch(&setting.halted)?;
    let interrupted = |signals: &Signals| Summary {
        tally: Tally::default(),
        end: End::Interrupted(signals.received().unwrap_or(130)),
        elapsed: started.elapsed(),
    };
    let Some(opened) = open_output(batch, &setting)? else { return Ok(interrupted(&signals)) };
    say_expired(opened.as_ref(), say);
    let (out, kept) = opened.map_or((None, Kept::default()), |opened| (Some(opened.out), opened.kept));
    let output = output_of(out.as_ref())?;

    let Setting { minter, is_computed, clock, scrubber, halted, progress } = setting;
    let shared = Arc::new(Shared { kept, scrubber, clock, halted: Arc::clone(&halted), row: Row::new(batch.jobs) });
    // More threads than processors help only where threads wait.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if is_computed { batch.jobs.min(cores) } else { batch.jobs };
    let chunks = threads as u64 * if is_computed { 2 } else { 4 };
    let ahead = Ahead { chunks, bytes: BYTES_AHEAD };
    let pipeline = Pipeline::new(Lines::new(input.lines, is_computed), output, threads, ahead, halted);
    let crew = Arc::new(Crew { pipeline, shared, minter });
    Crew::start_thread(&crew).context("cannot start a thread").or_fail(Category::Internal)?;
    watch(&crew.pipeline, Progress::new(progress, input.size), say);
    let (tally, end) = crew.pipeline.end(signals.received());
    let end = match out.filter(|_| tally.changed > 0) {
        Some(out) => settle(out, &crew.shared.kept, end),
        None => end,
    };
    Ok(Summary { tally, end, elapsed: started.elapsed() })
}

/// OUT, where there is one. `None` where a signal comes meanwhile.
#[allow(clippy::option_option, reason = "interrupted, and written to standard output, are two things")]
fn open_output(batch: &Batch, setting: &Setting) -> Result<Option<Option<Opened>>> {
    match &batch.resume {
        None => Ok(Some(None)),
        Some(path) => Ok(resume::open(path, (setting.clock)(), &setting.halted)?.map(Some)),
    }
}

fn output_of(out: Option<&Out>) -> Result<Box<dyn Write + Send>> {
    Ok(match out {
        Some(out) => Box::new(out.appender()?),
        None => crate::output::deliver::lines(),
    })
}

fn say_expired(opened: Option<&Opened>, say: &mut dyn FnMut(Note)) {
    if let Some(ended) = opened.map(|opened| opened.ended).filter(|ended| *ended > 0) {
        let what = if ended == 1 { "1 token".to_owned() } else { format!("{ended} tokens") };
        say(Note::Note(format!("{what} of the --resume file had expired; their lines are minted again")));
    }
}

/// The threads of a run, and what they share.
struct Crew {
    pipeline: Pipeline,
    shared: Arc<Shared>,
    minter: Minters,
}

impl Crew {
    /// Starts a thread if one is needed.
    fn start_thread(this: &Arc<Self>) -> io::Result<()> {
        if !this.pipeline.enter() {
            return Ok(());
        }
        let crew = Arc::clone(this);
        let thread = std::thread::Builder::new().name("mint".to_owned()).stack_size(512 * 1024);
        // Never joined: a thread that waits for input would delay the end of the run.
        thread.spawn(move || Self::work(&crew)).map(drop).inspect_err(|_| this.pipeline.give_up())
    }

    /// A thread that mints.
    fn work(this: &Arc<Self>) {
        let mut worker = Worker::new(Arc::clone(&this.shared), (this.minter)());
        let (mut chunk, mut buffer) = (Chunk::default(), Vec::new());
        while let Some(number) = this.pipeline.next(&mut chunk) {
            // Where the system refuses another thread, fewer do the same work.
            let _ = Self::start_thread(this);
            let result = worker.chunk(&chunk, buffer);
            buffer = this.pipeline.finish(number, &mut chunk, result);
        }
        this.pipeline.leave();
    }
}

/// Shows how the run goes until it is over.
fn watch(pipeline: &Pipeline, mut progress: Progress, say: &mut dyn FnMut(Note)) {
    progress.show(&Tally::default());
    let mut stuck = 0;
    pipeline.wait(|glimpse| {
        progress.show(&glimpse.tally);
        stuck = if glimpse.stuck { stuck + 1 } else { 0 };
        if stuck == PATIENCE {
            progress.finish();
            // Giving up here would lose tokens that exist.
            let what = "interrupted, but the output is not being read and minted tokens are waiting to be written";
            say(Note::Warning(what.to_owned()));
            say(Note::Hint("let the reader continue, or interrupt again to exit now and lose them".to_owned()));
        }
    });
    progress.finish();
}

/// Takes out of OUT what was minted again.
fn settle(out: Out, kept: &Kept, end: End) -> End {
    match (out.settle(kept), end) {
        (Err(failure), End::Done | End::SomeFailed) => End::Stopped(failure),
        // The reason for the end matters more; the next run cleans up.
        (_, end) => end,
    }
}
