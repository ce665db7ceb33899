//! SignalWire as a provider: its credentials and its kinds of token.

use super::{chat, credentials, embed, guest, invite, pubsub, refresh, subscriber, video};
use crate::catalog::Provider;

/// SignalWire, with its kinds in the order of their commands.
pub static PROVIDER: Provider = Provider {
    name: "SignalWire",
    credentials: &credentials::SCHEMA,
    kinds: &[
        &chat::KIND,
        &pubsub::KIND,
        &guest::KIND,
        &video::KIND,
        &subscriber::KIND,
        &refresh::KIND,
        &invite::KIND,
        &embed::KIND,
    ],
};
