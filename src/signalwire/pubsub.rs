//! PubSub tokens: `POST /api/pubsub/tokens`. SignalWire's REST reference, "Generate a new PubSub Token", gives them the
//! fields of chat tokens, without the reserved prefix.

use super::{Endpoint, chat};
use crate::token::Kind;

/// The endpoint of `tokenmint pubsub`.
pub const ENDPOINT: Endpoint = Endpoint {
    kind: Kind::PubSub,
    path: "/api/pubsub/tokens",
    scope: "PubSub",
    fields: &chat::fields(None),
    closed: true,
    // The reference's own 422 example says `permissions` where the request says `channels`.
    other_attributes: &[("permissions", "channels")],
    cross_check: |_, _| Vec::new(),
    ends: chat::ends,
    advice: |_| Vec::new(),
};
