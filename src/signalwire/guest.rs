//! Subscriber guest tokens (Call Fabric): `POST /api/fabric/guests/tokens`. The fields are those of SignalWire's REST
//! reference, "Create Subscriber Guest Token"; `region` and `ch` are newer than most copies of it (April 2026).

use jiff::{SignedDuration, Timestamp};

use crate::catalog::rule::{Epoch, Region, Uuids};
use crate::catalog::{Emulation, Endpoint, Field, Form, Help, Input, Invented, Kind, Minting, past_seconds};
use crate::json::{self, Object};
use crate::token::Member;

/// `tokenmint guest`.
pub static KIND: Kind = Kind {
    name: "guest",
    variable: "SIGNALWIRE_GUEST_TOKEN",
    help: Help {
        about: "Mint a SignalWire guest token (Call Fabric)",
        long: "Mint a SignalWire guest token (Call Fabric): it lets a guest call up to ten addresses. A \
               refresh token comes with it; -o json and -o export print both.",
        examples: "tokenmint guest --allowed-address 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --ttl 15m
tokenmint guest -a 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --expire-at 2030-01-31T12:00:00Z -o json
tokenmint guest --profile emulator -a 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 -o export",
    },
    fields: &FIELDS,
    minting: Minting::Http(Endpoint {
        answer: &[Member::TOKEN, Member::REFRESH],
        cross_check: |body, now| past_seconds(body, "expire_at", now).into_iter().collect(),
        expiry,
        looked_up: Some("allowed_addresses"),
        ..Endpoint::new("/api/fabric/guests/tokens", ANY_SCOPE)
    }),
    emulation: Some(Emulation::new(201, Form::Encrypted("SAT"), claims)),
};

/// Call Fabric asks for one of these.
pub(super) const ANY_SCOPE: &str = "Voice, Messaging, Fax or Video";

/// What the service gives a token that did not ask: "defaults to 'two hours from now'".
pub(super) const DEFAULT_LIFETIME: SignedDuration = SignedDuration::from_hours(2);

/// The regions that are documented.
const REGIONS: &[&str] = &["us-central"];
/// What `ch` may hold.
const CHANNEL_REGION: Region = Region { documented: REGIONS, code: "unsupported_region" };

const FIELDS: [Field; 5] = [
    Field::new(
        "allowed_addresses",
        "allowed-address",
        "UUID",
        Input::CommaList,
        &Uuids {
            max: 10,
            code: "allowed_address_limit_exceeded",
            source: "copy the address's id from the Dashboard or from GET /api/fabric/resources/{id}/addresses",
        },
        "A Fabric address that the guest may call\n\n\
         Repeatable, or several separated by commas. The id of the address, from the Dashboard or from \
         GET /api/fabric/resources/{id}/addresses.",
    )
    .required()
    .short('a')
    .aliases(&["address"]),
    EXPIRE_AT,
    TTL,
    REGION,
    Field::new(
        "ch",
        "ch",
        "REGION",
        Input::Text,
        &CHANNEL_REGION,
        "Routing override that is placed in the token's header",
    ),
];

/// Where the service routes the token's calls.
pub(super) const REGION: Field = Field::new(
    "region",
    "region",
    "REGION",
    Input::Text,
    &Region { documented: REGIONS, code: "unsupported_option" },
    "Routing override",
);

/// The expiry of a Call Fabric token as a time.
pub(super) const EXPIRE_AT: Field = Field::new(
    "expire_at",
    "expire-at",
    "TIME",
    Input::Epoch,
    &Epoch,
    "When the token expires, instead of --ttl\n\n\
     Sent in seconds since 1970. Without it and --ttl the token is valid for two hours.",
)
.aliases(&["expires-at"]);

/// The same as a duration.
pub(super) const TTL: Field = Field::new(
    "expire_at",
    "ttl",
    "DURATION",
    Input::ExpiryAfter,
    &Epoch,
    "How long the token is valid: 15m, 2h, 1d\n\n\
     Sent as expire_at, counted from now by this machine's clock; two hours by default.",
)
.aliases(&["expires-in"]);

/// What was asked for, else what the service documents.
pub(super) fn expiry(body: &Object, now: Timestamp) -> Option<Timestamp> {
    expiry_of(body, "expire_at", now)
}

/// The same for a field of another name.
pub(super) fn expiry_of(body: &Object, key: &str, now: Timestamp) -> Option<Timestamp> {
    match body.get(key) {
        Some(raw) => Timestamp::from_second(json::as_integer(raw)?).ok(),
        None => now.checked_add(DEFAULT_LIFETIME).ok(),
    }
}

/// The real claims are known to the service alone; these hold what the request said, for tests that decrypt them with the
/// development key.
fn claims(claims: &mut Object, body: &Object, _: &Invented) {
    claims.set("allowed_addresses", body.get("allowed_addresses").unwrap_or("[]").to_owned());
    if let Some(region) = body.get("region") {
        claims.set("region", region.to_owned());
    }
}
