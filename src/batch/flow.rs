//! What the threads of a run share: each takes the next lines here and brings back what came of them, and whoever brings
//! what is next in order writes it. What comes of a line is for `worker`.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::Tally;
use super::lines::{Chunk, Lines};
use super::order::Reorder;
use super::worker::Outcome;
use crate::error::{Category, Failure};

/// The way of the lines through a run. Whoever needs both locks takes that of the source first.
pub struct Flow {
    source: Mutex<Source>,
    sink: Mutex<Sink>,
    /// How many chunks have been handed out.
    started: AtomicU64,
    /// How many of them have been written.
    written: AtomicU64,
    /// How far the handing out may be ahead of the writing, so that memory does not grow and little is minted that nobody
    /// takes.
    ahead: u64,
    /// Set when no further line is to be started.
    halted: Arc<AtomicBool>,
    /// The writing has got on.
    moved: Condvar,
    /// The last thread is done, or there is no use in going on.
    over: Condvar,
}

struct Source {
    lines: Lines<Box<dyn Read + Send>>,
    ended: bool,
    /// Why the input cannot be read on.
    fault: Option<Failure>,
}

struct Sink {
    order: Reorder<Outcome>,
    /// Where the output lines go; not here while somebody writes, or when nothing can be written any more.
    output: Option<Box<dyn Write + Send>>,
    tally: Tally,
    stop: Option<Stop>,
    /// Nothing can be written any more.
    broken: bool,
    /// Threads that are at work.
    threads: usize,
    /// Somebody waits for the writing to get on.
    awaited: bool,
    /// Memory of lines that are written, for the next ones.
    spare: Vec<Vec<u8>>,
}

/// Why a run has stopped before its end.
pub enum Stop {
    /// Nobody reads the output any more.
    Gone,
    /// Something that must be told.
    Failure(Failure),
}

/// How a run has gone.
pub struct Account {
    /// What came of the lines.
    pub tally: Tally,
    /// Why it has stopped before its end.
    pub stop: Option<Stop>,
    /// Why the input could not be read to its end.
    pub unread: Option<Failure>,
}

/// About how many bytes are written at once, where that many are ready.
const PIECE: usize = 64 * 1024;
/// The most memory of one result that is kept for another.
const SPARE: usize = 1024 * 1024;
/// How often somebody who waits looks up: a signal wakes nobody.
const GLANCE: Duration = Duration::from_millis(100);

impl Flow {
    /// From these lines into this output, reading at most `ahead` chunks ahead of what is written.
    pub fn new(
        lines: Lines<Box<dyn Read + Send>>,
        output: Box<dyn Write + Send>,
        ahead: usize,
        halted: Arc<AtomicBool>,
    ) -> Self {
        let sink = Sink {
            order: Reorder::default(),
            output: Some(output),
            tally: Tally::default(),
            stop: None,
            broken: false,
            threads: 0,
            awaited: false,
            spare: Vec::new(),
        };
        Flow {
            source: Mutex::new(Source { lines, ended: false, fault: None }),
            sink: Mutex::new(sink),
            started: AtomicU64::new(0),
            written: AtomicU64::new(0),
            ahead: ahead as u64,
            halted,
            moved: Condvar::new(),
            over: Condvar::new(),
        }
    }

    /// Counts a thread that is about to start.
    pub fn enter(&self) {
        if let Ok(mut sink) = self.sink.lock() {
            sink.threads += 1;
        }
    }

    /// Counts a thread that is done.
    pub fn leave(&self) {
        if let Ok(mut sink) = self.sink.lock() {
            sink.threads -= 1;
            if sink.threads == 0 {
                self.over.notify_all();
            }
        }
    }

    /// Fills a chunk with the next lines and gives its number, the first being 0; nothing at the end of the input and
    /// when the run is halted.
    pub fn next(&self, chunk: &mut Chunk) -> Option<u64> {
        // While one thread waits for input, the others wait here: there is nothing else for them to do.
        let mut source = self.source.lock().ok()?;
        let number = self.started.load(Ordering::SeqCst);
        if source.ended || !self.wait_for_turn(number) {
            return None;
        }
        match source.lines.next_chunk(chunk) {
            Ok(true) => {
                // Before the look at `halted` that precedes each line: whoever halts the run and then finds everything
                // written that was started can be sure that nothing is under way.
                self.started.store(number + 1, Ordering::SeqCst);
                return Some(number);
            }
            Ok(false) => {}
            Err(error) => {
                let what = format!("--batch: the input cannot be read on: {}", error.kind());
                source.fault = Some(Failure::usage(what));
            }
        }
        source.ended = true;
        None
    }

