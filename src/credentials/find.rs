//! The search for a set: a named profile, the environment, the default profile, and what is said where all have none.

use std::path::Path;
use std::time::Duration;

use super::config::{Config, SecretSource};
use super::helper::{self, Terms};
use super::origin::{Found, Origin};
use super::schema::{BuiltIn, EMULATOR, Needs, Schema, secret_variables};
use super::set::{Set, Source, trim_value};
use super::{environment, load, locate};
use crate::app::{App, Environment, Notes};
use crate::error::{Failure, Result};
use crate::secret::Secret;
use crate::text;

/// Where to look, as far as the command line says, and what a credential helper may use.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// `--profile`.
    pub profile: Option<&'a str>,
    /// `--config`.
    pub config: Option<&'a Path>,
    /// The schemas of all providers.
    pub schemas: &'static [&'static Schema],
    /// How much of a set is wanted.
    pub needs: Needs,
    /// Whether something else reads our standard input.
    pub stdin_taken: bool,
    /// `--timeout`.
    pub timeout: Option<Duration>,
}

impl Wanted<'_> {
    fn terms(&self) -> Terms {
        Terms::new(self.stdin_taken, self.timeout, secret_variables(self.schemas).collect())
    }
}

/// The set of a provider, or `None` where no source has one.
///
/// # Errors
/// Exit 3 where the source that counts is incomplete or malformed, naming it and what is wrong. A profile that was named
/// must have the set.
pub fn find(schema: &'static Schema, wanted: Wanted, app: &App) -> Result<Option<Set>> {
    let set = find_any(schema, wanted, app)?;
    match (&set, chosen_profile(wanted, &app.env)?) {
        (None, Some(name)) if wanted.profile.is_some() => Err(not_in_profile(schema, &name)),
        (None, Some(name)) => Err(not_in_profile(schema, &name).context("TOKENMINT_PROFILE")),
        _ => Ok(set),
    }
}

/// As [`find`], but a profile that was named may have the sets of other providers only.
///
/// # Errors
/// Exit 3 as there.
pub fn find_any(schema: &'static Schema, wanted: Wanted, app: &App) -> Result<Option<Set>> {
    let env = &app.env;
    if env.get(helper::MARK).is_some() {
        return Err(Failure::configuration("tokenmint was started by its own credential helper")
            .with_hint("let the *_command of the profile read the secret from where it is stored"));
    }
    // Looked at even where no file will be opened: an empty variable is a mistake in any case.
    locate::check_variable(wanted.config, env)?;
    if let Some(name) = chosen_profile(wanted, env)? {
        return named_profile(schema, &name, wanted, app);
    }
    match from_environment(schema, wanted, app)? {
        Some(set) => Ok(Some(set)),
        None => default_profile(schema, wanted, app),
    }
}

/// The profile that was named, by the flag or by `TOKENMINT_PROFILE`.
///
/// # Errors
/// Exit 3 for a variable that is empty or not Unicode.
pub fn chosen_profile(wanted: Wanted, env: &Environment) -> Result<Option<String>> {
    if let Some(name) = wanted.profile {
        return Ok(Some(name.to_owned()));
    }
    let name =
        env.required_text("TOKENMINT_PROFILE").map_err(|failure| failure.with_hint("unset it, or name a profile"))?;
    Ok(name.map(str::to_owned))
}

/// The settings next to a set, for values that were asked for without saying which: the profile's, then the
/// environment's. A profile that was asked for by name shuts the environment out.
///
/// # Errors
/// Exit 3 where a variable is not Unicode.
pub fn settings(schema: &Schema, set: Option<&Set>, wanted: Wanted, env: &Environment) -> Result<Vec<Found>> {
    let mut found = set.map_or_else(Vec::new, |set| set.settings.clone());
    if chosen_profile(wanted, env).is_ok_and(|name| name.is_none()) {
        for other in environment::settings(schema.settings, env)? {
            if found.iter().all(|known| known.key != other.key) {
                found.push(other);
            }
        }
    }
    Ok(found)
}

