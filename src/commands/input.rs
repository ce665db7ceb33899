//! Values that stand elsewhere than on the command line: `@FILE`, or `-` for standard input. What they mean is for the
//! flags that take them.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;

use crate::catalog::Kind;
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::json::Object;

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
        let (bytes, place) = match value.strip_prefix('@') {
            None if value == "-" => {
                self.take_stdin(flag)?;
                (bounded(std::io::stdin().lock()), "stdin".to_owned())
            }
            None => return Ok(value.to_owned()),
            Some(path) => (std::fs::File::open(path).and_then(bounded), crate::text::path(Path::new(path))),
        };
        let bytes = bytes.with_context(|| format!("{flag}: cannot read {place}")).or_fail(Category::Usage)?;
        if bytes.len() as u64 > MAX_SIZE {
            return Err(Failure::usage(format!("{flag}: {place} is larger than 16 MiB")));
        }
        String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{flag}: {place} is not UTF-8 text")))
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
            Some(field) => Err(Failure::usage(format!("--body: {} cannot stand on the command line", field.key))
                .hint("other users can see it there; write --body @FILE, or - for stdin")),
            None => Ok(body),
        }
    }

    /// The text of a secret, which is never taken from the command line. One final newline is cut.
    pub fn read_secret(&mut self, flag: &str, value: &str) -> Result<String> {
        if value != "-" && !value.starts_with('@') {
            return Err(Failure::usage(format!("{flag} takes @FILE or - for stdin, never the value itself"))
                .hint(format!("other users can see the command line; write {flag} @FILE")));
        }
        let mut secret = self.read(flag, value)?;
        if secret.ends_with('\n') {
            secret.pop();
            secret.truncate(secret.strip_suffix('\r').map_or(secret.len(), str::len));
        }
        Ok(secret)
    }

    /// Marks standard input as taken by a flag.
    ///
    /// # Errors
    /// Exit 2 where another flag has taken it.
    pub fn take_stdin(&mut self, flag: &str) -> Result<()> {
        match self.stdin_taken_by.replace(flag.to_owned()) {
            None => Ok(()),
            Some(other) => Err(Failure::usage(format!("{other} and {flag} cannot both read stdin"))
                .hint("put one of them into a file and write @FILE")),
        }
    }
}

fn bounded(source: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
