//! The flags of `tokenmint twilio`, declared once: name, value, what may stand in it, where its default is found, help.
//! The command tree and the batch lines read this table; what the values make is for `grants` and `claims`.

use super::sid::Sid;

/// One flag, which is also one key of a batch line.
pub struct Flag {
    /// The long flag, without dashes.
    pub flag: &'static str,
    /// The key in a batch line: the flag with underscores.
    pub key: &'static str,
    /// What the help calls the value; empty where there is none to name.
    pub value: &'static str,
    /// What may stand in it.
    pub input: Input,
    /// Where a value is looked for that neither the flag nor the batch line gives.
    pub fallback: Option<&'static Fallback>,
    /// One sentence for `-h`; what follows a blank line is for `--help`.
    pub help: &'static str,
}

/// The other places of a value.
pub struct Fallback {
    /// Environment variables; the first one that is set counts.
    pub variables: &'static [&'static str],
    /// The key in the profile's `twilio` table.
    pub profile_key: &'static str,
}

/// What may stand in a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Text, not empty.
    Text,
    /// A duration of whole seconds.
    Duration,
    /// A point in time.
    Time,
    /// A Twilio region.
    Region,
    /// A SID of this kind.
    Sid(Sid),
    /// A grant, with a SID of this kind or without a value.
    GrantSid(Sid),
    /// A grant, with a service SID, the word `default`, or without a value.
    GrantSync,
    /// A grant, with text or without a value.
    GrantText,
    /// On or off; the flag alone is on.
    Switch,
    /// A JSON object.
    Object,
    /// `KEY=JSON`, repeatable; in a batch line one object of all keys.
    KeyedObjects,
}

impl Input {
    /// Whether the flag may stand without a value.
    pub fn value_is_optional(self) -> bool {
        matches!(self, Input::GrantSid(_) | Input::GrantSync | Input::GrantText | Input::Switch)
    }

    /// Whether the flag may be given more than once.
    pub fn repeats(self) -> bool {
        self == Input::KeyedObjects
    }

    /// Whether the value is JSON, which may also be read from a file or from stdin. Of `KEY=JSON` it is what follows
    /// the first `=`: see [`super::keyed::split`].
    pub fn is_json(self) -> bool {
        matches!(self, Input::Object | Input::KeyedObjects)
    }
}

impl Flag {
    /// The flag as it is typed.
    pub fn dashed(&self) -> String {
        format!("--{}", self.flag)
    }
}

/// The flag with this name, without dashes.
pub fn by_name(flag: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|known| known.flag == flag)
}

/// The flag with this key of a batch line.
pub fn by_key(key: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|known| known.key == key)
}

/// Where `--chat` finds its service without a value.
pub const CHAT_FALLBACK: Fallback = Fallback {
    variables: &["TWILIO_CHAT_SERVICE_SID", "TWILIO_CONVERSATIONS_SERVICE_SID"],
    profile_key: "chat_service_sid",
};
/// Where `--voice` finds its application without a value.
pub const VOICE_FALLBACK: Fallback =
    Fallback { variables: &["TWILIO_TWIML_APP_SID"], profile_key: "voice_application_sid" };
/// Where `--sync` finds its service without a value.
pub const SYNC_FALLBACK: Fallback =
    Fallback { variables: &["TWILIO_SYNC_SERVICE_SID"], profile_key: "sync_service_sid" };
/// Where the region is found without `--region`.
pub const REGION_FALLBACK: Fallback = Fallback { variables: &[], profile_key: "region" };

