//! `--grant KEY=JSON`: grants for which there is no flag, passed on as written.

use std::collections::HashSet;

use crate::catalog::rule::{Rule, SHOWN};
use crate::catalog::{Input, Problem};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text::clip;

/// `KEY=JSON`, once for each grant.
pub(super) const INPUT: Input = Input::Entries { parse, json: true, example: "'player={\"player\":{}}'" };

const HINT: &str = "for example --grant 'player={\"player\":{}}'; the key is that of the grants claim";

/// Objects under the keys of the `grants` claim, all but that of the identity.
pub(super) struct OtherGrants;

impl Rule for OtherGrants {
    fn check(&self, raw: &str) -> Vec<Problem> {
        fault(raw).map(Problem::ours).into_iter().collect()
    }
}

fn fault(raw: &str) -> Option<String> {
    let others = match Object::parse(raw) {
        Ok(others) => others,
        Err(fault) => return Some(fault.to_string()),
    };
    if let Some(key) = others.repeated() {
        return Some(format!("names '{}' twice", clip(key, SHOWN)));
    }
    others.iter().find_map(|(key, grant)| match key {
        "" => Some("has an empty key".to_owned()),
        "identity" => Some("cannot set 'identity'; use --identity".to_owned()),
        _ if !json::is_object(grant) => Some(format!("'{}' must be a JSON object, written {{…}}", clip(key, SHOWN))),
        _ => None,
    })
}

/// `KEY=JSON` texts as one object: the first `=` separates.
fn parse(name: &str, texts: &[&str]) -> Result<Object> {
    let (mut all, mut seen) = (Object::default(), HashSet::new());
    for text in texts {
        let Some((key, json)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Failure::usage(format!("{name} must be KEY=JSON")).with_hint(HINT));
        };
        let shown = clip(key, SHOWN);
        if !seen.insert(key) {
            return Err(Failure::usage(format!("{name} names '{shown}' twice")));
        }
        let wrong = |fault| Failure::usage(format!("{name} {shown} {fault}")).with_hint(HINT);
        all.set(key, json::value(json).map_err(wrong)?);
    }
    Ok(all)
}

/// Notes on grants that are only passed on.
pub(super) fn advice(raw: &str) -> Vec<String> {
    let known = [
        ("ip_messaging", "is the obsolete name of the chat grant; use --chat"),
        ("rtc", "is the grant of an obsolete video product; use --video, or --chat for Conversations"),
        ("player", "is a grant of Twilio Live, which ended in 2023"),
    ];
    let Ok(others) = Object::parse(raw) else { return Vec::new() };
    let found = known.iter().filter(|(key, _)| others.get(key).is_some());
    found.map(|(key, why)| format!("--grant {key} {why}")).collect()
}
