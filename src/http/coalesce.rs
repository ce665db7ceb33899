//! Sends the head and the body of a request in one write.

use std::ops::Range;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use super::head::{self, Head};

/// Room for a request: for all its headers at once, of which the longest has the credentials. A longer body goes out in
/// several pieces.
const OUTPUT: usize = 16 * 1024;
/// Room for what has come in, at first and at most: the head of an answer has to fit as a whole.
const INPUT: usize = 16 * 1024;
const MAX_INPUT: usize = 80 * 1024;

/// ureq sends the head and the body of a request one after the other, each as a TLS record and a packet of its own. Here
/// they wait for each other until an answer is awaited.
#[derive(Debug)]
pub(super) struct CoalescingTransport<T> {
    inner: T,
    buffers: Gathering,
    /// The last read filled all the room that there was below: more may be in there, decrypted and not handed out.
    brimful: bool,
    /// The next that comes is the head of an answer, or the rest of it.
    expects_head: bool,
}

impl<T: Transport> CoalescingTransport<T> {
    pub(super) fn new(inner: T) -> Self {
        CoalescingTransport { inner, buffers: Gathering::default(), brimful: false, expects_head: true }
    }

    fn send(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let mut rest = &self.buffers.output[..std::mem::take(&mut self.buffers.waiting)];
        self.expects_head |= !rest.is_empty();
        while !rest.is_empty() {
            let room = self.inner.buffers().output();
            let (part, after) = rest.split_at(rest.len().min(room.len()));
            room[..part.len()].copy_from_slice(part);
            self.inner.transmit_output(part.len(), timeout)?;
            rest = after;
        }
        Ok(())
    }

    /// Takes in what has arrived, or waits for it.
    fn receive(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            // Only headers are awaited as a whole.
            return Err(Error::LargeResponseHeader(MAX_INPUT, MAX_INPUT));
        }
        let below = self.inner.buffers();
        let (before, free) = (below.input().len(), below.input_append_buf().len());
        self.inner.maybe_await_input(timeout)?;
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
}

