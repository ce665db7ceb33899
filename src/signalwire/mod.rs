//! SignalWire: a file for each kind of token, and the values that they share.

pub mod channel;
pub mod chat;
pub mod chat_expiry;
pub mod credentials;
pub mod guest;
pub mod permission;
pub mod pubsub;
#[cfg(feature = "emulator")]
pub mod sandbox;
pub mod space;
pub mod subscriber;
pub mod video;

use crate::catalog::Provider;

pub use space::Space;

/// SignalWire, with its kinds in the order of their commands.
pub static PROVIDER: Provider = Provider {
    name: "SignalWire",
    credentials: &credentials::SCHEMA,
    kinds: &[&chat::KIND, &pubsub::KIND, &guest::KIND, &video::KIND, &subscriber::KIND],
};
