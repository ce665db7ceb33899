//! Channels of Chat and PubSub, and what a token may do in each: 1 to 500, names of at most 250 characters.

use crate::catalog::rule::{Rule, SHOWN, not_object};
use crate::catalog::{Input, Problem};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text::{clip, did_you_mean, sh_word};

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

    fn limit(&self) -> Option<String> {
        let reserved = self.reserved.map(|prefix| format!(" that do not begin with {prefix}")).unwrap_or_default();
        Some(format!("1 to {MAX_CHANNELS} channels, names of at most {MAX_NAME} characters{reserved}"))
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
        too_long.into_iter().chain(reserved).chain(odd_name(name)).collect()
    }
}

/// A warning about a name that is right, but likely not what was meant.
fn odd_name(name: &str) -> Option<Problem> {
    let sentence = if name == "*" {
        "has a channel named '*'; SignalWire documents no wildcards".to_owned()
    } else if name.trim() != name {
        format!("has blanks around the channel name '{}', which are part of it", clip(name, SHOWN))
    } else {
        return None;
    };
    Some(Problem::ours(sentence).soft())
}

fn check_access(name: &str, access: &str) -> Vec<Problem> {
    let access = Object::parse(access).unwrap_or_default();
    let given: Vec<&str> = ["read", "write"].iter().filter_map(|key| access.get(key)).collect();
    let name = clip(name, SHOWN);
    let unknown = access.iter().find(|(key, _)| !matches!(*key, "read" | "write")).map(|(key, _)| {
        let sentence = format!("has the unknown field '{}' in channel '{name}'; sent as is", clip(key, SHOWN));
        Problem::new(sentence, "invalid_parameter", "Each channel can only have read and write properties").soft()
    });
    let problem = if given.is_empty() {
        Some(Problem::new(
            format!("needs \"read\" or \"write\" for channel '{name}'"),
            "channel_has_missing_properties",
            "Each channel must have read, write or both properties",
        ))
    } else if given.iter().any(|value| !matches!(*value, "true" | "false")) {
        Some(Problem::new(
            format!("needs true or false as \"read\" and \"write\" of channel '{name}'"),
            "not_a_boolean",
            "The read and write properties must be booleans",
        ))
    } else if !given.contains(&"true") {
        Some(Problem::ours(format!("grants nothing in channel '{name}'")).soft())
    } else {
        None
    };
    problem.into_iter().chain(unknown).collect()
}

