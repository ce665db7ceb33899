//! The `profile` command: what profiles there are, what would be used and from where, and whether the service takes it.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use crate::app::World;
use crate::catalog::{Endpoint, Kind};
use crate::commands::{mint, refusal};
use crate::credentials::config::{self, Config};
use crate::credentials::locate::locate;
use crate::credentials::{self, EMULATOR, Found, Schema, Set, Wanted};
use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::http::{Mode, Request, Settings};
use crate::options::{Action, General, Profile};
use crate::os;
use crate::output::deliver;
use crate::output::report::Report;
use crate::providers::{self, SCHEMAS};
use crate::redact::REDACTED;
use crate::text;

/// The commented file that `profile init` writes, which is also the example in the repository.
const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Does what was asked for and gives the exit status.
///
/// # Errors
/// Exit 3 for configuration that is missing or malformed, 6 where `check` reaches nobody.
pub fn run(profile: &Profile, general: &General, world: &World, report: &Report, notes: &mut Vec<Note>) -> Result<u8> {
    let looker = Looker { general, world, json: profile.json };
    let text = match &profile.action {
        Action::List => looker.list()?,
        Action::Show(name) => looker.show(name.as_deref(), notes)?,
        Action::Check(name, settings) => return looker.check(name.as_deref(), settings, report, notes),
        Action::Init => looker.init(notes)?,
        Action::Path => looker.path()?,
    };
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}

struct Looker<'a> {
    general: &'a General,
    world: &'a World,
    json: bool,
}

impl Looker<'_> {
    fn wanted<'n>(&'n self, name: Option<&'n str>) -> Wanted<'n> {
        Wanted {
            profile: name.or(self.general.profile.as_deref()),
            config: self.general.config.as_deref(),
            schemas: &SCHEMAS,
            stdin_taken: false,
            timeout: None,
        }
    }

    fn list(&self) -> Result<String> {
        let location = locate(self.general.config.as_deref(), &self.world.env)?;
        let config = if location.explicit || location.path.exists() {
            Config::read(&location.path, &self.world.env, &SCHEMAS)?
        } else {
            Config::default()
        };
        let default = config.default_profile.as_deref();
        let profiles = config.profiles.iter().map(|(name, profile)| (name.as_str(), sections(profile)));
        let emulated = SCHEMAS.iter().filter(|schema| schema.is_emulated()).map(|schema| schema.section).collect();
        let profiles = profiles.chain([(EMULATOR, emulated)]);
        if self.json {
            let profiles = profiles.map(|(name, services): (_, Vec<&str>)| {
                json!({ "name": name, "default": default == Some(name), "built_in": name == EMULATOR, "services": services })
            });
            return Ok(line(&json!({ "path": text::path(&location.path), "profiles": profiles.collect::<Vec<_>>() })));
        }
        Ok(profiles.fold(String::new(), |text, (name, services)| {
            let mark = if default == Some(name) { "  (default)" } else { "" };
            let built_in = if name == EMULATOR { "  (built in)" } else { "" };
            text + &format!("{}  {}{mark}{built_in}\n", text::clip(name, 60), services.join(", "))
        }))
    }

    fn show(&self, name: Option<&str>, notes: &mut Vec<Note>) -> Result<String> {
        let (wanted, env) = (self.wanted(name), &self.world.env);
        let find =
            |schema: &&'static Schema| credentials::find_any(schema, wanted, env, notes).map(|set| (*schema, set));
        let sets = SCHEMAS.iter().map(find).collect::<Result<Vec<_>>>()?;
        if sets.iter().all(|(_, set)| set.is_none()) {
            return Err(match credentials::chosen_profile(wanted, env)? {
                Some(name) => credentials::not_in_profile(SCHEMAS[0], &name),
                None => credentials::none_found(SCHEMAS[0], env),
            });
        }
        let mut text = String::new();
        let mut object = serde_json::Map::new();
        for (schema, set) in sets {
            let Some(set) = set else {
                object.insert(schema.section.to_owned(), serde_json::Value::Null);
                continue;
            };
            let settings = credentials::settings(schema, Some(&set), wanted, env)?;
            let rows = rows(&set, &settings, notes);
            text += &in_words(schema.section, &set, &rows);
            object.insert(schema.section.to_owned(), as_object(&set, &rows));
        }
        Ok(if self.json { line(&object.into()) } else { text })
    }

    fn check(&self, name: Option<&str>, settings: &Settings, report: &Report, notes: &mut Vec<Note>) -> Result<u8> {
        let wanted = Wanted { timeout: Some(settings.timeout), ..self.wanted(name) };
        let way = mint::Way::find(wanted, settings, Mode::Single, self.world, report, notes)?;
        let trace = |text: &str| report.trace(text);
        let mut rows = Vec::new();
        let asked = providers::kinds().filter_map(|kind| Some((kind, kind.endpoint()?)));
        for (kind, endpoint) in asked {
            rows.push((kind, endpoint, way.client.probe(&Request::basic(endpoint.path, "{}"), &trace)?));
        }
        let refused: Vec<(&str, u16)> = rows
            .iter()
            .filter(|(_, _, status)| verdict(*status) == Some(false))
            .map(|(_, endpoint, status)| (endpoint.scope, *status))
            .collect();
        let unclear = rows.iter().find(|(_, _, status)| verdict(*status).is_none());
        if let Some((_, endpoint, status)) = unclear.filter(|_| refused.is_empty()) {
            let path = endpoint.path;
            let message = format!("unexpected status {status} from {path}; cannot tell whether the credentials work");
            let hint = if matches!(status, 429 | 500..) { "try again later" } else { "check the space name" };
            return Err(Failure::unavailable(message).with_status(*status).with_hint(hint));
        }
        let text = self.verdicts(&way, &rows);
        deliver::stdout(text.as_bytes())?;
        if refused.is_empty() {
            return Ok(0);
        }
        let failure = Failure::message(
            Category::CredentialsRefused,
            format!("{} of {} endpoints refuse these credentials", refused.len(), rows.len()),
        );
        let (scopes, statuses): (Vec<&str>, Vec<u16>) = refused.into_iter().unzip();
        // One endpoint that accepts them proves the rest of the set.
        let accepted = rows.iter().any(|(_, _, status)| verdict(*status) == Some(true));
        let hint = if accepted { refusal::missing_scopes(&scopes) } else { way.refusal.of_all(&statuses) };
        Err(failure.with_hint(hint))
    }

    /// What `check` found, endpoint by endpoint.
    fn verdicts(&self, way: &mint::Way, rows: &[(&Kind, &Endpoint, u16)]) -> String {
        if self.json {
            let endpoints = rows.iter().map(|(kind, endpoint, status)| {
                let (kind, path, scope) = (kind.name, endpoint.path, endpoint.scope);
                json!({ "kind": kind, "path": path, "scope": scope, "authorised": verdict(*status), "status": status })
            });
            let endpoints: Vec<_> = endpoints.collect();
            return line(&json!({ "source": way.source, "space": way.space, "endpoints": endpoints }));
        }
        let width = rows.iter().map(|(kind, ..)| kind.name.len()).max().unwrap_or_default() + 2;
        rows.iter().fold(format!("{} with {}\n", way.space, way.source), |text, (kind, endpoint, status)| {
            let said = match verdict(*status) {
                Some(true) => "may be used".to_owned(),
                Some(false) => format!("refused ({status}); the scope is {}", endpoint.scope),
                None => format!("unclear ({status})"),
            };
            text + &format!("  {:width$}{said}\n", kind.name)
        })
    }

    fn init(&self, notes: &mut Vec<Note>) -> Result<String> {
        let path = locate(self.general.config.as_deref(), &self.world.env)?.path;
        let place = text::path(&path);
        let cannot = || format!("cannot write {place}");
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            os::create_private_folders(folder).with_context(cannot).or_fail(Category::Internal)?;
        }
        let mut file = match os::create_private(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(Failure::configuration(format!("{place} already exists; not overwritten"))
                    .with_hint("edit it, or choose another file with --config"));
            }
            file => file.with_context(cannot).or_fail(Category::Internal)?,
        };
        file.write_all(EXAMPLE.as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(cannot)
            .or_fail(Category::Internal)?;
        notes.push(Note::Hint("fill in your values, then run: tokenmint profile check".to_owned()));
        Ok(if self.json { line(&json!({ "path": place, "created": true })) } else { format!("{place}\n") })
    }

    fn path(&self) -> Result<String> {
        let path = locate(self.general.config.as_deref(), &self.world.env)?.path;
        let place = text::path(&path);
        Ok(if self.json { line(&json!({ "path": place, "exists": path.exists() })) } else { format!("{place}\n") })
    }
}

