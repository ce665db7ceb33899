//! The lines of an earlier output, one at a time and bounded, whatever the file is.

use std::io::{self, BufRead};

use super::record::{MAX_RECORD, Record};

/// Reads output lines.
pub struct Records<R> {
    input: R,
    line: Vec<u8>,
}

/// What comes next in an output.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// A line, and its text without the line feed, which the last one may lack.
    Line {
        /// What it says.
        record: Record,
        /// Its text.
        text: &'a [u8],
        /// It has its line feed.
        ended: bool,
    },
    /// The end of the file, where a line was cut.
    Torn,
    /// A line that is not ours.
    Foreign,
    /// The end of the file.
    End,
}

impl<R: BufRead> Records<R> {
    /// The lines of `input`.
    pub fn new(input: R) -> Self {
        Records { input, line: Vec::new() }
    }

    /// The next line.
    ///
    /// # Errors
    /// The error of reading.
    pub fn next(&mut self) -> io::Result<Next<'_>> {
        let Some((ended, rest)) = self.read()? else { return Ok(Next::End) };
        // No line of ours is longer; only zeros may follow what is left of one.
        let record = Record::parse(&self.line).filter(|_| matches!(rest, Rest::Nothing));
        Ok(match record {
            Some(record) => Next::Line { record, text: &self.line, ended },
            None if !ended && rest != Rest::Text && Record::is_torn(&self.line) => Next::Torn,
            None => Next::Foreign,
        })
    }

    /// Reads a line, keeping so much of it as a line of ours can have: whether it has its line feed, and what the rest is.
    fn read(&mut self) -> io::Result<Option<(bool, Rest)>> {
        self.line.clear();
        let (mut rest, mut any) = (Rest::Nothing, false);
        loop {
            let block = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                block => block?,
            };
            if block.is_empty() {
                return Ok(any.then_some((false, rest)));
            }
            any = true;
            let end = memchr::memchr(b'\n', block);
            let part = &block[..end.unwrap_or(block.len())];
            let (kept, over) = part.split_at(part.len().min(MAX_RECORD - self.line.len()));
            self.line.extend_from_slice(kept);
            if !over.is_empty() {
                let zeros = rest != Rest::Text && over.chunks(ZEROS.len()).all(|part| part == &ZEROS[..part.len()]);
                rest = if zeros { Rest::Zeros } else { Rest::Text };
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() || rest == Rest::Text {
                return Ok(Some((end.is_some(), rest)));
            }
        }
    }
}

/// Zeros are compared a block at a time: a hole in a file may be gigabytes long.
const ZEROS: [u8; 4096] = [0; 4096];

/// What a line has beyond the longest line of ours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Zeros,
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(input: &[u8], capacity: usize) -> Vec<String> {
        let mut records = Records::new(io::BufReader::with_capacity(capacity, input));
        let mut found = Vec::new();
        loop {
            let next = records.next().unwrap();
            found.push(match &next {
                Next::Line { record, ended, .. } => format!("{} {ended}", record.number),
                other => format!("{other:?}"),
            });
            if !matches!(next, Next::Line { .. }) {
                return found;
            }
        }
    }

    const LINE: &str = r#"{"line":1,"token":"x","expires_at":null}"#;

    #[test]
    fn lines_come_whatever_the_blocks_are() {
        let text = format!("{LINE}\n{}\n{LINE}", LINE.replace('1', "2"));
        for capacity in [1, 7, 41, 4096] {
            assert_eq!(kinds(text.as_bytes(), capacity), ["1 true", "2 true", "1 false", "End"], "{capacity}");
        }
        assert_eq!(kinds(b"", 10), ["End"]);
    }

    #[test]
    fn only_the_last_line_may_be_torn() {
        assert_eq!(kinds(format!("{LINE}\n{{\"li").as_bytes(), 10), ["1 true", "Torn"]);
        assert_eq!(kinds(format!("{{\"li\n{LINE}\n").as_bytes(), 10), ["Foreign"]);
        assert_eq!(kinds(format!("{LINE}\n\n").as_bytes(), 10), ["1 true", "Foreign"]);
        assert_eq!(kinds(b"precious", 10), ["Foreign"]);
        assert_eq!(kinds(b"\n", 10), ["Foreign"]);
    }

    #[test]
    fn zeros_without_end_after_a_line_are_read_past_and_text_is_not() {
        let zeros = vec![0; 2 * MAX_RECORD];
        let torn = [LINE.as_bytes(), b"\n{\"line\":2", &zeros].concat();
        assert_eq!(kinds(&torn, 65_536), ["1 true", "Torn"]);
        assert_eq!(kinds(&[&torn[..], b"x"].concat(), 65_536), ["1 true", "Foreign"]);
        assert_eq!(kinds(&[&torn[..], b"\n"].concat(), 65_536), ["1 true", "Foreign"]);
        let long = [br#"{"line":1,"id":""#, &vec![b'x'; 2 * MAX_RECORD][..]].concat();
        assert_eq!(kinds(&long, 65_536), ["Foreign"]);
    }
}
