//! Channels of Chat and PubSub, and what a token may do in each: 1 to 500, names of at most 250 characters.

use crate::catalog::rule::{Rule, SHOWN, not_object};
use crate::catalog::{Input, Problem};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text::{clip, did_you_mean};

/// The most channels of one token.
const MAX_CHANNELS: usize = 500;
/// The most characters of a channel name.
const MAX_NAME: usize = 250;

/// `NAME=ACCESS`, once for each channel.
pub(super) const INPUT: Input = Input::Entries { parse, json: false, example: "lobby=rw" };

/// An object of channels, each with `read`, `write` or both.
pub(super) struct Channels {
    /// A prefix that names may not have.
    pub reserved: Option<&'static str>,
}

impl Rule for Channels {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Ok(channels) = Object::parse(raw) else { return vec![not_object()] };
        if channels.is_empty() {
            let service = "At least one channel must be specified";
            return vec![Problem::new("must name at least one channel", "no_channel_specified", service)];
        }
        let mut problems = Vec::new();
        if channels.len() > MAX_CHANNELS {
            problems.push(Problem::new(
                format!("may name at most {MAX_CHANNELS} channels, got {}", channels.len()),
                "channel_size_limit_exceeded",
                format!("{{}} exceed the maximum of {MAX_CHANNELS} channels"),
            ));
        }
        for (name, access) in channels.iter() {
            problems.extend(self.check_name(name));
            problems.extend(check_access(name, access));
        }
        problems
    }
}

impl Channels {
    fn check_name(&self, name: &str) -> Vec<Problem> {
        let length = name.chars().count();
        let too_long = (length > MAX_NAME).then(|| {
            Problem::new(
                format!("has a channel name of {length} characters; at most {MAX_NAME} are allowed"),
                "channel_name_size_limit_exceeded",
                format!("Channel names cannot be longer than {MAX_NAME} characters"),
            )
        });
        let reserved = self.reserved.filter(|prefix| name.starts_with(prefix)).map(|prefix| {
            Problem::new(
                format!("names '{}', but names that begin with {prefix} are reserved", clip(name, SHOWN)),
                "channel_name_is_reserved",
                format!("Channel names cannot begin with {prefix}"),
            )
        });
        too_long.into_iter().chain(reserved).collect()
    }
}

fn check_access(name: &str, access: &str) -> Option<Problem> {
    let access = Object::parse(access).unwrap_or_default();
    let given: Vec<&str> = ["read", "write"].iter().filter_map(|key| access.get(key)).collect();
    let name = clip(name, SHOWN);
    if given.is_empty() {
        return Some(Problem::new(
            format!("needs \"read\" or \"write\" for channel '{name}'"),
            "channel_has_missing_properties",
            "Each channel must have read, write or both properties",
        ));
    }
    given.iter().any(|value| !matches!(*value, "true" | "false")).then(|| {
        Problem::new(
            format!("needs true or false as \"read\" and \"write\" of channel '{name}'"),
            "not_a_boolean",
            "The read and write properties must be booleans",
        )
    })
}

/// `NAME=ACCESS` once for each channel, as the object that the service takes.
fn parse(flag: &str, specs: &[&str]) -> Result<Object> {
    let mut channels = Object::default();
    for spec in specs {
        let shown = clip(spec, SHOWN);
        let Some((name, access)) = spec.rsplit_once('=') else {
            let name = if spec.is_empty() { "NAME" } else { &shown };
            return Err(Failure::usage(format!("{flag} '{shown}' is missing its access"))
                .with_hint(format!("write {name}=r, {name}=w or {name}=rw")));
        };
        if name.is_empty() {
            return Err(Failure::usage(format!("{flag} '{shown}' has no name before the =")));
        }
        let (read, write) = match access {
            "r" | "read" => (true, false),
            "w" | "write" => (false, true),
            "rw" | "read-write" => (true, true),
            _ => {
                let near = did_you_mean(access, ["read", "write", "read-write"]);
                return Err(Failure::usage(format!("{flag} '{shown}' must end in =r, =w or =rw{near}")));
            }
        };
        if channels.get(name).is_some() {
            return Err(Failure::usage(format!("{flag} names '{}' twice", clip(name, SHOWN))));
        }
        channels.set(
            name,
            json::object(|json| {
                json.bool("read", read).bool("write", write);
            }),
        );
    }
    Ok(channels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_access_sends_both_booleans_and_the_last_equals_sign_separates_it() {
        assert_eq!(
            parse("--channel", &["a=r", "b=w", "c=rw", "d=e=read"]).unwrap().to_string(),
            concat!(
                r#"{"a":{"read":true,"write":false},"b":{"read":false,"write":true},"#,
                r#""c":{"read":true,"write":true},"d=e":{"read":true,"write":false}}"#
            )
        );
        for (specs, said) in [
            (&["lobby"][..], "--channel 'lobby' is missing its access"),
            (&["=rw"], "has no name before the ="),
            (&["a=x"], "must end in =r, =w or =rw"),
            (&["a=r", "a=w"], "--channel names 'a' twice"),
        ] {
            let message = parse("--channel", specs).unwrap_err().to_string();
            assert!(message.contains(said), "{message}");
        }
    }

    #[test]
    fn a_reserved_prefix_is_refused_only_where_it_is_reserved() {
        let raw = r#"{"sw_x":{"read":true}}"#;
        assert_eq!(Channels { reserved: None }.check(raw), []);
        assert_eq!(Channels { reserved: Some("sw_") }.check(raw).len(), 1);
        assert_eq!(Channels { reserved: None }.check("{}").len(), 1);
        assert_eq!(Channels { reserved: None }.check(r#"{"a":{},"b":{"read":1}}"#).len(), 2);
    }
}
