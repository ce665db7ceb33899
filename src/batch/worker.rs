//! One thread of a batch: each input line becomes a token or an error, written as an output line with the input line's
//! number.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::kept::{Earlier, Kept};
use super::lines::{Chunk, MAX_LINE};
use super::minter::{LineMinter, Minted};
use super::record::write_mark;
use super::row::Row;
use super::tally::Tally;
use crate::catalog::likely_json;
use crate::error::{Category, Failure, Note, Reach, Result};
use crate::json::{self, Object, Writer};
use crate::output::report;
use crate::redact::Scrubber;
use crate::{text, time};

/// What all threads of a run share.
pub struct Shared {
    /// Lines that an earlier run has minted.
    pub kept: Kept,
    /// Takes secrets out of messages.
    pub scrubber: Scrubber,
    /// The time now.
    pub clock: fn() -> Timestamp,
    /// Set when no further line is to be started.
    pub halted: Arc<AtomicBool>,
    /// Lines in a row that found no connection.
    pub row: Row,
}

/// What a chunk became.
pub struct ChunkResult {
    /// The output lines, whole.
    pub text: Vec<u8>,
    /// What became of the lines.
    pub tally: Tally,
    /// Why the whole run must stop.
    pub stop: Option<Failure>,
}

/// One thread's own state.
pub struct Worker {
    shared: Arc<Shared>,
    minter: Box<dyn LineMinter>,
    /// The last expiry that was written, and its JSON: most tokens of a chunk expire in the same second.
    expiry: (Timestamp, String),
}

/// A line in progress.
struct Line<'a> {
    number: u64,
    id: Option<&'a str>,
    request: Option<u64>,
}

/// Upper bound on the warnings in an output line; the rest are counted.
const MAX_WARNINGS: usize = 10;
/// Initial buffer capacity: a growing buffer would be copied repeatedly.
const ROOM: usize = 16 * 1024;

impl Worker {
    /// A thread's state.
    pub fn new(shared: Arc<Shared>, minter: Box<dyn LineMinter>) -> Self {
        Worker { shared, minter, expiry: (Timestamp::MIN, String::new()) }
    }

    /// Processes a chunk line by line, until it is done or the run stops. The output lines go into `buffer`, which is
    /// empty.
    pub fn chunk(&mut self, chunk: &Chunk, buffer: Vec<u8>) -> ChunkResult {
        let tally = Tally { bytes: chunk.bytes, ..Tally::default() };
        let mut result = ChunkResult { text: buffer, tally, stop: None };
        if chunk.too_long {
            if !self.shared.halted.load(Ordering::SeqCst) {
                self.refuse(chunk.first, b"", &too_long(), &mut result);
            }
            return result;
        }
        let now = (self.shared.clock)();
        result.text.reserve(chunk.text.len().min(ROOM) + 512);
        for (number, line) in (chunk.first..).zip(chunk.text.split(|byte| *byte == b'\n')) {
            if self.shared.halted.load(Ordering::SeqCst) {
                break;
            }
            let line = line.trim_ascii();
            if !line.is_empty() {
                self.line(number, line, now, &mut result);
            }
            if result.stop.is_some() {
                // At once, for every thread: the writer may still be waiting for an earlier line.
                self.shared.halted.store(true, Ordering::SeqCst);
                break;
            }
        }
        result
    }

    fn line(&mut self, number: u64, text: &[u8], now: Timestamp, result: &mut ChunkResult) {
        if text.len() > MAX_LINE {
            return self.refuse(number, b"", &too_long(), result);
        }
        let (fields, id) = match read(text) {
            Ok(read) => read,
            Err(failure) => return self.refuse(number, text, &failure, result),
        };
        let line = Line { number, id: id.as_deref(), request: self.minter.fingerprint(&fields) };
        match self.shared.kept.look_up(number, line.id, line.request) {
            Ok(Earlier::Nothing) => {}
            Ok(Earlier::Changed) => result.tally.changed += 1,
            Ok(Earlier::Same) => return result.tally.kept += 1,
            Err(failure) => return result.stop = Some(failure),
        }
        self.answer(&line, fields, now, result);
    }

    /// Mints, and writes the output line.
    fn answer(&mut self, line: &Line, fields: Object, now: Timestamp, result: &mut ChunkResult) {
        let start = result.text.len();
        let mut members = line.begin(&mut result.text);
        match self.minter.mint(fields, now, &mut members) {
            Ok(minted) => {
                if let Minted::Token { ends, notes } = &minted {
                    members.raw("expires_at", self.expiry(*ends));
                    write_warnings(&mut members, notes);
                    // There is one hint about a token: that it never expires. It is given once for all of them.
                    result.tally.endless += u64::from(notes.iter().any(|note| matches!(note, Note::Hint(_))));
                }
                members.end();
                result.tally.minted += 1;
                self.shared.row.end();
            }
            Err(failure) if failure.reach() == Reach::Untried => return result.text.truncate(start),
            Err(failure) => {
                report::write_error(&mut members, &failure, &self.shared.scrubber);
                members.end();
                result.tally.fail(failure.category());
                result.stop = self.ends_run(failure, line.number);
            }
        }
        result.text.push(b'\n');
    }

