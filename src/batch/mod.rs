//! Many tokens in one run: lines in, lines out, in the same order. One thread reads, several mint, this one writes; a
//! window keeps them together, so that memory does not grow and little is minted that nobody takes.

pub mod lines;
pub mod order;
mod progress;
pub mod resume;
pub mod worker;

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;

use crate::error::{Failure, Kind, Note, OrFail as _, Result};
use lines::{Chunk, Lines};
use order::{Reorder, Window};
use progress::Progress;
use worker::{Outcome, Run, Task, Worker};

/// What was typed for a batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// `--batch`: a file, or `-`.
    pub input: PathBuf,
    /// `--jobs`.
    pub jobs: usize,
    /// `--resume`.
    pub resume: Option<PathBuf>,
}

/// How a run has gone so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Lines that became a token.
    pub minted: u64,
    /// Lines that became an error.
    pub failed: u64,
    /// Lines that an earlier run had minted.
    pub kept: u64,
    /// Bytes of the input that are done.
    pub bytes: u64,
    /// Nothing is minted, only shown.
    pub dry: bool,
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
    lines: Box<dyn io::Read + Send>,
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
        let cannot = || format!("--batch: cannot read {}", crate::sanitize::path(&batch.input));
        let file = std::fs::File::open(&batch.input).with_context(cannot).or_fail(Kind::Usage)?;
        let metadata = file.metadata().with_context(cannot).or_fail(Kind::Usage)?;
        if metadata.is_dir() {
            return Err(Failure::usage(format!("--batch: {} is a folder", crate::sanitize::path(&batch.input))));
        }
        Ok(Input { lines: Box::new(file), size: Some(metadata.len()).filter(|_| metadata.is_file()) })
    }
}

/// What a run needs beside its lines.
pub struct Setting {
    /// Which tokens are made.
    pub task: Task,
    /// The outside.
    pub world: crate::world::World,
    /// Takes secrets out of messages.
    pub scrubber: crate::sanitize::Scrubber,
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
    let ahead = threads * if signs { 2 } else { 4 };
    let window = Arc::new(Window::new(ahead as u64));
    let (sent, fault) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(None)));
    let (queue, chunks) = mpsc::sync_channel(ahead);
    let (results, done) = mpsc::sync_channel(ahead);
    let reader = Reader {
        window: Arc::clone(&window),
        sent: Arc::clone(&sent),
        halted: Arc::clone(&halted),
        fault: Arc::clone(&fault),
    };
    spawn("read", move || reader.read(Lines::new(input.lines, signs), &queue))?;
    let chunks = Arc::new(Mutex::new(chunks));
    for _ in 0..threads {
        let (run, chunks, results) = (Arc::clone(&run), Arc::clone(&chunks), results.clone());
        spawn("mint", move || work(run, &chunks, &results))?;
    }
    drop(results);
    let progress = Progress::new(setting.progress && io::stderr().is_terminal(), input.size);
    let mut writer = Writer {
        output,
        window: &window,
        progress: &progress,
        order: Reorder::default(),
        tally: Tally { dry, ..Tally::default() },
        stop: None,
    };
    writer.write_all(&done, &sent, &halted);
    progress.finish();
    let unread = fault.lock().ok().and_then(|mut fault| fault.take());
    let Writer { tally, stop, .. } = writer;
    Ok(Ended { tally, result: verdict(&tally, stop, unread, signals.received()) })
}

/// Where the lines go, and those that need not be minted again.
fn open_output(batch: &Batch) -> Result<(resume::Kept, Box<dyn Write>)> {
    let Some(path) = &batch.resume else { return Ok((resume::Kept::default(), crate::output::deliver::lines())) };
    let (kept, file) = resume::open(path)?;
    Ok((kept, Box::new(file)))
}

