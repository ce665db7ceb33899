//! tokenmint

pub mod world;
pub mod json;
pub mod time;
pub mod suggest;
pub mod sanitize;
pub mod credentials;
pub mod signalwire;
pub mod token;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod error;
