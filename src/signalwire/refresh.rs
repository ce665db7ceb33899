//! A new pair for a refresh token (Call Fabric): `POST /api/fabric/subscribers/tokens/refresh`. The field is that of
//! SignalWire's REST reference, "Refresh Subscriber token".

use super::guest::{ANY_SCOPE, DEFAULT_LIFETIME};
use super::refresh_token::RefreshToken;
use crate::catalog::{Consumed, Emulation, Endpoint, Field, Form, Help, Input, Invented, Kind, Minting};
use crate::json::Object;
use crate::pasted::Sought;
use crate::token::Member;

/// `tokenmint refresh`.
pub static KIND: Kind = Kind {
    name: "refresh",
    // The new pair takes the place of the one that `tokenmint subscriber` gave.
    variable: "SIGNALWIRE_SUBSCRIBER_TOKEN",
    help: Help {
        about: "Exchange a SignalWire refresh token for a new pair of tokens",
        long: "Exchange the refresh token of a SignalWire subscriber for a new access token (SAT), valid for two hours, \
               and a new refresh token, valid for five minutes longer.\n\n\
               The old refresh token is then used up: keep the new pair. --write replaces the file that the old one \
               came from, and only if the exchange succeeds; a shell's > FILE empties the file first. -o raw prints \
               the access token alone, so the new refresh token is lost.\n\n\
               The request is retried only if nothing of it was sent, never after 429 or 503. If no answer arrives, \
               the refresh token may be used up: mint a new pair with tokenmint subscriber. An interrupt waits for \
               the answer; a second one stops at once.",
        examples: "tokenmint refresh @pair.json -o json --write pair.json
tokenmint refresh @.env -o dotenv --write .env
printf %s \"$SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN\" | tokenmint refresh -o export
tokenmint refresh @pair.json --dry-run",
    },
    fields: &[FIELD],
    minting: Minting::Http(Endpoint {
        answer: &[Member::TOKEN, Member::REFRESH],
        expiry: |_, now| now.checked_add(DEFAULT_LIFETIME).ok(),
        consumes: Some(&CONSUMED),
        ..Endpoint::new("/api/fabric/subscribers/tokens/refresh", ANY_SCOPE)
    }),
    emulation: Some(Emulation::new(201, Form::Encrypted("SAT"), claims)),
};

const FIELD: Field = Field::new(
    "refresh_token",
    "refresh-token",
    "",
    Input::Token(&TOKEN),
    &RULE,
    "Where the refresh token is: @FILE, or - for stdin (the default)\n\n\
     The token alone, or a pair as -o json, -o export (for any shell) or -o dotenv prints it. A dotenv file may hold other \
     variables too. Never the token itself: other users can see the command line.\n\n\
     A token whose header shows another type is refused before anything is sent. One whose header cannot be read is sent: \
     the service decides.",
)
.argument("@FILE|-")
.required();

static RULE: RefreshToken = RefreshToken(&TOKEN);

/// What is exchanged, as `tokenmint subscriber` prints it.
pub(super) static TOKEN: Sought<'static> = Sought {
    name: "refresh token",
    member: Member::REFRESH.key,
    variable: "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN",
    typ: "Refresh",
};

static CONSUMED: Consumed = Consumed {
    field: "refresh_token",
    unclear: "the refresh token may be used up",
    lost: "the old refresh token is used up, and the new pair is lost",
    saved: "the old refresh token is used up, and the new pair is in",
    remedy: "mint a new pair: tokenmint subscriber --reference NAME -o json",
    refused: "if another program has refreshed this pair, use the new one; otherwise mint a new pair with tokenmint subscriber",
    once: "not retried, because a refresh token works only once",
    single: "each refresh token works only once",
    no_batch: "each refresh token works only once, so a batch could not be resumed",
    raw: "-o raw does not print the new refresh token, and the old one is used up; use -o json, export or dotenv",
};

/// The claims of the token that is exchanged are those of its successors.
fn claims(claims: &mut Object, exchanged: &Object, _: &Invented) {
    for (key, value) in exchanged.iter().filter(|(key, _)| *key != "ch") {
        claims.set(key, value.to_owned());
    }
}
