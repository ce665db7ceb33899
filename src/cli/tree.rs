//! The command tree.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ValueHint, value_parser};

use super::{emulator, explain, general, help, inspect, mint, profile, shells, style};
use crate::providers;

/// The whole tree: every command, flag, help text and alias.
pub fn tree() -> clap::Command {
    let kinds = providers::kinds().map(|kind| help::of_kind(kind, mint::command(kind)));
    let others = OTHERS.iter().map(|(_, make)| help::of(make()));
    help::of(root()).subcommand_required(true).subcommands(kinds).subcommands(others)
}

/// The tree as far as a command line that is right can need it. The commands that mint have some forty flags each, and
/// making all of them would take longer than anything else at the start, so only what is named among the words is there,
/// commands as well as the flags of fields, and without texts.
pub(super) fn tree_for(words: &[OsString]) -> clap::Command {
    let is_named = |name: &str| words.iter().any(|word| word == name);
    let kinds = providers::kinds().filter(|kind| is_named(kind.name)).map(|kind| mint::command_for(kind, words));
    let others = OTHERS.iter().filter(|(name, _)| is_named(name)).map(|(_, make)| make());
    root().subcommands(kinds).subcommands(others)
}

/// Makes a command with its flags, without texts.
type Make = fn() -> clap::Command;

/// The commands that do not mint, in the order of the help.
const OTHERS: [(&str, Make); 7] = [
    ("inspect", inspect::command),
    ("explain", explain::command),
    ("profile", profile::command),
    ("emulator", emulator::command),
    ("help", help_command),
    ("completions", completions_command),
    ("man", man_command),
];

fn root() -> clap::Command {
    clap::Command::new("tokenmint")
        .version(env!("CARGO_PKG_VERSION"))
        // Not the file's name, which differs on Windows and when renamed.
        .bin_name("tokenmint")
        .styles(style::STYLES)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .propagate_version(true)
        .max_term_width(style::MAX_WIDTH)
        .args(general::arguments())
}

fn help_command() -> clap::Command {
    clap::Command::new("help").arg(Arg::new("subject").num_args(0..))
}

fn completions_command() -> clap::Command {
    let shell = Arg::new("completed-shell").required(true).value_parser(shells::names()).hide_possible_values(true);
    clap::Command::new("completions").arg(shell)
}

fn man_command() -> clap::Command {
    let folder = Arg::new("dir").long("dir").value_parser(value_parser!(PathBuf)).value_hint(ValueHint::DirPath);
    clap::Command::new("man").arg(Arg::new("page").num_args(0..).conflicts_with("dir")).arg(folder)
}
