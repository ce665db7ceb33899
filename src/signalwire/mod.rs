//! SignalWire's four token endpoints: what each takes, what each gives, and the request that asks for it. Sending is
//! for `http`; the other side of the same tables is `emulator`.

pub mod chat;
pub mod credentials;
pub mod field;
pub mod guest;
pub mod permission;
pub mod pubsub;
pub mod request;
pub mod rule;
pub mod sandbox;
pub mod space;
pub mod video;

use jiff::Timestamp;

use crate::error::Note;
use crate::json::Object;
use crate::token::Kind;
use field::Field;
use rule::Violation;

pub use request::{Given, Request};
pub use space::Space;

/// One endpoint that mints one kind of token. Every request to it is a POST of a JSON object.
pub struct Endpoint {
    /// The kind of token, which is also the name of our command.
    pub kind: Kind,
    /// The path on the space's host.
    pub path: &'static str,
    /// The API token scopes, one of which is needed, in the Dashboard's spelling.
    pub scope: &'static str,
    /// The fields of the request, in the order in which they are sent. A field that several flags set stands once for
    /// each of them.
    pub fields: &'static [Field],
    /// Whether the service's schema leaves no room for fields that it does not name.
    pub closed: bool,
    /// Names under which the service's 422 answers complain of a field, beside its own key.
    pub other_attributes: &'static [(&'static str, &'static str)],
    /// What can be wrong with several fields together. The time is now.
    pub cross_check: fn(&Object, Timestamp) -> Vec<Violation>,
    /// When a token asked for with this body ends, as far as the request alone tells. The time is now.
    pub ends: fn(&Object, Timestamp) -> Option<Timestamp>,
    /// What is worth saying about a request that is right.
    pub advice: fn(&Object) -> Vec<Note>,
}

impl Endpoint {
    /// The field of a JSON key, as its first flag declares it.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The fields without those that only are another flag for one of them.
    pub fn distinct_fields(&self) -> impl Iterator<Item = &'static Field> {
        let fields = self.fields;
        let seen_before = move |place: usize| fields[..place].iter().any(|field| field.key == fields[place].key);
        fields.iter().enumerate().filter(move |(place, _)| !seen_before(*place)).map(|(_, field)| field)
    }
}

/// The four endpoints, in the order of their commands.
pub const ENDPOINTS: [&Endpoint; 4] = [&chat::ENDPOINT, &pubsub::ENDPOINT, &guest::ENDPOINT, &video::ENDPOINT];
