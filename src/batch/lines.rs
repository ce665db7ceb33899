//! The lines of a batch, read in blocks: numbered, bounded, never all in memory. What a line says is for `worker`.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

/// The most bytes of one line.
pub const MAX_LINE: usize = 1024 * 1024;
/// How many bytes are read at once.
const BLOCK: usize = 16 * 1024;

/// Some consecutive lines, or the mark of one that is too long to be read. It is filled again and again.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// The number of the first line, from 1.
    pub first: u64,
    /// The lines with their line feeds; the last one may lack its own.
    pub text: Vec<u8>,
    /// The line is longer than [`MAX_LINE`]; `text` is then empty.
    pub too_long: bool,
    /// How many bytes of the input these lines are.
    pub bytes: u64,
}

impl Chunk {
    /// Drops the lines, and the memory of a long one: with hundreds of threads it would add up.
    pub fn clear(&mut self) {
        self.text.clear();
        self.text.shrink_to(4 * BLOCK);
        self.too_long = false;
    }
}

/// The byte order mark of UTF-16, which Windows PowerShell 5 writes: every line would fail, each for a reason of its own.
pub const UTF_16: [u8; 2] = [0xff, 0xfe];

/// Cuts an input into chunks. A chunk holds what has arrived, so that a slow producer does not hold up earlier lines.
pub struct Lines<R> {
    input: R,
    /// Read, and from `start` on not yet given out.
    pending: Vec<u8>,
    start: usize,
    /// Up to where `pending` has been searched for a line feed.
    searched: usize,
    next_line: u64,
    at_start: bool,
    ended: bool,
    whole_blocks: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of `input`: one in each chunk, or with `whole_blocks` as many as a block brings.
    pub fn new(input: R, whole_blocks: bool) -> Self {
        Lines {
            input,
            pending: Vec::new(),
            start: 0,
            searched: 0,
            next_line: 1,
            at_start: true,
            ended: false,
            whole_blocks,
        }
    }

    /// Fills a chunk with what comes next; whether there was anything.
    ///
    /// # Errors
    /// The error of reading the input.
    pub fn next_chunk(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        chunk.clear();
        loop {
            if let Some(end) = self.end_of_chunk() {
                self.take(end, chunk);
                return Ok(true);
            }
            if self.ended {
                let left = self.start < self.pending.len();
                if left {
                    self.take(self.pending.len(), chunk);
                }
                return Ok(left);
            }
            if self.pending.len() - self.start > MAX_LINE {
                self.skip_long_line(chunk)?;
                return Ok(true);
            }
            self.read_block()?;
        }
    }

    /// Where the chunk ends that is next in `pending`: after its first line feed, or after its last.
    fn end_of_chunk(&mut self) -> Option<usize> {
        let unsearched = &self.pending[self.searched..];
        let found = if self.whole_blocks { memrchr(b'\n', unsearched) } else { memchr(b'\n', unsearched) };
        if let Some(place) = found {
            Some(self.searched + place + 1)
        } else {
            self.searched = self.pending.len();
            None
        }
    }

    fn take(&mut self, end: usize, chunk: &mut Chunk) {
        let text = &self.pending[self.start..end];
        chunk.first = self.next_line;
        chunk.bytes = text.len() as u64;
        chunk.text.extend_from_slice(text);
        self.next_line += memchr_iter(b'\n', text).count() as u64;
        (self.start, self.searched) = (end, end);
        self.at_start = false;
    }

