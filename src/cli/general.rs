//! The flags that every command takes, before or after its name.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::options::General;
use crate::output::{Color, Verbosity};

const HEADING: &str = "General";

pub(super) fn arguments() -> [Arg; 6] {
    [
        Arg::new("profile").long("profile").short('p'),
        Arg::new("config").long("config").value_parser(value_parser!(PathBuf)),
        Arg::new("verbose").long("verbose").short('v').action(ArgAction::Count),
        Arg::new("quiet").long("quiet").short('q').action(ArgAction::Count),
        Arg::new("color").long("color").value_parser(["auto", "always", "never"]).hide_possible_values(true),
        // In place of the parser's own, so that it stands among the flags of every command, at their end.
        Arg::new("help").long("help").short('h').action(ArgAction::Help),
    ]
    .map(|argument| argument.global(true).help_heading(HEADING))
}

/// `--output` of the commands that report instead of minting.
pub(super) fn report_format() -> Arg {
    Arg::new("report").long("output").short('o').value_parser(["text", "json"]).hide_possible_values(true)
}

/// Whether [`report_format`] is JSON.
pub(super) fn is_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("report").is_some_and(|format| format == "json")
}

pub(super) fn read(matches: &ArgMatches, json: bool) -> General {
    let color = matches.get_one::<String>("color").map(String::as_str);
    General {
        profile: matches.get_one::<String>("profile").cloned(),
        config: matches.get_one::<PathBuf>("config").cloned(),
        verbosity: Verbosity {
            json,
            quiet: matches.get_count("quiet") > 0,
            verbose: matches.get_count("verbose") > 0,
            color: color.map_or_else(Color::default, self::color),
        },
    }
}

pub(super) fn color(when: &str) -> Color {
    match when {
        "always" => Color::Always,
        "never" => Color::Never,
        _ => Color::Auto,
    }
}
