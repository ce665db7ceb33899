//! What one thread of a batch does: a line becomes a token or an error, and either becomes an output line that names the
//! line it belongs to. In which order the output lines are written is for `order`.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::Tally;
use super::lines::{Chunk, MAX_LINE};
use super::resume::Kept;
use crate::app::World;
use crate::catalog::{Draft, Paper, Scratch, Sign};
use crate::commands::mint;
use crate::error::{Category, Failure, Note, Result};
use crate::http::Transport;
use crate::json::{self, Fault, Object};
use crate::output::format::append_members;
use crate::output::report;
use crate::redact::Scrubber;
use crate::secret::Secret;
use crate::signalwire::Space;
use crate::time;
use crate::token::Token;

/// What all threads of a run share.
pub struct Run {
    /// Which tokens are made of the lines.
    pub task: Task,
    /// Lines that an earlier run has minted.
    pub kept: Kept,
    /// The outside.
    pub world: World,
    /// Takes secrets out of messages.
    pub scrubber: Scrubber,
    /// Set when no further line is to be started.
    pub halted: Arc<AtomicBool>,
}

/// Which tokens are made of the lines, and how.
pub enum Task {
    /// Requests to SignalWire.
    SignalWire(Draft, Arc<Transport>),
    /// Tokens signed here.
    Sign(Box<dyn Sign>),
    /// Requests shown and not sent.
    ShowSignalWire(Draft, Space),
    /// Header and claims shown and not signed.
    ShowSigned(Box<dyn Paper>),
}

/// What came of a chunk.
pub struct Outcome {
    /// The output lines, whole.
    pub text: Vec<u8>,
    /// What came of the lines.
    pub tally: Tally,
    /// Why the whole run must stop.
    pub stop: Option<Failure>,
}

/// One thread's own state.
pub struct Worker {
    run: Arc<Run>,
    /// Where claims and token are put together before they are written: one piece of memory for all of them.
    scratch: Scratch,
    /// The last end of life that was written, and its text: of a thousand tokens most end in the same second.
    end: (Timestamp, String),
}

/// What a line becomes.
enum Made {
    Token(Token, Vec<Note>),
    /// A token in the worker's own memory, and when it ends.
    Signed(Timestamp),
    Shown(String),
}

impl Worker {
    /// A thread's state.
    pub fn new(run: Arc<Run>) -> Self {
        let scratch = Scratch::new(run.world.random);
        Worker { run, scratch, end: (Timestamp::MIN, String::new()) }
    }

    /// Does a chunk, line by line, until it is done or the run is to stop. The output lines go into `memory`, which is
    /// empty.
    pub fn chunk(&mut self, chunk: &Chunk, memory: Vec<u8>) -> Outcome {
        let tally = Tally { bytes: chunk.bytes, ..Tally::default() };
        let mut outcome = Outcome { text: memory, tally, stop: None };
        if chunk.too_long && !self.run.halted.load(Ordering::SeqCst) {
            self.write_failure(chunk.first, None, &too_long(), &mut outcome);
            return outcome;
        }
        let now = self.run.world.now();
        // Some room at once: a buffer that grows would be copied again and again.
        outcome.text.reserve(chunk.text.len().min(16 * 1024) + 512);
        for (number, line) in (chunk.first..).zip(chunk.text.split(|byte| *byte == b'\n')) {
            if self.run.halted.load(Ordering::SeqCst) {
                break;
            }
            let line = line.trim_ascii();
            if !line.is_empty() {
                self.line(number, line, now, &mut outcome);
            }
            if outcome.stop.is_some() {
                // At once, for every thread: the writer may still be waiting for an earlier line.
                self.run.halted.store(true, Ordering::SeqCst);
                break;
            }
        }
        outcome
    }

    fn line(&mut self, number: u64, line: &[u8], now: Timestamp, outcome: &mut Outcome) {
        if line.len() > MAX_LINE {
            return self.write_failure(number, None, &too_long(), outcome);
        }
        let (fields, id) = match read(line) {
            Ok(read) => read,
            Err(failure) => return self.write_failure(number, None, &failure, outcome),
        };
        match self.run.kept.holds(number, id.as_deref()) {
            Ok(false) => {}
            Ok(true) => return outcome.tally.kept += 1,
            Err(failure) => return outcome.stop = Some(failure),
        }
        match self.make(fields, now) {
            Ok(Made::Token(token, notes)) => self.write_token(number, id.as_deref(), &token, &notes, outcome),
            Ok(Made::Signed(end)) => {
                write_start(number, id.as_deref(), &mut outcome.text);
                write_text(&mut outcome.text, "token", &self.scratch.token);
                self.write_end(Some(end), &[], outcome);
            }
            Ok(Made::Shown(shown)) => {
                write_start(number, id.as_deref(), &mut outcome.text);
                outcome.text.extend_from_slice(shown.as_bytes());
                outcome.text.extend_from_slice(b"}\n");
                outcome.tally.minted += 1;
            }
            Err(failure) => {
                self.write_failure(number, id.as_deref(), &failure, outcome);
                // Ten thousand wrong passwords help nobody.
                if failure.kind() == Category::CredentialsRefused {
                    outcome.stop = Some(failure);
                }
            }
        }
    }

