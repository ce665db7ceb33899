//! The `profile` command and its five subcommands.

use clap::{Arg, ArgMatches};

use super::help::{self, Prose};
use super::{general, mint};
use crate::error::Result;
use crate::options::{Action, Profile};

pub(super) fn command(prose: Prose) -> clap::Command {
    let name = || {
        Arg::new("name")
            .value_name(prose.text("NAME"))
            .help(prose.text("The profile; without it, the credentials that a mint would use"))
    };
    let subcommand = |name: &'static str, about: &'static str, example: &'static str| {
        clap::Command::new(name)
            .about(prose.text(about))
            .help_template(prose.text(help::TEMPLATE))
            .before_long_help(prose.text(example))
            .arg(general::report_format(prose))
    };
    clap::Command::new("profile")
        .about(prose.text("List, show, create and check profiles"))
        .long_about(prose.text(help::PROFILE))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(help::PROFILE_EXAMPLES))
        .after_long_help(prose.text(help::EXIT_CODES))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(subcommand(
            "list",
            "List the profiles of the configuration file",
            "Examples:\n  tokenmint profile list\n",
        ))
        .subcommand(
            subcommand(
                "show",
                "Show every value with its source, secrets masked",
                "Examples:\n  tokenmint profile show dev\n",
            )
            .arg(name()),
        )
        .subcommand(
            subcommand(
                "check",
                "Ask the service which endpoints the credentials may use",
                "Examples:\n  tokenmint profile check dev\n  tokenmint profile check -o json\n",
            )
            .long_about(prose.text(help::PROFILE_CHECK))
            .arg(name())
            .args(mint::sending_arguments(prose)),
        )
        .subcommand(subcommand(
            "init",
            "Write a commented configuration file, mode 0600",
            "Examples:\n  tokenmint profile init\n",
        ))
        .subcommand(subcommand(
            "path",
            "Print where the configuration file is, or would be",
            "Examples:\n  tokenmint profile path\n",
        ))
}

pub(super) fn read(matches: &ArgMatches) -> Result<Profile> {
    let (action, matches) = matches.subcommand().unwrap_or(("path", matches));
    let name = |matches: &ArgMatches| matches.get_one::<String>("name").cloned();
    let json = matches.get_one::<String>("output").is_some_and(|format| format == "json");
    let action = match action {
        "list" => Action::List,
        "show" => Action::Show(name(matches)),
        "check" => Action::Check(name(matches), mint::settings(matches)?),
        "init" => Action::Init,
        _ => Action::Path,
    };
    Ok(Profile { action, json })
}