/// `NAME=ACCESS` once for each channel, as the object that the service takes.
fn parse(flag: &str, specs: &[&str]) -> Result<Object> {
    let mut channels = Object::default();
    for spec in specs {
        let Some((name, access)) = spec.rsplit_once('=') else { return Err(without_access(flag, spec)) };
        let shown = clip(spec, SHOWN);
        if name.is_empty() {
            return Err(Failure::usage(format!("{flag} '{shown}' has no name before the =")));
        }
        let several = several(spec);
        if several.len() > 1 {
            let each: Vec<String> = several.iter().map(|one| format!("-c {}", sh_word(&clip(one, SHOWN)))).collect();
            return Err(Failure::usage(format!("{flag} '{shown}' looks like {} channels", several.len()))
                .with_hint(format!("write {}; --channels takes any name", each.join(" "))));
        }
        let Some((read, write)) = rights(access) else {
            let trimmed = access.trim();
            if trimmed != access && rights(trimmed).is_some() {
                return Err(Failure::usage(format!("{flag} '{shown}' must end in =r, =w or =rw"))
                    .with_hint(format!("remove the spaces: -c {}={trimmed}", sh_word(&clip(name.trim(), SHOWN)))));
            }
            let near = did_you_mean(access, ["read", "write", "read-write"]);
            return Err(Failure::usage(format!("{flag} '{shown}' must end in =r, =w or =rw{near}")));
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

/// What an access lets a token do: read, and write.
fn rights(access: &str) -> Option<(bool, bool)> {
    match access {
        "r" | "read" => Some((true, false)),
        "w" | "write" => Some((false, true)),
        "rw" | "read-write" => Some((true, true)),
        _ => None,
    }
}

/// What people put between two channels.
const BETWEEN: [char; 3] = [',', ';', ' '];
/// What people put in place of the equals sign.
const FOR_EQUALS: [char; 4] = [',', ';', ' ', ':'];

/// The channels that one text seems to hold: it is divided behind each access that more text follows.
fn several(spec: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = spec;
    for (place, _) in spec.match_indices('=') {
        // Behind the place where the last channel ended.
        let Some(start) = place.checked_sub(spec.len() - rest.len()).filter(|start| *start > 0) else { continue };
        let after = &rest[start + 1..];
        let Some(end) = after.find(BETWEEN).filter(|end| rights(&after[..*end]).is_some()) else { continue };
        let next = after[end..].trim_start_matches(BETWEEN);
        if next.contains('=') {
            found.push(&rest[..start + 1 + end]);
            rest = next;
        }
    }
    found.push(rest);
    found
}

/// The failure of a channel with no equals sign.
fn without_access(flag: &str, spec: &str) -> Failure {
    let shown = clip(spec, SHOWN);
    let failure = Failure::usage(format!("{flag} '{shown}' is missing its access"));
    let meant = spec.rsplit_once(FOR_EQUALS).map(|(name, access)| (name.trim_end_matches(FOR_EQUALS), access));
    if let Some((name, access)) = meant.filter(|(name, access)| !name.is_empty() && rights(access).is_some()) {
        return failure.with_hint(format!("write -c {}", sh_word(&format!("{}={access}", clip(name, SHOWN)))));
    }
    let name = if spec.is_empty() { "NAME" } else { &shown };
    failure.with_hint(format!("write {name}=r, {name}=w or {name}=rw"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_around_the_equals_sign_are_to_be_removed() {
        for spec in ["a = rw", "a= rw"] {
            let failure = parse("--channel", &[spec]).unwrap_err();
            assert_eq!(failure.hint(), Some("remove the spaces: -c a=rw"), "{spec}");
        }
    }

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
            (&["a=r,b=w"], "--channel 'a=r,b=w' looks like 2 channels"),
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

    #[test]
    fn channels_in_one_text_are_told_apart_from_odd_names() {
        let pieces = |spec: &str| several(spec).join("|");
        assert_eq!(pieces("lobby=rw,news=r"), "lobby=rw|news=r");
        assert_eq!(pieces("a=read-write, b=w;c=r"), "a=read-write|b=w|c=r");
        for name in ["lobby=rw", "a,b=r", "d=e=read", "x=1,y=2=r", "=r,b=w", "a=rw,b", "a:b=r"] {
            assert_eq!(pieces(name), name);
        }
    }

    #[test]
    fn what_is_likely_meant_for_an_equals_sign_is_written_out() {
        let hint = |spec: &str| parse("--channel", &[spec]).unwrap_err().hint().unwrap_or_default().to_owned();
        for spec in ["lobby:rw", "lobby,rw", "lobby rw", "lobby: rw"] {
            assert_eq!(hint(spec), "write -c lobby=rw");
        }
        assert_eq!(hint("two words:r"), "write -c 'two words=r'");
        assert_eq!(hint("lobby:all"), "write lobby:all=r, lobby:all=w or lobby:all=rw");
        assert_eq!(hint("lobby=rw,news=r"), "write -c lobby=rw -c news=r; --channels takes any name");
    }

    #[test]
    fn what_is_surely_odd_is_a_warning_and_an_unknown_right_is_refused_by_the_service_alone() {
        let one = |raw: &str| {
            let problems = Channels { reserved: None }.check(raw);
            assert!(problems.len() == 1 && problems[0].is_soft(), "{raw}: {problems:?}");
            (problems[0].to_string(), problems[0].complaint("Channels").map(|(code, _)| code))
        };
        assert_eq!(one(r#"{"*":{"read":true}}"#).1, None);
        assert_eq!(one(r#"{" a ":{"read":true}}"#).1, None);
        assert_eq!(one(r#"{"a":{"read":false}}"#), ("grants nothing in channel 'a'".to_owned(), None));
        assert_eq!(one(r#"{"a":{"read":true,"raed":true}}"#).1, Some("invalid_parameter"));
    }
}
