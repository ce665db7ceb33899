//! The lines of a batch, read in blocks: numbered, bounded, never all in memory. What a line says is for `worker`.

use std::io::{self, Read};

/// The most bytes of one line.
pub const MAX_LINE: usize = 1024 * 1024;

/// Some consecutive lines, or the mark of one that is too long to be read.
#[derive(Debug, PartialEq, Eq)]
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

/// Cuts an input into chunks. A chunk holds what has arrived, so that a slow producer is not waited for.
pub struct Lines<R> {
    input: R,
    /// Read and not yet given out.
    pending: Vec<u8>,
    /// How much of `pending` is known to hold no line feed.
    searched: usize,
    next_line: u64,
    at_start: bool,
    ended: bool,
    whole_blocks: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of `input`: one in each chunk, or with `whole_blocks` as many as a block brings.
    pub fn new(input: R, whole_blocks: bool) -> Self {
        Lines { input, pending: Vec::new(), searched: 0, next_line: 1, at_start: true, ended: false, whole_blocks }
    }

    /// The next chunk, or `None` at the end.
    ///
    /// # Errors
    /// Whatever reading the input says.
    pub fn next_chunk(&mut self) -> io::Result<Option<Chunk>> {
        loop {
            if let Some(end) = self.end_of_chunk() {
                return Ok(Some(self.take(end)));
            }
            if self.ended {
                return Ok(if self.pending.is_empty() { None } else { Some(self.take(self.pending.len())) });
            }
            if self.pending.len() > MAX_LINE {
                return self.skip_long_line().map(Some);
            }
            self.read_block()?;
        }
    }

    /// Where the chunk ends that `pending` begins with: after its first line feed, or after its last.
    fn end_of_chunk(&mut self) -> Option<usize> {
        let unsearched = &self.pending[self.searched..];
        let found = if self.whole_blocks {
            unsearched.iter().rposition(|byte| *byte == b'\n')
        } else {
            unsearched.iter().position(|byte| *byte == b'\n')
        };
        if let Some(place) = found {
            Some(self.searched + place + 1)
        } else {
            self.searched = self.pending.len();
            None
        }
    }

    fn take(&mut self, end: usize) -> Chunk {
        let rest = self.pending.split_off(end);
        let text = std::mem::replace(&mut self.pending, rest);
        self.searched = 0;
        self.at_start = false;
        let first = self.next_line;
        #[allow(clippy::naive_bytecount, reason = "not worth a dependency beside the work on each line")]
        let count = text.iter().filter(|byte| **byte == b'\n').count();
        self.next_line += count as u64;
        Chunk { first, bytes: text.len() as u64, text, too_long: false }
    }

    fn read_block(&mut self) -> io::Result<()> {
        const BLOCK: usize = 16 * 1024;
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
        // A byte order mark is no part of the first line. It may take more than one read to come.
        if self.at_start && (self.pending.len() >= 3 || self.ended) {
            self.at_start = false;
            if self.pending.starts_with(b"\xef\xbb\xbf") {
                self.pending.drain(..3);
                self.searched = 0;
            }
        }
        Ok(())
    }

    /// Passes over the rest of a line that is too long, keeping none of it.
    fn skip_long_line(&mut self) -> io::Result<Chunk> {
        let first = self.next_line;
        let mut bytes = 0;
        loop {
            if let Some(place) = self.pending.iter().position(|byte| *byte == b'\n') {
                bytes += place as u64 + 1;
                self.pending.drain(..=place);
                break;
            }
            bytes += self.pending.len() as u64;
            self.pending.clear();
            self.read_block()?;
            if self.ended {
                break;
            }
        }
        self.pending.shrink_to(MAX_LINE / 16);
        self.searched = 0;
        self.next_line += 1;
        Ok(Chunk { first, text: Vec::new(), too_long: true, bytes })
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
        while let Some(chunk) = lines.next_chunk().unwrap() {
            let text = if chunk.too_long { "too long".to_owned() } else { String::from_utf8(chunk.text).unwrap() };
            found.push((chunk.first, text));
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
