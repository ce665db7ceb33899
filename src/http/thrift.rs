//! The library's connections with fewer system calls: the head and the body of a request leave together, a time limit is
//! told to the system only when it has changed noticeably, and an idle connection is looked at once. What is sent is the
//! library's own.

use std::ops::Range;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

/// The fineness of the time limits that the system is told. A wait may last this much longer than was asked for.
const STEP: Duration = Duration::from_millis(10);

/// The connection under TLS.
#[derive(Debug)]
pub(super) struct Plain<T> {
    inner: T,
    /// Something has come in since the connection was last asked whether it is open.
    used: bool,
}

impl<T: Transport> Plain<T> {
    pub(super) fn new(inner: T) -> Self {
        Plain { inner, used: false }
    }
}

/// The limit in whole steps, rounded up: the library compares it with the one before and leaves the system alone if they
/// are the same.
fn in_steps(mut timeout: NextTimeout) -> NextTimeout {
    if !timeout.after.is_not_happening() {
        let steps = timeout.after.as_nanos().div_ceil(STEP.as_nanos());
        timeout.after = STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX)).into();
    }
    timeout
}

impl<T: Transport> Transport for Plain<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, in_steps(timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.used = true;
        self.inner.await_input(in_steps(timeout))
    }

    /// The library asks twice: when it puts the connection aside, and when it takes it up again. What the first look
    /// would find, the second finds as well, and only the second is followed by a request. Bytes that are here already the
    /// library does not look for.
    fn is_open(&mut self) -> bool {
        self.inner.buffers().input().is_empty() && (std::mem::take(&mut self.used) || self.inner.is_open())
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// The connection that requests are written to. The library sends the head and the body of a request one after the other,
/// each as a TLS record of its own; here they wait for each other until an answer is awaited.
#[derive(Debug)]
pub(super) struct Whole<T> {
    inner: T,
    buffers: Gathering,
    /// The last reading filled all the room that there was below: more may be in there, decrypted and not given out.
    brimful: bool,
}

impl<T: Transport> Whole<T> {
    pub(super) fn new(inner: T) -> Self {
        Whole { inner, buffers: Gathering::default(), brimful: false }
    }

    fn send(&mut self, limit: &Limit) -> Result<(), Error> {
        let mut rest = &self.buffers.output[..std::mem::take(&mut self.buffers.waiting)];
        while !rest.is_empty() {
            let room = self.inner.buffers().output();
            let (part, after) = rest.split_at(rest.len().min(room.len()));
            room[..part.len()].copy_from_slice(part);
            self.inner.transmit_output(part.len(), limit.left()?)?;
            rest = after;
        }
        Ok(())
    }
}

impl<T: Transport> Transport for Whole<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.buffers.waiting += amount;
        // What follows must find room.
        if self.buffers.waiting > OUTPUT / 2 { self.send(&Limit::new(timeout)) } else { Ok(()) }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let limit = Limit::new(timeout);
        self.send(&limit)?;
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            // Nothing but headers is ever waited for as a whole.
            return Err(Error::LargeResponseHeader(INPUT, INPUT));
        }
        let below = self.inner.buffers();
        let (before, free) = (below.input().len(), below.input_append_buf().len());
        self.inner.maybe_await_input(limit.left()?)?;
        let below = self.inner.buffers();
        let arrived = below.input().len() - before;
        if arrived > 0 {
            self.brimful = arrived == free;
        }
        let amount = room.len().min(below.input().len());
        room[..amount].copy_from_slice(&below.input()[..amount]);
        below.input_consume(amount);
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Not where something is left over, or may be: it would be taken for the answer to the next request.
    fn is_open(&mut self) -> bool {
        !self.brimful && self.inner.buffers().input().is_empty() && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// One time limit for several steps, each of which gets what is left of it.
struct Limit {
    timeout: NextTimeout,
    started: Instant,
}

impl Limit {
    fn new(timeout: NextTimeout) -> Self {
        Limit { timeout, started: Instant::now() }
    }

    fn left(&self) -> Result<NextTimeout, Error> {
        let mut timeout = self.timeout;
        if !timeout.after.is_not_happening() {
            let left = timeout.after.saturating_sub(self.started.elapsed());
            if left.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            timeout.after = left.into();
        }
        Ok(timeout)
    }
}

/// Room for a request: for all its headers at once, of which the longest has the credentials. A longer body goes out in
/// several pieces.
const OUTPUT: usize = 16 * 1024;
/// Room for what has come in: for all headers of an answer at once.
const INPUT: usize = 16 * 1024;

/// Buffers whose output may hold more than what was written last. They are zeroed by the allocator, so that memory which
/// is not used is not touched.
#[derive(Debug)]
struct Gathering {
    output: Box<[u8]>,
    /// How much of the output is written and not sent.
    waiting: usize,
    input: Box<[u8]>,
    /// The part of the input that is filled and not consumed.
    unread: Range<usize>,
    /// Whether the last look at the input has consumed some of it.
    progress: bool,
}

impl Default for Gathering {
    fn default() -> Self {
        let (output, input) = (vec![0; OUTPUT].into(), vec![0; INPUT].into());
        Gathering { output, waiting: 0, input, unread: 0..0, progress: false }
    }
}

impl Buffers for Gathering {
    fn output(&mut self) -> &mut [u8] {
        &mut self.output[self.waiting..]
    }

    fn input(&self) -> &[u8] {
        &self.input[self.unread.clone()]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        if self.unread.start > 0 {
            self.input.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        &mut self.input[self.unread.end..]
    }

    fn input_appended(&mut self, amount: usize) {
        self.unread.end += amount;
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.unread.start += amount;
    }

    /// The first is for bodies that are sent in chunks, and none of ours is.
    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        (&mut self.input[self.unread.end..], &mut self.output[self.waiting..])
    }

    fn can_use_input(&self) -> bool {
        !self.unread.is_empty() && self.progress
    }
}
