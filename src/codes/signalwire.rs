//! Codes of SignalWire's answers to requests for tokens, and of the WebSocket that takes the tokens (its REST documents and
//! its Browser SDK).

use super::entry::{Entry, Service};

const fn rest(codes: &'static [&'static str], title: &'static str, cause: &'static str, fix: &'static str) -> Entry {
    Entry { codes, service: Service::SignalWire, title, cause, fix }
}

const fn socket(codes: &'static [&'static str], title: &'static str, cause: &'static str, fix: &'static str) -> Entry {
    Entry { codes, service: Service::BrowserSdk, title, cause, fix }
}

pub(super) const ENTRIES: &[Entry] = &[
    rest(
        &["missing_required_parameter"],
        "a required field is missing or blank",
        "The request lacks the field that the attribute names.",
        "Give the flag of that field; the error of a 422 names it.",
    ),
    rest(
        &["invalid_parameter"],
        "the value of a field is not accepted",
        "The value is too long, out of range, of another type or in the past, or the endpoint has no such field.",
        "Run the command with --dry-run to see the body, and with --help for the limits of each field.",
    ),
    rest(
        &["not_a_valid_json", "not_a_hash"],
        "a field must be a JSON object",
        "channels, state, meta or room_meta is not an object. PubSub names the attribute permissions and means channels.",
        "Use -c NAME=ACCESS, or pass an object to --channels, --state, --meta or --room-meta.",
    ),
    rest(
        &["not_a_boolean"],
        "a field must be true or false",
        "A channel's read or write, or a switch of a room, is neither true nor false.",
        "Use -c NAME=rw, or a switch such as --join-audio-muted.",
    ),
    rest(&["no_channel_specified"], "no channel given", "channels is empty.", "Add -c NAME=ACCESS."),
    rest(
        &["channel_has_missing_properties"],
        "a channel has neither read nor write",
        "The object of a channel is empty.",
        "Use -c NAME=r, -c NAME=w or -c NAME=rw.",
    ),
    rest(
        &["channel_name_is_reserved"],
        "a channel name is reserved",
        "Names of Chat channels cannot begin with sw_.",
        "Choose another name for -c.",
    ),
    rest(
        &["channel_name_size_limit_exceeded"],
        "a channel name is too long",
        "A channel name has at most 250 characters.",
        "Shorten the name in -c.",
    ),
    rest(
        &["channel_size_limit_exceeded"],
        "too many channels",
        "A token has at most 500 channels.",
        "Give fewer -c, or mint several tokens.",
    ),
    rest(
        &["state_size_limit_exceeded"],
        "the state is too large",
        "The state has at most 2000 characters.",
        "Shorten --state.",
    ),
    rest(
        &["allowed_address_limit_exceeded"],
        "too many allowed addresses",
        "A guest token has at most 10 addresses.",
        "Give fewer --allowed-address.",
    ),
    rest(
        &["must_belong_to_project", "unrecognized_fabric_addresses"],
        "an address does not belong to the project",
        "The UUID is not the id of an address of this project. The id of a resource is another one.",
        "List the addresses of a resource with GET /api/fabric/resources/{id}/addresses, and pass an id to \
         --allowed-address.",
    ),
    rest(
        &["list_contains_invalid_entries", "invalid_list_items"],
        "a list has an invalid entry",
        "An entry is not a UUID.",
        "Check each --allowed-address.",
    ),
    rest(
        &["unsupported_region"],
        "the region is not supported",
        "us-central is the only documented value.",
        "Leave out --region and --ch, or set them to us-central.",
    ),
    rest(
        &["invalid_join_until_date"],
        "join_until is invalid",
        "It is in the past, or before join_from.",
        "Check --join-from and --join-until, or --ttl.",
    ),
    rest(
        &["not_a_datetime"],
        "a field must be an RFC 3339 time",
        "The time lacks its zone, or is not a time.",
        "Use a time such as 2030-01-31T12:00:00Z, or +2h.",
    ),
    rest(
        &["not_an_array_of_strings"],
        "a field must be a list of strings",
        "permissions is not a list of names.",
        "Use --permission NAME, repeated.",
    ),
    rest(
        &["not_alphanumeric"],
        "a name has characters that are not allowed",
        "A room name takes letters, digits, - and _.",
        "Check --room.",
    ),
    rest(
        &["unsupported_option"],
        "a value is not one of the documented ones",
        "A permission, join_as, media_allowed, region or scope is unknown.",
        "See the values in the help of the command, such as `tokenmint video --help`.",
    ),
    rest(
        &["value_not_unique"],
        "the value is already in use",
        "Another resource of the project has this value.",
        "Choose another value for the field that the attribute names.",
    ),
    rest(
        &["token_expired"],
        "the token has expired",
        "Access tokens last two hours by default, refresh tokens five minutes longer.",
        "Mint a new token.",
    ),
    rest(
        &["token_invalid", "token_has_invalid_prefix", "invalid_token_format"],
        "the token is not valid",
        "It was cut short, is another type of token, was already used, or belongs to another space.",
        "Check it with `tokenmint inspect TOKEN`.",
    ),
    rest(
        &["not_a_refresh_token"],
        "the token is not a refresh token",
        "An access token was sent where a refresh token belongs.",
        "Pass the refresh_token of `-o json`, or the variable that ends in _REFRESH_TOKEN.",
    ),
    rest(
        &["sat_must_have_application"],
        "the subscriber token has no application",
        "The client needs a token that belongs to an application.",
        "Mint the subscriber token with --application-id.",
    ),
    rest(
        &["chat_token_is_invalid", "chat_token_invalid_for_session", "room_token_invalid_for_session"],
        "the client connected with the wrong type of token",
        "A Chat or PubSub token was used for a video room or the other way round, or the token is of another space.",
        "Run `tokenmint inspect TOKEN` to see what the token is for.",
    ),
    rest(
        &["authblock_is_expired", "authblock_is_invalid"],
        "the authorization of the session is no longer valid",
        "The token of the session has expired, or the saved session belongs to another token.",
        "Connect again with a new token.",
    ),
    rest(
        &["rate_limit_exceeded", "429"],
        "too many requests",
        "The service limits requests; Retry-After is the time to wait.",
        "Lower --jobs, or raise --timeout so that tokenmint can wait.",
    ),
    rest(
        &["account_limit_exceeded", "insufficient_balance", "feature_not_available"],
        "the account does not allow this",
        "The plan or the balance of the account does not cover the request.",
        "Check plan and balance in the SignalWire Dashboard.",
    ),
    rest(
        &["401"],
        "credentials refused",
        "The project id, the API token or the space is wrong, or the API token lacks the scope.",
        "Run `tokenmint profile check`, which tests every endpoint.",
    ),
    rest(
        &["403"],
        "not allowed",
        "The API token lacks the scope, or a click-to-call token is not valid.",
        "Run `tokenmint profile check`, which names the missing scope; add it in the SignalWire Dashboard.",
    ),
    socket(
        &["-32002"],
        "authentication failed",
        "The token is expired, cut short, of another type or space, or bound to another browser by its fingerprint.",
        "Check it with `tokenmint inspect TOKEN`. Browser SDK v4 takes subscriber, guest, invite and embed tokens.",
    ),
    socket(
        &["-32003"],
        "requester validation failed",
        "The service did not accept who is asking: the token may not do what the client asked for.",
        "Mint a token for that address, channel or room.",
    ),
    socket(
        &["-32602"],
        "missing authentication block",
        "The client connected without a token.",
        "Pass the token to the SDK before it connects.",
    ),
];
