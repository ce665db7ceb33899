//! A token to bytes, and bytes to where they were asked for. The formats are pure functions; `deliver` alone writes a
//! result, `report` alone speaks on stderr.

pub mod child;
pub mod deliver;
pub mod format;
pub mod report;
pub mod request;
pub mod shell;
mod tone;

pub use format::{Format, Names};
pub use tone::{Color, Tone};