/// What is said when no source has the set.
pub fn none_found(schema: &Schema, needs: Needs, env: &Environment) -> Failure {
    if let Some(failure) = (schema.explain_missing)(env) {
        return failure;
    }
    let what = match needs {
        Needs::Set => "credentials".to_owned(),
        Needs::Only(key) => key.replace('_', " "),
    };
    let emulator = if schema.is_emulated() { ", or try --profile emulator" } else { "" };
    Failure::configuration(format!("no {} {what} found", schema.provider)).with_hint(format!(
        "set {} ({}), or choose a profile with --profile or default_profile (tokenmint profile add NAME creates one){emulator}",
        schema.usual_variables(needs).join(", "),
        schema.console
    ))
}

/// Why a profile that was named does not do.
pub fn not_in_profile(schema: &Schema, name: &str) -> Failure {
    match schema.built_in {
        BuiltIn::NotEmulated { message, hint } if name == EMULATOR => Failure::configuration(message).with_hint(hint),
        _ => {
            let shown = text::clip(name, 60);
            Failure::configuration(format!("profile '{shown}' has no section [profiles.{shown}.{}]", schema.section))
        }
    }
}

fn named_profile(schema: &'static Schema, name: &str, wanted: Wanted, app: &App) -> Result<Option<Set>> {
    let env = &app.env;
    if name == EMULATOR {
        // No file is needed here, but one that defines a profile of this name is not passed over.
        if let Ok(location) = locate::locate(wanted.config, env) {
            load::refuse_own_emulator(&location.path)?;
        }
        return emulator(schema, wanted);
    }
    let config =
        locate::locate(wanted.config, env).and_then(|location| Config::read(&location.path, env, wanted.schemas));
    let config = config.map_err(|failure| failure.context(format!("profile '{}'", text::clip(name, 60))))?;
    from_profile(schema, &config, name, wanted, &app.notes)
}

fn from_environment(schema: &'static Schema, wanted: Wanted, app: &App) -> Result<Option<Set>> {
    let env = &app.env;
    let Some(mut public) = environment::find(schema, wanted.needs, env)? else { return Ok(None) };
    let names = public.iter().filter_map(|found| match found.origin {
        Origin::Variable(name) => Some(name),
        _ => None,
    });
    let source = Source::Environment(names.collect());
    let secret = if wanted.needs == Needs::Set { public.pop() } else { None };
    let usual = schema.secret.variables.first().copied().unwrap_or_default();
    let secret_origin = secret.as_ref().map_or(Origin::Variable(usual), |found| found.origin.clone());
    for found in &mut public {
        found.value = trim_value(&found.value, &found.origin.to_string(), &app.notes)?;
    }
    Ok(Some(Set {
        schema,
        source,
        public,
        settings: Vec::new(),
        secret: secret.map(|found| SecretSource::Literal(Secret::new(found.value))),
        secret_origin,
        terms: wanted.terms(),
    }))
}

fn default_profile(schema: &'static Schema, wanted: Wanted, app: &App) -> Result<Option<Set>> {
    let env = &app.env;
    let location = locate::locate(wanted.config, env)?;
    if !location.explicit && !location.path.exists() {
        return Ok(None);
    }
    let config = Config::read(&location.path, env, wanted.schemas)?;
    match config.default_profile.as_deref() {
        None => Ok(None),
        Some(EMULATOR) => emulator(schema, wanted),
        Some(name) => {
            config.require_default(name)?;
            from_profile(schema, &config, name, wanted, &app.notes)
        }
    }
}

