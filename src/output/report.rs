//! What is said on stderr: failures, hints, warnings, notes, and what `-v` shows. Nothing here can make the program fail:
//! a stderr that cannot be written changes nothing.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{Color, Tone};
use crate::error::{Detail, Failure, Note};
use crate::redact::Scrubber;

/// The voice on stderr.
pub struct Report {
    tone: Tone,
    scrubber: Scrubber,
}

impl Report {
    /// A voice that never says one of the scrubber's secrets.
    pub fn new(tone: Tone, scrubber: Scrubber) -> Self {
        Report { tone, scrubber }
    }

    /// Says notes, warnings and hints, each on a line. With `-o json` they stand in the result instead.
    pub fn notes(&self, notes: &[Note]) {
        if !self.tone.json {
            self.aside(notes);
        }
    }

    /// The same with `-o json`, too: for a result that has no place for them.
    pub fn aside(&self, notes: &[Note]) {
        if self.tone.quiet {
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

    /// Says how a batch went, with `-o json` too: its result is on stdout line by line.
    pub fn summary(&self, text: &str) {
        if !self.tone.quiet {
            self.say("done", AnsiColor::Green, text);
        }
    }

    /// Says one line if `-v` asks for it.
    pub fn trace(&self, text: &str) {
        if self.tone.verbose {
            self.say("debug", AnsiColor::BrightBlack, text);
        }
    }

    /// Says why the run failed and what to do.
    pub fn failure(&self, failure: &Failure) {
        if self.tone.json {
            verbatim(&(error_json(failure, &self.scrubber) + "\n"));
            return;
        }
        self.say("error", AnsiColor::Red, &failure.to_string());
        if let Some(hint) = failure.hint_text().filter(|_| !self.tone.quiet) {
            self.say("hint", AnsiColor::Cyan, hint);
        }
    }

    fn say(&self, label: &str, color: AnsiColor, text: &str) {
        let style = if self.is_coloured() { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
        // One sentence is one line, whatever stands in it.
        let text = self.scrubber.scrub(&crate::text::clean(text));
        verbatim(&format!(
            "{style}{label}:{style:#} {text}
"
        ));
    }

    fn is_coloured(&self) -> bool {
        match self.tone.color {
            Color::Auto => anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        }
    }
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    code: &'static str,
    exit: u8,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "<[Detail]>::is_empty")]
    details: &'a [Detail],
}

/// The `{"error":{…}}` object of a failure.
pub fn error_json(failure: &Failure, scrubber: &Scrubber) -> String {
    let clean = |text: &str| scrubber.scrub(&crate::text::clean(text));
    let object = ErrorObject {
        code: failure.kind().code(),
        exit: failure.exit_code(),
        message: clean(&failure.to_string()),
        hint: failure.hint_text().map(clean),
        status: failure.http_status(),
        details: failure.detail_list(),
    };
    format!("{{\"error\":{}}}", serde_json::to_string(&object).unwrap_or_default())
}

/// Says that the program has a defect, in words that hold nothing of what it worked on.
pub fn panicked() {
    let _ =
        std::io::stderr().write_all(b"error: tokenmint has met a defect of its own and stops; nothing was printed\n");
}

/// Puts whole lines on stderr in one piece, as they are.
pub fn verbatim(lines: &str) {
    let _ = std::io::stderr().write_all(lines.as_bytes());
}
