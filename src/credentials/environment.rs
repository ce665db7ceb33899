//! Credentials in environment variables: their names, which spelling counts, and what a half or empty set means.

use std::ffi::OsStr;

use super::Secret;
use crate::app::Environment;
use crate::error::{Failure, Result};
use crate::redact::Scrubber;

/// Every variable that holds a secret of ours or of the services' own tools. None of them reaches a helper program.
pub const SECRET_VARIABLES: [&str; 5] =
    ["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN", "TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET", "TWILIO_AUTH_TOKEN"];

/// Keeps the secrets of the environment out of every message, whether they are used or not.
pub fn scrubber(env: &Environment) -> Scrubber {
    let held: Vec<Secret> =
        SECRET_VARIABLES.iter().filter_map(|name| env.text(name)).map(|value| Secret::new(value.to_owned())).collect();
    Scrubber::new(&held)
}

/// One value of a set and the variables that can hold it, in order of preference.
pub struct Variable {
    /// The key of the same value in a profile.
    pub key: &'static str,
    /// The names, the first listed that is set counting.
    pub names: &'static [&'static str],
    /// Whether its presence alone means that the set is meant to stand in the environment.
    pub telling: bool,
}

/// SignalWire's set.
pub const SIGNALWIRE: [Variable; 3] = [
    Variable {
        key: "space",
        names: &["SIGNALWIRE_SPACE", "SIGNALWIRE_SPACE_URL", "SIGNALWIRE_SPACE_NAME"],
        telling: true,
    },
    Variable { key: "project_id", names: &["SIGNALWIRE_PROJECT_ID"], telling: true },
    Variable { key: "api_token", names: &["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN"], telling: true },
];

/// Twilio's set. The account SID is often exported beside an auth token, so it alone means nothing.
pub const TWILIO: [Variable; 3] = [
    Variable { key: "account_sid", names: &["TWILIO_ACCOUNT_SID"], telling: false },
    Variable { key: "api_key_sid", names: &["TWILIO_API_KEY", "TWILIO_API_KEY_SID"], telling: true },
    Variable { key: "api_key_secret", names: &["TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET"], telling: true },
];

impl Variable {
    /// The spelling that counts, with its value.
    pub fn find<'e>(&self, env: &'e Environment) -> Option<(&'static str, &'e OsStr)> {
        self.names.iter().find_map(|name| env.get(name).map(|value| (*name, value)))
    }
}

/// The set as the environment holds it: the variable and its value for each of the three, or `None` where nothing of it
/// is there.
///
/// # Errors
/// Exit 3 where it is there in part, or a variable is empty or not Unicode.
pub fn find(set: &[Variable; 3], env: &Environment) -> Result<Option<[(&'static str, String); 3]>> {
    let found: Vec<_> = set.iter().map(|variable| variable.find(env)).collect();
    if let Some((name, _)) = found.iter().flatten().find(|(_, value)| value.is_empty()) {
        return Err(Failure::configuration(format!("{name} is set but empty"))
            .hint("in CI an empty variable usually is a secret that is missing; set it, or unset it"));
    }
    if !set.iter().zip(&found).any(|(variable, value)| variable.telling && value.is_some()) {
        return Ok(None);
    }
    let missing: Vec<&str> =
        set.iter().zip(&found).filter(|(_, value)| value.is_none()).map(|(variable, _)| variable.names[0]).collect();
    if !missing.is_empty() {
        let present: Vec<&str> = found.iter().flatten().map(|(name, _)| *name).collect();
        let verb = |names: &[&str]| if names.len() == 1 { "is" } else { "are" };
        let (without, with) = (missing.join(" and "), present.join(" and "));
        let message = format!("{without} {} not set, although {with} {}", verb(&missing), verb(&present));
        return Err(
            Failure::configuration(message).hint("set all three or none: a set is never mixed from two sources")
        );
    }
    let mut values = Vec::with_capacity(3);
    for (name, value) in found.into_iter().flatten() {
        let value = value.to_str().ok_or_else(|| Failure::configuration(format!("{name} is not valid UTF-8")))?;
        values.push((name, value.to_owned()));
    }
    Ok(values.try_into().ok())
}
