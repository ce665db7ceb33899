//! The command line: what can be typed, what its help says, and the plain values it becomes. Nothing below this folder
//! knows the argument parser, and nothing in it reads a file or the environment.

mod fault;
mod general;
mod generate;
mod help;
mod inspect;
mod mint;
mod parse;
mod profile;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ValueHint, value_parser};

use crate::providers;

use help::Prose;

use generate::SHELLS;
pub use parse::{parse, tone_of};

/// The whole tree: every command, flag, help text and alias.
pub fn tree() -> clap::Command {
    let kinds = providers::kinds().map(|kind| mint::command(kind, Prose::ALL));
    root(Prose::ALL)
        .subcommand_required(true)
        .subcommands(kinds)
        .subcommands(OTHERS.iter().map(|(_, make)| make(Prose::ALL)))
}

/// The tree as far as a command line that is right can need it. The commands that mint have some forty flags each, and
/// making all of them would take longer than anything else at the start, so only what is named among the words is there, and
/// without the texts, which are not read.
fn tree_for(words: &[OsString]) -> clap::Command {
    let is_named = |name: &str| words.iter().any(|word| word == name);
    let kinds = providers::kinds().filter(|kind| is_named(kind.name)).map(|kind| mint::command(kind, Prose::NONE));
    let others = OTHERS.iter().filter(|(name, _)| is_named(name)).map(|(_, make)| make(Prose::NONE));
    root(Prose::NONE).subcommands(kinds).subcommands(others)
}

/// Makes a command with its flags and its help.
type Make = fn(Prose) -> clap::Command;

/// The commands that do not mint, in the order of the help.
const OTHERS: [(&str, Make); 5] = [
    ("inspect", inspect::command),
    ("profile", profile::command),
    ("emulator", emulator_command),
    ("completions", completions_command),
    ("man", man_command),
];

fn root(prose: Prose) -> clap::Command {
    clap::Command::new("tokenmint")
        .version(env!("CARGO_PKG_VERSION"))
        .about(prose.text("Mint short-lived access tokens for real-time services"))
        .long_about(prose.text(help::ABOUT))
        .styles(clap::builder::Styles::plain())
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(help::ROOT_EXAMPLES))
        .after_long_help(prose.made(|| format!("{}\n\n{}", help::ENVIRONMENT, help::EXIT_CODES)))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .max_term_width(100)
        .args(general::arguments(prose))
}

fn emulator_command(prose: Prose) -> clap::Command {
    let listen = Arg::new("listen")
        .long("listen")
        .value_name(prose.text("ADDR:PORT"))
        .default_value("127.0.0.1:8793")
        .help(prose.text("Loopback address and port to listen on; port 0 picks a free one"));
    let tls = Arg::new("tls")
        .long("tls")
        .action(ArgAction::SetTrue)
        .help(prose.text("Serve https under a throw-away CA, whose certificate file is named on stderr"));
    clap::Command::new("emulator")
        .about(prose.text("Run SignalWire's token endpoints on this machine"))
        .long_about(prose.text(help::EMULATOR))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(help::EMULATOR_EXAMPLES))
        .args([listen, tls])
}

fn completions_command(prose: Prose) -> clap::Command {
    let shell = Arg::new("shell")
        .value_name(prose.text("SHELL"))
        .required(true)
        .value_parser(SHELLS.map(|(name, _)| name))
        .help(prose.text("The shell to print completions for"));
    clap::Command::new("completions")
        .about(prose.text("Print shell completions"))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(help::COMPLETIONS_EXAMPLES))
        .arg(shell)
}

fn man_command(prose: Prose) -> clap::Command {
    let folder = Arg::new("dir")
        .long("dir")
        .value_name(prose.text("DIR"))
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::DirPath)
        .help(prose.text("Write the pages of all commands into DIR instead"));
    clap::Command::new("man")
        .about(prose.text("Print the man page"))
        .help_template(prose.text(help::TEMPLATE))
        .before_long_help(prose.text(help::MAN_EXAMPLES))
        .arg(folder)
}