fn verdict(
    tally: &Tally,
    stop: Option<Stop>,
    unread: Option<Failure>,
    signal: Option<u8>,
) -> std::result::Result<u8, Option<Failure>> {
    match (stop, signal, unread) {
        (Some(Stop::Gone), _, _) => Err(None),
        (Some(Stop::Failure(failure)), _, _) | (None, None, Some(failure)) => Err(Some(failure)),
        (None, Some(status), _) => Ok(status),
        (None, None, None) if tally.failed > 0 => Err(Some(
            Failure::message(Kind::Partial, format!("some lines failed: {tally}"))
                .hint("their output lines have an error; with --resume they are tried again"),
        )),
        (None, None, None) => Ok(0),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    // A thread that waits for more input would hold up the end of the run: none is ever joined.
    let thread = std::thread::Builder::new().name(name.to_owned()).stack_size(512 * 1024).spawn(work);
    thread.map(drop).context("cannot start a thread").or_fail(Kind::Internal)
}

/// The thread that reads.
struct Reader {
    window: Arc<Window>,
    sent: Arc<AtomicU64>,
    halted: Arc<AtomicBool>,
    fault: Arc<Mutex<Option<Failure>>>,
}

impl Reader {
    fn read(self, mut lines: Lines<impl io::Read>, queue: &SyncSender<(u64, Chunk)>) {
        for number in 0.. {
            if !self.window.enter(number, || self.halted.load(Ordering::Relaxed)) {
                return;
            }
            match lines.next_chunk() {
                Ok(Some(chunk)) => {
                    // Counted before it is handed over: the writer never takes a chunk under way for none.
                    self.sent.fetch_add(1, Ordering::SeqCst);
                    if queue.send((number, chunk)).is_err() {
                        return;
                    }
                }
                Ok(None) => return,
                Err(error) => {
                    if let Ok(mut fault) = self.fault.lock() {
                        *fault =
                            Some(Failure::usage(format!("--batch: the input cannot be read on: {}", error.kind())));
                    }
                    return;
                }
            }
        }
    }
}

/// A thread that mints.
fn work(run: Arc<Run>, chunks: &Mutex<Receiver<(u64, Chunk)>>, results: &SyncSender<(u64, Outcome)>) {
    let mut worker = Worker::new(run);
    loop {
        let next = match chunks.lock() {
            Ok(chunks) => chunks.recv(),
            Err(_) => return,
        };
        let Ok((number, chunk)) = next else { return };
        if results.send((number, worker.chunk(&chunk))).is_err() {
            return;
        }
    }
}

/// Why the writing has stopped before the end.
enum Stop {
    /// Nobody reads the output any more.
    Gone,
    /// Something that must be told.
    Failure(Failure),
}

/// The thread that writes.
struct Writer<'a> {
    output: Box<dyn Write>,
    window: &'a Window,
    progress: &'a Progress,
    order: Reorder<Outcome>,
    tally: Tally,
    stop: Option<Stop>,
}

impl Writer<'_> {
    /// Writes results until all are written, or until the run has been halted and what was under way is written.
    fn write_all(&mut self, done: &Receiver<(u64, Outcome)>, sent: &AtomicU64, halted: &AtomicBool) {
        let mut received = 0;
        loop {
            let over = halted.load(Ordering::SeqCst) && received == sent.load(Ordering::SeqCst);
            match done.recv_timeout(if over { Duration::ZERO } else { Duration::from_millis(100) }) {
                Ok((number, outcome)) => {
                    received += 1;
                    self.order.put(number, outcome);
                    if !self.write_ready(halted) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) if over => return,
                Err(RecvTimeoutError::Timeout) => self.progress.show(&self.tally),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Writes what is ready, in order. Whether there is any use in going on: not when the output is gone.
    fn write_ready(&mut self, halted: &AtomicBool) -> bool {
        let mut text = Vec::new();
        while let Some(outcome) = self.order.take() {
            self.window.advance();
            self.tally.minted += outcome.minted;
            self.tally.failed += outcome.failed;
            self.tally.kept += outcome.kept;
            self.tally.bytes += outcome.bytes;
            // One result is written as it is; several that became ready together in one piece.
            if text.is_empty() {
                text = outcome.text;
            } else {
                text.extend_from_slice(&outcome.text);
            }
            if let Some(failure) = outcome.stop {
                halted.store(true, Ordering::SeqCst);
                self.stop.get_or_insert(Stop::Failure(failure));
            }
        }
        self.progress.show(&self.tally);
        if text.is_empty() {
            return true;
        }
        let written = self.output.write_all(&text).and_then(|()| self.output.flush());
        if let Err(error) = written {
            halted.store(true, Ordering::SeqCst);
            self.stop = Some(match error.kind() {
                io::ErrorKind::BrokenPipe => Stop::Gone,
                _ => Stop::Failure(Failure::new(
                    Kind::Internal,
                    anyhow::Error::new(error).context("cannot write the output"),
                )),
            });
            return false;
        }
        true
    }
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
        for (signal, status) in [(SIGINT, 130), (SIGTERM, 143)] {
            flag::register_conditional_shutdown(signal, status, Arc::clone(&seen))
                .and_then(|_| flag::register(signal, Arc::clone(&seen)))
                .and_then(|_| flag::register(signal, Arc::clone(halted)))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&received), status.unsigned_abs() as usize))
                .context("cannot watch for signals")
                .or_fail(Kind::Internal)?;
        }
        Ok(Signals { received })
    }

    fn received(&self) -> Option<u8> {
        u8::try_from(self.received.load(Ordering::SeqCst)).ok().filter(|status| *status != 0)
    }
}

/// The notes of an interrupted run.
pub fn interrupted(status: u8) -> Note {
    let what = if status == 130 { "interrupted" } else { "terminated" };
    Note::Warning(format!("{what}: lines that were not started have no output line"))
}