    /// Waits until a chunk is not too far ahead of the writing. Whether it may be started.
    fn wait_for_turn(&self, number: u64) -> bool {
        let early = || number >= self.written.load(Ordering::SeqCst) + self.ahead;
        let halted = || self.halted.load(Ordering::SeqCst);
        if !early() {
            return !halted();
        }
        let Ok(mut sink) = self.sink.lock() else { return false };
        while early() && !halted() {
            sink.awaited = true;
            match self.moved.wait_timeout(sink, GLANCE) {
                Ok((guard, _)) => sink = guard,
                Err(_) => return false,
            }
        }
        !halted()
    }

    /// Takes what came of a chunk, and writes it and whatever has become ready with it, unless somebody is at that
    /// already. Gives empty memory for the next result.
    pub fn finish(&self, number: u64, outcome: Outcome) -> Vec<u8> {
        let Ok(mut sink) = self.sink.lock() else { return Vec::new() };
        sink.order.put(number, outcome);
        if let Some(mut output) = sink.output.take() {
            while let Some((text, count)) = sink.ready(&self.halted) {
                drop(sink);
                let written = output.write_all(&text).and_then(|()| output.flush());
                let Ok(guard) = self.sink.lock() else { return Vec::new() };
                sink = guard;
                sink.keep(text);
                self.written.fetch_add(count, Ordering::SeqCst);
                if let Err(error) = written {
                    self.break_off(&mut sink, error);
                    return Vec::new();
                }
                if std::mem::take(&mut sink.awaited) {
                    self.moved.notify_all();
                }
            }
            sink.output = Some(output);
        }
        sink.spare.pop().unwrap_or_default()
    }

    /// Ends a run whose output cannot be written. What has stopped it before counts for more.
    fn break_off(&self, sink: &mut Sink, error: io::Error) {
        self.halted.store(true, Ordering::SeqCst);
        sink.broken = true;
        sink.stop.get_or_insert_with(|| match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::Gone,
            _ => Stop::Failure(Failure::new(
                Category::Internal,
                anyhow::Error::new(error).context("cannot write the output"),
            )),
        });
        self.over.notify_all();
    }

    /// Waits until everything is written, or until the run has been halted and what was under way is written. Meanwhile
    /// `show` is told now and then how it goes.
    pub fn wait(&self, mut show: impl FnMut(&Tally)) -> Account {
        loop {
            let Ok(sink) = self.sink.lock() else { break };
            // In this order: see `next`.
            let halted = self.halted.load(Ordering::SeqCst);
            let started = self.started.load(Ordering::SeqCst);
            let drained = halted && self.written.load(Ordering::SeqCst) >= started;
            if sink.threads == 0 || sink.broken || drained {
                break;
            }
            let tally = match self.over.wait_timeout(sink, GLANCE) {
                Ok((sink, _)) => sink.tally,
                Err(_) => break,
            };
            show(&tally);
        }
        let (tally, stop) = match self.sink.lock() {
            Ok(mut sink) => (sink.tally, sink.stop.take()),
            Err(_) => (Tally::default(), None),
        };
        // Whoever waits for input holds the source, and then it is not at fault.
        let unread = self.source.try_lock().ok().and_then(|mut source| source.fault.take());
        Account { tally, stop, unread }
    }
}

impl Sink {
    /// The text of what is ready in order, and of how many chunks it is.
    fn ready(&mut self, halted: &AtomicBool) -> Option<(Vec<u8>, u64)> {
        let (mut text, mut count) = (Vec::new(), 0);
        while text.len() < PIECE
            && let Some(outcome) = self.order.take()
        {
            count += 1;
            self.tally += outcome.tally;
            // One result is written as it is; several that became ready together in one piece.
            if text.is_empty() {
                self.keep(std::mem::replace(&mut text, outcome.text));
            } else {
                text.extend_from_slice(&outcome.text);
                self.keep(outcome.text);
            }
            if let Some(failure) = outcome.stop {
                halted.store(true, Ordering::SeqCst);
                self.stop.get_or_insert(Stop::Failure(failure));
            }
        }
        (count > 0).then_some((text, count))
    }

    fn keep(&mut self, mut text: Vec<u8>) {
        if (1..=SPARE).contains(&text.capacity()) && self.spare.len() < self.threads {
            text.clear();
            self.spare.push(text);
        }
    }
}
