//! Output: a token to bytes, bytes to their destination. The formats are pure functions; `deliver` alone writes results,
//! `report` alone writes to stderr.

pub mod child;
pub mod color;
pub mod deliver;
mod dotenv;
mod dotenv_file;
pub mod format;
mod loss;
pub mod report;
pub mod request;
pub mod shell;
pub mod screen;
pub mod table;
mod verbosity;

pub use format::{Format, Names};
pub use loss::Loss;
pub use verbosity::{Color, Verbosity};
