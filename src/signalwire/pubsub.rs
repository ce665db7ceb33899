//! PubSub tokens: `POST /api/pubsub/tokens`. SignalWire's REST reference, "Generate a new PubSub Token", gives them the
//! fields of chat tokens, without the reserved prefix.

use super::channel::Channels;
use super::chat;
use crate::catalog::{Help, Kind, Minting};

/// `tokenmint pubsub`.
pub static KIND: Kind = Kind {
    name: "pubsub",
    variable: "SIGNALWIRE_PUBSUB_TOKEN",
    help: Help {
        about: "Mint a SignalWire PubSub token",
        long: "Mint a SignalWire PubSub token: it lets a client publish and subscribe to channels for a while.",
        examples: "tokenmint pubsub --ttl 15m -c prices=r -c orders=rw
tokenmint pubsub --ttl 30d --channels '{\"prices\":{\"read\":true}}' -o json
tokenmint pubsub --profile emulator --ttl 1h -c prices=r --dry-run",
    },
    fields: &chat::fields(&Channels { reserved: None }),
    minting: Minting::Http(chat::endpoint("/api/pubsub/tokens", "PubSub")),
    emulation: Some(chat::EMULATION),
};
