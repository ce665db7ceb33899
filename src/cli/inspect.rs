//! The `inspect` command.

use clap::{Arg, ArgAction, ArgMatches};

use super::general;
use crate::catalog::lifetime;
use crate::error::Result;
use crate::options::Inspect;

pub(super) fn command() -> clap::Command {
    clap::Command::new("inspect")
        .arg(Arg::new("token"))
        .arg(Arg::new("check").long("check").action(ArgAction::SetTrue))
        .arg(Arg::new("min-ttl").long("min-ttl").allow_hyphen_values(true))
        .arg(Arg::new("verify").long("verify").action(ArgAction::SetTrue))
        .arg(general::report_format())
}

pub(super) fn read(matches: &ArgMatches) -> Result<Inspect> {
    let min_ttl = matches.get_one::<String>("min-ttl").map(|text| lifetime::any("--min-ttl", text)).transpose()?;
    Ok(Inspect {
        token: matches.get_one::<String>("token").cloned(),
        check: matches.get_flag("check") || min_ttl.is_some(),
        min_ttl,
        verify: matches.get_flag("verify"),
        json: general::is_json(matches),
    })
}
