//! The model that every provider fills in: kinds of token, their fields, the rules for these, and what is typed laid over
//! them. It knows no provider.

mod authentication;
mod consumed;
mod defaults;
mod draft;
mod emulation;
mod encode;
mod endpoint;
mod field;
mod input;
mod kind;
pub mod lifetime;
mod likely;
pub mod likely_json;
pub mod missing;
mod offline;
mod preset_fields;
mod problem;
mod request;
pub mod rule;
mod values;

pub use authentication::{Authentication, Bearer, Refused};
pub use consumed::Consumed;
pub use defaults::{Defaults, Found};
pub use draft::{Draft, Given, check_fields};
pub use emulation::{Emulation, Form, Invented};
pub use endpoint::{Endpoint, not_future, past, past_seconds, time_of};
pub use field::{Fallback, Field, Value};
pub use input::Input;
pub use kind::{Help, Kind, Minting, Provider};
pub use offline::{Nonce, NoncePool, Offline, Paper, Prepared, Scratch, Sign};
pub use preset_fields::PresetFields;
pub use problem::{Problem, Violation};
pub use request::Request;
pub use rule::Rule;
pub use values::Values;