/// What the answer to an empty request tells of the credentials. A complaint about its content comes from a service that
/// has accepted them; a success from somebody who has looked at neither, such as the login page of a network.
fn verdict(status: u16) -> Option<bool> {
    match status {
        401 | 403 => Some(false),
        400 | 422 => Some(true),
        _ => None,
    }
}

/// Key, value and source of one value.
type Row = (String, String, String);

/// The providers that a profile has credentials of.
fn sections(profile: &config::Profile) -> Vec<&'static str> {
    let present = SCHEMAS.iter().filter(|schema| profile.section(schema.section).is_some());
    present.map(|schema| schema.section).collect()
}

/// Everything in a set and next to it that a mint would use. What is not surely public is masked: a secret may stand
/// under any key, and this is the command that people run when their credentials do not work.
fn rows(set: &Set, settings: &[Found], notes: &mut Vec<Note>) -> Vec<Row> {
    let mut shown = |found: &Found| {
        let fault = set.schema.fault(found.key, &found.value);
        let fault = fault.filter(|_| !set.schema.is_placeholder(found.key, &found.value));
        let value = if fault.is_some() { REDACTED.to_owned() } else { text::clip(&found.value, 200) };
        notes.extend(
            fault.map(|fault| Note::Warning(format!("{} {fault} (hidden, it could be a secret)", found.origin))),
        );
        (found.key.to_owned(), value, found.origin.to_string())
    };
    let mut rows: Vec<Row> = set.public.iter().map(&mut shown).collect();
    rows.push((set.schema.secret.key.to_owned(), REDACTED.to_owned(), set.secret_place()));
    rows.extend(settings.iter().map(shown));
    rows
}

fn in_words(label: &str, set: &Set, rows: &[Row]) -> String {
    let head = format!("{label}: from {}\n", set.source);
    rows.iter().fold(head, |text, (key, value, place)| text + &format!("  {key} = {value}  ({place})\n"))
}

fn as_object(set: &Set, rows: &[Row]) -> serde_json::Value {
    let values = rows.iter().map(|(key, value, place)| json!({ "key": key, "value": value, "from": place }));
    json!({ "source": set.source.to_string(), "values": values.collect::<Vec<_>>() })
}

fn line(value: &serde_json::Value) -> String {
    text::escaped_json(&format!("{value}\n"))
}
