//! Twilio's credentials: an account SID, and an API key's SID and secret.

use super::fields::{CHAT, REGION, SYNC, VOICE};
use super::region;
use crate::app::Environment;
use crate::credentials::{BuiltIn, Confusion, Field, Placed, Schema, Setting, never};
use crate::error::Failure;
use crate::sid::Sid;

/// The key of the account SID.
pub const ACCOUNT_SID: &str = "account_sid";
/// The key of the API key SID.
pub const API_KEY_SID: &str = "api_key_sid";

/// The set.
pub static SCHEMA: Schema = Schema {
    console: "Twilio Console, under API keys",
    section: "twilio",
    provider: "Twilio",
    public: &[
        // Often exported next to an auth token, so it alone means nothing.
        Field {
            key: ACCOUNT_SID,
            label: "Account SID (AC…)",
            variables: &["TWILIO_ACCOUNT_SID"],
            implies_set: false,
            fault: |text| sid_fault(Sid::Account, text),
            placeholder: never,
            hint: Some("copy the account SID from the Twilio Console"),
        },
        Field {
            key: API_KEY_SID,
            label: "API key SID (SK…)",
            variables: &["TWILIO_API_KEY", "TWILIO_API_KEY_SID"],
            implies_set: true,
            fault: |text| sid_fault(Sid::ApiKey, text),
            placeholder: never,
            hint: Some("create an API key in the Twilio Console: it has a SID (SK…) and a secret"),
        },
    ],
    secret: Field {
        key: "api_key_secret",
        label: "API key secret",
        variables: &["TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET"],
        implies_set: true,
        fault: |_| None,
        placeholder: never,
        hint: None,
    },
    settings: &[
        Setting { key: CHAT.profile_key, variables: CHAT.variables, fault: |text| sid_fault(Sid::Service, text) },
        Setting { key: VOICE.profile_key, variables: VOICE.variables, fault: |text| sid_fault(Sid::Application, text) },
        Setting {
            key: SYNC.profile_key,
            variables: SYNC.variables,
            fault: |text| if text == "default" { None } else { sid_fault(Sid::Service, text) },
        },
        Setting { key: REGION.profile_key, variables: REGION.variables, fault: region::fault },
    ],
    other_secrets: &["TWILIO_AUTH_TOKEN"],
    built_in: BuiltIn::NotEmulated {
        message: "the emulator only emulates SignalWire; Twilio tokens are signed offline",
        hint: "use a profile with a [profiles.NAME.twilio] section, or the TWILIO_… variables",
    },
    confusion,
    explain_missing,
};

fn sid_fault(kind: Sid, text: &str) -> Option<String> {
    kind.check(text).err().map(|fault| fault.to_string())
}

fn confusion(public: &[Placed], secret: &Placed) -> Option<Confusion> {
    let key = public.get(1)?;
    let is_key_sid = |value: &str| Sid::ApiKey.check(value).is_ok();
    if !is_key_sid(secret.value) {
        return None;
    }
    if secret.value == key.value {
        return Some(Confusion {
            message: format!("{} is the API key SID itself, not its secret", secret.place),
            hint: "the secret is shown once, when the key is created; create another key if it is lost",
        });
    }
    (!is_key_sid(key.value)).then(|| Confusion {
        message: format!("{} is an API key SID and {} is not: swap them", secret.place, key.place),
        hint: "an API key SID is SK and 32 hexadecimal digits",
    })
}

fn explain_missing(env: &Environment) -> Option<Failure> {
    let tried = ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"].iter().any(|name| env.get(name).is_some());
    tried.then(|| {
        Failure::configuration(
            "an auth token cannot sign an Access Token: TWILIO_API_KEY and TWILIO_API_SECRET are not set",
        )
        .with_hint("create an API key in the Twilio Console and set TWILIO_API_KEY (SK…) and TWILIO_API_SECRET next to TWILIO_ACCOUNT_SID")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_knows_what_is_wrong_with_it() {
        for setting in SCHEMA.settings {
            assert!((setting.fault)("aVerySecretSecretOfTwilio123456").is_some(), "{}", setting.key);
        }
        assert_eq!(SCHEMA.fault("sync_service_sid", "default"), None);
        assert_eq!(SCHEMA.fault("account_sid", "AC0123456789abcdef0123456789abcdef"), None);
        assert!(SCHEMA.fault("account_sid", "SK0123456789abcdef0123456789abcdef").is_some());
        assert!(SCHEMA.fault("no_such_key", "x").is_some());
    }

    #[test]
    fn a_secret_that_is_the_key_sid_is_told_with_its_place() {
        const KEY: &str = "SK0123456789abcdef0123456789abcdef";
        let placed = |place: &str, value| Placed { place: place.to_owned(), value };
        let told = |key, secret| {
            confusion(&[placed("A", "AC"), placed("K", key)], &placed("S", secret)).map(|confusion| confusion.message)
        };
        assert_eq!(told(KEY, KEY).unwrap(), "S is the API key SID itself, not its secret");
        assert_eq!(told("abcdefghijklmnop", KEY).unwrap(), "S is an API key SID and K is not: swap them");
        assert_eq!(told(KEY, "abcdefghijklmnop"), None);
        assert_eq!(told(KEY, "SKffffffffffffffffffffffffffffffff"), None);
    }

    #[test]
    fn an_account_alone_gets_the_explanation() {
        let explained = |name: &str| explain_missing(&[(name, "x")].into_iter().collect());
        assert!(explained("TWILIO_AUTH_TOKEN").unwrap().to_string().contains("cannot sign"));
        assert!(explained("TWILIO_ACCOUNT_SID").is_some() && explained("TWILIO_REGION").is_none());
    }
}
