//! What the threads of a run share. Each takes the next lines from here and returns their results; the one that returns
//! the next result in order writes it, together with the ready results behind it.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::end::End;
use super::lines::{Chunk, Lines};
use super::order::Reorder;
use super::tally::Tally;
use super::worker::ChunkResult;
use crate::error::{Category, Failure};

/// Bounds memory and wasted work: how far the reading may be ahead of the writing.
#[derive(Debug, Clone, Copy)]
pub struct Ahead {
    /// In chunks.
    pub chunks: u64,
    /// In bytes of lines in work and of results that wait. A thread needs about five times the bytes of its line.
    pub bytes: u64,
}

/// The lines' way through a run. Where both locks are needed, that of the source is taken first.
pub struct Pipeline {
    source: Mutex<Source>,
    sink: Mutex<Sink>,
    /// How many chunks have been handed out.
    started: AtomicU64,
    /// How many of them have been written.
    written: AtomicU64,
    /// Bytes of chunks in work and of results that wait.
    held: AtomicU64,
    /// Threads that have no chunk in work.
    idle: AtomicUsize,
    ahead: Ahead,
    /// Set when no further line is to be started.
    halted: Arc<AtomicBool>,
    /// There is room again for what is read ahead.
    moved: Condvar,
    /// The last thread is done, or nothing more can be written.
    over: Condvar,
}

struct Source {
    lines: Lines<Box<dyn Read + Send>>,
    ended: bool,
    /// Why reading the input failed.
    fault: Option<Failure>,
}

struct Sink {
    order: Reorder<ChunkResult>,
    /// The output; absent while a thread writes, or when nothing more can be written.
    output: Option<Box<dyn Write + Send>>,
    tally: Tally,
    /// Why the run stops early: the reader closed the output, or a failure.
    stop: Option<End>,
    /// Nothing more can be written.
    broken: bool,
    /// Threads that have been started and are not done.
    threads: usize,
    /// Threads that there may be.
    most_threads: usize,
    /// A thread waits for room.
    awaited: bool,
    /// Buffers of results that are written, for the next ones.
    spare: Vec<Vec<u8>>,
}

/// How a run is going, for those who watch it.
#[derive(Debug, Clone, Copy)]
pub struct Glimpse {
    /// What has been written.
    pub tally: Tally,
    /// The run is halted, and a write of what it still holds has not returned.
    pub stuck: bool,
}

/// About how many bytes are written at once, where that many are ready.
const PIECE: usize = 64 * 1024;
/// How many bytes of buffers are kept for other results. The tokens of one block of lines are half a megabyte, and memory
/// that is given back and asked for again costs more than what is written into it.
const ALL_SPARE: usize = 8 * 1024 * 1024;
/// The largest buffer that is kept, with many threads and with few.
const SPARE: (usize, usize) = (64 * 1024, 1024 * 1024);
/// Signal handlers cannot notify a condition variable.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

impl Pipeline {
    /// From these lines into this output, by at most so many threads.
    pub fn new(
        lines: Lines<Box<dyn Read + Send>>,
        output: Box<dyn Write + Send>,
        most_threads: usize,
        ahead: Ahead,
        halted: Arc<AtomicBool>,
    ) -> Self {
        let sink = Sink {
            order: Reorder::default(),
            output: Some(output),
            tally: Tally::default(),
            stop: None,
            broken: false,
            threads: 0,
            most_threads,
            awaited: false,
            spare: Vec::new(),
        };
        Pipeline {
            source: Mutex::new(Source { lines, ended: false, fault: None }),
            sink: Mutex::new(sink),
            started: AtomicU64::new(0),
            written: AtomicU64::new(0),
            held: AtomicU64::new(0),
            idle: AtomicUsize::new(0),
            ahead,
            halted,
            moved: Condvar::new(),
            over: Condvar::new(),
        }
    }

    /// Whether to start one more thread: all are busy, and there may be more lines. It is counted.
    /// Threads that are never needed cost no memory and no connection.
    pub fn enter(&self) -> bool {
        if self.idle.load(Ordering::SeqCst) > 0 {
            return false;
        }
        let mut sink = self.sink();
        let room = sink.threads < sink.most_threads;
        if room {
            sink.threads += 1;
            self.idle.fetch_add(1, Ordering::SeqCst);
        }
        room
    }

    /// Uncounts a thread that the system refused to start. No further one is tried.
    pub fn give_up(&self) {
        self.sink().most_threads = 0;
        self.leave();
    }

