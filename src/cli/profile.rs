//! The `profile` command and its five subcommands.

use clap::{Arg, ArgMatches};

use super::{general, mint};
use crate::error::Result;
use crate::options::{Action, Profile};

pub(super) fn command() -> clap::Command {
    let subcommand = |name: &'static str| clap::Command::new(name).arg(general::report_format());
    let profile = || Arg::new("which");
    clap::Command::new("profile")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(subcommand("list"))
        .subcommand(subcommand("show").arg(profile()))
        .subcommand(subcommand("check").arg(profile()).args(mint::sending_arguments()))
        .subcommand(subcommand("init"))
        .subcommand(subcommand("path"))
        .subcommand(subcommand("presets"))
}

pub(super) fn read(matches: &ArgMatches) -> Result<Profile> {
    let (action, matches) = matches.subcommand().unwrap_or(("path", matches));
    let name = |matches: &ArgMatches| matches.get_one::<String>("which").cloned();
    let json = general::is_json(matches);
    let action = match action {
        "list" => Action::List,
        "show" => Action::Show(name(matches)),
        "check" => Action::Check(name(matches), mint::settings(matches)?),
        "init" => Action::Init,
        "presets" => Action::Presets,
        _ => Action::Path,
    };
    Ok(Profile { action, json })
}
