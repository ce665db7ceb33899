//! The command line: what can be typed, what its help says, and the plain values it becomes. Nothing below this folder
//! knows the argument parser, and nothing in it reads a file or the environment.

mod emulator;
mod fault;
mod general;
mod generate;
mod help;
mod inspect;
mod mint;
mod parse;
mod profile;
mod words;
mod shells;
mod tree;

pub use parse::{detect_verbosity, parse};
pub use tree::tree;
