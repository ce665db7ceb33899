//! The flags that every command takes, before or after its name.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::options::General;
use crate::output::{Color, Verbosity};

const HEADING: &str = "General";

pub(super) fn arguments() -> [Arg; 7] {
    [
        Arg::new("profile").long("profile").short('p'),
        Arg::new("config").long("config").value_parser(value_parser!(PathBuf)),
        // Twice is the same as once, as it is for other programs that have one level alone.
        switch("verbose").short('v'),
        switch("quiet").short('q'),
        Arg::new("color").long("color").value_parser(["auto", "always", "never"]).hide_possible_values(true),
        // In place of the parser's own, so that they stand among the flags of every command, at their end.
        Arg::new("help").long("help").short('h').action(ArgAction::Help),
        Arg::new("version").long("version").short('V').action(ArgAction::Version),
    ]
    .map(|argument| argument.global(true).help_heading(HEADING))
}

fn switch(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).overrides_with(name)
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
            quiet: matches.get_flag("quiet"),
            verbose: matches.get_flag("verbose"),
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
