//! The `profile` command and its subcommands.

use clap::{Arg, ArgAction, ArgMatches};

use super::{general, mint};
use crate::credentials::Schema;
use crate::error::Result;
use crate::options::{Action, NewProfile, Profile};
use crate::providers::SCHEMAS;

/// The section of the provider that is not the usual one, and the flag for it.
const TWILIO: &str = "twilio";

pub(super) fn command() -> clap::Command {
    let subcommand = |name: &'static str| clap::Command::new(name).arg(general::report_format());
    let profile = || Arg::new("which");
    let named = || Arg::new("named").required(true);
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let values = SCHEMAS.into_iter().flat_map(|schema| schema.public);
    let values = values.map(|field| Arg::new(field.key).long(Schema::flag(field).trim_start_matches('-').to_owned()));
    clap::Command::new("profile")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(subcommand("list"))
        .subcommand(subcommand("show").arg(profile()))
        .subcommand(subcommand("check").arg(profile()).args(mint::sending_arguments()))
        .subcommand(subcommand("init"))
        .subcommand(subcommand("path"))
        .subcommand(subcommand("add").arg(named()).arg(switch(TWILIO)).args(values).arg(switch("keychain")))
        .subcommand(subcommand("use").arg(named()))
        .subcommand(subcommand("edit"))
        .subcommand(subcommand("remove").arg(named()).arg(switch("yes").short('y')))
        .subcommand(subcommand("presets"))
}

pub(super) fn read(matches: &ArgMatches) -> Result<Profile> {
    let (action, matches) = matches.subcommand().unwrap_or(("path", matches));
    let name = |matches: &ArgMatches| matches.get_one::<String>("which").cloned();
    let named = |matches: &ArgMatches| matches.get_one::<String>("named").cloned().unwrap_or_default();
    let json = general::is_json(matches);
    let action = match action {
        "list" => Action::List,
        "show" => Action::Show(name(matches)),
        "check" => Action::Check(name(matches), mint::settings(matches)?),
        "init" => Action::Init,
        "presets" => Action::Presets,
        "add" => Action::Add(new_profile(named(matches), matches)),
        "use" => Action::Use(named(matches)),
        "edit" => Action::Edit,
        "remove" => Action::Remove { name: named(matches), yes: matches.get_flag("yes") },
        _ => Action::Path,
    };
    Ok(Profile { action, json })
}

fn new_profile(name: String, matches: &ArgMatches) -> NewProfile {
    let fields = SCHEMAS.into_iter().flat_map(|schema| schema.public);
    let values = fields.filter_map(|field| Some((field.key, matches.get_one::<String>(field.key)?.clone())));
    NewProfile {
        name,
        section: matches.get_flag(TWILIO).then_some(TWILIO),
        values: values.collect(),
        keychain: matches.get_flag("keychain"),
    }
}
