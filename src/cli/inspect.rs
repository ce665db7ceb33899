//! The `inspect` command.

use clap::{Arg, ArgAction, ArgMatches};

use super::general;
use super::help::{self, Prose};
use crate::error::{Failure, Result};
use crate::options::Inspect;
use crate::time;

pub(super) fn command(prose: Prose) -> clap::Command {
    clap::Command::new("inspect")
        .about(prose.text("Say what a token is and whether it is valid"))
        .long_about(prose.text(help::INSPECT))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(help::INSPECT_EXAMPLES))
        .after_long_help(prose.text(help::EXIT_CODES))
        .arg(
            Arg::new("token")
                .value_name(prose.text("TOKEN"))
                .help(prose.text("The token, or - for stdin, which is also read without it")),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help(prose.text("Exit with 8 unless the token is valid now")),
        )
        .arg(
            Arg::new("min-ttl")
                .long("min-ttl")
                .value_name(prose.text("DURATION"))
                .allow_hyphen_values(true)
                .help(prose.text("Check, and ask for this much life left")),
        )
        .arg(
            Arg::new("verify")
                .long("verify")
                .action(ArgAction::SetTrue)
                .help(prose.text("Check a Twilio token's signature with the secret of the profile or the environment")),
        )
        .arg(general::report_format(prose))
}

pub(super) fn read(matches: &ArgMatches) -> Result<Inspect> {
    let min_ttl = matches.get_one::<String>("min-ttl").map(|text| time::duration(text)).transpose();
    let min_ttl = min_ttl.map_err(|fault| Failure::usage(format!("--min-ttl {fault}")))?;
    Ok(Inspect {
        token: matches.get_one::<String>("token").cloned(),
        check: matches.get_flag("check") || min_ttl.is_some(),
        min_ttl,
        verify: matches.get_flag("verify"),
        json: matches.get_one::<String>("output").is_some_and(|format| format == "json"),
    })
}
