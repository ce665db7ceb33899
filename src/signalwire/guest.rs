//! Subscriber guest tokens (Call Fabric): `POST /api/fabric/guests/tokens`. The fields are those of SignalWire's REST
//! reference, "Create Subscriber Guest Token"; `region` and `ch` are newer than most copies of it (April 2026).

use jiff::{SignedDuration, Timestamp};

use super::Endpoint;
use super::field::{Field, Input};
use super::rule::{Rule, past};
use crate::json;
use crate::token::Kind;

/// The endpoint of `tokenmint guest`.
pub const ENDPOINT: Endpoint = Endpoint {
    kind: Kind::Guest,
    path: "/api/fabric/guests/tokens",
    scope: "Voice, Messaging, Fax or Video",
    fields: &FIELDS,
    closed: true,
    other_attributes: &[],
    cross_check: |body, now| past(body, "expire_at", now).into_iter().collect(),
    ends: |body, now| match body.get("expire_at") {
        Some(raw) => Timestamp::from_second(json::as_integer(raw)?).ok(),
        None => now.checked_add(DEFAULT_LIFE).ok(),
    },
    advice: |_| Vec::new(),
};

/// What the service gives a token that did not ask: "defaults to 'two hours from now'".
const DEFAULT_LIFE: SignedDuration = SignedDuration::from_hours(2);

const REGIONS: &[&str] = &["us-central"];

const FIELDS: [Field; 5] = [
    Field {
        key: "allowed_addresses",
        flag: "allowed-address",
        short: Some('a'),
        aliases: &["address"],
        value: "UUID",
        input: Input::List,
        rule: Rule::Uuids { max: 10 },
        required: true,
        help: "A Fabric address that the guest may call\n\n\
               Repeatable, 1 to 10. The address's id, a UUID, from the Dashboard or from \
               GET /api/fabric/resources/{id}/addresses.",
    },
    Field {
        key: "expire_at",
        flag: "expire-at",
        short: None,
        aliases: &["expires-at"],
        value: "TIME",
        input: Input::Epoch,
        rule: Rule::Epoch,
        required: false,
        help: "When the token ends, instead of --ttl\n\n\
               Sent in seconds since 1970. Without it and without --ttl the service gives two hours.",
    },
    Field {
        key: "expire_at",
        flag: "ttl",
        short: None,
        aliases: &[],
        value: "DURATION",
        input: Input::EpochAfter,
        rule: Rule::Epoch,
        required: false,
        help: "How long the token is valid: 15m, 2h, 1d\n\n\
               Sent as expire_at, counted from now by this machine's clock. Without it the service gives two hours.",
    },
    Field {
        key: "region",
        flag: "region",
        short: None,
        aliases: &[],
        value: "REGION",
        input: Input::Text,
        rule: Rule::Region(REGIONS),
        required: false,
        help: "Routing override\n\nOnly us-central is documented; others draw a warning and are sent.",
    },
    Field {
        key: "ch",
        flag: "ch",
        short: None,
        aliases: &[],
        value: "REGION",
        input: Input::Text,
        rule: Rule::Region(REGIONS),
        required: false,
        help: "Routing override that is placed in the token's header\n\n\
               Only us-central is documented; others draw a warning and are sent.",
    },
];
