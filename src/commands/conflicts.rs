//! Flags of a mint that contradict each other, whatever else is asked for.

use std::path::Path;

use crate::error::{Failure, Note, Result};
use crate::options::Mint;
use crate::os::identity::Identity;
use crate::output::Format;

/// Refuses flags that contradict each other.
///
/// # Errors
/// Exit 2, naming them.
pub(super) fn check(mint: &Mint) -> Result<()> {
    let found = conflicts(mint).find(|(applies, ..)| *applies);
    found.map_or(Ok(()), |(_, message, hint)| Err(Failure::usage(message).with_hint(hint)))
}

/// What is worth saying about flags that go together and do less than they could.
pub(super) fn note(mint: &Mint) -> Option<Note> {
    let look = if mint.curl { "--curl" } else { "--dry-run" };
    let is_look = mint.dry_run || mint.curl;
    (is_look && mint.program.is_some()).then(|| Note::Note(format!("{look} does not run the command after --")))
}

/// Whether the flags are in conflict, the message, and the hint.
type Conflict = (bool, String, String);

/// The first that applies is reported.
fn conflicts(mint: &Mint) -> impl Iterator<Item = Conflict> {
    of_server(mint).into_iter().chain(of_lasting(mint)).chain(of_output(mint))
}

/// What does not go with `--serve`.
fn of_server(mint: &Mint) -> [Conflict; 7] {
    let serving = |flag: &str, given: bool, hint: &str| {
        (mint.serve.is_some() && given, format!("--serve cannot be used with {flag}"), hint.to_owned())
    };
    [
        serving(
            "--batch",
            mint.batch.is_some(),
            "leave out one of them: --batch reads fields from lines, --serve from requests",
        ),
        serving("--dry-run", mint.dry_run, "leave out --serve to see the request"),
        serving("--curl", mint.curl, "leave out --serve to see the request"),
        serving("--reuse", mint.reuse.is_some(), "leave out --reuse: each call mints a token"),
        serving("--renew", mint.renew.is_some(), "leave out --renew: each call mints a token"),
        serving("--write", mint.write.is_some(), "leave out --write: tokens go to the callers"),
        serving(
            "a command after --",
            mint.program.is_some(),
            "leave out the command: it can get its token from the server, or run it in another terminal",
        ),
    ]
}

/// What does not go with `--reuse` and `--renew`, which are about a single token.
fn of_lasting(mint: &Mint) -> [Conflict; 7] {
    let variable = mint.name.as_deref().unwrap_or(mint.kind.variable);
    let of = |flag: &str, given: bool, other: &str, other_given: bool, why: &str| {
        let message = format!("{flag} cannot be used with {other}");
        (given && other_given, message, format!("leave out {flag}: {other} {why}"))
    };
    let reuse = |other, given, why| of("--reuse", mint.reuse.is_some(), other, given, why);
    let renew = |other, given, why| of("--renew", mint.renew.is_some(), other, given, why);
    let (each, nothing) = ("mints a token for each line", "mints nothing");
    [
        reuse("--batch", mint.batch.is_some(), each),
        reuse("--dry-run", mint.dry_run, nothing),
        reuse("--curl", mint.curl, nothing),
        renew("--batch", mint.batch.is_some(), each),
        renew("--dry-run", mint.dry_run, nothing),
        renew("--curl", mint.curl, nothing),
        (
            mint.renew.is_some() && mint.write.is_none(),
            "--renew requires --write".to_owned(),
            format!("add --write FILE; a command after -- finds its path in {variable}_FILE"),
        ),
    ]
}

/// Ways out of which there can be only one.
fn of_output(mint: &Mint) -> [Conflict; 8] {
    let (write, program) = (mint.write.is_some(), mint.program.is_some());
    let is_dash = |file: Option<&Path>| file == Some(Path::new("-"));
    let dash = |flag: &str, file: Option<&Path>| {
        let hint = format!("leave out {flag} to print to standard output; a file of that name is ./-");
        (is_dash(file), format!("{flag} needs a file name, not -"), hint)
    };
    let resume = mint.batch.as_ref().and_then(|batch| batch.resume.as_deref());
    let github = mint.format.github_variable();
    let look = |flag: &str, given: bool| {
        let hint = "leave out --write: it would replace a token with a request";
        (given && write, format!("{flag} cannot be used with --write"), hint.to_owned())
    };
    [
        dash("--write", mint.write.as_deref()),
        dash("--resume", resume),
        look("--dry-run", mint.dry_run),
        look("--curl", mint.curl),
        (
            mint.format == Format::Raw && replaces_input(mint),
            "-o raw cannot replace the file that the input comes from: the new refresh token would be lost".to_owned(),
            "write -o json, export or dotenv, which keep the pair".to_owned(),
        ),
        (
            github.is_some() && write,
            "--write cannot be used with a GitHub format".to_owned(),
            "the format determines the file; use -o dotenv to write another one".to_owned(),
        ),
        (
            github.is_some() && program,
            format!("a format that writes to {} cannot be used with a command after --", github.unwrap_or_default()),
            "leave out -o: the command has the token in its environment".to_owned(),
        ),
        (
            write && program && mint.renew.is_none(),
            "--write cannot be used with a command after --".to_owned(),
            "leave out --write: the command has the token in its environment, or add --renew to keep FILE fresh"
                .to_owned(),
        ),
    ]
}

/// Whether `--write` names the file that the command's argument names.
fn replaces_input(mint: &Mint) -> bool {
    let identity = |path: Option<&Path>| path.and_then(Identity::of_path);
    let written = identity(mint.write.as_deref());
    written.is_some() && written == identity(mint.argument_file())
}
