//! SignalWire's credentials: a space, a project id and an API token.

#[cfg(feature = "emulator")]
use super::sandbox;
use super::{Space, subscriber};
use crate::catalog::rule::is_uuid;
use crate::credentials::{BuiltIn, Confusion, Field, Placed, Schema};

/// The key of the space.
pub const SPACE: &str = "space";
/// The key of the project id.
pub const PROJECT_ID: &str = "project_id";

/// The space that our example configuration writes: no valid one, so that it cannot be somebody else's.
const PLACEHOLDER_SPACE: &str = "<your-space>";
/// The project id of our examples.
const PLACEHOLDER_PROJECT_ID: &str = "00000000-0000-4000-8000-000000000000";

/// The set.
pub static SCHEMA: Schema = Schema {
    console: "SignalWire Dashboard, under API",
    section: "signalwire",
    provider: "SignalWire",
    public: &[
        Field {
            key: SPACE,
            label: "Space (a name, a host or an https URL)",
            variables: &["SIGNALWIRE_SPACE", "SIGNALWIRE_SPACE_URL", "SIGNALWIRE_SPACE_NAME"],
            implies_set: true,
            fault: space_fault,
            placeholder: |text| text.to_ascii_lowercase().contains(PLACEHOLDER_SPACE),
            hint: Some("write NAME, NAME.signalwire.com, https://HOST[:PORT], or HOST:PORT of this machine"),
        },
        Field {
            key: PROJECT_ID,
            label: "Project id (a UUID)",
            variables: &["SIGNALWIRE_PROJECT_ID"],
            implies_set: true,
            fault: project_id_fault,
            placeholder: |text| text == PLACEHOLDER_PROJECT_ID,
            hint: Some("the project id is a UUID; copy it from the SignalWire Dashboard, under API"),
        },
    ],
    secret: Field {
        key: "api_token",
        label: "API token",
        variables: &["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN"],
        implies_set: true,
        // Its form is nowhere documented: only what is certain is refused.
        fault: |text| text.ends_with('\u{2026}').then(|| "ends in an ellipsis (…): it was cut off".to_owned()),
        placeholder: is_placeholder_token,
        hint: Some("create an API token in the SignalWire Dashboard, under API"),
    },
    settings: &[],
    other_secrets: &[subscriber::KIND.variable],
    #[cfg(feature = "emulator")]
    built_in: BuiltIn::Set(&[sandbox::SPACE, sandbox::PROJECT_ID], sandbox::API_TOKEN),
    #[cfg(not(feature = "emulator"))]
    built_in: BuiltIn::NotBuilt,
    confusion,
    explain_missing: |_| None,
};

fn space_fault(text: &str) -> Option<String> {
    Space::fault(text).map(|why| format!("is not a valid space: {why}"))
}

/// `PT…`, `PT...`, `PTxxxxxxxx`.
fn is_placeholder_token(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("PT") else { return false };
    let mut characters = rest.chars();
    let first = characters.next();
    rest == "\u{2026}" || (rest.chars().count() >= 3 && characters.all(|character| Some(character) == first))
}

/// An API token has no documented form, but it is never a UUID next to a project id that is none.
fn confusion(public: &[Placed], secret: &Placed) -> Option<Confusion> {
    let project = public.get(1)?;
    let looks_like_a_token = project.value.starts_with("PT")
        || (project.value.len() >= 32 && project.value.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if is_uuid(secret.value) && looks_like_a_token {
        return Some(Confusion {
            message: format!("{} is an API token and {} a project id: swap them", project.place, secret.place),
            hint: "the project id is a UUID, the API token usually begins with PT",
        });
    }
    (secret.value == project.value && is_uuid(secret.value)).then(|| Confusion {
        message: format!("{} is the project id itself", secret.place),
        hint: "create an API token in the SignalWire Dashboard, under API",
    })
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
    fn placeholders_are_those_of_our_documentation() {
        let placeholder = |key, text| SCHEMA.is_placeholder(key, text);
        assert!(placeholder("space", "<your-space>") && placeholder("space", "https://<your-space>.signalwire.com"));
        assert!(!placeholder("space", "example") && !placeholder("space", "your-space"));
        assert!(placeholder("project_id", "00000000-0000-4000-8000-000000000000"));
        // The emulator's.
        assert!(!placeholder("project_id", "00000000-0000-4000-8000-000000008793"));
        for token in ["PT\u{2026}", "PT...", "PTxxxxxxxx", "PT000"] {
            assert!(is_placeholder_token(token), "{token}");
        }
        for token in ["PT", "PTx", "PTabab", "xxxx", "PTdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef"] {
            assert!(!is_placeholder_token(token), "{token}");
        }
    }

    #[test]
    fn values_that_have_changed_places_are_told_together() {
        const UUID: &str = "7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f";
        let placed = |place: &str, value| Placed { place: place.to_owned(), value };
        let told = |project, token| {
            confusion(&[placed("S", "example"), placed("P", project)], &placed("T", token)).map(|it| it.message)
        };
        let swap = Some("P is an API token and T a project id: swap them".to_owned());
        assert_eq!(told("PTca9a47c0", UUID), swap);
        assert_eq!(told("ca9a47c0ffee5ec2e7d15ea5e0ddba11badcab1e0f1ce2d4", UUID), swap);
        assert_eq!(told(UUID, UUID), Some("T is the project id itself".to_owned()));
        for (project, token) in [(UUID, "PTca9a47c0"), ("abc", UUID), ("PTca9a47c0", "PTca9a47c0")] {
            assert_eq!(told(project, token), None, "{project} {token}");
        }
    }

    #[test]
    fn a_space_is_judged_by_its_grammar() {
        assert_eq!(space_fault("example"), None);
        assert!(space_fault("user:PTsecret@example.signalwire.com").is_some());
    }
}