    /// The failure of a line, if it ends the run.
    fn ends_run(&self, failure: Failure, line: u64) -> Option<Failure> {
        match failure.reach() {
            Reach::Run if failure.category() == Category::CredentialsRefused => {
                Some(failure.context(format!("line {line}")))
            }
            Reach::Run => Some(failure),
            // Once the run is halted, lines give up early.
            Reach::Row if !self.shared.halted.load(Ordering::SeqCst) => {
                let length = self.shared.row.grow()?;
                Some(failure.and(format_args!(", for {length} lines in a row")))
            }
            Reach::Line if is_answer(failure.category()) => {
                self.shared.row.end();
                None
            }
            // A line that was never sent tells nothing about the service.
            Reach::Line | Reach::Row | Reach::Untried => None,
        }
    }

    /// Writes the output line of a line that cannot be read.
    fn refuse(&mut self, number: u64, text: &[u8], failure: &Failure, result: &mut ChunkResult) {
        let line = Line { number, id: None, request: self.minter.fingerprint_of_text(text) };
        let mut members = line.begin(&mut result.text);
        report::write_error(&mut members, failure, &self.shared.scrubber);
        members.end();
        result.text.push(b'\n');
        result.tally.fail(failure.category());
    }

    fn expiry(&mut self, ends: Option<Timestamp>) -> &str {
        let Some(ends) = ends else { return "null" };
        if ends != self.expiry.0 {
            self.expiry = (ends, json::string(&time::rfc3339(ends)));
        }
        &self.expiry.1
    }
}

impl Line<'_> {
    /// Begins the output line.
    fn begin<'w>(&self, text: &'w mut Vec<u8>) -> Writer<'w, Vec<u8>> {
        let mut members = Writer::new(text);
        members.object().number("line", self.number);
        if let Some(id) = self.id {
            members.raw("id", id);
        }
        if let Some(request) = self.request {
            write_mark(request, &mut members);
        }
        members
    }
}

/// Whether a failure shows that the service answers.
fn is_answer(category: Category) -> bool {
    matches!(category, Category::RequestRefused | Category::CredentialsRefused | Category::Unavailable)
}

fn write_warnings(members: &mut Writer<'_, Vec<u8>>, notes: &[Note]) {
    let warnings: Vec<&str> = notes.iter().filter(|note| !matches!(note, Note::Hint(_))).map(Note::text).collect();
    if warnings.is_empty() {
        return;
    }
    members.array_in("warnings");
    for warning in warnings.iter().take(MAX_WARNINGS) {
        members.string_item(&text::clip(warning, 300));
    }
    if let Some(more) = warnings.len().checked_sub(MAX_WARNINGS).filter(|more| *more > 0) {
        members.string_item(&format!("{more} more"));
    }
    members.end_array();
}

fn too_long() -> Failure {
    Failure::usage(format!("the line has more than {MAX_LINE} bytes"))
}

