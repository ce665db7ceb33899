//! The actions of `profile`: what profiles there are, what would be used and from where, and whether the service takes it.

use super::command::ProfileCommand;
use crate::app::App;
use crate::error::Result;
use crate::options::{Action, General, Profile};
use crate::output::deliver;
use crate::output::report::Report;

/// Does what was asked for and gives the exit status.
///
/// # Errors
/// Exit 3 for configuration that is missing or malformed, 6 where `check` reaches nobody.
pub fn run(profile: &Profile, general: &General, app: &App, report: &Report) -> Result<u8> {
    let command = ProfileCommand { general, app, json: profile.json };
    let text = match &profile.action {
        Action::List => command.list()?,
        Action::Show(name) => command.show(name.as_deref())?,
        Action::Check(name, settings) => return command.check(name.as_deref(), settings, report),
        Action::Init => command.init()?,
        Action::Path => command.path()?,
        Action::Add(new) => command.add(new, report)?,
        Action::Use(name) => command.make_default(name)?,
        Action::Edit => command.edit(report)?,
        Action::Remove { name, yes } => command.remove(name, *yes)?,
        Action::Presets => command.presets()?,
    };
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}
