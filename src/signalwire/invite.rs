//! Invite tokens (Call Fabric): `POST /api/fabric/subscriber/invites`. The fields are those of SignalWire's REST reference,
//! "Create Subscriber Invite Token"; the request is authenticated by the subscriber's own token.

use jiff::Timestamp;

use super::guest::{ANY_SCOPE, expiry_of};
use super::subscriber;
use crate::catalog::rule::{Epoch, NonEmpty, Rule, Text, is_uuid, not_string, not_uuid};
use crate::catalog::{
    Authentication, Bearer, Emulation, Endpoint, Field, Form, Help, Input, Invented, Kind, Minting, Problem, Refused,
    Violation, not_future, past_seconds,
};
use crate::json::{self, Object};
use crate::pasted::Sought;
use crate::token::Member;

/// `tokenmint invite`.
pub static KIND: Kind = Kind {
    name: "invite",
    variable: "SIGNALWIRE_INVITE_TOKEN",
    help: Help {
        about: "Mint a SignalWire invite token (Call Fabric)",
        long: "Mint a SignalWire invite token (Call Fabric): it lets a client call one address of a subscriber, and \
               nothing else.\n\n\
               The subscriber's access token authenticates the request: from SIGNALWIRE_SUBSCRIBER_TOKEN, from \
               --subscriber-token, or minted first with --reference. With an existing token only the space is \
               needed, from SIGNALWIRE_SPACE or a profile; the API token is not read.",
        examples: "tokenmint invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --ttl 15m
tokenmint invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --subscriber-token @sat.json
tokenmint invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --reference alice --dry-run",
    },
    fields: FIELDS,
    minting: Minting::Http(Endpoint {
        authentication: Authentication::Bearer(&SUBSCRIBER_TOKEN),
        cross_check,
        expiry: |body, now| expiry_of(body, "expires_at", now),
        looked_up: Some("address_id"),
        ..Endpoint::new("/api/fabric/subscriber/invites", ANY_SCOPE)
    }),
    emulation: Some(Emulation {
        names: &[("address_id", "Address"), ("expires_at", "Expires At")],
        ..Emulation::new(201, Form::Encrypted("SAT"), claims)
    }),
};

/// The token that authenticates the request.
static SUBSCRIBER_TOKEN: Bearer = Bearer {
    sought: Sought {
        name: "subscriber token",
        member: Member::TOKEN.key,
        variable: subscriber::KIND.variable,
        typ: "SAT",
    },
    issuer: subscriber::KIND.name,
    token: Field::new(
        "subscriber_token",
        "subscriber-token",
        "@FILE|-",
        Input::Secret,
        &Text::ANY,
        "The subscriber's access token, read from a file or stdin\n\n\
         @FILE or -, never the token itself: other users can see the command line. It may be bare, or in what \
         tokenmint subscriber prints with -o json, export or dotenv. Also: SIGNALWIRE_SUBSCRIBER_TOKEN.",
    ),
    issue: Field::new(
        "reference",
        "reference",
        "NAME",
        Input::Text,
        &NonEmpty,
        "Mint this subscriber's token first; it is not shown\n\n\
         Needs the space, the project id and the API token, or --profile emulator. Creates the subscriber if the \
         reference is new, and updates it otherwise. SignalWire bills each subscriber every month.",
    ),
    refused: Refused {
        what: "the subscriber token",
        hint: "it may have expired or belong to another space; mint a new one with tokenmint subscriber, or use \
               --reference",
        field: None,
    },
};

const FIELDS: &[Field] = &[
    Field::new(
        "address_id",
        "address-id",
        "UUID",
        Input::Text,
        &AddressId,
        "The subscriber's address that may be called\n\n\
         The address's id, a UUID, from the Dashboard or from GET /api/fabric/resources/subscribers/{id}/addresses.",
    )
    .required(),
    Field::new(
        "expires_at",
        "expires-at",
        "TIME",
        Input::Epoch,
        &Epoch,
        "When the token expires, instead of --ttl\n\n\
         Sent in seconds since 1970. Without it and without --ttl the service gives two hours.",
    )
    .aliases(&["expire-at"]),
    Field::new(
        "expires_at",
        "ttl",
        "DURATION",
        Input::ExpiryAfter,
        &Epoch,
        "How long the token is valid: 15m, 2h, 1d\n\n\
         Sent as expires_at, counted from now by this machine's clock. Without it the service gives two hours.",
    )
    .aliases(&["expires-in"]),
];

/// The id of an address, of which the service says no more than that it is invalid.
struct AddressId;

impl Rule for AddressId {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let sentence = match json::as_str(raw) {
            None => return vec![not_string()],
            Some(given) if is_uuid(&given) => return Vec::new(),
            Some(given) => not_uuid(&given),
        };
        vec![Problem::new(sentence, "invalid_parameter", "{} is invalid")]
    }
}

/// The service compares what is not an integer, too: its documented answer complains of both.
fn cross_check(body: &Object, now: Timestamp) -> Vec<Violation> {
    let raw = body.get("expires_at").filter(|raw| json::as_integer(raw).is_none());
    let not_a_time = raw.map(|_| Violation::new("expires_at", not_future("must be a time in the future", now)));
    past_seconds(body, "expires_at", now).or(not_a_time).into_iter().collect()
}

/// The real claims are known to the service alone; these hold what the request said, for tests that decrypt them with the
/// development key.
fn claims(claims: &mut Object, body: &Object, _: &Invented) {
    claims.set("address_id", body.get("address_id").unwrap_or("null").to_owned());
}