/// The fields of a line, and the text of its `id`, which is ours to echo and not the service's to see.
fn read(line: &[u8]) -> Result<(Object, Option<String>)> {
    let text = std::str::from_utf8(line).map_err(|_| Failure::usage("the line is not UTF-8 text"))?;
    let mut fields = Object::parse(text).map_err(|fault| {
        Failure::usage(format!("the line {}", fault.within_line())).with_hint(likely_json::line_hint(text))
    })?;
    if let Some(key) = fields.repeated() {
        return Err(Failure::usage(format!("the line has the key '{}' twice", text::clip(key, 60))));
    }
    let id = fields.remove("id");
    Ok((fields, id))
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
    fn a_line_that_is_no_object_is_refused_without_its_text() {
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

    /// Mints `token`, whose end and notes the line tells.
    struct Scripted;

    impl LineMinter for Scripted {
        fn fingerprint(&mut self, fields: &Object) -> Option<u64> {
            Some(fields.len() as u64)
        }

        fn fingerprint_of_text(&mut self, text: &[u8]) -> Option<u64> {
            Some(0xf000 + text.len() as u64)
        }

        fn mint(&mut self, fields: Object, _: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted> {
            if fields.get("lost").is_some() {
                return Err(Failure::unavailable("not connected").with_reach(Reach::Row));
            }
            if fields.get("busy").is_some() {
                return Err(Failure::unavailable("busy"));
            }
            if fields.get("wrong").is_some() {
                return Err(Failure::usage("wrong"));
            }
            if fields.get("refused").is_some() {
                return Err(Failure::message(Category::CredentialsRefused, "refused"));
            }
            members.string("token", "t");
            let count = fields.get("warnings").and_then(json::as_integer).unwrap_or(0);
            let notes = (0..count).map(|number| Note::Warning(format!("w{number}{}", "x".repeat(400)))).collect();
            let ends = fields.get("ends").and_then(json::as_integer).and_then(|end| Timestamp::from_second(end).ok());
            Ok(Minted::Token { ends, notes })
        }
    }

    fn worked(input: &str, kept: Kept) -> (String, ChunkResult) {
        let (clock, scrubber): (fn() -> Timestamp, _) = (|| Timestamp::UNIX_EPOCH, Scrubber::new([]));
        let shared = Shared { kept, scrubber, clock, halted: Arc::default(), row: Row::new(1) };
        let chunk = Chunk { first: 1, text: input.as_bytes().to_vec(), too_long: false, bytes: input.len() as u64 };
        let result = Worker::new(Arc::new(shared), Box::new(Scripted)).chunk(&chunk, Vec::new());
        (String::from_utf8(result.text.clone()).unwrap(), result)
    }

    #[test]
    fn an_output_line_has_number_id_and_request_before_what_became_of_it() {
        let (text, result) = worked("{\"id\":[1],\"ends\":0}\n\n{}\nno\n", Kept::default());
        let mut lines = text.lines();
        let first =
            r#"{"line":1,"id":[1],"request":"0000000000000001","token":"t","expires_at":"1970-01-01T00:00:00Z"}"#;
        assert_eq!(lines.next(), Some(first));
        assert_eq!(lines.next(), Some(r#"{"line":3,"request":"0000000000000000","token":"t","expires_at":null}"#));
        assert!(
            lines.next().unwrap().starts_with(r#"{"line":4,"request":"000000000000f002","error":{"code":"usage","#)
        );
        assert_eq!((result.tally.minted, result.tally.failed(), lines.next()), (2, 1, None));
    }

    #[test]
    fn what_an_earlier_run_minted_is_left_out_if_it_agrees() {
        let mut kept = Kept::default();
        kept.add(1, None, Some(1));
        kept.add(2, None, Some(7));
        let (text, result) = worked("{\"ends\":0}\n{\"ends\":0}\n", kept);
        assert!(text.starts_with("{\"line\":2,") && text.lines().count() == 1, "{text}");
        assert_eq!((result.tally.kept, result.tally.changed, result.tally.minted), (1, 1, 1));
        let mut kept = Kept::default();
        kept.add(1, Some("1"), Some(1));
        let (text, result) = worked("{\"ends\":0}\n{}\n", kept);
        assert_eq!((text.as_str(), result.stop.map(|failure| failure.exit_code())), ("", Some(3)));
    }

    #[test]
    fn the_warnings_of_a_line_are_bounded() {
        let (text, _) = worked("{\"warnings\":70000}\n{\"warnings\":10}\n", Kept::default());
        let mut lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let first = lines.next().unwrap();
        assert_eq!(first["warnings"].as_array().map(Vec::len), Some(11));
        assert_eq!(first["warnings"][10], "69990 more");
        assert_eq!(lines.next().unwrap()["warnings"].as_array().map(Vec::len), Some(10));
        assert!(text.len() < 10_000);
    }

    #[test]
    fn refused_credentials_stop_the_chunk() {
        let (text, result) = worked("{\"refused\":1}\n{}\n", Kept::default());
        assert_eq!(text.lines().count(), 1);
        assert_eq!(result.stop.map(|failure| failure.exit_code()), Some(4));
    }

    #[test]
    fn eight_lines_in_a_row_without_a_connection_stop_the_run() {
        let lost = "{\"lost\":1}\n";
        let (text, result) = worked(&lost.repeat(20), Kept::default());
        assert_eq!((text.lines().count(), result.tally.failed()), (8, 8));
        let failure = result.stop.unwrap();
        assert_eq!((failure.to_string().as_str(), failure.exit_code()), ("not connected, for 8 lines in a row", 6));
        // A wrong line was never sent.
        let (text, result) = worked(&format!("{}{{\"wrong\":1}}\n{}", lost.repeat(7), lost.repeat(3)), Kept::default());
        assert_eq!((text.lines().count(), result.stop.is_some()), (9, true));
        // Any word from the service breaks the row.
        for heard in ["{}", "{\"busy\":1}"] {
            let (text, result) = worked(&format!("{0}{heard}\n{0}", lost.repeat(7)), Kept::default());
            assert_eq!((text.lines().count(), result.stop.is_some()), (15, false), "{heard}");
        }
    }
}
