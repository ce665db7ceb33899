//! tokenmint

pub mod world;
pub mod json;
pub mod time;
pub mod suggest;
pub mod sanitize;
pub mod credentials;
pub mod signalwire;
pub mod twilio;
pub mod token;
pub mod inspect;
pub mod error;
