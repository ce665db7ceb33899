//! SignalWire's token endpoints on this machine's loopback, with the statuses, errors and token forms that its
//! documentation gives. What stands in a request is for `signalwire`, whose tables both sides read.
//!
//! Every key here is public: a token from this server is worth nothing anywhere else.

mod answer;
mod exchange;
mod guard;
mod http;
mod keys;
mod lifecycle;
mod place;
mod seal;
mod server;
mod tls;
mod tokens;
mod validate;
mod watched;
#[cfg(test)]
mod wire_tests;

pub use crate::signalwire::sandbox::{API_TOKEN, PROJECT_ID};
pub use keys::{ENCRYPTION_KEY, KEY_ID, SIGNING_KEY};
pub use lifecycle::{Emulator, Protocol, Running};
