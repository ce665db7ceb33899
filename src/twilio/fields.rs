//! The flags of `tokenmint twilio`, which are also the keys of its batch lines.

use super::other_grants::{self, OtherGrants};
use super::region::Region;
use super::sid_rule::{Is, ServiceOrDefault};
use crate::catalog::rule::{AnyObject, Epoch, Integer, NonEmpty};
use crate::catalog::{Fallback, Field, Input};
use crate::sid::Sid;

/// The most seconds of a token (the page of error 20157).
pub const MAX_TTL_SECONDS: i64 = 86_400;

/// Where `--chat` finds its service without a value.
pub(super) const CHAT: Fallback = Fallback {
    variables: &["TWILIO_CHAT_SERVICE_SID", "TWILIO_CONVERSATIONS_SERVICE_SID"],
    profile_key: "chat_service_sid",
};
/// Where `--voice` finds its application without a value.
pub(super) const VOICE: Fallback =
    Fallback { variables: &["TWILIO_TWIML_APP_SID"], profile_key: "voice_application_sid" };
/// Where `--sync` finds its service without a value.
pub(super) const SYNC: Fallback = Fallback { variables: &["TWILIO_SYNC_SERVICE_SID"], profile_key: "sync_service_sid" };
/// Where the region is found without `--region`.
pub(super) const REGION: Fallback = Fallback { variables: &[], profile_key: "region" };

/// The fields, in the order of the help.
pub(super) const FIELDS: &[Field] = &[
    Field::new(
        "identity",
        "identity",
        "NAME",
        Input::Text,
        &NonEmpty,
        "The user's identity\n\n\
         Required, in every product. Conversations, Chat and Sync take up to 256 characters, Video up to 128; Voice \
         takes letters, digits and underscores. Values that a product discourages cause a warning.",
    )
    .required()
    .names_token(),
    Field::new(
        "ttl",
        "ttl",
        "DURATION",
        Input::Lifetime { max: MAX_TTL_SECONDS },
        &Integer { min: 1, max: MAX_TTL_SECONDS, unit: "seconds" },
        "How long the token is valid: 10m, 1h, 24h\n\n\
         Whole seconds; 1h by default. A bare number is refused.",
    )
    .aliases(&["expires-in"]),
    Field::new(
        "not_before",
        "not-before",
        "TIME",
        Input::Moment,
        &Epoch,
        "The token is not valid before this time\n\n\
         Omitted by default, so that clock skew cannot invalidate a fresh token.",
    ),
    Field::new(
        "issued_at",
        "issued-at",
        "TIME",
        Input::Moment,
        &Epoch,
        "Issue the token as of this time, also in the past: -2h\n\n\
         iat, exp and jti are based on this time. A token that has expired is minted with a warning, for tests of renewal.",
    ),
    Field {
        default: Some(&REGION),
        ..Field::new(
            "region",
            "region",
            "REGION",
            Input::Text,
            &Region,
            "The region of the API key, such as ie1 or au1\n\n\
             Written to the token's header as twr; required for API keys outside us1. Video takes only keys of us1.",
        )
    },
    grant(
        "chat",
        "chat",
        &Is(Sid::Service),
        "Grant Conversations and Programmable Chat, in this service\n\n\
         Without a value the service is that of the profile (chat_service_sid) or of TWILIO_CHAT_SERVICE_SID or \
         TWILIO_CONVERSATIONS_SERVICE_SID.",
    )
    .optional_value("IS…", Some(&CHAT)),
    grant(
        "video",
        "video",
        &NonEmpty,
        "Grant Video, in this room\n\nThe room's name or SID; without a value the token is good for every room.",
    )
    .optional_value("ROOM", None),
    grant(
        "voice",
        "voice",
        &Is(Sid::Application),
        "Grant outgoing Voice calls, through this TwiML application\n\n\
         Without a value the application is that of the profile (voice_application_sid) or of TWILIO_TWIML_APP_SID.",
    )
    .optional_value("AP…", Some(&VOICE)),
    Field::switch(
        "voice_incoming",
        "voice-incoming",
        "Grant incoming Voice calls\n\nOn its own, grants incoming calls only.",
    ),
    Field::new(
        "voice_params",
        "voice-params",
        "JSON",
        Input::Json,
        &AnyObject { max: usize::MAX, code: "" },
        "Parameters for the TwiML application of --voice, a JSON object",
    ),
    grant(
        "sync",
        "sync",
        &ServiceOrDefault,
        "Grant Sync, in this service\n\n\
         Without a value the service is that of the profile (sync_service_sid) or of TWILIO_SYNC_SERVICE_SID, and if \
         there is none, default.",
    )
    .optional_value("IS…|default", Some(&SYNC)),
    sid("task_router", "task-router", "WS…", &Is(Sid::Workspace), "Grant TaskRouter (Flex), in this workspace"),
    sid("worker_sid", "worker-sid", "WK…", &Is(Sid::Worker), "The worker of the TaskRouter grant"),
    Field::new(
        "task_router_role",
        "task-router-role",
        "ROLE",
        Input::Text,
        &NonEmpty,
        "The role of the TaskRouter grant, such as worker",
    ),
    sid(
        "push_credential_sid",
        "push-credential-sid",
        "CR…",
        &Is(Sid::PushCredential),
        "The push credential for the Chat and Voice grants",
    ),
    Field::new(
        "endpoint_id",
        "endpoint-id",
        "ID",
        Input::Text,
        &NonEmpty,
        "The endpoint (device) for the Chat, Voice and Sync grants",
    ),
    sid("deployment_role_sid", "deployment-role-sid", "RL…", &Is(Sid::Role), "The deployment role of the Chat grant"),
    Field::new(
        "grant",
        "grant",
        "KEY=JSON",
        other_grants::INPUT,
        &OtherGrants,
        "Any other grant, as a JSON object that is sent as written\n\n\
         Repeatable, for example --grant 'player={\"player\":{}}'. Cannot be used with the flag for the same grant.",
    ),
];

const fn grant(
    key: &'static str,
    flag: &'static str,
    rule: &'static dyn crate::catalog::Rule,
    help: &'static str,
) -> Field {
    Field::new(key, flag, "", Input::Text, rule, help)
}

const fn sid(
    key: &'static str,
    flag: &'static str,
    value: &'static str,
    rule: &'static Is,
    help: &'static str,
) -> Field {
    Field::new(key, flag, value, Input::Text, rule, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_flag_with_underscores() {
        for field in FIELDS {
            assert_eq!(field.flag.name.replace('-', "_"), field.key);
        }
    }
}
