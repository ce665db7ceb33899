//! A batch from what was typed: what every line shares is settled once, then the lines run.

mod http;
mod run;
pub mod sign;

pub use run::{ask_lines, sign_lines};
