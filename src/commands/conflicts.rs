//! Flags of a mint that contradict each other, whatever else is asked for.

use std::path::Path;

use crate::error::{Failure, Result};
use crate::options::Mint;

/// Refuses flags that contradict each other.
///
/// # Errors
/// Exit 2, naming them.
pub(super) fn check(mint: &Mint) -> Result<()> {
    let found = conflicts(mint).into_iter().find(|(applies, ..)| *applies);
    found.map_or(Ok(()), |(_, message, hint)| Err(Failure::usage(message).with_hint(hint)))
}

/// Whether the flags are in conflict, the message, and the hint. The first that applies is reported.
fn conflicts(mint: &Mint) -> [(bool, String, String); 13] {
    let (write, program) = (mint.write.is_some(), mint.program.is_some());
    let variable = mint.name.as_deref().unwrap_or(mint.kind.variable);
    let is_dash = |file: Option<&Path>| file == Some(Path::new("-"));
    let dash = |flag: &str, file: Option<&Path>| {
        let hint = format!("leave out {flag} to print to standard output; a file of that name is ./-");
        (is_dash(file), format!("{flag} takes a file, and - is none"), hint)
    };
    let resume = mint.batch.as_ref().and_then(|batch| batch.resume.as_deref());
    let github = mint.format.github_variable();
    let look = |flag: &str, given: bool| {
        let hint = "leave out --write: it would replace a token with a request";
        (given && write, format!("{flag} cannot be used with --write"), hint.to_owned())
    };
    let no_reuse = |flag: &str, given: bool, why: &str| {
        let message = format!("--reuse cannot be used with {flag}");
        (given && mint.reuse.is_some(), message, format!("leave out --reuse: {flag} {why}"))
    };
    let once = |flag: &str, given: bool| {
        let name = mint.kind.name;
        let message = format!("{flag} cannot be used with {name}, which uses up what it sends");
        (given && !mint.kind.is_repeatable(), message, format!("leave out {flag}"))
    };
    [
        dash("--write", mint.write.as_deref()),
        dash("--resume", resume),
        look("--dry-run", mint.dry_run),
        look("--curl", mint.curl),
        (
            github.is_some() && write,
            "--write cannot be used with a GitHub format".to_owned(),
            "the format itself names the file; use -o dotenv to write one of your own".to_owned(),
        ),
        (
            github.is_some() && program,
            format!("a format that writes to {} cannot be used with a command after --", github.unwrap_or_default()),
            "leave out -o: the command has the token in its environment".to_owned(),
        ),
        no_reuse("--batch", mint.batch.is_some(), "mints a token for each line"),
        no_reuse("--dry-run", mint.dry_run, "mints nothing"),
        no_reuse("--curl", mint.curl, "mints nothing"),
        once("--reuse", mint.reuse.is_some()),
        once("--renew", mint.renew.is_some()),
        (
            mint.renew.is_some() && !write,
            "--renew requires --write".to_owned(),
            format!("add --write FILE; a command after -- finds its path in {variable}_FILE"),
        ),
        (
            write && program && mint.renew.is_none(),
            "--write cannot be used with a command after --".to_owned(),
            "leave out --write: the command has the token in its environment, or add --renew to keep FILE fresh"
                .to_owned(),
        ),
    ]
}
