//! What the program is handed from outside: environment, clock and randomness, and the notes that a run leaves.

mod context;
mod environment;
mod notes;

pub use context::{App, check_clock};
pub use environment::Environment;
pub use notes::Notes;
