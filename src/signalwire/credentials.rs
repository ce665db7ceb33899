//! SignalWire's credentials: a space, a project id and an API token.

use super::Space;
#[cfg(feature = "emulator")]
use super::sandbox;
use crate::catalog::rule::is_uuid;
use crate::credentials::{BuiltIn, Field, Schema};

/// The key of the space.
pub const SPACE: &str = "space";
/// The key of the project id.
pub const PROJECT_ID: &str = "project_id";

/// The set.
pub static SCHEMA: Schema = Schema {
    section: "signalwire",
    provider: "SignalWire",
    public: &[
        Field {
            key: SPACE,
            variables: &["SIGNALWIRE_SPACE", "SIGNALWIRE_SPACE_URL", "SIGNALWIRE_SPACE_NAME"],
            implies_set: true,
            fault: space_fault,
        },
        Field { key: PROJECT_ID, variables: &["SIGNALWIRE_PROJECT_ID"], implies_set: true, fault: project_id_fault },
    ],
    secret: Field {
        key: "api_token",
        variables: &["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN"],
        implies_set: true,
        fault: |_| None,
    },
    settings: &[],
    other_secrets: &[],
    #[cfg(feature = "emulator")]
    built_in: BuiltIn::Set(&[sandbox::SPACE, sandbox::PROJECT_ID], sandbox::API_TOKEN),
    #[cfg(not(feature = "emulator"))]
    built_in: BuiltIn::NotBuilt,
    explain_missing: |_| None,
};

fn space_fault(text: &str) -> Option<String> {
    Space::parse(text, SPACE).err().map(|_| "is not a valid space".to_owned())
}

fn project_id_fault(text: &str) -> Option<String> {
    let fault = if is_uuid(text) {
        return None;
    } else if text.starts_with("PT") {
        "is not a project id but looks like an API token"
    } else if text.contains(':') {
        "is not a project id: it contains a colon; expected a UUID"
    } else {
        "is not a project id: expected a UUID"
    };
    Some(fault.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_id_is_a_uuid() {
        assert_eq!(project_id_fault("7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f"), None);
        for wrong in ["PTca9a47c0", "7b981c06", "\"7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f\"", "$PROJECT", ""] {
            let fault = project_id_fault(wrong).unwrap();
            assert!(
                fault.starts_with("is not a project id") && (wrong.is_empty() || !fault.contains(wrong)),
                "{fault}"
            );
        }
        assert!(project_id_fault("PTca9a47c0").unwrap().ends_with("API token"));
    }

    #[test]
    fn a_space_is_judged_by_its_grammar() {
        assert_eq!(space_fault("example"), None);
        assert!(space_fault("user:PTsecret@example.signalwire.com").is_some());
    }
}