fn from_profile(
    schema: &'static Schema,
    config: &Config,
    name: &str,
    wanted: Wanted,
    notes: &Notes,
) -> Result<Option<Set>> {
    let Some(section) = config.profile(name)?.section(schema.section) else { return Ok(None) };
    let shown = text::clip(name, 60);
    let missing = |key: &str| {
        Failure::configuration(format!("profile '{shown}' is missing {key}")).with_hint(format!(
            "add it to [profiles.{shown}.{}] in {}",
            schema.section,
            text::path(&config.path)
        ))
    };
    let origin = |key, suffix| Origin::Profile { key, suffix, profile: name.to_owned() };
    let mut public = Vec::with_capacity(schema.public.len());
    for field in schema.public.iter().filter(|field| wanted.needs.includes(field.key)) {
        let (key, origin) = (field.key, origin(field.key, ""));
        let value = section.get(key).ok_or_else(|| missing(key))?;
        public.push(Found { key, value: trim_value(value, &origin.to_string(), notes)?, origin });
    }
    let secret = match wanted.needs {
        Needs::Set => Some(section.secret.clone().ok_or_else(|| missing(schema.secret.key))?),
        Needs::Only(_) => None,
    };
    let settings = schema.settings.iter().filter_map(|setting| {
        let value = section.get(setting.key)?.to_owned();
        Some(Found { key: setting.key, value, origin: origin(setting.key, "") })
    });
    Ok(Some(Set {
        schema,
        source: Source::Profile { name: name.to_owned(), path: config.path.clone() },
        public,
        settings: settings.collect(),
        secret_origin: origin(schema.secret.key, secret.as_ref().map_or("", SecretSource::suffix)),
        secret,
        terms: wanted.terms(),
    }))
}

