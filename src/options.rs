//! What was typed, as plain values: built by `cli`, read by everything else.

use std::ffi::OsString;
use std::path::PathBuf;

use jiff::SignedDuration;

use crate::catalog::{Given, Kind};
use crate::http::Settings;
use crate::output::{Format, Verbosity};

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
    pub verbosity: Verbosity,
}

/// The commands, with what was typed for them.
#[derive(Debug)]
pub enum Command {
    /// Print this: help, version, completions or a man page.
    Print(Vec<u8>),
    /// Mint a token.
    Mint(Box<Mint>),
    /// Take a token apart.
    Inspect(Inspect),
    /// Look after profiles.
    Profile(Profile),
    /// Run the emulator at this address.
    Emulator {
        /// `--listen`.
        listen: String,
        /// `--tls`.
        tls: bool,
    },
    /// Write these files into this folder: names and bytes of man pages.
    WritePages(PathBuf, Vec<(String, Vec<u8>)>),
}

/// What was typed to mint a token.
#[derive(Debug)]
pub struct Mint {
    /// What is to be minted.
    pub kind: &'static Kind,
    /// The flags of its fields.
    pub given: Given,
    /// `--body`, as typed.
    pub body: Option<String>,
    /// `--output` and `--shell`.
    pub format: Format,
    /// `--name`.
    pub name: Option<String>,
    /// `--write`.
    pub write: Option<PathBuf>,
    /// `--reuse`: how much life a token that was kept before must have left.
    pub reuse: Option<SignedDuration>,
    /// `--renew`: how long before its end a token is replaced.
    pub renew: Option<SignedDuration>,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--curl`.
    pub curl: bool,
    /// How to send.
    pub settings: Settings,
    /// `--batch`, `--jobs` and `--resume`.
    pub batch: Option<Batch>,
    /// What stands after `--`.
    pub program: Option<Vec<OsString>>,
}

/// What was typed for a batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// `--batch`: a file, or `-`.
    pub input: PathBuf,
    /// `--jobs`.
    pub jobs: usize,
    /// `--resume`.
    pub resume: Option<PathBuf>,
}

/// What was typed for `inspect`.
#[derive(Debug)]
pub struct Inspect {
    /// The token; without it, stdin.
    pub token: Option<String>,
    /// `--check`.
    pub check: bool,
    /// `--min-ttl`.
    pub min_ttl: Option<SignedDuration>,
    /// `--verify`.
    pub verify: bool,
    /// `-o json`.
    pub json: bool,
}

/// What was typed after `profile`.
#[derive(Debug)]
pub struct Profile {
    /// What to do.
    pub action: Action,
    /// `-o json`.
    pub json: bool,
}

/// The subcommands.
#[derive(Debug)]
pub enum Action {
    /// The profiles of the configuration file.
    List,
    /// The values of a profile, or of what would be used, each with its source.
    Show(Option<String>),
    /// What the credentials may do.
    Check(Option<String>, Settings),
    /// Write a configuration file to start from.
    Init,
    /// Where the configuration file is.
    Path,
}
