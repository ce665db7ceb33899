//! One set of credentials from one source: a named profile, the environment, or the default profile. What a set consists
//! of is declared by its provider; what it is used for is decided elsewhere.

pub mod config;
mod config_file;
pub mod environment;
mod edit;
mod find;
mod helper;
mod keychain;
mod load;
pub mod locate;
pub mod names;
mod origin;
mod parse;
pub mod preset;
pub mod schema;
mod set;
mod shell;
mod slip;
#[cfg(test)]
mod tests;
mod toml_json;
pub mod typed;

pub use config_file::ConfigFile;
pub use edit::{ConfigText, ConfigValue};
pub use find::{Wanted, chosen_profile, find, find_any, none_found, not_in_profile, settings};
pub use helper::Terms;
pub use keychain::KeychainEntry;
pub use origin::Found;
pub use schema::{BuiltIn, Confusion, EMULATOR, Field, Needs, Placed, Schema, Setting, never, secret_variables};
pub use set::{Set, Source};
pub use shell::ShellWord;