/// The flags, in the order of the help.
pub const FLAGS: [Flag; 17] = [
    plain(
        "identity",
        "identity",
        "NAME",
        Input::Text,
        "The user that the token stands for\n\n\
         Required, in every product. Conversations, Chat and Sync take up to 256 characters, Video up to 128; Voice \
         takes letters, digits and underscores. What a product advises against draws a warning.",
    ),
    plain(
        "ttl",
        "ttl",
        "DURATION",
        Input::Duration,
        "How long the token is valid: 10m, 1h, 24h\n\n\
         Whole seconds, 1s to 24h; 1h without it. A bare number is refused.",
    ),
    plain(
        "not-before",
        "not_before",
        "TIME",
        Input::Time,
        "The token is not valid before this time\n\n\
         RFC 3339, a date, @EPOCH_SECONDS, or +10m from now. Without it the token has no nbf, so that a clock that runs \
         ahead does no harm.",
    ),
    Flag {
        fallback: Some(&REGION_FALLBACK),
        ..plain(
            "region",
            "region",
            "REGION",
            Input::Region,
            "The region of the API key, such as ie1 or au1\n\n\
             It stands in the token's header as twr. A key of another region than us1 works only with it. Video takes \
             us1 keys alone.",
        )
    },
    Flag {
        fallback: Some(&CHAT_FALLBACK),
        ..plain(
            "chat",
            "chat",
            "IS…",
            Input::GrantSid(Sid::Service),
            "Grant Conversations and Programmable Chat, in this service\n\n\
             Without a value the service is that of the profile (chat_service_sid) or of TWILIO_CHAT_SERVICE_SID or \
             TWILIO_CONVERSATIONS_SERVICE_SID.",
        )
    },
    plain(
        "video",
        "video",
        "ROOM",
        Input::GrantText,
        "Grant Video, in this room\n\nThe room's name or SID; without a value any room may be joined.",
    ),
    Flag {
        fallback: Some(&VOICE_FALLBACK),
        ..plain(
            "voice",
            "voice",
            "AP…",
            Input::GrantSid(Sid::Application),
            "Grant outgoing Voice calls, through this TwiML application\n\n\
             Without a value the application is that of the profile (voice_application_sid) or of TWILIO_TWIML_APP_SID.",
        )
    },
    plain(
        "voice-incoming",
        "voice_incoming",
        "BOOL",
        Input::Switch,
        "Grant incoming Voice calls\n\nAlone it makes a Voice grant without outgoing calls.",
    ),
    plain(
        "voice-params",
        "voice_params",
        "JSON",
        Input::Object,
        "Parameters for the TwiML application of --voice, a JSON object",
    ),
    Flag {
        fallback: Some(&SYNC_FALLBACK),
        ..plain(
            "sync",
            "sync",
            "IS…|default",
            Input::GrantSync,
            "Grant Sync, in this service\n\n\
             Without a value the service is that of the profile (sync_service_sid) or of TWILIO_SYNC_SERVICE_SID, and \
             if there is none, default.",
        )
    },
    plain(
        "task-router",
        "task_router",
        "WS…",
        Input::Sid(Sid::Workspace),
        "Grant TaskRouter (Flex), in this workspace",
    ),
    plain("worker-sid", "worker_sid", "WK…", Input::Sid(Sid::Worker), "The worker of the TaskRouter grant"),
    plain(
        "task-router-role",
        "task_router_role",
        "ROLE",
        Input::Text,
        "The role of the TaskRouter grant, such as worker",
    ),
    plain(
        "push-credential-sid",
        "push_credential_sid",
        "CR…",
        Input::Sid(Sid::PushCredential),
        "The push credential for the Chat and Voice grants",
    ),
    plain("endpoint-id", "endpoint_id", "ID", Input::Text, "The endpoint (device) for the Chat, Voice and Sync grants"),
    plain(
        "deployment-role-sid",
        "deployment_role_sid",
        "RL…",
        Input::Sid(Sid::Role),
        "The deployment role of the Chat grant",
    ),
    plain(
        "grant",
        "grant",
        "KEY=JSON",
        Input::KeyedObjects,
        "Any other grant, as a JSON object that is sent as written\n\n\
         Repeatable, for example --grant 'player={\"player\":{}}'. Not beside the flag that makes the same grant.",
    ),
];

const fn plain(flag: &'static str, key: &'static str, value: &'static str, input: Input, help: &'static str) -> Flag {
    Flag { flag, key, value, input, fallback: None, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_flag_with_underscores() {
        for flag in &FLAGS {
            assert_eq!(flag.flag.replace('-', "_"), flag.key);
            assert_eq!(by_key(flag.key).map(|found| found.flag), Some(flag.flag));
            assert_eq!(by_name(flag.flag).map(|found| found.key), Some(flag.key));
        }
    }
}
