//! The providers whose credentials a profile may hold.

use crate::credentials::Schema;
use crate::{signalwire, twilio};

/// SignalWire's set.
pub static SIGNALWIRE: Schema = signalwire::credentials::SCHEMA;
/// Twilio's set.
pub static TWILIO: Schema = twilio::credentials::SCHEMA;

/// All of them, in the order in which they are listed.
pub static SCHEMAS: [&Schema; 2] = [&SIGNALWIRE, &TWILIO];
