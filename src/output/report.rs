//! Messages on stderr: failures, hints, warnings, notes, and the steps that `-v` shows. Nothing here can make the program
//! fail: a stderr that cannot be written changes nothing.

use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};

use super::{Verbosity, color};
use crate::error::{Detail, Failure, Note};
use crate::json::{Buffer, Writer};
use crate::os::stream::Stderr;
use crate::redact::Scrubber;

/// The voice on stderr.
pub struct Report {
    verbosity: Verbosity,
    scrubber: Scrubber,
}

impl Report {
    /// A voice that never says one of the scrubber's secrets.
    pub fn new(verbosity: Verbosity, scrubber: Scrubber) -> Self {
        Report { verbosity, scrubber }
    }

    /// Says notes, warnings and hints, each on a line. With `-o json` they stand in the result instead.
    pub fn notes(&self, notes: &[Note]) {
        if !self.verbosity.json {
            self.aside(notes);
        }
    }

    /// The same with `-o json`, too: for a result that has no place for them.
    pub fn aside(&self, notes: &[Note]) {
        if self.verbosity.quiet {
            return;
        }
        for note in notes {
            let color = match note {
                Note::Note(_) | Note::Hint(_) => AnsiColor::Cyan,
                Note::Warning(_) => AnsiColor::Yellow,
            };
            self.say(note.label(), color, note.text());
        }
    }

    /// Says what a person at a terminal wants to know of a token that was printed. Scripts get nothing.
    pub fn minted(&self, sentence: impl FnOnce() -> Option<String>) {
        let Verbosity { json, quiet, .. } = self.verbosity;
        if json || quiet || !std::io::stderr().is_terminal() {
            return;
        }
        if let Some(sentence) = sentence() {
            verbatim(&(self.scrubber.scrub(&crate::text::clean(&sentence)) + "\n"));
        }
    }

    /// Says how a batch went, with `-o json` too: its result is on stdout line by line.
    pub fn summary(&self, text: &str) {
        if !self.verbosity.quiet {
            self.say("done", AnsiColor::Green, text);
        }
    }

    /// Says how a batch went that a signal has ended early.
    pub fn interrupted(&self, text: &str) {
        if !self.verbosity.quiet {
            self.say("interrupted", AnsiColor::Yellow, text);
        }
    }

    /// Says one line if `-v` asks for it.
    pub fn trace(&self, text: &str) {
        if self.verbosity.verbose {
            self.say("debug", AnsiColor::BrightBlack, text);
        }
    }

    /// Says why the run failed and what to do.
    pub fn failure(&self, failure: &Failure) {
        if self.verbosity.json {
            verbatim(&(error_json(failure, &self.scrubber) + "\n"));
            return;
        }
        self.say("error", AnsiColor::Red, &failure.to_string());
        if let Some(hint) = failure.hint().filter(|_| !self.verbosity.quiet) {
            self.say("hint", AnsiColor::Cyan, hint);
        }
    }

    /// Puts a page that has colours in it on stderr.
    pub fn page(&self, page: &str) {
        verbatim(&if self.is_coloured() { page.to_owned() } else { color::plain(page) });
    }

    fn say(&self, label: &str, color: AnsiColor, text: &str) {
        let style = if self.is_coloured() { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
        // One sentence is one line, whatever stands in it.
        let text = self.scrubber.scrub(&crate::text::clean(text));
        verbatim(&format!("{style}{label}:{style:#} {text}\n"));
    }

    /// Whether messages are in colour.
    pub fn is_coloured(&self) -> bool {
        self.verbosity.color.on_stderr()
    }
}

/// The `{"error":{…}}` object of a failure.
pub fn error_json(failure: &Failure, scrubber: &Scrubber) -> String {
    let mut text = String::new();
    let mut json = Writer::new(&mut text);
    json.object();
    write_error(&mut json, failure, scrubber);
    json.end();
    text
}

/// The member `error` of an object that has been begun.
pub fn write_error<B: Buffer>(json: &mut Writer<B>, failure: &Failure, scrubber: &Scrubber) {
    let clean = |text: &str| scrubber.scrub(&crate::text::clean(text));
    json.object_in("error").string("code", failure.category().code()).number("exit", u16::from(failure.exit_code()));
    json.string("message", &clean(&failure.to_string()));
    if let Some(hint) = failure.hint() {
        json.string("hint", &clean(hint));
    }
    if let Some(status) = failure.status() {
        json.number("status", status);
    }
    if !failure.details().is_empty() {
        json.array_in("details");
        failure.details().iter().for_each(|detail| write_detail(json, detail));
        json.end_array();
    }
    json.end();
}

/// What stands in a detail was cleaned when the answer was read.
fn write_detail<B: Buffer>(json: &mut Writer<B>, detail: &Detail) {
    json.object();
    for (key, text) in [
        ("type", &detail.category),
        ("code", &detail.code),
        ("message", &detail.message),
        ("attribute", &detail.attribute),
        ("flag", &detail.flag),
        ("url", &detail.url),
    ] {
        if let Some(text) = text {
            json.string(key, text);
        }
    }
    json.end();
}

/// Reports a bug, in words that hold nothing of what the program worked on.
pub fn panicked() {
    verbatim("error: internal error (this is a bug in tokenmint); nothing was printed\n");
}

/// Puts whole lines on stderr in one piece, as they are.
pub fn verbatim(lines: &str) {
    let _ = Stderr.write_all(lines.as_bytes());
}
