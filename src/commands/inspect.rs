//! The `inspect` command: finds the token, and for `--verify` the secret, prints the report, then judges.

use std::io::IsTerminal as _;

use anyhow::Context as _;

use crate::app::App;
use crate::credentials::{self, Needs, Wanted};
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::inspect::{read, report};
use crate::options::{General, Inspect};
use crate::os::{self, stream::Stdin};
use crate::output::deliver;
use crate::providers::SCHEMAS;
use crate::twilio::credentials::{API_KEY_SID, SCHEMA};

/// The most bytes that are read from stdin: a token, its quotes and an assignment around it.
const MAX_INPUT: u64 = 1024 * 1024;

/// Prints the report and gives the exit status.
///
/// # Errors
/// Exit 2 where there is no token, 3 where `--verify` finds no secret, 8 where the token is not valid; the report has
/// then been printed all the same.
pub fn run(inspect: &Inspect, general: &General, app: &App) -> Result<u8> {
    let typed = inspect.token.as_ref().filter(|token| *token != "-");
    let text = typed.map_or_else(from_stdin, |token| Ok(token.clone()))?;
    let mut inspected = read(&text)?;
    if inspect.verify {
        let wanted = Wanted {
            profile: general.profile.as_deref(),
            config: general.config.as_deref(),
            needs: Needs::Set,
            schemas: &SCHEMAS,
            stdin_taken: typed.is_none(),
            timeout: None,
        };
        inspected.require_twilio()?;
        let set = credentials::find(&SCHEMA, wanted, app)?;
        let set = set.ok_or_else(|| credentials::none_found(&SCHEMA, Needs::Set, &app.env))?;
        let secret = set.reveal(app)?;
        inspected.verify(set.public(API_KEY_SID), &secret)?;
    }
    let now = app.now();
    let text = if inspect.json { report::json(&inspected, now) + "\n" } else { report::text(&inspected, now) };
    deliver::stdout(text.as_bytes())?;
    inspected.check_signature()?;
    if inspect.check {
        inspected.check(now, inspect.min_ttl)?;
    }
    Ok(0)
}

fn from_stdin() -> Result<String> {
    if std::io::stdin().is_terminal() {
        return Err(Failure::usage("missing token").with_hint("pass it as an argument or pipe it in"));
    }
    let bytes = os::read_limited(Stdin, MAX_INPUT).context("cannot read stdin").or_fail(Category::Usage)?;
    let bytes = bytes.ok_or_else(|| Failure::usage("stdin is larger than 1 MiB; expected a token"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::usage("stdin is not UTF-8 text; expected a token"))?;
    Ok(text.to_owned())
}
