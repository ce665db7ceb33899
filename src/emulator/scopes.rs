//! The scopes of the API token that an emulator knows: without `--scope` all of them.

use crate::catalog::Endpoint;
use crate::error::{Failure, Result};
use crate::text;

/// The service's scopes, as its API for tokens names them, with what its documentation calls each.
const SCOPES: [(&str, &str); 11] = [
    ("calling", "voice"),
    ("chat", "chat"),
    ("datasphere", "datasphere"),
    ("fax", "fax"),
    ("management", "management"),
    ("messaging", "messaging"),
    ("numbers", "numbers"),
    ("pubsub", "pubsub"),
    ("storage", "storage"),
    ("tasking", "tasking"),
    ("video", "video"),
];

/// What `--scope` lists.
#[derive(Debug, Default)]
pub struct Scopes(Option<Vec<&'static str>>);

impl Scopes {
    /// The values of `--scope`.
    ///
    /// # Errors
    /// Exit 2 for a scope that the service does not have.
    pub fn new(typed: &[String]) -> Result<Self> {
        let names = typed.iter().flat_map(|list| list.split(',')).map(str::trim);
        let found: Vec<&str> = names.map(find).collect::<Result<_>>()?;
        Ok(Scopes((!found.is_empty()).then_some(found)))
    }

    /// Whether an API token with these scopes may use an endpoint. One that needs no scope is open.
    pub(super) fn allow(&self, endpoint: &Endpoint) -> bool {
        let Some(granted) = &self.0 else { return true };
        let needed = endpoint.scope.to_ascii_lowercase();
        let words = || needed.split([',', ' ']).filter(|word| SCOPES.iter().any(|(_, name)| name == word));
        words().count() == 0 || words().any(|word| granted.contains(&word))
    }
}

/// What the documentation calls a scope.
fn find(typed: &str) -> Result<&'static str> {
    let lower = typed.to_ascii_lowercase();
    let known = SCOPES.iter().find(|(machine, name)| *machine == lower || *name == lower);
    known.map(|(_, name)| *name).ok_or_else(|| {
        let names = SCOPES.map(|(machine, _)| machine);
        let meant = text::did_you_mean(&lower, names);
        let given = text::clip(typed, 40);
        Failure::usage(format!("--scope: unknown scope '{given}'{meant}"))
            .with_hint(format!("known scopes: {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalwire::{chat, guest, pubsub, video};

    fn allowed(typed: &[&str]) -> [bool; 4] {
        let scopes = Scopes::new(&typed.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap();
        [&chat::KIND, &pubsub::KIND, &guest::KIND, &video::KIND].map(|kind| scopes.allow(kind.endpoint().unwrap()))
    }

    #[test]
    fn an_endpoint_needs_one_of_its_scopes() {
        assert_eq!(allowed(&[]), [true; 4]);
        assert_eq!(allowed(&["chat,video"]), [true, false, true, true]);
        assert_eq!(allowed(&["PubSub", " storage"]), [false, true, false, false]);
        assert_eq!(allowed(&["calling"]), [false, false, true, false]);
        assert_eq!(allowed(&["voice"]), [false, false, true, false]);
        assert!(Scopes::new(&[]).unwrap().allow(&Endpoint::new("/x", "")));
        assert!(Scopes::new(&["chat".into()]).unwrap().allow(&Endpoint::new("/x", "")));
    }

    #[test]
    fn unknown_scopes_are_refused() {
        for wrong in ["", "chat,", "chta", "all", "*"] {
            assert_eq!(Scopes::new(&[wrong.to_owned()]).unwrap_err().exit_code(), 2, "{wrong}");
        }
        assert!(Scopes::new(&["chatt".into()]).unwrap_err().to_string().contains("did you mean 'chat'?"));
    }
}
