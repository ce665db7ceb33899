//! SignalWire: a file for each kind of token, and the values that they share.

pub mod channel;
pub mod chat;
pub mod chat_expiry;
pub mod credentials;
pub mod embed;
pub mod guest;
pub mod invite;
pub mod permission;
mod provider;
pub mod pubsub;
pub mod refresh;
mod refresh_token;
#[cfg(feature = "emulator")]
pub mod sandbox;
pub mod space;
pub mod subscriber;
pub mod video;

pub use provider::PROVIDER;
pub use space::Space;
