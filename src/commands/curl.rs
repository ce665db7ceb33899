//! `--curl`: the request as a command that gets the credentials of a mint from where they are stored, and from nowhere else.

use super::job::Job;
use super::login::{self, Login};
use super::send::shown;
use super::space_set::shown_space;
use crate::catalog::Request;
use crate::credentials::{self, Set, ShellWord, Source, Wanted};
use crate::error::{Note, Result};
use crate::output::{deliver, request as paper};
use crate::signalwire::credentials::{PROJECT_ID, SCHEMA};

/// Prints the command, and on stderr what it needs.
///
/// # Errors
/// Exit 3 where credentials are there and wrong.
pub(super) fn show(job: &Job, request: &Request, login: &Login) -> Result<u8> {
    let (env, notes) = (&job.app.env, &job.app.notes);
    let set = credentials::find(&SCHEMA, Wanted { needs: login.needs(), ..job.wanted() }, job.app)?;
    if let Some(set) = &set {
        // The project id of a profile is printed, and it could be a secret in the wrong place.
        set.check()?;
    }
    let space = shown_space(set.as_ref())?;
    let login = on_paper(job, login, set.as_ref());
    let demanded = login.variables().chain(paper::secret_variables(request));
    let unset: Vec<String> = demanded.filter(|name| env.text(name).is_none()).collect();
    if !unset.is_empty() {
        notes.push(Note::Hint(format!("set {} before you run it", unset.join(" and "))));
    }
    let more = match set.map(|set| set.source) {
        None => Some("replace SPACE with the name of your space"),
        Some(Source::Emulator) => Some("start the emulator first: tokenmint emulator"),
        Some(_) => None,
    };
    notes.extend(more.map(|text| Note::Hint(text.to_owned())));
    job.report.aside(&notes.take());
    let text = paper::curl(&shown(request), &paper::Body::for_sh(request), &space, &login, &job.mint.settings);
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}

/// What authenticates the request, each value from where it is stored: without a set, or without a token, from the
/// variables that they would be in.
fn on_paper(job: &Job, login: &Login, set: Option<&Set>) -> paper::Login {
    match (login, set) {
        (Login::Nothing, _) => paper::Login::Nothing,
        (Login::Token(held), _) => paper::Login::Token(held.word.clone()),
        (Login::Issued(request), _) => paper::Login::Token(login::command(job, request)),
        (Login::Absent(bearer), _) => paper::Login::Token(ShellWord::variable(bearer.sought.variable)),
        (Login::Set, Some(set)) => paper::Login::Pair(set.public_in_shell(PROJECT_ID), set.secret_in_shell()),
        (Login::Set, None) => paper::Login::Pair(
            ShellWord::variable("SIGNALWIRE_PROJECT_ID"),
            ShellWord::variable("SIGNALWIRE_API_TOKEN"),
        ),
    }
}
