//! A batch from what was typed: what every line shares is settled once, then the lines run.

mod fingerprint;
mod http;
mod run;
pub mod sign;

pub use fingerprint::Fingerprint;
pub use run::{ask_lines, sign_lines};
