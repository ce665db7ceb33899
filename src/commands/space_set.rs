//! The set of credentials for a space: found, checked, and what it says of the space.

use super::login::{self, Login};
use crate::app::App;
use crate::credentials::{self, EMULATOR, Needs, Set, Source, Wanted};
use crate::error::{Note, Result};
use crate::output::report::Report;
use crate::signalwire::Space;
use crate::signalwire::credentials::{PROJECT_ID, SCHEMA, SPACE};

/// The set that a mint sends with, checked as far as it can be without its secret: what is wrong with the public values is
/// reported before a helper program is run.
///
/// # Errors
/// Exit 3 where there is none or it is malformed.
pub(super) fn find_set(login: &Login, wanted: Wanted, app: &App, report: &Report) -> Result<Set> {
    let needs = login.needs();
    let set = credentials::find(&SCHEMA, Wanted { needs, ..wanted }, app)?;
    let set = set.ok_or_else(|| credentials::none_found(&SCHEMA, needs, &app.env))?;
    if let Login::Absent(bearer) = login {
        return Err(login::absent(bearer));
    }
    let what = if needs == Needs::Set { "credentials" } else { "space" };
    report.trace(&format!("{what} from {}", set.source));
    set.check()?;
    space_of(&set)?;
    Ok(set)
}

/// Which space and project a login mints for, the same from run to run. Without the set of credentials it is the space
/// alone.
///
/// # Errors
/// Exit 3 for a space that is not valid.
pub(super) fn place_of(set: &Set, login: &Login) -> Result<String> {
    // A port that changes with each run is not part of what a token was asked for.
    let space = if set.source == Source::Emulator { EMULATOR.to_owned() } else { space_of(set)?.to_string() };
    Ok(match login.needs() {
        Needs::Set => format!("{space} {}", set.public(PROJECT_ID)),
        Needs::Only(_) => space,
    })
}

/// What is worth saying about every token that is minted with a set.
pub(super) fn note_of(set: &Set) -> Option<Note> {
    let text = "this token is from the built-in emulator; it is not valid on SignalWire";
    (set.source == Source::Emulator).then(|| Note::Note(text.to_owned()))
}

/// The space of a request on paper, with credentials or without.
pub(super) fn shown_space(set: Option<&Set>) -> Result<Space> {
    let Some(set) = set else { return Ok(Space::placeholder()) };
    set.check_public(SPACE)?;
    space_of(set)
}

/// The space that a set names.
pub fn space_of(set: &Set) -> Result<Space> {
    Space::parse(set.public(SPACE), &set.describe(SPACE))
}
