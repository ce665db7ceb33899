//! Codes that Twilio's client SDKs show for an Access Token (Twilio's error pages, and what people report under them).

use super::entry::{Entry, Service};

const fn entry(codes: &'static [&'static str], title: &'static str, cause: &'static str, fix: &'static str) -> Entry {
    Entry { codes, service: Service::Twilio, title, cause, fix }
}

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        &["20101"],
        "invalid access token",
        "The token is malformed or cut short, its header is wrong, the client got an HTML or JSON body instead of a token, \
         the API key belongs to another region, or the client's clock is behind.",
        "Check the token with `tokenmint inspect TOKEN`. For an API key outside us1, mint with --region.",
    ),
    entry(
        &["20102"],
        "invalid access token header",
        "The header is not exactly alg HS256, typ JWT, cty twilio-fpa;v=1. Capability tokens and many tokens made by hand \
         have no cty.",
        "Mint with `tokenmint twilio`; `tokenmint inspect TOKEN` shows the header of a token.",
    ),
    entry(
        &["20103", "20153"],
        "invalid access token issuer or subject",
        "The account SID or the API key SID is wrong, the two are swapped, the key was deleted or belongs to another \
         account or subaccount, or they are test credentials.",
        "Set TWILIO_ACCOUNT_SID (AC…) and TWILIO_API_KEY (SK…) of the same live account.",
    ),
    entry(
        &["20104", "20156"],
        "access token expired, or its expiry is invalid",
        "The token is older than its lifetime, a clock is wrong, or exp is missing or in milliseconds.",
        "Mint a new token; --ttl sets its lifetime, at most 24h.",
    ),
    entry(
        &["20105"],
        "access token not yet valid",
        "nbf is in the future: the clock of the machine that minted is ahead, or --not-before was given.",
        "Mint without --not-before, and check both clocks.",
    ),
    entry(
        &["20106"],
        "invalid access token grants",
        "The grant of the product is missing or malformed, or lacks its service, workspace or application SID.",
        "Add the grant: --chat IS…, --video, --voice AP…, --voice-incoming, --sync or --task-router WS….",
    ),
    entry(
        &["20107", "31202"],
        "invalid access token signature",
        "The secret does not belong to the API key, has extra characters, or is an auth token.",
        "Set TWILIO_API_SECRET to the secret shown when the key was created; `tokenmint inspect --verify TOKEN` checks a \
         token against it.",
    ),
    entry(
        &["20151"],
        "authentication failed",
        "The token was rejected: its header, issuer, claims or times are wrong.",
        "Run `tokenmint inspect TOKEN`, which names the likely reason.",
    ),
    entry(
        &["51007"],
        "token rejected by the authentication service",
        "A grant lacks what its product needs, the account SID is wrong, or a Video token is signed with an API key \
         outside us1.",
        "Run `tokenmint inspect TOKEN`. For Video, set TWILIO_API_KEY to a key of us1 and leave out --region.",
    ),
    entry(
        &["51215"],
        "unauthorized (Conversations and Sync)",
        "The token is expired, of another account or service, lacks the grant or the identity, or was passed as a JSON \
         object instead of a string.",
        "Run `tokenmint inspect TOKEN`; mint with --identity and --chat IS… or --sync.",
    ),
    entry(
        &["20157"],
        "expiration time exceeds the maximum",
        "The lifetime is over 24 hours, often because exp is in milliseconds.",
        "Mint with --ttl 24h or less.",
    ),
    entry(
        &["20160"],
        "invalid token",
        "The token is not a JWT with the header of an Access Token, or was signed with a Restricted API key.",
        "Sign with a Main or Standard API key; `tokenmint inspect TOKEN` shows the header of a token.",
    ),
    entry(
        &["20403"],
        "forbidden",
        "The account may not use this API.",
        "Check the account and its products in the Twilio Console.",
    ),
    entry(
        &["31201"],
        "authorization error (Voice)",
        "The token does not allow this call or registration.",
        "Mint with --voice AP… for outgoing and --voice-incoming for incoming calls.",
    ),
    entry(
        &["31204"],
        "invalid JWT token (Voice)",
        "The token has no identity or no voice grant.",
        "Mint with --identity, and with --voice AP… or --voice-incoming.",
    ),
    entry(
        &["31205"],
        "JWT token expired (Voice)",
        "The token is older than its lifetime, or a clock is wrong.",
        "Mint a new token and pass it to the SDK before the old one expires; --ttl sets its lifetime.",
    ),
    entry(
        &["51105", "51003"],
        "identity missing or too long",
        "The token has no identity, or one that is longer than the product allows.",
        "Mint with --identity NAME.",
    ),
    entry(
        &["53000", "53001", "53002"],
        "signaling connection failed, dropped or timed out (Video)",
        "The client did not reach Twilio, or lost the connection. The token is rarely the reason: a bad token is 20101 to \
         20107.",
        "Check the network and its firewall first, then the token with `tokenmint inspect TOKEN`.",
    ),
    entry(
        &["53100", "53101", "53102"],
        "invalid room name (Video)",
        "The room in the token or in the client's call is empty, too long or has characters that are not allowed.",
        "Mint with another --video ROOM, or with --video alone for any room.",
    ),
    entry(
        &["53105"],
        "the room is full (Video)",
        "As many participants as the room allows are in it.",
        "Choose another --video ROOM; the limit belongs to the room, not to the token.",
    ),
    entry(
        &["53106", "53118"],
        "room not found or completed (Video)",
        "The room does not exist any more, or was never created.",
        "Check the ROOM of --video; `tokenmint inspect TOKEN` shows which one the token opens.",
    ),
    entry(
        &["53200", "53201", "53202"],
        "invalid participant identity (Video)",
        "The identity is empty, longer than 128 characters, or has characters that are not allowed.",
        "Mint with a shorter or plainer --identity.",
    ),
    entry(
        &["53205"],
        "duplicate participant identity (Video)",
        "A second client joined the room with the same identity, which disconnects the first.",
        "Mint a token with its own --identity for each client.",
    ),
    entry(
        &["50207"],
        "identity too long (Chat)",
        "The identity is longer than Chat allows.",
        "Mint with a shorter --identity.",
    ),
    entry(&["54351"], "invalid identity (Sync)", "Sync takes 1 to 256 characters.", "Mint with a shorter --identity."),
];
