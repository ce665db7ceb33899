//! The `profile` command, a file for each of its actions.

mod check;
mod command;
mod init;
mod list;
mod path;
mod presets;
mod run;
mod show;

pub use run::run;
