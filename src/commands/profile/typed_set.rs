//! The values of a new profile: from flags, and from questions where there is somebody to ask.

use zeroize::Zeroizing;

use super::ask;
use crate::app::Notes;
use crate::credentials::{Field, Placed, Schema, typed};
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os;
use crate::os::stream::Stdin;
use crate::output::report::Report;
use crate::secret::Secret;

/// How often a question is asked.
const TRIES: usize = 3;
/// The most bytes that are read from stdin.
const MAX_SIZE: u64 = 64 * 1024;

/// A set of credentials that is right as far as it can be known here.
pub(super) struct TypedSet {
    /// The public values by their keys.
    pub(super) public: Vec<(&'static str, String)>,
    /// The secret.
    pub(super) secret: Secret,
}

/// Reads what flags do not give from the terminal, or the secret alone from stdin.
///
/// # Errors
/// Exit 2 for a flag that is missing or wrong, 3 for a secret that is.
pub(super) fn read(
    schema: &'static Schema,
    flags: &[(&'static str, String)],
    notes: &Notes,
    report: &Report,
) -> Result<TypedSet> {
    let given = |field: &Field| flags.iter().find(|(key, _)| *key == field.key).map(|(_, value)| value);
    let is_asked = ask::is_possible();
    if !is_asked {
        refuse_missing(schema, |field| given(field).is_some())?;
    }
    let mut public = Vec::new();
    let mut placed = Vec::new();
    for field in schema.public {
        let (value, place) = if let Some(value) = given(field) {
            let flag = Schema::flag(field);
            let checked = typed::public(schema, field, value, &flag, notes);
            (checked.map_err(|failure| failure.in_category(Category::Usage))?, flag)
        } else {
            let read = || typed::public(schema, field, &ask::line(field.label)?, ANSWER, notes);
            (repeated(read, report)?, field.key.to_owned())
        };
        public.push((field.key, value));
        placed.push(place);
    }
    let values = public.iter().map(|(_, value)| value.as_str());
    let placed: Vec<Placed> = values.zip(placed).map(|(value, place)| Placed { place, value }).collect();
    let check = |bytes: &[u8], place: &str| typed::secret(schema, &placed, bytes, place, notes);
    let secret = if is_asked {
        repeated(|| check(&ask::hidden(schema.secret.label)?, ANSWER), report)?
    } else {
        check(&stdin(schema)?, "stdin")?
    };
    Ok(TypedSet { public, secret })
}

/// What messages call what was typed to a question.
const ANSWER: &str = "that";

/// Asks again after an answer that will not do.
fn repeated<T>(mut ask: impl FnMut() -> Result<T>, report: &Report) -> Result<T> {
    for _ in 1..TRIES {
        match ask() {
            Err(failure) if failure.category() == Category::Configuration => report.failure(&failure),
            result => return result,
        }
    }
    ask()
}

fn refuse_missing(schema: &Schema, is_given: impl Fn(&Field) -> bool) -> Result<()> {
    let missing: Vec<String> = schema.public.iter().filter(|field| !is_given(field)).map(Schema::flag).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let secret = schema.secret.label;
    Err(Failure::usage(format!("{} required where stdin is not a terminal", listed(&missing)))
        .with_hint(format!("give them as flags, and the {secret} on stdin; on a terminal they are asked for")))
}

fn listed(flags: &[String]) -> String {
    format!("{} {}", flags.join(" and "), if flags.len() == 1 { "is" } else { "are" })
}

fn stdin(schema: &Schema) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = os::read_limited(Stdin, MAX_SIZE).map_err(|error| anyhow::anyhow!("cannot read stdin: {error}"));
    let bytes = bytes.or_fail(Category::Usage)?;
    let bytes = bytes.ok_or_else(|| Failure::configuration("stdin is larger than 64 KiB"))?;
    if bytes.trim_ascii().is_empty() {
        return Err(Failure::configuration(format!("stdin is empty; expected the {}", schema.secret.label))
            .with_hint("pipe the secret to stdin; it is never a flag"));
    }
    Ok(bytes)
}
