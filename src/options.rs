//! What was typed, as plain values: built by `cli`, read by everything else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use crate::catalog::{Field, Given, Kind};
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
    /// Print this: version, completions or a man page.
    Print(Vec<u8>),
    /// Print this page of help, with colours where they are wanted.
    Help(String),
    /// Nothing was typed: print this short help to stderr.
    Nothing(String),
    /// Offer what can follow on an unfinished command line.
    Complete(Completion),
    /// Mint a token.
    Mint(Box<Mint>),
    /// Take a token apart.
    Inspect(Inspect),
    /// Explain error codes.
    Explain(Explain),
    /// Look after profiles.
    Profile(Profile),
    /// Run the emulator.
    Emulator(Box<Emulator>),
    /// Write these files into this folder: names and bytes of man pages.
    WritePages(PathBuf, Vec<(String, Vec<u8>)>),
}

/// What can follow on an unfinished command line.
#[derive(Debug, Default)]
pub struct Completion {
    /// What the current word can become, each with its description.
    pub words: Vec<(String, String)>,
    /// Names of the configuration file to add: which, what stands before them in the word, and what they begin with.
    pub names: Option<(Names, String, String)>,
    /// What the shell adds itself.
    pub rest: Rest,
    /// `--config`, as far as it has been typed.
    pub config: Option<PathBuf>,
}

/// Names that a configuration file defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Profiles.
    Profiles,
    /// Presets.
    Presets,
}

/// What a shell completes itself.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    #[default]
    Nothing,
    /// Files, after this part of the word.
    Files(String),
    /// The same for folders.
    Folders(String),
    /// Another command, after this many words and `--`.
    Command(usize),
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
    /// `--preset`.
    pub preset: Option<String>,
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
    /// `--serve` and what belongs to it.
    pub serve: Option<Serve>,
}

/// What was typed for a server of tokens.
#[derive(Debug, Clone)]
pub struct Serve {
    /// The value of `--serve`.
    pub address: Option<String>,
    /// `--origin`.
    pub origins: Vec<String>,
    /// `--let`.
    pub fields: Vec<String>,
    /// `--path`.
    pub path: Option<String>,
}

impl Mint {
    /// The field that is the command's argument, if the kind has one and it was left out.
    pub fn absent_argument(&self) -> Option<&'static Field> {
        self.kind.fields.iter().find(|field| field.is_argument() && !self.given.contains_key(field.flag.name))
    }

    /// The file that the command's argument names.
    pub fn argument_file(&self) -> Option<&Path> {
        let field = self.kind.fields.iter().find(|field| field.is_argument())?;
        let value = self.given.get(field.flag.name)?.iter().flatten().next()?;
        value.strip_prefix('@').map(Path::new)
    }
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

/// What was typed for `emulator`.
#[derive(Debug)]
pub struct Emulator {
    /// `--listen`.
    pub listen: Option<String>,
    /// `--port`.
    pub port: Option<String>,
    /// `--tls`.
    pub tls: bool,
    /// `--scope`.
    pub scopes: Vec<String>,
    /// `--address`.
    pub addresses: Vec<String>,
    /// `--clock`.
    pub clock: Option<String>,
    /// `--delay`.
    pub delay: Option<String>,
    /// `--fail`.
    pub fail: Vec<String>,
    /// `--seed`.
    pub seed: Option<String>,
    /// The command after `--`.
    pub program: Option<Vec<OsString>>,
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

/// What was typed for `explain`.
#[derive(Debug)]
pub struct Explain {
    /// The codes; none asks for the list.
    pub codes: Vec<String>,
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
    /// The presets of the configuration file.
    Presets,
    /// A new profile.
    Add(NewProfile),
    /// Make this profile the default.
    Use(String),
    /// Open the configuration file in an editor.
    Edit,
    /// Remove a profile.
    Remove {
        /// Which.
        name: String,
        /// `--yes`.
        yes: bool,
    },
}

/// What was typed for `profile add`.
#[derive(Debug)]
pub struct NewProfile {
    /// Its name.
    pub name: String,
    /// The provider's section, where a flag names one.
    pub section: Option<&'static str>,
    /// The public values that flags give, by their keys.
    pub values: Vec<(&'static str, String)>,
    /// `--keychain`.
    pub keychain: bool,
}

impl Action {
    /// The name of a subcommand that takes no credentials, and why `--profile` means nothing there.
    pub fn uses_no_profile(&self) -> Option<(&'static str, &'static str)> {
        const WHOLE: &str = "it is about the whole file";
        const NAMED: &str = "the profile is named by its argument";
        Some(match self {
            Action::List => ("list", WHOLE),
            Action::Init => ("init", WHOLE),
            Action::Path => ("path", WHOLE),
            Action::Presets => ("presets", WHOLE),
            Action::Edit => ("edit", WHOLE),
            Action::Add(_) => ("add", NAMED),
            Action::Use(_) => ("use", NAMED),
            Action::Remove { .. } => ("remove", NAMED),
            Action::Show(_) | Action::Check(..) => return None,
        })
    }
}
