//! Credentials in environment variables: which spelling is read, and what a half or empty set means.

use super::origin::{Found, Origin};
use super::schema::{Needs, Schema, Setting, secret_variables};
use crate::app::Environment;
use crate::error::{Failure, Result};
use crate::redact::Scrubber;
use crate::secret::Secret;

/// Keeps the secrets of the environment out of every message, whether they are used or not.
pub fn scrubber(env: &Environment, schemas: &[&'static Schema]) -> Scrubber {
    let values = secret_variables(schemas).filter_map(|name| env.text(name));
    let held: Vec<Secret> = values.map(|value| Secret::new(value.to_owned())).collect();
    Scrubber::new(&held)
}

/// The needed values of a set in the environment, the secret last if it is among them, or `None` where the environment has
/// nothing of the set.
///
/// # Errors
/// Exit 3 where it is there in part, or a variable is empty or not Unicode.
pub(super) fn find(schema: &Schema, needs: Needs, env: &Environment) -> Result<Option<Vec<Found>>> {
    let all = schema.fields().map(|field| (field, first_set(field.variables, env)));
    let (names, others): (Vec<_>, Vec<_>) = all.partition(|(field, _)| needs.includes(field.key));
    // An empty variable is a mistake even where the rest of the set is missing.
    for (_, name) in &names {
        if let Some(name) = name.filter(|name| env.get(name).is_some_and(std::ffi::OsStr::is_empty)) {
            env.required(name).map_err(|failure| {
                failure.with_hint("in CI this usually is a missing secret; set it, or unset the variable")
            })?;
        }
    }
    // The rest of a set shows that all of it is meant to be here, even where it is not needed itself.
    if !names.iter().chain(&others).any(|(field, name)| field.implies_set && name.is_some()) {
        return Ok(None);
    }
    let missing: Vec<&str> = names
        .iter()
        .filter(|(_, name)| name.is_none())
        .filter_map(|(field, _)| field.variables.first().copied())
        .collect();
    if !missing.is_empty() {
        let present: Vec<&str> = names.iter().chain(&others).filter_map(|(_, name)| *name).collect();
        return Err(incomplete(&missing, &present).with_hint(match needs {
            Needs::Set => "set all of them or none; values are not combined with those of a profile",
            Needs::Only(_) => "set it too, or unset the others; values are not combined with those of a profile",
        }));
    }
    let mut set = Vec::with_capacity(names.len());
    for (field, name) in names {
        set.extend(name.map(|name| value(field.key, name, env)).transpose()?.flatten());
    }
    Ok(Some(set))
}

/// The optional settings that the environment holds. A value is judged only when it is used.
///
/// # Errors
/// Exit 3 where a variable is not Unicode, naming it.
pub(super) fn settings(settings: &[Setting], env: &Environment) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for setting in settings {
        let Some(name) = first_set(setting.variables, env) else { continue };
        let text = if env.get(name).is_some_and(std::ffi::OsStr::is_empty) {
            Some(Found { key: setting.key, value: String::new(), origin: Origin::Variable(name) })
        } else {
            value(setting.key, name, env)?
        };
        found.extend(text);
    }
    Ok(found)
}

fn value(key: &'static str, name: &'static str, env: &Environment) -> Result<Option<Found>> {
    let value = env.required_text(name)?;
    Ok(value.map(|value| Found { key, value: value.to_owned(), origin: Origin::Variable(name) }))
}

