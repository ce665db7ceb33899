//! The flags that every command takes, before or after its name.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, value_parser};

use super::help::Prose;
use crate::options::General;
use crate::output::{Color, Tone};

const HEADING: &str = "General";

pub(super) fn arguments(prose: Prose) -> Vec<Arg> {
    vec![
        Arg::new("profile")
            .long("profile")
            .short('p')
            .value_name(prose.text("NAME"))
            .help(prose.text("Take the credentials of this profile and no others"))
            .long_help(prose.text(
                "Take the credentials of this profile and no others\n\nThe environment's credentials are then ignored. \
                 'emulator' is built in. Also: TOKENMINT_PROFILE.",
            )),
        Arg::new("config")
            .long("config")
            .value_name(prose.text("FILE"))
            .value_parser(value_parser!(PathBuf))
            .help(prose.text("Read profiles from this file"))
            .long_help(prose.text(
                "Read profiles from this file\n\nElse from TOKENMINT_CONFIG, or tokenmint/config.toml in \
                 $XDG_CONFIG_HOME or ~/.config.",
            )),
        Arg::new("verbose")
            .long("verbose")
            .short('v')
            .action(ArgAction::Count)
            .help(prose.text("Say on stderr what each step does")),
        Arg::new("quiet")
            .long("quiet")
            .short('q')
            .action(ArgAction::Count)
            .help(prose.text("Silence notes, hints and warnings, never errors")),
        Arg::new("color")
            .long("color")
            .value_name(prose.text("WHEN"))
            .value_parser(["auto", "always", "never"])
            .default_value(prose.text("auto"))
            .hide_possible_values(true)
            .help(prose.text("Colour messages: auto, always or never")),
        // In place of the parser's own, so that it stands among the flags of every command, at their end.
        Arg::new("help")
            .long("help")
            .short('h')
            .action(ArgAction::Help)
            .help(prose.text("Print a summary (-h) or everything (--help)")),
    ]
    .into_iter()
    .map(|argument| argument.global(true).help_heading(HEADING))
    .collect()
}

/// `--output` of the commands that report instead of minting.
pub(super) fn report_format(prose: Prose) -> Arg {
    Arg::new("output")
        .long("output")
        .short('o')
        .value_name(prose.text("FORMAT"))
        .value_parser(["text", "json"])
        .default_value(prose.text("text"))
        .hide_possible_values(true)
        .help(prose.text("text or json"))
}

pub(super) fn read(matches: &ArgMatches, json: bool) -> General {
    let color = matches.get_one::<String>("color").map(String::as_str);
    General {
        profile: matches.get_one::<String>("profile").cloned(),
        config: matches.get_one::<PathBuf>("config").cloned(),
        tone: Tone {
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