impl<T: Transport> Transport for CoalescingTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.buffers.waiting += amount;
        // The rest needs room.
        if self.buffers.waiting > OUTPUT / 2 { self.send(timeout) } else { Ok(()) }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.send(timeout)?;
        let mut progress = false;
        loop {
            match self.receive(timeout) {
                Ok(true) => progress = true,
                // What has arrived comes first; the next read meets the same end.
                Ok(false) | Err(_) if progress => return Ok(true),
                other => return other,
            }
            if !self.expects_head {
                return Ok(true);
            }
            match head::examine(self.buffers.input()) {
                Head::Part => return Ok(true),
                Head::Unfinished => continue,
                Head::Whole => {}
                Head::Replaced(length, head) => self.buffers.replace(length, &head),
            }
            // What follows is the answer's body, or another head that ureq looks at alone.
            self.expects_head = false;
            return Ok(true);
        }
    }

    /// Not where something is left over, or may be: it would be taken for the answer to the next request.
    fn is_open(&mut self) -> bool {
        !self.brimful && self.inner.buffers().input().is_empty() && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// Buffers whose output may hold more than what was written last. They are zeroed by the allocator, so that memory which
/// is not used is not touched.
#[derive(Debug)]
struct Gathering {
    output: Box<[u8]>,
    /// How much of the output is written and not sent.
    waiting: usize,
    input: Vec<u8>,
    /// The part of the input that is filled and not consumed.
    unread: Range<usize>,
    /// Whether the last look at the input has consumed some of it.
    progress: bool,
}

impl Default for Gathering {
    fn default() -> Self {
        Gathering { output: vec![0; OUTPUT].into(), waiting: 0, input: vec![0; INPUT], unread: 0..0, progress: false }
    }
}

impl Gathering {
    /// Puts something shorter in the place of the first bytes of the input.
    fn replace(&mut self, length: usize, with: &[u8]) {
        let start = self.unread.start + length - with.len();
        self.input[start..start + with.len()].copy_from_slice(with);
        self.unread.start = start;
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
        if self.unread.end == self.input.len() && self.input.len() < MAX_INPUT {
            self.input.resize(MAX_INPUT.min(self.input.len() * 2), 0);
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    /// A connection that records each write and gives what it was told to give, read by read.
    #[derive(Debug)]
    struct Script {
        buffers: LazyBuffers,
        writes: Vec<Vec<u8>>,
        reads: VecDeque<Vec<u8>>,
    }

    impl Transport for Script {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
            let bytes = self.buffers.output()[..amount].to_vec();
            self.writes.push(bytes);
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
            let Some(mut bytes) = self.reads.pop_front() else { return Ok(false) };
            let room = self.buffers.input_append_buf();
            let rest = bytes.split_off(bytes.len().min(room.len()));
            room[..bytes.len()].copy_from_slice(&bytes);
            self.buffers.input_appended(bytes.len());
            if !rest.is_empty() {
                self.reads.push_front(rest);
            }
            Ok(true)
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }

    const SIZE: usize = 4 * 1024;

    fn over(reads: &[&[u8]]) -> CoalescingTransport<Script> {
        CoalescingTransport::new(Script {
            buffers: LazyBuffers::new(SIZE, SIZE),
            writes: Vec::new(),
            reads: reads.iter().map(|bytes| bytes.to_vec()).collect(),
        })
    }

    fn write(transport: &mut CoalescingTransport<Script>, bytes: &[u8]) {
        transport.buffers().output()[..bytes.len()].copy_from_slice(bytes);
        transport.transmit_output(bytes.len(), NextTimeout::default()).unwrap();
    }

    fn read(transport: &mut CoalescingTransport<Script>) -> Vec<u8> {
        transport.await_input(NextTimeout::default()).unwrap();
        transport.buffers().input().to_vec()
    }

    #[test]
    fn head_and_body_leave_in_one_write() {
        let mut transport = over(&[b"answer"]);
        write(&mut transport, b"head");
        write(&mut transport, b"body");
        assert!(transport.inner.writes.is_empty());
        assert_eq!(read(&mut transport), b"answer");
        assert_eq!(transport.inner.writes, [b"headbody"]);
    }

    #[test]
    fn a_request_longer_than_any_buffer_leaves_whole_and_in_order() {
        let mut transport = over(&[b"answer"]);
        let body: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let mut rest = body.as_slice();
        while !rest.is_empty() {
            let room = transport.buffers().output().len();
            assert!(room >= OUTPUT / 2);
            let (part, after) = rest.split_at(rest.len().min(room));
            write(&mut transport, part);
            rest = after;
        }
        read(&mut transport);
        assert_eq!(transport.inner.writes.concat(), body);
    }

    #[test]
    fn the_head_of_an_answer_may_grow_to_more_than_64_kib() {
        let head = vec![b'h'; 64 * 1024];
        let mut transport = over(&[&head]);
        while transport.buffers().input().len() < head.len() {
            read(&mut transport);
            transport.buffers().input_consume(0);
        }
        assert_eq!(transport.buffers().input(), head);
        // But not forever.
        let mut transport = over(&[&vec![b'h'; 200 * 1024]]);
        let failure = std::iter::repeat_with(|| {
            transport.buffers().input_consume(0);
            transport.await_input(NextTimeout::default())
        });
        let failure = failure.take(100).find_map(Result::err);
        assert!(matches!(failure, Some(Error::LargeResponseHeader(..))), "{failure:?}");
    }

    #[test]
    fn an_answer_with_too_many_headers_is_handed_on_without_them() {
        let filler = "X-Policy: p\r\n".repeat(150);
        let head = format!("HTTP/1.1 200 OK\r\n{filler}Content-Length: 4\r\n\r\nbo");
        let (first, second) = head.split_at(1_800);
        let mut transport = over(&[first.as_bytes(), second.as_bytes(), b"dy"]);
        write(&mut transport, b"request");
        let short = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo";
        assert_eq!(read(&mut transport), short);
        transport.buffers().input_consume(short.len() - 2);
        assert_eq!(read(&mut transport), b"body");
    }

    #[test]
    fn a_body_is_never_taken_for_a_head() {
        let body = "X-Policy: p\r\n".repeat(150) + "\r\n";
        let mut transport = over(&[b"HTTP/1.1 200 OK\r\n\r\n", body.as_bytes()]);
        write(&mut transport, b"request");
        transport.buffers().input_consume(0);
        let head = read(&mut transport).len();
        transport.buffers().input_consume(head);
        assert_eq!(read(&mut transport), body.as_bytes());
    }

    #[test]
    fn a_connection_with_something_left_over_is_not_open() {
        let mut transport = over(&[b"answer"]);
        read(&mut transport);
        transport.buffers().input_consume(6);
        assert!(transport.is_open());
        // All the room was filled, so there may be more.
        let mut transport = over(&[&[b'a'; SIZE]]);
        read(&mut transport);
        transport.buffers().input_consume(SIZE);
        assert!(!transport.is_open());
    }
}