    /// Uncounts a thread that is done.
    pub fn leave(&self) {
        self.idle.fetch_sub(1, Ordering::SeqCst);
        let mut sink = self.sink();
        sink.threads -= 1;
        if sink.threads == 0 {
            self.over.notify_all();
        }
    }

    /// Fills a chunk with the next lines and gives its number, the first being 0; nothing at the end of the input and
    /// when the run is halted.
    pub fn next(&self, chunk: &mut Chunk) -> Option<u64> {
        // While one thread waits for input, the others wait here.
        let mut source = self.source.lock().ok()?;
        let number = self.started.load(Ordering::SeqCst);
        if source.ended || !self.wait_for_room(number) {
            return None;
        }
        match source.lines.next_chunk(chunk) {
            Ok(true) => {
                self.held.fetch_add(chunk.text.len() as u64, Ordering::SeqCst);
                // Stored before `halted` is checked for each line, so that a run that is halted with every started line
                // written has nothing in progress.
                self.started.store(number + 1, Ordering::SeqCst);
                self.idle.fetch_sub(1, Ordering::SeqCst);
                return Some(number);
            }
            Ok(false) => {}
            Err(error) => {
                source.fault = Some(Failure::usage(format!("--batch: reading the input failed: {}", error.kind())));
            }
        }
        // After an error, too: a source that fails once may fail forever.
        source.ended = true;
        None
    }

    /// Waits until a chunk is not too far ahead of the writing. Whether it may be started.
    fn wait_for_room(&self, number: u64) -> bool {
        let halted = || self.halted.load(Ordering::SeqCst);
        if self.has_room(number) {
            return !halted();
        }
        let mut sink = self.sink();
        while !self.has_room(number) && !halted() {
            sink.awaited = true;
            match self.moved.wait_timeout(sink, POLL_INTERVAL) {
                Ok((guard, _)) => sink = guard,
                Err(_) => return false,
            }
        }
        !halted()
    }

    fn has_room(&self, number: u64) -> bool {
        let written = self.written.load(Ordering::SeqCst);
        // A single chunk is always let through, however large.
        number == written
            || (number < written + self.ahead.chunks && self.held.load(Ordering::SeqCst) < self.ahead.bytes)
    }

    /// Takes the result of a chunk, and writes it and whatever has become ready with it, unless another thread is
    /// writing. Gives an empty buffer for the next result.
    pub fn finish(&self, number: u64, chunk: &mut Chunk, result: ChunkResult) -> Vec<u8> {
        self.idle.fetch_add(1, Ordering::SeqCst);
        let mut sink = self.sink();
        self.held.fetch_add(result.text.len() as u64, Ordering::SeqCst);
        self.held.fetch_sub(chunk.text.len() as u64, Ordering::SeqCst);
        chunk.clear();
        sink.order.put(number, result);
        if let Some(mut output) = sink.output.take() {
            while let Some((text, count)) = sink.ready(&self.halted) {
                drop(sink);
                let written = output.write_all(&text).and_then(|()| output.flush());
                sink = self.sink();
                self.held.fetch_sub(text.len() as u64, Ordering::SeqCst);
                sink.keep(text);
                self.written.fetch_add(count, Ordering::SeqCst);
                if let Err(error) = written {
                    self.break_off(&mut sink, error);
                    return Vec::new();
                }
                self.wake_readers(&mut sink);
            }
            sink.output = Some(output);
        }
        self.wake_readers(&mut sink);
        sink.spare.pop().unwrap_or_default()
    }

    fn wake_readers(&self, sink: &mut Sink) {
        if std::mem::take(&mut sink.awaited) {
            self.moved.notify_all();
        }
    }

    /// Ends a run whose output cannot be written. An earlier reason to stop takes precedence.
    fn break_off(&self, sink: &mut Sink, error: io::Error) {
        self.halted.store(true, Ordering::SeqCst);
        sink.broken = true;
        sink.stop.get_or_insert_with(|| match error.kind() {
            io::ErrorKind::BrokenPipe => End::ReaderGone,
            _ => End::Stopped(Failure::new(
                Category::Internal,
                anyhow::Error::new(error).context("cannot write the output"),
            )),
        });
        self.over.notify_all();
    }

