//! Values from elsewhere than the command line: `@FILE`, or `-` for standard input. What they mean is for the flags that
//! take them.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;

use crate::catalog::Kind;
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::json::Object;
use crate::os::{self, stream::Stdin};

/// The most bytes that a value of a flag may have.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// Reads values for flags; standard input can be read for one of them only.
#[derive(Debug, Default)]
pub struct Reader {
    stdin_taken_by: Option<String>,
}

impl Reader {
    /// The text of a flag's value: the value itself, or what `@FILE` or `-` points to.
    ///
    /// # Errors
    /// Exit 2 where the file cannot be read or is not UTF-8, or standard input is asked for twice.
    pub fn read(&mut self, flag: &str, value: &str) -> Result<String> {
        let (read, place) = match value.strip_prefix('@') {
            None if value == "-" => {
                self.take_stdin(flag)?;
                (os::read_limited(Stdin, MAX_SIZE), "stdin".to_owned())
            }
            None if is_file_name(value) => {
                let name = shown(value);
                return Err(Failure::usage(format!("{flag} is the name of a file, not JSON"))
                    .with_hint(format!("write {flag} @{name} to read the file")));
            }
            None => return Ok(value.to_owned()),
            // Not regular files alone: `@<(…)` of a shell is a pipe.
            Some(path) => {
                let read = File::open(path).and_then(|file| os::read_limited(file, MAX_SIZE));
                (read, crate::text::path(Path::new(path)))
            }
        };
        let bytes = read.with_context(|| format!("{flag}: cannot read {place}")).or_fail(Category::Usage);
        let bytes = bytes.map_err(|failure| match value.strip_prefix('@') {
            Some(_) => failure.with_hint("@FILE reads a file, by a path from the current directory; - reads stdin"),
            None => failure,
        })?;
        let bytes = bytes.ok_or_else(|| Failure::usage(format!("{flag}: {place} is larger than 16 MiB")))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            Failure::usage(format!("{flag}: {place} is not UTF-8 text")).with_hint(crate::text::encoding_hint(&bytes))
        })?;
        // Some editors begin a file with a byte order mark, which no parser of a value expects.
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
    }

    /// The text of `--body`. One that stands on the command line must hold no secret.
    pub fn read_body(&mut self, kind: &Kind, value: &str) -> Result<String> {
        let literal = value != "-" && !value.starts_with('@');
        let body = self.read("--body", value)?;
        let secret = kind.fields.iter().find(|field| {
            let held = || Object::parse(&body).is_ok_and(|body| body.get(field.key).is_some());
            literal && field.input.is_secret() && held()
        });
        match secret {
            Some(field) => Err(Failure::usage(format!("--body: {} cannot be passed on the command line", field.key))
                .with_hint("other users can see it there; write --body @FILE, or - for stdin")),
            None => Ok(body),
        }
    }

    /// The text of a secret, which is never taken from the command line. One final newline is cut.
    pub fn read_secret(&mut self, flag: &str, value: &str) -> Result<String> {
        if value != "-" && !value.starts_with('@') {
            return Err(Failure::usage(format!("{flag} takes @FILE or - for stdin, never the value itself"))
                .with_hint(format!("other users can see the command line; write {flag} @FILE")));
        }
        let mut secret = self.read(flag, value)?;
        if secret.ends_with('\n') {
            secret.pop();
            secret.truncate(secret.strip_suffix('\r').map_or(secret.len(), str::len));
        }
        Ok(secret)
    }

    /// The text of the command's argument, which is never taken from the command line. `what` is what it would hold.
    pub fn read_argument(&mut self, command: &str, what: &str, name: &str, value: &str) -> Result<String> {
        if value != "-" && !value.starts_with('@') {
            return Err(if is_path(value) {
                Failure::usage("expected @FILE or - for stdin, not the name of a file alone")
                    .with_hint(format!("write tokenmint {command} @{}", shown(value)))
            } else {
                Failure::usage(format!("expected @FILE or - for stdin, not the {what} itself"))
                    .with_hint("other users can see the command line; write @FILE")
            });
        }
        self.read(name, value)
    }

    /// Marks standard input as taken by a flag.
    ///
    /// # Errors
    /// Exit 2 where another flag has taken it.
    pub fn take_stdin(&mut self, flag: &str) -> Result<()> {
        match self.stdin_taken_by.replace(flag.to_owned()) {
            None => Ok(()),
            Some(other) => Err(Failure::usage(format!("{other} and {flag} cannot both read stdin"))
                .with_hint("save one of them to a file and pass @FILE")),
        }
    }
}

/// Whether a value that is meant to be JSON is the name of a file. What looks like JSON is not looked up.
fn is_file_name(value: &str) -> bool {
    let may_be_json = value.starts_with(['{', '[', '"']) || crate::json::value(value).is_ok();
    !may_be_json && is_path(value)
}

/// Whether there is a file of this name. A token is too long for one.
pub(super) fn is_path(value: &str) -> bool {
    value.len() < 256 && Path::new(value).is_file()
}

/// The name of a file as a word of a command line, if it can be one as it is.
pub(super) fn shown(name: &str) -> &str {
    if crate::text::is_plain_word(name) { name } else { "FILE" }
}
