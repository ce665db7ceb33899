//! The `explain` command.

use clap::{Arg, ArgAction, ArgMatches};

use super::general;
use crate::options::Explain;

pub(super) fn command() -> clap::Command {
    // Codes of the WebSocket are negative numbers.
    let codes = Arg::new("codes").action(ArgAction::Append).num_args(0..).allow_negative_numbers(true);
    clap::Command::new("explain").arg(codes).arg(general::report_format())
}

pub(super) fn read(matches: &ArgMatches) -> Explain {
    let codes = matches.get_many::<String>("codes").unwrap_or_default().cloned().collect();
    Explain { codes, json: general::is_json(matches) }
}
