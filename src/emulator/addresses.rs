//! The Fabric addresses of the emulated project: without `--address` every UUID is one.

use crate::catalog::{Field, Kind, Problem, Violation};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text;

/// The fields that name addresses.
const FIELDS: [&str; 2] = ["allowed_addresses", "address_id"];

/// What `--address` lists, in lower case.
#[derive(Debug, Default)]
pub struct Addresses(Vec<String>);

impl Addresses {
    /// The values of `--address`.
    ///
    /// # Errors
    /// Exit 2 for one that is not a UUID.
    pub fn new(typed: &[String]) -> Result<Self> {
        let ids = typed.iter().flat_map(|list| list.split(',')).map(|id| id.trim().to_ascii_lowercase());
        let ids: Vec<String> = ids.collect();
        match ids.iter().find(|id| !is_uuid(id)) {
            None => Ok(Addresses(ids)),
            Some(wrong) => Err(Failure::usage(format!("--address must be a UUID, got '{}'", text::clip(wrong, 60)))
                .with_hint("give the address's id, not its path; --address may be repeated")),
        }
    }

    /// The addresses of a right request that the project does not have.
    pub(super) fn check(&self, kind: &Kind, body: &Object) -> Option<Violation> {
        let is_strange = |id: &String| !self.0.contains(&id.to_ascii_lowercase());
        let names_strangers = |field: &&Field| {
            let raw = body.get(field.key).filter(|_| FIELDS.contains(&field.key));
            raw.is_some_and(|raw| ids(raw).iter().any(is_strange))
        };
        let field = kind.distinct_fields().find(names_strangers).filter(|_| !self.0.is_empty())?;
        let sentence = "The addresses must belong to the project";
        Some(Violation::new(field.key, Problem::new("is unknown", "must_belong_to_project", sentence)))
    }
}

fn ids(raw: &str) -> Vec<String> {
    json::as_strings(raw).or_else(|| json::as_str(raw).map(|id| vec![id.into_owned()])).unwrap_or_default()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalwire::{chat, guest};

    const ONE: &str = "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0";
    const OTHER: &str = "5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9";

    #[test]
    fn addresses_of_others_are_refused() {
        let known = Addresses::new(&[ONE.to_ascii_uppercase()]).unwrap();
        let body = |ids: &str| Object::parse(&format!(r#"{{"allowed_addresses":{ids}}}"#)).unwrap();
        assert_eq!(known.check(&guest::KIND, &body(&format!(r#"["{ONE}"]"#))), None);
        assert_eq!(known.check(&guest::KIND, &body(&format!(r#"["{}"]"#, ONE.to_ascii_uppercase()))), None);
        let both = body(&format!(r#"["{ONE}","{OTHER}"]"#));
        let violation = known.check(&guest::KIND, &both).unwrap();
        assert_eq!(violation.key, "allowed_addresses");
        assert_eq!(violation.problem.complaint("Allowed addresses").unwrap().0, "must_belong_to_project");
        assert_eq!(Addresses::default().check(&guest::KIND, &both), None);
        assert_eq!(known.check(&chat::KIND, &body("[]")), None);
    }

    #[test]
    fn only_uuids_are_addresses() {
        for wrong in ["", "x", "/public/lobby", &ONE[1..], &ONE.replace('-', "_"), &format!("{ONE},")] {
            assert_eq!(Addresses::new(&[wrong.to_owned()]).unwrap_err().exit_code(), 2, "{wrong}");
        }
        Addresses::new(&[format!("{ONE},{OTHER}")]).unwrap();
    }
}
