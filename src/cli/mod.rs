//! The command line: what can be typed, what its help says, and the plain values it becomes. Nothing below this folder
//! knows the argument parser, and nothing in it reads a file or the environment.

mod fault;
mod general;
mod help;
mod mint;
mod parse;

use std::path::PathBuf;

use crate::output::report::Tone;

pub use mint::{Mint, What};
pub use parse::{parse, tone_of};

/// A command line that has been understood.
#[derive(Debug)]
pub struct Invocation {
    /// What goes for every command.
    pub general: General,
    /// What is to be done.
    pub command: Command,
}

/// Flags of every command.
#[derive(Debug, Default)]
pub struct General {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// How to speak.
    pub tone: Tone,
}

/// The commands, with what was typed for them.
#[derive(Debug)]
pub enum Command {
    /// Print this help or version text.
    Print(String),
    /// Mint a token.
    Mint(Box<Mint>),
    /// Run the emulator at this address.
    Emulator {
        /// `--listen`.
        listen: String,
    },
}

/// The whole tree: every command, flag, help text and alias.
pub fn tree() -> clap::Command {
    let root = clap::Command::new("tokenmint")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Mint short access tokens for real-time services")
        .long_about(help::ABOUT)
        .styles(clap::builder::Styles::plain())
        .help_template(help::TEMPLATE)
        .before_long_help(help::ROOT_EXAMPLES)
        .after_long_help(help::EXIT_CODES)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .max_term_width(100)
        .args(general::arguments());
    let root = root.subcommands(crate::signalwire::ENDPOINTS.into_iter().map(mint::signalwire_command));
    root.subcommand(emulator_command())
}

fn emulator_command() -> clap::Command {
    let listen = clap::Arg::new("listen")
        .long("listen")
        .value_name("ADDR:PORT")
        .default_value("127.0.0.1:8793")
        .help("Loopback address and port to listen on; port 0 picks a free one");
    clap::Command::new("emulator")
        .about("Run SignalWire's four token endpoints on this machine")
        .long_about(help::EMULATOR)
        .help_template(help::TEMPLATE)
        .before_long_help(help::EMULATOR_EXAMPLES)
        .arg(listen)
}
