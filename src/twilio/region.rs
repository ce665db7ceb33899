//! Twilio's regions, one of which every API key belongs to. A region travels in the token's header as `twr`.

use crate::app::Environment;
use crate::catalog::Problem;
use crate::catalog::rule::{Rule, not_string};
use crate::json;
use crate::text;

/// The regions that Twilio's pages name (Global Infrastructure; `jp1` in the pages of its command-line tool).
pub const KNOWN: [&str; 4] = ["us1", "ie1", "au1", "jp1"];

/// The region of keys that were made without choosing one, and the only one that Video takes.
pub const DEFAULT: &str = "us1";

/// A region, documented or not.
pub(super) struct Region;

impl Rule for Region {
    fn check(&self, raw: &str) -> Vec<Problem> {
        match json::as_str(raw) {
            None => vec![not_string()],
            Some(region) => fault(&region).map(Problem::ours).into_iter().collect(),
        }
    }

    fn suggestions(&self) -> &'static [&'static str] {
        &KNOWN
    }
}

/// What is wrong with a region.
pub(super) fn fault(region: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    // The known ones have three characters. Nothing that could be an id or a secret passes, since a region is shown.
    if (1..=16).contains(&region.len()) && region.bytes().all(plain) {
        return None;
    }
    let lower = region.to_ascii_lowercase();
    Some(format!("must be a region such as us1, ie1 or au1{}", text::did_you_mean(&lower, KNOWN)))
}

/// A note on a region that is not documented.
pub fn advice(region: &str) -> Option<String> {
    if KNOWN.contains(&region) {
        return None;
    }
    Some(format!(
        "region '{region}' is not one that Twilio documents ({}){}",
        KNOWN.join(", "),
        text::did_you_mean(region, KNOWN)
    ))
}

/// Twilio's edges that belong to one region each: where a client of that region connects.
const EDGES: [(&str, &str); 3] = [("dublin", "ie1"), ("sydney", "au1"), ("tokyo", "jp1")];

/// A hint for a token without a region, where the environment speaks of another region than the default. Twilio's own
/// programs read these variables for their requests; they say nothing certain about the key, so they set nothing here.
pub(super) fn likely(env: &Environment) -> Option<String> {
    let region = env.text("TWILIO_REGION").filter(|region| *region != DEFAULT);
    let edge = env.text("TWILIO_EDGE").filter(|edge| *edge != "ashburn");
    let (variable, value, meant) = match (region, edge) {
        (Some(region), _) => ("TWILIO_REGION", region, region),
        (None, Some(edge)) => {
            let known = EDGES.iter().find(|(name, _)| edge.strip_suffix("-ix").unwrap_or(edge) == *name);
            ("TWILIO_EDGE", edge, known.map_or("", |(_, region)| region))
        }
        (None, None) => return None,
    };
    // What is no region may be anything, a secret too, and is not shown.
    let value = if fault(value).is_none() { format!("{variable} is {value}") } else { format!("{variable} is set") };
    let flag = if fault(meant).is_none() { format!("--region {meant}") } else { "--region".to_owned() };
    Some(format!("{value}, but this token names no region; an API key outside us1 needs {flag}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_speaks_of_another_region_is_named() {
        let hint = |name: &str, value: &str| likely(&[(name, value)].into_iter().collect());
        let said = |variable: &str, flag: &str| {
            Some(format!("{variable}, but this token names no region; an API key outside us1 needs {flag}"))
        };
        assert_eq!(hint("TWILIO_REGION", "ie1"), said("TWILIO_REGION is ie1", "--region ie1"));
        assert_eq!(hint("TWILIO_EDGE", "sydney-ix"), said("TWILIO_EDGE is sydney-ix", "--region au1"));
        assert_eq!(hint("TWILIO_EDGE", "frankfurt"), said("TWILIO_EDGE is frankfurt", "--region"));
        assert_eq!(hint("TWILIO_REGION", "A secret?"), said("TWILIO_REGION is set", "--region"));
        for (name, value) in [("TWILIO_REGION", "us1"), ("TWILIO_EDGE", "ashburn"), ("TWILIO_REGION", ""), ("X", "ie1")]
        {
            assert_eq!(hint(name, value), None, "{name} {value}");
        }
    }

    #[test]
    fn known_regions_pass_unknown_ones_warn_and_others_fail() {
        assert!(KNOWN.iter().all(|region| fault(region).is_none() && advice(region).is_none()));
        assert!(fault("sg1").is_none() && advice("sg1").is_some());
        for wrong in ["0123456789abcdef0", "", "IE1", "ie1 ", "\"ie1\"", "ie1\n", "é"] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
        assert!(fault("IE1").is_some_and(|fault| fault.contains("did you mean 'ie1'?")));
    }
}