    /// Waits until everything is written, or until the run has been halted and what was in progress is written. Meanwhile
    /// `watch` sees now and then how it goes.
    pub fn wait(&self, mut watch: impl FnMut(Glimpse)) {
        loop {
            let sink = self.sink();
            // In this order: see `next`.
            let halted = self.halted.load(Ordering::SeqCst);
            let started = self.started.load(Ordering::SeqCst);
            let drained = halted && self.written.load(Ordering::SeqCst) >= started;
            if sink.threads == 0 || sink.broken || drained {
                return;
            }
            let glimpse = match self.over.wait_timeout(sink, POLL_INTERVAL) {
                Ok((sink, _)) => Glimpse { tally: sink.tally, stuck: halted && sink.output.is_none() },
                Err(_) => return,
            };
            watch(glimpse);
        }
    }

    /// How the run has ended, once it has, with the exit status of the signal that halted it, if one did. The output is
    /// let go.
    pub fn end(&self, signal: Option<u8>) -> (Tally, End) {
        let (tally, stop) = {
            let mut sink = self.sink();
            sink.output = None;
            (sink.tally, sink.stop.take())
        };
        // A thread that waits for input holds the source, and then reading has not failed.
        let fault = self.source.try_lock().ok().and_then(|mut source| source.fault.take());
        let end = match (stop, signal, fault) {
            (Some(stop), _, _) => stop,
            (None, Some(status), _) => End::Interrupted(status),
            (None, None, Some(failure)) => End::Stopped(failure),
            (None, None, None) if tally.failed() > 0 => End::SomeFailed,
            (None, None, None) => End::Done,
        };
        (tally, end)
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink {
    /// The text of what is ready in order, and of how many chunks it is.
    fn ready(&mut self, halted: &AtomicBool) -> Option<(Vec<u8>, u64)> {
        let (mut text, mut count) = (Vec::new(), 0);
        while text.len() < PIECE
            && let Some(result) = self.order.take()
        {
            count += 1;
            self.tally += result.tally;
            // One result is written as it is; several that became ready together in one piece.
            if text.is_empty() {
                self.keep(std::mem::replace(&mut text, result.text));
            } else {
                text.extend_from_slice(&result.text);
                self.keep(result.text);
            }
            if let Some(failure) = result.stop {
                halted.store(true, Ordering::SeqCst);
                self.stop.get_or_insert(End::Stopped(failure));
            }
        }
        (count > 0).then_some((text, count))
    }

    fn keep(&mut self, mut text: Vec<u8>) {
        let threads = self.threads.max(1);
        let largest = (ALL_SPARE / threads).clamp(SPARE.0, SPARE.1);
        // Each thread has one result in work while others may wait for their turn.
        if (1..=largest).contains(&text.capacity()) && self.spare.len() < (2 * threads).min(ALL_SPARE / largest) {
            text.clear();
            self.spare.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Gives these pieces, and after them an error if there is one.
    struct Script(VecDeque<&'static [u8]>, Option<io::ErrorKind>);

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match (self.0.pop_front(), self.1) {
                (Some(piece), _) => {
                    buffer[..piece.len()].copy_from_slice(piece);
                    Ok(piece.len())
                }
                (None, Some(kind)) => Err(kind.into()),
                (None, None) => Ok(0),
            }
        }
    }

    /// Accepts writes until told to fail.
    #[derive(Clone, Default)]
    struct Paper {
        text: Arc<Mutex<Vec<u8>>>,
        fails: Arc<Mutex<Option<io::ErrorKind>>>,
    }

    impl Paper {
        fn text(&self) -> String {
            String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Some(kind) = *self.fails.lock().unwrap() {
                return Err(kind.into());
            }
            self.text.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pipeline(input: &[&'static [u8]], fault: Option<io::ErrorKind>, ahead: Ahead) -> (Pipeline, Paper) {
        let paper = Paper::default();
        let lines = Lines::new(Box::new(Script(input.iter().copied().collect(), fault)) as Box<dyn Read + Send>, false);
        let pipeline = Pipeline::new(lines, Box::new(paper.clone()), 4, ahead, Arc::default());
        assert!(pipeline.enter());
        (pipeline, paper)
    }

    const WIDE: Ahead = Ahead { chunks: 100, bytes: 1 << 20 };

    fn take(pipeline: &Pipeline) -> Option<(u64, Chunk)> {
        let mut chunk = Chunk::default();
        pipeline.next(&mut chunk).map(|number| (number, chunk))
    }

    fn bring(pipeline: &Pipeline, (number, mut chunk): (u64, Chunk)) {
        let tally = Tally { minted: 1, bytes: chunk.bytes, ..Tally::default() };
        let text = chunk.text.to_ascii_uppercase();
        pipeline.finish(number, &mut chunk, ChunkResult { text, tally, stop: None });
    }

    #[test]
    fn results_are_written_in_order_whatever_order_they_come_in() {
        let (pipeline, paper) = pipeline(&[b"a\nb\n", b"c\nd\n"], None, WIDE);
        let [a, b, c, d] = std::array::from_fn(|_| take(&pipeline).unwrap());
        assert!(take(&pipeline).is_none(), "the end of the input");
        bring(&pipeline, d);
        bring(&pipeline, b);
        assert_eq!(paper.text(), "");
        bring(&pipeline, a);
        assert_eq!(paper.text(), "A\nB\n", "what became ready is written with it");
        bring(&pipeline, c);
        assert_eq!(paper.text(), "A\nB\nC\nD\n");
        pipeline.leave();
        pipeline.wait(|_| panic!("nothing to wait for"));
        let (tally, end) = pipeline.end(None);
        assert!(matches!(end, End::Done) && tally.minted == 4 && tally.bytes == 8, "{end:?} {tally:?}");
    }

    /// Whether the next chunk may be taken now: halted, a thread that has to wait gives up instead.
    fn may_take(pipeline: &Pipeline) -> bool {
        pipeline.has_room(pipeline.started.load(Ordering::SeqCst))
    }

    #[test]
    fn reading_is_only_so_many_chunks_ahead() {
        let (pipeline, _) = pipeline(&[b"a\nb\nc\n"], None, Ahead { chunks: 2, bytes: 1 << 20 });
        let (a, b) = (take(&pipeline).unwrap(), take(&pipeline).unwrap());
        assert!(!may_take(&pipeline));
        bring(&pipeline, b);
        assert!(!may_take(&pipeline), "done is not written");
        bring(&pipeline, a);
        assert!(may_take(&pipeline));
    }

    #[test]
    fn reading_is_only_so_many_bytes_ahead() {
        let (pipeline, _) = pipeline(&[b"aaaa\nbbbb\ncccc\n"], None, Ahead { chunks: 100, bytes: 7 });
        let a = take(&pipeline).unwrap();
        assert!(may_take(&pipeline), "5 of 7 bytes");
        let b = take(&pipeline).unwrap();
        assert!(!may_take(&pipeline), "10 of 7 bytes");
        // A result that waits takes room as the line did.
        bring(&pipeline, b);
        assert!(!may_take(&pipeline));
        bring(&pipeline, a);
        assert!(may_take(&pipeline));
        assert_eq!(pipeline.held.load(Ordering::SeqCst), 0);
        // One chunk is let through in any case.
        pipeline.held.store(100, Ordering::SeqCst);
        assert!(may_take(&pipeline));
    }

    #[test]
    fn a_thread_is_started_when_all_have_their_hands_full() {
        let (pipeline, _) = pipeline(&[b"a\nb\nc\nd\ne\nf\n"], None, WIDE);
        assert!(!pipeline.enter(), "the first has nothing to do yet");
        let a = take(&pipeline).unwrap();
        assert!(pipeline.enter());
        let b = take(&pipeline).unwrap();
        bring(&pipeline, a);
        assert!(!pipeline.enter(), "the first is idle again");
        let _c = take(&pipeline).unwrap();
        assert!(pipeline.enter());
        let _d = take(&pipeline).unwrap();
        assert!(pipeline.enter());
        let _e = take(&pipeline).unwrap();
        assert!(!pipeline.enter(), "there may be four");
        bring(&pipeline, b);
        let _f = take(&pipeline).unwrap();
        assert!(!pipeline.enter());
    }

    #[test]
    fn a_thread_that_the_system_refuses_is_not_asked_for_again() {
        let (pipeline, _) = pipeline(&[b"a\nb\n"], None, WIDE);
        let _a = take(&pipeline).unwrap();
        assert!(pipeline.enter());
        pipeline.give_up();
        assert!(!pipeline.enter());
        assert_eq!(pipeline.sink().threads, 1);
    }

    #[test]
    fn a_thread_that_waits_for_room_goes_on_when_there_is_some() {
        let (pipeline, paper) = pipeline(&[b"a\nb\n"], None, Ahead { chunks: 1, bytes: 1 << 20 });
        let a = take(&pipeline).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| take(&pipeline).map(|b| bring(&pipeline, b)));
            bring(&pipeline, a);
            assert!(waiting.join().unwrap().is_some());
        });
        assert_eq!(paper.text(), "A\nB\n");
    }

    #[test]
    fn a_halted_run_starts_nothing_and_writes_what_was_started() {
        let (pipeline, paper) = pipeline(&[b"a\nb\nc\n"], None, WIDE);
        let (a, b) = (take(&pipeline).unwrap(), take(&pipeline).unwrap());
        pipeline.halted.store(true, Ordering::SeqCst);
        assert!(take(&pipeline).is_none());
        bring(&pipeline, b);
        bring(&pipeline, a);
        // The thread is still there, as one that waits for input would be.
        pipeline.wait(|_| panic!("nothing to wait for"));
        assert_eq!(paper.text(), "A\nB\n");
        assert!(matches!(pipeline.end(Some(143)).1, End::Interrupted(143)));
    }

    #[test]
    fn a_write_that_does_not_return_is_seen_once_the_run_is_halted() {
        let (pipeline, _) = pipeline(&[b"a\n"], None, WIDE);
        let _in_progress = take(&pipeline).unwrap();
        // As while a thread writes.
        let output = pipeline.sink().output.take();
        let mut seen = Vec::new();
        pipeline.wait(|glimpse| {
            seen.push(glimpse.stuck);
            if pipeline.halted.swap(true, Ordering::SeqCst) {
                pipeline.leave();
            }
        });
        assert!(output.is_some());
        assert_eq!(seen, [false, true]);
    }

    #[test]
    fn a_reader_that_has_gone_ends_the_run_without_a_failure() {
        let (pipeline, paper) = pipeline(&[b"a\nb\nc\n"], None, WIDE);
        *paper.fails.lock().unwrap() = Some(io::ErrorKind::BrokenPipe);
        bring(&pipeline, take(&pipeline).unwrap());
        assert!(take(&pipeline).is_none(), "halted");
        pipeline.wait(|_| panic!("nothing to wait for"));
        assert!(matches!(pipeline.end(Some(130)).1, End::ReaderGone));
    }

    #[test]
    fn an_output_that_cannot_be_written_is_exit_1() {
        let (pipeline, paper) = pipeline(&[b"a\nb\n"], None, WIDE);
        *paper.fails.lock().unwrap() = Some(io::ErrorKind::StorageFull);
        bring(&pipeline, take(&pipeline).unwrap());
        pipeline.wait(|_| panic!("nothing to wait for"));
        let End::Stopped(failure) = pipeline.end(None).1 else { panic!("a failure") };
        assert_eq!(failure.exit_code(), 1);
        assert!(failure.to_string().starts_with("cannot write the output"), "{failure}");
    }

    #[test]
    fn an_input_that_fails_ends_the_run_after_what_was_read() {
        let (pipeline, paper) = pipeline(&[b"a\nb"], Some(io::ErrorKind::ConnectionReset), WIDE);
        bring(&pipeline, take(&pipeline).unwrap());
        assert!(take(&pipeline).is_none());
        assert!(take(&pipeline).is_none(), "it is not asked again");
        pipeline.leave();
        pipeline.wait(|_| panic!("nothing to wait for"));
        assert_eq!(paper.text(), "A\n");
        let End::Stopped(failure) = pipeline.end(None).1 else { panic!("a failure") };
        assert_eq!(failure.exit_code(), 2);
        assert!(failure.to_string().contains("reading the input failed"), "{failure}");
    }

    #[test]
    fn a_failure_that_concerns_every_line_stops_the_run_and_those_before_it_are_written() {
        let (pipeline, paper) = pipeline(&[b"a\nb\nc\n"], None, WIDE);
        let (a, (number, mut b)) = (take(&pipeline).unwrap(), take(&pipeline).unwrap());
        let stop = Some(Failure::message(Category::CredentialsRefused, "refused"));
        let mut tally = Tally::default();
        tally.fail(Category::CredentialsRefused);
        pipeline.finish(number, &mut b, ChunkResult { text: b"no\n".to_vec(), tally, stop });
        bring(&pipeline, a);
        assert!(take(&pipeline).is_none(), "halted");
        assert_eq!(paper.text(), "A\nno\n");
        let (tally, End::Stopped(failure)) = pipeline.end(None) else { panic!("a failure") };
        assert_eq!((failure.exit_code(), tally.minted, tally.failed()), (4, 1, 1));
    }
}
