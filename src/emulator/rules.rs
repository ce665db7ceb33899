//! How an emulator departs from what the service documents, for tests of clients. By default it does not.

use std::time::Duration;

use jiff::Timestamp;

use super::addresses::Addresses;
use super::faults::Faults;
use super::scopes::Scopes;

/// The rules of one emulator.
#[derive(Debug, Default)]
pub struct Rules {
    /// What the API token may do.
    pub scopes: Scopes,
    /// Which addresses the project has.
    pub addresses: Addresses,
    /// What the time was when it started, if not what the system says.
    pub clock: Option<Timestamp>,
    /// How long every answer takes.
    pub delay: Duration,
    /// Which requests fail.
    pub faults: Faults,
}
