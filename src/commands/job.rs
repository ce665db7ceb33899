//! What was typed for a mint, and what every way of minting needs of it: values from files and stdin, where to look for
//! credentials, where a text goes.

use std::io::IsTerminal as _;

use crate::app::App;
use crate::catalog::{Field, Given, Input, Kind, PresetFields};
use crate::commands::input::Reader;
use crate::commands::preset::ChosenPreset;
use crate::credentials::{Needs, Wanted};
use crate::error::{Failure, Note, Result};
use crate::json::Object;
use crate::options::{General, Mint};
use crate::output::Names;
use crate::output::report::Report;
use crate::providers::SCHEMAS;

/// What a mint works with.
pub struct Job<'a> {
    /// Flags of every command.
    pub general: &'a General,
    /// What was typed.
    pub mint: &'a Mint,
    /// The outside.
    pub app: &'a App,
    /// The voice on stderr.
    pub report: &'a Report,
    /// What `--preset` names.
    preset: Option<ChosenPreset>,
}

impl<'a> Job<'a> {
    /// A job, with its preset read if it has one.
    ///
    /// # Errors
    /// Exit 2 or 3 for a preset that will not do.
    pub fn new(general: &'a General, mint: &'a Mint, app: &'a App, report: &'a Report) -> Result<Self> {
        let load = |name: &String| ChosenPreset::load(name, mint.kind, general, app);
        let preset = mint.preset.as_ref().map(load).transpose()?;
        if let Some(preset) = &preset {
            report.trace(&format!("fields from {}", preset.fields.name()));
        }
        Ok(Job { general, mint, app, report, preset })
    }

    /// The fields of the preset.
    pub(super) fn preset(&self) -> Option<&PresetFields> {
        self.preset.as_ref().map(|preset| &preset.fields)
    }

    /// The flags of a kind and `--body`, with what stands in files and on stdin.
    pub(super) fn read_values(&self, kind: &Kind) -> Result<(Given, Option<String>)> {
        let mut reader = self.reader()?;
        let body = self.mint.body.as_deref().map(|body| reader.read_body(kind, body)).transpose()?;
        let mut given = self.mint.given.clone();
        if let Some(field) = self.left_out(body.as_deref())? {
            given.insert(field.flag.name, vec![Some("-".to_owned())]);
        }
        for field in kind.flags() {
            for value in given.get_mut(field.flag.name).into_iter().flatten().flatten() {
                match (field.input, value.split_once('=')) {
                    (Input::Secret, _) => *value = reader.read_secret(&field.dashed(), value)?,
                    (Input::Token(sought), _) => {
                        let text = reader.read_argument(kind.name, &words(field), &field.dashed(), value)?;
                        let variable = Names::new(kind, self.mint.name.as_deref())?.refresh;
                        let found = sought.under(&variable).find("the input", &text)?;
                        found.token.expose().clone_into(value);
                    }
                    (Input::Entries { json: true, .. }, Some((key, json))) => {
                        *value = format!("{key}={}", reader.read(&field.dashed(), json)?);
                    }
                    (input, _) if input.is_json() => *value = reader.read(&field.dashed(), value)?,
                    _ => {}
                }
            }
        }
        Ok((given, body))
    }

    /// The argument that was left out, which is then read from stdin: unless `--body` brings it, or has taken stdin.
    fn left_out(&self, body: Option<&str>) -> Result<Option<&'static Field>> {
        let Some(field) = self.mint.absent_argument() else { return Ok(None) };
        let brought = body.is_some_and(|body| Object::parse(body).is_ok_and(|body| body.get(field.key).is_some()));
        if brought || self.mint.body.as_deref() == Some("-") {
            return Ok(None);
        }
        if std::io::stdin().is_terminal() {
            let example = format!("tokenmint {} {}", self.mint.kind.name, field.example());
            return Err(Failure::usage(format!("missing {}", words(field)))
                .with_hint(format!("write {example}, or pipe it in")));
        }
        Ok(Some(field))
    }

    /// Reads values from files and stdin, unless the lines of a batch come from there.
    pub(super) fn reader(&self) -> Result<Reader> {
        let mut reader = Reader::default();
        if self.reads_stdin() && std::io::stdin().is_terminal() {
            let end = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };
            let note = format!("reading standard input from the terminal; end it with {end}");
            self.report.notes(&[Note::Note(note)]);
        }
        if self.mint.batch.as_ref().is_some_and(|batch| batch.input.as_os_str() == "-") {
            reader.take_stdin("--batch")?;
        }
        Ok(reader)
    }

    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            profile: self.profile(),
            config: self.general.config.as_deref(),
            needs: Needs::Set,
            schemas: &SCHEMAS,
            stdin_taken: self.reads_stdin(),
            timeout: Some(self.mint.settings.timeout),
        }
    }

    /// The profile of `--profile`, else of the preset.
    pub(super) fn profile(&self) -> Option<&str> {
        let of_preset = || self.preset.as_ref().and_then(|preset| preset.profile.as_deref());
        self.general.profile.as_deref().or_else(of_preset)
    }

    /// Whether the lines of a batch or the value of a flag come from standard input.
    fn reads_stdin(&self) -> bool {
        let lines = self.mint.batch.as_ref().is_some_and(|batch| batch.input.as_os_str() == "-");
        lines
            || self.mint.absent_argument().is_some()
            || self.mint.body.as_deref() == Some("-")
            || self.mint.kind.flags().filter(|field| field.input.is_json() || field.input.is_secret()).any(|field| {
                let values = self.mint.given.get(field.flag.name);
                values.into_iter().flatten().flatten().any(|value| value == "-" || value.ends_with("=-"))
            })
    }

    /// The notes so far, as the `warnings` of JSON: none with `-q`.
    pub(super) fn warnings(&self) -> Vec<Note> {
        if self.general.verbosity.quiet { Vec::new() } else { self.app.notes.all() }
    }
}

/// What a field holds, in words.
fn words(field: &Field) -> String {
    field.key.replace('_', " ")
}
