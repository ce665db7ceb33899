//! Error codes of the services: what each means, what causes it, and the flag or setting that mends it.

mod entry;
mod lookup;
mod signalwire;
mod twilio;

pub use entry::Entry;
pub use lookup::{all, find, nearest};
