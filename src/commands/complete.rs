//! What a shell is told when TAB is pressed: one line with what it completes itself, then a candidate a line, each with its
//! description behind a tab. Nothing is reported: a message would end up in the line that is being typed.

use std::path::{Path, PathBuf};

use crate::app::Environment;
use crate::credentials::names;
use crate::error::Result;
use crate::options::{Completion, Names, Rest};
use crate::output::deliver;

/// Prints what can follow and gives the exit status.
///
/// # Errors
/// Exit 1 where stdout cannot be written.
pub fn run(completion: &Completion, env: &Environment) -> Result<u8> {
    let rest = match &completion.rest {
        Rest::Nothing => "nothing".to_owned(),
        Rest::Files(lead) => format!("files {lead}"),
        Rest::Folders(lead) => format!("folders {lead}"),
        Rest::Command(place) => format!("command {place}"),
    };
    let mut text = rest + "\n";
    for (word, about) in &completion.words {
        let tab = if about.is_empty() { "" } else { "\t" };
        text.extend([word.as_str(), tab, about, "\n"]);
    }
    if let Some((which, lead, current)) = &completion.names {
        let config = completion.config.as_deref().map(|path| expanded(path, env));
        let names = names::read(config.as_deref(), env);
        let names = match which {
            Names::Profiles => names.profiles,
            Names::Presets => names.presets,
        };
        let fitting = names.iter().filter(|name| name.starts_with(current.as_str()));
        text.extend(fitting.map(|name| format!("{lead}{name}\n")));
    }
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}

/// A path as the shell will pass it: in a line that is being typed, `~` is not expanded yet.
fn expanded(path: &Path, env: &Environment) -> PathBuf {
    match (path.strip_prefix("~"), env.get("HOME")) {
        (Ok(rest), Some(home)) => Path::new(home).join(rest),
        _ => path.to_owned(),
    }
}
