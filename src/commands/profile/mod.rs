//! The `profile` command, a file for each of its actions.

mod add;
mod ask;
mod change;
mod check;
mod command;
mod default;
mod edit;
mod init;
mod list;
mod name;
mod own_secret;
mod path;
mod presets;
mod remove;
mod run;
mod show;
mod typed_set;

pub use run::run;