/// The first of the variables that is set, even to nothing.
fn first_set(variables: &[&'static str], env: &Environment) -> Option<&'static str> {
    variables.iter().copied().find(|name| env.get(name).is_some())
}

fn incomplete(missing: &[&str], present: &[&str]) -> Failure {
    let verb = |names: &[&str]| if names.len() == 1 { "is" } else { "are" };
    let (without, with) = (missing.join(" and "), present.join(" and "));
    Failure::configuration(format!("{without} {} not set, but {with} {}", verb(missing), verb(present)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::SCHEMA;
    use super::*;

    fn find_in(variables: &[(&str, &str)]) -> std::result::Result<Option<Vec<String>>, String> {
        let env: Environment = variables.iter().copied().collect();
        let shown = |found: Vec<Found>| found.iter().map(|found| format!("{}={}", found.origin, found.value)).collect();
        find(&SCHEMA, Needs::Set, &env).map(|set| set.map(shown)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_set_is_whole_or_an_error_or_not_there() {
        assert_eq!(find_in(&[]), Ok(None));
        let whole = [("T_USER", "u"), ("T_KEY", "k"), ("T_SECRET", "s")];
        assert_eq!(find_in(&whole), Ok(Some(vec!["T_USER=u".into(), "T_KEY=k".into(), "T_SECRET=s".into()])));
        assert_eq!(find_in(&whole[..2]), Err("T_SECRET is not set, but T_USER and T_KEY are".into()));
        assert_eq!(find_in(&whole[1..2]), Err("T_USER and T_SECRET are not set, but T_KEY is".into()));
        // The user alone does not imply the set.
        assert_eq!(find_in(&whole[..1]), Ok(None));
    }

    #[test]
    fn one_value_alone_is_enough_where_no_more_is_needed() {
        let find_key = |variables: &[(&str, &str)]| {
            let env: Environment = variables.iter().copied().collect();
            let found = find(&SCHEMA, Needs::Only("key_id"), &env).map_err(|failure| failure.to_string())?;
            Ok::<_, String>(found.map(|found| found.into_iter().map(|found| found.value).collect::<Vec<_>>()))
        };
        assert_eq!(find_key(&[("T_KEY", "k")]), Ok(Some(vec!["k".to_owned()])));
        assert_eq!(find_key(&[("T_KEY", "k"), ("T_SECRET", "")]), Ok(Some(vec!["k".to_owned()])), "it is not read");
        assert_eq!(find_key(&[("T_SECRET", "s")]), Err("T_KEY is not set, but T_SECRET is".to_owned()));
        assert_eq!(find_key(&[("T_KEY", "")]), Err("T_KEY is set but empty".to_owned()));
        assert_eq!(find_key(&[("T_USER", "u")]), Ok(None));
    }

    #[test]
    fn the_first_spelling_that_is_set_is_read_even_if_it_is_empty() {
        let both = [("T_USER", "u"), ("T_KEY", "k"), ("T_SECRET", "s"), ("T_PASSWORD", "p")];
        assert_eq!(find_in(&both).unwrap().unwrap()[2], "T_SECRET=s");
        assert_eq!(find_in(&[both[0], both[1], both[3]]).unwrap().unwrap()[2], "T_PASSWORD=p");
        let empty = [("T_SECRET", ""), ("T_PASSWORD", "p")];
        assert_eq!(find_in(&empty), Err("T_SECRET is set but empty".into()));
        assert_eq!(find_in(&[("T_USER", "")]), Err("T_USER is set but empty".into()));
    }

    #[test]
    fn settings_are_found_and_not_judged() {
        let env: Environment = [("T_ROOM", ""), ("T_ROOM_OLD", "lobby")].into_iter().collect();
        let found = settings(SCHEMA.settings, &env).unwrap();
        assert_eq!(found, [Found { key: "room", value: String::new(), origin: Origin::Variable("T_ROOM") }]);
        assert_eq!(settings(SCHEMA.settings, &Environment::default()).unwrap(), []);
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_unicode_is_named() {
        use std::os::unix::ffi::OsStrExt as _;
        let odd = std::ffi::OsStr::from_bytes(b"\xff");
        let env: Environment = [("T_ROOM", odd)].into_iter().collect();
        assert_eq!(settings(SCHEMA.settings, &env).unwrap_err().to_string(), "T_ROOM is not valid UTF-8");
    }

    #[test]
    fn secrets_of_the_environment_are_scrubbed_used_or_not() {
        let env: Environment = [("T_PASSWORD", "PTsecret"), ("T_TOKEN", "other-secret")].into_iter().collect();
        let scrubber = scrubber(&env, &[&SCHEMA]);
        assert_eq!(scrubber.scrub("a PTsecret and other-secret"), "a [redacted] and [redacted]");
    }
}
