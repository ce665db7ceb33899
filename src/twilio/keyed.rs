//! `--grant KEY=JSON`: grants for which there is no flag, passed on as written. What the products make of them is not
//! known here.

use std::collections::HashSet;

use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text;

/// The key and the JSON of `--grant KEY=JSON`: the first `=` divides.
///
/// # Errors
/// Exit 2 where there is no `=` or nothing before it.
pub fn split(text: &str) -> Result<(&str, &str)> {
    match text.split_once('=') {
        Some((key, json)) if !key.is_empty() => Ok((key, json)),
        _ => Err(Failure::usage("--grant must be KEY=JSON")
            .hint("for example --grant 'player={\"player\":{}}'; the key is that of the grants claim")),
    }
}

/// A batch line whose `grant` may be written as the flag is, `"KEY=JSON"` or a list of these, with the object that this
/// means.
///
/// # Errors
/// Exit 2 as for the flag.
pub fn as_object(mut line: Object) -> Result<Object> {
    let Some(written) = line.get("grant").filter(|raw| !json::is_object(raw)) else { return Ok(line) };
    let texts = json::as_str(written).map(|text| vec![text.into_owned()]).or_else(|| json::as_strings(written));
    // What is neither is left for the check of the line to name.
    if let Some(texts) = texts {
        let grants = merged(texts.iter().map(String::as_str), "grant")?;
        line.set("grant", grants.to_string());
    }
    Ok(line)
}

/// `KEY=JSON` texts as one object; `name` is what the messages call them.
///
/// # Errors
/// Exit 2 for a key that stands twice, or what is no JSON.
pub(super) fn merged<'a>(texts: impl Iterator<Item = &'a str>, name: &str) -> Result<Object> {
    let (mut all, mut seen) = (Object::default(), HashSet::new());
    for text in texts {
        let (key, json) = split(text)?;
        let shown = text::clip(key, 60);
        if !seen.insert(key) {
            return Err(Failure::usage(format!("{name} names '{shown}' twice")));
        }
        all.set(key, json::value(json).map_err(|fault| Failure::usage(format!("{name} {shown} {fault}")))?);
    }
    Ok(all)
}

/// What is wrong with the object of `--grant`: a sentence without its subject.
pub(super) fn fault(raw: &str) -> Option<String> {
    let others = match Object::parse(raw) {
        Ok(others) => others,
        Err(fault) => return Some(fault.to_string()),
    };
    if let Some(key) = others.repeated() {
        return Some(format!("names '{}' twice", text::clip(key, 60)));
    }
    others.iter().find_map(|(key, grant)| match key {
        "" => Some("has an empty key".to_owned()),
        "identity" => Some("cannot set 'identity', which --identity does".to_owned()),
        _ if !json::is_object(grant) => Some(format!("'{}' must be a JSON object, written {{…}}", text::clip(key, 60))),
        _ => None,
    })
}

/// What is worth saying about a grant that we only pass on.
pub(super) fn advice(raw: &str) -> Vec<String> {
    let known = [
        ("ip_messaging", "is the obsolete name of the chat grant; --chat makes that one"),
        ("rtc", "is the grant of an obsolete video product; --video makes today's, and --chat that of Conversations"),
        ("player", "is a grant of Twilio Live, which ended in 2023"),
    ];
    let Ok(others) = Object::parse(raw) else {
        return Vec::new();
    };
    let found = known.iter().filter(|(key, _)| others.get(key).is_some());
    found.map(|(key, why)| format!("--grant {key} {why}")).collect()
}
