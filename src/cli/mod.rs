//! The command line: what can be typed, what its help says, and the plain values it becomes. Nothing below this folder
//! knows the argument parser, and nothing in it reads a file or the environment.

mod complete;
mod emulator;
mod explain;
mod fault;
mod flag_texts;
mod general;
mod generate;
mod help;
mod inspect;
mod mint;
mod pages;
mod parse;
mod profile;
mod sections;
mod shells;
mod style;
mod topics;
mod tree;
mod typed;
mod unknown;
mod words;

pub use parse::{detect_verbosity, parse};
pub use tree::tree;
