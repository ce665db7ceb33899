//! The `inspect` command: finds the token, and for `--verify` the secret, prints the report, then judges.

use std::io::IsTerminal as _;

use anyhow::Context as _;

use super::input::{self, Reader};
use crate::app::App;
use crate::credentials::{self, Needs, Wanted};
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::inspect::{Inspected, Judgement, read, report};
use crate::json;
use crate::options::{General, Inspect};
use crate::os::{self, stream::Stdin};
use crate::output::deliver;
use crate::output::screen::{BOLD, Screen};
use crate::providers::SCHEMAS;
use crate::twilio::credentials::{API_KEY_SID, SCHEMA};

/// The most bytes that are read from stdin: a token, its quotes and an assignment around it.
const MAX_INPUT: u64 = 1024 * 1024;

/// Prints the report and gives the exit status.
///
/// # Errors
/// Exit 2 where there is no token, 3 where `--verify` finds no secret, 8 where a token is not valid; the report has then
/// been printed all the same.
pub fn run(inspect: &Inspect, general: &General, app: &App) -> Result<u8> {
    let typed = inspect.token.as_ref().filter(|token| *token != "-");
    let text = match typed {
        Some(typed) if input::is_path(typed) => return Err(a_file(typed)),
        Some(typed) => Reader::default().read("TOKEN", typed)?,
        None => from_stdin()?,
    };
    let mut tokens = read(&text)?;
    if inspect.verify {
        verify(&mut tokens, typed.is_none(), general, app)?;
    }
    let now = app.now();
    let judged: Vec<Judged<'_>> =
        tokens.iter().map(|(name, token)| (name.as_deref(), Judgement::of(token, now))).collect();
    // A script that asks for silence wants the status alone.
    let is_silent = general.verbosity.quiet && inspect.check && !inspect.json;
    if !is_silent {
        let text = if inspect.json { as_json(&judged) } else { as_text(&judged, general) };
        deliver::stdout(text.as_bytes())?;
    }
    match check(inspect, &judged) {
        Err(failure) if is_silent => Ok(failure.exit_code()),
        result => result.map(|()| 0),
    }
}

/// A token's judgement, and the name that it was assigned to.
type Judged<'a> = (Option<&'a str>, Judgement<'a>);

/// Checks the signatures with the secret of the profile or the environment.
fn verify(tokens: &mut [(Option<String>, Inspected)], stdin_taken: bool, general: &General, app: &App) -> Result<()> {
    let wanted = Wanted {
        profile: general.profile.as_deref(),
        config: general.config.as_deref(),
        needs: Needs::Set,
        schemas: &SCHEMAS,
        stdin_taken,
        timeout: None,
    };
    tokens.iter().try_for_each(|(_, token)| token.require_twilio())?;
    let set = credentials::find(&SCHEMA, wanted, app)?;
    let set = set.ok_or_else(|| credentials::none_found(&SCHEMA, Needs::Set, &app.env))?;
    let secret = set.reveal(app)?;
    tokens.iter_mut().try_for_each(|(_, token)| token.verify(set.public(API_KEY_SID), &secret))
}

/// The reports for people, below the names of the variables if there are several.
fn as_text(judged: &[Judged<'_>], general: &General) -> String {
    let screen = Screen::of_stdout(general.verbosity.color);
    let section = |(name, judgement): &Judged<'_>| {
        let name = name.filter(|_| judged.len() > 1).map(|name| format!("{}\n", screen.paint(name, BOLD)));
        name.unwrap_or_default() + &report::text(judgement, &screen)
    };
    judged.iter().map(section).collect::<Vec<_>>().join("\n")
}

/// One object: the report of the first token, which has those of the others under `others`.
fn as_json(judged: &[Judged<'_>]) -> String {
    let reports = judged.iter().map(|(name, judgement)| {
        let mut report = report::json(judgement);
        if let Some(name) = name.filter(|_| judged.len() > 1) {
            report.set("name", json::string(name));
        }
        report
    });
    let mut reports = reports.collect::<Vec<_>>().into_iter();
    let mut first = reports.next().unwrap_or_default();
    let others: Vec<String> = reports.map(|report| report.to_string()).collect();
    if !others.is_empty() {
        first.set("others", format!("[{}]", others.join(",")));
    }
    format!("{first}\n")
}

/// The first failure of a check that was asked for, named after its variable if there are several.
fn check(inspect: &Inspect, judged: &[Judged<'_>]) -> Result<()> {
    judged.iter().try_for_each(|(name, judgement)| {
        let checked = if inspect.check { judgement.check(inspect.min_ttl) } else { judgement.check_signature() };
        match name.filter(|_| judged.len() > 1) {
            Some(name) => checked.map_err(|failure| failure.context(name.to_owned())),
            None => checked,
        }
    })
}

/// The failure of the name of a file in the place of a token.
fn a_file(name: &str) -> Failure {
    let word = input::shown(name);
    let what = if word == name { format!("'{name}'") } else { "the argument".to_owned() };
    Failure::usage(format!("{what} is a file, not a token")).with_hint(format!("run tokenmint inspect @{word}"))
}

fn from_stdin() -> Result<String> {
    if std::io::stdin().is_terminal() {
        return Err(Failure::usage("missing token").with_hint("pass it as an argument, as @FILE, or pipe it in"));
    }
    let bytes = os::read_limited(Stdin, MAX_INPUT).context("cannot read stdin").or_fail(Category::Usage)?;
    let bytes = bytes.ok_or_else(|| Failure::usage("stdin is larger than 1 MiB; expected a token"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::usage("stdin is not UTF-8 text; expected a token"))?;
    Ok(text.to_owned())
}