fn emulator(schema: &'static Schema, wanted: Wanted) -> Result<Option<Set>> {
    let (public, secret) = match schema.built_in {
        BuiltIn::Set(public, secret) => (public, secret),
        BuiltIn::NotBuilt => {
            return Err(Failure::configuration("this tokenmint was built without its emulator")
                .with_hint("build it with --features emulator"));
        }
        BuiltIn::NotEmulated { .. } => return Ok(None),
    };
    let all = schema.public.iter().zip(public).filter(|(field, _)| wanted.needs.includes(field.key));
    let public = all.map(|(field, value)| Found {
        key: field.key,
        value: (*value).to_owned(),
        origin: Origin::Emulator { key: field.key },
    });
    Ok(Some(Set {
        schema,
        source: Source::Emulator,
        public: public.collect(),
        settings: Vec::new(),
        secret: (wanted.needs == Needs::Set).then(|| SecretSource::Literal(Secret::new(secret.to_owned()))),
        secret_origin: Origin::Emulator { key: schema.secret.key },
        terms: wanted.terms(),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SCHEMA, SCHEMAS};
    use super::*;

    /// A folder with this configuration, and what `find` gives for it and for these variables.
    fn find_with(config: &str, profile: Option<&str>, variables: &[(&str, &str)]) -> Result<Option<Set>> {
        let folder = crate::os::temporary_folder();
        let path = folder.path().join("config.toml");
        std::io::Write::write_all(&mut crate::os::create_private(&path).unwrap(), config.as_bytes()).unwrap();
        let env: Environment = variables.iter().copied().collect();
        let wanted = Wanted {
            profile,
            config: Some(&path),
            needs: Needs::Set,
            schemas: &SCHEMAS,
            stdin_taken: false,
            timeout: None,
        };
        find(&SCHEMA, wanted, &App { env, ..App::of_process() })
    }

    const CONFIG: &str = "default_profile = 'dev'\n\
        [profiles.dev.test]\nuser = 'dev-user'\nkey_id = 'dev-key'\npassword = 'dev-secret'\nroom = 'lobby'\n\
        [profiles.ci.test]\nuser = 'ci-user'\nkey_id = 'ci-key'\npassword_file = 'nowhere'\n\
        [profiles.half.test]\nuser = 'half-user'\npassword = 'half-secret'\n[profiles.none]\n";
    const VARIABLES: [(&str, &str); 3] = [("T_USER", "env-user"), ("T_KEY", "env-key"), ("T_SECRET", "env-secret")];

    #[test]
    fn a_named_profile_comes_before_the_environment_and_that_before_the_default_profile() {
        let user = |profile, variables: &[(&str, &str)]| {
            let set = find_with(CONFIG, profile, variables).unwrap().unwrap();
            (set.public("user").to_owned(), set.describe("user"))
        };
        assert_eq!(user(Some("ci"), &VARIABLES), ("ci-user".into(), "user of profile 'ci'".into()));
        assert_eq!(user(None, &VARIABLES), ("env-user".into(), "T_USER".into()));
        assert_eq!(user(None, &[]), ("dev-user".into(), "user of profile 'dev'".into()));
        assert_eq!(user(None, &[("TOKENMINT_PROFILE", "ci")]).0, "ci-user");
        assert_eq!(user(Some("emulator"), &VARIABLES), ("built-in-user".into(), "user of the emulator".into()));
        assert!(find_with("", None, &[]).unwrap().is_none());
        assert!(find_with("default_profile = 'none'\n[profiles.none]\n", None, &[]).unwrap().is_none());
    }

    #[test]
    fn the_secret_is_where_the_rest_of_the_set_is() {
        let place = |profile, variables: &[(&str, &str)]| {
            find_with(CONFIG, profile, variables).unwrap().unwrap().secret_origin().to_string()
        };
        assert_eq!(place(None, &VARIABLES), "T_SECRET");
        assert_eq!(place(None, &[]), "password of profile 'dev'");
        assert_eq!(place(Some("ci"), &[]), "password_file of profile 'ci'");
    }

    #[test]
    fn an_incomplete_source_is_an_error_and_no_other_is_asked() {
        let refused =
            |profile, variables: &[(&str, &str)]| find_with(CONFIG, profile, variables).unwrap_err().to_string();
        assert_eq!(refused(Some("half"), &VARIABLES), "profile 'half' is missing key_id");
        assert_eq!(refused(Some("none"), &VARIABLES), "profile 'none' has no section [profiles.none.test]");
        assert_eq!(refused(None, &VARIABLES[1..]), "T_USER is not set, but T_KEY and T_SECRET are");
        assert_eq!(refused(None, &[("TOKENMINT_PROFILE", "")]), "TOKENMINT_PROFILE is set but empty");
        assert_eq!(refused(None, &[("TOKENMINT_HELPER", "1")]), "tokenmint was started by its own credential helper");
    }

    #[test]
    fn settings_come_from_the_profile_then_from_the_environment_unless_a_profile_is_named() {
        let env: Environment = [("T_ROOM", "env-room"), ("T_REGION", "env-region")].into_iter().collect();
        let all = |profile, set: Option<&Set>| -> Vec<String> {
            let wanted = Wanted {
                profile,
                config: None,
                needs: Needs::Set,
                schemas: &SCHEMAS,
                stdin_taken: false,
                timeout: None,
            };
            let found = settings(&SCHEMA, set, wanted, &env).unwrap();
            found.iter().map(|found| format!("{}={}", found.key, found.value)).collect()
        };
        let set = find_with(CONFIG, Some("dev"), &[]).unwrap();
        assert_eq!(all(None, set.as_ref()), ["room=lobby", "region=env-region"]);
        assert_eq!(all(Some("dev"), set.as_ref()), ["room=lobby"]);
        assert_eq!(all(None, None), ["room=env-room", "region=env-region"]);
    }

    #[test]
    fn without_any_source_the_ways_are_listed() {
        let failure = none_found(&SCHEMA, Needs::Set, &Environment::default());
        assert_eq!(failure.to_string(), "no Test credentials found");
        let hint = failure.hint().unwrap();
        assert!(
            hint.starts_with("set T_USER, T_KEY, T_SECRET (Test Console), or ") && hint.ends_with("--profile emulator"),
            "{hint}"
        );
    }
}