    fn make(&mut self, fields: Object, now: Timestamp) -> Result<Made> {
        match &self.run.task {
            Task::SignalWire(draft, transport) => {
                let mut notes = Vec::new();
                let request = draft.with_line(fields, self.run.world.now(), &mut notes)?;
                let answer = transport.mint(&request, &|_| {})?;
                let token = mint::received(&request, answer, self.run.world.now(), &mut notes);
                Ok(Made::Token(token, notes))
            }
            Task::Sign(signer) => {
                self.scratch.token.clear();
                Ok(Made::Signed(signer.sign(Some(fields), now, &mut self.scratch)?))
            }
            Task::ShowSignalWire(draft, space) => {
                let mut notes = Vec::new();
                let request = draft.with_line(fields, now, &mut notes)?;
                let warnings = notes.iter().filter(|note| matches!(note, Note::Warning(_)));
                let warnings: Vec<&str> = warnings.map(Note::text).collect();
                Ok(Made::Shown(format!(",\"request\":{}", request.as_json(space, &warnings).trim_end())))
            }
            Task::ShowSigned(paper) => {
                let (header, claims) = paper.show(Some(fields), now, &mut self.scratch)?;
                Ok(Made::Shown(format!(",\"header\":{header},\"claims\":{claims}")))
            }
        }
    }

    fn write_token(&mut self, number: u64, id: Option<&str>, token: &Token, notes: &[Note], outcome: &mut Outcome) {
        let text = &mut outcome.text;
        write_start(number, id, text);
        append_members(
            text,
            token.members.iter().map(|(member, value)| (member.key, value.as_ref().map(Secret::expose))),
        );
        self.write_end(token.expires_at, notes, outcome);
    }

    /// Writes the end of a token's life, what is odd about it, and the end of its line.
    fn write_end(&mut self, end: Option<Timestamp>, notes: &[Note], outcome: &mut Outcome) {
        outcome.text.extend_from_slice(b",\"expires_at\":");
        match end {
            None => outcome.text.extend_from_slice(b"null"),
            Some(end) => {
                if end != self.end.0 {
                    self.end = (end, json::string(&time::rfc3339(end)));
                }
                outcome.text.extend_from_slice(self.end.1.as_bytes());
            }
        }
        let (hints, warnings): (Vec<&Note>, Vec<&Note>) = notes.iter().partition(|note| matches!(note, Note::Hint(_)));
        // There is one hint about a token: that it never expires. It is given once for all of them.
        outcome.tally.endless += u64::from(!hints.is_empty());
        if !warnings.is_empty() {
            let warnings: Vec<&str> = warnings.into_iter().map(Note::text).collect();
            outcome.text.extend_from_slice(format!(",\"warnings\":{}", serde_json::Value::from(warnings)).as_bytes());
        }
        outcome.text.extend_from_slice(b"}\n");
        outcome.tally.minted += 1;
    }

    fn write_failure(&self, number: u64, id: Option<&str>, failure: &Failure, outcome: &mut Outcome) {
        write_start(number, id, &mut outcome.text);
        let error = report::error_json(failure, &self.run.scrubber);
        outcome.text.extend_from_slice(b",");
        // The object of an error without its outer braces is the member that belongs here.
        outcome.text.extend_from_slice(error.trim_start_matches('{').as_bytes());
        outcome.text.push(b'\n');
        outcome.tally.failed += 1;
    }
}

fn too_long() -> Failure {
    Failure::usage(format!("the line has more than {MAX_LINE} bytes"))
}

/// The fields of a line, and the text of its `id`, which is ours to echo and not the service's to see.
fn read(line: &[u8]) -> Result<(Object, Option<String>)> {
    let text = std::str::from_utf8(line).map_err(|_| Failure::usage("the line is not UTF-8 text"))?;
    let mut fields = Object::parse(text).map_err(|fault| {
        Failure::usage(match fault {
            // The number of the line stands in the output already.
            Fault::Syntax { column, .. } => format!("the line is not valid JSON at column {column}"),
            Fault::NotObject => format!("the line {fault}"),
        })
    })?;
    if let Some(key) = fields.repeated() {
        return Err(Failure::usage(format!("the line has the key '{}' twice", crate::text::clip(key, 60))));
    }
    let id = fields.remove("id");
    Ok((fields, id))
}

/// A member whose value is a token: a believable one has nothing in it that JSON would escape.
fn write_text(text: &mut Vec<u8>, key: &str, token: &str) {
    for part in [",\"", key, "\":\"", token, "\""] {
        text.extend_from_slice(part.as_bytes());
    }
}

fn write_start(number: u64, id: Option<&str>, text: &mut Vec<u8>) {
    // Writing into memory cannot fail.
    let _ = write!(text, "{{\"line\":{number}");
    if let Some(id) = id {
        text.extend_from_slice(b",\"id\":");
        text.extend_from_slice(id.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_taken_out_and_kept_as_written() {
        let (fields, id) = read(br#" {"ttl":5,"id":{"b" : 1.0},"x":1} "#.trim_ascii()).unwrap();
        assert_eq!((fields.to_string().as_str(), id.as_deref()), (r#"{"ttl":5,"x":1}"#, Some(r#"{"b":1.0}"#)));
        assert_eq!(read(b"{}").unwrap().1, None);
    }

    #[test]
    fn a_line_that_is_no_object_is_told_without_its_text() {
        for (line, what) in [
            (&b"{\"identity\":\"a\",\"identity\":\"b\"}"[..], "the key 'identity' twice"),
            (b"{\"id\":1,\"id\":2}", "the key 'id' twice"),
            (b"[\"canary\"]", "must be a JSON object"),
            (b"{\"canary\":}", "column 11"),
            (b"\xff\xfe", "not UTF-8"),
        ] {
            let message = read(line).unwrap_err().to_string();
            assert!(message.contains(what) && !message.contains("canary"), "{message}");
        }
    }
}
