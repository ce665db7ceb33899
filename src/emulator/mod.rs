//! SignalWire's token endpoints on this machine's loopback, with the statuses, errors and token forms that its
//! documentation gives. What stands in a request is for `signalwire`, whose tables both sides read.
//!
//! Every key here is public: a token from this server is worth nothing anywhere else.

mod addresses;
mod answer;
mod exchange;
mod faults;
mod http;
mod keys;
mod lifecycle;
mod line;
mod place;
mod prefer;
mod rules;
mod scopes;
mod seal;
mod service;
mod tls;
mod tokens;
mod validate;
#[cfg(test)]
mod wire_tests;

pub use crate::signalwire::sandbox::{API_TOKEN, PROJECT_ID};
pub use addresses::Addresses;
pub use faults::Faults;
pub use keys::{ENCRYPTION_KEY, KEY_ID, SIGNING_KEY};
pub use lifecycle::{EXPOSURE, Emulator, Protocol, Running};
pub use rules::Rules;
pub use scopes::Scopes;