    fn read_block(&mut self) -> io::Result<()> {
        self.pending.drain(..self.start);
        if self.pending.is_empty() {
            self.pending.shrink_to(4 * BLOCK);
        }
        self.searched -= self.start;
        self.start = 0;
        let before = self.pending.len();
        self.pending.resize(before + BLOCK, 0);
        let read = loop {
            match self.input.read(&mut self.pending[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.pending.truncate(before + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        // A byte order mark is not part of the first line. It may arrive in more than one read.
        if self.at_start && (self.pending.len() >= 3 || self.ended) {
            self.at_start = false;
            if self.pending.starts_with(b"\xef\xbb\xbf") {
                self.pending.drain(..3);
                self.searched = 0;
            } else if self.pending.starts_with(&UTF_16) {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(())
    }

    /// Skips the rest of a line that is too long.
    fn skip_long_line(&mut self, chunk: &mut Chunk) -> io::Result<()> {
        (chunk.first, chunk.bytes, chunk.too_long) = (self.next_line, 0, true);
        loop {
            let line = &self.pending[self.start..];
            let end = memchr(b'\n', line).map(|place| place + 1);
            let passed = end.unwrap_or(line.len());
            chunk.bytes += passed as u64;
            self.start += passed;
            self.searched = self.start;
            if end.is_some() {
                break;
            }
            self.read_block()?;
            if self.ended {
                break;
            }
        }
        self.next_line += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes a few at a time, as a pipe may.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let amount = self.1.min(self.0.len()).min(buffer.len());
            buffer[..amount].copy_from_slice(&self.0[..amount]);
            self.0 = &self.0[amount..];
            Ok(amount)
        }
    }

    fn chunks(input: &[u8], step: usize, whole_blocks: bool) -> Vec<(u64, String)> {
        let mut lines = Lines::new(Trickle(input, step), whole_blocks);
        let mut found = Vec::new();
        let mut chunk = Chunk::default();
        while lines.next_chunk(&mut chunk).unwrap() {
            let text = if chunk.too_long { "too long" } else { std::str::from_utf8(&chunk.text).unwrap() };
            found.push((chunk.first, text.to_owned()));
        }
        found
    }

    #[test]
    fn lines_come_one_by_one_with_their_numbers() {
        for step in [1, 2, 3, 5, 1000] {
            let found = chunks(b"\xef\xbb\xbfone\r\n\ntwo", step, false);
            assert_eq!(found, [(1, "one\r\n".into()), (2, "\n".into()), (3, "two".into())], "{step}");
        }
        assert_eq!(chunks(b"", 1, false), []);
        assert_eq!(chunks(b"\n", 1, false), [(1, "\n".into())]);
    }

    #[test]
    fn a_block_holds_what_has_arrived() {
        assert_eq!(chunks(b"a\nb\nc", 1000, true), [(1, "a\nb\n".into()), (3, "c".into())]);
        assert_eq!(chunks(b"a\nb\nc\n", 3, true), [(1, "a\n".into()), (2, "b\nc\n".into())]);
    }

    #[test]
    fn a_short_line_behind_a_long_one_is_found() {
        // What has been searched without a line feed is not searched again, and what comes after it is.
        for length in [MAX_LINE - 1, MAX_LINE, MAX_LINE + 1] {
            let input = [&vec![b'x'; length][..], b"\nshort\nlast\n"].concat();
            for whole_blocks in [false, true] {
                let found = chunks(&input, 16_384, whole_blocks);
                let text: String = found.iter().map(|(_, text)| text.as_str()).collect();
                assert!(text.ends_with("short\nlast\n"), "{length} {whole_blocks}");
                let (number, last) = found.last().unwrap();
                assert_eq!(number + last.matches('\n').count() as u64, 4, "{length} {whole_blocks}");
            }
        }
    }

    /// Gives a line and then fails, every time anew.
    struct Failing(bool);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            buffer[..4].copy_from_slice(b"a\nbc");
            Ok(4)
        }
    }

    #[test]
    fn an_error_is_handed_on_and_half_a_line_is_not() {
        let mut lines = Lines::new(Failing(false), false);
        let mut chunk = Chunk::default();
        assert!(lines.next_chunk(&mut chunk).unwrap());
        assert_eq!(chunk.text, b"a\n");
        for _ in 0..2 {
            assert_eq!(lines.next_chunk(&mut chunk).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
            assert_eq!(chunk.text, b"");
        }
    }

    #[test]
    fn the_memory_of_a_long_line_is_let_go() {
        let input = [&vec![b'x'; MAX_LINE][..], b"\n", &b"y\n".repeat(20_000)].concat();
        let mut lines = Lines::new(&input[..], false);
        let mut chunk = Chunk::default();
        assert!(lines.next_chunk(&mut chunk).unwrap());
        assert!(chunk.text.capacity() >= MAX_LINE);
        chunk.clear();
        assert!(chunk.text.capacity() <= 4 * BLOCK);
        while lines.next_chunk(&mut chunk).unwrap() {}
        assert!(lines.pending.capacity() <= 4 * BLOCK, "{}", lines.pending.capacity());
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut input = vec![b'x'; 3 * MAX_LINE];
        input.extend_from_slice(b"\nnext\n");
        assert_eq!(chunks(&input, 70_000, false), [(1, "too long".into()), (2, "next\n".into())]);
        assert_eq!(chunks(&input[..2 * MAX_LINE], 70_000, true), [(1, "too long".into())]);
        // Exactly at the limit it is read.
        let mut input = vec![b'x'; MAX_LINE];
        input.push(b'\n');
        assert_eq!(chunks(&input, 70_000, false)[0].1.len(), MAX_LINE + 1);
    }
}
